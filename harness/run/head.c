/* SPDX-License-Identifier: MIT */
#include "run/head.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "case/payload.h"
#include "ws/handshake.h"

enum { LINES_MAX = 512, WORDS_MAX = 9 };

static const struct case_head no_edits = {0};

/* Stands for what a client offers, if it offers nothing. */
static const char not_offered[] = "x-wsconform-a";

/* A head before it is put together. */
struct lines {
    struct arena arena;
    char *items[LINES_MAX];
    size_t count;
    /* What stands for a real value in the text of a case. */
    struct {
        const char *name;
        const char *value;
    } words[WORDS_MAX];
    size_t word_count;
};

/* --- words ------------------------------------------------------------------------------- */

static void add_word(struct lines *lines, const char *name, const char *value)
{
    lines->words[lines->word_count].name = name;
    lines->words[lines->word_count++].value = value;
}

/* The index of the longest word that `text` begins with, or word_count. */
static size_t find_word(const struct lines *lines, const char *text)
{
    size_t found = lines->word_count;
    size_t longest = 0;
    for (size_t i = 0; i < lines->word_count; i++) {
        size_t len = strlen(lines->words[i].name);
        if (len > longest && strncmp(text, lines->words[i].name, len) == 0) {
            found = i;
            longest = len;
        }
    }
    return found;
}

/* `text` with the words replaced. */
static char *fill_in(struct lines *lines, const char *text)
{
    struct buffer out = {0};
    while (*text != '\0') {
        size_t i = find_word(lines, text);
        if (i < lines->word_count) {
            buffer_append_text(&out, lines->words[i].value);
            text += strlen(lines->words[i].name);
        } else {
            buffer_append(&out, bytes_of(text++, 1));
        }
    }
    char *filled = arena_strdup(&lines->arena, buffer_text(&out));
    buffer_free(&out);
    return filled;
}

/* --- fields ------------------------------------------------------------------------------ */

static void add_line(struct lines *lines, char *line)
{
    if (lines->count < LINES_MAX)
        lines->items[lines->count++] = line;
}

static void add_field(struct lines *lines, const char *name, const char *value)
{
    add_line(lines, arena_printf(&lines->arena, "%s: %s", name, value));
}

static bool names_field(const char *line, const char *name)
{
    size_t len = strlen(name);
    return strlen(line) > len && line[len] == ':' &&
           bytes_equal_nocase(bytes_of(line, len), bytes_of(name, len));
}

static void remove_field(struct lines *lines, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < lines->count; i++)
        if (!names_field(lines->items[i], name))
            lines->items[kept++] = lines->items[i];
    lines->count = kept;
}

static void set_field(struct lines *lines, const struct case_field *field)
{
    char *line = arena_printf(&lines->arena, "%s: %s", field->name, fill_in(lines, field->value));
    for (size_t i = 0; i < lines->count; i++) {
        if (names_field(lines->items[i], field->name)) {
            lines->items[i] = line;
            return;
        }
    }
    add_line(lines, line);
}

static void change_letters(char *line, bool upper)
{
    for (; *line != '\0' && *line != ':'; line++)
        *line = (char)(upper ? toupper((unsigned char)*line) : tolower((unsigned char)*line));
}

static void edit_fields(struct lines *lines, const struct case_head *edits)
{
    for (size_t i = 0; i < edits->remove.count; i++)
        remove_field(lines, edits->remove.items[i]);
    for (size_t i = 0; i < edits->set_count; i++)
        set_field(lines, &edits->set[i]);
    for (size_t i = 0; i < edits->add.count; i++)
        add_line(lines, fill_in(lines, edits->add.items[i]));
    for (size_t i = 0; edits->reverse && i < lines->count / 2; i++) {
        char *line = lines->items[i];
        lines->items[i] = lines->items[lines->count - 1 - i];
        lines->items[lines->count - 1 - i] = line;
    }
    for (size_t i = 0; edits->letters != CASE_LETTERS_AS_IS && i < lines->count; i++)
        change_letters(lines->items[i], edits->letters == CASE_LETTERS_UPPER);
}

