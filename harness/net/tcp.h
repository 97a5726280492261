/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_NET_TCP_H
#define WSCONFORM_NET_TCP_H

#include "base/bytes.h"
#include "net/address.h"
#include "net/loop.h"

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
    /* Nothing more will come. Writing may still work after NET_END_FIN; if it does not, this is
     * called once more with another end, and `written` is not. What a peer sent before a reset is
     * read first, even if a write found the reset earlier. */
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

/* Reads at most `octets` at a time and asks the kernel to buffer no more than about that, for a
 * reader that makes its peer wait. Right after net_tcp_connect. */
void net_tcp_narrow(struct net_tcp *tcp, size_t octets);

/* Stops or resumes reading, for peers that must not be read from. */
void net_tcp_pause(struct net_tcp *tcp);
void net_tcp_resume(struct net_tcp *tcp);

/* Closes and frees; no callback comes any more. `reset` ends with RST instead of FIN. What was
 * not `written` yet is lost, and the kernel resets where octets of the peer were left unread. */
void net_tcp_close(struct net_tcp *tcp, bool reset);

/* Sets the callbacks of a connection that a listener accepted. */
void net_tcp_attach(struct net_tcp *tcp, const struct net_tcp_events *events, void *context);

#endif
