/* SPDX-License-Identifier: MIT */
#include "judge/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

/* The header fields of one frame as the figure of 5.2 shows them, and where its parts lie. */
struct frame {
    bool fin;
    unsigned rsv;
    unsigned opcode;
    bool masked;
    unsigned length_field; /* the 7 bits */
    uint64_t length;
    const uint8_t *key;
    const uint8_t *payload;
    size_t header_size;
    bool whole; /* all of its payload is there */
};

/* What the model remembers between frames. */
struct state {
    struct judge_model *model;
    bool to_server;
    bool in_message;
    bool text;
    struct buffer message; /* payload so far, unmasked */
    bool done;
};

/* --- UTF-8, as the table of RFC 3629, section 4 ------------------------------------------ */

static bool in_range(uint8_t c, uint8_t low, uint8_t high)
{
    return c >= low && c <= high;
}

/* The length of the sequence that starts with these octets, 0 if none can, and in `*cut` whether
 * it is a beginning that lacks its end. */
static size_t sequence_length(const uint8_t *s, size_t len, bool *cut)
{
    static const struct {
        uint8_t first_low, first_high, second_low, second_high;
        size_t length;
    } rows[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!in_range(s[0], rows[i].first_low, rows[i].first_high))
            continue;
        if (len > 1 && rows[i].length > 1 &&
            !in_range(s[1], rows[i].second_low, rows[i].second_high))
            return 0;
        for (size_t k = 2; k < rows[i].length && k < len; k++)
            if (!in_range(s[k], 0x80, 0xBF))
                return 0;
        *cut = len < rows[i].length;
        return rows[i].length;
    }
    return 0;
}

static bool is_utf8(struct bytes text)
{
    for (size_t i = 0; i < text.len;) {
        bool cut = false;
        size_t length = sequence_length(text.data + i, text.len - i, &cut);
        if (length == 0 || cut)
            return false;
        i += length;
    }
    return true;
}

/* --- frames ------------------------------------------------------------------------------ */

static uint64_t big_endian(const uint8_t *octets, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | octets[i];
    return value;
}

/* 5.2. False if the header is not whole. */
static bool read_frame(struct frame *frame, struct bytes in)
{
    if (in.len < 2)
        return false;
    frame->fin = in.data[0] >> 7;
    frame->rsv = in.data[0] >> 4 & 7;
    frame->opcode = in.data[0] & 15;
    frame->masked = in.data[1] >> 7;
    frame->length_field = in.data[1] & 127;
    size_t extended = frame->length_field == 126 ? 2 : frame->length_field == 127 ? 8 : 0;
    frame->header_size = 2 + extended + (frame->masked ? 4 : 0);
    if (in.len < frame->header_size)
        return false;
    frame->length =
        extended > 0 ? big_endian(in.data + 2, extended) : (uint64_t)frame->length_field;
    frame->key = frame->masked ? in.data + 2 + extended : NULL;
    frame->payload = in.data + frame->header_size;
    frame->whole = frame->length <= in.len - frame->header_size;
    return true;
}

static bool is_control(const struct frame *frame)
{
    return frame->opcode >= 8;
}

static bool is_minimal(const struct frame *frame)
{
    if (frame->length_field == 126)
        return frame->length > 125;
    return frame->length_field != 127 || frame->length > 0xFFFF;
}

static void append_payload(struct buffer *out, const struct frame *frame)
{
    for (uint64_t i = 0; i < frame->length; i++) {
        uint8_t octet = frame->payload[i];
        if (frame->masked)
            octet ^= frame->key[i % 4];
        buffer_append(out, bytes_of(&octet, 1));
    }
}

/* --- what is wrong with one -------------------------------------------------------------- */

static void fail(struct state *state, unsigned code, const char *rule)
{
    state->model->end = JUDGE_MODEL_FAILS;
    state->model->code = code;
    state->model->rule = rule;
    state->done = true;
}

/* The sentence that a frame breaks by itself, whatever came before it; NULL if none. */
static const char *broken_rule(const struct state *state, const struct frame *frame)
{
    if (frame->rsv != 0)
        return "RFC6455-5.2-06";
    if (frame->opcode >= 3 && frame->opcode <= 7)
        return "RFC6455-5.2-07";
    if (frame->opcode >= 11)
        return "RFC6455-5.2-08";
    if (state->to_server && !frame->masked)
        return "RFC6455-5.1-02";
    if (!state->to_server && frame->masked)
        return "RFC6455-5.1-05";
    if (frame->length >> 63)
        return "RFC6455-5.2-18";
    if (is_control(frame) && !frame->fin)
        return "RFC6455-5.4-08";
    if (is_control(frame) && frame->length > 125)
        return "RFC6455-5.5-03";
    if (is_control(frame) && frame->length_field > 125)
        return "RFC6455-5.5-05";
    return NULL;
}

