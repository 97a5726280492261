/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_ECHO_H
#define WSCONFORM_PEER_ECHO_H

#include "base/buffer.h"

/* One connection of a strict echo server, without I/O: octets of the client in, octets for the
 * client and the wish to end out. It sends each message back whole, in one frame of the same
 * type, and only when it is known to be valid. */
struct peer_echo;

struct peer_echo_options {
    size_t head_max;      /* octets in the head of the request */
    uint64_t message_max; /* octets in a message; more is refused with 1009 */
};

/* 64 KiB and 64 MiB */
extern const struct peer_echo_options peer_echo_defaults;

/* The caller frees it with peer_echo_free (NULL is fine). */
struct peer_echo *peer_echo_new(const struct peer_echo_options *options);
void peer_echo_free(struct peer_echo *echo);

enum peer_echo_wish {
    PEER_ECHO_MORE, /* go on feeding */
    PEER_ECHO_END   /* send what is in `out`, then a FIN; what the client still says is ignored */
};

/* Takes octets of the client, which it changes, and appends the answers to `out`. How the octets
 * are cut makes no difference to the answers. */
enum peer_echo_wish peer_echo_feed(struct peer_echo *echo, uint8_t *data, size_t len,
                                   struct buffer *out);

/* True until the request was answered. */
bool peer_echo_in_handshake(const struct peer_echo *echo);

#endif
