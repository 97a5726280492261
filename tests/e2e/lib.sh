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

# --- programs that other people's libraries are in: clients.sh, endpoints.sh, talkers.sh ---------

# could_run NAME - the last `run`, which has that name, came to its end; if not, says so.
could_run() {
    [ "$status" -gt 1 ] || return 0
    not_ok "$1" "exit status $status (make deps installs it): $(tail -n 1 "$SCRATCH/$1.err")"
    return 1
}

# findings NAME - a line `fail ID` or `warn ID` for each finding of its report, in NAME.txt.
findings() {
    "$PYTHON" tests/e2e/report.py --findings "$SCRATCH/$1.json" >"$SCRATCH/$1.txt"
}

# choose START ARGUMENT... - reads `[--all | NAME...] [--refresh]` and leaves in `there` those of the
# names that can be started by the script START. Without a name it is those that `make deps`
# installs, and one that is missing is a failure.
choose() {
    start=$1
    shift
    names=
    refresh=false
    for argument; do
        case $argument in
            --refresh) refresh=true ;;
            --all) names=$("$start" --list) ;;
            *) names="$names $argument" ;;
        esac
    done
    there=
    for name in ${names:-ws websockets aiohttp libwebsockets}; do
        if [ -n "$names" ] && ! "$start" --check "$name"; then
            echo "ok $name # SKIP it is not installed or not built (make deps-matrix)"
        else
            there="$there $name"
        fi
    done
}

# compare NAME FOLDER - the findings of the last `run`, which has that name, are those of
# FOLDER/NAME.txt, which --refresh writes anew: look at what git says of it before you commit.
# Findings that come and go with the program's own races stand in NAME.varies.txt, written by hand,
# and do not count. Fails if there is no report.
compare() {
    could_run "$1" || return 1
    varies=$2/$1.varies.txt
    [ -f "$varies" ] || varies=/dev/null
    findings "$1"
    grep -vxF -f "$varies" "$SCRATCH/$1.txt" >"$SCRATCH/$1.steady.txt"
    ! $refresh || cp "$SCRATCH/$1.steady.txt" "$2/$1.txt"
    if difference=$(diff "$2/$1.txt" "$SCRATCH/$1.steady.txt" 2>&1); then
        ok "$1"
    else
        not_ok "$1" "< expected, > found: $(printf '%s\n' "$difference" | grep -c '^[<>]') lines"
        printf '%s\n' "$difference"
    fi
}
