#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""stable.py [NAME...] - shows that verdicts are the same in each run.

Runs the suite RUNS times (20) against each server of tests/endpoints and each client of
tests/clients, first as it is, then with all processors kept busy by something else. Run i has the
seed i both times. Each case must get the same verdict in all runs; those of
tests/e2e/expected/NAME.varies.txt (of a client: expected/clients/NAME.varies.txt) may get two, by a
race of the endpoint that is proven there. A NAME is that of a server, or client/NAME. What is not
installed is named and left out.

The exit status is 1 if anything else came and went, or if nothing could be run.
"""

import collections
import json
import os
import subprocess
import sys
import tempfile
import time

WSCONFORM = os.environ.get("WSCONFORM", "./wsconform")
SERVERS = "tests/endpoints/start.sh"
CLIENTS = "tests/clients/start.sh"
RUNS = int(os.environ.get("RUNS", "20"))
RUN_SECONDS = 300
STARTS = 3  # on a busy machine a server may take longer to start than it is waited for


def find(name):
    """The role of what is called that, the script that starts it, its name there, arguments."""
    if name.startswith("client/"):
        return "client", CLIENTS, name[len("client/"):], []
    return "server", SERVERS, name, ["--port", "{port}"]


def names_of(script):
    return subprocess.run([script, "--list"], check=True, capture_output=True,
                          text=True).stdout.split()


def run(name, seed, folder):
    """{case: (verdict, diagnosis)} of one run, or a sentence why there is none."""
    path = os.path.join(folder, "report.json")
    if os.path.exists(path):
        os.remove(path)
    role, start, name, arguments = find(name)
    command = [WSCONFORM, role, "-q", "--seed", str(seed), "-o", path, "--", start, name] + arguments
    for _ in range(STARTS):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            return "seed %d: no end after %d s" % (seed, RUN_SECONDS)
        if done.returncode != 3 or "nothing answers" not in done.stderr:
            break
    if done.returncode > 1:
        return "seed %d: exit status %d: %s" % (seed, done.returncode, done.stderr.strip())
    with open(path, encoding="utf-8") as file:
        return {case["id"]: (case["verdict"], case["diagnosis"])
                for case in json.load(file)["cases"]}


def excused(name):
    path = "tests/e2e/expected/%s.varies.txt" % name.replace("client/", "clients/")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as file:
        return {line.split()[1] for line in file if line.strip() and not line.startswith("#")}


def flickering(runs):
    """{case: {verdict: [(seed, diagnosis), ...]}} of the cases with more than one verdict."""
    seen = collections.defaultdict(lambda: collections.defaultdict(list))
    for seed, verdicts in runs.items():
        for case in set().union(*runs.values()):
            verdict, diagnosis = verdicts.get(case, ("missing", ""))
            seen[case][verdict].append((seed, diagnosis))
    return {case: verdicts for case, verdicts in sorted(seen.items()) if len(verdicts) > 1}


def tell(case, verdicts, why):
    print("  %s %s" % (case, why))
    for verdict, sightings in sorted(verdicts.items()):
        seed, diagnosis = sightings[0]
        print("    %-5s %2d times, first with seed %d: %s" % (verdict, len(sightings), seed,
                                                             diagnosis))


def check(name, how, folder):
    """Runs one endpoint RUNS times; True if only what is excused came and went."""
    start = time.monotonic()
    results = {seed: run(name, seed, folder) for seed in range(1, RUNS + 1)}
    runs = {seed: result for seed, result in results.items() if isinstance(result, dict)}
    broken = [result for result in results.values() if not isinstance(result, dict)]
    known = excused(name)
    found = flickering(runs) if runs else {}
    strange = [case for case in found if case not in known]
    print("%-4s %s, %s: %d runs in %.0f s, %d cases, %d came and went" % (
        "ok" if not strange and not broken else "FAIL", name, how, len(runs),
        time.monotonic() - start, len(next(iter(runs.values()), {})), len(found)), flush=True)
    for sentence in broken:
        print("  " + sentence)
    for case, verdicts in found.items():
        tell(case, verdicts, "(the endpoint's own race)" if case in known else "")
    return not strange and not broken


def is_there(name):
    _, start, name, _ = find(name)
    return subprocess.run([start, "--check", name], check=False).returncode == 0


def check_all(names, how):
    with tempfile.TemporaryDirectory() as folder:
        return all([check(name, how, folder) for name in names])


# It ends by itself when nobody is left to end it.
BUSY = """import os
parent = os.getppid()
while os.getppid() == parent:
    sum(range(100000))
"""


def busy():
    """A process for each processor that does nothing but keep it busy."""
    return [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(os.cpu_count() or 2)]


def main():
    known = names_of(SERVERS) + ["client/" + name for name in names_of(CLIENTS)]
    names = sys.argv[1:] or known
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit("stable: no endpoint is called %s; there are %s" % (unknown[0], " ".join(known)))
    missing = [name for name in names if not is_there(name)]
    for name in missing:
        print("skip %s: it is not installed or not built (make deps-matrix)" % name)
    names = [name for name in names if name not in missing]
    quiet = check_all(names, "quiet")
    loops = busy()
    try:
        loaded = check_all(names, "loaded")
    finally:
        for loop in loops:
            loop.kill()
    return 0 if names and quiet and loaded else 1


if __name__ == "__main__":
    sys.exit(main())
