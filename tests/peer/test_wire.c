/* SPDX-License-Identifier: MIT */
#include "peer/wire.h"

#include "quirks.h"

static void changes_nothing_by_itself(void **state)
{
    (void)state;
    static const uint8_t frames[] = "\x01\x82\x01\x02\x03\x04"
                                    "ab\x80\xfe\x00\x02\x01\x02\x03\x04"
                                    "cd\x89\x80\x01\x02\x03\x04";
    static const struct peer_quirk quirk = {.name = "none"};
    for (size_t cut = 0; cut < sizeof frames; cut++) {
        struct peer_wire wire = {.frames = 0};
        struct buffer out = {0};
        uint8_t copy[sizeof frames];
        memcpy(copy, frames, sizeof frames);
        peer_wire_feed(&quirk, &wire, copy, cut, &out);
        peer_wire_feed(&quirk, &wire, copy + cut,
                       sizeof frames - 1 - (cut < sizeof frames - 1 ? cut : sizeof frames - 1),
                       &out);
        assert_int_equal(out.len, sizeof frames - 1);
        assert_memory_equal(out.data, frames, out.len);
        assert_int_equal(wire.frames, 3);
        buffer_free(&out);
    }
}

static void misreads_lengths(void **state)
{
    (void)state;
    struct peer_wire wire = {.frames = 0};
    struct peer_quirk quirk = {.kind = PEER_LENGTH_16_SWAPPED};
    struct ws_frame frame = {.length = 256, .form = WS_LENGTH_16};
    assert_true(peer_wire_length(&quirk, &wire, &frame));
    assert_int_equal(frame.length, 1);
    frame = (struct ws_frame){.length = UINT64_C(1) << 63 | 5, .form = WS_LENGTH_64};
    quirk.kind = PEER_LENGTH_64_TO_63;
    assert_true(peer_wire_length(&quirk, &wire, &frame));
    assert_int_equal(frame.length, 5);
    frame = (struct ws_frame){.length = 1, .form = WS_LENGTH_64};
    quirk.kind = PEER_LENGTH_64_SWAPPED;
    assert_true(peer_wire_length(&quirk, &wire, &frame));
    assert_true(frame.length == UINT64_C(1) << 56);
}

static void unmasks_wrongly(void **state)
{
    (void)state;
    struct peer_wire wire = {.frame = {.masked = true, .key = {1, 2, 3, 4}, .length = 5}};
    struct peer_quirk quirk = {.kind = PEER_UNMASK_TAIL, .n = 4};
    uint8_t data[5] = {1 ^ 'a', 2 ^ 'b', 3 ^ 'c', 4 ^ 'd', 1 ^ 'e'};
    peer_wire_unmask(&quirk, &wire, data, sizeof data);
    ws_mask_apply(data, sizeof data, wire.frame.key, 0);
    assert_memory_equal(data, "abcd", 4);
    assert_int_equal(data[4], 'e' ^ 1 ^ 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_nothing_by_itself),
        cmocka_unit_test(misreads_lengths),
        cmocka_unit_test(unmasks_wrongly),
    };
    return cmocka_run_group_tests_name("peer/wire", tests, NULL, NULL);
}
