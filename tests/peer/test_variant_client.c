/* SPDX-License-Identifier: MIT */
#include "peer/variant_client.h"

#include "quirks.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_variant_client());
}

/* No server may refuse one of these, and they open for the plain answer. */
static void is_right(void **state)
{
    (void)state;
    struct peer_quirk_list list = peer_variant_client();
    for (size_t i = 0; i < list.count; i++) {
        struct talk talk = talk_ask(&list.items[i]);
        struct ws_http_head head;
        size_t scanned = 0;
        assert_int_equal(ws_http_read(&head, buffer_bytes(&talk.out), talk.out.len, &scanned),
                         WS_ITEM);
        assert_int_equal(head.size, talk.out.len);
        if (ws_handshake_judge_request(&head).status != 101)
            fail_msg("%s", list.items[i].name);
        talk_end(&talk);
    }
}

static void ends_tcp_first(void **state)
{
    (void)state;
    struct talk talk = talk_open_client(peer_quirk_find_variant("ends-tcp-first", PEER_CLIENT));
    talk_raw(&talk, "\x88\0", 2);
    talk_expect_masked(&talk, 0x88, "", 0);
    assert_int_equal(talk.wish, PEER_ECHO_END);
    talk_end(&talk);
    talk = talk_open_client(peer_quirk_find_variant("ends-tcp-after-a-while", PEER_CLIENT));
    talk_raw(&talk, "\x88\0", 2);
    assert_int_equal(talk.wish, PEER_ECHO_END_LATE);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(is_right),
        cmocka_unit_test(ends_tcp_first),
    };
    return cmocka_run_group_tests_name("peer/variant_client", tests, NULL, NULL);
}
