/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

void hex_write(struct buffer *out, struct bytes b)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t *room = buffer_extend(out, 2 * b.len);
    for (size_t i = 0; i < b.len; i++) {
        room[2 * i] = (uint8_t)digits[b.data[i] >> 4];
        room[2 * i + 1] = (uint8_t)digits[b.data[i] & 15];
    }
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int hex_read(struct buffer *out, struct bytes text)
{
    size_t i = 0;
    while (i < text.len) {
        if (text.data[i] == ' ') {
            i++;
            continue;
        }
        if (i + 1 >= text.len)
            return -1;
        int high = digit(text.data[i]);
        int low = digit(text.data[i + 1]);
        if (high < 0 || low < 0)
            return -1;
        *buffer_extend(out, 1) = (uint8_t)(high * 16 + low);
        i += 2;
    }
    return 0;
}

static void escape_octet(struct buffer *out, uint8_t c)
{
    switch (c) {
    case '\\':
        buffer_append_text(out, "\\\\");
        return;
    case '\r':
        buffer_append_text(out, "\\r");
        return;
    case '\n':
        buffer_append_text(out, "\\n");
        return;
    case '\t':
        buffer_append_text(out, "\\t");
        return;
    default:
        break;
    }
    if (c >= 0x20 && c < 0x7f)
        *buffer_extend(out, 1) = c;
    else
        buffer_printf(out, "\\x%02x", c);
}

void hex_escape(struct buffer *out, struct bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        escape_octet(out, b.data[i]);
}
