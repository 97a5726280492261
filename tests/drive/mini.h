/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_DRIVE_MINI_H
#define WSCONFORM_TESTS_DRIVE_MINI_H

/* A small WebSocket server for the tests of this room, which may not use the room that has one. */
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/listener.h"
#include "net/tcp.h"
#include "support.h"
#include "ws/handshake.h"
#include "ws/reader.h"

struct mini {
    unsigned status;    /* of its answer to a handshake; 0: it ends TCP instead */
    bool mute;          /* it answers no message */
    size_t limit;       /* larger messages are refused with 1009; 0: none are */
    const char *deadly; /* a message of this text ends the process; NULL: none does */
    struct net_loop *loop;
    struct net_listener *listener;
    struct mini_connection *connections;
};

struct mini_connection {
    struct mini_connection *next;
    struct mini *mini;
    struct net_tcp *tcp;
    bool open;
    bool ending;
    bool writing;
    struct buffer head;
    struct buffer message;
    struct buffer out;
    struct ws_reader reader;
};

static inline void mini_drop(struct mini_connection *c)
{
    struct mini_connection **link = &c->mini->connections;
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    net_tcp_close(c->tcp, false);
    buffer_free(&c->head);
    buffer_free(&c->message);
    buffer_free(&c->out);
    free(c);
}

static inline void mini_flush(struct mini_connection *c)
{
    if (!c->writing && c->out.len > 0) {
        c->writing = true;
        net_tcp_write(c->tcp, buffer_bytes(&c->out));
        buffer_clear(&c->out);
    } else if (!c->writing && c->ending) {
        net_tcp_half_close(c->tcp);
    }
}

static inline void mini_frame(struct mini_connection *c, uint8_t opcode, struct bytes payload)
{
    uint8_t header[WS_FRAME_HEADER_MAX];
    struct ws_frame frame = {.fin = true,
                             .opcode = opcode,
                             .length = payload.len,
                             .form = ws_frame_minimal_form(payload.len)};
    buffer_append(&c->out, bytes_of(header, ws_frame_write(&frame, header)));
    buffer_append(&c->out, payload);
}

static inline void mini_end(struct mini_connection *c, unsigned code)
{
    const uint8_t body[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    mini_frame(c, WS_CLOSE, bytes_of(body, code != WS_CLOSE_NO_STATUS ? 2 : 0));
    c->ending = true;
}

static inline void mini_event(struct mini_connection *c, const struct ws_event *event)
{
    const struct mini *mini = c->mini;
    if (event->kind == WS_EVENT_DATA)
        buffer_append(&c->message, event->payload);
    if (event->kind == WS_EVENT_VIOLATION)
        mini_end(c, ws_violation_close_code(event->violation));
    if (event->kind == WS_EVENT_CONTROL && event->opcode == WS_PING)
        mini_frame(c, WS_PONG, event->payload);
    if (event->kind == WS_EVENT_CONTROL && event->opcode == WS_CLOSE)
        mini_end(c, event->close.code);
    if (event->kind != WS_EVENT_MESSAGE)
        return;
    if (mini->deadly != NULL && bytes_equal(buffer_bytes(&c->message), bytes_text(mini->deadly)))
        _exit(9);
    if (mini->limit > 0 && c->message.len > mini->limit)
        mini_end(c, WS_CLOSE_TOO_BIG);
    else if (!mini->mute)
        mini_frame(c, event->opcode, buffer_bytes(&c->message));
    buffer_clear(&c->message);
}

static inline void mini_frames(struct mini_connection *c, uint8_t *data, size_t len)
{
    struct ws_event event;
    for (size_t done = 0; !c->ending;) {
        size_t used = 0;
        enum ws_status status = ws_reader_next(&c->reader, data + done, len - done, &used, &event);
        done += used;
        if (status != WS_ITEM)
            break;
        mini_event(c, &event);
    }
}

static inline void mini_answer(struct mini_connection *c)
{
    struct ws_http_head *request = memory_zeroed(1, sizeof(*request));
    size_t scanned = 0;
    enum ws_status status = ws_http_read(request, buffer_bytes(&c->head), 16384, &scanned);
    if (status != WS_MORE && c->mini->status == 0) {
        c->ending = true;
    } else if (status != WS_MORE) {
        struct ws_handshake_decision decision = {.status = 400, .text = "bad"};
        if (status == WS_ITEM)
            decision = ws_handshake_judge_request(request);
        if (c->mini->status != 101)
            decision = (struct ws_handshake_decision){.status = c->mini->status, .text = "no"};
        ws_handshake_write_answer(&c->out, &decision);
        c->open = decision.status == 101;
        c->ending = !c->open;
        size_t size = status == WS_ITEM ? request->size : c->head.len;
        mini_frames(c, c->head.data + size, c->head.len - size);
    }
    free(request);
}

static inline void mini_on_connected(void *context)
{
    (void)context;
}

static inline void mini_on_bytes(void *context, uint8_t *data, size_t len)
{
    struct mini_connection *c = context;
    if (c->open) {
        mini_frames(c, data, len);
    } else if (!c->ending) {
        buffer_append(&c->head, bytes_of(data, len));
        mini_answer(c);
    }
    mini_flush(c);
}

static inline void mini_on_written(void *context)
{
    struct mini_connection *c = context;
    c->writing = false;
    mini_flush(c);
}

static inline void mini_on_ended(void *context, enum net_end end)
{
    (void)end;
    mini_drop(context);
}

static inline void mini_on_accepted(void *context, struct net_tcp *tcp)
{
    static const struct net_tcp_events events = {mini_on_connected, mini_on_bytes, mini_on_written,
                                                 mini_on_ended};
    struct mini_connection *c = memory_zeroed(1, sizeof(*c));
    c->mini = context;
    c->tcp = tcp;
    c->next = c->mini->connections;
    c->mini->connections = c;
    ws_reader_init(&c->reader, WS_READER_STRICT, true, UINT64_MAX);
    net_tcp_attach(tcp, &events, c);
}

/* Listens on a free port of 127.0.0.1, in a loop of the caller's. Returns the port. */
static inline unsigned mini_open(struct mini *mini, struct net_loop *loop, unsigned port)
{
    struct error error;
    struct net_address address;
    mini->loop = loop;
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", port, &error), 0);
    mini->listener = net_listener_open(loop, &address, mini_on_accepted, mini, &error);
    assert_non_null(mini->listener);
    return net_listener_port(mini->listener);
}

static inline void mini_close(struct mini *mini)
{
    while (mini->connections != NULL)
        mini_drop(mini->connections);
    net_listener_close(mini->listener);
}

/* The same in a process of its own; the caller kills and awaits it. */
static inline pid_t mini_fork(struct mini *mini, unsigned *port)
{
    *port = net_address_free_port();
    assert_int_not_equal(*port, 0);
    pid_t child = fork();
    if (child == 0) {
        alarm(30); /* should the test die before it can kill it */
        struct net_loop *loop = net_loop_new();
        mini_open(mini, loop, *port);
        net_loop_run(loop);
        _exit(0);
    }
    return child;
}

#endif
