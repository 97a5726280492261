/* SPDX-License-Identifier: MIT */
#include "peer/variant.h"

#include "quirks.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_variant());
}

static void echoes_in_pieces(void **state)
{
    (void)state;
    struct talk talk = talk_open(peer_quirk_find_variant("echoes-octet-by-octet", PEER_SERVER));
    talk_text(&talk, 0x81, "abc");
    talk_expect(&talk,
                "\x01\x01"
                "a\x00\x01"
                "b\x80\x01"
                "c",
                9);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(echoes_in_pieces),
    };
    return cmocka_run_group_tests_name("peer/variant", tests, NULL, NULL);
}
