/* SPDX-License-Identifier: MIT */
/* Chooses the bug: FUZZ_BUG is its number in fuzz/negative/bugs.tsv; 0, or nothing, is none. */
#include <stdlib.h>

extern int fuzz_bug;
int fuzz_bug;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *number = getenv("FUZZ_BUG");
    fuzz_bug = number != NULL ? (int)strtol(number, NULL, 10) : 0;
    return 0;
}
