/* SPDX-License-Identifier: MIT */
#include "ws/mask.h"

#include <string.h>

void ws_mask_apply(uint8_t *data, size_t len, const uint8_t key[4], uint64_t offset)
{
    /* The key as it meets data[0], twice over: eight octets later it is at the same place again,
     * so whole words need no further turning. */
    uint8_t turned[8];
    for (size_t i = 0; i < sizeof(turned); i++)
        turned[i] = key[(offset + i) % 4];
    uint64_t wide;
    memcpy(&wide, turned, sizeof(wide));

    size_t i = 0;
    for (; len - i >= sizeof(wide); i += sizeof(wide)) {
        uint64_t word;
        memcpy(&word, data + i, sizeof(word));
        word ^= wide;
        memcpy(data + i, &word, sizeof(word));
    }
    for (; i < len; i++)
        data[i] ^= turned[i % 4];
}
