/* SPDX-License-Identifier: MIT */
#include "run/compose.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "case/payload.h"
#include "ws/frame.h"
#include "ws/mask.h"

enum { LINES_MAX = 512 };

void run_compose_free(struct run_script *script)
{
    buffer_free(&script->octets);
    free(script->parts);
    *script = (struct run_script){0};
}

static void add_part(struct run_script *script, enum run_part_kind kind, size_t len)
{
    script->parts =
        memory_grow(script->parts, &script->capacity, script->count + 1, sizeof(*script->parts));
    script->parts[script->count++] = (struct run_part){kind, len};
}

/* Makes writes of the octets from `start` to the end, each of at most `size` octets. */
static void add_writes(struct run_script *script, size_t start, size_t size)
{
    size_t left = script->octets.len - start;
    while (left > 0) {
        size_t len = left < size ? left : size;
        add_part(script, RUN_PART_WRITE, len);
        left -= len;
    }
}

/* --- the request ------------------------------------------------------------------------- */

/* The lines of a request before they are put together. */
struct lines {
    struct arena arena;
    char *items[LINES_MAX];
    size_t count;
    const struct run_target *target;
    const char *key;
};

/* `text` with $host, $target and $key replaced. */
static char *fill_in(struct lines *lines, const char *text)
{
    const struct {
        const char *name;
        const char *value;
    } words[] = {
        {"$host", lines->target->host}, {"$target", lines->target->target}, {"$key", lines->key}};
    struct buffer out = {0};
    while (*text != '\0') {
        size_t i = 0;
        while (i < 3 && strncmp(text, words[i].name, strlen(words[i].name)) != 0)
            i++;
        if (i < 3) {
            buffer_append_text(&out, words[i].value);
            text += strlen(words[i].name);
        } else {
            buffer_append(&out, bytes_of(text++, 1));
        }
    }
    char *filled = arena_strdup(&lines->arena, buffer_text(&out));
    buffer_free(&out);
    return filled;
}

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

