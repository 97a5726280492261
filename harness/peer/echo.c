/* SPDX-License-Identifier: MIT */
#include "peer/echo.h"

#include <stdlib.h>

#include "base/memory.h"
#include "peer/internal.h"
#include "peer/opening.h"
#include "ws/mask.h"

const struct peer_echo_options peer_echo_defaults = {
    .head_max = 64 << 10,
    .message_max = 64 << 20,
};

/* A buffer that grew beyond this for one message is given back after it. */
enum { MESSAGE_KEPT = 1 << 20 };

struct peer_echo *peer_echo_new(const struct peer_echo_options *options)
{
    struct peer_echo *echo = memory_zeroed(1, sizeof *echo);
    echo->options = *options;
    echo->phase = PEER_IN_HANDSHAKE;
    /* A quirk may want to overlook a violation and read on. */
    ws_reader_init(&echo->reader, options->quirk ? WS_READER_OBSERVING : WS_READER_STRICT, true,
                   options->message_max);
    return echo;
}

void peer_echo_free(struct peer_echo *echo)
{
    if (!echo)
        return;
    buffer_free(&echo->head);
    buffer_free(&echo->message);
    buffer_free(&echo->cooked);
    buffer_free(&echo->held);
    free(echo);
}

bool peer_echo_take_slow(struct peer_echo *echo)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    bool slow = quirk != NULL && quirk->answer_ms > 0 && (echo->slow || quirk->slow_opcodes == 0);
    echo->slow = false;
    return slow;
}

bool peer_echo_in_handshake(const struct peer_echo *echo)
{
    return echo->phase == PEER_IN_HANDSHAKE;
}

void peer_echo_send_frame(struct buffer *out, struct ws_frame frame, struct bytes payload)
{
    uint8_t header[WS_FRAME_HEADER_MAX];
    buffer_append(out, bytes_of(header, ws_frame_write(&frame, header)));
    buffer_append(out, payload);
    if (frame.masked)
        ws_mask_apply(out->data + out->len - payload.len, payload.len, frame.key, 0);
}

void peer_echo_send(struct buffer *out, uint8_t opcode, struct bytes payload)
{
    struct ws_frame frame = {
        .fin = true,
        .opcode = opcode,
        .length = payload.len,
        .form = ws_frame_minimal_form(payload.len),
    };
    peer_echo_send_frame(out, frame, payload);
}

static void send_code(struct buffer *out, uint16_t code)
{
    uint8_t payload[2];
    peer_echo_send(out, WS_CLOSE,
                   bytes_of(payload, ws_close_write(payload, code, bytes_of(NULL, 0))));
}

void peer_echo_send_close(struct buffer *out, uint16_t code)
{
    if (code == WS_CLOSE_NO_STATUS)
        peer_echo_send(out, WS_CLOSE, bytes_text(""));
    else
        send_code(out, code);
}

void peer_echo_fail(struct peer_echo *echo, uint16_t code, struct buffer *out)
{
    /* RFC 6455, 7.1.7: "An endpoint MUST NOT continue to attempt to process data (including
     * a responding Close frame) from the remote endpoint after being instructed to _Fail the
     * WebSocket Connection_." */
    echo->phase = PEER_ENDED;
    echo->ended = PEER_AFTER_FAILURE;
    peer_echo_send_close(out, code);
}

static void echo_message(struct peer_echo *echo, uint8_t opcode, struct buffer *out)
{
    peer_echo_send(out, opcode, buffer_bytes(&echo->message));
    if (echo->message.capacity > MESSAGE_KEPT)
        buffer_free(&echo->message);
    buffer_clear(&echo->message);
}

static void answer_control(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    if (event->opcode == WS_PING) {
        peer_echo_send(out, WS_PONG, event->payload);
        return;
    }
    if (event->opcode != WS_CLOSE)
        return;
    echo->phase = PEER_ENDED;
    echo->ended = PEER_AFTER_CLOSE;
    /* RFC 6455, 5.5.1: "When sending a Close frame in response, the endpoint typically echos the
     * status code it received." */
    if (event->payload.len == 0)
        peer_echo_send_close(out, WS_CLOSE_NO_STATUS);
    else
        send_code(out, event->close.code);
}

void peer_echo_answer(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    switch (event->kind) {
    case WS_EVENT_FRAME:
        break;
    case WS_EVENT_DATA:
        buffer_append(&echo->message, event->payload);
        break;
    case WS_EVENT_MESSAGE:
        echo_message(echo, event->opcode, out);
        break;
    case WS_EVENT_CONTROL:
        answer_control(echo, event, out);
        break;
    case WS_EVENT_VIOLATION:
        peer_echo_fail(echo, ws_violation_close_code(event->violation), out);
        break;
    }
}

/* Where the message stands, for quirks that look at fragments. */
static void note_frame(struct peer_echo *echo, const struct ws_frame *frame)
{
    echo->frames++;
    if (frame->opcode > WS_BINARY)
        return;
    if (frame->opcode != WS_CONTINUATION) {
        echo->border_count = 0;
        buffer_clear(&echo->message);
    } else if (echo->border_count < PEER_BORDERS_MAX) {
        echo->borders[echo->border_count++] = echo->message.len;
    }
    echo->in_message = !frame->fin;
}

