/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CLI_BROWSER_H
#define WSCONFORM_CLI_BROWSER_H

#include <stdbool.h>

#include "base/error.h"

/* A browser that opens our page without a window, with a profile of its own that is thrown away. */

enum { CLI_BROWSER_ARGUMENTS = 12, CLI_BROWSER_PATH = 64 };

struct cli_browser {
    const char *argv[CLI_BROWSER_ARGUMENTS]; /* NULL at the end; {port} stands for ours */
    char folder[CLI_BROWSER_PATH];
    char profile[CLI_BROWSER_PATH + 32];
};

/* Prepares the command for "chromium" or "firefox". Returns 0, or -1 with a sentence in `error`: a
 * name that is not known, a folder that cannot be made. The caller ends it with
 * cli_browser_clean. */
int cli_browser_prepare(struct cli_browser *browser, const char *name, struct error *error);

/* Removes the profile. A zeroed struct is fine. */
void cli_browser_clean(struct cli_browser *browser);

#endif
