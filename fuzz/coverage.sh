#!/bin/sh
# SPDX-License-Identifier: MIT
# coverage.sh TARGET... - what of harness/ws the committed corpus and the regressions reach: a table of
# files, then the functions that no input reaches. Exit status 1 if fewer than 95 % of the lines of
# harness/ws are reached. Lines of single files: llvm-cov show (see the last line).
set -eu

BUILD=${BUILD:-build}
LEAST=95
folder=$BUILD/fuzz/coverage

for tool in llvm-profdata llvm-cov; do
    command -v $tool >/dev/null || {
        echo "fuzz-coverage: $tool is missing (Debian: llvm)"
        exit 2
    }
done

rm -f "$folder"/*.profraw
objects=
for target; do
    LLVM_PROFILE_FILE=$folder/$target.profraw "$folder/$target" >"$folder/$target.log" 2>&1 || {
        tail -n 5 "$folder/$target.log"
        exit 1
    }
    objects="$objects${objects:+ -object }$folder/$target"
done
llvm-profdata merge -sparse -o "$folder/all.profdata" "$folder"/*.profraw

# shellcheck disable=SC2086 # a list of options
llvm-cov report -instr-profile="$folder/all.profdata" $objects harness/ws/*.c harness/ws/*.h \
    2>/dev/null | awk '
    $1 ~ /\.c$/    { printf "%-16s %5d of %5d lines  %s\n", $1, $8 - $9, $8, $10 }
    $1 == "TOTAL"  { printf "%-16s %5d of %5d lines  %s\n", "all", $8 - $9, $8, $10 }'
echo
# shellcheck disable=SC2086
llvm-cov report -show-functions -instr-profile="$folder/all.profdata" $objects harness/ws/*.c \
    2>/dev/null | awk '
    $1 ~ /^File/          { file = $2; next }
    $7 == "0.00%" && $5 > 0 { print "never called: " $1 }' | sort -u
# shellcheck disable=SC2086
llvm-cov report -instr-profile="$folder/all.profdata" $objects harness/ws/*.c 2>/dev/null |
    awk -v least=$LEAST '$1 == "TOTAL" { exit !($10 + 0 >= least) }' || {
    echo "fewer than $LEAST % of the lines are reached"
    exit 1
}
