/* SPDX-License-Identifier: MIT */
#include "ws/mask.h"

#include "base/random.h"
#include "support.h"

/* RFC 6455, 5.3, as it is written there. */
static void mask_slowly(uint8_t *data, size_t len, const uint8_t key[4], uint64_t offset)
{
    for (size_t i = 0; i < len; i++)
        data[i] ^= key[(offset + i) % 4];
}

static void masks_the_example_of_the_rfc(void **state)
{
    (void)state;
    static const uint8_t key[4] = {0x37, 0xfa, 0x21, 0x3d};
    uint8_t data[] = {0x7f, 0x9f, 0x4d, 0x51, 0x58};
    ws_mask_apply(data, sizeof(data), key, 0);
    assert_memory_equal(data, "Hello", 5);
    ws_mask_apply(NULL, 0, key, 0);
}

static void compare(size_t len, uint64_t offset, size_t shift, const uint8_t *key)
{
    struct random random = random_start(len + 100 * shift, bytes_text("mask"));
    uint8_t plain[200];
    uint8_t slow[200];
    random_fill(&random, plain, sizeof(plain));
    memcpy(slow, plain, sizeof(slow));
    mask_slowly(slow + shift, len, key, offset);
    uint8_t *fast = support_flush(bytes_of(plain, shift + len));
    ws_mask_apply(fast + shift, len, key, offset);
    /* What lies in front is not touched. */
    assert_memory_equal(fast, slow, shift + len);
}

static void equals_the_plain_loop(void **state)
{
    (void)state;
    static const uint8_t key[4] = {0x01, 0x82, 0x3c, 0xf7};
    for (size_t len = 1; len <= 70; len++)
        for (uint64_t offset = 0; offset < 9; offset++)
            for (size_t shift = 0; shift < 9; shift++)
                compare(len, offset, shift, key);
    compare(33, UINT64_C(0x100000003), 1, key);
    compare(33, UINT64_MAX - 5, 1, key);
}

static void works_in_pieces(void **state)
{
    (void)state;
    static const uint8_t key[4] = {9, 8, 7, 6};
    uint8_t whole[64] = {0};
    ws_mask_apply(whole, sizeof(whole), key, 0);
    for (size_t cut = 0; cut <= sizeof(whole); cut++) {
        uint8_t pieces[64] = {0};
        ws_mask_apply(pieces, cut, key, 0);
        ws_mask_apply(pieces + cut, sizeof(pieces) - cut, key, cut);
        assert_memory_equal(pieces, whole, sizeof(whole));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_the_example_of_the_rfc),
        cmocka_unit_test(equals_the_plain_loop),
        cmocka_unit_test(works_in_pieces),
    };
    return cmocka_run_group_tests_name("ws/mask", tests, NULL, NULL);
}
