/* SPDX-License-Identifier: MIT */
#include "peer/fault_response.h"

#include <stdio.h>

#include "peer/head.h"
#include "quirks.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_fault_response());
}

/* Only what demands something else than usual refuses the plainest answer. */
static void opens_for_the_plain_answer(void **state)
{
    (void)state;
    struct peer_quirk_list list = peer_fault_response();
    for (size_t i = 0; i < list.count; i++)
        if (!talk_opens(&list.items[i], right_answer))
            fail_msg("%s", list.items[i].name);
}

#define FIELDS "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define ACCEPT "Sec-WebSocket-Accept: {accept}\r\n"
#define START "HTTP/1.1 101 Switching Protocols\r\n"

/* Answers of which each fault must take at least one otherwise than the strict client. */
static const char *const answers[] = {
    "HTTP/1.1 200 OK\r\n" FIELDS ACCEPT "\r\n",
    "HTTP/1.1 100 Continue\r\n" FIELDS ACCEPT "\r\n",
    "HTTP/1.1 102 Processing\r\n" FIELDS ACCEPT "\r\n",
    "HTTP/1.1 201 Created\r\n" FIELDS ACCEPT "\r\n",
    "HTTP/1.1 301 Moved\r\n" FIELDS ACCEPT "\r\n",
    "HTTP/1.1 400 Bad Request\r\n" FIELDS ACCEPT "\r\n",
    "HTTP/1.1 404 Not Found\r\n" FIELDS ACCEPT "\r\n",
    "HTTP/1.1 1010 Odd\r\n" FIELDS ACCEPT "\r\n",
    START "Connection: Upgrade\r\n" ACCEPT "\r\n",
    START "Upgrade: h2c\r\nConnection: Upgrade\r\n" ACCEPT "\r\n",
    START "Upgrade: websockets\r\nConnection: Upgrade\r\n" ACCEPT "\r\n",
    START FIELDS ACCEPT "Upgrade: h2c\r\n\r\n",
    START "Upgrade: websocket\r\n" ACCEPT "\r\n",
    START "Upgrade: websocket\r\nConnection: keep-alive\r\n" ACCEPT "\r\n",
    START "Upgrade: websocket\r\nConnection: close\r\n" ACCEPT "\r\n",
    START "Upgrade: websocket\r\nConnection: upgraded\r\n" ACCEPT "\r\n",
    START FIELDS "\r\n",
    START FIELDS "Sec-WebSocket-Accept: a\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept: {accept}more\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept: {lower}\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept: {begin}\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept: {unpadded}\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept: {key}\r\n\r\n",
    START FIELDS ACCEPT "Sec-WebSocket-Accept: a\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept: a\r\n" ACCEPT "\r\n",
    START FIELDS ACCEPT "Sec-WebSocket-Extensions: x\r\n\r\n",
    START FIELDS ACCEPT "Sec-WebSocket-Protocol: x\r\n\r\n",
    START FIELDS ACCEPT "X : y\r\n\r\n",
    START FIELDS ACCEPT "nonsense\r\n\r\n",
    START FIELDS ACCEPT "X: \a\r\n\r\n",
    START "Upgrade: WebSocket\r\nConnection: Upgrade\r\n" ACCEPT "\r\n",
    START "Upgrade: websocket\r\nConnection: upgrade\r\n" ACCEPT "\r\n",
    START "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" ACCEPT "\r\n",
    START FIELDS "sec-websocket-accept: {accept}\r\n\r\n",
    START FIELDS "SEC-WEBSOCKET-ACCEPT: {accept}\r\n\r\n",
    START "upgrade: websocket\r\nConnection: Upgrade\r\n" ACCEPT "\r\n",
    START "Date: x\r\nupgrade: websocket\r\nConnection: Upgrade\r\n" ACCEPT "\r\n",
    START FIELDS "Sec-WebSocket-Accept:{accept}\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept:  {accept}\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept:\t{accept}\r\n\r\n",
    START FIELDS "Sec-WebSocket-Accept: {accept} \r\n\r\n",
    "HTTP/1.1 101 Sure\r\n" FIELDS ACCEPT "\r\n",
    "HTTP/1.1 101 \r\n" FIELDS ACCEPT "\r\n",
    START FIELDS ACCEPT "Set-Cookie: a=b\r\n\r\n",
    START FIELDS ACCEPT "A: a\r\nB: b\r\nC: c\r\nD: d\r\nE: e\r\nF: f\r\n\r\n",
    START FIELDS ACCEPT
    "X: "
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n" START FIELDS ACCEPT "\r\n",
    "HTTP/1.1 103 Early Hints\r\n\r\n" START FIELDS ACCEPT "\r\n",
    "HTTP/1.1 404 Not Found\r\n\r\n",
};

