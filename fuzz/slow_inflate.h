/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_SLOW_INFLATE_H
#define WSCONFORM_FUZZ_SLOW_INFLATE_H

#include "base/buffer.h"

/* A slow inflater, written from RFC 1951 and RFC 7692, 7.2, bit by bit and without tables: it sees
 * the whole message at once and shares not a line with zlib or harness/ws. */

enum slow_inflate {
    SLOW_INFLATE_WHOLE, /* the message is good and ends as 7.2.1 says */
    SLOW_INFLATE_CUT,   /* good as far as it goes, but no message ends so */
    SLOW_INFLATE_BAD,   /* no DEFLATE stream, or it refers to octets that are not there */
    SLOW_INFLATE_LONG   /* more than `max` octets, of which `max` are given */
};

/* Inflates the payload of a compressed message and appends to `text`, of which what is there
 * already is the window: what earlier messages came to. Distances are at most 2^`window_bits`. What
 * stands in front of a fault is given. */
enum slow_inflate slow_inflate(struct buffer *text, struct bytes payload, unsigned window_bits,
                               size_t max);

#endif
