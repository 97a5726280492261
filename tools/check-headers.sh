#!/bin/sh
# SPDX-License-Identifier: MIT
# every header compiles alone
set -eu

find harness -name '*.h' | sort | xargs -n 1 -P "$(getconf _NPROCESSORS_ONLN)" \
    "${CC:-cc}" -std=c11 -D_GNU_SOURCE -Iharness -Wall -Wextra -Wconversion -Wshadow -Werror \
    -fsyntax-only -x c
