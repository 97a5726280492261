/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_RUN_GUEST_H
#define WSCONFORM_TESTS_RUN_GUEST_H

/* A case plays against a client of our own making: the endpoint of play.h in the other role. */
#include "stage.h"

static const char guest_key[] = "dGhlIHNhbXBsZSBub25jZQ==";

/* How the client differs from a good one, beside what PLAY_ says. */
enum {
    GUEST_TAKES_ALL = 1 << 0, /* takes every answer for good */
    GUEST_UNMASKED = 1 << 1,  /* masks nothing */
    GUEST_HALF_ASKS = 1 << 2, /* does not finish its request */
    GUEST_SAYS_LATER = 1 << 3 /* says `early` in a segment of its own, not in the request's */
};

struct guest {
    struct stage stage;
    unsigned does;
    const char *request; /* instead of a good one */
    struct buffer early; /* sent behind the request */
    uint64_t patience_us;
    bool refused;
};

static inline void guest_write_request(struct buffer *out)
{
    buffer_printf(out,
                  "GET / HTTP/1.1\r\nHost: localhost:9001\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                  "Sec-WebSocket-Version: 13\r\nUser-Agent: guest/1\r\n\r\n",
                  guest_key);
}

static inline void guest_note(void *context, const char *rule, const char *text)
{
    (void)context;
    (void)rule;
    (void)text;
}

/* RFC 6455, 4.1: the client checks the answer, and fails the connection where it is not as it must
 * be. */
static inline bool guest_accepts(const struct guest *g, const struct ws_http_head *answer)
{
    struct ws_http_head request;
    struct ws_http_status_line line;
    struct buffer text = {0};
    size_t scanned = 0;
    guest_write_request(&text);
    assert_int_equal(ws_http_read(&request, buffer_bytes(&text), 65536, &scanned), WS_ITEM);
    const struct ws_handshake_offer offer = {bytes_text(guest_key), &request};
    bool good = (g->does & GUEST_TAKES_ALL) ||
                (ws_http_split_status(answer->start_line, &line) && line.code == 101 &&
                 ws_handshake_judge_answer(answer, &offer, guest_note, NULL));
    buffer_free(&text);
    return good;
}

static inline void guest_read_answer(struct guest *g)
{
    struct play *p = &g->stage.play;
    struct ws_http_head answer;
    size_t scanned = 0;
    enum ws_status status = ws_http_read(&answer, buffer_bytes(&p->in), 65536, &scanned);
    if (status == WS_ITEM && guest_accepts(g, &answer)) {
        p->greeted = true;
        buffer_consume(&p->in, answer.size);
    } else if (status != WS_MORE) {
        g->refused = true;
        buffer_clear(&p->in);
        if (!(p->is & PLAY_IGNORE_FAILURE))
            play_end(p, JUDGE_END_FIN);
    }
}

/* A client that waits for us to end TCP does so itself when we have (7.1.1). */
static inline void guest_receive(struct play *p)
{
    struct guest *g = p->owner;
    if (g->early.len > 0 && p->request_size != 0 && p->out.len == 0) {
        buffer_append(&p->out, buffer_bytes(&g->early));
        buffer_clear(&g->early);
    }
    if (!p->greeted && !g->refused)
        guest_read_answer(g);
    if (g->refused)
        buffer_clear(&p->in);
    if (p->greeted)
        play_take_frames(p);
    if (p->half_closed)
        play_end(p, JUDGE_END_FIN);
}

static inline void guest_prepare(struct guest *g, unsigned is, unsigned does)
{
    *g = (struct guest){.does = does, .patience_us = SHORT};
    stage_prepare(&g->stage, is | (does & GUEST_UNMASKED ? 0 : PLAY_MASK));
    g->stage.settings.of_client = true;
    g->stage.play.receive = guest_receive;
    g->stage.play.owner = g;
    ws_reader_init(&g->stage.play.reader, g->stage.play.reader.mode, false, UINT64_MAX);
}

/* The connection stands, and the client has its request ready. */
static inline void guest_begin(struct guest *g, const char *rule, const char *rest)
{
    struct stage *s = &g->stage;
    struct play *p = &s->play;
    const struct case_spec *spec = play_case(&s->set, "x/case", rule, rest);
    s->exchange = run_exchange_new(spec, RUN_DELIVERY_WHOLE, &s->settings, g->patience_us, LINGER);
    play_begin(p, run_exchange_party(s->exchange));
    assert_int_equal(p->action.want, RUN_WANT_WAIT); /* it is for the client to begin */
    if (g->request != NULL)
        buffer_append_text(&p->out, g->request);
    else
        guest_write_request(&p->out);
    p->request_size = p->out.len;
    if (g->does & GUEST_HALF_ASKS)
        p->out.len -= 2;
    if (!(g->does & GUEST_SAYS_LATER)) {
        buffer_append(&p->out, buffer_bytes(&g->early));
        buffer_clear(&g->early);
    }
}

static inline void guest_act(struct guest *g, unsigned is, unsigned does, const char *rest)
{
    guest_prepare(g, is, does);
    guest_begin(g, MUST, rest);
    stage_finish(&g->stage);
}

static inline void guest_end(struct guest *g)
{
    buffer_free(&g->early);
    stage_end(&g->stage);
}

/* Frames that we sent behind our own Close, but for pongs, which are owed until a Close is received
 * (RFC 6455, 5.5.2). */
static inline size_t guest_count_behind_close(const struct guest *g)
{
    struct bytes sent = buffer_bytes(&g->stage.play.sent);
    struct ws_reader reader;
    struct ws_event event;
    struct ws_http_head head;
    struct buffer copy = {0};
    size_t scanned = 0;
    size_t behind = 0;
    bool closed = false;
    if (ws_http_read(&head, sent, 65536, &scanned) == WS_ITEM)
        buffer_append(&copy, bytes_of(sent.data + head.size, sent.len - head.size));
    ws_reader_init(&reader, WS_READER_OBSERVING, false, UINT64_MAX);
    for (size_t done = 0;;) {
        size_t used = 0;
        if (ws_reader_next(&reader, copy.data + done, copy.len - done, &used, &event) != WS_ITEM)
            break;
        done += used;
        behind += closed && event.kind == WS_EVENT_FRAME && event.frame.opcode != WS_PONG;
        closed = closed || (event.kind == WS_EVENT_CONTROL && event.opcode == WS_CLOSE);
    }
    buffer_free(&copy);
    return behind;
}

#endif
