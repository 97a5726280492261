/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_BASE_ERROR_H
#define WSCONFORM_BASE_ERROR_H

/* Why the world failed, as one sentence without a full stop or newline. Only for failures of the
 * world (a file, an option, a socket); what an endpoint did wrong is data, not an error. */
struct error {
    char text[512];
};

/* Writes the sentence (cut if it is too long) and returns -1, so that a caller can
 * `return error_set(...)`. `error` may be NULL when nobody wants the sentence. */
int error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
