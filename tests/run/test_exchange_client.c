/* SPDX-License-Identifier: MIT */
/* Exchanges in which the endpoint under test is a client. */
#include "run/exchange.h"

#include "guest.h"

static const char good_answer_case[] =
    "\"response\": {\"order\": \"reverse\"}, \"outcome\": \"accept\"";
static const char cut_answer_case[] =
    "\"response\": {\"cut\": \"octets\"}, \"outcome\": \"accept\"";
static const char bad_status_case[] =
    "\"response\": {\"status\": \"200 OK\"}, \"outcome\": \"reject\"";
static const char bad_proof_case[] =
    "\"response\": {\"set\": {\"Sec-WebSocket-Accept\": \"$accept_other\"}}, \"outcome\": "
    "\"reject\"";
static const char either_case[] = "\"response\": {\"set\": {\"Sec-WebSocket-Protocol\": "
                                  "\"x\"}}, \"outcome\": \"accept | reject\"";
static const char hold_case[] = "\"response\": {\"hold\": true}, \"outcome\": \"accept\"";
static const char join_case[] =
    "\"response\": {\"join\": true}, \"steps\": [{\"message\": {\"type\": \"text\", \"payload\": "
    "\"one\"}}, {\"message\": {\"type\": \"text\", \"payload\": \"two\"}}], \"cut\": \"frames\","
    "\"outcome\": \"echo\"";
static const char join_close_case[] = "\"response\": {\"join\": true}, \"steps\": [{\"close\": "
                                      "{\"code\": 1001}}], \"outcome\": \"close\"";
static const char join_fail_case[] = "\"response\": {\"join\": true}, \"steps\": [{\"send\": "
                                     "{\"opcode\": 3}}], \"outcome\": \"fail(1002)\"";
static const char masked_case[] = "\"steps\": [{\"send\": {\"opcode\": \"text\", \"mask\": true, "
                                  "\"payload\": \"x\"}}], \"outcome\": \"fail(1002)\"";

static const char *const all_cases[] = {
    echo_case,       pong_case,       await_case,     close_case,     rsv_case,
    utf8_case,       open_utf8_case,  minimal_case,   masked_case,    good_answer_case,
    cut_answer_case, bad_status_case, bad_proof_case, either_case,    hold_case,
    join_case,       join_close_case, join_fail_case, long_fail_case,
};

/* --- good clients --------------------------------------------------------------------------- */

/* The pauses that a case asks for, and those between the pieces of what it cuts. */
static unsigned pauses_of(const char *rest)
{
    return rest == cut_answer_case ? 6 : rest == hold_case || rest == join_case ? 1 : 0;
}

/* A passing case waits for no timer but these. */
static void good_clients_pass_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all_cases); i++) {
        struct guest g;
        guest_act(&g, 0, 0, all_cases[i]);
        const struct stage *s = &g.stage;
        stage_expect(s, JUDGE_PASS, (int)i);
        assert_int_equal(s->result.judgement.lenient, all_cases[i] == either_case);
        assert_int_equal(s->result.hang, RUN_HANG_NONE);
        assert_int_equal(s->result.waits, 0);
        assert_int_equal(s->play.waited, pauses_of(all_cases[i]));
        assert_int_equal(s->result.sighting_count, 0);
        assert_int_equal(guest_count_behind_close(&g), 0);
        guest_end(&g);
    }
}

/* RFC 6455, 7.1.1: it is the server that ends TCP, so a client that leaves that to us is right. */
static void the_end_of_tcp_is_for_us(void **state)
{
    (void)state;
    static const char *const cases[] = {echo_case, pong_case, await_case, close_case,
                                        rsv_case,  utf8_case, join_case,  hold_case};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guest g;
        guest_act(&g, PLAY_NO_FIN, 0, cases[i]);
        stage_expect(&g.stage, JUDGE_PASS, (int)i);
        assert_true(g.stage.result.clean);
        assert_false(g.stage.result.lingered);
        assert_int_equal(g.stage.result.waits, 0);
        assert_int_equal(g.stage.result.sighting_count, 0);
        guest_end(&g);
    }
}