/* RFC 6455, 4.1: what a request must hold. */
static void add_legal_fields(struct lines *lines)
{
    const struct run_target *target = lines->target;
    add_field(lines, "Host", target->host);
    add_field(lines, "Upgrade", "websocket");
    add_field(lines, "Connection", "Upgrade");
    add_field(lines, "Sec-WebSocket-Key", lines->key);
    add_field(lines, "Sec-WebSocket-Version", "13");
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

static void change_letters(char *line, bool upper)
{
    for (; *line != '\0' && *line != ':'; line++)
        *line = (char)(upper ? toupper((unsigned char)*line) : tolower((unsigned char)*line));
}

static void edit_fields(struct lines *lines, const struct case_request *edits)
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

static const char *request_line(struct lines *lines, const struct case_request *edits)
{
    if (edits->line != NULL)
        return fill_in(lines, edits->line);
    const char *target = edits->target != NULL ? edits->target : "$target";
    return arena_printf(&lines->arena, "%s %s %s", edits->method != NULL ? edits->method : "GET",
                        fill_in(lines, target),
                        edits->version != NULL ? edits->version : "HTTP/1.1");
}

static void write_line(struct run_script *script, const char *line, const char *eol, bool cut)
{
    size_t start = script->octets.len;
    buffer_append_text(&script->octets, line);
    buffer_append_text(&script->octets, eol);
    if (cut)
        add_writes(script, start, SIZE_MAX);
}

void run_compose_request(struct run_script *script, const struct run_target *target,
                         const struct case_request *edits, const char *key, struct random *random)
{
    static const struct case_request none = {0};
    edits = edits != NULL ? edits : &none;
    struct lines *lines = memory_zeroed(1, sizeof(*lines));
    lines->target = target;
    lines->key = key;
    add_legal_fields(lines);
    edit_fields(lines, edits);

    size_t start = script->octets.len;
    bool by_line = edits->cut.kind == CASE_CUT_LINES;
    const char *eol = edits->eol != NULL ? edits->eol : "\r\n";
    write_line(script, request_line(lines, edits), eol, by_line);
    for (size_t i = 0; i < lines->count; i++)
        write_line(script, lines->items[i], eol, by_line);
    write_line(script, "", eol, by_line);
    if (by_line)
        start = script->octets.len; /* each line is a write already; the body is one more */
    if (edits->has_body)
        case_payload_write(&script->octets, &edits->body, random);
    add_writes(script, start, edits->cut.kind == CASE_CUT_SIZE ? edits->cut.size : SIZE_MAX);
    arena_free(&lines->arena);
    free(lines);
}

/* --- the steps --------------------------------------------------------------------------- */

static void write_frame(struct buffer *out, const struct ws_frame *frame, struct bytes payload)
{
    uint8_t header[WS_FRAME_HEADER_MAX];
    buffer_append(out, bytes_of(header, ws_frame_write(frame, header)));
    uint8_t *room = buffer_extend(out, payload.len);
    if (payload.len > 0)
        memcpy(room, payload.data, payload.len);
    if (frame->masked)
        ws_mask_apply(room, payload.len, frame->key, 0);
}

void run_compose_frame(struct buffer *out, uint8_t opcode, bool fin, struct bytes payload,
                       bool as_client, struct random *random)
{
    struct ws_frame frame = {.fin = fin,
                             .masked = as_client,
                             .opcode = opcode,
                             .length = payload.len,
                             .form = ws_frame_minimal_form(payload.len)};
    if (as_client)
        random_fill(random, frame.key, sizeof(frame.key));
    write_frame(out, &frame, payload);
}

static void compose_send(struct buffer *out, const struct case_frame *told, bool as_client,
                         struct random *random)
{
    struct buffer payload = {0};
    case_payload_write(&payload, &told->payload, random);
    uint64_t length = told->has_length ? told->length : payload.len;
    struct ws_frame frame = {.fin = told->fin,
                             .rsv = told->rsv,
                             .opcode = told->opcode,
                             .length = length,
                             .form = told->form != 0 ? (enum ws_length_form)told->form
                                                     : ws_frame_minimal_form(length)};
    frame.masked = told->mask == CASE_MASK_AS_DUE ? as_client : told->mask != CASE_MASK_OFF;
    if (told->mask == CASE_MASK_KEY)
        memcpy(frame.key, told->key, sizeof(frame.key));
    else if (frame.masked)
        random_fill(random, frame.key, sizeof(frame.key));
    write_frame(out, &frame, buffer_bytes(&payload));
    buffer_free(&payload);
}

/* The size of fragment number `i`, of `left` octets that remain. */
static size_t fragment_size(const struct case_message *message, size_t i, size_t left)
{
    if (message->fragment > 0)
        return left < message->fragment ? left : message->fragment;
    return i < message->size_count ? message->sizes[i] : left;
}

static bool is_last_fragment(const struct case_message *message, size_t i, size_t left)
{
    if (left > 0)
        return false;
    return message->fragment > 0 || i + 1 >= message->size_count;
}

static void end_frame(struct run_script *script, size_t *start, const struct case_cut *cut)
{
    if (cut->kind != CASE_CUT_FRAMES)
        return;
    add_writes(script, *start, SIZE_MAX);
    *start = script->octets.len;
}

static void compose_message(struct run_script *script, size_t *start, const struct case_spec *spec,
                            const struct case_message *message, bool as_client,
                            struct random *random)
{
    struct buffer payload = {0};
    case_payload_write(&payload, &message->payload, random);
    size_t done = 0;
    bool last = false;
    for (size_t i = 0; !last; i++) {
        size_t size = fragment_size(message, i, payload.len - done);
        last = is_last_fragment(message, i, payload.len - done - size);
        struct bytes piece = bytes_of(size > 0 ? payload.data + done : NULL, size);
        run_compose_frame(&script->octets, i == 0 ? message->opcode : WS_CONTINUATION, last, piece,
                          as_client, random);
        end_frame(script, start, &spec->cut);
        done += size;
    }
    buffer_free(&payload);
}

static void flush(struct run_script *script, size_t *start, const struct case_cut *cut)
{
    bool first = cut->kind == CASE_CUT_FIRST && script->count == 0;
    if (first && script->octets.len - *start > cut->size) {
        add_part(script, RUN_PART_WRITE, cut->size);
        *start += cut->size;
    }
    add_writes(script, *start, cut->kind == CASE_CUT_SIZE ? cut->size : SIZE_MAX);
    *start = script->octets.len;
}

static enum run_part_kind part_of(const struct case_step *step)
{
    switch (step->kind) {
    case CASE_STEP_AWAIT_ECHO:
        return RUN_PART_AWAIT_ECHO;
    case CASE_STEP_AWAIT_PONG:
        return RUN_PART_AWAIT_PONG;
    case CASE_STEP_AWAIT_END:
        return RUN_PART_AWAIT_END;
    case CASE_STEP_HALF_CLOSE:
        return RUN_PART_HALF_CLOSE;
    case CASE_STEP_SEND:
    case CASE_STEP_MESSAGE:
    case CASE_STEP_RAW:
        break;
    }
    return RUN_PART_WRITE;
}

void run_compose_steps(struct run_script *script, const struct case_spec *spec, bool as_client,
                       struct random *random)
{
    size_t start = script->octets.len;
    for (size_t i = 0; i < spec->step_count; i++) {
        const struct case_step *step = &spec->steps[i];
        if (step->kind == CASE_STEP_MESSAGE) {
            compose_message(script, &start, spec, &step->message, as_client, random);
        } else if (step->kind == CASE_STEP_SEND) {
            compose_send(&script->octets, &step->frame, as_client, random);
            end_frame(script, &start, &spec->cut);
        } else if (step->kind == CASE_STEP_RAW) {
            buffer_append(&script->octets, step->raw);
            end_frame(script, &start, &spec->cut);
        } else {
            flush(script, &start, &spec->cut);
            add_part(script, part_of(step), 0);
        }
    }
    flush(script, &start, &spec->cut);
}
