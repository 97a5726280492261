/* SPDX-License-Identifier: MIT */
#include "peer/reply.h"

#include "quirks.h"

static void goes_on_after_its_close(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_fault("goes-on-after-failure", PEER_SERVER));
    talk_text(&talk, 0xc1, "a");
    talk_expect(&talk,
                "\x88\x02\x03\xea\x81\x01"
                "a",
                7);
    assert_int_equal(talk.wish, PEER_ECHO_MORE);
    talk_end(&talk);
}

static void answers_the_last_ping_of_a_read(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_variant("pongs-coalesced", PEER_SERVER));
    talk_raw(&talk,
             "\x89\x81\0\0\0\0"
             "a\x89\x81\0\0\0\0"
             "b",
             14);
    talk_expect(&talk,
                "\x8a\x01"
                "b",
                3);
    talk_end(&talk);
}

static void joins_echoes(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_fault("echoes-joined", PEER_SERVER));
    talk_raw(&talk,
             "\x81\x81\0\0\0\0"
             "a\x81\x81\0\0\0\0"
             "b",
             14);
    talk_expect(&talk,
                "\x81\x02"
                "ab",
                4);
    talk_end(&talk);
}

static void answers_closes_oddly(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_fault("close-of-one-octet-returned", PEER_SERVER));
    talk_text(&talk, 0x88, "\x03");
    talk_expect(&talk, "\x88\x01\x03", 3);
    talk_end(&talk);
    talk = talk_open(peer_quirk_find_fault("close-1005-returned", PEER_SERVER));
    talk_text(&talk, 0x88, "\x03\xed");
    talk_expect(&talk, "\x88\x02\x03\xed", 4);
    talk_end(&talk);
    talk = talk_open(peer_quirk_find_fault("close-twice", PEER_SERVER));
    talk_frame(&talk, 0x88, "", 0);
    talk_expect(&talk, "\x88\x00\x88\x00", 4);
    talk_end(&talk);
}

static void pongs_wait_for_the_message(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_fault("pong-after-message", PEER_SERVER));
    talk_text(&talk, 0x01, "a");
    talk_text(&talk, 0x89, "p");
    talk_expect(&talk, "", 0);
    talk_text(&talk, 0x80, "b");
    talk_expect(&talk,
                "\x81\x02"
                "ab\x8a\x01"
                "p",
                7);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on_after_its_close),
        cmocka_unit_test(answers_the_last_ping_of_a_read),
        cmocka_unit_test(joins_echoes),
        cmocka_unit_test(answers_closes_oddly),
        cmocka_unit_test(pongs_wait_for_the_message),
    };
    return cmocka_run_group_tests_name("peer/reply", tests, NULL, NULL);
}
