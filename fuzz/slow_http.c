/* SPDX-License-Identifier: MIT */
#include "fuzz/slow_http.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static struct bytes part(struct bytes text, size_t from, size_t to)
{
    return from < to ? bytes_of(text.data + from, to - from) : bytes_of(NULL, 0);
}

static bool is_any_of(uint8_t c, const char *set)
{
    while (*set != '\0' && (uint8_t)*set != c)
        set++;
    return *set != '\0';
}

static struct bytes strip(struct bytes text, const char *set)
{
    size_t from = 0;
    size_t to = text.len;
    while (from < to && is_any_of(text.data[from], set))
        from++;
    while (to > from && is_any_of(text.data[to - 1], set))
        to--;
    return part(text, from, to);
}

static bool is_letter(uint8_t c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* RFC 9110, 5.6.2 */
static bool is_token(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_letter(text.data[i]) && !is_digit(text.data[i]) &&
            !is_any_of(text.data[i], "!#$%&'*+-.^_`|~"))
            return false;
    return text.len > 0;
}

/* RFC 9110, 5.5: what no value may hold. */
static bool has_control(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == 127 || (text.data[i] < 32 && text.data[i] != '\t'))
            return true;
    return false;
}

/* RFC 6455, 2.1: ASCII letter case aside. */
static bool same(struct bytes a, const char *b)
{
    for (size_t i = 0; i < a.len; i++) {
        uint8_t x = a.data[i];
        uint8_t y = (uint8_t)b[i];
        if (y == 0 || (x != y && !(is_letter(x) && (x | 32) == (y | 32))))
            return false;
    }
    return b[a.len] == '\0';
}

static bool begins(struct bytes text, const char *with)
{
    size_t len = strlen(with);
    return text.len >= len && same(part(text, 0, len), with);
}

static bool is(struct bytes a, const char *b)
{
    return a.len == strlen(b) && (a.len == 0 || memcmp(a.data, b, a.len) == 0);
}

/* --- the head -------------------------------------------------------------------------------- */

struct line {
    size_t from;
    size_t to;   /* without its end */
    size_t next; /* behind its end */
    bool bare;   /* LF alone */
};

