/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_MUTATE_H
#define WSCONFORM_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Changes streams of frames as frames: behind a mask, changing octets blindly is of no use. If a
 * head of HTTP stands in front, every other call changes that instead (fuzz/mutate_head.h). Nothing
 * here needs libFuzzer. */

/* Something that changes octets without knowing them: LLVMFuzzerMutate has this type. Returns the
 * new size, at most `max`. */
typedef size_t mutate_octets(uint8_t *data, size_t size, size_t max);

/* Changes the stream in place and returns its new size, at most `max`: unmasks, edits one to four
 * times (payloads, UTF-8 at the borders of sequences, opcodes, FIN, RSV, lengths and their form,
 * masks and keys, splitting and merging fragments, inserting control frames, Close codes, moving
 * and doubling frames), and masks again. One call in four is left to `octets` (may be NULL: then
 * never). The same arguments give the same result. */
size_t mutate_stream(uint8_t *data, size_t size, size_t max, unsigned seed, mutate_octets *octets);

/* Frames of `a` and `b` in one stream; returns its size, at most `max`. */
size_t mutate_cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                    size_t max, unsigned seed);

#endif
