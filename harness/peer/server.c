/* SPDX-License-Identifier: MIT */
#include "peer/server.h"

#include <stdlib.h>

#include "base/memory.h"
#include "net/listener.h"
#include "net/tcp.h"
#include "net/timer.h"
#include "peer/quirk.h"

/* With more than this many octets waiting for a client that does not read, we do not read either.
 */
enum { UNSENT_MAX = 1 << 20 };

/* EX_SOFTWARE: how a server ends whose quirk it is to die. */
enum { DEATH_STATUS = 70 };

/* A quirk's small writes stop when more waits than this. */
enum { SMALL_WRITES_MAX = 512 };

struct connection {
    struct connection *next;
    struct connection *previous;
    struct peer_server *server;
    struct net_tcp *tcp;
    struct peer_echo *echo;
    struct net_timer *timer; /* for the handshake, later for the client's FIN */
    struct net_timer *pause; /* of a quirk that answers or ends late; NULL without one */
    struct buffer queue;     /* what waits for the write in progress */
    size_t writing;          /* octets in that write */
    size_t drained;
    bool paused;
    bool waiting;     /* the answers wait for `pause` */
    bool end_is_late; /* the end waits for it */
    bool resetting;   /* it ends with RST */
    bool ending;      /* nothing more is read but to throw it away */
    bool half_closed; /* our FIN is out */
    bool client_done; /* the client's FIN is in */
};

struct peer_server {
    struct net_loop *loop;
    struct net_listener *listener;
    struct peer_server_options options;
    struct connection *connections;
};

struct peer_server_options peer_server_defaults(void)
{
    return (struct peer_server_options){
        .echo = peer_echo_defaults,
        .handshake_ms = 10000,
        .drain_ms = 10000,
        .drain_max = 256 << 20,
    };
}

static void release(struct connection *connection)
{
    net_tcp_close(connection->tcp, connection->resetting);
    net_timer_free(connection->timer);
    net_timer_free(connection->pause);
    peer_echo_free(connection->echo);
    buffer_free(&connection->queue);
    free(connection);
}

static void drop(struct connection *connection)
{
    struct connection **link =
        connection->previous ? &connection->previous->next : &connection->server->connections;
    *link = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    release(connection);
}

static void on_timer(void *context)
{
    struct connection *connection = context;
    if (connection->half_closed || peer_echo_in_handshake(connection->echo))
        drop(connection);
}

static void set_timer(struct connection *connection, struct net_timer *timer, unsigned ms)
{
    uint64_t now = net_loop_now(connection->server->loop);
    net_timer_set(timer, now + (uint64_t)ms * 1000);
}

static void pause_or_resume(struct connection *connection)
{
    bool pause = connection->queue.len + connection->writing > UNSENT_MAX;
    if (pause == connection->paused)
        return;
    connection->paused = pause;
    if (pause)
        net_tcp_pause(connection->tcp);
    else
        net_tcp_resume(connection->tcp);
}

/* Closing while octets of the client are unread would send a RST, which may destroy the Close
 * that we sent (RFC 6455, 7.1.1): our FIN first, then the client's. */
static void end_connection(struct connection *connection)
{
    if (connection->end_is_late && !connection->client_done) {
        connection->end_is_late = false;
        connection->waiting = true;
        set_timer(connection, connection->pause, connection->server->options.echo.quirk->end_ms);
        return;
    }
    if (connection->client_done || connection->resetting) {
        drop(connection);
        return;
    }
    if (connection->half_closed)
        return;
    connection->half_closed = true;
    net_tcp_half_close(connection->tcp);
    set_timer(connection, connection->timer, connection->server->options.drain_ms);
}

/* The octets that go out in one write: all, unless a quirk wants small ones. */
static size_t next_write(const struct connection *connection)
{
    const struct peer_quirk *quirk = connection->server->options.echo.quirk;
    size_t len = connection->queue.len;
    if (quirk == NULL || quirk->write_size == 0 || len > SMALL_WRITES_MAX)
        return len;
    return quirk->write_size < len ? quirk->write_size : len;
}

