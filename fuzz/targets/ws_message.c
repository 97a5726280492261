/* SPDX-License-Identifier: MIT */
/* ws/reader.h in strict mode, from whole messages to limits: frames of a client if the first one is
 * masked, else of a server; one input in eight is read with a limit.
 *
 * Oracles: all of fuzz/reader.h: reference, chunk invariance, prefix, silence after a failure,
 * consumption, round trip, the observing reader beside the strict one, work, held, libwslay. */
#include "fuzz/reader.h"

const char fuzz_target_name[] = "ws_message";

/* Around the borders of the length's forms, and none. */
static uint64_t limit_of(uint64_t hash)
{
    static const uint64_t limits[] = {1, 5, 16, 125, 126, 127, 1000, 65536};
    return oracle_sample(hash, 20, 8) ? limits[hash % (sizeof(limits) / sizeof(limits[0]))] : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    bool masked = size > 1 && data[1] >= 128;
    uint64_t hash = oracle_hash(in);
    struct slow_profile profile = reader_profile(masked, limit_of(hash));
    reader_stream(&profile, in, hash);
    return 0;
}
