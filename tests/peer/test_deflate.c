/* SPDX-License-Identifier: MIT */
#include "peer/deflate.h"

#include "quirks.h"
#include "wire.h"

#define FIELD "Sec-WebSocket-Extensions: "
#define DEFLATE "permessage-deflate"
#define START                                                                                      \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: {accept}\r\n"

/* RFC 7692, 7.2.3: "Hello", and "Hello" once more, which refers to the first. */
static const struct bytes hello = {(const uint8_t *)"\xf2\x48\xcd\xc9\xc9\x07\x00", 7};
static const struct bytes again = {(const uint8_t *)"\xf2\x00\x11\x00\x00", 5};

/* A server that was made an offer. */
static struct talk talk_offer(const struct peer_quirk *quirk, const char *offers)
{
    struct talk talk = talk_request(quirk, offers);
    assert_true(talk_said(&talk, "HTTP/1.1 101 "));
    return talk;
}

/* The same, whose answer is forgotten. */
static struct talk talk_agreed(const struct peer_quirk *quirk, const char *offers)
{
    struct talk talk = talk_offer(quirk, offers);
    assert_true(talk_said(&talk, FIELD DEFLATE));
    buffer_clear(&talk.out);
    return talk;
}

/* A client whose offer was answered. */
static struct talk talk_answered(const struct peer_quirk *quirk, const char *terms)
{
    char answer[512];
    snprintf(answer, sizeof answer, START "%s\r\n", terms);
    struct talk talk = talk_ask(quirk);
    talk_answer(&talk, answer);
    assert_true(peer_echo_opened(talk.echo));
    return talk;
}

static const struct peer_quirk *variant(const char *name, enum peer_role role)
{
    const struct peer_quirk *quirk = peer_quirk_find_variant(name, role);
    assert_non_null(quirk);
    return quirk;
}

/* --- a server ------------------------------------------------------------------------------- */

