#!/bin/sh
# SPDX-License-Identifier: MIT
# no file of harness/ is longer than 700 lines
set -eu

find harness -name '*.[ch]' -exec awk '
    END {
        if (NR > 700) {
            print FILENAME ": " NR " lines"
            exit 1
        }
    }' {} ';' | sort | awk '{ print } END { exit NR > 0 }'