static bool read_line(struct bytes in, size_t at, struct line *line)
{
    size_t lf = at;
    while (lf < in.len && in.data[lf] != '\n')
        lf++;
    if (lf >= in.len)
        return false;
    line->from = at;
    line->next = lf + 1;
    line->bare = lf == at || in.data[lf - 1] != '\r';
    line->to = line->bare ? lf : lf - 1;
    return true;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* `begins`: where the value of the last field began, so that a folded line can go on with it. */
static void add_field(struct slow_http_head *head, struct bytes in, const struct line *line,
                      size_t *begins)
{
    struct slow_http_field *field = &head->fields[head->count++];
    size_t colon = line->from;
    while (colon < line->to && in.data[colon] != ':')
        colon++;
    *begins = colon < line->to ? colon + 1 : line->from;
    field->value = strip(part(in, *begins, line->to), " \t");
    if (colon == line->to) {
        field->name = bytes_of(NULL, 0);
        head->bad_name = true;
        return;
    }
    size_t end = colon;
    while (end > line->from && is_blank(in.data[end - 1]))
        end--;
    head->name_blank |= end < colon;
    field->name = part(in, line->from, end);
    head->bad_name |= !is_token(field->name);
    head->bad_value |= has_control(field->value);
}

static void add_line(struct slow_http_head *head, struct bytes in, const struct line *line,
                     size_t *begins)
{
    if (is_blank(in.data[line->from]) && head->count > 0) {
        head->folded = true;
        head->bad_value |= has_control(part(in, line->from, line->to));
        head->fields[head->count - 1].value = strip(part(in, *begins, line->to), " \t\r\n");
    } else if (head->count == SLOW_HTTP_FIELDS) {
        head->too_many = true;
    } else {
        add_field(head, in, line, begins);
    }
}

bool slow_http_head(struct slow_http_head *head, struct bytes in)
{
    head->count = 0;
    head->too_many = head->bare_lf = head->folded = head->name_blank = head->bad_name =
        head->bad_value = head->leading = false;
    size_t begins = 0;
    bool started = false;
    struct line line = {0};
    for (size_t at = 0; read_line(in, at, &line); at = line.next) {
        head->bare_lf |= line.bare;
        if (line.from == line.to && started) {
            head->size = line.next;
            return true;
        }
        if (line.from == line.to) {
            head->leading = true;
        } else if (!started) {
            started = true;
            head->start = part(in, line.from, line.to);
        } else {
            add_line(head, in, &line, &begins);
        }
    }
    return false;
}

/* --- fields and lists ------------------------------------------------------------------------ */

/* How many fields of that name there are; the last one is put into `value`. */
static size_t find(const struct slow_http_head *head, const char *name, struct bytes *value)
{
    size_t count = 0;
    for (size_t i = 0; i < head->count; i++)
        if (same(head->fields[i].name, name)) {
            *value = head->fields[i].value;
            count++;
        }
    return count;
}

/* The members of a list over all fields of that name (RFC 9110, 5.6.1). */
struct list {
    struct bytes members[4096];
    size_t count;
};

static void split(struct list *list, struct bytes value)
{
    bool quoted = false;
    size_t from = 0;
    for (size_t i = 0; i <= value.len; i++) {
        if (i == value.len || (value.data[i] == ',' && !quoted)) {
            struct bytes member = strip(part(value, from, i), " \t\r\n");
            if (member.len > 0 && list->count < sizeof(list->members) / sizeof(list->members[0]))
                list->members[list->count++] = member;
            from = i + 1;
        } else if (value.data[i] == '"') {
            quoted = !quoted;
        } else if (value.data[i] == '\\' && quoted && i + 1 < value.len) {
            i++;
        }
    }
}

size_t slow_http_members(struct bytes value, struct bytes *members, size_t max)
{
    static struct list list;
    list.count = 0;
    split(&list, value);
    for (size_t i = 0; i < list.count && i < max; i++)
        members[i] = list.members[i];
    return list.count;
}

static const struct list *list_of(const struct slow_http_head *head, const char *name)
{
    static struct list list;
    list.count = 0;
    for (size_t i = 0; i < head->count; i++)
        if (same(head->fields[i].name, name))
            split(&list, head->fields[i].value);
    return &list;
}

static bool list_has(const struct slow_http_head *head, const char *name, const char *token)
{
    const struct list *list = list_of(head, name);
    for (size_t i = 0; i < list->count; i++)
        if (same(list->members[i], token))
            return true;
    return false;
}

/* --- extensions ------------------------------------------------------------------------------ */

/* Blanks between the words of a value, folded lines included (RFC 2616, 2.1: implied LWS). */
static size_t pass_blanks(struct bytes text, size_t at)
{
    while (at < text.len && is_any_of(text.data[at], " \t\r\n"))
        at++;
    return at;
}

/* The end of the token that begins at `at`; `at` if none does. */
static size_t pass_token(struct bytes text, size_t at)
{
    while (at < text.len && is_token(bytes_of(text.data + at, 1)))
        at++;
    return at;
}

/* The end of the quoted string that begins at `at` and holds a token; 0 if none does. */
static size_t pass_quoted(struct bytes text, size_t at)
{
    static struct buffer inner;
    buffer_clear(&inner);
    for (size_t i = at + 1; i < text.len; i++) {
        if (text.data[i] == '"')
            return is_token(buffer_bytes(&inner)) ? i + 1 : 0;
        if (text.data[i] == '\\')
            i++;
        if (i < text.len)
            buffer_append(&inner, bytes_of(text.data + i, 1));
    }
    return 0;
}

/* RFC 6455, 9.1: extension = extension-token *( ";" extension-param )
 * extension-param = token [ "=" (token | quoted-string) ]. Returns the size of the name, 0 if the
 * text is no extension. */
static size_t extension_name(struct bytes text)
{
    size_t name = pass_token(text, 0);
    size_t at = pass_blanks(text, name);
    while (name > 0 && at < text.len) {
        if (text.data[at] != ';')
            return 0;
        size_t word = pass_blanks(text, at + 1);
        size_t end = pass_token(text, word);
        if (end == word)
            return 0;
        at = pass_blanks(text, end);
        if (at == text.len || text.data[at] != '=')
            continue;
        word = pass_blanks(text, at + 1);
        bool quoted = word < text.len && text.data[word] == '"';
        end = quoted ? pass_quoted(text, word) : pass_token(text, word);
        if (end <= word)
            return 0;
        at = pass_blanks(text, end);
    }
    return name;
}

static bool are_extensions(const struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (extension_name(list->members[i]) == 0)
            return false;
    return list->count > 0;
}

bool slow_http_extensions(struct bytes value)
{
    static struct list list;
    list.count = 0;
    split(&list, value);
    return are_extensions(&list);
}

bool slow_http_extension(struct bytes member, struct bytes *name)
{
    *name = part(member, 0, pass_token(member, 0));
    return extension_name(member) > 0;
}

/* What stands between the quotes, without the backslashes. */
static struct bytes unquote(struct bytes quoted)
{
    static struct buffer inner;
    buffer_clear(&inner);
    for (size_t i = 1; i + 1 < quoted.len; i++) {
        if (quoted.data[i] == '\\')
            i++;
        buffer_append(&inner, part(quoted, i, i + 1));
    }
    return buffer_bytes(&inner);
}

bool slow_http_next_parameter(struct bytes member, size_t *at, struct slow_http_parameter *out)
{
    size_t from = pass_blanks(member, *at);
    if (from >= member.len)
        return false;
    from = pass_blanks(member, from + 1);
    size_t to = pass_token(member, from);
    *at = pass_blanks(member, to);
    *out = (struct slow_http_parameter){.name = part(member, from, to)};
    out->has_value = *at < member.len && member.data[*at] == '=';
    if (!out->has_value)
        return true;
    size_t word = pass_blanks(member, *at + 1);
    bool quoted = member.data[word] == '"';
    *at = quoted ? pass_quoted(member, word) : pass_token(member, word);
    out->value = part(member, word, *at);
    if (quoted)
        out->value = unquote(out->value);
    return true;
}

bool slow_http_same(struct bytes text, const char *word)
{
    return same(text, word);
}

/* --- the request ----------------------------------------------------------------------------- */

static bool is_uri_text(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool escape =
            c == '%' && text.len - i > 2 && is_hex(text.data[i + 1]) && is_hex(text.data[i + 2]);
        if (!escape && !is_letter(c) && !is_digit(c) && !is_any_of(c, "-._~!$&'()*+,;=:@/?"))
            return false;
    }
    return true;
}

