#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""prove.py [--quick] [--all] [--only GLOB] - shows what the suite would miss.

Runs the suite against the built-in server once with each of its faults and each of its variants
(`wsconform echo --list-faults`), and against the built-in client with those that only a client has
(`... --connect URL`); --all gives the client those too that it shares with the server. A fault is
killed if a case that names the fault's requirement fails, or warns where the requirement is no
must. Faults of anything but compression are spared the compressed messages. A variant may not get a fail or an error. A case
that kills no fault needs a reason in reports/kill-matrix-exceptions.tsv.

Writes reports/kill-matrix.json and reports/kill-matrix.md. --quick runs a sample and writes
nothing; --only runs the quirks whose names match and writes nothing. The exit status is 1 if a
fault survives, a variant is blamed or a case is idle without a reason.
"""

import argparse
import concurrent.futures
import csv
import fnmatch
import json
import os
import subprocess
import sys
import tempfile
import time

WSCONFORM = os.environ.get("WSCONFORM", "./wsconform")
EXCEPTIONS = "reports/kill-matrix-exceptions.tsv"
RUN_SECONDS = 300  # a client that loses the first frames of each connection waits in each case
SEED = "1"

# Late is more than a second, and never is later still.
PATIENT = {"close-answered-late", "ping-answered-late"}

# RFC 6455, 10.7: whoever dies of what he was sent did not validate it. The case that kills is about
# another sentence.
DEATH_RULE = "RFC6455-10.7-01"
DEATH_DIAGNOSES = ("the endpoint dies of it", "the client dies of it")

# Compressed messages cost as much as all other cases together, and a fault elsewhere shows there.
COMPRESSED = "7692/*-octets"

# One for each place at which the server can be wrong, none that takes long.
QUICK = {
    "accepts-post", "accepts-connection-with-upgrade-inside", "accepts-version-13abc",
    "refuses-connection-list", "wants-request-in-one-read", "accept-missing", "bare-lf",
    "subprotocol-unasked", "version-refused-without-list", "accepts-rsv1", "accepts-opcode-b",
    "accepts-unmasked", "accepts-ping-of-126-octets", "accepts-orphan-continuation",
    "joins-new-message-to-message", "length-16-signed", "length-65536-one-less",
    "mask-runs-over-fragments", "loses-header-cut-after-3", "control-frame-resets-message",
    "loses-empty-last-fragment", "utf8-surrogates", "utf8-only-unfragmented",
    "utf8-octet-31-overlooked", "utf8-refuses-nul", "echo-cut-at-nul", "echo-type-of-empty-wrong",
    "sends-16-bit-length-for-short", "pong-cut-at-124", "pong-after-message",
    "close-1005-returned", "close-3000-refused", "close-twice", "fails-with-1006",
    "goes-on-after-failure", "tcp-reset-after-close", "dies-of-orphan-continuation",
    "fails-by-reset", "closes-with-empty", "pongs-coalesced", "refuses-by-tcp",
    "accepts-odd-keys", "accepts-lengths-not-minimal", "echoes-octet-by-octet", "greets",
    # a client's
    "method-post", "host-without-port", "key-counts", "version-12", "frame-before-answer",
    "accepts-status-200", "accepts-any-accept", "accepts-unasked-subprotocol",
    "refuses-names-in-upper-case", "accepts-status-404", "sends-unmasked-pong",
    "mask-is-constant", "mask-of-seven-bits", "accepts-masked-ping", "fields-in-reverse-order",
    "opens-for-upgrade-list", "ends-tcp-first",
    # of both, in permessage-deflate
    "deflate-server-forgets-context", "deflate-answer-with-window-16", "deflate-idle",
    "deflate-client-window-too-large", "deflate-offer-with-window-16",
}


def table(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def list_quirks(role, arguments):
    out = subprocess.run([WSCONFORM, "echo", "--list-faults"] + arguments, check=True,
                         capture_output=True, text=True).stdout
    names = ("kind", "name", "requirement", "sentence")
    return [dict(zip(names, line.split("\t")), role=role) for line in out.splitlines()]


def quirks(whole):
    """All rows of --list-faults, as dicts: the server's, and the client's own or all of its."""
    server = list_quirks("server", [])
    client = list_quirks("client", ["--connect", "ws://127.0.0.1:1/"])
    known = {(row["name"], row["requirement"]) for row in server}
    return server + [row for row in client
                     if whole or (row["name"], row["requirement"]) not in known]


def command_for(quirk):
    """Tests the endpoint with that quirk; the options come before --."""
    how = ["--" + quirk["kind"], quirk["name"]]
    if quirk["role"] == "client":
        return ["client"], [WSCONFORM, "echo", "--connect", "ws://127.0.0.1:{port}/", "--driver"] + how
    # A fault may garble the very message by which an echo is recognized.
    return (["server"] + (["--profile", "echo"] if quirk["kind"] == "fault" else []),
            [WSCONFORM, "echo", "--listen", "127.0.0.1:{port}"] + how)


def run(quirk, folder):
    """The report of one run, or a sentence why there is none, and the seconds that it took."""
    path = os.path.join(folder, "%s-%s-%s.json" % (quirk["role"], quirk["kind"], quirk["name"]))
    options, endpoint = command_for(quirk)
    command = [WSCONFORM] + options + ["-q", "--seed", SEED, "-o", path, "--timeout",
                                       "3" if quirk["name"] in PATIENT else "1"]
    if quirk["kind"] == "fault" and not quirk["name"].startswith("deflate-"):
        command += ["--skip", COMPRESSED]
    command += ["--"] + endpoint
    start = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS)
    except subprocess.TimeoutExpired:
        return None, "no end after %d s" % RUN_SECONDS, time.monotonic() - start
    seconds = time.monotonic() - start
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return None, done.stderr.strip() or "exit status %d" % done.returncode, seconds
    with open(path, encoding="utf-8") as file:
        return json.load(file), done.stderr.strip(), seconds


def is_about(case, requirement):
    if requirement == DEATH_RULE and case["diagnosis"].startswith(DEATH_DIAGNOSES):
        return True
    return requirement in case["requires"]


def judge_fault(quirk, report, strengths):
    """Adds `result` and the cases that found the fault."""
    bad = {"fail"} if strengths[quirk["requirement"]] == "must" else {"fail", "warn"}
    found = [case for case in report["cases"] if case["verdict"] in ("fail", "warn")]
    killers = [case["id"] for case in found
               if case["verdict"] in bad and is_about(case, quirk["requirement"])]
    quirk["killers"] = killers
    quirk["others"] = [case["id"] for case in found if case["id"] not in killers]
    quirk["result"] = "killed" if killers else "elsewhere" if found else "survived"


def judge_variant(quirk, report):
    blamed = [case for case in report["cases"] if case["verdict"] in ("fail", "error")]
    quirk["blamed"] = [{"case": case["id"], "diagnosis": case["diagnosis"]} for case in blamed]
    quirk["warned"] = [case["id"] for case in report["cases"] if case["verdict"] == "warn"]
    quirk["result"] = "blamed" if blamed else "respected"


def judge(quirk, report, why, strengths):
    """Adds `result`; returns the ids of the cases that were run."""
    if report is None or not report["cases"]:
        quirk.update(result="unreachable", why=why, killers=[], others=[], blamed=[], warned=[])
        return []
    quirk["summary"] = report["summary"]
    quirk["waits"] = report["run"]["waits"]
    if quirk["kind"] == "fault":
        judge_fault(quirk, report, strengths)
    else:
        judge_variant(quirk, report)
    return [case["id"] for case in report["cases"]]


def reason_for(case, exceptions):
    for row in exceptions:
        if fnmatch.fnmatchcase(case, row["cases"]):
            return row["reason"]
    return None


def idle_cases(rows, ids, exceptions):
    """Cases that kill nothing, with the reason why they may; None: there is none."""
    busy = set()
    for row in rows:
        busy.update(row.get("killers", []))
    return {case: reason_for(case, exceptions) for case in ids if case not in busy}


def tell(rows):
    """Prints what is wrong."""
    for row in rows:
        if row["result"] in ("killed", "respected"):
            continue
        seen = row.get("others") or [b["case"] for b in row.get("blamed", [])]
        more = " ..." if len(seen) > 4 else ""
        print("%-11s %s %s %s (%s) %s%s" % (row["result"], row["role"], row["kind"], row["name"],
                                         row["requirement"], " ".join(seen[:4]) or
                                         row.get("why", ""), more))


def counts(rows, kind):
    results = [row["result"] for row in rows if row["kind"] == kind]
    return {result: results.count(result) for result in sorted(set(results))}


def page(rows, idle):
    """The matrix for people."""
    faults = [row for row in rows if row["kind"] == "fault"]
    variants = [row for row in rows if row["kind"] == "variant"]
    lines = ["# What the suite finds, and what it does not complain of", "",
             "Written by `make prove`: the whole suite is run against the built-in server with each of its faults",
             "and each of its variants, and against the built-in client with those that only a client has. A fault",
             "is *killed* if a case that tests its requirement says so; a variant is *respected* if no case fails.",
             "`wsconform echo --fault NAME` is such a server, with `--connect URL` such a client.", "",
             "%d faults, %d killed. %d variants, %d respected." % (
                 len(faults), sum(row["result"] == "killed" for row in faults), len(variants),
                 sum(row["result"] == "respected" for row in variants)), ""]
    for role in ("server", "client"):
        lines += ["## Faults of the " + role, "",
                  "| fault | the %s ... | requirement | result | cases | first of them |" % role,
                  "|---|---|---|---|---|---|"]
        for row in (row for row in faults if row["role"] == role):
            first = "`%s`" % row["killers"][0] if row["killers"] else ""
            lines.append("| `%s` | %s | %s | %s | %d | %s |" % (
                row["name"], row["sentence"], row["requirement"], row["result"],
                len(row["killers"]), first))
        lines += ["", "## Variants of the " + role, "",
                  "| variant | the %s ... | permitted by | result | warnings |" % role,
                  "|---|---|---|---|---|"]
        for row in (row for row in variants if row["role"] == role):
            lines.append("| `%s` | %s | %s | %s | %d |" % (
                row["name"], row["sentence"], row["requirement"], row["result"],
                len(row["warned"])))
        lines.append("")
    lines += ["## Cases that kill no fault", "",
              "Each has a reason in `reports/kill-matrix-exceptions.tsv`.", "", "| reason | cases |",
              "|---|---|"]
    by_reason = {}
    for case, reason in idle.items():
        by_reason.setdefault(reason or "**none**", []).append(case)
    for reason, cases in sorted(by_reason.items()):
        lines.append("| %s | %s |" % (reason, " ".join("`%s`" % case for case in sorted(cases))))
    return "\n".join(lines) + "\n"


def public(row):
    """What of a row is the same in every run, or nearly."""
    hidden = {"seconds", "waits", "summary"}
    if row["result"] == "killed":
        hidden.add("others")
    return {key: row[key] for key in sorted(row) if key not in hidden}


def write(rows, idle, ids):
    lines = ['{"schema": "wsconform-kill-matrix/1", "cases": %d,' % len(ids),
             ' "idle": %s,' % json.dumps({case: idle[case] for case in sorted(idle)}),
             ' "quirks": [']
    lines.append(",\n".join("  " + json.dumps(public(row)) for row in rows))
    lines.append(" ]}")
    with open("reports/kill-matrix.json", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    with open("reports/kill-matrix.md", "w", encoding="utf-8") as file:
        file.write(page(rows, idle))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--role", choices=["server", "client"])
    parser.add_argument("-j", "--jobs", type=int, default=3 * (os.cpu_count() or 2))
    parser.add_argument("--slowest", action="store_true")
    options = parser.parse_args()
    strengths = {row["id"]: row["strength"] for row in table("cases/requirements.tsv")}
    rows = quirks(options.all)
    unknown = [row for row in rows if row["requirement"] not in strengths]
    if unknown:
        sys.exit("not in cases/requirements.tsv: %s" % unknown[0])
    if options.quick:
        rows = [row for row in rows if row["name"] in QUICK]
    if options.only:
        rows = [row for row in rows if fnmatch.fnmatchcase(row["name"], options.only)]
    if options.role:
        rows = [row for row in rows if row["role"] == options.role]
    sample = options.quick or options.only or options.role or options.all
    ids = set()
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for row, (report, why, seconds) in zip(rows, pool.map(lambda q: run(q, folder), rows)):
            row["seconds"] = seconds
            ids.update(judge(row, report, why, strengths))
    tell(rows)
    idle = {}
    if not sample:
        idle = idle_cases(rows, ids, table(EXCEPTIONS))
        for case, reason in sorted(idle.items()):
            if reason is None:
                print("idle        case %s" % case)
        write(rows, idle, ids)
    if options.slowest:
        for row in sorted(rows, key=lambda row: -row["seconds"])[:20]:
            print("%6.1f s  %s %s" % (row["seconds"], row["kind"], row["name"]))
    print("faults: %s; variants: %s; idle cases without a reason: %d" % (
        counts(rows, "fault"), counts(rows, "variant"),
        sum(reason is None for reason in idle.values())))
    good = all(row["result"] in ("killed", "respected") for row in rows)
    return 0 if good and None not in idle.values() else 1


if __name__ == "__main__":
    sys.exit(main())
