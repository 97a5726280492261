/* SPDX-License-Identifier: MIT */
#include "peer/link.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/memory.h"
#include "net/timer.h"
#include "peer/quirk.h"

/* With more than this many octets waiting for somebody who does not read, we do not read either. */
enum { UNSENT_MAX = 1 << 20 };

/* EX_SOFTWARE: how a server ends whose quirk it is to die. */
enum { DEATH_STATUS = 70 };

/* A quirk's small writes stop when more waits than this. */
enum { SMALL_WRITES_MAX = 512 };

struct peer_link {
    struct peer_link_options options;
    struct net_loop *loop;
    struct net_tcp *tcp;
    struct peer_echo *echo;
    struct net_timer *timer; /* for the handshake, later for the other side's FIN */
    struct net_timer *pause; /* of a quirk that answers or ends late; NULL without one */
    peer_link_done *done;
    void *context;
    struct buffer queue; /* what waits for the write in progress */
    size_t writing;      /* octets in that write */
    size_t drained;
    bool connected;
    bool paused;
    bool waiting;     /* the answers wait for `pause` */
    bool end_is_late; /* the end waits for it */
    bool resetting;   /* it ends with RST */
    bool ending;      /* nothing more is read but to throw it away */
    bool patient;     /* the first FIN is the other side's */
    bool half_closed; /* our FIN is out */
    bool other_done;  /* the other side's FIN is in */
    bool lingering;   /* all is over, but TCP stays */
};

struct peer_link_options peer_link_defaults(void)
{
    return (struct peer_link_options){
        .echo = peer_echo_defaults,
        .opening_ms = 10000,
        .drain_ms = 10000,
        .drain_max = 256 << 20,
    };
}

bool peer_link_connected(const struct peer_link *link)
{
    return link->connected;
}

const struct peer_echo *peer_link_echo(const struct peer_link *link)
{
    return link->echo;
}

bool peer_link_lingers(const struct peer_link *link)
{
    return link->lingering;
}

/* TCP ends, and with it everything. `done` may free the link. */
static void finish(struct peer_link *link)
{
    link->lingering = false;
    net_timer_cancel(link->timer);
    if (link->pause != NULL)
        net_timer_cancel(link->pause);
    net_tcp_close(link->tcp, link->resetting);
    link->tcp = NULL;
    link->done(link->context, link);
}

static void on_timer(void *context)
{
    struct peer_link *link = context;
    if (link->half_closed || link->patient || peer_echo_in_handshake(link->echo))
        finish(link);
}

static void set_timer(struct peer_link *link, struct net_timer *timer, unsigned ms)
{
    net_timer_set(timer, net_loop_now(link->loop) + (uint64_t)ms * 1000);
}

static void pause_or_resume(struct peer_link *link)
{
    bool pause = link->queue.len + link->writing > UNSENT_MAX;
    if (pause == link->paused)
        return;
    link->paused = pause;
    if (pause)
        net_tcp_pause(link->tcp);
    else
        net_tcp_resume(link->tcp);
}

/* Closing while octets of the other side are unread would send a RST, which may destroy the Close
 * that we sent (RFC 6455, 7.1.1): our FIN first, then the other side's; or only that one. */
static void end_connection(struct peer_link *link)
{
    if (link->end_is_late && !link->other_done) {
        link->end_is_late = false;
        link->waiting = true;
        set_timer(link, link->pause, link->options.echo.quirk->end_ms);
        return;
    }
    if (link->other_done || link->resetting) {
        finish(link);
        return;
    }
    if (link->half_closed)
        return;
    if (!link->patient) {
        link->half_closed = true;
        net_tcp_half_close(link->tcp);
    }
    set_timer(link, link->timer, link->options.drain_ms);
}

/* The octets that go out in one write: all, unless a quirk wants small ones. */
static size_t next_write(const struct peer_link *link)
{
    const struct peer_quirk *quirk = link->options.echo.quirk;
    size_t len = link->queue.len;
    if (quirk == NULL || quirk->write_size == 0 || len > SMALL_WRITES_MAX)
        return len;
    return quirk->write_size < len ? quirk->write_size : len;
}

static void write_some(struct peer_link *link, size_t len)
{
    link->writing = len;
    net_tcp_write(link->tcp, bytes_of(link->queue.data, len));
    if (len < link->queue.len) {
        buffer_consume(&link->queue, len);
        return;
    }
    if (link->queue.capacity > UNSENT_MAX)
        buffer_free(&link->queue);
    buffer_clear(&link->queue);
}

