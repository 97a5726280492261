#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.sh FILE... - writes the C source of harness/case/embedded.h's list to stdout. The files come
# in the order given; none is fine too.
set -eu

echo '/* SPDX-License-Identifier: MIT */'
echo '/* Written by tools/embed.sh. */'
echo '#include "case/embedded.h"'

n=0
for file; do
    printf '\nstatic const unsigned char file_%d[] = {\n' "$n"
    od -An -v -tx1 "$file" | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'
    echo '0x00};'
    n=$((n + 1))
done

printf '\nconst struct case_embedded_file case_embedded_files[] = {\n'
n=0
for file; do
    # The array is one octet longer than the file: the NUL.
    printf '    {"%s", file_%d, sizeof(file_%d) - 1},\n' "$file" "$n" "$n"
    n=$((n + 1))
done
echo '    {NULL, NULL, 0},'
echo '};'
