/* SPDX-License-Identifier: MIT */
#include "peer/quirk.h"

#include "quirks.h"

static void finds_by_name(void **state)
{
    (void)state;
    assert_string_equal(peer_quirk_find_fault("close-twice")->name, "close-twice");
    assert_string_equal(peer_quirk_find_variant("greets")->name, "greets");
    assert_null(peer_quirk_find_fault("greets"));
    assert_null(peer_quirk_find_variant("close-twice"));
    assert_null(peer_quirk_find_fault(""));
}

static void matches_all_or_what_is_asked(void **state)
{
    (void)state;
    struct ws_frame frame = {.fin = true, .opcode = WS_PING, .length = 125};
    struct peer_quirk quirk = {.name = "x"};
    assert_true(peer_quirk_matches(&quirk, &frame, false, 0));
    quirk.opcodes = 1U << WS_PONG;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    quirk.opcodes |= 1U << WS_PING;
    quirk.least = 125;
    quirk.below = 126;
    assert_true(peer_quirk_matches(&quirk, &frame, false, 0));
    frame.length = 126;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    frame.length = 124;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
}

static void matches_places(void **state)
{
    (void)state;
    struct ws_frame frame = {.fin = true, .opcode = WS_TEXT};
    struct peer_quirk quirk = {.places = PEER_INSIDE_MESSAGE};
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    assert_true(peer_quirk_matches(&quirk, &frame, true, 0));
    quirk.places = PEER_OUTSIDE_MESSAGE;
    assert_false(peer_quirk_matches(&quirk, &frame, true, 0));
    quirk.places = PEER_NOT_FIRST;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    assert_true(peer_quirk_matches(&quirk, &frame, false, 1));
    quirk.places = PEER_NOT_FINAL;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    quirk.places = PEER_IS_FINAL;
    assert_true(peer_quirk_matches(&quirk, &frame, false, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_name),
        cmocka_unit_test(matches_all_or_what_is_asked),
        cmocka_unit_test(matches_places),
    };
    return cmocka_run_group_tests_name("peer/quirk", tests, NULL, NULL);
}
