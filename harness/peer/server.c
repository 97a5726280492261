/* SPDX-License-Identifier: MIT */
#include "peer/server.h"

#include <stdlib.h>

#include "base/memory.h"
#include "net/listener.h"

struct connection {
    struct connection *next;
    struct connection *previous;
    struct peer_server *server;
    struct peer_link *link;
};

struct peer_server {
    struct net_loop *loop;
    struct net_listener *listener;
    struct peer_link_options options;
    struct connection *connections;
};

/* peer_link_done */
static void drop(void *context, struct peer_link *link)
{
    struct connection *connection = context;
    struct connection **before =
        connection->previous ? &connection->previous->next : &connection->server->connections;
    *before = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    peer_link_free(link);
    free(connection);
}

static void on_accepted(void *context, struct net_tcp *tcp)
{
    struct peer_server *server = context;
    struct connection *connection = memory_zeroed(1, sizeof *connection);
    connection->server = server;
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
    connection->link = peer_link_accept(server->loop, tcp, &server->options, drop, connection);
}

struct peer_server *peer_server_open(struct net_loop *loop, const struct net_address *address,
                                     const struct peer_link_options *options, struct error *error)
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
        peer_link_free(left->link);
        free(left);
    }
    free(server);
}
