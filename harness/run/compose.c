/* SPDX-License-Identifier: MIT */
#include "run/compose.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "case/payload.h"
#include "ws/frame.h"
#include "ws/mask.h"

enum {
    MANY_WRITE = 16 * 1024, /* octets in a write of many messages, about */
    MESSAGE_WORTH = 256     /* octets that take an endpoint as long as a message as such */
};

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

void run_compose_writes(struct run_script *script, size_t start, size_t size)
{
    size_t left = script->octets.len - start;
    while (left > 0) {
        size_t len = left < size ? left : size;
        add_part(script, RUN_PART_WRITE, len);
        left -= len;
    }
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

/* What goes into all frames of a case. */
struct hand {
    bool as_client;
    struct random *random;
    struct ws_deflate_packer *packer;
};

static void write_legal(struct buffer *out, struct ws_frame frame, struct bytes payload,
                        const struct hand *hand)
{
    frame.masked = hand->as_client;
    frame.length = payload.len;
    frame.form = ws_frame_minimal_form(payload.len);
    if (frame.masked)
        random_fill(hand->random, frame.key, sizeof(frame.key));
    write_frame(out, &frame, payload);
}

void run_compose_frame(struct buffer *out, uint8_t opcode, bool fin, struct bytes payload,
                       bool as_client, struct random *random)
{
    const struct hand hand = {as_client, random, NULL};
    write_legal(out, (struct ws_frame){.fin = fin, .opcode = opcode}, payload, &hand);
}

static void compose_send(struct buffer *out, const struct case_frame *told, const struct hand *hand)
{
    struct buffer payload = {0};
    case_payload_write(&payload, &told->payload, hand->random);
    uint64_t length = told->has_length ? told->length : payload.len;
    struct ws_frame frame = {.fin = told->fin,
                             .rsv = told->rsv,
                             .opcode = told->opcode,
                             .length = length,
                             .form = told->form != 0 ? (enum ws_length_form)told->form
                                                     : ws_frame_minimal_form(length)};
    frame.masked = told->mask == CASE_MASK_AS_DUE ? hand->as_client : told->mask != CASE_MASK_OFF;
    if (told->mask == CASE_MASK_KEY)
        memcpy(frame.key, told->key, sizeof(frame.key));
    else if (frame.masked)
        random_fill(hand->random, frame.key, sizeof(frame.key));
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
    run_compose_writes(script, *start, SIZE_MAX);
    *start = script->octets.len;
}

/* RFC 7692, 6.1: the whole message is compressed, then cut; RSV1 marks its first frame. */
static void compose_fragments(struct run_script *script, size_t *start,
                              const struct case_spec *spec, const struct case_message *message,
                              struct bytes payload, const struct hand *hand)
{
    size_t done = 0;
    bool last = false;
    for (size_t i = 0; !last; i++) {
        size_t size = fragment_size(message, i, payload.len - done);
        last = is_last_fragment(message, i, payload.len - done - size);
        struct bytes piece = bytes_of(size > 0 ? payload.data + done : NULL, size);
        struct ws_frame frame = {.fin = last, .opcode = i == 0 ? message->opcode : WS_CONTINUATION};
        frame.rsv = i == 0 && hand->packer != NULL ? WS_RSV1 : 0;
        write_legal(&script->octets, frame, piece, hand);
        end_frame(script, start, &spec->cut);
        done += size;
    }
}

static void compose_message(struct run_script *script, size_t *start, const struct case_spec *spec,
                            const struct case_message *message, const struct hand *hand)
{
    struct buffer payload = {0};
    case_payload_write(&payload, &message->payload, hand->random);
    script->volume += payload.len + MESSAGE_WORTH;
    if (hand->packer != NULL) {
        struct buffer packed = {0};
        ws_deflate_pack(hand->packer, buffer_bytes(&payload), &packed);
        buffer_free(&payload);
        payload = packed;
    }
    compose_fragments(script, start, spec, message, buffer_bytes(&payload), hand);
    buffer_free(&payload);
}

/* Many messages go out in writes of some size, so that the answers to the first of them can be read
 * while the last are still to be sent. */
static void compose_messages(struct run_script *script, size_t *start, const struct case_spec *spec,
                             const struct case_message *message, const struct hand *hand)
{
    for (size_t i = 0; i < message->times; i++) {
        compose_message(script, start, spec, message, hand);
        if (message->times > 1 && script->octets.len - *start >= MANY_WRITE) {
            run_compose_writes(script, *start, SIZE_MAX);
            *start = script->octets.len;
        }
    }
}

static void flush(struct run_script *script, size_t *start, const struct case_cut *cut)
{
    bool first = cut->kind == CASE_CUT_FIRST && script->count == 0;
    if (first && script->octets.len - *start > cut->size) {
        add_part(script, RUN_PART_WRITE, cut->size);
        *start += cut->size;
    }
    run_compose_writes(script, *start, cut->kind == CASE_CUT_SIZE ? cut->size : SIZE_MAX);
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
                       struct random *random, struct ws_deflate_packer *packer)
{
    const struct hand hand = {as_client, random, packer};
    size_t start = script->octets.len;
    for (size_t i = 0; i < spec->step_count; i++) {
        const struct case_step *step = &spec->steps[i];
        if (step->kind == CASE_STEP_MESSAGE) {
            compose_messages(script, &start, spec, &step->message, &hand);
        } else if (step->kind == CASE_STEP_SEND) {
            compose_send(&script->octets, &step->frame, &hand);
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