static void who_closed_first_is_known(void **state)
{
    (void)state;
    struct guest g;
    guest_act(&g, 0, 0, echo_case);
    assert_true(g.stage.result.close_seen);
    assert_false(g.stage.result.close_first);
    assert_int_equal(g.stage.result.close_code, 1000);
    assert_true(g.stage.result.controlled);
    guest_end(&g);
    guest_act(&g, 0, 0, rsv_case);
    assert_true(g.stage.result.close_first);
    assert_int_equal(g.stage.result.close_code, 1002);
    guest_end(&g);
}

/* Its head and ours stand in the transcript, and what it calls itself. */
static void the_handshake_is_on_record(void **state)
{
    (void)state;
    struct guest g;
    guest_act(&g, 0, 0, good_answer_case);
    const struct run_transcript *transcript = &g.stage.result.transcript;
    assert_true(transcript->of_client);
    assert_true(transcript->count > 2);
    assert_false(transcript->entries[0].ours);
    assert_true(bytes_contain(transcript->entries[0].octets, bytes_text("User-Agent: guest/1")));
    assert_true(transcript->entries[1].ours);
    assert_true(bytes_contain(transcript->entries[1].octets, bytes_text("HTTP/1.1 101 ")));
    guest_end(&g);
}

/* --- bad clients ---------------------------------------------------------------------------- */

static void wrong_clients_fail(void **state)
{
    (void)state;
    static const struct {
        unsigned is;
        unsigned does;
        const char *rest;
        const char *said;
    } rows[] = {
        {0, GUEST_TAKES_ALL, bad_status_case, "took the answer for good"},
        {0, GUEST_TAKES_ALL, bad_proof_case, "took the answer for good"},
        {PLAY_NO_ECHO, GUEST_TAKES_ALL, bad_proof_case, "took the answer for good"},
        {PLAY_NO_PONG, GUEST_TAKES_ALL, bad_proof_case, "took the answer for good"},
        {PLAY_BAD_ECHO, 0, echo_case, "octet"},
        {PLAY_NO_ECHO, 0, echo_case, "echo"},
        {PLAY_NO_ECHO, 0, join_case, "echo"},
        {PLAY_NO_PONG, 0, pong_case, "pong"},
        {PLAY_CLOSE_FIRST, 0, echo_case, "Close 1000"},
        {PLAY_OVERLOOK, 0, rsv_case, "processed"},
        {PLAY_OVERLOOK, 0, masked_case, "processed"},
        {PLAY_OVERLOOK, 0, utf8_case, "processed"},
        {PLAY_OVERLOOK, 0, join_fail_case, "processed"},
        {PLAY_NO_CLOSE, 0, close_case, "open"},
        {PLAY_NO_CLOSE, 0, join_close_case, "open"},
        {PLAY_FLOOD, 0, echo_case, "far more"},
        {PLAY_IGNORE_FAILURE | PLAY_NO_FIN, 0, rsv_case, "open"},
        {PLAY_IGNORE_FAILURE | PLAY_NO_FIN, 0, join_fail_case, "open"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct guest g;
        guest_act(&g, rows[i].is, rows[i].does, rows[i].rest);
        stage_expect(&g.stage, JUDGE_FAILED, (int)i);
        if (strstr(g.stage.result.judgement.diagnosis, rows[i].said) == NULL)
            fail_msg("row %zu: %s", i, g.stage.result.judgement.diagnosis);
        assert_int_equal(guest_count_behind_close(&g), 0);
        guest_end(&g);
    }
}

/* What is certain needs no deadline: the first frame behind a bad answer is the failure. */
static void a_bad_answer_that_is_taken_is_known_at_once(void **state)
{
    (void)state;
    struct guest g;
    guest_act(&g, 0, GUEST_TAKES_ALL, bad_proof_case);
    assert_int_equal(g.stage.play.waited, 0);
    assert_int_equal(g.stage.result.hang, RUN_HANG_NONE);
    assert_false(g.stage.result.controlled); /* it answered what it had to refuse */
    guest_end(&g);
}

/* 7.1.1: "a client SHOULD wait for the server to close the connection": so we do, after a grace. */
static void a_refusing_client_may_wait_for_our_end(void **state)
{
    (void)state;
    static const char *const cases[] = {bad_status_case, bad_proof_case};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guest g;
        guest_act(&g, PLAY_IGNORE_FAILURE, 0, cases[i]);
        EXPECT(&g.stage, JUDGE_PASS);
        assert_int_equal(g.stage.result.judgement.grade, JUDGE_STRICT);
        assert_true(g.stage.play.half_closed);
        assert_int_equal(g.stage.play.waited, 1); /* the grace */
        assert_int_equal(g.stage.result.waits, 0);
        assert_true(g.stage.play.now < 1000000 + 2 * (uint64_t)GRACE);
        guest_end(&g);
    }
    struct guest g;
    guest_act(&g, PLAY_IGNORE_FAILURE, 0, either_case);
    EXPECT(&g.stage, JUDGE_PASS);
    assert_true(g.stage.result.judgement.lenient);
    guest_end(&g);
}

