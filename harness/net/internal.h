/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_NET_INTERNAL_H
#define WSCONFORM_NET_INTERNAL_H

#include <uv.h>

#include "net/loop.h"
#include "net/tcp.h"

/* libuv's types, for the files of this room only. */

/* The first member of everything whose handle lives in a loop; each handle's `data` points to it,
 * so that net_loop_free can close what was left open. */
struct net_owned {
    void (*release)(struct net_owned *owned);
};

enum { NET_READ_SIZE = 65536 };

struct net_loop {
    uv_loop_t uv;
    uv_signal_t interrupts[2];
    void (*interrupted)(void *context);
    void *context;
    bool catches;
    /* libuv fills a buffer and hands it over before it asks for the next, so one serves all. */
    uint8_t read_buffer[NET_READ_SIZE];
};

/* An uv_alloc_cb that lends the loop's read buffer. */
void net_loop_lend(uv_handle_t *handle, size_t wanted, uv_buf_t *out);

/* A connection out of a listener's queue, already reading; NULL if there is none. */
struct net_tcp *net_tcp_accept(struct net_loop *loop, uv_stream_t *listener);

/* True if both ends of the connection are the same socket, as can happen when one connects to a
 * port of the ephemeral range on which nobody listens. */
bool net_address_is_self(int descriptor);

#endif
