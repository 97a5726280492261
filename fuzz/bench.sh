#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh "FRAME TARGETS" TARGET... - how many executions a second each target makes beside an empty
# one with the same mutator, the same seeds (all of the committed corpus, which is kept) and the same
# options, by turns so that a busy machine slows both alike; with sanitizers. A turn is long enough
# that what libFuzzer does when it finds most of what there is to find, in its first second, does not
# count for much. Exit status 1 if a target for frames makes less than 0.15 of what the empty one
# makes.
set -eu

BUILD=${BUILD:-build}
LEAST=0.15
SECONDS_EACH=${SECONDS_EACH:-6}
TURNS=${TURNS:-2}
frames=" $1 "
shift
scratch=$BUILD/fuzz/bench
failed=0

# rate TARGET CORPUS - executions a second of CPU time, so that others on the machine do not count.
rate() {
    rm -rf "$scratch"
    mkdir -p "$scratch"
    seeds=$(find "$2" -type f | sort | paste -s -d , -)
    TIMEFORMAT=%U bash -c 'time "$@" >/dev/null 2>"$0"' "$scratch/log" \
        "$BUILD/fuzz/$1" -seed=1 -keep_seed=1 -max_len=256 -len_control=0 -max_total_time="$SECONDS_EACH" \
        -artifact_prefix="$scratch/" -seed_inputs="$seeds" 2>"$scratch/time"
    awk 'NR == FNR { seconds = $1; next }
        /^Done/ { printf "%d\n", $2 / (seconds > 0 ? seconds : 1) }' \
        "$scratch/time" "$scratch/log"
}

for target; do
    case $frames in
        *" $target "*) limit=$LEAST beside=empty_frames ;;
        *) limit=0 beside=empty ;;
    esac
    own=0
    empty=0
    turn=0
    while [ $turn -lt "$TURNS" ]; do
        empty=$((empty + $(rate $beside "fuzz/corpus/$target")))
        own=$((own + $(rate "$target" "fuzz/corpus/$target")))
        turn=$((turn + 1))
    done
    awk -v target="$target" -v own=$((own / TURNS)) -v empty=$((empty / TURNS)) -v limit=$limit '
        BEGIN {
            ratio = own / empty
            printf "%-5s %-14s %9d a second, %.3f of %d\n", ratio < limit ? "SLOW" : "",
                target, own, ratio, empty
            exit ratio < limit
        }' || failed=1
done
exit $failed