/* A machine that sleeps between two of our steps must not cost the question whether the client took
 * the answer, nor may anything follow our FIN. */
static void what_is_to_be_asked_is_asked_though_we_were_slow(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "\"response\": {\"status\": \"200 OK\"}, \"outcome\": \"reject\"",
        "\"response\": {\"eol\": \"\\n\"}, \"outcome\": \"accept | reject\""};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct guest g;
        guest_prepare(&g, 0, 0);
        guest_begin(&g, MUST, rows[i]);
        struct play *p = &g.stage.play;
        struct run_party party = p->party;
        struct bytes request = buffer_bytes(&p->out);
        party.bytes(party.self, support_flush(request), request.len, ++p->now);
        unsigned writes = 0;
        struct run_action action = {.want = RUN_WANT_WRITE};
        for (int steps = 0; steps < 20 && action.want != RUN_WANT_HALF_CLOSE; steps++) {
            /* The write before is only now under way, and over long after. */
            if (action.want == RUN_WANT_WRITE && writes > 0)
                party.next(party.self, p->now, false);
            p->now += 10 * SHORT / 11;
            action = party.next(party.self, p->now, true);
            writes += action.want == RUN_WANT_WRITE;
        }
        assert_int_equal(action.want, RUN_WANT_HALF_CLOSE);
        assert_int_equal(writes, 2); /* the answer, and what asks */
        action = party.next(party.self, p->now, true);
        assert_true(action.want == RUN_WANT_WAIT || action.want == RUN_WANT_CLOSE);
        guest_end(&g);
    }
}

static void a_refusing_client_that_stays_hangs(void **state)
{
    (void)state;
    struct guest g;
    guest_act(&g, PLAY_IGNORE_FAILURE | PLAY_NO_FIN, 0, bad_status_case);
    EXPECT(&g.stage, JUDGE_PASS); /* it did not take the answer; the rest is charged to the run */
    assert_true(stage_sighted(&g.stage, "RFC6455-7.1.7-01"));
    assert_int_equal(g.stage.result.hang, RUN_HANG_REFUSAL);
    assert_int_equal(g.stage.result.waits, 1);
    guest_end(&g);
}

/* But where frames are at fault silence proves nothing: a client that fails the connection says so
 * or ends TCP (A01). */
static void a_failing_client_that_says_nothing_hangs(void **state)
{
    (void)state;
    static const char *const cases[] = {rsv_case, utf8_case, masked_case, join_fail_case};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guest g;
        guest_act(&g, PLAY_IGNORE_FAILURE, 0, cases[i]);
        stage_expect(&g.stage, JUDGE_FAILED, (int)i);
        assert_false(g.stage.play.half_closed);
        assert_int_equal(g.stage.result.hang, RUN_HANG_FAILURE);
        assert_int_equal(g.stage.result.waits, 1);
        guest_end(&g);
    }
}

static void a_failure_without_close_is_lenient(void **state)
{
    (void)state;
    static const unsigned ways[] = {PLAY_MUTE_FAILURE, PLAY_RESET_FAILURE};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct guest g;
        guest_act(&g, ways[i], 0, rsv_case);
        EXPECT(&g.stage, JUDGE_PASS);
        assert_true(g.stage.result.judgement.lenient);
        assert_int_equal(g.stage.play.waited, 0);
        assert_int_equal(stage_sighted(&g.stage, "RFC6455-7.1.7-05"), i == 0);
        guest_end(&g);
    }
}