static void send_on(struct peer_link *link)
{
    if (link->writing > 0 || link->waiting) {
        pause_or_resume(link);
        return;
    }
    if (link->queue.len > 0)
        write_some(link, next_write(link));
    pause_or_resume(link);
    if (link->ending && link->writing == 0)
        end_connection(link);
}

static void on_connected(void *context)
{
    struct peer_link *link = context;
    link->connected = true;
    peer_echo_start(link->echo, &link->queue);
    send_on(link);
}

/* A quirk may let each answer wait. */
static void wait_if_slow(struct peer_link *link)
{
    if (!peer_echo_take_slow(link->echo) || link->waiting)
        return;
    link->waiting = true;
    set_timer(link, link->pause, link->options.echo.quirk->answer_ms);
}

/* The exit status of a client may say anything; only a signal is a crash for certain. */
static _Noreturn void die(enum peer_role role)
{
    struct rlimit no_core = {0, 0};
    if (role != PEER_CLIENT)
        exit(DEATH_STATUS);
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGABRT, SIG_DFL); /* the program has a handler for bugs of its own */
    abort();
}

static void on_bytes(void *context, uint8_t *data, size_t len)
{
    struct peer_link *link = context;
    if (link->ending) {
        link->drained += len;
        if (link->drained > link->options.drain_max)
            finish(link);
        return;
    }
    enum peer_echo_wish wish = peer_echo_feed(link->echo, data, len, &link->queue);
    if (wish == PEER_ECHO_DIE)
        die(link->options.echo.role);
    link->ending = wish != PEER_ECHO_MORE;
    link->patient = wish == PEER_ECHO_WAIT;
    link->end_is_late = wish == PEER_ECHO_END_LATE;
    link->resetting = wish == PEER_ECHO_RESET;
    wait_if_slow(link);
    send_on(link);
}

static void on_pause_over(void *context)
{
    struct peer_link *link = context;
    link->waiting = false;
    send_on(link);
}

static void on_written(void *context)
{
    struct peer_link *link = context;
    link->writing = 0;
    send_on(link);
}

static void on_ended(void *context, enum net_end end)
{
    struct peer_link *link = context;
    /* A reset may overtake the news of the connection. */
    link->connected |= end == NET_END_RESET;
    if (end != NET_END_FIN) {
        finish(link);
        return;
    }
    link->other_done = true;
    if (link->options.echo.role == PEER_CLIENT && peer_echo_lingers(link->echo)) {
        link->lingering = true;
        link->done(link->context, link);
        return;
    }
    link->ending = true;
    if (link->writing == 0 && link->queue.len == 0)
        end_connection(link);
}

static const struct net_tcp_events events = {on_connected, on_bytes, on_written, on_ended};

static struct peer_link *new_link(struct net_loop *loop, const struct peer_link_options *options,
                                  peer_link_done *done, void *context)
{
    struct peer_link *link = memory_zeroed(1, sizeof *link);
    link->options = *options;
    link->loop = loop;
    link->done = done;
    link->context = context;
    link->echo = peer_echo_new(&options->echo);
    link->timer = net_timer_new(loop, on_timer, link);
    if (options->echo.quirk != NULL)
        link->pause = net_timer_new(loop, on_pause_over, link);
    set_timer(link, link->timer, options->opening_ms);
    return link;
}

struct peer_link *peer_link_accept(struct net_loop *loop, struct net_tcp *tcp,
                                   const struct peer_link_options *options, peer_link_done *done,
                                   void *context)
{
    struct peer_link *link = new_link(loop, options, done, context);
    link->connected = true; /* `connected` is not called any more */
    link->tcp = tcp;
    net_tcp_attach(tcp, &events, link);
    return link;
}

struct peer_link *peer_link_connect(struct net_loop *loop, const struct net_address *address,
                                    const struct peer_link_options *options, peer_link_done *done,
                                    void *context)
{
    struct peer_link *link = new_link(loop, options, done, context);
    link->tcp = net_tcp_connect(loop, address, &events, link);
    return link;
}

void peer_link_free(struct peer_link *link)
{
    if (link == NULL)
        return;
    if (link->tcp != NULL)
        net_tcp_close(link->tcp, link->resetting);
    net_timer_free(link->timer);
    net_timer_free(link->pause);
    peer_echo_free(link->echo);
    buffer_free(&link->queue);
    free(link);
}
