#!/bin/sh
# SPDX-License-Identifier: MIT
# the name of an exported symbol says its file: ROOM_FILE_..., in base FILE_...
set -eu

status=0
for source in harness/*/*.c; do
    room=$(basename "$(dirname "$source")")
    file=$(basename "$source" .c)
    prefix=${room}_$file
    [ "$room" != base ] || prefix=$file
    object=$BUILD/release/$room/$file.o
    [ -f "$object" ] || {
        echo "$object is missing: run make first"
        status=1
        continue
    }
    # A Mac puts an underscore before each name.
    nm -g "$object" | awk -v source="$source" -v prefix="$prefix" '
        NF == 3 && $2 != "U" {
            name = $3
            if (index(name, "_" prefix) == 1)
                name = substr(name, 2)
            if (source == "harness/cli/main.c" && name ~ /^_?main$/)
                next
            if (name != prefix && index(name, prefix "_") != 1) {
                print source ": exports " name ", which does not begin with " prefix "_"
                bad = 1
            }
        }
        END { exit bad }' || status=1
done
exit $status