static void write_some(struct connection *connection, size_t len)
{
    connection->writing = len;
    net_tcp_write(connection->tcp, bytes_of(connection->queue.data, len));
    if (len < connection->queue.len) {
        buffer_consume(&connection->queue, len);
        return;
    }
    if (connection->queue.capacity > UNSENT_MAX)
        buffer_free(&connection->queue);
    buffer_clear(&connection->queue);
}

static void send_on(struct connection *connection)
{
    if (connection->writing > 0 || connection->waiting) {
        pause_or_resume(connection);
        return;
    }
    if (connection->queue.len > 0)
        write_some(connection, next_write(connection));
    pause_or_resume(connection);
    if (connection->ending && connection->writing == 0)
        end_connection(connection);
}

static void on_connected(void *context)
{
    (void)context; /* it was when it was accepted */
}

/* A quirk may let each answer wait. */
static void wait_if_slow(struct connection *connection)
{
    if (!peer_echo_take_slow(connection->echo) || connection->waiting)
        return;
    connection->waiting = true;
    set_timer(connection, connection->pause, connection->server->options.echo.quirk->answer_ms);
}

static void on_bytes(void *context, uint8_t *data, size_t len)
{
    struct connection *connection = context;
    if (connection->ending) {
        connection->drained += len;
        if (connection->drained > connection->server->options.drain_max)
            drop(connection);
        return;
    }
    enum peer_echo_wish wish = peer_echo_feed(connection->echo, data, len, &connection->queue);
    if (wish == PEER_ECHO_DIE)
        exit(DEATH_STATUS);
    connection->ending = wish != PEER_ECHO_MORE;
    connection->end_is_late = wish == PEER_ECHO_END_LATE;
    connection->resetting = wish == PEER_ECHO_RESET;
    wait_if_slow(connection);
    send_on(connection);
}

static void on_pause_over(void *context)
{
    struct connection *connection = context;
    connection->waiting = false;
    send_on(connection);
}

static void on_written(void *context)
{
    struct connection *connection = context;
    connection->writing = 0;
    send_on(connection);
}

static void on_ended(void *context, enum net_end end)
{
    struct connection *connection = context;
    if (end != NET_END_FIN) {
        drop(connection);
        return;
    }
    connection->client_done = true;
    connection->ending = true;
    if (connection->writing == 0 && connection->queue.len == 0)
        end_connection(connection);
}

static void on_accepted(void *context, struct net_tcp *tcp)
{
    static const struct net_tcp_events events = {on_connected, on_bytes, on_written, on_ended};
    struct peer_server *server = context;
    struct connection *connection = memory_zeroed(1, sizeof *connection);
    connection->server = server;
    connection->tcp = tcp;
    connection->echo = peer_echo_new(&server->options.echo);
    connection->timer = net_timer_new(server->loop, on_timer, connection);
    if (server->options.echo.quirk != NULL)
        connection->pause = net_timer_new(server->loop, on_pause_over, connection);
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
    net_tcp_attach(tcp, &events, connection);
    set_timer(connection, connection->timer, server->options.handshake_ms);
}

struct peer_server *peer_server_open(struct net_loop *loop, const struct net_address *address,
                                     const struct peer_server_options *options, struct error *error)
{
    struct peer_server *server = memory_zeroed(1, sizeof *server);
    server->loop = loop;
    server->options = *options;
    server->listener = net_listener_open(loop, address, on_accepted, server, error);
    if (server->listener)
        return server;
    free(server);
    return NULL;
}

unsigned peer_server_port(const struct peer_server *server)
{
    return net_listener_port(server->listener);
}

void peer_server_close(struct peer_server *server)
{
    if (!server)
        return;
    net_listener_close(server->listener);
    for (struct connection *next, *left = server->connections; left; left = next) {
        next = left->next;
        release(left);
    }
    free(server);
}
