/* SPDX-License-Identifier: MIT */
#include "report/secret.h"

#include <string.h>

static bool is_secret_name(struct bytes name)
{
    static const char *const names[] = {"Authorization", "Proxy-Authorization", "Cookie",
                                        "Set-Cookie"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (bytes_equal_nocase(name, bytes_text(names[i])))
            return true;
    return false;
}

/* A case may end lines with a bare CR or LF, so each of them ends one here. */
static bool is_line_end(uint8_t c)
{
    return c == '\r' || c == '\n';
}

static size_t span(struct bytes b, bool ends)
{
    size_t len = 0;
    while (len < b.len && is_line_end(b.data[len]) == ends)
        len++;
    return len;
}

static struct bytes cut(struct bytes *from, size_t len)
{
    struct bytes piece = bytes_of(from->data, len);
    if (len > 0)
        *from = bytes_of(from->data + len, from->len - len);
    return piece;
}

/* Writes one line; returns whether its value was hidden, so that a folded rest is hidden too. */
static bool write_line(struct buffer *out, struct bytes line, bool hiding)
{
    const uint8_t *colon = line.len > 0 ? memchr(line.data, ':', line.len) : NULL;
    if (colon != NULL) {
        struct bytes name = bytes_of(line.data, (size_t)(colon - line.data));
        if (is_secret_name(bytes_trim(name))) {
            buffer_append(out, name);
            buffer_append_text(out, ": ***");
            return true;
        }
    }
    /* RFC 9112, 5.2: a line that begins with a blank goes on with the field before it. */
    if (hiding && line.len > 0 && (line.data[0] == ' ' || line.data[0] == '\t')) {
        buffer_append_text(out, " ***");
        return true;
    }
    buffer_append(out, line);
    return false;
}

void report_secret_head(struct buffer *out, struct bytes head)
{
    bool hiding = false;
    while (head.len > 0) {
        hiding = write_line(out, cut(&head, span(head, false)), hiding);
        buffer_append(out, cut(&head, span(head, true)));
    }
}

void report_secret_argument(struct buffer *out, const char *argument)
{
    struct bytes rest = bytes_text(argument);
    const char *equals = strchr(argument, '=');
    if (strncmp(argument, "-H", 2) == 0)
        buffer_append(out, cut(&rest, 2));
    else if (strncmp(argument, "--", 2) == 0 && equals != NULL)
        buffer_append(out, cut(&rest, (size_t)(equals - argument) + 1));
    report_secret_head(out, rest);
}
