/* SPDX-License-Identifier: MIT */
/* Exchanges in which permessage-deflate is to be agreed on (RFC 7692). */
#include "run/exchange.h"

#include "guest.h"

#define TWO_MESSAGES                                                                               \
    "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": \"to be remembered\"}},"          \
    "{\"message\": {\"type\": \"binary\", \"payload\": \"to be remembered\", \"fragment\": 3}}],"  \
    "\"outcome\": \"echo\""

static const char deflate_case[] = "\"deflate\": [{}], " TWO_MESSAGES;
static const char alone_case[] = "\"deflate\": [{\"takeover\": false}], " TWO_MESSAGES;
static const char window_case[] = "\"deflate\": [{\"window\": 9}], " TWO_MESSAGES;
static const char either_case[] =
    "\"deflate\": [{\"window\": 9, \"takeover\": false}, {\"window\": 8}, {}], " TWO_MESSAGES;
static const char many_case[] =
    "\"deflate\": [{}], \"steps\": [{\"message\": {\"type\": \"text\", \"payload\": {\"corpus\": "
    "\"json\", \"octets\": 1000}, \"times\": 100}}], \"outcome\": \"echo\"";
static const char garbage_case[] =
    "\"deflate\": [{}], \"steps\": [{\"send\": {\"opcode\": \"text\", \"rsv\": 4, \"payload\": "
    "{\"hex\": \"ffff\"}}}], \"outcome\": \"fail(1007)\"";
static const char bit_case[] =
    "\"deflate\": [{}], \"steps\": [{\"send\": {\"opcode\": \"ping\", \"rsv\": 4}}],"
    "\"outcome\": \"fail(1002)\"";

/* --- a client ------------------------------------------------------------------------------- */

static const char offering[] =
    "GET / HTTP/1.1\r\nHost: localhost:9001\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

/* Reads what we agree to, if the whole answer is there. */
static void read_terms(struct play *p)
{
    struct ws_http_head request;
    struct ws_http_head answer;
    struct ws_permessage terms;
    size_t scanned = 0;
    assert_int_equal(ws_http_read(&request, bytes_text(offering), 65536, &scanned), WS_ITEM);
    scanned = 0;
    if (ws_http_read(&answer, buffer_bytes(&p->in), 65536, &scanned) == WS_ITEM &&
        ws_permessage_judge_answer(&answer, &request, &terms, guest_note, NULL))
        play_agree(p, &terms, true);
}

static void receive(struct play *p)
{
    if (!p->greeted && p->packer == NULL)
        read_terms(p);
    guest_receive(p);
}

/* --- both ----------------------------------------------------------------------------------- */

/* A case plays against an endpoint of either role. */
static void act(struct guest *g, bool of_client, unsigned is, const char *rest)
{
    if (!of_client) {
        *g = (struct guest){.does = 0};
        stage_act(&g->stage, is, MUST, rest);
        return;
    }
    guest_prepare(g, is, GUEST_TAKES_ALL);
    g->stage.play.receive = receive;
    g->request = is & PLAY_DEFLATE ? offering : NULL;
    guest_begin(g, MUST, rest);
    stage_finish(&g->stage);
}

static const struct ws_frame *first_frame(const struct run_transcript *transcript, bool ours,
                                          uint8_t opcode)
{
    for (size_t i = 0; i < transcript->count; i++) {
        const struct run_transcript_entry *entry = &transcript->entries[i];
        if (entry->kind == RUN_TRANSCRIPT_FRAME && entry->ours == ours &&
            entry->frame.opcode == opcode)
            return &entry->frame;
    }
    fail_msg("no frame with opcode %u", (unsigned)opcode);
    return NULL;
}

static void expect_good_order(const struct stage *s)
{
    assert_int_equal(s->result.hang, RUN_HANG_NONE);
    assert_int_equal(s->result.waits, 0);
    assert_int_equal(s->play.waited, 0);
    assert_int_equal(s->result.sighting_count, 0);
    assert_true(s->result.clean);
}

static void good_endpoints_pass_at_once(void **state)
{
    (void)state;
    static const char *const cases[] = {deflate_case, alone_case, window_case, either_case,
                                        many_case};
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct guest g;
        act(&g, i % 2 != 0, PLAY_DEFLATE, cases[i / 2]);
        const struct run_transcript *transcript = &g.stage.result.transcript;
        stage_expect(&g.stage, JUDGE_PASS, (int)i);
        expect_good_order(&g.stage);
        assert_int_equal(first_frame(transcript, true, WS_TEXT)->rsv, WS_RSV1);
        assert_int_equal(first_frame(transcript, false, WS_TEXT)->rsv, WS_RSV1);
        guest_end(&g);
    }
}

