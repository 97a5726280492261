/* SPDX-License-Identifier: MIT */
#include "peer/reply.h"

#include <string.h>

#include "peer/internal.h"

/* For masked frames, which no server should send. */
static const uint8_t some_key[4] = {0x37, 0xfa, 0x21, 0x3d};

static const struct peer_quirk *quirk_of(const struct peer_echo *echo)
{
    return echo->options.quirk;
}

static bool names(const struct peer_quirk *quirk, enum ws_violation violation)
{
    return (quirk->violations >> violation & 1) != 0;
}

static bool matches_frame(const struct peer_echo *echo, const struct ws_frame *frame)
{
    uint64_t before = echo->frames > 0 ? echo->frames - 1 : 0;
    return peer_quirk_matches(quirk_of(echo), frame, echo->in_message, before);
}

static void end(struct peer_echo *echo, enum peer_quirk_end why)
{
    echo->phase = PEER_ENDED;
    echo->ended = why;
}

static struct ws_frame whole(uint8_t opcode, struct bytes payload)
{
    return (struct ws_frame){
        .fin = true,
        .opcode = opcode,
        .length = payload.len,
        .form = ws_frame_minimal_form(payload.len),
    };
}

/* Violations. */

static bool is_named_violation(const struct peer_echo *echo, const struct ws_event *event)
{
    return event->kind == WS_EVENT_VIOLATION && names(quirk_of(echo), event->violation) &&
           matches_frame(echo, &event->frame);
}

bool peer_reply_overlook(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    (void)out;
    return is_named_violation(echo, event);
}

bool peer_reply_die(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    (void)out;
    bool deadly = quirk_of(echo)->violations != 0
                      ? is_named_violation(echo, event)
                      : event->kind == WS_EVENT_FRAME && matches_frame(echo, &event->frame);
    if (deadly)
        end(echo, PEER_AFTER_DEATH);
    return deadly;
}

bool peer_reply_freeze(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    (void)out;
    if (!is_named_violation(echo, event))
        return false;
    end(echo, PEER_AFTER_FAILURE);
    return true;
}

bool peer_reply_go_on(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    if (event->kind != WS_EVENT_VIOLATION)
        return false;
    if (!echo->holds)
        peer_echo_send_close(echo, out, ws_violation_close_code(event->violation));
    echo->holds = true;
    return true;
}

bool peer_reply_fail(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    if (event->kind != WS_EVENT_VIOLATION || !names(quirk, event->violation))
        return false;
    if (quirk->kind == 1)
        end(echo, PEER_AFTER_FAILURE);
    else
        peer_echo_fail(echo, quirk->code, out);
    return true;
}

/* Messages. */

bool peer_reply_forget_message(struct peer_echo *echo, const struct ws_event *event,
                               struct buffer *out)
{
    (void)out;
    if (event->kind == WS_EVENT_CONTROL && echo->in_message)
        buffer_clear(&echo->message);
    return false;
}

static void send_fragment(struct peer_echo *echo, struct buffer *out, uint8_t opcode, bool fin,
                          struct bytes payload)
{
    struct ws_frame frame = whole(opcode, payload);
    frame.fin = fin;
    peer_echo_send_frame(echo, out, frame, payload);
}

static struct bytes first(struct bytes text, uint64_t len)
{
    return bytes_of(text.data, len < text.len ? (size_t)len : text.len);
}

static struct bytes behind(struct bytes text, size_t len)
{
    return bytes_of(text.data + len, text.len - len);
}

static struct bytes up_to_nul(struct bytes text)
{
    size_t len = 0;
    while (len < text.len && text.data[len] != 0)
        len++;
    return first(text, len);
}

static void send_pieces(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                        struct bytes left)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    do {
        struct bytes piece = first(left, quirk->n);
        left = behind(left, piece.len);
        bool fin = left.len == 0 && quirk->kind != PEER_ECHO_PIECES_AND_NOTHING;
        send_fragment(echo, out, opcode, fin, piece);
        opcode = WS_CONTINUATION;
        if (!fin && quirk->kind == PEER_ECHO_PIECES_AND_PINGS) {
            peer_echo_send(echo, out, WS_PING, bytes_text(""));
            peer_echo_send(echo, out, WS_PONG, bytes_text(""));
        }
    } while (left.len > 0);
    if (quirk->kind == PEER_ECHO_PIECES_AND_NOTHING)
        send_fragment(echo, out, WS_CONTINUATION, true, left);
}

