#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seed.py BUGS SOURCES OUT - copies each file of SOURCES that BUGS names to OUT, with all its bugs in
it: what is right becomes a choice between right and wrong by the number of the bug, which is chosen
when the program starts. The code that is tested stays free of all this. Fails if what is to be
replaced is not found exactly once: then the code has changed, and the table must follow."""
import csv
import os
import sys


def read_bugs(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def choice(number, right, wrong):
    if right.endswith(";"):
        return "if (fuzz_bug == %d) { %s } else { %s }" % (number, wrong, right)
    return "(fuzz_bug == %d ? (%s) : (%s))" % (number, wrong, right)


def seed(text, path, bugs):
    """Places are found in the text as it was, so that one bug may stand inside another."""
    for number, bug in bugs:
        if text.count(bug["right"]) != 1:
            sys.exit("%s: bug %s: %r is there %d times" %
                     (path, bug["name"], bug["right"], text.count(bug["right"])))
    for number, bug in bugs:
        text = text.replace(bug["right"], choice(number, bug["right"], bug["wrong"]), 1)
    return text


def main():
    table, sources, out = sys.argv[1:]
    bugs = list(enumerate(read_bugs(table), 1))
    os.makedirs(out, exist_ok=True)
    for name in sorted({bug["file"] for _, bug in bugs}):
        path = os.path.join(sources, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = seed(text, path, [(n, b) for n, b in bugs if b["file"] == name])
        with open(os.path.join(out, name), "w", encoding="utf-8") as file:
            file.write("extern int fuzz_bug;\n#line 1 \"%s\"\n%s" % (path, text))


if __name__ == "__main__":
    main()
