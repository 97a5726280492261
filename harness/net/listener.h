/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_NET_LISTENER_H
#define WSCONFORM_NET_LISTENER_H

#include "net/address.h"
#include "net/loop.h"

struct net_tcp;
struct net_listener;

/* Owns the connection that it is given and sets its callbacks with net_tcp_attach before it
 * returns; it may close it at once. */
typedef void net_listener_accepted(void *context, struct net_tcp *tcp);

/* Listens; port 0 takes a free one. Returns NULL with the sentence in `error`. The caller ends it
 * with net_listener_close. */
struct net_listener *net_listener_open(struct net_loop *loop, const struct net_address *address,
                                       net_listener_accepted *accepted, void *context,
                                       struct error *error);
unsigned net_listener_port(const struct net_listener *listener);
void net_listener_close(struct net_listener *listener); /* NULL is fine */

#endif
