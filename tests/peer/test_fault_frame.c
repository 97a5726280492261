/* SPDX-License-Identifier: MIT */
#include "peer/fault_frame.h"

#include "quirks.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_fault_frame());
}

static void overlooks_what_it_is_named_for(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_fault("accepts-rsv1", PEER_SERVER));
    talk_text(&talk, 0xc1, "a");
    talk_expect(&talk,
                "\x81\x01"
                "a",
                3);
    talk_text(&talk, 0xa1, "a");
    talk_expect(&talk, "\x88\x02\x03\xea", 4);
    assert_int_equal(talk.wish, PEER_ECHO_END);
    talk_end(&talk);
}

static void dies_of_what_it_is_named_for(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_fault("dies-of-orphan-continuation", PEER_SERVER));
    talk_text(&talk, 0x81, "a");
    assert_int_equal(talk.wish, PEER_ECHO_MORE);
    talk_text(&talk, 0x80, "a");
    assert_int_equal(talk.wish, PEER_ECHO_DIE);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(overlooks_what_it_is_named_for),
        cmocka_unit_test(dies_of_what_it_is_named_for),
    };
    return cmocka_run_group_tests_name("peer/fault_frame", tests, NULL, NULL);
}