/* --- before the answer ---------------------------------------------------------------------- */

static void expect_early(struct guest *g, const char *rule, const char *rest,
                         enum judge_verdict verdict, bool sighted, int line)
{
    wire_client(&g->early, 0x8a, "unasked");
    guest_begin(g, rule, rest);
    stage_finish(&g->stage);
    stage_expect(&g->stage, verdict, line);
    assert_int_equal(stage_sighted(&g->stage, "RFC6455-4.1-42"), sighted);
    guest_end(g);
}

/* RFC 6455, 4.1: "Once the client's opening handshake has been sent, the client MUST wait for a
 * response from the server before sending any further data." */
static void a_client_must_wait_for_the_answer(void **state)
{
    (void)state;
    struct guest g;
    guest_prepare(&g, 0, 0); /* charged to the run: */
    expect_early(&g, MUST, echo_case, JUDGE_PASS, true, __LINE__);
    guest_prepare(&g, 0, 0); /* in its own case: */
    expect_early(&g, "RFC6455-4.1-42", hold_case, JUDGE_FAILED, false, __LINE__);
    guest_prepare(&g, 0, GUEST_SAYS_LATER);
    expect_early(&g, "RFC6455-4.1-42", hold_case, JUDGE_FAILED, false, __LINE__);
    /* Without a pause our answer is out before that comes, so nobody can tell. */
    guest_prepare(&g, 0, GUEST_SAYS_LATER);
    expect_early(&g, "RFC6455-4.1-42", good_answer_case, JUDGE_PASS, false, __LINE__);
}

/* What came early is not lost: here it is an answer to nothing. */
static void what_came_early_is_judged(void **state)
{
    (void)state;
    struct guest g;
    guest_prepare(&g, 0, 0);
    wire_client(&g.early, 0x81, "hello");
    guest_begin(&g, MUST, echo_case);
    stage_finish(&g.stage);
    EXPECT(&g.stage, JUDGE_FAILED);
    guest_end(&g);
}

static void an_answer_is_held_for_the_grace(void **state)
{
    (void)state;
    struct guest g;
    guest_prepare(&g, 0, 0);
    guest_begin(&g, MUST, hold_case);
    struct play *p = &g.stage.play;
    play_step(p); /* the request */
    assert_int_equal(p->writes, 0);
    assert_int_equal(p->action.want, RUN_WANT_WAIT);
    assert_int_equal(p->action.deadline, p->now + GRACE);
    play_wait(p);
    assert_true(p->writes > 0);
    stage_finish(&g.stage);
    EXPECT(&g.stage, JUDGE_PASS);
    guest_end(&g);
}

static void what_is_no_request_is_no_verdict(void **state)
{
    (void)state;
    static char endless[66000]; /* longer than any head may be */
    memset(endless, 'a', sizeof(endless) - 1);
    struct guest g;
    guest_prepare(&g, 0, 0);
    g.request = endless;
    guest_begin(&g, MUST, echo_case);
    stage_finish(&g.stage);
    EXPECT(&g.stage, JUDGE_SKIP);
    assert_int_equal(g.stage.play.writes, 0);
    assert_int_equal(g.stage.result.hang, RUN_HANG_NONE);
    guest_end(&g);

    static const char *const cases[] = {echo_case, rsv_case, bad_status_case, good_answer_case};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        guest_act(&g, 0, GUEST_HALF_ASKS, cases[i]);
        stage_expect(&g.stage, JUDGE_SKIP, (int)i);
        assert_int_equal(g.stage.result.hang, RUN_HANG_HANDSHAKE);
        assert_int_equal(g.stage.play.writes, 0);
        guest_end(&g);
    }
}

/* A client that goes before it has asked was told nothing that it could refuse. */
static void an_end_before_the_request_is_no_verdict(void **state)
{
    (void)state;
    static const char *const cases[] = {echo_case, rsv_case, bad_status_case, good_answer_case};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guest g;
        guest_prepare(&g, 0, 0);
        guest_begin(&g, MUST, cases[i]);
        buffer_clear(&g.stage.play.out);
        g.stage.play.end = JUDGE_END_FIN;
        stage_finish(&g.stage);
        stage_expect(&g.stage, JUDGE_SKIP, (int)i);
        guest_end(&g);
    }
}

