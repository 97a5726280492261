# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# lib.sh - what the end-to-end tests share; not a test itself. The scripts are run from the root of
# the checkout, by tests/run.sh or by hand.
set -u

BUILD=${BUILD:-build}
WSCONFORM=${WSCONFORM:-$(pwd)/$BUILD/asan/wsconform}
SCRATCH=${SCRATCH:-$(pwd)/$BUILD/e2e/$(basename "$0" .sh)}
PYTHON=${PYTHON:-python3}
WSCONFORM_NODE_MODULES=${WSCONFORM_NODE_MODULES:-$(pwd)/$BUILD/node_modules}
export BUILD WSCONFORM SCRATCH PYTHON WSCONFORM_NODE_MODULES
mkdir -p "$SCRATCH"

ok() {
    echo "ok $1"
}

not_ok() {
    echo "not ok $1: $2"
}

# check NAME COMMAND... - the command succeeds; if not, the first line that it printed is the reason.
check() {
    name=$1
    shift
    if said=$("$@" 2>&1); then
        ok "$name"
    else
        not_ok "$name" "$(printf '%s\n' "${said:-$*}" | head -n 1)"
        printf '%s\n' "$said" | sed 1d
    fi
}

# refute NAME COMMAND... - the command fails.
refute() {
    name=$1
    shift
    if said=$("$@" 2>&1); then
        not_ok "$name" "$(printf '%s\n' "${said:-$*}" | head -n 1)"
    else
        ok "$name"
    fi
}

# run NAME ARGUMENT... - runs wsconform and leaves NAME.out and NAME.err in SCRATCH, and `status`.
run() {
    ran=$1
    shift
    status=0
    "$WSCONFORM" "$@" >"$SCRATCH/$ran.out" 2>"$SCRATCH/$ran.err" </dev/null || status=$?
}

# exited WHAT STATUS - how the last `run` ended.
exited() {
    if [ "$status" -eq "$2" ]; then
        ok "$1"
    else
        not_ok "$1" "exit status $status, not $2: $(tail -n 1 "$SCRATCH/$ran.err")"
    fi
}

# holds WHAT REPORT EXPRESSION - a Python expression about a report; report.py says which words it
# may use.
holds() {
    check "$1" "$PYTHON" tests/e2e/report.py "$2" "$3"
}

# free_port - prints a port on which nobody listens now.
free_port() {
    "$PYTHON" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
