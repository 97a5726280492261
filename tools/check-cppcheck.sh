#!/bin/sh
# SPDX-License-Identifier: MIT
# cppcheck finds nothing in harness/
set -eu

mkdir -p "$BUILD/cppcheck"
cppcheck --quiet --std=c11 -D_GNU_SOURCE -Iharness --enable=warning,performance,portability \
    --error-exitcode=1 --inline-suppr --suppress=missingInclude --suppress=missingIncludeSystem \
    --cppcheck-build-dir="$BUILD/cppcheck" -j "$(getconf _NPROCESSORS_ONLN)" harness
