/* SPDX-License-Identifier: MIT */
#include "run/sight.h"

#include "guest.h"

/* What it does on every connection is charged to the run, not to each case... */
static void masked_frames_charge_the_run(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_MASK, MUST, echo_case);
    EXPECT(&s, JUDGE_PASS);
    assert_true(stage_sighted(&s, "RFC6455-5.1-04"));
    assert_int_equal(s.result.sighting_count, 1); /* however many frames */
    stage_end(&s);
}

/* ... unless the case is about it and a plain handshake did not show it. */
static void a_case_is_decided_by_its_own_sentence(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_MASK, "RFC6455-5.1-04", echo_case);
    EXPECT(&s, JUDGE_FAILED);
    assert_non_null(strstr(s.result.judgement.diagnosis, "masked"));
    assert_int_equal(s.result.sighting_count, 0);
    stage_end(&s);

    stage_prepare(&s, PLAY_MASK);
    judge_observation_add(&s.profile.known, "RFC6455-5.1-04", "seen by the probe", NULL);
    stage_begin(&s, "RFC6455-5.1-04", echo_case);
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_true(stage_sighted(&s, "RFC6455-5.1-04"));
    stage_end(&s);
}

static void a_wrong_accept_is_charged_to_the_run(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    s.play.answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n";
    stage_begin(&s, MUST, echo_case);
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.sighting_count > 0);
    stage_end(&s);
}

/* An endpoint that overlooks bad text and repeats it breaks the rule that the case is about, not
 * one of its own. */
static void repeating_our_fault_is_not_counted_twice(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_OVERLOOK, MUST, utf8_case);
    EXPECT(&s, JUDGE_FAILED);
    assert_false(stage_sighted(&s, "RFC6455-5.6-03"));
    stage_end(&s);
}

static void tcp_left_open_is_charged_to_the_run(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_NO_FIN, MUST, close_case);
    assert_true(stage_sighted(&s, RUN_LEFT_OPEN_RULE));
    assert_false(stage_sighted(&s, RUN_LEFT_OPEN_FAILED_RULE));
    stage_end(&s);
    stage_act(&s, PLAY_NO_FIN, MUST, rsv_case);
    assert_true(stage_sighted(&s, RUN_LEFT_OPEN_FAILED_RULE));
    assert_false(stage_sighted(&s, RUN_LEFT_OPEN_RULE));
    stage_end(&s);
}

/* --- one by one ----------------------------------------------------------------------------- */

/* An exchange that stands, in which nothing was said yet. */
static struct run_exchange *open_one(struct stage *s, const char *rule, bool of_client)
{
    stage_prepare(s, 0);
    s->settings.of_client = of_client;
    s->exchange = run_exchange_new(play_case(&s->set, "x/case", rule, echo_case),
                                   RUN_DELIVERY_WHOLE, &s->settings, SHORT, LINGER);
    s->exchange->opened = true;
    s->exchange->opening.status = 101;
    return s->exchange;
}

static void close_one(struct stage *s)
{
    s->result = run_exchange_take(s->exchange);
    stage_end(s);
}

static void a_sentence_is_noted_once(void **state)
{
    (void)state;
    struct stage s;
    struct run_exchange *x = open_one(&s, MUST, false);
    char text[] = "first";
    run_sight_rule(x, "A", text);
    memset(text, 'x', strlen(text)); /* it was copied */
    run_sight_rule(x, "B", "other");
    run_sight_rule(x, "A", "second");
    assert_int_equal(x->result.sighting_count, 2);
    assert_string_equal(x->result.sightings[0].text, "first");
    assert_null(x->own_text);
    run_sight_rule(x, MUST, "mine");
    run_sight_rule(x, MUST, "mine too");
    assert_int_equal(x->result.sighting_count, 2);
    assert_string_equal(x->own_text, "mine");
    close_one(&s);
}

static void there_is_an_end_to_what_is_noted(void **state)
{
    (void)state;
    static char rules[RUN_SIGHTINGS_MAX + 4][8];
    struct stage s;
    struct run_exchange *x = open_one(&s, MUST, false);
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        snprintf(rules[i], sizeof(rules[i]), "R-%zu", i);
        run_sight_rule(x, rules[i], "text");
    }
    assert_int_equal(x->result.sighting_count, RUN_SIGHTINGS_MAX);
    close_one(&s);
}

