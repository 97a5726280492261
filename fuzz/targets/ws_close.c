/* SPDX-License-Identifier: MIT */
/* ws/close.h: the payload of a Close, from a client and from a server.
 *
 * Oracles: reference (slow_close); round trip (write(read(x)), and read(write(e)) with a code and a
 * reason made of the octets); the classes of 7.4.2. It reads in one go and keeps no state, so
 * nothing of chunks, failures or memory. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/oracle.h"
#include "ws/close.h"

const char fuzz_target_name[] = "ws_close";

enum { PAYLOAD_MAX = 125 }; /* RFC 6455, 5.5 */

/* The violations that each broken rule can be called by. */
static bool is_called(enum ws_violation violation, uint32_t broken)
{
    switch (violation) {
    case WS_FINE:
        return broken == 0;
    case WS_BAD_CLOSE_LENGTH:
        return broken & SLOW_BIT(SLOW_CLOSE_LENGTH);
    case WS_BAD_CLOSE_REASON:
        return broken & SLOW_BIT(SLOW_CLOSE_REASON);
    default:
        return broken & SLOW_BIT(SLOW_CLOSE_CODE);
    }
}

static void check(struct bytes payload, bool from_client)
{
    uint8_t *chunk = oracle_chunk(payload);
    struct ws_close close;
    enum ws_violation violation = ws_close_read(&close, bytes_of(chunk, payload.len), from_client);
    uint32_t broken = slow_close(payload, from_client);
    if (!is_called(violation, broken))
        oracle_violation("reference", "RFC6455-7.4.2-02", "%s (code %u); by the RFC rules %x",
                         ws_violation_text(violation), close.code, broken);
    if (payload.len >= 2) {
        uint8_t *written = malloc(payload.len);
        size_t size = ws_close_write(written, close.code, close.reason);
        if (size != payload.len || memcmp(written, payload.data, size) != 0)
            oracle_violation("round-trip", "RFC6455-5.5.1-03", "write(read(x)) is not x");
        free(written);
    }
    free(chunk);
}

/* The ranges of RFC 6455, 7.4.2, and the single codes of 7.4.1. */
static void check_class(uint16_t code)
{
    enum ws_close_class class = ws_close_classify(code);
    bool fits;
    if (code < 1000 || code > 4999)
        fits = class == (code < 1000 ? WS_CLOSE_CLASS_UNUSED : WS_CLOSE_CLASS_OUTSIDE);
    else if (code >= 3000)
        fits = class == (code < 4000 ? WS_CLOSE_CLASS_LIBRARY : WS_CLOSE_CLASS_PRIVATE);
    else if (code == 1005 || code == 1006 || code == 1015)
        fits = class == WS_CLOSE_CLASS_LOCAL;
    else if (code == 1004 || code > 1015)
        fits = class == (code == 1004 ? WS_CLOSE_CLASS_RESERVED : WS_CLOSE_CLASS_UNASSIGNED);
    else
        fits = class == (code < 1012 ? WS_CLOSE_CLASS_DEFINED : WS_CLOSE_CLASS_REGISTERED);
    if (!fits)
        oracle_violation("reference", "RFC6455-7.4.2-02", "code %u is of class %d", code,
                         (int)class);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes payload = bytes_of(data, size < PAYLOAD_MAX ? size : PAYLOAD_MAX);
    check(payload, true);
    check(payload, false);
    if (size < 2)
        return 0;
    uint16_t code = (uint16_t)(data[0] << 8 | data[1]);
    check_class(code);
    uint8_t written[PAYLOAD_MAX];
    struct bytes reason = bytes_of(payload.data + 2, payload.len - 2);
    size_t len = ws_close_write(written, code, reason);
    struct ws_close close;
    ws_close_read(&close, bytes_of(written, len), true);
    if (close.code != code || !bytes_equal(close.reason, reason))
        oracle_violation("round-trip", "RFC6455-5.5.1-03", "read(write(e)) is not e");
    return 0;
}
