/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_BASE_RANDOM_H
#define WSCONFORM_BASE_RANDOM_H

#include "base/bytes.h"

/* A seeded sequence (splitmix64): the same seed gives the same octets on every machine. Not for
 * secrets; wsconform's masking keys must be repeatable, not unpredictable. */
struct random {
    uint64_t state;
};

/* The sequence that belongs to `seed` and `name`: each case draws from its own, so that the
 * octets it sends do not depend on which cases ran before it. */
struct random random_start(uint64_t seed, struct bytes name);

uint64_t random_next(struct random *random);
void random_fill(struct random *random, void *out, size_t len);

#endif
