/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_QUOTE_H
#define WSCONFORM_REPORT_QUOTE_H

#include "base/buffer.h"

/* Appends a sentence of ours: printable ASCII as it is, the backslash included, since what such a
 * sentence quotes was escaped when it was made; the rest as hex_escape writes it. */
void report_quote_plain(struct buffer *out, const char *text);

/* Appends one argument so that a shell reads it back as it was: bare where that is safe, else in
 * '...', or in $'...' where something in it cannot be printed. */
void report_quote_shell(struct buffer *out, struct bytes argument);

#endif