/* --- writing ----------------------------------------------------------------------------- */

static void write_line(struct run_script *script, const char *line, const char *eol, bool cut)
{
    size_t start = script->octets.len;
    buffer_append_text(&script->octets, line);
    buffer_append_text(&script->octets, eol);
    if (cut)
        run_compose_writes(script, start, SIZE_MAX);
}

/* Appends the head with the edited lines and makes writes of it. */
static void write_head(struct run_script *script, struct lines *lines, const char *first,
                       const struct case_head *edits, struct random *random)
{
    edit_fields(lines, edits);
    size_t start = script->octets.len;
    bool by_line = edits->cut.kind == CASE_CUT_LINES;
    const char *eol = edits->eol != NULL ? edits->eol : "\r\n";
    if (edits->has_before)
        case_payload_write(&script->octets, &edits->before, random);
    if (by_line)
        run_compose_writes(script, start, SIZE_MAX);
    write_line(script, first, eol, by_line);
    for (size_t i = 0; i < lines->count; i++)
        write_line(script, lines->items[i], eol, by_line);
    write_line(script, "", eol, by_line);
    if (edits->cut.kind == CASE_CUT_BODY)
        run_compose_writes(script, start, SIZE_MAX);
    if (by_line || edits->cut.kind == CASE_CUT_BODY)
        start = script->octets.len; /* all that is there is in writes; the body is one more */
    if (edits->has_body)
        case_payload_write(&script->octets, &edits->body, random);
    run_compose_writes(script, start,
                       edits->cut.kind == CASE_CUT_SIZE ? edits->cut.size : SIZE_MAX);
    script->unframed = script->octets.len;
    arena_free(&lines->arena);
    free(lines);
}

/* --- the request ------------------------------------------------------------------------- */

/* RFC 6455, 4.1: what a request must hold. */
static void add_request_fields(struct lines *lines, const struct run_target *target,
                               const char *key, const char *extensions)
{
    add_field(lines, "Host", target->host);
    add_field(lines, "Upgrade", "websocket");
    add_field(lines, "Connection", "Upgrade");
    add_field(lines, "Sec-WebSocket-Key", key);
    add_field(lines, "Sec-WebSocket-Version", "13");
    if (extensions[0] != '\0')
        add_field(lines, "Sec-WebSocket-Extensions", extensions);
    if (target->origin != NULL)
        add_field(lines, "Origin", target->origin);
    if (target->subprotocols.count > 0) {
        struct buffer list = {0};
        for (size_t i = 0; i < target->subprotocols.count; i++)
            buffer_printf(&list, "%s%s", i > 0 ? ", " : "", target->subprotocols.items[i]);
        add_field(lines, "Sec-WebSocket-Protocol", buffer_text(&list));
        buffer_free(&list);
    }
    for (size_t i = 0; i < target->fields.count; i++)
        add_line(lines, arena_strdup(&lines->arena, target->fields.items[i]));
}

static const char *request_line(struct lines *lines, const struct case_head *edits)
{
    if (edits->line != NULL)
        return fill_in(lines, edits->line);
    const char *target = edits->target != NULL ? edits->target : "$target";
    return arena_printf(&lines->arena, "%s %s %s", edits->method != NULL ? edits->method : "GET",
                        fill_in(lines, target),
                        edits->version != NULL ? edits->version : "HTTP/1.1");
}

void run_head_request(struct run_script *script, const struct run_target *target,
                      const struct case_head *edits, const char *key, const char *extensions,
                      struct random *random)
{
    edits = edits != NULL ? edits : &no_edits;
    struct lines *lines = memory_zeroed(1, sizeof(*lines));
    add_word(lines, "$host", target->host);
    add_word(lines, "$target", target->target);
    add_word(lines, "$key", key);
    add_request_fields(lines, target, key, extensions);
    write_head(script, lines, request_line(lines, edits), edits, random);
}

