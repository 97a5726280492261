/* SPDX-License-Identifier: MIT */
#include "peer/ask.h"

#include "quirks.h"

static void asks_as_it_should(void **state)
{
    (void)state;
    struct talk talk = talk_ask(NULL);
    struct ws_http_head head;
    size_t scanned = 0;
    assert_int_equal(ws_http_read(&head, buffer_bytes(&talk.out), talk.out.len, &scanned), WS_ITEM);
    assert_int_equal(head.size, talk.out.len);
    assert_int_equal(ws_handshake_judge_request(&head).status, 101);
    assert_true(talk_said(&talk, "GET /chat HTTP/1.1\r\nHost: localhost:9001\r\n"));
    assert_true(ws_handshake_key_valid(bytes_text(talk_key(&talk))));
    talk_end(&talk);
}

static void draws_a_key_for_each_connection(void **state)
{
    (void)state;
    struct peer_echo_options options = talk_client(NULL);
    char first[64];
    struct talk talk = talk_ask_as(&options);
    strcpy(first, talk_key(&talk));
    talk_end(&talk);
    talk = talk_ask_as(&options);
    assert_string_equal(talk_key(&talk), first);
    talk_end(&talk);
    options.number = 1;
    talk = talk_ask_as(&options);
    assert_string_not_equal(talk_key(&talk), first);
    talk_end(&talk);
}

#define START "HTTP/1.1 101 Switching Protocols\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define ACCEPT "Sec-WebSocket-Accept: {accept}\r\n"

static void opens_for_legal_answers(void **state)
{
    (void)state;
    assert_true(talk_opens(NULL, right_answer));
    assert_true(talk_opens(NULL, "HTTP/1.1 101 \r\n" ACCEPT CONNECTION UPGRADE "\r\n"));
    assert_true(talk_opens(NULL, START "UPGRADE: WebSocket\r\nconnection: keep-alive, upgrade\r\n"
                                       "sec-websocket-accept: \t {accept} \r\n\r\n"));
    assert_true(talk_opens(NULL, START UPGRADE CONNECTION ACCEPT "Server: x\r\nDate: y\r\n\r\n"));
    assert_true(talk_opens(NULL, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: "
                                 "a\r\n\r\n" START UPGRADE CONNECTION ACCEPT "\r\n"));
}

/* RFC 6455, 4.1: the six checks. */
static void refuses_bad_answers(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\n" UPGRADE CONNECTION ACCEPT "\r\n",
        "HTTP/1.1 404 Not Found\r\n\r\n",
        "HTTP/1.0 101 Switching Protocols\r\n" UPGRADE CONNECTION ACCEPT "\r\n",
        START CONNECTION ACCEPT "\r\n",
        START "Upgrade: h2c\r\n" CONNECTION ACCEPT "\r\n",
        START UPGRADE ACCEPT "\r\n",
        START UPGRADE "Connection: keep-alive\r\n" ACCEPT "\r\n",
        START UPGRADE CONNECTION "\r\n",
        START UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        START UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Extensions: foo\r\n\r\n",
        START UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Protocol: chat\r\n\r\n",
        "nonsense\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (talk_opens(NULL, answers[i]))
            fail_msg("answer %zu", i);
}

static void says_nothing_to_a_bad_answer(void **state)
{
    (void)state;
    struct talk talk = talk_ask(NULL);
    talk_answer(&talk, "HTTP/1.1 403 Forbidden\r\n\r\n\x89\0");
    assert_int_equal(talk.out.len, 0);
    assert_int_equal(talk.wish, PEER_ECHO_END);
    assert_string_equal(peer_echo_complaint(talk.echo), "the status is not 101");
    talk_end(&talk);
}

static void gives_up_on_an_endless_head(void **state)
{
    (void)state;
    struct peer_echo_options options = talk_client(NULL);
    options.head_max = 100;
    struct talk talk = talk_ask_as(&options);
    char *flood = calloc(1, 200);
    memset(flood, 'x', 200);
    talk_raw(&talk, flood, 200);
    free(flood);
    assert_int_equal(talk.wish, PEER_ECHO_END);
    talk_end(&talk);
}

static void takes_the_answer_in_any_pieces(void **state)
{
    (void)state;
    struct talk talk = talk_ask(NULL);
    struct buffer in = talk_proven(&talk, right_answer);
    buffer_append(&in, bytes_of("\x81\2hi", 4));
    for (size_t cut = 0; cut <= in.len; cut++) {
        struct talk other = talk_ask(NULL);
        buffer_clear(&other.out);
        talk_raw(&other, in.data, cut);
        talk_raw(&other, in.data + cut, in.len - cut);
        talk_expect_masked(&other, 0x81, "hi", 2);
        assert_int_equal(other.out.len, 0);
        talk_end(&other);
    }
    buffer_free(&in);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_as_it_should),
        cmocka_unit_test(draws_a_key_for_each_connection),
        cmocka_unit_test(opens_for_legal_answers),
        cmocka_unit_test(refuses_bad_answers),
        cmocka_unit_test(says_nothing_to_a_bad_answer),
        cmocka_unit_test(gives_up_on_an_endless_head),
        cmocka_unit_test(takes_the_answer_in_any_pieces),
    };
    return cmocka_run_group_tests_name("peer/ask", tests, NULL, NULL);
}
