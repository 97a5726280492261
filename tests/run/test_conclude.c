/* SPDX-License-Identifier: MIT */
#include "run/conclude.h"

#include "guest.h"

/* An exchange that stands, in which nothing was said yet. */
static struct run_exchange *open_one(struct stage *s, const char *rest, bool of_client)
{
    stage_prepare(s, 0);
    s->settings.of_client = of_client;
    s->exchange = run_exchange_new(play_case(&s->set, "x/case", MUST, rest), RUN_DELIVERY_WHOLE,
                                   &s->settings, SHORT, LINGER);
    s->exchange->opened = true;
    s->exchange->opening.status = 101;
    s->exchange->born = 100;
    s->exchange->now = 350;
    return s->exchange;
}

static void close_one(struct stage *s)
{
    s->result = run_exchange_take(s->exchange);
    stage_end(s);
}

static void a_verdict_has_its_time(void **state)
{
    (void)state;
    struct stage s;
    struct run_exchange *x = open_one(&s, echo_case, false);
    run_conclude_give(x, JUDGE_WARN);
    assert_int_equal(x->result.verdict, JUDGE_WARN);
    assert_int_equal(x->result.duration_us, 250);
    assert_int_equal(x->since, 350);
    close_one(&s);
}

static void a_skip_says_why_and_what_was_seen(void **state)
{
    (void)state;
    struct stage s;
    struct run_exchange *x = open_one(&s, echo_case, false);
    x->end = JUDGE_END_FIN;
    run_conclude_skip(x, "it was of no use");
    assert_int_equal(x->result.verdict, JUDGE_SKIP);
    assert_int_equal(x->phase, PHASE_OVER);
    assert_string_equal(x->result.judgement.diagnosis,
                        "it was of no use: the end of TCP without a Close");
    close_one(&s);
}

/* What the case itself is about outweighs a good end. */
static void its_own_sentence_outweighs_the_rest(void **state)
{
    (void)state;
    for (int broken = 0; broken < 2; broken++) {
        struct stage s;
        struct run_exchange *x = open_one(&s, echo_case, false);
        x->alive = true;
        x->own_text = broken ? "it is broken" : NULL;
        run_conclude_judge(x);
        assert_int_equal(x->result.verdict, broken ? JUDGE_FAILED : JUDGE_PASS);
        assert_int_equal(x->result.judgement.grade, broken ? JUDGE_VIOLATION : JUDGE_STRICT);
        if (broken)
            assert_string_equal(x->result.judgement.diagnosis, "it is broken");
        assert_int_equal(x->phase, PHASE_CLOSING);
        close_one(&s);
    }
}

static void what_has_ended_is_not_closed(void **state)
{
    (void)state;
    struct stage s;
    struct run_exchange *x = open_one(&s, echo_case, false);
    x->end = JUDGE_END_RESET;
    run_conclude_judge(x);
    assert_int_equal(x->phase, PHASE_OVER);
    close_one(&s);
    x = open_one(&s, echo_case, false);
    x->result.hang = RUN_HANG_ANSWER;
    run_conclude_judge(x);
    assert_int_equal(x->phase, PHASE_OVER);
    close_one(&s);
    x = open_one(&s, echo_case, false);
    x->linger_us = 0;
    run_conclude_judge(x);
    assert_int_equal(x->phase, PHASE_OVER);
    close_one(&s);
}

/* 7.1.1: a server ends TCP itself; a client leaves that to us. */
static void a_clean_end_needs_both_closes_and_tcp(void **state)
{
    (void)state;
    static const struct {
        bool of_client;
        bool ours;
        enum judge_end end;
        bool clean;
    } rows[] = {
        {false, true, JUDGE_END_FIN, true},    {false, true, JUDGE_END_OPEN, false},
        {false, true, JUDGE_END_RESET, false}, {false, false, JUDGE_END_FIN, false},
        {true, true, JUDGE_END_OPEN, true},    {true, true, JUDGE_END_FIN, true},
        {true, true, JUDGE_END_RESET, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        struct run_exchange *x = open_one(&s, echo_case, rows[i].of_client);
        if (rows[i].ours) {
            run_sender_queue(&x->sender, WS_CLOSE, bytes_text(""));
            run_sender_write_urgent(&x->sender, 0);
        }
        x->match.close_seen = true;
        x->match.close.code = 1001;
        x->end = rows[i].end;
        run_conclude_close(x);
        if (x->result.clean != rows[i].clean)
            fail_msg("row %zu", i);
        assert_true(x->result.close_seen);
        assert_int_equal(x->result.close_code, 1001);
        close_one(&s);
    }
}

static void only_a_client_refuses_our_answer(void **state)
{
    (void)state;
    static const char refusal[] = "\"response\": {\"status\": \"200 OK\"}, \"outcome\": \"reject\"";
    static const char either[] =
        "\"response\": {\"status\": \"200 OK\"}, \"outcome\": \"reject | accept\"";
    static const struct {
        const char *rest;
        bool of_client;
        bool refuses;
    } rows[] = {{refusal, true, true},
                {either, true, false},
                {echo_case, true, false},
                {reject_case, false, false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        struct run_exchange *x = open_one(&s, rows[i].rest, rows[i].of_client);
        assert_int_equal(run_conclude_refuses(x), rows[i].refuses);
        close_one(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_has_its_time),
        cmocka_unit_test(a_skip_says_why_and_what_was_seen),
        cmocka_unit_test(its_own_sentence_outweighs_the_rest),
        cmocka_unit_test(what_has_ended_is_not_closed),
        cmocka_unit_test(a_clean_end_needs_both_closes_and_tcp),
        cmocka_unit_test(only_a_client_refuses_our_answer),
    };
    return cmocka_run_group_tests_name("run/conclude", tests, NULL, NULL);
}
