#!/bin/sh
# SPDX-License-Identifier: MIT
# each source file harness/ROOM/FILE.c has its tests/ROOM/test_FILE.c
set -eu

status=0
for source in harness/*/*.c; do
    [ "$source" != harness/cli/main.c ] || continue
    room=$(basename "$(dirname "$source")")
    test=tests/$room/test_$(basename "$source")
    [ -f "$test" ] || {
        echo "$test is missing"
        status=1
    }
done
exit $status
