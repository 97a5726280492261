#!/bin/sh
# SPDX-License-Identifier: MIT
# bench-run.sh - how long does a run take, beside the least that as many connections need? Both
# against the npm package ws, 8 at a time, five times each, in turn; the medians count. Exit status
# 1 if the run takes more than three times as long, or more than 64 MiB.
set -eu

BUILD=${BUILD:-build}
PYTHON=${PYTHON:-python3}
WSCONFORM=${WSCONFORM:-./wsconform}
WSCONFORM_NODE_MODULES=${WSCONFORM_NODE_MODULES:-$(pwd)/$BUILD/node_modules}
export WSCONFORM_NODE_MODULES

[ -d "$WSCONFORM_NODE_MODULES/ws" ] || {
    echo "bench-run: the npm package ws is missing (make deps installs it)" >&2
    exit 1
}
exec "$PYTHON" - "$WSCONFORM" "$BUILD/bench-rounds" "$BUILD/bench-run.json" <<'END'
import json, os, socket, statistics, subprocess, sys, time

WSCONFORM, ROUNDS, REPORT = sys.argv[1:]
JOBS, TIMES, RATIO_MAX, MEMORY_MAX_MIB = "8", 5, 3.0, 64


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port):
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.01)
    sys.exit("bench-run: ws-echo.js does not answer")


def run(port):
    """Seconds and MiB of one run."""
    start = time.perf_counter()
    child = subprocess.Popen([WSCONFORM, "server", "-q", "-j", JOBS, "-o", REPORT,
                              f"ws://127.0.0.1:{port}/"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode > 1:
        sys.exit(f"bench-run: the run ended with exit status {child.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def count_connections():
    with open(REPORT, encoding="utf-8") as file:
        return sum(bool(case["transcript"]) for case in json.load(file)["cases"])


def bare(port, count):
    return float(subprocess.check_output([ROUNDS, str(port), str(count), JOBS]))


def measure(port):
    run(port)  # the first one warms the server up
    count = count_connections()
    runs, rounds = [], []
    for _ in range(TIMES):
        runs.append(run(port))
        rounds.append(bare(port, count))
    seconds = statistics.median(s for s, _ in runs)
    least = statistics.median(rounds)
    memory = max(m for _, m in runs)
    print(f"{count} connections, {JOBS} at a time, median of {TIMES}:")
    print(f"  wsconform server     {seconds:.3f} s")
    print(f"  bare echo rounds     {least:.3f} s")
    print(f"  ratio                {seconds / least:.2f} (at most {RATIO_MAX:.0f})")
    print(f"  peak memory          {memory:.0f} MiB (at most {MEMORY_MAX_MIB})")
    return seconds / least <= RATIO_MAX and memory <= MEMORY_MAX_MIB


port = free_port()
server = subprocess.Popen(["node", "tests/endpoints/ws-echo.js", "--port", str(port)])
try:
    wait_for(port)
    good = measure(port)
finally:
    server.terminate()
    server.wait()
sys.exit(0 if good else "bench-run: too slow or too large")
END
