/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_BASE_BUFFER_H
#define WSCONFORM_BASE_BUFFER_H

#include "base/bytes.h"

/* A growing run of octets that it owns. A zeroed struct is an empty buffer. */
struct buffer {
    uint8_t *data;
    size_t len;
    size_t capacity;
};

/* Appends; `b` must not lie in the buffer itself. */
void buffer_append(struct buffer *buffer, struct bytes b);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes room for `len` more octets and returns where they go; the length grows by `len`. */
uint8_t *buffer_extend(struct buffer *buffer, size_t len);

/* Drops the first `len` octets (at most all). */
void buffer_consume(struct buffer *buffer, size_t len);

/* Forgets the contents, keeps the memory. */
void buffer_clear(struct buffer *buffer);

/* What it holds, borrowed until the next change. */
struct bytes buffer_bytes(const struct buffer *buffer);

/* The contents with a NUL behind them that is not counted; borrowed until the next change. */
const char *buffer_text(struct buffer *buffer);

/* Frees the memory and leaves an empty buffer. */
void buffer_free(struct buffer *buffer);

#endif
