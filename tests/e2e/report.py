#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""report.py REPORT EXPRESSION - exit status 0 if the expression is true of a JSON report.
report.py --findings REPORT - prints `fail ID` and `warn ID` of all cases with these verdicts, sorted.
report.py --same REPORT REPORT - exit status 0 if both runs sent the same octets to the same effect.

An expression may use `report`, `run`, `summary`, `cases` (by id), `ids(VERDICT...)` (a sorted list,
without the cases that were skipped because the endpoint does not compress) and `diagnosis(ID)`. Of an expression A == B that is not true, A is printed.
"""

import json
import sys

sys.dont_write_bytecode = True


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        sys.exit(f"{path}: {error}")


UNAGREED = "permessage-deflate was not agreed on"


def evaluate(path, expression):
    report = load(path)
    cases = {case["id"]: case for case in report["cases"]}
    words = {
        "report": report,
        "run": report["run"],
        "summary": report["summary"],
        "cases": cases,
        "ids": lambda *verdicts: sorted(i for i, c in cases.items() if c["verdict"] in verdicts and
                                        c["diagnosis"] != UNAGREED),
        "diagnosis": lambda i: cases[i]["diagnosis"],
    }
    if not eval(expression, words):  # the expressions stand in the scripts beside this file
        left = expression.split(" == ")[0]
        sys.exit(f"not so: {expression}: {str(eval(left, words))[:400]}")


def findings(path):
    for line in sorted(c["verdict"] + " " + c["id"] for c in load(path)["cases"]
                       if c["verdict"] in ("fail", "warn")):
        print(line)


def sent(case):
    return [{key: value for key, value in entry.items() if key != "time_us"}
            for entry in case["transcript"] if entry["from"] == "harness" and entry["kind"] != "note"]


def same_octets(a, b):
    """Where the endpoint ends the connection, how far we got by then is a matter of time."""
    x, y = sent(a), sent(b)
    if a["close"]["by"] == b["close"]["by"] == "endpoint":
        shared = min(len(x), len(y)) - 1  # the last frame may be cut short, or be our Close
        x, y = x[:shared], y[:shared]
    return x == y


def compare(first, second):
    first, second = load(first)["cases"], load(second)["cases"]
    for a, b in zip(first, second, strict=True):
        for what in ("id", "verdict", "diagnosis"):
            if a[what] != b[what]:
                sys.exit(f"{a['id']}: the {what} differs: {a[what]} and {b[what]}")
        if not same_octets(a, b):
            sys.exit(f"{a['id']}: the octets differ: {sent(a)} and {sent(b)}")


def main():
    if sys.argv[1] == "--findings":
        findings(sys.argv[2])
    elif sys.argv[1] == "--same":
        compare(sys.argv[2], sys.argv[3])
    else:
        evaluate(sys.argv[1], sys.argv[2])


if __name__ == "__main__":
    main()