/* An answer with what its braces stand for; the caller frees it. */
static struct buffer filled(struct talk *talk, const char *answer)
{
    char proof[WS_ACCEPT_SIZE + 1];
    char lower[WS_ACCEPT_SIZE + 1];
    char cut[WS_ACCEPT_SIZE + 1];
    char begin[WS_ACCEPT_SIZE + 1];
    struct buffer out = {0};
    ws_handshake_accept(proof, bytes_text(talk_key(talk)));
    for (size_t i = 0; i <= WS_ACCEPT_SIZE; i++)
        lower[i] = (char)(proof[i] >= 'A' && proof[i] <= 'Z' ? proof[i] + 32 : proof[i]);
    snprintf(cut, sizeof cut, "%.27s", proof);
    snprintf(begin, sizeof begin, "%.22s", proof);
    buffer_append_text(&out, answer);
    peer_head_replace(&out, "{accept}", proof);
    peer_head_replace(&out, "{lower}", lower);
    peer_head_replace(&out, "{unpadded}", cut);
    peer_head_replace(&out, "{begin}", begin);
    peer_head_replace(&out, "{key}", talk_key(talk));
    return out;
}

/* What came of an answer that is followed by a frame, as one number. */
static unsigned outcome(const struct peer_quirk *quirk, const char *answer, bool in_pieces)
{
    struct talk talk = talk_ask(quirk);
    struct buffer in = filled(&talk, answer);
    buffer_append(&in, bytes_of("\x81\2hi", 4));
    buffer_clear(&talk.out);
    size_t first = in_pieces ? 1 : in.len;
    talk_raw(&talk, in.data, first);
    talk_raw(&talk, in.data + first, in.len - first);
    unsigned seen = (unsigned)talk.wish << 8 | (unsigned)talk.out.len << 1 |
                    (unsigned)peer_echo_opened(talk.echo);
    buffer_free(&in);
    talk_end(&talk);
    return seen;
}

static void differs_from_the_strict_client(void **state)
{
    (void)state;
    struct peer_quirk_list list = peer_fault_response();
    for (size_t i = 0; i < list.count; i++) {
        bool differs = false;
        for (size_t k = 0; k < 2 * sizeof answers / sizeof answers[0]; k++)
            differs |= outcome(&list.items[i], answers[k / 2], k % 2 == 0) !=
                       outcome(NULL, answers[k / 2], k % 2 == 0);
        if (!differs)
            fail_msg("%s", list.items[i].name);
    }
}

static void sends_a_close_to_a_bad_answer(void **state)
{
    (void)state;
    struct talk talk = talk_ask(peer_quirk_find_fault("close-sent-to-bad-answer", PEER_CLIENT));
    talk_answer(&talk, "HTTP/1.1 404 Not Found\r\n\r\n");
    talk_expect_masked(&talk, 0x88, "\x03\xea", 2);
    talk_end(&talk);
}

static void stays_on_a_bad_answer(void **state)
{
    (void)state;
    struct talk talk =
        talk_ask(peer_quirk_find_fault("tcp-left-open-after-bad-answer", PEER_CLIENT));
    talk_answer(&talk, "HTTP/1.1 404 Not Found\r\n\r\n");
    assert_int_equal(talk.wish, PEER_ECHO_MORE);
    assert_true(peer_echo_lingers(talk.echo));
    talk_end(&talk);
}

static void wants_the_answer_in_one_read(void **state)
{
    (void)state;
    struct talk talk = talk_ask(peer_quirk_find_fault("wants-answer-in-one-read", PEER_CLIENT));
    talk_raw(&talk, "HTTP/1.1", 8);
    assert_int_equal(talk.wish, PEER_ECHO_END);
    assert_non_null(peer_echo_complaint(talk.echo));
    talk_end(&talk);
}

static void loses_what_comes_with_the_answer(void **state)
{
    (void)state;
    struct talk talk = talk_ask(peer_quirk_find_fault("loses-frames-behind-answer", PEER_CLIENT));
    struct buffer answer = talk_proven(&talk, right_answer);
    buffer_append(&answer, bytes_of("\x81\2hi", 4));
    buffer_clear(&talk.out);
    talk_raw(&talk, answer.data, answer.len);
    assert_int_equal(talk.out.len, 0);
    talk_raw(&talk, "\x81\2hi", 4);
    talk_expect_masked(&talk, 0x81, "hi", 2);
    buffer_free(&answer);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(opens_for_the_plain_answer),
        cmocka_unit_test(differs_from_the_strict_client),
        cmocka_unit_test(sends_a_close_to_a_bad_answer),
        cmocka_unit_test(stays_on_a_bad_answer),
        cmocka_unit_test(wants_the_answer_in_one_read),
        cmocka_unit_test(loses_what_comes_with_the_answer),
    };
    return cmocka_run_group_tests_name("peer/fault_response", tests, NULL, NULL);
}