/* But an answer of which it has seen enough may be refused before it is whole. */
static void half_an_answer_may_be_refused(void **state)
{
    (void)state;
    static const char rest[] =
        "\"response\": {\"status\": \"200 OK\", \"cut\": \"octets\"}, \"outcome\": \"reject\"";
    struct guest g;
    guest_prepare(&g, PLAY_SLOW, 0);
    guest_begin(&g, MUST, rest);
    struct play *p = &g.stage.play;
    p->party.bytes(p->party.self, p->out.data, p->out.len, ++p->now);
    buffer_clear(&p->out);
    for (int i = 0; i < 20; i++) {
        if (play_ask(p, true).want == RUN_WANT_WAIT) {
            p->now = p->action.deadline;
            play_ask(p, true);
        }
        assert_int_equal(p->action.want, RUN_WANT_WRITE);
        assert_int_equal(p->action.octets.len, 1);
    }
    p->end = JUDGE_END_FIN;
    play_tell_end(p);
    assert_true(p->closed);
    g.stage.result = run_exchange_take(g.stage.exchange);
    EXPECT(&g.stage, JUDGE_PASS);
    guest_end(&g);
}

/* What is wrong with the request is charged to the run. */
static void a_wrong_request_is_charged_to_the_run(void **state)
{
    (void)state;
    struct guest g;
    guest_prepare(&g, 0, 0);
    g.request = "GET / HTTP/1.1\r\nHost: localhost:9001\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Version: 12\r\n\r\n";
    guest_begin(&g, MUST, echo_case);
    stage_finish(&g.stage);
    EXPECT(&g.stage, JUDGE_PASS);
    assert_true(stage_sighted(&g.stage, "RFC6455-4.1-35"));
    assert_int_equal(g.stage.result.sighting_count, 1);
    guest_end(&g);
}

/* --- frames with the answer ----------------------------------------------------------------- */

/* The first frame stands in the segment of the 101; the rest comes as the case says. */
static void joined_frames_come_with_the_answer(void **state)
{
    (void)state;
    struct guest g;
    guest_prepare(&g, 0, 0);
    guest_begin(&g, MUST, join_case);
    struct play *p = &g.stage.play;
    p->party.bytes(p->party.self, p->out.data, p->out.len, ++p->now);
    buffer_clear(&p->out);
    assert_int_equal(play_ask(p, true).want, RUN_WANT_WRITE);
    struct bytes octets = p->action.octets;
    assert_true(octets.len > 5);
    assert_memory_equal(octets.data + octets.len - 9, "\r\n\r\n\x81\x03one", 9);
    buffer_append(&p->in, octets);
    assert_int_equal(play_ask(p, true).want, RUN_WANT_WAIT); /* for the client to read */
    p->now = p->action.deadline;
    assert_int_equal(play_ask(p, true).want, RUN_WANT_WRITE);
    assert_memory_equal(p->action.octets.data, "\x81\x03two", 5);
    buffer_append(&p->in, p->action.octets);
    play_pump(p);
    stage_finish(&g.stage);
    EXPECT(&g.stage, JUDGE_PASS);
    guest_end(&g);
}

/* --- deadlines ------------------------------------------------------------------------------ */

/* How long a client of that kind is waited for. */
static uint64_t time_of(unsigned is, const char *rest, unsigned believed)
{
    struct guest g;
    guest_prepare(&g, is, 0);
    g.patience_us = LONG;
    g.stage.settings.believed = believed;
    guest_begin(&g, MUST, rest);
    uint64_t begun = g.stage.play.now;
    stage_finish(&g.stage);
    uint64_t took = g.stage.play.now - begun;
    guest_end(&g);
    return took;
}