/* RFC 6455, 5.5.1 and 5.5.2: "as soon as is practical". */
static void an_answer_after_a_second_is_late(void **state)
{
    (void)state;
    static const struct {
        uint8_t sent;
        uint8_t came;
        uint64_t after;
        const char *rule;
    } rows[] = {
        {WS_PING, WS_PONG, 999999, NULL},   {WS_PING, WS_PONG, 1000000, "RFC6455-5.5.2-04"},
        {WS_CLOSE, WS_CLOSE, 999999, NULL}, {WS_CLOSE, WS_CLOSE, 1000000, "RFC6455-5.5.1-14"},
        {WS_PONG, WS_PONG, 1000000, NULL}, /* unasked */
        {WS_PING, WS_CLOSE, 1000000, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        struct run_exchange *x = open_one(&s, MUST, false);
        run_sender_queue(&x->sender, rows[i].sent, bytes_text(""));
        run_sender_write_urgent(&x->sender, 0);
        x->wrote_at = 7;
        x->now = 7 + rows[i].after;
        const struct ws_event event = {.kind = WS_EVENT_CONTROL, .opcode = rows[i].came};
        run_sight_late_answer(x, &event);
        if (x->result.sighting_count != (rows[i].rule != NULL))
            fail_msg("row %zu", i);
        if (rows[i].rule != NULL)
            assert_string_equal(x->result.sightings[0].rule, rows[i].rule);
        close_one(&s);
    }
}

/* 7.1.1: the server ends TCP, "immediately" by a should; a client leaves that to us. */
static void only_a_server_can_end_tcp_late(void **state)
{
    (void)state;
    static const struct {
        uint64_t after;
        bool of_client;
        bool close_sent;
        enum ws_violation violation;
        bool late;
    } rows[] = {
        {SHORT - 1, false, true, WS_FINE, false},
        {SHORT, false, true, WS_FINE, true},
        {SHORT, true, true, WS_FINE, false},
        {SHORT, false, false, WS_FINE, false}, /* it may have waited for our Close */
        {SHORT, false, false, WS_BAD_RSV1, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        struct run_exchange *x = open_one(&s, MUST, rows[i].of_client);
        x->match.close_seen = true;
        x->closed_at = 5;
        x->sender.ledger.close_sent = rows[i].close_sent;
        x->sender.ledger.violation = rows[i].violation;
        x->end = JUDGE_END_FIN;
        x->now = 5 + rows[i].after;
        run_sight_behaviour(x);
        assert_int_equal(x->result.late, rows[i].late);
        assert_int_equal(x->result.sighting_count, rows[i].late);
        close_one(&s);
    }
}

/* 5.5.1: the server ends TCP after both Closes, and ours may not have gone out. */
static void tcp_is_left_open_after_both_closes(void **state)
{
    (void)state;
    for (int close_sent = 0; close_sent < 2; close_sent++) {
        struct stage s;
        struct run_exchange *x = open_one(&s, MUST, false);
        x->match.close_seen = true;
        x->sender.ledger.close_sent = close_sent;
        x->result.hang = RUN_HANG_TCP;
        run_sight_behaviour(x);
        assert_int_equal(x->result.sighting_count, close_sent);
        close_one(&s);
    }
}

/* A02: 1000 and 1001 claim a normal end. */
static void a_failure_with_a_normal_code_is_a_missed_should(void **state)
{
    (void)state;
    static const struct {
        unsigned code;
        bool sighted;
    } rows[] = {{1000, true}, {1001, true}, {1002, false}, {1005, false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        stage_prepare(&s, 0);
        s.play.code = rows[i].code;
        stage_begin(&s, MUST, rsv_case);
        stage_finish(&s);
        assert_int_equal(stage_sighted(&s, "RFC6455-7.1.7-05"), rows[i].sighted);
        stage_end(&s);
    }
}

static void a_reset_after_a_clean_close_is_noted(void **state)
{
    (void)state;
    static const struct {
        enum judge_end end;
        bool more; /* goes out behind our Close, when TCP may be ended */
        bool noted;
    } rows[] = {{JUDGE_END_FIN, false, false},
                {JUDGE_END_RESET, false, true},
                {JUDGE_END_RESET, true, false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        struct run_exchange *x = open_one(&s, MUST, false);
        run_sender_queue(&x->sender, WS_CLOSE, bytes_text(""));
        if (rows[i].more)
            run_sender_queue(&x->sender, WS_CLOSE, bytes_text(""));
        run_sender_write_urgent(&x->sender, 0);
        x->match.close_seen = true;
        x->end = rows[i].end;
        run_sight_behaviour(x);
        assert_int_equal(x->result.sighting_count, rows[i].noted);
        if (rows[i].noted)
            assert_string_equal(x->result.sightings[0].rule, "RFC6455-7.1.1-01");
        close_one(&s);
    }
}

/* That a bad request was accepted is what is wrong, not how. */
static void a_101_that_is_unwanted_is_not_examined(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    s.play.answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n";
    stage_begin(&s, MUST, reject_case);
    stage_finish(&s);
    EXPECT(&s, JUDGE_FAILED);
    assert_int_equal(s.result.sighting_count, 0);
    stage_end(&s);
}

/* A client refuses without a word, since it has none: no sentence of a server's is about it. */
static void a_refusing_client_breaks_nothing(void **state)
{
    (void)state;
    static const unsigned ways[] = {0, PLAY_IGNORE_FAILURE, PLAY_RESET_FAILURE};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct guest g;
        guest_act(&g, ways[i], 0,
                  "\"response\": {\"status\": \"200 OK\"}, \"outcome\": \"reject\"");
        EXPECT(&g.stage, JUDGE_PASS);
        assert_int_equal(g.stage.result.sighting_count, 0);
        guest_end(&g);
    }
}

/* Nor does it matter what else a client does that took an answer which it had to refuse, or a
 * server that accepted a request which it had to refuse. Where either was allowed, it does. */
static void what_follows_an_unwanted_opening_is_not_charged(void **state)
{
    (void)state;
    static const struct {
        const char *rest;
        bool sighted;
    } rows[] = {
        {"\"response\": {\"status\": \"200 OK\"}, \"outcome\": \"reject\"", false},
        {"\"response\": {\"order\": \"reverse\"}, \"outcome\": \"accept | reject\"", true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct guest g;
        guest_act(&g, 0, GUEST_TAKES_ALL | GUEST_UNMASKED, rows[i].rest);
        assert_int_equal(g.stage.result.verdict, rows[i].sighted ? JUDGE_PASS : JUDGE_FAILED);
        assert_int_equal(stage_sighted(&g.stage, "RFC6455-5.1-01"), rows[i].sighted);
        assert_int_equal(g.stage.result.sighting_count, rows[i].sighted);
        guest_end(&g);
    }
    struct stage s;
    stage_act(&s, PLAY_ACCEPT_ALL | PLAY_MASK, MUST, reject_case);
    EXPECT(&s, JUDGE_FAILED);
    assert_true(s.result.close_seen); /* masked */
    assert_int_equal(s.result.sighting_count, 0);
    stage_end(&s);
}

/* The end of TCP, with both Closes said. */
static void only_a_client_ends_tcp_early(void **state)
{
    (void)state;
    static const struct {
        bool of_client;
        enum judge_end end;
        const char *rule; /* NULL: none */
    } rows[] = {
        {true, JUDGE_END_FIN, NULL},
        {true, JUDGE_END_RESET, "RFC6455-7.1.1-01"},
        {false, JUDGE_END_FIN, NULL},
        {false, JUDGE_END_RESET, NULL},
    };
    for (size_t i = 0; i < 3 * COUNT_OF(rows); i++) {
        bool both = i / COUNT_OF(rows) == 0; /* or only theirs, or only ours */
        const char *rule = both ? rows[i % COUNT_OF(rows)].rule : NULL;
        struct stage s;
        struct run_exchange *x = open_one(&s, MUST, rows[i % COUNT_OF(rows)].of_client);
        run_exchange_watch_end(x);
        if (i / COUNT_OF(rows) != 1) {
            run_sender_queue(&x->sender, WS_CLOSE, bytes_text(""));
            run_sender_write_urgent(&x->sender, 0);
        }
        x->match.close_seen = i / COUNT_OF(rows) != 2;
        x->end = rows[i % COUNT_OF(rows)].end;
        run_sight_early_end(x);
        assert_int_equal(x->result.sighting_count, rule != NULL);
        bool early = both && rows[i % COUNT_OF(rows)].of_client;
        assert_int_equal(x->result.watched, early);
        assert_int_equal(x->result.ended_first, early);
        if (rule != NULL)
            assert_string_equal(x->result.sightings[0].rule, rule);
        close_one(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masked_frames_charge_the_run),
        cmocka_unit_test(a_case_is_decided_by_its_own_sentence),
        cmocka_unit_test(a_wrong_accept_is_charged_to_the_run),
        cmocka_unit_test(repeating_our_fault_is_not_counted_twice),
        cmocka_unit_test(tcp_left_open_is_charged_to_the_run),
        cmocka_unit_test(a_sentence_is_noted_once),
        cmocka_unit_test(there_is_an_end_to_what_is_noted),
        cmocka_unit_test(an_answer_after_a_second_is_late),
        cmocka_unit_test(only_a_server_can_end_tcp_late),
        cmocka_unit_test(tcp_is_left_open_after_both_closes),
        cmocka_unit_test(a_failure_with_a_normal_code_is_a_missed_should),
        cmocka_unit_test(a_reset_after_a_clean_close_is_noted),
        cmocka_unit_test(a_101_that_is_unwanted_is_not_examined),
        cmocka_unit_test(a_refusing_client_breaks_nothing),
        cmocka_unit_test(what_follows_an_unwanted_opening_is_not_charged),
        cmocka_unit_test(only_a_client_ends_tcp_early),
    };
    return cmocka_run_group_tests_name("run/sight", tests, NULL, NULL);
}
