/* SPDX-License-Identifier: MIT */
#include "base/random.h"

struct random random_start(uint64_t seed, struct bytes name)
{
    return (struct random){seed ^ bytes_hash(BYTES_HASH_START, name)};
}

uint64_t random_next(struct random *random)
{
    uint64_t z = (random->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void random_fill(struct random *random, void *out, size_t len)
{
    uint8_t *octets = out;
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++) {
        if (i % 8 == 0)
            word = random_next(random);
        octets[i] = (uint8_t)(word >> (8 * (i % 8)));
    }
}
