/* SPDX-License-Identifier: MIT */
/* A connection as a client sees it: the answer to connection_request if the input begins with a
 * capital letter, then frames that are not masked (ws/http.h, ws/handshake.h, ws/reader.h).
 *
 * Oracles: of the head: reference (slow_http), chunk invariance, prefix, silence after a failure,
 * work; of the frames: all of fuzz/reader.h. */
#include "fuzz/connection.h"

const char fuzz_target_name[] = "ws_client";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    connection_stream(&connection_client, false, bytes_of(data, size));
    return 0;
}
