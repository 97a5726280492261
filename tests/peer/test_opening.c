/* SPDX-License-Identifier: MIT */
#include "peer/opening.h"

#include "quirks.h"

static void puts_a_line_into_the_101_only(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.answer = peer_opening_add, .instead = "X-Y: z\r\n", .code = 101};
    struct talk talk = talk_request(&quirk, "");
    assert_true(talk_said(&talk, "\r\nX-Y: z\r\n\r\n"));
    talk_end(&talk);
    talk = talk_request(&quirk, "Host: b\r\n");
    assert_true(talk_said(&talk, "HTTP/1.1 400"));
    assert_false(talk_said(&talk, "X-Y"));
    talk_end(&talk);
}

static void proves_another_key(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.answer = peer_opening_prove, .kind = PEER_PROOF_LOWER_CASE};
    struct talk talk = talk_request(&quirk, "");
    assert_true(talk_said(&talk, "s3pplmbitxaq9kygzzhzrbk+xoo="));
    talk_end(&talk);
}

static void hashes_blanks_with_the_key(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.answer = peer_opening_prove, .kind = PEER_PROOF_KEY_WITH_BLANKS};
    struct talk talk = talk_request(&quirk, "");
    assert_true(talk_said(&talk, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    talk_end(&talk);
}

static void refuses_and_freezes(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.judge = peer_opening_refuse, .text = "X-Y", .requirement = "RFC1"};
    struct talk talk = talk_request(&quirk, "X-Y: z\r\n");
    assert_true(talk_said(&talk, "HTTP/1.1 400"));
    assert_int_equal(talk.wish, PEER_ECHO_END);
    talk_end(&talk);
    quirk.answer = peer_opening_silent;
    quirk.rule = "RFC1";
    quirk.hangs = PEER_AFTER_REFUSAL;
    talk = talk_request(&quirk, "X-Y: z\r\n");
    assert_int_equal(talk.out.len, 0);
    assert_int_equal(talk.wish, PEER_ECHO_MORE);
    talk_end(&talk);
}

static void names_subprotocols(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.answer = peer_opening_name_all};
    struct talk talk = talk_request(&quirk, "Sec-WebSocket-Protocol: a, b\r\n");
    assert_true(talk_said(&talk, "Sec-WebSocket-Protocol: a, b\r\n"));
    talk_end(&talk);
    quirk.answer = peer_opening_name_first;
    talk = talk_request(&quirk, "Sec-WebSocket-Protocol: a, b\r\n");
    assert_true(talk_said(&talk, "Sec-WebSocket-Protocol: a\r\n"));
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_a_line_into_the_101_only),
        cmocka_unit_test(proves_another_key),
        cmocka_unit_test(hashes_blanks_with_the_key),
        cmocka_unit_test(refuses_and_freezes),
        cmocka_unit_test(names_subprotocols),
    };
    return cmocka_run_group_tests_name("peer/opening", tests, NULL, NULL);
}
