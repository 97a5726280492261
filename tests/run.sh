#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh [UNIT-TEST-PROGRAM...] - runs the unit tests side by side, then each tests/e2e/*.sh by
# itself, shows what failed and ends with the line `N passed, N failed`. The exit status is 1 when
# anything failed or nothing ran. Run from the root of the checkout.
#
# Unit tests speak cmocka's TAP. An end-to-end script prints `ok NAME` or `not ok NAME: reason` a
# check, anything else is its log. It finds in its environment
#   WSCONFORM     the program (built with sanitizers)
#   SCRATCH       an empty folder of its own for anything that it writes
#   BUILD         the folder of all that was built; BUILD/endpoints/NAME is tests/endpoints/NAME.c
#   WSCONFORM_NODE_MODULES   where the npm packages are
#   PYTHON        a Python that has websockets, aiohttp and jsonschema, if there is one
#
# E2E=GLOB picks end-to-end scripts by name, E2E=none leaves them out.
set -u

BUILD=${BUILD:-build}
LOGS=$BUILD/test-logs
UNIT_SECONDS=120
E2E_SECONDS=180

# timeout(1) ends the whole process group; a Mac without coreutils has only the alarm of perl.
limited() {
    seconds=$1
    shift
    if command -v timeout >/dev/null 2>&1; then
        timeout -k 5 "$seconds" "$@"
    elif command -v gtimeout >/dev/null 2>&1; then
        gtimeout -k 5 "$seconds" "$@"
    else
        perl -e 'alarm shift; exec @ARGV or exit 127' "$seconds" "$@"
    fi
}

# summary LOG STATUS -> "PASSED FAILED SKIPPED REASON": what the lines say, and one failure more when
# the program ended badly without naming a culprit, said nothing, or said less than it announced.
summary() {
    awk -v status="$2" '
        { sub(/^[ \t]+/, ""); sub(/\r$/, "") }
        /^1\.\.[0-9]+/                    { planned += substr($0, 4) + 0; next }
        /^(not )?ok .*# *(SKIP|skip)/     { skipped++; next }
        /^ok /                            { passed++; next }
        /^not ok /                        { failed++; next }
        END {
            seen = passed + failed + skipped
            if (status == 124 || status == 137 || status == 142)
                reason = "timed out"
            else if (status != 0 && failed == 0)
                reason = "exit status " status
            else if (seen == 0)
                reason = "reported no test"
            else if (planned > seen)
                reason = "announced " planned " tests, reported " seen
            if (reason != "")
                failed++
            print passed + 0, failed + 0, skipped + 0, reason
        }' "$1"
}

# Runs one program and leaves LOG and LOG.summary. Names look like ws/test_frame and e2e/echo.
run_one() {
    name=$1
    seconds=$2
    shift 2
    log=$LOGS/$name.log
    mkdir -p "${log%/*}"
    limited "$seconds" "$@" >"$log" 2>&1 </dev/null
    summary "$log" $? >"$log.summary"
    read -r passed failed skipped reason <"$log.summary"
    if [ "$failed" -eq 0 ]; then
        echo "  pass    $name ($passed)"
    else
        {
            echo "  FAIL    $name${reason:+: $reason}"
            sed 's/^/          /' "$log"
        } >"$log.shown"
        cat "$log.shown" # in one go, so that two failures do not mix
    fi
    [ "$skipped" -eq 0 ] || grep -i '# *skip' "$log" | sed 's/^/          /'
}

unit_name() {
    name=${1#"$BUILD"/asan/tests/}
    echo "${name#/}"
}

if [ "${1:-}" = --unit ]; then
    run_one "$(unit_name "$2")" "$UNIT_SECONDS" "$2"
    exit 0
fi

export BUILD
export CMOCKA_MESSAGE_OUTPUT=TAP
export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"

rm -rf "$LOGS"
mkdir -p "$LOGS"
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
if [ $# -gt 0 ]; then
    printf '%s\n' "$@" | xargs -n 1 -P "$cores" "$0" --unit
fi

root=$(pwd)
WSCONFORM=$root/$BUILD/asan/wsconform
WSCONFORM_NODE_MODULES=$root/$BUILD/node_modules
# The system's packages belong to the system's Python, which need not be the first in PATH.
for candidate in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3; do
    PYTHON=$candidate
    "$candidate" -c 'import aiohttp, jsonschema, websockets' 2>/dev/null && break
done
export WSCONFORM WSCONFORM_NODE_MODULES PYTHON
for script in tests/e2e/*.sh; do
    name=$(basename "$script" .sh)
    # shellcheck disable=SC2254 # a pattern is meant
    case $name in ${E2E:-*}) ;; *) continue ;; esac
    [ -f "$script" ] || continue
    [ "$name" != lib ] || continue # what they share
    SCRATCH=$root/$BUILD/e2e/$name
    export SCRATCH
    rm -rf "$SCRATCH"
    mkdir -p "$SCRATCH"
    run_one "e2e/$name" "$E2E_SECONDS" "$script"
done

find "$LOGS" -name '*.summary' -exec cat {} + | awk '
    { passed += $1; failed += $2; skipped += $3 }
    END {
        if (skipped > 0)
            print skipped " skipped"
        print passed + 0 " passed, " failed + 0 " failed"
        exit !(failed == 0 && passed > 0)
    }'
