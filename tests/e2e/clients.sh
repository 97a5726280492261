#!/bin/sh
# SPDX-License-Identifier: MIT
# clients.sh [--all | NAME...] [--refresh] - clients written with other people's libraries get the
# verdicts that tests/e2e/expected/clients/NAME.txt holds: a line `fail ID` or `warn ID` for each
# finding. lib.sh says which clients are tested, and what --refresh does.
. tests/e2e/lib.sh

START=tests/clients/start.sh
EXPECTED=tests/e2e/expected/clients
PATIENCE=1 # seconds until a client that hangs is believed to: three of them are waited for

# visit NAME - a run against a client. How it ended stands in NAME.status then.
visit() {
    rm -f "$SCRATCH/$1.json"
    run "$1" client --seed 1 --timeout "$PATIENCE" -o "$SCRATCH/$1.json" -- "$START" "$1"
    echo "$status" >"$SCRATCH/$1.status"
}

choose "$START" "$@"

# Most of the time of a driver goes into its own waits, so two run beside each other.
running=
for tested in $there; do
    visit "$tested" &
    if [ -n "$running" ]; then
        wait "$running"
    fi
    running=$!
done
wait
for tested in $there; do
    read -r status <"$SCRATCH/$tested.status"
    if compare "$tested" "$EXPECTED"; then
        holds "$tested: each case was run" "$SCRATCH/$tested.json" 'ids("skip", "error") == []'
    fi
    [ "$tested" != ws ] || holds "ws: no deadline was waited out" "$SCRATCH/ws.json" 'run["waits"] == 0'
done
