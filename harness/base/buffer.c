/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

uint8_t *buffer_extend(struct buffer *buffer, size_t len)
{
    /* One octet more than asked for, so that even an empty buffer has memory to point into. */
    buffer->data = memory_grow(buffer->data, &buffer->capacity, buffer->len + len + 1, 1);
    uint8_t *room = buffer->data + buffer->len;
    buffer->len += len;
    return room;
}

void buffer_append(struct buffer *buffer, struct bytes b)
{
    if (b.len > 0)
        memcpy(buffer_extend(buffer, b.len), b.data, b.len);
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, bytes_text(text));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len > 0) {
        char *room = (char *)buffer_extend(buffer, (size_t)len + 1);
        vsnprintf(room, (size_t)len + 1, format, again);
        buffer->len--;
    }
    va_end(again);
}

void buffer_consume(struct buffer *buffer, size_t len)
{
    if (len >= buffer->len) {
        buffer->len = 0;
        return;
    }
    memmove(buffer->data, buffer->data + len, buffer->len - len);
    buffer->len -= len;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
}

struct bytes buffer_bytes(const struct buffer *buffer)
{
    return bytes_of(buffer->data, buffer->len);
}

const char *buffer_text(struct buffer *buffer)
{
    *buffer_extend(buffer, 1) = 0;
    buffer->len--;
    return (const char *)buffer->data;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}
