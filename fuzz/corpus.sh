#!/bin/sh
# SPDX-License-Identifier: MIT
# corpus.sh TARGET... - makes fuzz/corpus/TARGET anew: the fewest inputs of the committed corpus, the
# seeds of the cases and what fuzzing found that reach all that these reach.
set -eu

BUILD=${BUILD:-build}

for target; do
    fresh=$BUILD/fuzz/merged/$target
    rm -rf "$fresh"
    mkdir -p "$fresh"
    set -- "$fresh"
    for from in "fuzz/corpus/$target" "$BUILD/fuzz/seeds/$target" "$BUILD/fuzz/corpus/$target"; do
        [ ! -d "$from" ] || set -- "$@" "$from"
    done
    # Edges only, and no counts of them: the corpus stays small enough to be looked through.
    "$BUILD/fuzz/$target" -set_cover_merge=1 -use_value_profile=0 -use_counters=0 -max_len=4096 \
        "$@" >"$BUILD/fuzz/merged/$target.log" 2>&1 || {
        tail -n 5 "$BUILD/fuzz/merged/$target.log"
        exit 1
    }
    rm -rf "fuzz/corpus/$target"
    cp -R "$fresh" "fuzz/corpus/$target"
    echo "  $target: $(find "fuzz/corpus/$target" -type f | wc -l) inputs," \
        "$(find "fuzz/corpus/$target" -type f -exec cat {} + | wc -c) octets"
done
