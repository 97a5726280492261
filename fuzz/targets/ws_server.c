/* SPDX-License-Identifier: MIT */
/* A connection as a server sees it: a request if the input begins with a capital letter, then
 * masked frames (ws/http.h, ws/handshake.h, ws/reader.h).
 *
 * Oracles: of the head: reference (slow_http), chunk invariance, prefix, silence after a refusal,
 * work (a head that comes octet by octet costs linear time); of the frames: all of fuzz/reader.h.
 */
#include "fuzz/connection.h"

const char fuzz_target_name[] = "ws_server";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    connection_stream(&connection_server, true, bytes_of(data, size));
    return 0;
}
