#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh FOLDER TARGET... - fuzzes each target for FUZZ_SECONDS, one after the other. What is found
# anew goes to BUILD/fuzz/corpus/TARGET, what breaks to BUILD/fuzz/crashes/TARGET; the exit status is
# 1 if anything did.
set -u

BUILD=${BUILD:-build}
FUZZ_SECONDS=${FUZZ_SECONDS:-60}
folder=$1
shift
failed=0

# dictionary TARGET - the option for the dictionary of its own, or of its room.
dictionary() {
    for name in "$1" "${1%%_*}"; do
        if [ -f "fuzz/dictionaries/$name.dict" ]; then
            echo "-dict=fuzz/dictionaries/$name.dict"
            return
        fi
    done
}

for target; do
    corpus=$BUILD/fuzz/corpus/$target
    crashes=$BUILD/fuzz/crashes/$target
    log=$BUILD/fuzz/logs/$target.log
    mkdir -p "$corpus" "$crashes" "$BUILD/fuzz/logs"
    set -- "$corpus"
    for known in "fuzz/corpus/$target" "fuzz/regress/$target" "$BUILD/fuzz/seeds/$target"; do
        [ ! -d "$known" ] || set -- "$@" "$known"
    done
    # shellcheck disable=SC2046 # no blanks, or nothing
    if "$folder/$target" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=2048 \
        -max_len=4096 -artifact_prefix="$crashes/" -print_final_stats=1 \
        $(dictionary "$target") "$@" >"$log" 2>&1; then
        awk -v target="$target" '
            /^stat::number_of_executed_units:/ { units = $2 }
            /^stat::average_exec_per_sec:/     { rate = $2 }
            / cov: /                           { coverage = $4 }
            END { printf "  fine    %-14s %10d executions, %7d a second, %5d edges\n",
                      target, units, rate, coverage }' "$log"
    else
        failed=1
        echo "  FOUND   $target: $(grep -m 1 -E '^\{"rule"|ERROR: |runtime error: ' "$log")"
        echo "          $(grep -o 'Test unit written to .*' "$log"); see $log"
    fi
done
exit $failed
