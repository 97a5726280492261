/* SPDX-License-Identifier: MIT */
#include "drive/connection.h"

#include <stdlib.h>

#include "base/memory.h"
#include "net/timer.h"

enum {
    SLOW_OCTETS = 4096, /* that a slow reader takes at once */
    SLOW_PAUSE_US = 1000
};

struct drive_connection {
    struct net_loop *loop;
    struct net_tcp *tcp;
    struct net_timer *timer;
    struct net_timer *breather; /* a slow reader's pause; NULL: it reads all it can */
    struct run_party party;
    const struct drive_connection_events *events;
    void *context;
    bool connected;
    bool writing;
    bool ended;
};

static void release(struct drive_connection *c)
{
    net_tcp_close(c->tcp, false);
    net_timer_free(c->timer);
    net_timer_free(c->breather);
    free(c);
}

static void finish(struct drive_connection *c)
{
    const struct drive_connection_events *events = c->events;
    void *context = c->context;
    release(c);
    events->done(context);
}

/* Carries out actions until the party waits. Returns false once it is done. */
static bool act(struct drive_connection *c)
{
    for (;;) {
        struct run_action action =
            c->party.next(c->party.self, net_loop_now(c->loop), !c->writing && !c->ended);
        switch (action.want) {
        case RUN_WANT_WAIT:
            if (action.deadline == UINT64_MAX)
                net_timer_cancel(c->timer);
            else
                net_timer_set(c->timer, action.deadline);
            return true;
        case RUN_WANT_WRITE:
            c->writing = true;
            net_tcp_write(c->tcp, action.octets);
            break;
        case RUN_WANT_HALF_CLOSE:
            net_tcp_half_close(c->tcp);
            break;
        case RUN_WANT_CLOSE:
            return false;
        }
    }
}

static void pump(struct drive_connection *c)
{
    void (*stirred)(void *) = c->events->stirred;
    void *context = c->context;
    if (!act(c)) {
        finish(c);
        return;
    }
    if (stirred != NULL)
        stirred(context);
}

static void on_connected(void *context)
{
    struct drive_connection *c = context;
    c->connected = true;
    c->party.opened(c->party.self, net_loop_now(c->loop));
    pump(c);
}

static void on_bytes(void *context, uint8_t *data, size_t len)
{
    struct drive_connection *c = context;
    if (c->breather != NULL) {
        net_tcp_pause(c->tcp);
        net_timer_set(c->breather, net_loop_now(c->loop) + SLOW_PAUSE_US);
    }
    c->party.bytes(c->party.self, data, len, net_loop_now(c->loop));
    pump(c);
}

static void on_written(void *context)
{
    struct drive_connection *c = context;
    c->writing = false;
    pump(c);
}

static enum judge_end end_of(const struct drive_connection *c, enum net_end end)
{
    if (!c->connected)
        return JUDGE_END_OPEN;
    return end == NET_END_FIN ? JUDGE_END_FIN : JUDGE_END_RESET;
}

static void on_ended(void *context, enum net_end end)
{
    struct drive_connection *c = context;
    c->ended = true;
    /* A reset comes only from somebody who was there, be it that it overtakes the news of the
     * connection. */
    if (!c->connected && end == NET_END_RESET) {
        c->connected = true;
        c->party.opened(c->party.self, net_loop_now(c->loop));
    }
    c->party.ended(c->party.self, end_of(c, end), net_loop_now(c->loop));
    pump(c);
}

static void on_timer(void *context)
{
    struct drive_connection *c = context;
    if (!c->connected)
        on_ended(c, NET_END_FAILED);
    else
        pump(c);
}

static void on_breath(void *context)
{
    struct drive_connection *c = context;
    net_tcp_resume(c->tcp);
}

void drive_connection_slow_down(struct drive_connection *c)
{
    c->breather = net_timer_new(c->loop, on_breath, c);
    net_tcp_narrow(c->tcp, SLOW_OCTETS);
}

static struct drive_connection *new_connection(struct net_loop *loop, struct run_party party,
                                               const struct drive_connection_events *events,
                                               void *context)
{
    struct drive_connection *c = memory_zeroed(1, sizeof(*c));
    c->loop = loop;
    c->party = party;
    c->events = events;
    c->context = context;
    c->timer = net_timer_new(loop, on_timer, c);
    return c;
}

static const struct net_tcp_events tcp_events = {
    .connected = on_connected, .bytes = on_bytes, .written = on_written, .ended = on_ended};

struct drive_connection *drive_connection_open(struct net_loop *loop,
                                               const struct net_address *address,
                                               struct run_party party, uint64_t connect_us,
                                               const struct drive_connection_events *events,
                                               void *context)
{
    struct drive_connection *c = new_connection(loop, party, events, context);
    net_timer_set(c->timer, net_loop_now(loop) + connect_us);
    c->tcp = net_tcp_connect(loop, address, &tcp_events, c);
    return c;
}

struct drive_connection *drive_connection_accept(struct net_loop *loop, struct net_tcp *tcp,
                                                 struct run_party party,
                                                 const struct drive_connection_events *events,
                                                 void *context)
{
    struct drive_connection *c = new_connection(loop, party, events, context);
    c->tcp = tcp;
    c->connected = true;
    net_tcp_attach(tcp, &tcp_events, c);
    party.opened(party.self, net_loop_now(loop));
    act(c);
    return c;
}

void drive_connection_poke(struct drive_connection *c)
{
    pump(c);
}

void drive_connection_drop(struct drive_connection *c)
{
    if (c != NULL)
        release(c);
}
