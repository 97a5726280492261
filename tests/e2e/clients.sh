#!/bin/sh
# SPDX-License-Identifier: MIT
# clients.sh [--all | NAME...] [--refresh] - clients written with other people's libraries get the
# verdicts that tests/e2e/expected/clients/NAME.txt holds: a line `fail ID` or `warn ID` for each
# finding. Those that `make deps` installs are tested, or those of that name, or all that are
# installed. --refresh writes these files anew; look at what git says of them before you commit.
# Findings that come and go with the client's own races stand in NAME.varies.txt, written by hand,
# and do not count.
. tests/e2e/lib.sh

START=tests/clients/start.sh
EXPECTED=tests/e2e/expected/clients
PATIENCE=1 # seconds until a client that hangs is believed to: three of them are waited for
NAMES=
REFRESH=
for argument; do
    case $argument in
        --refresh) REFRESH=$argument ;;
        --all) NAMES=$("$START" --list) ;;
        *) NAMES="$NAMES $argument" ;;
    esac
done

# varying NAME - prints the name of its file of findings that come and go, or of an empty one.
varying() {
    varies=$EXPECTED/$1.varies.txt
    [ -f "$varies" ] || varies=/dev/null
    echo "$varies"
}

# visit NAME - a run against a client. How it ended stands in NAME.status then.
visit() {
    rm -f "$SCRATCH/$1.json"
    run "$1" client --seed 1 --timeout "$PATIENCE" -o "$SCRATCH/$1.json" -- "$START" "$1"
    echo "$status" >"$SCRATCH/$1.status"
}

# compare NAME - what came of it, compared with what is expected.
compare() {
    tested=$1
    read -r status <"$SCRATCH/$tested.status"
    if [ "$status" -gt 1 ]; then
        not_ok "$tested" "exit status $status (make deps installs it): $(tail -n 1 "$SCRATCH/$tested.err")"
        return
    fi
    "$PYTHON" tests/e2e/report.py --findings "$SCRATCH/$tested.json" |
        grep -vxF -f "$(varying "$tested")" >"$SCRATCH/$tested.txt"
    [ "$REFRESH" != --refresh ] || cp "$SCRATCH/$tested.txt" "$EXPECTED/$tested.txt"
    if difference=$(diff "$EXPECTED/$tested.txt" "$SCRATCH/$tested.txt" 2>&1); then
        ok "$tested"
    else
        not_ok "$tested" "< expected, > found: $(printf '%s\n' "$difference" | grep -c '^[<>]') lines"
        printf '%s\n' "$difference"
    fi
    holds "$tested: each case was run" "$SCRATCH/$tested.json" 'ids("skip", "error") == []'
}

there=
for name in ${NAMES:-ws websockets aiohttp libwebsockets}; do
    if [ -n "$NAMES" ] && ! "$START" --check "$name"; then
        echo "ok $name # SKIP it is not installed or not built (make deps-matrix)"
        continue
    fi
    there="$there $name"
done

# Most of the time of a driver goes into its own waits, so two run beside each other.
running=
for name in $there; do
    visit "$name" &
    if [ -n "$running" ]; then
        wait "$running"
    fi
    running=$!
done
wait
for name in $there; do
    compare "$name"
    [ "$name" != ws ] || holds "ws: no deadline was waited out" "$SCRATCH/ws.json" 'run["waits"] == 0'
done
