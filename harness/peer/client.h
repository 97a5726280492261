/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_CLIENT_H
#define WSCONFORM_PEER_CLIENT_H

#include "peer/link.h"

/* The built-in echo client: one connection after the other. */
struct peer_client;

struct peer_client_options {
    struct peer_link_options link; /* role, url, number and heard are filled in */
    struct net_address address;
};

enum peer_client_status {
    PEER_CLIENT_DONE,        /* the connection was opened, and has ended */
    PEER_CLIENT_REFUSED,     /* TCP was there, but the opening handshake failed */
    PEER_CLIENT_UNREACHABLE, /* TCP was not */
    PEER_CLIENT_INTERRUPTED  /* somebody stopped the loop */
};

/* The caller frees it with peer_client_free before it frees the loop. */
struct peer_client *peer_client_new(struct net_loop *loop,
                                    const struct peer_client_options *options);

/* Connects for `url`, echoes until the end, and returns when all is over; with `heard`, messages
 * are appended to it and not echoed, and there is no quirk. `error` says what went wrong, unless
 * the connection was opened or the loop was stopped. */
enum peer_client_status peer_client_run(struct peer_client *client, const struct ws_url *url,
                                        struct buffer *heard, struct error *error);

/* Waits until the loop is stopped if a quirk has left the last connection's TCP open. */
void peer_client_linger(struct peer_client *client);

/* Ends what a quirk left open, too. NULL is fine. */
void peer_client_free(struct peer_client *client);

#endif
