/* SPDX-License-Identifier: MIT */
/* The mutator for frames behind an octet of settings; linked into ws_deflate. */
#include "fuzz/mutate.h"

enum { SETTINGS = 1, SETTINGS_EVERY = 16 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    if (size <= SETTINGS || max <= SETTINGS)
        return LLVMFuzzerMutate(data, size, max);
    if (seed % SETTINGS_EVERY == 0) {
        data[0] ^= (uint8_t)(1U << seed / SETTINGS_EVERY % 8);
        return size;
    }
    return SETTINGS + mutate_stream(data + SETTINGS, size - SETTINGS, max - SETTINGS,
                                    seed / SETTINGS_EVERY, LLVMFuzzerMutate);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed)
{
    if (a_size <= SETTINGS || b_size <= SETTINGS || max <= SETTINGS)
        return 0;
    out[0] = a[0];
    return SETTINGS + mutate_cross(a + SETTINGS, a_size - SETTINGS, b + SETTINGS, b_size - SETTINGS,
                                   out + SETTINGS, max - SETTINGS, seed);
}
