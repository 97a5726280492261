/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_SLOW_PERMESSAGE_H
#define WSCONFORM_FUZZ_SLOW_PERMESSAGE_H

#include "base/bytes.h"

/* A slow reading of what two sides agree on about permessage-deflate, written from RFC 7692, 7 and
 * 7.1, and not from harness/ws. */

enum slow_permessage_parameter {
    SLOW_PERMESSAGE_SERVER_NO_TAKEOVER,
    SLOW_PERMESSAGE_CLIENT_NO_TAKEOVER,
    SLOW_PERMESSAGE_SERVER_WINDOW,
    SLOW_PERMESSAGE_CLIENT_WINDOW,
    SLOW_PERMESSAGE_PARAMETERS
};

/* An element of Sec-WebSocket-Extensions with that name. */
struct slow_permessage {
    unsigned named[SLOW_PERMESSAGE_PARAMETERS]; /* how often */
    bool wrong[SLOW_PERMESSAGE_PARAMETERS];     /* once with or without a value against 7.1 */
    unsigned bits[SLOW_PERMESSAGE_PARAMETERS];  /* the value, if it is a good one; else 0 */
    bool bare;    /* client_max_window_bits has no value, as offers may leave it out */
    bool unknown; /* another parameter is named */
};

/* The elements that obey the grammar of RFC 6455, 9.1, at most `max`, in all fields of that name;
 * returns how many there are. `*named`: one has the name, whatever else is in it. */
size_t slow_permessage_read(const struct bytes *values, size_t count,
                            struct slow_permessage *elements, size_t max, bool *named);

/* True if an offer has nothing for which 7 tells a server to decline it. */
bool slow_permessage_acceptable(const struct slow_permessage *offer);

/* True if a request breaks nothing that binds the client: 7.1.1.1, 7.1.2.1, 7.1.2.2 and RFC 6455,
 * 9.1. */
bool slow_permessage_good_offers(const struct bytes *values, size_t count);

/* True if a client that sent `offers` goes on with the answer and compresses (7, 7.1, 5). */
bool slow_permessage_agreed(const struct bytes *offers, size_t offer_count,
                            const struct bytes *answers, size_t answer_count);

#endif
