#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py FOLDER - proves that the targets can fail: each bug of bugs.tsv must be found within
EXECUTIONS from one small start and with one seed, and without a bug nothing may be found. FOLDER
holds the targets with the bugs in them. Prints TAP; the exit status is 1 if a bug gets away."""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

from seed import read_bugs

EXECUTIONS = 100000
FRUITLESS = 20000  # executions without a bug, a target
SEED = 1
HERE = os.path.dirname(os.path.abspath(__file__))


def dictionary_of(target):
    for name in (target, "ws"):
        path = "%s/../dictionaries/%s.dict" % (HERE, name)
        if os.path.exists(path):
            return path


def run(folder, target, number, executions):
    """The exit status and what was said."""
    with tempfile.TemporaryDirectory() as scratch:
        arguments = [os.path.join(folder, target), "-seed=%d" % SEED, "-runs=%d" % executions,
                     "-max_len=512", "-len_control=0", "-timeout=20",
                     "-artifact_prefix=%s/" % scratch, "-dict=" + dictionary_of(target),
                     os.path.join(scratch, "corpus"), "%s/start/%s" % (HERE, target)]
        os.mkdir(arguments[-2])
        ended = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env=dict(os.environ, FUZZ_BUG=str(number)))
    return ended.returncode, ended.stderr.decode("utf-8", "replace")


def rule_of(said):
    """What stopped the target: the rule of an oracle, or a sanitizer."""
    for line in said.splitlines():
        if line.startswith('{"rule":'):
            return json.loads(line)["rule"]
        found = re.search(r"ERROR: (\w+): ([\w-]+)|runtime error: (.*)", line)
        if found:
            return found.group(3) or "%s: %s" % found.group(1, 2)
    return None


def executions_of(said):
    numbers = re.findall(r"^#(\d+)\t", said, re.MULTILINE)
    return int(numbers[-1]) if numbers else 0


def hunt(folder, number, bug):
    status, said = run(folder, bug["target"], number, EXECUTIONS)
    rule = rule_of(said)
    if status == 0 or rule is None:
        return False, "%s got away from %s (exit status %d)" % (bug["name"], bug["target"], status)
    return True, "%s: %s, after about %d executions of %s" % (
        bug["name"], rule, executions_of(said), bug["target"])


def spare(folder, target):
    status, said = run(folder, target, 0, FRUITLESS)
    return status == 0, "no bug, nothing found by %s%s" % (target, "" if status == 0 else
                                                           ": " + str(rule_of(said)))


def main():
    folder = sys.argv[1]
    bugs = read_bugs(os.path.join(HERE, "bugs.tsv"))
    jobs = [(spare, (folder, target)) for target in sorted({bug["target"] for bug in bugs})]
    jobs += [(hunt, (folder, number, bug)) for number, bug in enumerate(bugs, 1)]
    print("1..%d" % len(jobs))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for good, text in pool.map(lambda job: job[0](*job[1]), jobs):
            print("%s %s" % ("ok" if good else "not ok", text), flush=True)
            failed += not good
    print("%d of %d failed" % (failed, len(jobs)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