/* The sentence that it breaks by where it stands (5.4); NULL if none. */
static const char *misplaced_rule(const struct state *state, const struct frame *frame)
{
    if (is_control(frame))
        return NULL;
    if (frame->opcode == 0 && !state->in_message)
        return "RFC6455-5.4-04";
    if (frame->opcode != 0 && state->in_message)
        return "RFC6455-5.4-10";
    return NULL;
}

/* --- what it means ----------------------------------------------------------------------- */

static void end_message(struct state *state)
{
    struct judge_model *model = state->model;
    struct bytes payload = buffer_bytes(&state->message);
    state->in_message = false;
    if (state->text && !is_utf8(payload)) {
        fail(state, 1007, "RFC6455-8.1-01");
        return;
    }
    if (model->message_count < JUDGE_MODEL_MESSAGES_MAX)
        model->messages[model->message_count++] =
            (struct judge_model_message){.text = state->text,
                                         .length = payload.len,
                                         .hash = bytes_hash(BYTES_HASH_START, payload),
                                         .odd = model->may_fail};
}

static void take_data(struct state *state, const struct frame *frame)
{
    if (frame->opcode != 0) {
        state->in_message = true;
        state->text = frame->opcode == 1;
        buffer_clear(&state->message);
    }
    append_payload(&state->message, frame);
    if (frame->fin)
        end_message(state);
}

/* At IANA only after the RFC, so that an endpoint may not know them (A08). */
static bool is_registered_later(unsigned code)
{
    return code >= 1012 && code <= 1014;
}

/* 7.4: the codes that a Close may carry. */
static bool may_be_sent(unsigned code, bool by_client)
{
    bool defined = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1011);
    bool open = code >= 3000 && code <= 4999;
    return (defined && (by_client || code != 1010)) || open || is_registered_later(code);
}

static void take_close(struct state *state, const struct frame *frame)
{
    struct judge_model *model = state->model;
    struct buffer body = {0};
    append_payload(&body, frame);
    model->end = JUDGE_MODEL_CLOSES;
    if (body.len == 1)
        model->end = JUDGE_MODEL_ODD_CLOSE;
    if (body.len >= 2 && is_registered_later((unsigned)big_endian(body.data, 2)))
        model->may_fail = true;
    if (body.len >= 2 && (!may_be_sent((unsigned)big_endian(body.data, 2), state->to_server) ||
                          !is_utf8(bytes_of(body.data + 2, body.len - 2))))
        model->end = JUDGE_MODEL_ODD_CLOSE;
    buffer_free(&body);
    state->done = true;
}

static void take_frame(struct state *state, const struct frame *frame)
{
    const char *rule = broken_rule(state, frame);
    if (rule == NULL)
        rule = misplaced_rule(state, frame);
    if (rule != NULL) {
        fail(state, 1002, rule);
        return;
    }
    if (!is_minimal(frame))
        state->model->may_fail = true;
    if (!frame->whole) {
        /* A text frame need not be whole to be impossible, but nobody has to notice (A10). */
        state->model->unfinished = true;
        state->done = true;
    } else if (frame->opcode == 8) {
        take_close(state, frame);
    } else if (frame->opcode == 9) {
        state->model->pings++;
    } else if (!is_control(frame)) {
        take_data(state, frame);
    }
}

void judge_model_derive(struct judge_model *model, struct bytes octets, bool to_server)
{
    memset(model, 0, sizeof(*model));
    struct state state = {.model = model, .to_server = to_server};
    size_t at = 0;
    while (!state.done && at < octets.len) {
        struct frame frame;
        if (!read_frame(&frame, bytes_of(octets.data + at, octets.len - at))) {
            model->unfinished = true;
            break;
        }
        take_frame(&state, &frame);
        at += frame.header_size + (frame.whole ? (size_t)frame.length : 0);
        model->at = at;
    }
    if (model->end == JUDGE_MODEL_LIVES && state.in_message)
        model->unfinished = true;
    if (model->end == JUDGE_MODEL_CLOSES || model->end == JUDGE_MODEL_ODD_CLOSE)
        model->more_behind = at < octets.len;
    buffer_free(&state.message);
}
