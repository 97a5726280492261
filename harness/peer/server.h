/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_SERVER_H
#define WSCONFORM_PEER_SERVER_H

#include "net/address.h"
#include "net/loop.h"
#include "peer/echo.h"

/* The built-in echo server: any number of connections, each a peer_echo. */
struct peer_server;

struct peer_server_options {
    struct peer_echo_options echo;
    unsigned handshake_ms; /* a request that is not whole by then is dropped */
    unsigned drain_ms;     /* after our FIN the client has this long to close too */
    size_t drain_max;      /* and may send this many octets, which are thrown away */
};

/* peer_echo_defaults, 10 s, 10 s, 256 MiB */
struct peer_server_options peer_server_defaults(void);

/* Listens (port 0 takes a free one). Returns NULL with the sentence in `error` if it cannot. The
 * caller ends it with peer_server_close before it frees the loop. */
struct peer_server *peer_server_open(struct net_loop *loop, const struct net_address *address,
                                     const struct peer_server_options *options,
                                     struct error *error);
unsigned peer_server_port(const struct peer_server *server);

/* Closes the listener and all connections. NULL is fine. */
void peer_server_close(struct peer_server *server);

#endif