/* Frames whose header is not what it should be. */
static void send_odd_frame(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                           struct bytes text)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    struct ws_frame frame = whole(opcode, text);
    switch ((enum peer_reply_echo)quirk->kind) {
    case PEER_ECHO_FORM:
        frame.form = (enum ws_length_form)quirk->n;
        break;
    case PEER_ECHO_MASKED:
        frame.masked = true;
        memcpy(frame.key, some_key, sizeof some_key);
        break;
    case PEER_ECHO_RSV:
        frame.rsv = (uint8_t)quirk->n;
        break;
    case PEER_ECHO_OPCODE:
        frame.opcode = (uint8_t)quirk->n;
        break;
    case PEER_ECHO_LENGTH_MORE:
        frame.length++;
        frame.form = ws_frame_minimal_form(frame.length);
        break;
    case PEER_ECHO_LENGTH_TOP_BIT:
        frame.length |= UINT64_C(1) << 63;
        frame.form = WS_LENGTH_64;
        break;
    default:
        break;
    }
    peer_echo_send_frame(echo, out, frame, text);
}

static void send_altered(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                         struct bytes text)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    peer_echo_send(echo, out, opcode, text);
    if (text.len > quirk->n)
        out->data[out->len - text.len + (size_t)quirk->n] ^= 1;
}

/* Two messages of a read change places or become one: the first waits in `held`. */
static void send_with_next(struct peer_echo *echo, uint8_t opcode, struct bytes text,
                           struct buffer *out)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    if (!echo->holds) {
        echo->holds = true;
        if (quirk->kind == PEER_ECHO_SWAPPED)
            peer_echo_send(echo, &echo->held, opcode, text);
        else
            buffer_append(&echo->held, text);
        return;
    }
    echo->holds = false;
    if (quirk->kind == PEER_ECHO_SWAPPED) {
        peer_echo_send(echo, out, opcode, text);
        buffer_append(out, buffer_bytes(&echo->held));
    } else {
        buffer_append(&echo->held, text);
        peer_echo_send(echo, out, opcode, buffer_bytes(&echo->held));
    }
    buffer_clear(&echo->held);
}

static void send_halves(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                        struct bytes text)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    bool early = quirk->kind == PEER_ECHO_FIN_EARLY;
    struct bytes half = first(text, text.len / 2);
    send_fragment(echo, out, opcode, early, half);
    send_fragment(echo, out, early ? WS_CONTINUATION : opcode, true, behind(text, half.len));
}

static void send_echo(struct peer_echo *echo, uint8_t opcode, struct bytes text, struct buffer *out)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    switch ((enum peer_reply_echo)quirk->kind) {
    case PEER_ECHO_ALTERED:
        send_altered(echo, out, opcode, text);
        break;
    case PEER_ECHO_OCTET_CHANGED:
        for (size_t i = 0; i < echo->message.len; i++)
            if (echo->message.data[i] == quirk->n)
                echo->message.data[i] = '?';
        peer_echo_send(echo, out, opcode, text);
        break;
    case PEER_ECHO_CUT:
        peer_echo_send(echo, out, opcode, first(text, quirk->n));
        break;
    case PEER_ECHO_CUT_AT_NUL:
        peer_echo_send(echo, out, opcode, up_to_nul(text));
        break;
    case PEER_ECHO_GROWN:
        buffer_append(&echo->message, bytes_of("", 1));
        peer_echo_send(echo, out, opcode, buffer_bytes(&echo->message));
        break;
    case PEER_ECHO_OTHER_TYPE:
        peer_echo_send(echo, out, opcode == WS_TEXT ? WS_BINARY : WS_TEXT, text);
        break;
    case PEER_ECHO_TWICE:
        peer_echo_send(echo, out, opcode, text);
        peer_echo_send(echo, out, opcode, text);
        break;
    case PEER_ECHO_NEVER:
        break;
    case PEER_ECHO_SWAPPED:
    case PEER_ECHO_JOINED:
        send_with_next(echo, opcode, text, out);
        break;
    case PEER_ECHO_FIRST_ONLY:
    case PEER_ECHO_FIN_EARLY:
        send_halves(echo, out, opcode, text);
        break;
    case PEER_ECHO_PIECES:
    case PEER_ECHO_PIECES_AND_PINGS:
    case PEER_ECHO_PIECES_AND_NOTHING:
        send_pieces(echo, out, opcode, text);
        break;
    default:
        send_odd_frame(echo, out, opcode, text);
    }
}

