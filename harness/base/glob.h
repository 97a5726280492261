/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_BASE_GLOB_H
#define WSCONFORM_BASE_GLOB_H

#include <stdbool.h>

/* True if the whole of `text` matches `pattern`: `*` stands for any run of characters (the slash
 * included), `?` for one, everything else for itself. */
bool glob_match(const char *pattern, const char *text);

#endif
