/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_SECRET_H
#define WSCONFORM_REPORT_SECRET_H

#include "base/buffer.h"

/* Appends a request, an answer or a single field line, with *** in place of the values of
 * Authorization, Proxy-Authorization, Cookie and Set-Cookie, folded lines included. Nothing is
 * escaped. */
void report_secret_head(struct buffer *out, struct bytes head);

/* Appends an argument of a command line in the same way: "Cookie: a=b" and "-HCookie: a=b". */
void report_secret_argument(struct buffer *out, const char *argument);

#endif