static void handle(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    if (quirk != NULL) {
        if (event->kind == WS_EVENT_FRAME)
            note_frame(echo, &event->frame);
        if (event->kind == WS_EVENT_MESSAGE)
            echo->messages++;
        if (event->kind == WS_EVENT_CONTROL && (quirk->slow_opcodes >> event->opcode & 1) != 0)
            echo->slow = true;
        if (quirk->event != NULL && quirk->event(echo, event, out))
            return;
    }
    peer_echo_answer(echo, event, out);
}

static void read_frames(struct peer_echo *echo, uint8_t *data, size_t len, struct buffer *out)
{
    size_t at = 0;
    while (echo->phase == PEER_OPEN) {
        struct ws_event event;
        size_t used = 0;
        if (ws_reader_next(&echo->reader, data + at, len - at, &used, &event) != WS_ITEM)
            return;
        at += used;
        handle(echo, &event, out);
    }
}

/* All octets of the client behind its request come by here. */
static void read_octets(struct peer_echo *echo, uint8_t *data, size_t len, struct buffer *out)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    if (quirk != NULL && (quirk->frame != NULL || quirk->payload != NULL)) {
        buffer_clear(&echo->cooked);
        peer_wire_feed(quirk, &echo->wire, data, len, &echo->cooked);
        data = echo->cooked.data;
        len = echo->cooked.len;
    }
    read_frames(echo, data, len, out);
    if (quirk != NULL && quirk->read != NULL)
        quirk->read(echo, out);
}

static void write_answer(const struct peer_quirk *quirk, const struct ws_http_head *request,
                         const struct ws_handshake_decision *decision, struct buffer *out)
{
    struct buffer answer = {0};
    ws_handshake_write_answer(&answer, decision);
    quirk->answer(quirk, request, decision, &answer);
    buffer_append(out, buffer_bytes(&answer));
    buffer_free(&answer);
}

static void answer_request(struct peer_echo *echo, const struct ws_http_head *request,
                           struct ws_handshake_decision decision, struct buffer *out)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    if (quirk != NULL && quirk->judge != NULL)
        quirk->judge(quirk, request, bytes_of(echo->head.data, request->size), &decision);
    if (quirk != NULL && quirk->answer != NULL)
        write_answer(quirk, request, &decision, out);
    else
        ws_handshake_write_answer(out, &decision);
    if (quirk != NULL && quirk->greet != NULL && decision.status == 101)
        quirk->greet(out);
    echo->phase = decision.status == 101 ? PEER_OPEN : PEER_ENDED;
    echo->ended = decision.status == PEER_OPENING_DEATH ? PEER_AFTER_DEATH : PEER_AFTER_REFUSAL;
}

static const struct ws_handshake_decision too_big = {
    .status = 400,
    .rule = "RFC6455-4.2.1-01",
    .text = "the head is too big",
};

static bool refuses_parts(const struct peer_echo *echo)
{
    return echo->options.quirk != NULL && echo->options.quirk->whole_request;
}

/* Reads the request and, as soon as it is whole, the frames behind it. */
static void read_request(struct peer_echo *echo, const uint8_t *data, size_t len,
                         struct buffer *out)
{
    struct ws_http_head request;
    request.size = 0;
    request.field_count = 0;
    buffer_append(&echo->head, bytes_of(data, len));
    enum ws_status status =
        ws_http_read(&request, buffer_bytes(&echo->head), echo->options.head_max, &echo->scanned);
    if (status == WS_MORE && !refuses_parts(echo))
        return;
    struct ws_handshake_decision decision = too_big;
    if (status == WS_ITEM)
        decision = ws_handshake_judge_request(&request);
    answer_request(echo, &request, decision, out);
    if (echo->phase == PEER_OPEN)
        read_octets(echo, echo->head.data + request.size, echo->head.len - request.size, out);
    buffer_free(&echo->head);
}

static enum peer_echo_wish wish(const struct peer_echo *echo)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    if (echo->phase != PEER_ENDED)
        return PEER_ECHO_MORE;
    if (quirk == NULL)
        return PEER_ECHO_END;
    if (echo->ended == PEER_AFTER_DEATH)
        return PEER_ECHO_DIE;
    if (quirk->hangs & echo->ended)
        return PEER_ECHO_MORE;
    if (quirk->resets & echo->ended)
        return PEER_ECHO_RESET;
    return quirk->late & echo->ended ? PEER_ECHO_END_LATE : PEER_ECHO_END;
}

enum peer_echo_wish peer_echo_feed(struct peer_echo *echo, uint8_t *data, size_t len,
                                   struct buffer *out)
{
    if (echo->phase == PEER_IN_HANDSHAKE)
        read_request(echo, data, len, out);
    else if (len > 0)
        read_octets(echo, data, len, out);
    return wish(echo);
}
