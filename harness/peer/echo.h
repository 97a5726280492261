/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_ECHO_H
#define WSCONFORM_PEER_ECHO_H

#include "base/buffer.h"

/* One connection of a strict echo server, without I/O: octets of the client in, octets for the
 * client and the wish to end out. It sends each message back whole, in one frame of the same
 * type, and only when it is known to be valid. */
struct peer_echo;
struct peer_quirk;

struct peer_echo_options {
    size_t head_max;                /* octets in the head of the request */
    uint64_t message_max;           /* octets in a message; more is refused with 1009 */
    const struct peer_quirk *quirk; /* what it does otherwise; NULL: nothing. Borrowed */
};

/* 64 KiB and 64 MiB */
extern const struct peer_echo_options peer_echo_defaults;

/* The caller frees it with peer_echo_free (NULL is fine). */
struct peer_echo *peer_echo_new(const struct peer_echo_options *options);
void peer_echo_free(struct peer_echo *echo);

enum peer_echo_wish {
    PEER_ECHO_MORE, /* go on feeding */
    PEER_ECHO_END,  /* send what is in `out`, then a FIN; what the client still says is ignored */
    /* only with a quirk: */
    PEER_ECHO_END_LATE, /* as PEER_ECHO_END, but let time go by before the FIN */
    PEER_ECHO_RESET,    /* send what is in `out`, then an RST */
    PEER_ECHO_DIE       /* end the process */
};

/* Takes octets of the client, which it changes, and appends the answers to `out`. How the octets
 * are cut makes no difference to the answers. */
enum peer_echo_wish peer_echo_feed(struct peer_echo *echo, uint8_t *data, size_t len,
                                   struct buffer *out);

/* True if the answers to what was fed last should wait, as a quirk wants it. */
bool peer_echo_take_slow(struct peer_echo *echo);

/* True until the request was answered. */
bool peer_echo_in_handshake(const struct peer_echo *echo);

#endif