/* "After three confirmed hangs of one kind the rest get one short deadline". */
static void a_believed_hang_gets_the_short_deadline(void **state)
{
    (void)state;
    static const struct {
        unsigned is;
        const char *rest;
        enum run_hang hang;
    } rows[] = {
        {PLAY_NO_ECHO, echo_case, RUN_HANG_ANSWER},
        {PLAY_NO_ECHO, rsv_case, RUN_HANG_CONTROL},
        {PLAY_NO_CLOSE, close_case, RUN_HANG_CLOSE},
        {PLAY_IGNORE_FAILURE, rsv_case, RUN_HANG_FAILURE},
        {PLAY_IGNORE_FAILURE | PLAY_NO_FIN, bad_status_case, RUN_HANG_REFUSAL},
    };
    enum { SLACK = 5 * GRACE };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t other = time_of(rows[i].is, rows[i].rest, 1u << RUN_HANG_TCP);
        uint64_t believed = time_of(rows[i].is, rows[i].rest, 1u << rows[i].hang);
        assert_in_range(other, LONG, LONG + SLACK);
        assert_in_range(believed, SHORT, SHORT + SLACK);
    }
}

/* --- masks ---------------------------------------------------------------------------------- */

static void unmasked_frames_charge_the_run(void **state)
{
    (void)state;
    struct guest g;
    guest_act(&g, 0, GUEST_UNMASKED, echo_case);
    EXPECT(&g.stage, JUDGE_PASS);
    assert_true(stage_sighted(&g.stage, "RFC6455-5.1-01"));
    assert_int_equal(g.stage.result.sighting_count, 1);
    guest_end(&g);

    guest_prepare(&g, 0, GUEST_UNMASKED);
    guest_begin(&g, "RFC6455-5.1-01", echo_case);
    stage_finish(&g.stage);
    EXPECT(&g.stage, JUDGE_FAILED);
    guest_end(&g);
}

static size_t frames_of(const struct guest *g)
{
    const struct run_transcript *transcript = &g->stage.result.transcript;
    size_t count = 0;
    for (size_t i = 0; i < transcript->count; i++)
        count +=
            transcript->entries[i].kind == RUN_TRANSCRIPT_FRAME && !transcript->entries[i].ours;
    return count;
}

/* What it drew at random is kept for the end of the run, one connection after the other. */
static void keys_are_handed_on(void **state)
{
    (void)state;
    struct judge_keys keys = {0};
    size_t masks = 0;
    for (size_t i = 1; i <= 2; i++) {
        struct guest g;
        guest_prepare(&g, 0, 0);
        g.stage.settings.keys = &keys;
        guest_begin(&g, MUST, echo_case);
        stage_finish(&g.stage);
        masks += frames_of(&g);
        assert_int_equal(keys.mask_count, masks);
        assert_int_equal(keys.nonce_count, i);
        assert_int_equal(keys.connection, i);
        guest_end(&g);
    }
    assert_true(masks >= 8);
    struct guest g;
    guest_prepare(&g, 0, GUEST_UNMASKED); /* no mask, no key */
    g.stage.settings.keys = &keys;
    guest_begin(&g, MUST, echo_case);
    stage_finish(&g.stage);
    assert_int_equal(keys.mask_count, masks);
    guest_end(&g);
    judge_keys_free(&keys);
}

/* --- delivery ------------------------------------------------------------------------------- */

static void expect_same(const struct guest *a, const struct guest *b, size_t row, unsigned is,
                        size_t split)
{
    const struct run_result *whole = &a->stage.result;
    const struct run_result *other = &b->stage.result;
    if (other->verdict != whole->verdict || other->judgement.grade != whole->judgement.grade ||
        other->hang != whole->hang || other->sighting_count != whole->sighting_count)
        fail_msg("case %zu, client %x, split %zu: %s (%s) and %s (%s)", row, is, split,
                 judge_verdict_name(whole->verdict), whole->judgement.diagnosis,
                 judge_verdict_name(other->verdict), other->judgement.diagnosis);
    if (guest_count_behind_close(b) > 0)
        fail_msg("case %zu, client %x, split %zu: frames behind our Close", row, is, split);
}

