/* SPDX-License-Identifier: MIT */
#include "peer/server.h"

#include <stdlib.h>

#include "base/memory.h"
#include "net/listener.h"
#include "net/tcp.h"
#include "net/timer.h"

/* With more than this many octets waiting for a client that does not read, we do not read either.
 */
enum { UNSENT_MAX = 1 << 20 };

struct connection {
    struct connection *next;
    struct connection *previous;
    struct peer_server *server;
    struct net_tcp *tcp;
    struct peer_echo *echo;
    struct net_timer *timer; /* for the handshake, later for the client's FIN */
    struct buffer queue;     /* what waits for the write in progress */
    size_t writing;          /* octets in that write */
    size_t drained;
    bool paused;
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
    net_tcp_close(connection->tcp, false);
    net_timer_free(connection->timer);
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

static void set_timer(struct connection *connection, unsigned ms)
{
    uint64_t now = net_loop_now(connection->server->loop);
    net_timer_set(connection->timer, now + (uint64_t)ms * 1000);
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
    if (connection->client_done) {
        drop(connection);
        return;
    }
    if (connection->half_closed)
        return;
    connection->half_closed = true;
    net_tcp_half_close(connection->tcp);
    set_timer(connection, connection->server->options.drain_ms);
}

static void send_on(struct connection *connection)
{
    if (connection->writing > 0) {
        pause_or_resume(connection);
        return;
    }
    if (connection->queue.len > 0) {
        connection->writing = connection->queue.len;
        net_tcp_write(connection->tcp, buffer_bytes(&connection->queue));
        if (connection->queue.capacity > UNSENT_MAX)
            buffer_free(&connection->queue);
        buffer_clear(&connection->queue);
    }
    pause_or_resume(connection);
    if (connection->ending && connection->writing == 0)
        end_connection(connection);
}

static void on_connected(void *context)
{
    (void)context; /* it was when it was accepted */
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
    if (peer_echo_feed(connection->echo, data, len, &connection->queue) == PEER_ECHO_END)
        connection->ending = true;
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
    if (connection->writing == 0)
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
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
    net_tcp_attach(tcp, &events, connection);
    set_timer(connection, server->options.handshake_ms);
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
