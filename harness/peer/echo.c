/* SPDX-License-Identifier: MIT */
#include "peer/echo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "peer/accept.h"
#include "peer/ask.h"
#include "peer/deflate.h"
#include "peer/internal.h"
#include "ws/mask.h"

const struct peer_echo_options peer_echo_defaults = {
    .role = PEER_SERVER,
    .head_max = 64 << 10,
    .message_max = 64 << 20,
};

static bool is_client(const struct peer_echo *echo)
{
    return echo->options.role == PEER_CLIENT;
}

/* A buffer that grew beyond this for one message is given back after it. */
enum { MESSAGE_KEPT = 1 << 20 };

struct peer_echo *peer_echo_new(const struct peer_echo_options *options)
{
    struct peer_echo *echo = memory_zeroed(1, sizeof *echo);
    echo->options = *options;
    echo->phase = PEER_IN_HANDSHAKE;
    /* A quirk may want to overlook a violation and read on. */
    ws_reader_init(&echo->reader, options->quirk ? WS_READER_OBSERVING : WS_READER_STRICT,
                   !is_client(echo), options->message_max);
    echo->random = random_start(options->seed + options->number, bytes_text("client"));
    return echo;
}

void peer_echo_free(struct peer_echo *echo)
{
    if (!echo)
        return;
    peer_deflate_free(echo);
    buffer_free(&echo->head);
    buffer_free(&echo->request);
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

bool peer_echo_opened(const struct peer_echo *echo)
{
    return echo->opened;
}

void peer_echo_complain(void *context, const char *rule, const char *text)
{
    struct peer_echo *echo = context;
    (void)rule;
    if (echo->complaint[0] == '\0')
        snprintf(echo->complaint, sizeof echo->complaint, "%s", text);
}

const char *peer_echo_complaint(const struct peer_echo *echo)
{
    return echo->complaint[0] != '\0' ? echo->complaint : NULL;
}

bool peer_echo_lingers(const struct peer_echo *echo)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    return quirk != NULL && echo->phase == PEER_ENDED && (quirk->hangs & echo->ended) != 0;
}

static void mask(struct peer_echo *echo, struct ws_frame *frame, uint8_t used[4])
{
    const struct peer_quirk *quirk = echo->options.quirk;
    /* RFC 6455, 5.3: "When preparing a masked frame, the client MUST pick a fresh masking key from
     * the set of allowed 32-bit values." */
    frame->masked = true;
    random_fill(&echo->random, frame->key, sizeof frame->key);
    memcpy(used, frame->key, sizeof frame->key);
    if (quirk != NULL && quirk->mask != NULL)
        quirk->mask(echo, frame, used);
    if (echo->sent++ == 0)
        memcpy(echo->first_mask, frame->key, sizeof frame->key);
    memcpy(echo->last_mask, frame->key, sizeof frame->key);
}

void peer_echo_send_frame(struct peer_echo *echo, struct buffer *out, struct ws_frame frame,
                          struct bytes payload)
{
    uint8_t header[WS_FRAME_HEADER_MAX];
    uint8_t used[4];
    bool transformed = frame.masked || is_client(echo);
    memcpy(used, frame.key, sizeof used);
    if (is_client(echo))
        mask(echo, &frame, used);
    echo->close_sent |= frame.opcode == WS_CLOSE;
    buffer_append(out, bytes_of(header, ws_frame_write(&frame, header)));
    buffer_append(out, payload);
    if (transformed)
        ws_mask_apply(out->data + out->len - payload.len, payload.len, used, 0);
}

void peer_echo_send(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                    struct bytes payload)
{
    struct ws_frame frame = {
        .fin = true,
        .opcode = opcode,
        .length = payload.len,
        .form = ws_frame_minimal_form(payload.len),
    };
    peer_echo_send_frame(echo, out, frame, payload);
}