/* RFC 7692, 7.1: it answers what was asked of it, and no more. */
static void a_server_takes_the_first_offer_that_it_may(void **state)
{
    (void)state;
    static const struct {
        const char *offers;
        const char *answer; /* NULL: none */
    } rows[] = {
        {"", NULL},
        {FIELD "x\r\n", NULL},
        {FIELD DEFLATE "\r\n", FIELD DEFLATE "\r\n"},
        {FIELD DEFLATE "; client_max_window_bits\r\n", FIELD DEFLATE "\r\n"},
        {FIELD DEFLATE "; client_no_context_takeover\r\n", FIELD DEFLATE "\r\n"},
        {FIELD DEFLATE "; server_no_context_takeover\r\n",
         FIELD DEFLATE "; server_no_context_takeover\r\n"},
        {FIELD DEFLATE "; server_max_window_bits=10\r\n",
         FIELD DEFLATE "; server_max_window_bits=10\r\n"},
        {FIELD DEFLATE "; server_max_window_bits=16\r\n", NULL},
        {FIELD DEFLATE "; level=9\r\n" FIELD "x, " DEFLATE "; server_max_window_bits=9\r\n",
         FIELD DEFLATE "; server_max_window_bits=9\r\n"},
        {FIELD DEFLATE ", " DEFLATE "; server_no_context_takeover\r\n", FIELD DEFLATE "\r\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct talk talk = talk_offer(NULL, rows[i].offers);
        if (talk_said(&talk, "Extensions") != (rows[i].answer != NULL))
            fail_msg("%s", rows[i].offers);
        if (rows[i].answer != NULL && !talk_said(&talk, rows[i].answer))
            fail_msg("%s", rows[i].offers);
        talk_end(&talk);
    }
}

static void a_refusal_agrees_on_nothing(void **state)
{
    (void)state;
    struct talk talk = talk_request(NULL, FIELD DEFLATE "\r\nHost: b\r\n");
    assert_true(talk_said(&talk, "HTTP/1.1 400 "));
    assert_false(talk_said(&talk, "Extensions"));
    talk_end(&talk);
}

/* The octets of RFC 7692, 7.2.3, whole and in fragments. */
static void a_server_echoes_compressed(void **state)
{
    (void)state;
    struct talk talk = talk_agreed(NULL, FIELD DEFLATE "\r\n");
    talk_frame(&talk, 0xc1, hello.data, hello.len);
    talk_expect(&talk, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
    talk_frame(&talk, 0x41, again.data, 2);
    talk_frame(&talk, 0x80, again.data + 2, 3);
    talk_expect(&talk, "\xc1\x05\xf2\x00\x11\x00\x00", 7);
    talk_text(&talk, 0x89, "ping"); /* what is no message stays as it is */
    talk_expect(&talk, "\x8a\4ping", 6);
    talk_end(&talk);
    talk = talk_agreed(NULL, FIELD DEFLATE "\r\n");
    talk_text(&talk, 0x81, "Hello"); /* a message that came as it is goes back compressed */
    talk_expect(&talk, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
    talk_end(&talk);
}

/* 7.1.1.1: server_no_context_takeover. */
static void a_server_forgets_when_it_was_asked_to(void **state)
{
    (void)state;
    struct talk talk = talk_agreed(NULL, FIELD DEFLATE "; server_no_context_takeover\r\n");
    talk_frame(&talk, 0xc1, hello.data, hello.len);
    buffer_clear(&talk.out);
    talk_frame(&talk, 0xc1, again.data, again.len); /* the client's context is another one */
    talk_expect(&talk, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
    talk_end(&talk);
}

static void without_agreement_nothing_is_compressed(void **state)
{
    (void)state;
    struct talk talk = talk_open(NULL);
    talk_text(&talk, 0x81, "Hello");
    talk_expect(&talk, "\x81\5Hello", 7);
    talk_frame(&talk, 0xc1, hello.data, hello.len);
    talk_expect(&talk, "\x88\2\x03\xea", 4);
    talk_end(&talk);
}

static void a_server_fails_bad_messages(void **state)
{
    (void)state;
    static const struct {
        unsigned octet;
        const char *payload;
        size_t len;
        const char *answer;
    } rows[] = {
        {0xc1, "\xff\xff", 2, "\x88\2\x03\xef"},
        {0xc1, "\xf2\x00\x11\x00\x00", 5, "\x88\2\x03\xef"}, /* to what does it refer? */
        {0xc1, "\xf2\x48\xcd\xc9", 4, "\x88\2\x03\xef"},     /* its end is missing */
        {0xc9, "ping", 4, "\x88\2\x03\xea"},
        {0xc0, "more", 4, "\x88\2\x03\xea"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct talk talk = talk_agreed(NULL, FIELD DEFLATE "\r\n");
        talk_frame(&talk, rows[i].octet, rows[i].payload, rows[i].len);
        talk_expect(&talk, rows[i].answer, 4);
        talk_end(&talk);
    }
}

/* A text is judged as what it inflates to: c3 28 is no UTF-8. */
static void what_was_inflated_is_judged(void **state)
{
    (void)state;
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    struct buffer packed = {0};
    struct talk talk = talk_agreed(NULL, FIELD DEFLATE "\r\n");
    ws_deflate_pack(packer, bytes_text("\xc3\x28"), &packed);
    talk_frame(&talk, 0xc1, packed.data, packed.len);
    talk_expect(&talk, "\x88\2\x03\xef", 4);
    talk_end(&talk);
    buffer_free(&packed);
    ws_deflate_free_packer(packer);
}

/* 7.2.2: a small message may inflate to anything; the limit is for what it inflates to. */
static void a_message_that_inflates_to_too_much_is_refused(void **state)
{
    (void)state;
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    struct peer_echo_options options = peer_echo_defaults;
    struct buffer request = {0};
    struct buffer text = {0};
    struct buffer packed = {0};
    options.message_max = 99999;
    struct talk talk = {.echo = peer_echo_new(&options)};
    buffer_printf(&request, "%s" FIELD DEFLATE "\r\n\r\n", plain_request);
    talk_raw(&talk, request.data, request.len);
    buffer_clear(&talk.out);
    memset(buffer_extend(&text, 100000), 'x', 100000);
    ws_deflate_pack(packer, buffer_bytes(&text), &packed);
    assert_true(packed.len < 1000);
    talk_frame(&talk, 0xc1, packed.data, packed.len);
    talk_expect(&talk, "\x88\2\x03\xf1", 4);
    talk_end(&talk);
    buffer_free(&request);
    buffer_free(&text);
    buffer_free(&packed);
    ws_deflate_free_packer(packer);
}

/* --- a client ------------------------------------------------------------------------------- */

static void a_client_offers_it(void **state)
{
    (void)state;
    struct talk talk = talk_ask(NULL);
    assert_true(talk_said(&talk, FIELD DEFLATE "; client_max_window_bits\r\n"));
    talk_end(&talk);
}

static void a_client_echoes_compressed(void **state)
{
    (void)state;
    struct talk talk = talk_answered(NULL, FIELD DEFLATE "\r\n");
    talk_raw(&talk, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
    talk_expect_masked(&talk, 0xc1, hello.data, hello.len);
    talk_raw(&talk, "\xc1\x05\xf2\x00\x11\x00\x00", 7);
    talk_expect_masked(&talk, 0xc1, again.data, again.len);
    assert_int_equal(talk.out.len, 0);
    talk_end(&talk);
}

/* RFC 7692, 7.1.1.2 and 7.1.2.2: a server may ask it to forget, and for a smaller window. */
static void a_client_keeps_the_terms(void **state)
{
    (void)state;
    struct talk talk = talk_answered(NULL, FIELD DEFLATE "; client_no_context_takeover\r\n");
    talk_raw(&talk, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
    talk_expect_masked(&talk, 0xc1, hello.data, hello.len);
    talk_raw(&talk, "\xc1\x05\xf2\x00\x11\x00\x00", 7); /* the server's own context goes on */
    talk_expect_masked(&talk, 0xc1, hello.data, hello.len);
    talk_end(&talk);

    talk = talk_answered(NULL, FIELD DEFLATE "; server_no_context_takeover\r\n");
    talk_raw(&talk, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
    talk_expect_masked(&talk, 0xc1, hello.data, hello.len);
    talk_raw(&talk, "\xc1\x05\xf2\x00\x11\x00\x00", 7);
    talk_expect_masked(&talk, 0x88, "\x03\xef", 2);
    talk_end(&talk);
}

/* How small a client with these terms makes 2000 octets that come twice. */
static size_t packed_size(const char *terms)
{
    struct buffer text = wire_far_apart();
    struct buffer wire = {0};
    struct buffer packed = {0};
    struct talk talk = talk_answered(NULL, terms);
    wire_put(&wire, 0x82, false, buffer_bytes(&text));
    talk_raw(&talk, wire.data, wire.len);
    assert_int_equal(talk_take(&talk, &packed).rsv, WS_RSV1);
    size_t size = packed.len;
    talk_end(&talk);
    buffer_free(&text);
    buffer_free(&wire);
    buffer_free(&packed);
    return size;
}

static void a_client_keeps_to_its_window(void **state)
{
    (void)state;
    assert_in_range(packed_size(FIELD DEFLATE "\r\n"), 2000, 2200);
    assert_in_range(packed_size(FIELD DEFLATE "; client_max_window_bits=15\r\n"), 2000, 2200);
    assert_in_range(packed_size(FIELD DEFLATE "; client_max_window_bits=10\r\n"), 4000, 4200);
    assert_in_range(packed_size(FIELD DEFLATE "; client_max_window_bits=8\r\n"), 4000, 4200);
}

static void without_an_answer_a_client_compresses_nothing(void **state)
{
    (void)state;
    struct talk talk = talk_answered(NULL, "");
    talk_raw(&talk, "\x81\5Hello", 7);
    talk_expect_masked(&talk, 0x81, "Hello", 5);
    talk_raw(&talk, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
    talk_expect_masked(&talk, 0x88, "\x03\xea", 2);
    talk_end(&talk);
}

/* RFC 7692, 7: "A client MUST _Fail the WebSocket Connection_ if the peer server accepted an
 * extension negotiation offer for this extension with an extension negotiation response meeting any
 * of the following conditions". */
static void a_client_refuses_bad_answers(void **state)
{
    (void)state;
    static const char *const answers[] = {
        DEFLATE "; level=9",
        DEFLATE "; server_no_context_takeover; server_no_context_takeover",
        DEFLATE "; server_no_context_takeover=1",
        DEFLATE "; client_max_window_bits",
        DEFLATE "; client_max_window_bits=7",
        DEFLATE "; server_max_window_bits=16",
        DEFLATE "; server_max_window_bits=08",
        DEFLATE ", " DEFLATE,
        "permessage-bzip2",
    };
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        char answer[512];
        snprintf(answer, sizeof answer, START FIELD "%s\r\n\r\n", answers[i]);
        if (talk_opens(NULL, answer))
            fail_msg("%s", answers[i]);
    }
    assert_true(talk_opens(NULL, START FIELD DEFLATE "; server_max_window_bits=8\r\n\r\n"));
}

/* --- both ----------------------------------------------------------------------------------- */

/* Gives what one of them said to the other: "Hello", compressed. */
static void hand_over(struct talk *from, struct talk *to, struct ws_deflate_unpacker *unpacker)
{
    struct talk copy = {.out = {0}};
    struct buffer said = from->out;
    struct buffer payload = {0};
    struct buffer text = {0};
    from->out = (struct buffer){0};
    buffer_append(&copy.out, buffer_bytes(&said));
    assert_int_equal(talk_take(&copy, &payload).rsv, WS_RSV1);
    assert_int_equal(copy.out.len, 0);
    assert_true(wire_inflate(&text, unpacker, buffer_bytes(&payload)));
    support_expect_text(buffer_bytes(&text), "Hello");
    talk_raw(to, said.data, said.len);
    buffer_free(&copy.out);
    buffer_free(&said);
    buffer_free(&payload);
    buffer_free(&text);
}

/* A client and a server echo each other, each with its context. */
static void they_understand_each_other(void **state)
{
    (void)state;
    struct talk client = talk_ask(NULL);
    struct talk server = {.echo = peer_echo_new(&peer_echo_defaults)};
    struct ws_deflate_unpacker *of_server = ws_deflate_new_unpacker(WS_DEFLATE_WINDOW_MAX, true);
    struct ws_deflate_unpacker *of_client = ws_deflate_new_unpacker(WS_DEFLATE_WINDOW_MAX, true);
    talk_raw(&server, client.out.data, client.out.len);
    buffer_clear(&client.out);
    assert_true(talk_said(&server, FIELD DEFLATE "\r\n"));
    talk_raw(&client, server.out.data, server.out.len);
    buffer_clear(&server.out);
    assert_true(peer_echo_opened(client.echo));
    talk_text(&server, 0x81, "Hello");
    for (int i = 0; i < 20; i++) {
        hand_over(&server, &client, of_server);
        hand_over(&client, &server, of_client);
    }
    ws_deflate_free_unpacker(of_server);
    ws_deflate_free_unpacker(of_client);
    talk_end(&client);
    talk_end(&server);
}

/* A29: nobody must support it. A35: who does may leave messages as they are, or cut them. */
static void the_variants_are_right(void **state)
{
    (void)state;
    struct talk talk = talk_offer(variant("deflate-never", PEER_SERVER), FIELD DEFLATE "\r\n");
    assert_false(talk_said(&talk, "Extensions"));
    talk_end(&talk);
    talk = talk_agreed(variant("deflate-idle", PEER_SERVER), FIELD DEFLATE "\r\n");
    talk_frame(&talk, 0xc1, hello.data, hello.len);
    talk_expect(&talk, "\x81\5Hello", 7);
    talk_end(&talk);
    talk = talk_agreed(variant("deflate-in-fragments", PEER_SERVER), FIELD DEFLATE "\r\n");
    talk_frame(&talk, 0xc1, hello.data, hello.len);
    talk_expect(&talk, "\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00", 11);
    talk_end(&talk);

    talk = talk_ask(variant("deflate-never", PEER_CLIENT));
    assert_false(talk_said(&talk, "Extensions"));
    talk_end(&talk);
    talk = talk_answered(variant("deflate-idle", PEER_CLIENT), FIELD DEFLATE "\r\n");
    talk_raw(&talk, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
    talk_expect_masked(&talk, 0x81, "Hello", 5);
    talk_end(&talk);
    talk = talk_answered(variant("deflate-in-fragments", PEER_CLIENT), FIELD DEFLATE "\r\n");
    talk_raw(&talk, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
    talk_expect_masked(&talk, 0x41, hello.data, 3);
    talk_expect_masked(&talk, 0x80, hello.data + 3, 4);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_takes_the_first_offer_that_it_may),
        cmocka_unit_test(a_refusal_agrees_on_nothing),
        cmocka_unit_test(a_server_echoes_compressed),
        cmocka_unit_test(a_server_forgets_when_it_was_asked_to),
        cmocka_unit_test(without_agreement_nothing_is_compressed),
        cmocka_unit_test(a_server_fails_bad_messages),
        cmocka_unit_test(what_was_inflated_is_judged),
        cmocka_unit_test(a_message_that_inflates_to_too_much_is_refused),
        cmocka_unit_test(a_client_offers_it),
        cmocka_unit_test(a_client_echoes_compressed),
        cmocka_unit_test(a_client_keeps_the_terms),
        cmocka_unit_test(a_client_keeps_to_its_window),
        cmocka_unit_test(without_an_answer_a_client_compresses_nothing),
        cmocka_unit_test(a_client_refuses_bad_answers),
        cmocka_unit_test(they_understand_each_other),
        cmocka_unit_test(the_variants_are_right),
    };
    return cmocka_run_group_tests_name("peer/deflate", tests, NULL, NULL);
}
