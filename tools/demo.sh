#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh - tests two servers, the built-in one and the npm package ws, and keeps both reports.
# Exit status 0 when both runs came to an end, whatever they found.
set -u

BUILD=${BUILD:-build}
OUT=$BUILD/demo
WSCONFORM_NODE_MODULES=$(pwd)/$BUILD/node_modules
export WSCONFORM_NODE_MODULES
mkdir -p "$OUT"

# demo NAME COMMAND...
demo() {
    name=$1
    shift
    rm -f "$OUT/$name.json"
    echo
    echo "$ ./wsconform server -o $OUT/$name.json -- $*"
    ./wsconform server -o "$OUT/$name.json" -- "$@"
    status=$?
    # 0: it conforms; 1: it differs. Anything else is no verdict.
    if [ "$status" -gt 1 ] || [ ! -s "$OUT/$name.json" ]; then
        echo "demo: the run against $name did not come to an end (exit status $status)" >&2
        failed=1
        return
    fi
    echo "report: $OUT/$name.json (exit status $status)"
}

failed=0
demo echo ./wsconform echo --listen '127.0.0.1:{port}'
demo ws node tests/endpoints/ws-echo.js --port '{port}'
exit "$failed"
