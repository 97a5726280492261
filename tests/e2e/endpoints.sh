#!/bin/sh
# SPDX-License-Identifier: MIT
# endpoints.sh [--all | NAME...] [--refresh] - servers written with other people's libraries get the
# verdicts that tests/e2e/expected/NAME.txt holds: a line `fail ID` or `warn ID` for each finding.
# lib.sh says which servers are tested, and what --refresh does.
. tests/e2e/lib.sh

START=tests/endpoints/start.sh
EXPECTED=tests/e2e/expected

choose "$START" "$@"
for tested in $there; do
    rm -f "$SCRATCH/$tested.json"
    run "$tested" server -o "$SCRATCH/$tested.json" -- "$START" "$tested" --port '{port}'
    if compare "$tested" "$EXPECTED"; then
        holds "$tested: no error" "$SCRATCH/$tested.json" 'ids("error") == []'
    fi
    [ "$tested" != ws ] || holds "ws: no deadline was waited out" "$SCRATCH/ws.json" 'run["waits"] == 0'
done
