/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_NET_TCP_H
#define WSCONFORM_NET_TCP_H

#include "base/bytes.h"
#include "base/error.h"
#include "net/loop.h"

/* An address to connect to or listen on. */
struct net_address {
    uint8_t storage[128]; /* a struct sockaddr_storage */
};

/* Resolves a host name or an IPv4 or IPv6 literal (with or without brackets). Returns 0, or -1
 * with the sentence in `error`. When a name has several addresses the one that accepts a
 * connection is found by net_tcp_first_open; here the first one counts. */
int net_address_resolve(struct net_address *address, const char *host, unsigned port,
                        struct error *error);

/* As above, but tries all addresses of the name and keeps the first on which something listens
 * (localhost may be ::1 or 127.0.0.1); falls back to the first. Blocks for at most `timeout_ms`. */
int net_address_resolve_open(struct net_address *address, const char *host, unsigned port,
                             unsigned timeout_ms, struct error *error);

/* True if something accepts TCP connections there now (the connection is closed at once).
 * Blocks for at most `timeout_ms`. */
bool net_address_answers(const struct net_address *address, unsigned timeout_ms);

/* A free TCP port on 127.0.0.1 at this moment; 0 if there is none. */
unsigned net_address_free_port(void);

/* How a connection ended. */
enum net_end {
    NET_END_FIN,     /* the peer closed its side */
    NET_END_RESET,   /* ECONNRESET or EPIPE */
    NET_END_REFUSED, /* nobody listens: the connection was never made */
    NET_END_FAILED   /* any other failure of the network */
};

struct net_tcp;

/* All callbacks run from the loop, never from inside a call into this file, and never after
 * net_tcp_close. */
struct net_tcp_events {
    void (*connected)(void *context);
    /* Octets from the peer; they may be changed, and are gone after the call. */
    void (*bytes)(void *context, uint8_t *data, size_t len);
    /* The last write was handed to the kernel: the next may follow. */
    void (*written)(void *context);
    /* Nothing more will come. Writing may still work after NET_END_FIN. */
    void (*ended)(void *context, enum net_end end);
};

/* Starts to connect. TCP_NODELAY is set; TCP_QUICKACK is armed again after each read where the
 * system has it. The caller owns the handle and gives it back with net_tcp_close. */
struct net_tcp *net_tcp_connect(struct net_loop *loop, const struct net_address *address,
                                const struct net_tcp_events *events, void *context);

/* Sends one run of octets, which is copied, as one write to the kernel where it takes it whole.
 * `written` is called when all of it was taken. At most one write at a time. */
void net_tcp_write(struct net_tcp *tcp, struct bytes b);

/* Ends our direction after what was written (a FIN). */
void net_tcp_half_close(struct net_tcp *tcp);

/* Stops or resumes reading, for peers that must not be read from. */
void net_tcp_pause(struct net_tcp *tcp);
void net_tcp_resume(struct net_tcp *tcp);

/* Closes and frees; no callback comes any more. `reset` ends with RST instead of FIN. */
void net_tcp_close(struct net_tcp *tcp, bool reset);

/* Listening. `accepted` owns the connection that it is given and sets its callbacks with
 * net_tcp_attach before it returns. */
struct net_listener;
typedef void net_listener_accepted(void *context, struct net_tcp *tcp);
struct net_listener *net_listener_open(struct net_loop *loop, const struct net_address *address,
                                       net_listener_accepted *accepted, void *context,
                                       struct error *error); /* NULL with the sentence in error */
unsigned net_listener_port(const struct net_listener *listener);
void net_listener_close(struct net_listener *listener); /* NULL is fine */
void net_tcp_attach(struct net_tcp *tcp, const struct net_tcp_events *events, void *context);

#endif
