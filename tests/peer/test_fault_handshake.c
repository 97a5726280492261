/* SPDX-License-Identifier: MIT */
#include "peer/fault_handshake.h"

#include "quirks.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_fault_handshake());
}

static void leaves_out_the_proof(void **state)
{
    (void)state;
    struct talk talk = talk_request(peer_quirk_find_fault("accept-missing", PEER_SERVER), "");
    assert_true(talk_said(&talk, "HTTP/1.1 101"));
    assert_false(talk_said(&talk, "Sec-WebSocket-Accept"));
    talk_end(&talk);
}

static void accepts_what_it_should_not(void **state)
{
    (void)state;
    struct talk talk =
        talk_request(peer_quirk_find_fault("accepts-two-equal-hosts", PEER_SERVER), "Host: a\r\n");
    assert_true(talk_said(&talk, "HTTP/1.1 101"));
    talk_end(&talk);
    talk = talk_request(peer_quirk_find_fault("accepts-post", PEER_SERVER), "Host: a\r\n");
    assert_true(talk_said(&talk, "HTTP/1.1 400"));
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(leaves_out_the_proof),
        cmocka_unit_test(accepts_what_it_should_not),
    };
    return cmocka_run_group_tests_name("peer/fault_handshake", tests, NULL, NULL);
}
