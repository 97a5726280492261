/* SPDX-License-Identifier: MIT */
#include "ws/http.h"

#include <string.h>

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_token_octet(uint8_t c)
{
    bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alpha || is_digit(c) || c == '-' || (c != 0 && strchr("!#$%&'*+.^_`|~", c) != NULL);
}

/* True for what may not stand in a field value (RFC 9110, 5.5). */
static bool is_control(uint8_t c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

static bool has_control(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_control(text.data[i]))
            return true;
    return false;
}

static struct bytes slice(struct bytes text, size_t from, size_t to)
{
    return bytes_of(text.data + from, to - from);
}

/* The index of the first `c` at or behind `from`; text.len if there is none. */
static size_t find(struct bytes text, size_t from, char c)
{
    const uint8_t *at = from < text.len ? memchr(text.data + from, c, text.len - from) : NULL;
    return at != NULL ? (size_t)(at - text.data) : text.len;
}

/* True if the line that ends before `end` (data[end - 1] is its LF) is empty; `*start` is where it
 * begins. */
static bool ends_empty_line(const uint8_t *data, size_t end, size_t *start)
{
    *start = end - 1;
    if (*start > 0 && data[*start - 1] == '\r')
        --*start;
    return *start == 0 || data[*start - 1] == '\n';
}

/* The size of the head: up to and with the first empty line that is not in front of the start
 * line. 0 if it is not whole. An empty line that did not end the head when it was scanned was a
 * leading one, so a look at the two last lines is enough and needs no memory of earlier calls. */
static size_t find_end(struct bytes in, size_t scanned)
{
    for (size_t lf = find(in, scanned, '\n'); lf < in.len; lf = find(in, lf + 1, '\n')) {
        size_t start;
        size_t before;
        if (ends_empty_line(in.data, lf + 1, &start) && start > 0 &&
            !ends_empty_line(in.data, start, &before))
            return lf + 1;
    }
    return 0;
}

/* The next line without its end; `*at` moves behind it. */
static struct bytes next_line(struct bytes text, size_t *at, unsigned *flaws)
{
    size_t start = *at;
    size_t end = find(text, start, '\n');
    *at = end + 1;
    if (end > start && text.data[end - 1] == '\r')
        return slice(text, start, end - 1);
    *flaws |= WS_HTTP_BARE_LF;
    return slice(text, start, end);
}

static bool is_blank_or_end(uint8_t c)
{
    return is_blank(c) || c == '\r' || c == '\n';
}

static struct bytes trim_fold(struct bytes value)
{
    while (value.len > 0 && is_blank_or_end(value.data[0]))
        value = slice(value, 1, value.len);
    while (value.len > 0 && is_blank_or_end(value.data[value.len - 1]))
        value.len--;
    return value;
}

/* RFC 9112, 5.2: a line that begins with a blank goes on with the value of the line before. */
static void read_folded(struct ws_http_head *head, struct bytes line)
{
    struct bytes *value = &head->fields[head->field_count - 1].value;
    const uint8_t *end = line.data + line.len;
    head->flaws |= WS_HTTP_FOLDED;
    if (has_control(line))
        head->flaws |= WS_HTTP_BAD_VALUE;
    *value = trim_fold(bytes_of(value->data, (size_t)(end - value->data)));
}

static void read_field(struct ws_http_head *head, struct bytes line)
{
    struct ws_http_field *field = &head->fields[head->field_count++];
    size_t colon = find(line, 0, ':');
    if (colon == line.len) {
        /* Nameless, so that nobody finds it, but kept for those who print the head. */
        *field = (struct ws_http_field){slice(line, 0, 0), bytes_trim(line)};
        head->flaws |= WS_HTTP_BAD_NAME;
        return;
    }
    field->name = slice(line, 0, colon);
    field->value = bytes_trim(slice(line, colon + 1, line.len));
    if (colon > 0 && is_blank(line.data[colon - 1]))
        head->flaws |= WS_HTTP_NAME_BLANK;
    while (field->name.len > 0 && is_blank(field->name.data[field->name.len - 1]))
        field->name.len--;
    if (!ws_http_is_token(field->name))
        head->flaws |= WS_HTTP_BAD_NAME;
    if (has_control(field->value))
        head->flaws |= WS_HTTP_BAD_VALUE;
}

static enum ws_status read_lines(struct ws_http_head *head, struct bytes text)
{
    size_t at = 0;
    struct bytes line = next_line(text, &at, &head->flaws);
    while (line.len == 0) {
        head->flaws |= WS_HTTP_LEADING_LINE;
        line = next_line(text, &at, &head->flaws);
    }
    head->start_line = line;
    while ((line = next_line(text, &at, &head->flaws)).len > 0) {
        if (is_blank(line.data[0]) && head->field_count > 0) {
            read_folded(head, line);
            continue;
        }
        if (head->field_count == WS_HTTP_FIELDS_MAX)
            return WS_BAD;
        read_field(head, line);
    }
    return WS_ITEM;
}

