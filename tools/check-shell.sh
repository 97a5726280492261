#!/bin/sh
# SPDX-License-Identifier: MIT
# no shell script has anything that shellcheck would remark on
set -eu

find .ci tools tests fuzz -type f ! -path '*/node_modules/*' 2>/dev/null | sort |
    while read -r file; do
        case $file in
            *.sh | *.bash) echo "$file" ;;
            *) head -n 1 "$file" | grep -Eq '^#!.*[/ ](ba|da)?sh( |$)' && echo "$file" ;;
        esac
    done | xargs shellcheck