/* --- the answer -------------------------------------------------------------------------- */

static char *keep(struct lines *lines, struct bytes text)
{
    struct bytes kept = arena_copy(&lines->arena, text);
    char *out = arena_alloc(&lines->arena, kept.len + 1);
    if (kept.len > 0)
        memcpy(out, kept.data, kept.len);
    out[kept.len] = '\0';
    return out;
}

/* The first member of a list of the request up to its parameters, or "". */
static const char *first_offer(struct lines *lines, const struct ws_http_head *request,
                               const char *name)
{
    struct ws_http_cursor cursor = {0};
    struct bytes member;
    if (!ws_http_next_member(request, name, &cursor, &member))
        return "";
    size_t len = 0;
    while (len < member.len && ws_http_is_token(bytes_of(member.data + len, 1)))
        len++;
    return keep(lines, bytes_of(member.data, len));
}

/* A proof (RFC 6455, 4.2.2 item 5.4), and the ways in which a case gets it wrong. */
static const char *add_proofs(struct lines *lines, const char *key)
{
    char proof[WS_ACCEPT_SIZE + 1];
    ws_handshake_accept(proof, bytes_text(key));
    char *right = keep(lines, bytes_text(proof));
    char *lower = keep(lines, bytes_text(proof));
    char *upper = keep(lines, bytes_text(proof));
    for (size_t i = 0; i < WS_ACCEPT_SIZE; i++) {
        lower[i] = (char)tolower((unsigned char)lower[i]);
        upper[i] = (char)toupper((unsigned char)upper[i]);
    }
    ws_handshake_accept(proof, bytes_text("AAAAAAAAAAAAAAAAAAAAAA=="));
    add_word(lines, "$accept", right);
    add_word(lines, "$accept_lower", lower);
    add_word(lines, "$accept_upper", upper);
    add_word(lines, "$accept_cut", keep(lines, bytes_of(right, WS_ACCEPT_SIZE - 1)));
    add_word(lines, "$accept_other", keep(lines, bytes_text(proof)));
    return right;
}

static const char *status_line(struct lines *lines, const struct case_head *edits)
{
    if (edits->line != NULL)
        return fill_in(lines, edits->line);
    return arena_printf(&lines->arena, "%s %s",
                        edits->version != NULL ? edits->version : "HTTP/1.1",
                        edits->status != NULL ? edits->status : "101 Switching Protocols");
}

void run_head_answer(struct run_script *script, const struct ws_http_head *request,
                     const struct case_head *edits, const char *extensions, struct random *random)
{
    edits = edits != NULL ? edits : &no_edits;
    struct lines *lines = memory_zeroed(1, sizeof(*lines));
    const struct ws_http_field *field = ws_http_find(request, "Sec-WebSocket-Key");
    const char *key = keep(lines, field != NULL ? field->value : bytes_text(""));
    const char *protocol = first_offer(lines, request, "Sec-WebSocket-Protocol");
    add_word(lines, "$key", key);
    const char *extension = first_offer(lines, request, "Sec-WebSocket-Extensions");
    add_word(lines, "$protocol", protocol[0] != '\0' ? protocol : not_offered);
    add_word(lines, "$extension", extension[0] != '\0' ? extension : not_offered);
    add_word(lines, "$agreed", keep(lines, bytes_text(extensions)));
    add_field(lines, "Upgrade", "websocket");
    add_field(lines, "Connection", "Upgrade");
    add_field(lines, "Sec-WebSocket-Accept", add_proofs(lines, key));
    if (protocol[0] != '\0')
        add_field(lines, "Sec-WebSocket-Protocol", protocol);
    if (extensions[0] != '\0')
        add_field(lines, "Sec-WebSocket-Extensions", extensions);
    write_head(script, lines, status_line(lines, edits), edits, random);
}
