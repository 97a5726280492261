#!/bin/sh
# SPDX-License-Identifier: MIT
# endpoints.sh [--all | NAME...] [--refresh] - servers written with other people's libraries get the
# verdicts that tests/e2e/expected/NAME.txt holds: a line `fail ID` or `warn ID` for each finding.
# Those that `make deps` installs are tested, or those of that name, or all that are installed.
# --refresh writes these files anew; look at what git says of them before you commit. Findings that
# come and go with the endpoint's own races stand in NAME.varies.txt, written by hand, and do not
# count.
. tests/e2e/lib.sh

START=tests/endpoints/start.sh
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
    varies=tests/e2e/expected/$1.varies.txt
    [ -f "$varies" ] || varies=/dev/null
    echo "$varies"
}

# endpoint NAME - a run against a server, compared with what is expected of it.
endpoint() {
    tested=$1
    expected=tests/e2e/expected/$tested.txt
    rm -f "$SCRATCH/$tested.json"
    run "$tested" server -o "$SCRATCH/$tested.json" -- "$START" "$tested" --port '{port}'
    if [ "$status" -gt 1 ]; then
        not_ok "$tested" "exit status $status (make deps installs it): $(tail -n 1 "$SCRATCH/$tested.err")"
        return
    fi
    "$PYTHON" tests/e2e/report.py --findings "$SCRATCH/$tested.json" |
        grep -vxF -f "$(varying "$tested")" >"$SCRATCH/$tested.txt"
    [ "$REFRESH" != --refresh ] || cp "$SCRATCH/$tested.txt" "$expected"
    if difference=$(diff "$expected" "$SCRATCH/$tested.txt" 2>&1); then
        ok "$tested"
    else
        not_ok "$tested" "< expected, > found: $(printf '%s\n' "$difference" | grep -c '^[<>]') lines"
        printf '%s\n' "$difference"
    fi
    holds "$tested: no error" "$SCRATCH/$tested.json" 'ids("error") == []'
}

for name in ${NAMES:-ws websockets aiohttp libwebsockets}; do
    if [ -n "$NAMES" ] && ! "$START" --check "$name"; then
        echo "ok $name # SKIP it is not installed or not built (make deps-matrix)"
        continue
    fi
    endpoint "$name"
    [ "$name" != ws ] || holds "ws: no deadline was waited out" "$SCRATCH/ws.json" 'run["waits"] == 0'
done
