/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_JUDGE_KEYS_H
#define WSCONFORM_JUDGE_KEYS_H

#include "ws/handshake.h"

/* Whether the masking keys and the nonces that a client chose in one run can have come from a good
 * source of random octets (RFC 6455, 4.1 item 7, 5.3 and 10.3).
 *
 * One odd key proves nothing: each 32-bit key is as likely as any other. So every test counts what
 * a random source does rarely and speaks only where such a source would do it with a probability
 * below JUDGE_KEYS_RISK. There are fewer than 30 tests: the chance that a good source is blamed in
 * a run is below 30 * JUDGE_KEYS_RISK. Random is what cannot be told from random here; that a
 * source cannot be predicted is not provable from outside, only that it can: a few generators that
 * many languages have are known here. */
#define JUDGE_KEYS_RISK 1e-11

enum {
    JUDGE_KEYS_MASKS_NEEDED = 8,  /* fewer masking keys say nothing */
    JUDGE_KEYS_NONCES_NEEDED = 8, /* fewer nonces say nothing but that two are equal */
    JUDGE_KEYS_MASKS_MAX = 65536, /* the ones behind are not looked at: 8 octets each are kept */
    JUDGE_KEYS_NONCES_MAX = 16384
};

/* A zeroed struct holds no keys. */
struct judge_keys {
    struct judge_keys_mask *masks;
    size_t mask_count;
    size_t mask_capacity;
    uint8_t (*nonces)[16];
    size_t nonce_count;
    size_t nonce_capacity;
    uint32_t connection;
};

/* The masking keys added from now on came on another connection. The order of the keys of one
 * connection counts, the order of the connections hardly. */
void judge_keys_next_connection(struct judge_keys *keys);

/* Adds the masking key of one frame, its four octets in the order of the wire. */
void judge_keys_add_mask(struct judge_keys *keys, const uint8_t key[4]);

/* Adds the value of one Sec-WebSocket-Key; one that is not valid is passed over. */
void judge_keys_add_nonce(struct judge_keys *keys, struct bytes key);

/* Reports at most one sentence for the masking keys, the plainest: RFC6455-5.3-03 (keys come
 * again), RFC6455-10.3-01 (the outputs of a known generator), RFC6455-5.3-05 (one key says the
 * next) or RFC6455-5.3-04 (keys that are not random in another way); and at most one for the
 * nonces: RFC6455-4.1-30. `text` is valid only during the call. */
void judge_keys_report(const struct judge_keys *keys, ws_handshake_report *report, void *context);

void judge_keys_free(struct judge_keys *keys);

#endif
