/* SPDX-License-Identifier: MIT */
/* A fuzz target for the test of overnight.py, good or bad by the name that it is called by:
 *   toy_fine     has no fault
 *   toy_rules    breaks two rules, both soon found
 *   toy_asan     reads behind its input
 *   toy_hangs    never comes back from some inputs
 *   toy_floods   prints without end, and crashes
 *   toy_dies     ends before the first input
 *   toy_stands   never comes to its first input */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *mood = "";

static void violation(const char *rule)
{
    fprintf(stderr,
            "{\"rule\":\"%s\",\"target\":\"toy\",\"clause\":\"RFC6455-5.2-01\",\"detail\":\"x\"}\n",
            rule);
    abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = strrchr((*argv)[0], '_');
    (void)argc;
    mood = name ? name + 1 : "";
    if (strcmp(mood, "dies") == 0) {
        fputs("toy: nothing to live for\n", stderr);
        exit(3);
    }
    while (strcmp(mood, "stands") == 0)
        pause();
    return 0;
}

/* Prints 20 MiB, much of it without an end of line. */
static void flood(void)
{
    static char block[1 << 16];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 320; i++)
        fwrite(block, 1, sizeof block, stderr);
    violation("flood");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || data[0] != 'a')
        return 0;
    if (strcmp(mood, "rules") == 0 && data[1] < 'n')
        violation("first");
    if (strcmp(mood, "rules") == 0 && data[1] > 0xf0)
        violation("second");
    if (strcmp(mood, "asan") == 0) {
        uint8_t *copy = malloc(size);
        memcpy(copy, data, size);
        volatile uint8_t behind = copy[size];
        free(copy);
        return behind & 0;
    }
    while (strcmp(mood, "hangs") == 0 && data[1] == 'b')
        usleep(1000);
    if (strcmp(mood, "floods") == 0)
        flood();
    return 0;
}