/* The message as if it had come in one frame. */
static bool matches_message(const struct peer_echo *echo, uint8_t opcode)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    struct ws_frame frame = whole(opcode, buffer_bytes(&echo->message));
    if ((quirk->places & PEER_IS_FRAGMENTED) && echo->border_count == 0)
        return false;
    if ((quirk->places & PEER_NOT_FIRST) && echo->messages < 2)
        return false;
    return (quirk->opcodes == 0 || (quirk->opcodes >> opcode & 1) != 0) &&
           frame.length >= quirk->least && (quirk->below == 0 || frame.length < quirk->below);
}

bool peer_reply_echo(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    if (event->kind != WS_EVENT_MESSAGE || !matches_message(echo, event->opcode))
        return false;
    send_echo(echo, event->opcode, buffer_bytes(&echo->message), out);
    buffer_clear(&echo->message);
    return true;
}

bool peer_reply_forget_type(struct peer_echo *echo, const struct ws_event *event,
                            struct buffer *out)
{
    if (event->kind != WS_EVENT_MESSAGE || echo->border_count == 0)
        return false;
    peer_echo_send(echo, out, WS_BINARY, buffer_bytes(&echo->message));
    buffer_clear(&echo->message);
    return true;
}

bool peer_reply_unserved(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    if (event->kind != WS_EVENT_MESSAGE || !matches_message(echo, event->opcode))
        return false;
    peer_echo_fail(echo, quirk_of(echo)->code, out);
    return true;
}

static bool give_up(struct peer_echo *echo, struct buffer *out)
{
    if (quirk_of(echo)->code != 0)
        peer_echo_fail(echo, quirk_of(echo)->code, out);
    else
        end(echo, PEER_AFTER_FAILURE);
    return true;
}

bool peer_reply_limit(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    bool data = event->kind == WS_EVENT_FRAME && !ws_frame_is_control(event->frame.opcode);
    if (!data || event->frame.length + echo->message.len <= quirk_of(echo)->n)
        return false;
    return give_up(echo, out);
}

bool peer_reply_limit_fragments(struct peer_echo *echo, const struct ws_event *event,
                                struct buffer *out)
{
    if (event->kind != WS_EVENT_FRAME || ws_frame_is_control(event->frame.opcode))
        return false;
    echo->fragments = event->frame.opcode == WS_CONTINUATION ? echo->fragments + 1 : 1;
    return echo->fragments > quirk_of(echo)->n && give_up(echo, out);
}

/* Pings. */

static void send_odd_pong(struct peer_echo *echo, struct buffer *out, struct bytes payload)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    static const uint8_t padding[126];
    struct ws_frame frame = whole(WS_PONG, payload);
    if (quirk->kind == PEER_PONG_AS)
        frame.opcode = (uint8_t)quirk->n;
    if (quirk->kind == PEER_PONG_FRAGMENTED)
        frame.fin = false;
    if (quirk->kind == PEER_PONG_FORM)
        frame.form = (enum ws_length_form)quirk->n;
    if (quirk->kind == PEER_PONG_RSV)
        frame.rsv = (uint8_t)quirk->n;
    if (quirk->kind == PEER_PONG_MASKED) {
        frame.masked = true;
        memcpy(frame.key, some_key, sizeof some_key);
    }
    if (quirk->kind == PEER_PONG_LONG) {
        payload = bytes_of(padding, sizeof padding);
        frame.length = payload.len;
        frame.form = WS_LENGTH_16;
    }
    peer_echo_send_frame(echo, out, frame, payload);
}

