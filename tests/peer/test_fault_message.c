/* SPDX-License-Identifier: MIT */
#include "peer/fault_message.h"

#include "quirks.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_fault_message());
}

static void takes_one_class_of_bad_text(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_fault("utf8-surrogates", PEER_SERVER));
    talk_text(&talk, 0x81, "\xed\xa0\x80");
    talk_expect(&talk, "\x81\x03\xed\xa0\x80", 5);
    talk_text(&talk, 0x81, "\xc0\x80");
    talk_expect(&talk, "\x88\x02\x03\xef", 4);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(takes_one_class_of_bad_text),
    };
    return cmocka_run_group_tests_name("peer/fault_message", tests, NULL, NULL);
}
