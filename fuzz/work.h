/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_WORK_H
#define WSCONFORM_FUZZ_WORK_H

/* Included ahead of each source under test (-include fuzz/work.h) in the builds for fuzzing, and
 * in no other: counts the octets that memory functions go through, which basic blocks do not show.
 * So code that reads the same octets again for each chunk is seen without a clock. */

#include <stdint.h>
#include <string.h>

extern uint64_t fuzz_work;

/* It stops at what it finds. */
static inline void *work_memchr(const void *in, int octet, size_t len)
{
    void *found = memchr(in, octet, len);
    fuzz_work += found == NULL ? len : (size_t)((const char *)found - (const char *)in) + 1;
    return found;
}

#define memcpy(to, from, len) (fuzz_work += (len), memcpy(to, from, len))
#define memmove(to, from, len) (fuzz_work += (len), memmove(to, from, len))
#define memchr(in, octet, len) work_memchr(in, octet, len)
#define memcmp(a, b, len) (fuzz_work += (len), memcmp(a, b, len))

#endif
