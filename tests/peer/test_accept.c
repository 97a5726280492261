/* SPDX-License-Identifier: MIT */
#include "peer/accept.h"

#include "quirks.h"

static void answers_when_the_request_is_whole(void **state)
{
    (void)state;
    struct talk talk = {.echo = peer_echo_new(&peer_echo_defaults)};
    for (const char *c = plain_request; *c != '\0'; c++)
        talk_raw(&talk, c, 1);
    talk_raw(&talk, "\r", 1);
    assert_int_equal(talk.out.len, 0);
    assert_true(peer_echo_in_handshake(talk.echo));
    talk_raw(&talk, "\n", 1);
    assert_true(talk_said(&talk, "HTTP/1.1 101 "));
    assert_true(peer_echo_opened(talk.echo));
    talk_end(&talk);
}

static void reads_frames_behind_the_request(void **state)
{
    (void)state;
    struct talk talk = {.echo = peer_echo_new(&peer_echo_defaults)};
    struct buffer in = {0};
    buffer_printf(&in, "%s\r\n", plain_request);
    buffer_append(&in, bytes_of("\x81\x82\0\0\0\0hi", 8));
    talk_raw(&talk, in.data, in.len);
    assert_true(talk_said(&talk, "\r\n\r\n\x81\2hi"));
    buffer_free(&in);
    talk_end(&talk);
}

static void refuses_and_ends(void **state)
{
    (void)state;
    struct talk talk = talk_request(NULL, "Host: b\r\n");
    assert_true(talk_said(&talk, "HTTP/1.1 400 "));
    assert_int_equal(talk.wish, PEER_ECHO_END);
    assert_false(peer_echo_opened(talk.echo));
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_when_the_request_is_whole),
        cmocka_unit_test(reads_frames_behind_the_request),
        cmocka_unit_test(refuses_and_ends),
    };
    return cmocka_run_group_tests_name("peer/accept", tests, NULL, NULL);
}
