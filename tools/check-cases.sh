#!/bin/sh
# SPDX-License-Identifier: MIT
# every case obeys its language, every row has a case or an excuse for each role, and no id vanishes
set -eu

program=${WSCONFORM:-./wsconform}
"$program" cases check >/dev/null
for role in server client; do
    "$program" cases coverage --role "$role" >/dev/null || {
        "$program" cases coverage --role "$role" | grep 'NO CASE'
        exit 1
    }
done

# People write ids into their lists of known failures, so an id, once given, stays. New ones are
# added to the list with: wsconform cases list | awk '{ print $1 }' | LC_ALL=C sort >cases/ids.txt
now=$(mktemp)
trap 'rm -f "$now"' EXIT
"$program" cases list | awk '{ print $1 }' | LC_ALL=C sort >"$now"
LC_ALL=C comm -23 cases/ids.txt "$now" | sed 's/$/: this id has vanished/' >&2
LC_ALL=C comm -13 cases/ids.txt "$now" | sed 's/$/: this id is new and not in cases\/ids.txt/' >&2
cmp -s cases/ids.txt "$now"
