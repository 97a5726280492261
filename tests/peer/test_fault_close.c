/* SPDX-License-Identifier: MIT */
#include "peer/fault_close.h"

#include "quirks.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_fault_close());
}

static void leaves_tcp_open(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_fault("tcp-left-open-after-close", PEER_SERVER));
    talk_text(&talk, 0x88, "\x03\xe8");
    talk_expect(&talk, "\x88\x02\x03\xe8", 4);
    assert_int_equal(talk.wish, PEER_ECHO_MORE);
    talk_end(&talk);
}

static void resets_tcp(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_fault("tcp-reset-after-close", PEER_SERVER));
    talk_text(&talk, 0x88, "\x03\xe8");
    assert_int_equal(talk.wish, PEER_ECHO_RESET);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(leaves_tcp_open),
        cmocka_unit_test(resets_tcp),
    };
    return cmocka_run_group_tests_name("peer/fault_close", tests, NULL, NULL);
}
