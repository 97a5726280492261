/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_LINK_H
#define WSCONFORM_PEER_LINK_H

#include "net/address.h"
#include "net/loop.h"
#include "net/tcp.h"
#include "peer/echo.h"

/* A peer_echo on a TCP connection. */
struct peer_link;

struct peer_link_options {
    struct peer_echo_options echo;
    unsigned opening_ms; /* a handshake that is not whole by then ends the connection */
    unsigned drain_ms;   /* at the end the other side has this long for its FIN */
    size_t drain_max;    /* and may send this many octets, which are thrown away */
};

/* peer_echo_defaults, 10 s, 10 s, 256 MiB */
struct peer_link_options peer_link_defaults(void);

/* Called from the loop when all is over; the owner calls peer_link_free then or later. A client
 * whose quirk leaves TCP open is over when the server has ended TCP, and once more when TCP is gone
 * after all. */
typedef void peer_link_done(void *context, struct peer_link *link);

/* Takes over a connection that a listener accepted. */
struct peer_link *peer_link_accept(struct net_loop *loop, struct net_tcp *tcp,
                                   const struct peer_link_options *options, peer_link_done *done,
                                   void *context);

/* Connects and sends the request. */
struct peer_link *peer_link_connect(struct net_loop *loop, const struct net_address *address,
                                    const struct peer_link_options *options, peer_link_done *done,
                                    void *context);

/* True once TCP was there. */
bool peer_link_connected(const struct peer_link *link);

/* Borrowed. */
const struct peer_echo *peer_link_echo(const struct peer_link *link);

/* True if a quirk has left TCP open though all is over. */
bool peer_link_lingers(const struct peer_link *link);

/* Ends what is left of it. NULL is fine. */
void peer_link_free(struct peer_link *link);

#endif