/* RFC 9110, 7.2: uri-host [ ":" port ] */
static bool is_authority(struct bytes text)
{
    size_t end = 0;
    if (text.len > 0 && text.data[0] == '[') {
        while (end < text.len && text.data[end] != ']')
            end++;
        /* Two octets at least: "[::]". */
        if (end == text.len || end < 3)
            return false;
        for (size_t i = 1; i < end; i++)
            if (!is_hex(text.data[i]) && !is_any_of(text.data[i], ":."))
                return false;
        end++;
    } else {
        while (end < text.len && text.data[end] != ':')
            end++;
        struct bytes host = part(text, 0, end);
        for (size_t i = 0; i < host.len; i++)
            if (is_any_of(host.data[i], "/?@"))
                return false;
        if (end == 0 || !is_uri_text(host))
            return false;
    }
    if (end < text.len && text.data[end] != ':')
        return false;
    for (size_t i = end + 1; i < text.len; i++)
        if (!is_digit(text.data[i]))
            return false;
    return true;
}

/* RFC 6455, 4.2.1: "/resource name/, or an absolute HTTP/HTTPS URI containing the /resource name/"
 */
static bool is_target(struct bytes text)
{
    if (text.data[0] == '/')
        return is_uri_text(text);
    size_t scheme = begins(text, "http://") ? 7 : begins(text, "https://") ? 8 : 0;
    if (scheme == 0)
        return false;
    size_t end = scheme;
    while (end < text.len && text.data[end] != '/' && text.data[end] != '?')
        end++;
    return is_authority(part(text, scheme, end)) && is_uri_text(part(text, end, text.len));
}

/* "HTTP/1.1" is 11; 0: no version. */
static unsigned version_of(struct bytes text)
{
    char form[9] = "HTTP/d.d";
    if (text.len != 8 || !is_digit(text.data[5]) || !is_digit(text.data[7]))
        return 0;
    form[5] = (char)text.data[5];
    form[7] = (char)text.data[7];
    return is(text, form) ? (unsigned)(form[5] - '0') * 10 + (unsigned)(form[7] - '0') : 0;
}

static unsigned judge_line(struct bytes line)
{
    struct bytes parts[3];
    size_t count = 0;
    size_t from = 0;
    for (size_t i = 0; i <= line.len; i++) {
        if (i < line.len && line.data[i] != ' ')
            continue;
        if (count == 3 || from == i)
            return SLOW_HTTP_400;
        parts[count++] = part(line, from, i);
        from = i + 1;
    }
    if (count < 3 || !is_token(parts[0]))
        return SLOW_HTTP_400;
    unsigned version = version_of(parts[2]);
    unsigned statuses = version == 0 ? SLOW_HTTP_400 : version < 11 ? SLOW_HTTP_505 : 0;
    statuses |= is(parts[0], "GET") ? 0 : SLOW_HTTP_405;
    return statuses | (is_target(parts[1]) ? 0 : SLOW_HTTP_400);
}

/* RFC 6455, 4.1 item 7 and erratum 3150: 16 octets in base64 leave four bits, which are zero. */
static bool is_key(struct bytes key)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (key.len != 24 || !is(part(key, 22, 24), "=="))
        return false;
    for (size_t i = 0; i < 22; i++)
        if (!is_any_of(key.data[i], alphabet))
            return false;
    return (strchr(alphabet, key.data[21]) - alphabet) % 16 == 0;
}