static void answer_ping(struct peer_echo *echo, struct bytes payload, struct buffer *out)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    switch ((enum peer_reply_pong)quirk->kind) {
    case PEER_PONG_NEVER:
    case PEER_PONG_TO_PONG:
        break;
    case PEER_PONG_CUT:
        peer_echo_send(echo, out, WS_PONG, first(payload, quirk->n));
        break;
    case PEER_PONG_CUT_AT_NUL:
        peer_echo_send(echo, out, WS_PONG, up_to_nul(payload));
        break;
    case PEER_PONG_OTHER:
        peer_echo_send(echo, out, WS_PONG, bytes_text("pong"));
        break;
    case PEER_PONG_FIRST_ONLY:
        if (echo->pings++ == 0)
            peer_echo_send(echo, out, WS_PONG, payload);
        break;
    case PEER_PONG_LAST_ONLY:
        buffer_clear(&echo->held);
        peer_echo_send(echo, &echo->held, WS_PONG, payload);
        break;
    case PEER_PONG_AFTER_MESSAGE:
        peer_echo_send(echo, echo->in_message ? &echo->held : out, WS_PONG, payload);
        break;
    case PEER_PONG_IF_UTF8:
        if (ws_utf8_valid(payload))
            peer_echo_send(echo, out, WS_PONG, payload);
        else
            peer_echo_fail(echo, WS_CLOSE_INVALID_PAYLOAD, out);
        break;
    case PEER_PONG_ADDED:
        peer_echo_send(echo, out, WS_PONG, bytes_text("unasked"));
        peer_echo_send(echo, out, WS_PONG, payload);
        break;
    case PEER_PONG_FAIL:
        peer_echo_fail(echo, WS_CLOSE_PROTOCOL_ERROR, out);
        break;
    default:
        send_odd_pong(echo, out, payload);
    }
}

bool peer_reply_pong(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    bool message = event->kind == WS_EVENT_MESSAGE;
    if (message && quirk->kind == PEER_PONG_AFTER_MESSAGE) {
        peer_echo_answer(echo, event, out);
        peer_reply_release(echo, out);
        return true;
    }
    if (event->kind != WS_EVENT_CONTROL || event->opcode == WS_CLOSE)
        return false;
    if (quirk->kind == PEER_PONG_TO_PONG) {
        if (event->opcode == WS_PONG)
            peer_echo_send(echo, out, WS_TEXT, bytes_text("\"a pong came\""));
        return event->opcode == WS_PONG;
    }
    if (event->opcode != WS_PING || !matches_frame(echo, &event->frame))
        return false;
    answer_ping(echo, event->payload, out);
    return true;
}

/* Closes. */

static void send_body(struct peer_echo *echo, struct buffer *out, uint16_t code,
                      struct bytes reason)
{
    uint8_t payload[2 + WS_CONTROL_MAX];
    peer_echo_send(echo, out, WS_CLOSE, bytes_of(payload, ws_close_write(payload, code, reason)));
}

static void send_odd_close(struct peer_echo *echo, struct buffer *out, unsigned kind, uint16_t code)
{
    static const uint8_t reason[124] = {'x'};
    uint8_t payload[2 + sizeof reason];
    size_t reason_len = kind == PEER_CLOSE_LONG ? sizeof reason : 0;
    size_t len = ws_close_write(payload, code, bytes_of(reason, reason_len));
    struct ws_frame frame = whole(WS_CLOSE, bytes_of(payload, len));
    frame.fin = kind != PEER_CLOSE_FRAGMENTED;
    frame.masked = kind == PEER_CLOSE_MASKED;
    memcpy(frame.key, some_key, sizeof some_key);
    peer_echo_send_frame(echo, out, frame, bytes_of(payload, len));
}

