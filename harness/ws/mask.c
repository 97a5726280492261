/* SPDX-License-Identifier: MIT */
#include "ws/mask.h"

#include <string.h>

static void apply_octets(uint8_t *data, size_t from, size_t to, const uint8_t key[4],
                         uint64_t offset)
{
    for (size_t i = from; i < to; i++)
        data[i] ^= key[(offset + i) % 4];
}

void ws_mask_apply(uint8_t *data, size_t len, const uint8_t key[4], uint64_t offset)
{
    /* Octet by octet to where the key begins anew; from there on a word holds it twice, in whatever
     * order the machine keeps its octets. */
    size_t i = (size_t)(-offset % 4);
    if (i > len)
        i = len;
    apply_octets(data, 0, i, key, offset);
    uint32_t once;
    memcpy(&once, key, sizeof(once));
    uint64_t twice = (uint64_t)once << 32 | once;
    for (; len - i >= sizeof(twice); i += sizeof(twice)) {
        uint64_t word;
        memcpy(&word, data + i, sizeof(word));
        word ^= twice;
        memcpy(data + i, &word, sizeof(word));
    }
    apply_octets(data, i, len, key, offset);
}