/* Neither how its octets arrive nor how long our writes take changes a verdict. */
static void delivery_does_not_change_a_verdict(void **state)
{
    (void)state;
    static const unsigned kinds[] = {
        0,
        PLAY_MUTE_FAILURE,
        PLAY_RESET_FAILURE,
        PLAY_IGNORE_FAILURE,
        PLAY_IGNORE_FAILURE | PLAY_NO_FIN,
        PLAY_OVERLOOK,
        PLAY_NO_ECHO,
        PLAY_NO_PONG,
        PLAY_NO_CLOSE,
        PLAY_CLOSE_FIRST,
        PLAY_BAD_ECHO,
        PLAY_ASKS,
        PLAY_RESET_CLOSE,
    };
    static const unsigned deliveries[] = {PLAY_CHOPPED, PLAY_SLOW, PLAY_CHOPPED | PLAY_SLOW};
    for (size_t i = 0; i < COUNT_OF(all_cases); i++) {
        for (size_t k = 0; k < 2 * COUNT_OF(kinds); k++) {
            unsigned is = kinds[k / 2];
            unsigned does = k % 2 != 0 ? GUEST_TAKES_ALL : 0;
            struct guest whole;
            guest_act(&whole, is, does, all_cases[i]);
            for (size_t j = 0; j < COUNT_OF(deliveries); j++) {
                struct guest other;
                guest_act(&other, is | deliveries[j], does, all_cases[i]);
                expect_same(&whole, &other, i, is | deliveries[j], 0);
                guest_end(&other);
            }
            guest_end(&whole);
        }
    }
}

static void no_split_changes_a_verdict(void **state)
{
    (void)state;
    static const char *const cases[] = {await_case, rsv_case, join_case, either_case, hold_case};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guest whole;
        guest_act(&whole, 0, 0, cases[i]);
        for (size_t split = 1; split < whole.stage.play.delivered; split++) {
            struct guest other;
            guest_prepare(&other, 0, 0);
            other.stage.play.split = split;
            guest_begin(&other, MUST, cases[i]);
            stage_finish(&other.stage);
            expect_same(&whole, &other, i, 0, split);
            guest_end(&other);
        }
        guest_end(&whole);
    }
}

/* The seed alone decides what is sent. */
static void the_same_seed_sends_the_same(void **state)
{
    (void)state;
    struct guest a;
    struct guest b;
    guest_act(&a, 0, 0, echo_case);
    guest_act(&b, 0, 0, echo_case);
    assert_true(bytes_equal(buffer_bytes(&a.stage.play.sent), buffer_bytes(&b.stage.play.sent)));
    guest_end(&a);
    guest_end(&b);
}

static void nothing_is_freed_twice(void **state)
{
    (void)state;
    struct guest g;
    guest_prepare(&g, 0, 0);
    guest_begin(&g, MUST, echo_case);
    play_step(&g.stage.play);
    guest_end(&g); /* in the middle */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_clients_pass_at_once),
        cmocka_unit_test(the_end_of_tcp_is_for_us),
        cmocka_unit_test(who_closed_first_is_known),
        cmocka_unit_test(the_handshake_is_on_record),
        cmocka_unit_test(wrong_clients_fail),
        cmocka_unit_test(a_bad_answer_that_is_taken_is_known_at_once),
        cmocka_unit_test(a_refusing_client_may_wait_for_our_end),
        cmocka_unit_test(what_is_to_be_asked_is_asked_though_we_were_slow),
        cmocka_unit_test(a_refusing_client_that_stays_hangs),
        cmocka_unit_test(a_failing_client_that_says_nothing_hangs),
        cmocka_unit_test(a_failure_without_close_is_lenient),
        cmocka_unit_test(a_client_must_wait_for_the_answer),
        cmocka_unit_test(what_came_early_is_judged),
        cmocka_unit_test(an_answer_is_held_for_the_grace),
        cmocka_unit_test(what_is_no_request_is_no_verdict),
        cmocka_unit_test(an_end_before_the_request_is_no_verdict),
        cmocka_unit_test(half_an_answer_may_be_refused),
        cmocka_unit_test(a_wrong_request_is_charged_to_the_run),
        cmocka_unit_test(joined_frames_come_with_the_answer),
        cmocka_unit_test(a_believed_hang_gets_the_short_deadline),
        cmocka_unit_test(unmasked_frames_charge_the_run),
        cmocka_unit_test(keys_are_handed_on),
        cmocka_unit_test(delivery_does_not_change_a_verdict),
        cmocka_unit_test(no_split_changes_a_verdict),
        cmocka_unit_test(the_same_seed_sends_the_same),
        cmocka_unit_test(nothing_is_freed_twice),
    };
    return cmocka_run_group_tests_name("run/exchange_client", tests, NULL, NULL);
}
