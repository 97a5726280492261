/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_CONNECTION_H
#define WSCONFORM_DRIVE_CONNECTION_H

#include "net/tcp.h"
#include "run/party.h"

/* Joins a party to a TCP connection: octets and ends go in, its actions are carried out. */
struct drive_connection;

struct drive_connection_events {
    /* The party is done and the connection is closed; the handle is gone after the call. */
    void (*done)(void *context);
    /* Something happened to the party; may be NULL. */
    void (*stirred)(void *context);
};

/* Reads slowly from now on: a little at a time, with a pause behind each read. */
void drive_connection_slow_down(struct drive_connection *connection);

/* Connects. `party` is borrowed until `done` or drive_connection_drop. A connection that does not
 * come about in `connect_us` counts as refused. */
struct drive_connection *drive_connection_open(struct net_loop *loop,
                                               const struct net_address *address,
                                               struct run_party party, uint64_t connect_us,
                                               const struct drive_connection_events *events,
                                               void *context);

/* Takes over a connection that a listener accepted. The party must begin with WAIT. */
struct drive_connection *drive_connection_accept(struct net_loop *loop, struct net_tcp *tcp,
                                                 struct run_party party,
                                                 const struct drive_connection_events *events,
                                                 void *context);

/* Asks the party what to do now, after something changed in it from outside. */
void drive_connection_poke(struct drive_connection *connection);

/* Closes at once; `done` is not called. NULL is fine. */
void drive_connection_drop(struct drive_connection *connection);

#endif
