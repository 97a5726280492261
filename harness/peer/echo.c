/* SPDX-License-Identifier: MIT */
#include "peer/echo.h"

#include <stdlib.h>

#include "base/memory.h"
#include "ws/handshake.h"
#include "ws/reader.h"

const struct peer_echo_options peer_echo_defaults = {
    .head_max = 64 << 10,
    .message_max = 64 << 20,
};

/* A buffer that grew beyond this for one message is given back after it. */
enum { MESSAGE_KEPT = 1 << 20 };

struct peer_echo {
    struct peer_echo_options options;
    enum { IN_HANDSHAKE, OPEN, ENDED } phase;
    struct buffer head; /* the request as far as it has come */
    size_t scanned;
    struct ws_reader reader;
    struct buffer message;
};

struct peer_echo *peer_echo_new(const struct peer_echo_options *options)
{
    struct peer_echo *echo = memory_zeroed(1, sizeof *echo);
    echo->options = *options;
    echo->phase = IN_HANDSHAKE;
    ws_reader_init(&echo->reader, WS_READER_STRICT, true, options->message_max);
    return echo;
}

void peer_echo_free(struct peer_echo *echo)
{
    if (!echo)
        return;
    buffer_free(&echo->head);
    buffer_free(&echo->message);
    free(echo);
}

bool peer_echo_in_handshake(const struct peer_echo *echo)
{
    return echo->phase == IN_HANDSHAKE;
}

static void send_frame(struct buffer *out, uint8_t opcode, struct bytes payload)
{
    struct ws_frame frame = {
        .fin = true,
        .opcode = opcode,
        .length = payload.len,
        .form = ws_frame_minimal_form(payload.len),
    };
    uint8_t header[WS_FRAME_HEADER_MAX];
    buffer_append(out, bytes_of(header, ws_frame_write(&frame, header)));
    buffer_append(out, payload);
}

static void send_close(struct buffer *out, uint16_t code)
{
    uint8_t payload[2];
    size_t len = ws_close_write(payload, code, bytes_of(NULL, 0));
    send_frame(out, WS_CLOSE, bytes_of(payload, len));
}

static void echo_message(struct peer_echo *echo, uint8_t opcode, struct buffer *out)
{
    send_frame(out, opcode, buffer_bytes(&echo->message));
    if (echo->message.capacity > MESSAGE_KEPT)
        buffer_free(&echo->message);
    buffer_clear(&echo->message);
}

static void answer_control(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    if (event->opcode == WS_PING) {
        send_frame(out, WS_PONG, event->payload);
        return;
    }
    if (event->opcode != WS_CLOSE)
        return;
    echo->phase = ENDED;
    /* RFC 6455, 5.5.1: "When sending a Close frame in response, the endpoint typically echos the
     * status code it received." */
    if (event->payload.len == 0)
        send_frame(out, WS_CLOSE, event->payload);
    else
        send_close(out, event->close.code);
}

static void handle(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
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
        /* RFC 6455, 7.1.7: "An endpoint MUST NOT continue to attempt to process data (including
         * a responding Close frame) from the remote endpoint after being instructed to _Fail the
         * WebSocket Connection_." */
        echo->phase = ENDED;
        send_close(out, ws_violation_close_code(event->violation));
        break;
    }
}

static void read_frames(struct peer_echo *echo, uint8_t *data, size_t len, struct buffer *out)
{
    size_t at = 0;
    while (echo->phase == OPEN) {
        struct ws_event event;
        size_t used = 0;
        if (ws_reader_next(&echo->reader, data + at, len - at, &used, &event) != WS_ITEM)
            return;
        at += used;
        handle(echo, &event, out);
    }
}

static void answer_request(struct peer_echo *echo, const struct ws_handshake_decision *decision,
                           struct buffer *out)
{
    ws_handshake_write_answer(out, decision);
    echo->phase = decision->status == 101 ? OPEN : ENDED;
}

static const struct ws_handshake_decision too_big = {
    .status = 400,
    .rule = "RFC6455-4.2.1-01",
    .text = "the head is too big",
};

/* Reads the request and, as soon as it is whole, the frames behind it. */
static void read_request(struct peer_echo *echo, const uint8_t *data, size_t len,
                         struct buffer *out)
{
    struct ws_http_head request;
    buffer_append(&echo->head, bytes_of(data, len));
    enum ws_status status =
        ws_http_read(&request, buffer_bytes(&echo->head), echo->options.head_max, &echo->scanned);
    if (status == WS_MORE)
        return;
    struct ws_handshake_decision decision = too_big;
    if (status == WS_ITEM)
        decision = ws_handshake_judge_request(&request);
    answer_request(echo, &decision, out);
    if (echo->phase == OPEN)
        read_frames(echo, echo->head.data + request.size, echo->head.len - request.size, out);
    buffer_free(&echo->head);
}

enum peer_echo_wish peer_echo_feed(struct peer_echo *echo, uint8_t *data, size_t len,
                                   struct buffer *out)
{
    if (echo->phase == IN_HANDSHAKE)
        read_request(echo, data, len, out);
    else if (len > 0)
        read_frames(echo, data, len, out);
    return echo->phase == ENDED ? PEER_ECHO_END : PEER_ECHO_MORE;
}