enum ws_status ws_http_read(struct ws_http_head *head, struct bytes in, size_t max, size_t *scanned)
{
    struct bytes looked_at = {in.data, in.len < max ? in.len : max};
    size_t size = find_end(looked_at, *scanned);
    if (size == 0) {
        *scanned = looked_at.len;
        return in.len > max ? WS_BAD : WS_MORE;
    }
    head->field_count = 0;
    head->flaws = 0;
    head->size = size;
    return read_lines(head, slice(in, 0, size));
}

const struct ws_http_field *ws_http_find(const struct ws_http_head *head, const char *name)
{
    struct bytes wanted = bytes_text(name);
    for (size_t i = 0; i < head->field_count; i++)
        if (bytes_equal_nocase(head->fields[i].name, wanted))
            return &head->fields[i];
    return NULL;
}

size_t ws_http_count(const struct ws_http_head *head, const char *name)
{
    struct bytes wanted = bytes_text(name);
    size_t count = 0;
    for (size_t i = 0; i < head->field_count; i++)
        count += bytes_equal_nocase(head->fields[i].name, wanted);
    return count;
}

/* The index of the next comma outside quoted strings (RFC 9110, 5.6.4), or the value's end. */
static size_t member_end(struct bytes value, size_t from)
{
    bool quoted = false;
    size_t i = from;
    for (; i < value.len; i++) {
        uint8_t c = value.data[i];
        if (c == ',' && !quoted)
            break;
        if (c == '"')
            quoted = !quoted;
        if (c == '\\' && quoted && i + 1 < value.len)
            i++;
    }
    return i;
}

bool ws_http_next_in_value(struct bytes value, size_t *offset, struct bytes *member)
{
    while (*offset < value.len) {
        size_t end = member_end(value, *offset);
        *member = trim_fold(slice(value, *offset, end));
        *offset = end + 1;
        if (member->len > 0)
            return true;
    }
    return false;
}

bool ws_http_next_member(const struct ws_http_head *head, const char *name,
                         struct ws_http_cursor *cursor, struct bytes *member)
{
    struct bytes wanted = bytes_text(name);
    for (; cursor->field < head->field_count; cursor->field++) {
        const struct ws_http_field *field = &head->fields[cursor->field];
        if (bytes_equal_nocase(field->name, wanted) &&
            ws_http_next_in_value(field->value, &cursor->offset, member))
            return true;
        cursor->offset = 0;
    }
    return false;
}

bool ws_http_list_has(const struct ws_http_head *head, const char *name, const char *token)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    while (ws_http_next_member(head, name, &cursor, &member))
        if (bytes_equal_nocase(member, bytes_text(token)))
            return true;
    return false;
}

bool ws_http_is_token(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_token_octet(text.data[i]))
            return false;
    return text.len > 0;
}

unsigned ws_http_version(struct bytes text)
{
    static const char name[] = "HTTP/";
    size_t len = sizeof(name) - 1;
    if (text.len != len + 3 || memcmp(text.data, name, len) != 0)
        return 0;
    const uint8_t *digits = text.data + len;
    if (!is_digit(digits[0]) || digits[1] != '.' || !is_digit(digits[2]))
        return 0;
    return (unsigned)(digits[0] - '0') * 10 + (unsigned)(digits[2] - '0');
}

bool ws_http_split_request(struct bytes line, struct ws_http_request_line *out)
{
    size_t first = find(line, 0, ' ');
    size_t second = find(line, first + 1, ' ');
    /* Each part has an octet at least, and there is no third space. */
    if (first == 0 || second <= first + 1 || second + 1 >= line.len)
        return false;
    if (find(line, second + 1, ' ') < line.len)
        return false;
    out->method = slice(line, 0, first);
    out->target = slice(line, first + 1, second);
    out->version = slice(line, second + 1, line.len);
    return true;
}

bool ws_http_split_status(struct bytes line, struct ws_http_status_line *out)
{
    /* RFC 9112, 4: HTTP-version SP status-code SP [ reason-phrase ] */
    enum { VERSION_END = 8, CODE = 9, CODE_END = 12, REASON = 13 };
    if (line.len < CODE_END || line.data[VERSION_END] != ' ')
        return false;
    out->version = slice(line, 0, VERSION_END);
    out->code = 0;
    for (size_t i = CODE; i < CODE_END; i++) {
        if (!is_digit(line.data[i]))
            return false;
        out->code = out->code * 10 + (unsigned)(line.data[i] - '0');
    }
    if (ws_http_version(out->version) == 0 || out->code < 100 || out->code > 599)
        return false;
    out->reason = (struct bytes){NULL, 0};
    if (line.len == CODE_END)
        return true;
    out->reason = slice(line, REASON, line.len);
    return line.data[CODE_END] == ' ' && !has_control(out->reason);
}