/* The first messages may come in the segment of our answer. */
static void joined_messages_are_compressed(void **state)
{
    (void)state;
    static const unsigned ways[] = {PLAY_DEFLATE, PLAY_DEFLATE | PLAY_CHOPPED};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct guest g;
        act(&g, true, ways[i], "\"response\": {\"join\": true}, \"deflate\": [{}], " TWO_MESSAGES);
        stage_expect(&g.stage, JUDGE_PASS, (int)i);
        expect_good_order(&g.stage);
        assert_int_equal(first_frame(&g.stage.result.transcript, true, WS_TEXT)->rsv, WS_RSV1);
        guest_end(&g);
    }
}

/* However the octets come. */
static void the_agreement_does_not_depend_on_segments(void **state)
{
    (void)state;
    static const unsigned ways[] = {PLAY_CHOPPED, PLAY_SLOW, PLAY_GREET, PLAY_GREET | PLAY_CHOPPED,
                                    PLAY_EARLY_HINTS};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct stage s;
        stage_prepare(&s, PLAY_DEFLATE | ways[i]);
        s.profile.broadcasts = (ways[i] & PLAY_GREET) != 0;
        stage_begin(&s, MUST, deflate_case);
        stage_finish(&s);
        stage_expect(&s, JUDGE_PASS, (int)i);
        assert_int_equal(s.result.sighting_count, 0);
        stage_end(&s);
    }
}

/* RFC 7692, 6: who agreed on it need not compress. */
static void a_plain_echo_is_an_echo(void **state)
{
    (void)state;
    for (int of_client = 0; of_client < 2; of_client++) {
        struct guest g;
        act(&g, of_client, PLAY_DEFLATE | PLAY_PLAIN_ECHO, deflate_case);
        EXPECT(&g.stage, JUDGE_PASS);
        expect_good_order(&g.stage);
        assert_int_equal(first_frame(&g.stage.result.transcript, false, WS_TEXT)->rsv, 0);
        guest_end(&g);
    }
}

/* Nobody must support it: the case cannot be asked, and the connection ends as it should. */
static void who_does_without_is_not_judged(void **state)
{
    (void)state;
    static const char *const cases[] = {deflate_case, either_case, garbage_case, bit_case};
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct guest g;
        act(&g, i % 2 != 0, 0, cases[i / 2]);
        stage_expect(&g.stage, JUDGE_SKIP, (int)i);
        assert_string_equal(g.stage.result.judgement.diagnosis,
                            "permessage-deflate was not agreed on");
        expect_good_order(&g.stage);
        assert_false(g.stage.result.close_first);
        assert_int_equal(g.stage.result.close_code, 1000);
        assert_int_equal(first_frame(&g.stage.result.transcript, true, WS_CLOSE)->rsv, 0);
        guest_end(&g);
    }
}

/* A window that the client did not offer must not be named. */
static void an_offer_that_does_not_fit_is_not_taken(void **state)
{
    (void)state;
    struct guest g;
    static const char hint[] = "\"deflate\": [{\"window\": 9}], " TWO_MESSAGES;
    struct buffer request = {0};
    buffer_append_text(&request, offering);
    char *at = strstr((char *)(uintptr_t)buffer_text(&request), "; client_max_window_bits");
    memset(at, ' ', strlen("; client_max_window_bits"));
    guest_prepare(&g, PLAY_DEFLATE, 0);
    g.stage.play.receive = receive;
    g.request = buffer_text(&request);
    guest_begin(&g, MUST, hint);
    stage_finish(&g.stage);
    EXPECT(&g.stage, JUDGE_SKIP);
    expect_good_order(&g.stage);
    guest_end(&g);
    buffer_free(&request);
}

/* Some kilobytes on the wire. */
static void a_flood_may_come_compressed(void **state)
{
    (void)state;
    for (int of_client = 0; of_client < 2; of_client++) {
        struct guest g;
        act(&g, of_client, PLAY_DEFLATE | PLAY_FLOOD, deflate_case);
        EXPECT(&g.stage, JUDGE_FAILED);
        assert_non_null(strstr(g.stage.result.judgement.diagnosis, "far more"));
        guest_end(&g);
    }
}

/* What a server says unasked is read as frames all the same, wherever its segments end. */
static void a_greeting_is_read_without_agreement(void **state)
{
    (void)state;
    for (size_t split = 100; split < 200; split++) {
        struct stage s;
        stage_prepare(&s, PLAY_GREET);
        s.play.split = split;
        stage_begin(&s, MUST, deflate_case);
        stage_finish(&s);
        EXPECT(&s, JUDGE_SKIP);
        assert_true(s.result.clean);
        assert_int_equal(s.result.sighting_count, 0);
        stage_end(&s);
    }
}

/* A harness that has no time for the closing handshake ends at once. */
static void without_a_linger_there_is_no_close(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    const struct case_spec *spec = play_case(&s.set, "x/case", MUST, deflate_case);
    s.exchange = run_exchange_new(spec, RUN_DELIVERY_WHOLE, &s.settings, SHORT, 0);
    play_begin(&s.play, run_exchange_party(s.exchange));
    stage_finish(&s);
    EXPECT(&s, JUDGE_SKIP);
    assert_int_equal(s.play.sent.len, 0);
    assert_int_equal(s.play.waited, 0);
    stage_end(&s);
}

