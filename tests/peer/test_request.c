/* SPDX-License-Identifier: MIT */
#include "peer/request.h"

#include "quirks.h"

static void expands_what_it_replaces(void **state)
{
    (void)state;
    struct peer_quirk quirk = {
        .ask = peer_request_replace, .text = "Host: {host}", .instead = "Host: {name}"};
    struct talk talk = talk_ask(&quirk);
    assert_true(talk_said(&talk, "\r\nHost: localhost\r\n"));
    talk_end(&talk);
    quirk.instead = "X: {key}";
    talk = talk_ask(&quirk);
    struct buffer line = {0};
    buffer_printf(&line, "\r\nX: %s\r\n", talk_key(&talk));
    assert_true(talk_said(&talk, buffer_text(&line)));
    buffer_free(&line);
    talk_end(&talk);
}

static void adds_lines(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.ask = peer_request_add, .instead = "X: y\r\n"};
    struct talk talk = talk_ask(&quirk);
    assert_true(talk_said(&talk, "\r\nX: y\r\n\r\n"));
    talk_end(&talk);
}

static void spoils_the_key(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.ask = peer_request_key, .n = 2, .instead = "-tail"};
    struct talk talk = talk_ask(NULL);
    char right[64];
    strcpy(right, talk_key(&talk));
    talk_end(&talk);
    talk = talk_ask(&quirk);
    assert_memory_equal(talk_key(&talk), right, 2);
    assert_string_equal(talk_key(&talk) + 2, "-tail");
    /* It expects the proof of what it has sent. */
    talk_answer(&talk, right_answer);
    assert_true(peer_echo_opened(talk.echo));
    talk_end(&talk);
}

static void counts_in_the_key(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.ask = peer_request_count};
    struct peer_echo_options options = talk_client(&quirk);
    options.number = 2;
    struct talk talk = talk_ask_as(&options);
    assert_string_equal(talk_key(&talk), "AAAAAAAAAAAAAAAAAAAAAg==");
    talk_end(&talk);
}

static void does_not_wait_for_the_answer(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.ask = peer_request_hurry, .n = WS_TEXT};
    struct talk talk = talk_ask(&quirk);
    const char *end = strstr(buffer_text(&talk.out), "\r\n\r\n");
    assert_non_null(end);
    buffer_consume(&talk.out, (size_t)(end + 4 - (const char *)talk.out.data));
    talk_expect_masked(&talk, 0x81, "\"early\"", 7);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expands_what_it_replaces),
        cmocka_unit_test(adds_lines),
        cmocka_unit_test(spoils_the_key),
        cmocka_unit_test(counts_in_the_key),
        cmocka_unit_test(does_not_wait_for_the_answer),
    };
    return cmocka_run_group_tests_name("peer/request", tests, NULL, NULL);
}