static void answer_close(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    uint16_t code = event->close.code;
    end(echo, PEER_AFTER_CLOSE);
    switch ((enum peer_reply_close)quirk->kind) {
    case PEER_CLOSE_CODE:
        peer_echo_send_close(echo, out, quirk->code);
        break;
    case PEER_CLOSE_SILENT:
        break;
    case PEER_CLOSE_ONE_OCTET:
        peer_echo_send(echo, out, WS_CLOSE, bytes_of("\x03", 1));
        break;
    case PEER_CLOSE_SWAPPED:
        send_body(echo, out, (uint16_t)(code << 8 | code >> 8), bytes_text(""));
        break;
    case PEER_CLOSE_WHOLE:
        peer_echo_send(echo, out, WS_CLOSE, event->payload);
        break;
    case PEER_CLOSE_BAD_REASON:
        send_body(echo, out, code == WS_CLOSE_NO_STATUS ? WS_CLOSE_NORMAL : code,
                  bytes_text("\xff"));
        break;
    case PEER_CLOSE_OWN_REASON:
        send_body(echo, out, code == WS_CLOSE_NO_STATUS ? WS_CLOSE_NORMAL : code,
                  bytes_text("good bye"));
        break;
    case PEER_CLOSE_TWICE:
        peer_echo_send_close(echo, out, code);
        peer_echo_send_close(echo, out, code);
        break;
    case PEER_CLOSE_THEN_TEXT:
        peer_echo_send_close(echo, out, code);
        peer_echo_send(echo, out, WS_TEXT, bytes_text("\"one more thing\""));
        break;
    case PEER_CLOSE_BODY:
        send_body(echo, out, quirk->code, bytes_text(""));
        break;
    case PEER_CLOSE_IGNORED:
        echo->phase = PEER_OPEN;
        break;
    case PEER_CLOSE_GO_ON:
        echo->phase = PEER_OPEN;
        peer_echo_send_close(echo, out, code);
        break;
    case PEER_CLOSE_DIE:
        end(echo, PEER_AFTER_DEATH);
        break;
    default:
        send_odd_close(echo, out, quirk->kind, code == WS_CLOSE_NO_STATUS ? WS_CLOSE_NORMAL : code);
    }
}

bool peer_reply_close(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    if (event->kind == WS_EVENT_VIOLATION)
        return names(quirk, event->violation);
    if (event->kind != WS_EVENT_CONTROL || event->opcode != WS_CLOSE)
        return false;
    uint16_t code = event->close.code;
    if (code < quirk->least || (quirk->below != 0 && code >= quirk->below))
        return false;
    if (quirk->text != NULL && !bytes_contain(event->close.reason, bytes_text(quirk->text)))
        return false;
    /* A Close that says 1005 is not the same as an empty one. */
    if ((quirk->places & PEER_IS_EMPTY) && event->payload.len > 0)
        return false;
    answer_close(echo, event, out);
    return true;
}

/* Timing and order. */

void peer_reply_release(struct peer_echo *echo, struct buffer *out)
{
    if (echo->phase == PEER_OPEN || quirk_of(echo)->event == peer_reply_hold)
        buffer_append(out, buffer_bytes(&echo->held));
    buffer_clear(&echo->held);
    echo->holds = false;
    echo->pings = 0;
}

bool peer_reply_hold(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    if (event->kind == WS_EVENT_MESSAGE) {
        peer_echo_answer(echo, event, &echo->held);
        return true;
    }
    /* Nothing comes behind a Close (RFC 6455, 5.5.1). */
    bool closes = event->kind == WS_EVENT_VIOLATION ||
                  (event->kind == WS_EVENT_CONTROL && event->opcode == WS_CLOSE);
    if (closes)
        peer_reply_release(echo, out);
    return false;
}

bool peer_reply_unasked(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    if (event->kind == WS_EVENT_MESSAGE)
        peer_echo_send(echo, out, (uint8_t)quirk_of(echo)->kind, bytes_text(""));
    return false;
}

void peer_reply_greet(struct peer_echo *echo, struct buffer *out)
{
    peer_echo_send(echo, out, WS_TEXT, bytes_text("\"welcome\""));
}

void peer_reply_greet_ping(struct peer_echo *echo, struct buffer *out)
{
    peer_echo_send(echo, out, WS_PING, bytes_text("are you there?"));
}

void peer_reply_greet_pong(struct peer_echo *echo, struct buffer *out)
{
    peer_echo_send(echo, out, WS_PONG, bytes_text(""));
}

void peer_reply_greet_close(struct peer_echo *echo, struct buffer *out)
{
    peer_echo_send_close(echo, out, WS_CLOSE_PROTOCOL_ERROR);
}
