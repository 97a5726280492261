#!/bin/sh
# SPDX-License-Identifier: MIT
# all C files are laid out as clang-format does it (make format)
set -eu

find harness tests fuzz -name '*.[ch]' 2>/dev/null | sort | xargs clang-format --dry-run -Werror
