/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_SERVER_H
#define WSCONFORM_PEER_SERVER_H

#include "peer/link.h"

/* The built-in echo server: any number of connections, each a peer_link. */
struct peer_server;

/* Listens (port 0 takes a free one). Returns NULL with the sentence in `error` if it cannot. The
 * caller ends it with peer_server_close before it frees the loop. */
struct peer_server *peer_server_open(struct net_loop *loop, const struct net_address *address,
                                     const struct peer_link_options *options, struct error *error);
unsigned peer_server_port(const struct peer_server *server);

/* Closes the listener and all connections. NULL is fine. */
void peer_server_close(struct peer_server *server);

#endif
