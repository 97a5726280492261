#!/bin/sh
# SPDX-License-Identifier: MIT
# prove.sh - a sample of the faults and variants of the built-in server; `make prove` runs them all.
. tests/e2e/lib.sh

# With sanitizers it would take too long, and the other tests look for their findings.
WSCONFORM=$(pwd)/wsconform
export WSCONFORM

check "a sample of faults is found and no variant is blamed" "$PYTHON" tools/prove.py --quick
run faults echo --list-faults
exited "the faults can be listed" 0
check "there are faults enough" test "$(grep -c ^fault "$SCRATCH/faults.out")" -ge 150
check "there are variants enough" test "$(grep -c ^variant "$SCRATCH/faults.out")" -ge 30
check "each has four columns" awk -F '\t' 'NF != 4 { exit 1 }' "$SCRATCH/faults.out"
run unknown echo --fault no-such-fault
exited "an unknown fault is a usage error" 2
