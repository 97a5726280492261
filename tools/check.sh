#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh [NAME...] - proves the rules of the house. Each rule is a script tools/check-NAME.sh that
# prints what breaks it and exits 1 if anything does; with names, only those run. Run from the root
# of the checkout after `make`.
set -u

BUILD=${BUILD:-build}
export BUILD

if [ $# -eq 0 ]; then
    # The cheap ones first.
    set -- includes length tests cases symbols purity headers shell format cppcheck tidy tree
fi

failed=0
for name; do
    start=$(date +%s)
    if said=$("tools/check-$name.sh" 2>&1); then
        verdict=ok
    else
        verdict=FAIL
        failed=$((failed + 1))
    fi
    printf '%-5s %-9s %3ds  %s\n' "$verdict" "$name" $(($(date +%s) - start)) \
        "$(sed -n '3s/^# //p' "tools/check-$name.sh")"
    [ -z "$said" ] || printf '%s\n' "$said" | sed 's/^/      /'
done

[ "$failed" -eq 0 ] || {
    echo "$failed of $# checks failed"
    exit 1
}
