/* SPDX-License-Identifier: MIT */
#include "base/glob.h"

#include <stddef.h>

bool glob_match(const char *pattern, const char *text)
{
    /* Where to go on if the last star has to swallow one character more. */
    const char *star = NULL;
    const char *swallowed = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            swallowed = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++swallowed;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
