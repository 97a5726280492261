/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_MUTATE_HEAD_H
#define WSCONFORM_FUZZ_MUTATE_HEAD_H

#include "fuzz/mutate.h"

/* Changes a head of HTTP as lines: fields come, go, change places and come twice; one to three
 * times a line is edited. One call in four is left to `octets` (may be NULL: then never). Returns
 * the new size, at most `max`. The same arguments give the same result. */
size_t mutate_head(uint8_t *data, size_t size, size_t max, unsigned seed, mutate_octets *octets);

#endif
