/* SPDX-License-Identifier: MIT */
#include "peer/head.h"

#include <string.h>

void peer_head_replace(struct buffer *head, const char *text, const char *instead)
{
    struct buffer old = *head;
    size_t len = strlen(text);
    *head = (struct buffer){0};
    for (size_t i = 0; i < old.len;) {
        if (old.len - i >= len && memcmp(old.data + i, text, len) == 0) {
            buffer_append_text(head, instead);
            i += len;
        } else {
            buffer_append(head, bytes_of(old.data + i++, 1));
        }
    }
    buffer_free(&old);
}

void peer_head_add(struct buffer *head, const char *line)
{
    struct buffer old = *head;
    const char *end = strstr(buffer_text(&old), "\r\n\r\n");
    size_t size = end != NULL ? (size_t)(end - (const char *)old.data) + 2 : old.len;
    *head = (struct buffer){0};
    buffer_append(head, bytes_of(old.data, size));
    buffer_append_text(head, line);
    buffer_append(head, bytes_of(old.data + size, old.len - size));
    buffer_free(&old);
}