static bool are_protocols(const struct slow_http_head *head)
{
    struct bytes ignored;
    if (find(head, "Sec-WebSocket-Protocol", &ignored) == 0)
        return true;
    const struct list *list = list_of(head, "Sec-WebSocket-Protocol");
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < i; k++)
            if (bytes_equal(list->members[i], list->members[k]))
                return false;
    for (size_t i = 0; i < list->count; i++)
        if (!is_token(list->members[i]))
            return false;
    return list->count > 0;
}

/* RFC 9110, 7.8 and 8.6: nothing may come between the head and the frames. */
static bool has_content(const struct slow_http_head *head)
{
    struct bytes ignored;
    if (find(head, "Transfer-Encoding", &ignored) > 0)
        return true;
    for (size_t i = 0; i < head->count; i++)
        if (same(head->fields[i].name, "Content-Length") && !is(head->fields[i].value, "0"))
            return true;
    return false;
}

static unsigned when(bool broken, unsigned status)
{
    return broken ? status : 0;
}

unsigned slow_http_request(const struct slow_http_head *head)
{
    struct bytes host = {NULL, 0};
    struct bytes version = {NULL, 0};
    struct bytes key = {NULL, 0};
    struct bytes ignored;
    size_t hosts = find(head, "Host", &host);
    size_t versions = find(head, "Sec-WebSocket-Version", &version);
    size_t keys = find(head, "Sec-WebSocket-Key", &key);
    bool extended = find(head, "Sec-WebSocket-Extensions", &ignored) > 0;
    return when(head->bare_lf || head->folded || head->name_blank || head->bad_name ||
                    head->bad_value,
                SLOW_HTTP_400) |
           judge_line(head->start) | when(hosts != 1 || !is_authority(host), SLOW_HTTP_400) |
           when(!list_has(head, "Upgrade", "websocket"), SLOW_HTTP_426) |
           when(!list_has(head, "Connection", "upgrade"), SLOW_HTTP_400) |
           when(versions != 1, SLOW_HTTP_400) |
           when(versions == 1 && !is(version, "13"), SLOW_HTTP_426) |
           when(keys != 1 || !is_key(key), SLOW_HTTP_400) |
           when(!are_protocols(head), SLOW_HTTP_400) |
           when(extended && !are_extensions(list_of(head, "Sec-WebSocket-Extensions")),
                SLOW_HTTP_400) |
           when(has_content(head), SLOW_HTTP_400);
}

/* --- the answer ------------------------------------------------------------------------------ */

/* RFC 9112, 4: HTTP-version SP 3DIGIT SP [ reason-phrase ]; the last space is often missing. */
static bool is_switch(struct bytes line)
{
    if (line.len < 12 || version_of(part(line, 0, 8)) != 11 || !is(part(line, 8, 12), " 101"))
        return false;
    return line.len == 12 || (line.data[12] == ' ' && !has_control(part(line, 13, line.len)));
}

static bool is_among(struct bytes text, const char *const *names, bool any_case)
{
    for (; *names != NULL; names++)
        if (any_case ? same(text, *names) : is(text, *names))
            return true;
    return false;
}

static bool are_agreed(const struct slow_http_head *head, const struct slow_http_offer *offer)
{
    struct bytes ignored;
    if (find(head, "Sec-WebSocket-Extensions", &ignored) == 0)
        return true;
    const struct list *list = list_of(head, "Sec-WebSocket-Extensions");
    if (!are_extensions(list))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        struct bytes name = part(list->members[i], 0, extension_name(list->members[i]));
        if (!is_among(name, offer->extensions, true))
            return false;
    }
    return true;
}

bool slow_http_answer(const struct slow_http_head *head, const struct slow_http_offer *offer)
{
    struct bytes upgrade = {NULL, 0};
    struct bytes accept = {NULL, 0};
    struct bytes protocol = {NULL, 0};
    size_t protocols = find(head, "Sec-WebSocket-Protocol", &protocol);
    if (head->name_blank || head->bad_name || head->bad_value || !is_switch(head->start))
        return false;
    if (find(head, "Upgrade", &upgrade) != 1 || !same(upgrade, "websocket"))
        return false;
    if (!list_has(head, "Connection", "upgrade"))
        return false;
    if (find(head, "Sec-WebSocket-Accept", &accept) != 1 || !is(accept, offer->accept))
        return false;
    if (protocols > 1 || (protocols == 1 && !is_among(protocol, offer->protocols, false)))
        return false;
    return are_agreed(head, offer);
}
