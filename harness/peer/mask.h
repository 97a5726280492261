/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_MASK_H
#define WSCONFORM_PEER_MASK_H

#include "peer/quirk.h"

/* Quirks of masking what a client sends. */

/* How peer_mask_choose differs. */
enum peer_mask {
    PEER_MASK_NONE,        /* no mask */
    PEER_MASK_FLAG_ONLY,   /* the flag and a key, but the payload as it was */
    PEER_MASK_NO_FLAG,     /* the payload is masked, but neither flag nor key is sent */
    PEER_MASK_CONSTANT,    /* the key is always `n` */
    PEER_MASK_COUNTER,     /* it is that of the frame before and `n` */
    PEER_MASK_XORSHIFT,    /* it follows from that of the frame before, as xorshift32 says */
    PEER_MASK_TWISTER,     /* it is the next output of MT19937, the first octet the highest */
    PEER_MASK_GO,          /* of the generator of Go's math/rand, the first octet the lowest */
    PEER_MASK_AS_FIRST,    /* it is that of the first frame */
    PEER_MASK_HELD,        /* it changes every `n` frames */
    PEER_MASK_CYCLE,       /* after `n` keys the first comes again */
    PEER_MASK_FROM_KEY,    /* it is the first octets of Sec-WebSocket-Key */
    PEER_MASK_FROM_LENGTH, /* it is computed from the length of the payload */
    PEER_MASK_BITS,        /* only the bits in `n` are random */
    PEER_MASK_ONE_OCTET,   /* one octet four times */
    PEER_MASK_REPLAYED,    /* each connection has the same keys in the same order */
    PEER_MASK_REVERSED,    /* the payload is masked with the octets in reverse order */
    PEER_MASK_ROTATED,     /* it is masked from the second octet of the key on */
    PEER_MASK_BEFORE,      /* it is masked with the key of the frame before */
    PEER_MASK_ZERO_ONCE    /* it is zero in the first frame of connection `n` */
};

/* A generator that all connections of a client share: its state and how much it has drawn. Zeroed
 * at first; the quirk seeds it. */
enum { PEER_MASK_SOURCE_SIZE = 624 };

struct peer_mask_source {
    uint64_t words[PEER_MASK_SOURCE_SIZE];
    size_t drawn;
};

/* peer_quirk_mask: masks frames that peer_quirk_matches otherwise; `kind` is an enum peer_mask.
 * Those that draw from echo->options.source need one. */
peer_quirk_mask peer_mask_choose;

#endif
