/* SPDX-License-Identifier: MIT */
/* ws/extension.h: the value of Sec-WebSocket-Extensions.
 *
 * Oracles: reference (slow_http_extensions); the members of the list, each alone, are all good if
 * the list is; work (linear). It reads in one go and keeps no state. */
#include <stdlib.h>

#include "fuzz/oracle.h"
#include "fuzz/slow_http.h"
#include "ws/extension.h"
#include "ws/http.h"

const char fuzz_target_name[] = "ws_extension";

/* RFC 6455, 9.1: a list is good if it has members and each is. */
static bool members_valid(struct bytes value)
{
    size_t offset = 0;
    size_t count = 0;
    struct bytes member;
    for (; ws_http_next_in_value(value, &offset, &member); count++)
        if (!ws_extension_list_valid(member))
            return false;
    return count > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *chunk = oracle_chunk(bytes_of(data, size));
    struct bytes value = bytes_of(chunk, size);
    uint64_t before = fuzz_work;
    bool valid = ws_extension_list_valid(value);
    oracle_work(fuzz_work - before, size, 1);
    if (valid != slow_http_extensions(bytes_of(data, size)))
        oracle_violation("reference", "RFC6455-9.1-01", "the value is %s; by the RFC it is not",
                         valid ? "valid" : "not valid");
    if (valid != members_valid(value))
        oracle_violation("contract", "RFC6455-9.1-01", "the list is %s, its members are not",
                         valid ? "valid" : "not valid");
    free(chunk);
    return 0;
}