/* --- bad endpoints -------------------------------------------------------------------------- */

static void what_cannot_be_inflated_fails(void **state)
{
    (void)state;
    for (int of_client = 0; of_client < 2; of_client++) {
        struct guest g;
        act(&g, of_client, PLAY_DEFLATE | PLAY_GARBAGE, deflate_case);
        EXPECT(&g.stage, JUDGE_FAILED);
        assert_true(stage_sighted(&g.stage, "RFC7692-7.2.1-01"));
        guest_end(&g);
    }
}

static void another_text_than_was_sent_fails(void **state)
{
    (void)state;
    for (int of_client = 0; of_client < 2; of_client++) {
        struct guest g;
        act(&g, of_client, PLAY_DEFLATE | PLAY_BAD_ECHO, deflate_case);
        EXPECT(&g.stage, JUDGE_FAILED);
        guest_end(&g);
    }
}

/* RFC 7692, 7.2.2: without a context the second message cannot be read. A server's own forgetting
 * shows only if our messages may refer to each other, a client's likewise. */
static void who_forgets_the_context_fails(void **state)
{
    (void)state;
    for (int of_client = 0; of_client < 2; of_client++) {
        struct guest g;
        act(&g, of_client, PLAY_DEFLATE | PLAY_FORGETS, deflate_case);
        EXPECT(&g.stage, JUDGE_FAILED);
        assert_true(g.stage.result.close_first);
        guest_end(&g);
    }
}

/* What an endpoint must refuse is told from what it must read, with the extension too. */
static void violations_are_judged_as_ever(void **state)
{
    (void)state;
    static const char *const cases[] = {garbage_case, bit_case};
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct guest g;
        act(&g, i % 2 != 0, PLAY_DEFLATE, cases[i / 2]);
        stage_expect(&g.stage, JUDGE_PASS, (int)i);
        assert_true(g.stage.result.close_first);
        guest_end(&g);
        act(&g, i % 2 != 0, PLAY_DEFLATE | PLAY_OVERLOOK, cases[i / 2]);
        stage_expect(&g.stage, JUDGE_FAILED, (int)i);
        guest_end(&g);
    }
}

/* RFC 7692, 7: a client would fail this connection, so nothing can be asked on it; but the sentence
 * was broken. */
static void a_bad_answer_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *extensions;
        const char *rule;
    } rows[] = {
        {"permessage-deflate; level=9", "RFC6455-9.1-05"},
        {"permessage-deflate; client_max_window_bits", "RFC7692-7.1.2.2-04"},
        {"permessage-deflate, permessage-deflate", "RFC7692-5-15"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        stage_prepare(&s, PLAY_DEFLATE);
        s.play.extensions = rows[i].extensions;
        stage_begin(&s, MUST, deflate_case);
        stage_finish(&s);
        stage_expect(&s, JUDGE_SKIP, (int)i);
        assert_true(stage_sighted(&s, rows[i].rule));
        assert_int_equal(s.result.sighting_count, 1);
        stage_end(&s);
    }
}

/* Cases of the core protocol never name it. */
static void other_cases_know_nothing_of_it(void **state)
{
    (void)state;
    for (int of_client = 0; of_client < 2; of_client++) {
        struct guest g;
        act(&g, of_client, PLAY_DEFLATE, echo_case);
        EXPECT(&g.stage, JUDGE_PASS);
        expect_good_order(&g.stage);
        assert_null(g.stage.play.packer);
        assert_int_equal(first_frame(&g.stage.result.transcript, true, WS_TEXT)->rsv, 0);
        guest_end(&g);
        act(&g, of_client, PLAY_DEFLATE, rsv_case);
        EXPECT(&g.stage, JUDGE_PASS);
        guest_end(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_endpoints_pass_at_once),
        cmocka_unit_test(joined_messages_are_compressed),
        cmocka_unit_test(the_agreement_does_not_depend_on_segments),
        cmocka_unit_test(a_plain_echo_is_an_echo),
        cmocka_unit_test(who_does_without_is_not_judged),
        cmocka_unit_test(an_offer_that_does_not_fit_is_not_taken),
        cmocka_unit_test(a_flood_may_come_compressed),
        cmocka_unit_test(a_greeting_is_read_without_agreement),
        cmocka_unit_test(without_a_linger_there_is_no_close),
        cmocka_unit_test(what_cannot_be_inflated_fails),
        cmocka_unit_test(another_text_than_was_sent_fails),
        cmocka_unit_test(who_forgets_the_context_fails),
        cmocka_unit_test(violations_are_judged_as_ever),
        cmocka_unit_test(a_bad_answer_is_seen),
        cmocka_unit_test(other_cases_know_nothing_of_it),
    };
    return cmocka_run_group_tests_name("run/exchange_deflate", tests, NULL, NULL);
}
