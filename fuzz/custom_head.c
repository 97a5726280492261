/* SPDX-License-Identifier: MIT */
/* Makes libFuzzer use the mutator for heads; linked into the targets that read nothing else. */
#include "fuzz/mutate_head.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return mutate_head(data, size, max, seed, LLVMFuzzerMutate);
}