static void send_code(struct peer_echo *echo, struct buffer *out, uint16_t code)
{
    uint8_t payload[2];
    peer_echo_send(echo, out, WS_CLOSE,
                   bytes_of(payload, ws_close_write(payload, code, bytes_of(NULL, 0))));
}

void peer_echo_send_close(struct peer_echo *echo, struct buffer *out, uint16_t code)
{
    if (code == WS_CLOSE_NO_STATUS)
        peer_echo_send(echo, out, WS_CLOSE, bytes_text(""));
    else
        send_code(echo, out, code);
}

void peer_echo_fail(struct peer_echo *echo, uint16_t code, struct buffer *out)
{
    /* RFC 6455, 7.1.7: "An endpoint MUST NOT continue to attempt to process data (including
     * a responding Close frame) from the remote endpoint after being instructed to _Fail the
     * WebSocket Connection_." */
    echo->phase = PEER_ENDED;
    echo->ended = PEER_AFTER_FAILURE;
    peer_echo_send_close(echo, out, code);
}

static void echo_message(struct peer_echo *echo, uint8_t opcode, struct buffer *out)
{
    if (echo->options.heard != NULL)
        buffer_append(echo->options.heard, buffer_bytes(&echo->message));
    else
        peer_deflate_send(echo, out, opcode, buffer_bytes(&echo->message));
    if (echo->message.capacity > MESSAGE_KEPT)
        buffer_free(&echo->message);
    buffer_clear(&echo->message);
}

static void answer_control(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    if (event->opcode == WS_PING) {
        peer_echo_send(echo, out, WS_PONG, event->payload);
        return;
    }
    if (event->opcode != WS_CLOSE)
        return;
    echo->phase = PEER_ENDED;
    echo->ended = PEER_AFTER_CLOSE;
    /* RFC 6455, 5.5.1: "When sending a Close frame in response, the endpoint typically echos the
     * status code it received." */
    if (event->payload.len == 0)
        peer_echo_send_close(echo, out, WS_CLOSE_NO_STATUS);
    else
        send_code(echo, out, event->close.code);
}

void peer_echo_answer(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    switch (event->kind) {
    case WS_EVENT_FRAME:
    case WS_EVENT_DEFLATED:
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

void peer_echo_read(struct peer_echo *echo, uint8_t *data, size_t len, struct buffer *out)
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

static enum peer_echo_wish ending(const struct peer_echo *echo)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    bool first = quirk != NULL && (quirk->first & echo->ended) != 0;
    /* RFC 6455, 7.1.1: "when a client is instructed to do the same, it SHOULD wait for a TCP Close
     * from the server." A server that got no Close has no reason to close. */
    return is_client(echo) && echo->close_sent && !first ? PEER_ECHO_WAIT : PEER_ECHO_END;
}

static enum peer_echo_wish wish(const struct peer_echo *echo)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    if (echo->phase != PEER_ENDED)
        return PEER_ECHO_MORE;
    if (quirk == NULL)
        return ending(echo);
    if (echo->ended == PEER_AFTER_DEATH)
        return PEER_ECHO_DIE;
    if (quirk->hangs & echo->ended)
        return PEER_ECHO_MORE;
    if (quirk->resets & echo->ended)
        return PEER_ECHO_RESET;
    return quirk->late & echo->ended ? PEER_ECHO_END_LATE : ending(echo);
}

void peer_echo_start(struct peer_echo *echo, struct buffer *out)
{
    if (is_client(echo))
        peer_ask_send(echo, out);
}

enum peer_echo_wish peer_echo_feed(struct peer_echo *echo, uint8_t *data, size_t len,
                                   struct buffer *out)
{
    if (echo->phase == PEER_IN_HANDSHAKE && is_client(echo))
        peer_ask_read(echo, bytes_of(data, len), out);
    else if (echo->phase == PEER_IN_HANDSHAKE)
        peer_accept_read(echo, bytes_of(data, len), out);
    else if (len > 0)
        peer_echo_read(echo, data, len, out);
    return wish(echo);
}
