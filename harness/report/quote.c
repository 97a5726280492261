/* SPDX-License-Identifier: MIT */
#include "report/quote.h"

#include <string.h>

#include "base/hex.h"

static bool is_printable(uint8_t c)
{
    return c >= 0x20 && c < 0x7f;
}

void report_quote_plain(struct buffer *out, const char *text)
{
    struct bytes b = bytes_text(text);
    for (size_t i = 0; i < b.len; i++) {
        struct bytes octet = bytes_of(&b.data[i], 1);
        if (is_printable(b.data[i]))
            buffer_append(out, octet);
        else
            hex_escape(out, octet);
    }
}

static bool is_bare(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("-_./:=@%+,", c) != NULL);
}

static bool all(struct bytes b, bool (*test)(uint8_t))
{
    for (size_t i = 0; i < b.len; i++)
        if (!test(b.data[i]))
            return false;
    return true;
}

/* What hex_escape writes is what $'...' reads; only the quote itself is left to do. */
static void quote_octets(struct buffer *out, struct bytes argument)
{
    buffer_append_text(out, "$'");
    for (size_t i = 0; i < argument.len; i++) {
        if (argument.data[i] == '\'')
            buffer_append_text(out, "\\'");
        else
            hex_escape(out, bytes_of(&argument.data[i], 1));
    }
    buffer_append_text(out, "'");
}

static void quote_text(struct buffer *out, struct bytes argument)
{
    buffer_append_text(out, "'");
    for (size_t i = 0; i < argument.len; i++) {
        if (argument.data[i] == '\'')
            buffer_append_text(out, "'\\''");
        else
            buffer_append(out, bytes_of(&argument.data[i], 1));
    }
    buffer_append_text(out, "'");
}

void report_quote_shell(struct buffer *out, struct bytes argument)
{
    if (argument.len > 0 && all(argument, is_bare))
        buffer_append(out, argument);
    else if (all(argument, is_printable))
        quote_text(out, argument);
    else
        quote_octets(out, argument);
}
