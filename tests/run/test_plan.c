/* SPDX-License-Identifier: MIT */
#include "run/plan.h"

#include "desk.h"
#include "run/patience.h"

/* --- the first pass ------------------------------------------------------------------------- */

static void cases_run_in_order_as_many_as_allowed(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 5, 3, false);
    for (size_t i = 0; i < 3; i++) {
        struct run_job job = run_plan_next(d.plan);
        assert_int_equal(job.kind, RUN_JOB_CASE);
        assert_int_equal(job.index, i);
        assert_int_equal(job.patience_us, SHORT);
        assert_int_equal(job.linger_us, SHORT);
    }
    desk_expect_kind(&d, RUN_JOB_NONE);
    desk_finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(desk_next_case(&d), 3);
    desk_expect_kind(&d, RUN_JOB_NONE);
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    desk_finish(&d, 2, JUDGE_FAILED, RUN_HANG_NONE);
    desk_finish(&d, 3, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(run_plan_done(d.plan), 4);
    assert_int_equal(desk_next_case(&d), 4);
    desk_expect_kind(&d, RUN_JOB_NONE);
    desk_finish(&d, 4, JUDGE_WARN, RUN_HANG_NONE);
    desk_expect_kind(&d, RUN_JOB_END);
    desk_expect_kind(&d, RUN_JOB_END);
    assert_int_equal(desk_result_of(&d, 2)->verdict, JUDGE_FAILED);
    assert_int_equal(desk_result_of(&d, 4)->verdict, JUDGE_WARN);
    assert_int_equal(run_plan_done(d.plan), 5);
    assert_int_equal(run_plan_waits(d.plan), 0);
    assert_false(run_plan_gone(d.plan));
    assert_null(run_plan_last_death(d.plan));
    desk_end(&d);
}

static void big_cases_run_alone(void **state)
{
    (void)state;
    struct desk d;
    desk_prepare(&d);
    desk_add(&d, echo_case);
    desk_add(&d, big_case);
    desk_add(&d, echo_case);
    desk_begin(&d, 4, false);
    assert_int_equal(desk_next_case(&d), 0);
    desk_expect_kind(&d, RUN_JOB_NONE);
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(desk_next_case(&d), 1);
    desk_expect_kind(&d, RUN_JOB_NONE); /* nothing beside it */
    desk_finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(desk_next_case(&d), 2);
    desk_finish(&d, 2, JUDGE_PASS, RUN_HANG_NONE);
    desk_expect_kind(&d, RUN_JOB_END);
    desk_end(&d);
}

static void what_cannot_be_tested_is_skipped(void **state)
{
    (void)state;
    static const struct {
        bool echoes;
        bool pongs;
        bool handshake;
        bool runs[5]; /* echo, fail, pong, reject, big */
    } rows[] = {
        {true, true, false, {true, true, true, true, true}},
        {true, false, false, {true, true, true, true, true}},
        {false, true, false, {false, true, true, true, false}},
        {false, false, false, {false, false, true, true, false}},
        {true, true, true, {false, false, false, true, false}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct desk d;
        desk_prepare(&d);
        d.profile.echoes = rows[i].echoes;
        d.profile.pongs = rows[i].pongs;
        d.profile.handshake = rows[i].handshake;
        desk_add(&d, echo_case);
        desk_add(&d, fail_case);
        desk_add(&d, pong_case);
        desk_add(&d, reject_case);
        desk_add(&d, big_case);
        desk_begin(&d, 1, false);
        bool ran[5] = {false};
        for (;;) {
            struct run_job job = run_plan_next(d.plan);
            if (job.kind == RUN_JOB_END)
                break;
            assert_int_equal(job.kind, RUN_JOB_CASE);
            ran[job.index] = true;
            desk_finish(&d, job.index, JUDGE_PASS, RUN_HANG_NONE);
        }
        for (size_t j = 0; j < 5; j++) {
            if (ran[j] != rows[i].runs[j])
                fail_msg("row %zu, case %zu", i, j);
            assert_int_equal(desk_result_of(&d, j)->verdict, ran[j] ? JUDGE_PASS : JUDGE_SKIP);
            assert_int_equal(desk_result_of(&d, j)->judgement.diagnosis[0] != '\0', !ran[j]);
        }
        desk_end(&d);
    }
}

/* --- suspects ------------------------------------------------------------------------------- */

static void a_hang_is_tried_again_with_more_patience(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 3, 2, false);
    assert_int_equal(desk_next_case(&d), 0);
    assert_int_equal(desk_next_case(&d), 1);
    desk_finish(&d, 0, JUDGE_FAILED, RUN_HANG_ANSWER);
    assert_int_equal(run_plan_done(d.plan), 0);
    assert_int_equal(desk_next_case(&d), 2); /* the rest first */
    desk_expect_kind(&d, RUN_JOB_NONE);      /* not beside others */
    desk_finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    desk_expect_kind(&d, RUN_JOB_NONE);
    desk_finish(&d, 2, JUDGE_PASS, RUN_HANG_NONE);
    struct run_job job = run_plan_next(d.plan);
    assert_int_equal(job.kind, RUN_JOB_CASE);
    assert_int_equal(job.index, 0);
    assert_int_equal(job.patience_us, LONG);
    desk_expect_kind(&d, RUN_JOB_NONE);
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE); /* it was only slow */
    desk_expect_kind(&d, RUN_JOB_END);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    assert_int_equal(desk_result_of(&d, 0)->hang, RUN_HANG_NONE);
    assert_int_equal(run_plan_waits(d.plan), 1);
    desk_end(&d);
}

static void an_open_tcp_gets_its_own_patience(void **state)
{
    (void)state;
    static const enum run_hang hangs[] = {RUN_HANG_TCP, RUN_HANG_TCP_FAILED};
    for (size_t i = 0; i < COUNT_OF(hangs); i++) {
        struct desk d;
        desk_set_up(&d, 1, 1, false);
        desk_next_case(&d);
        desk_finish(&d, 0, JUDGE_PASS, hangs[i]);
        struct run_job job = run_plan_next(d.plan);
        assert_int_equal(job.kind, RUN_JOB_CASE);
        assert_int_equal(job.patience_us, TCP);
        desk_finish(&d, 0, JUDGE_PASS, hangs[i]);
        desk_expect_kind(&d, RUN_JOB_END);
        desk_end(&d);
    }
}

/* "After three confirmed hangs of one kind the rest get one short deadline together." */
static void after_three_of_a_kind_the_rest_is_believed(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 8, 4, false);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(desk_next_case(&d), i);
        desk_finish(&d, i, JUDGE_FAILED, i < 7 ? RUN_HANG_ANSWER : RUN_HANG_CLOSE);
    }
    /* Three of the one kind, and one of the other, a few at a time. */
    unsigned tried[8] = {0};
    for (;;) {
        struct run_job job = run_plan_next(d.plan);
        if (job.kind == RUN_JOB_END)
            break;
        assert_int_equal(job.kind, RUN_JOB_CASE);
        assert_int_equal(job.patience_us, LONG);
        tried[job.index]++;
        desk_finish(&d, job.index, JUDGE_FAILED, job.index < 7 ? RUN_HANG_ANSWER : RUN_HANG_CLOSE);
    }
    unsigned sum = 0;
    for (size_t i = 0; i < 7; i++)
        sum += tried[i];
    assert_int_equal(sum, 3);
    assert_int_equal(tried[7], 1);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(desk_result_of(&d, i)->verdict, JUDGE_FAILED);
    assert_int_equal(run_plan_done(d.plan), 8);
    desk_end(&d);
}

/* Confirmations only wait, so three may wait together; no fourth begins before they are told. */
static void confirmations_run_together(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 6, 6, false);
    for (size_t i = 0; i < 6; i++)
        desk_next_case(&d);
    for (size_t i = 0; i < 6; i++)
        desk_finish(&d, i, JUDGE_FAILED, RUN_HANG_ANSWER);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(desk_next_case(&d), i);
    desk_expect_kind(&d, RUN_JOB_NONE);
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE); /* only slow: another one takes its place */
    assert_int_equal(desk_next_case(&d), 3);
    desk_expect_kind(&d, RUN_JOB_NONE);
    for (size_t i = 1; i < 4; i++)
        desk_finish(&d, i, JUDGE_FAILED, RUN_HANG_ANSWER);
    desk_expect_kind(&d, RUN_JOB_END);
    desk_end(&d);
}

static void an_endpoint_that_lingers_is_waited_for_three_times(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 5, 1, false);
    for (size_t i = 0; i < 5; i++) {
        struct run_job job = run_plan_next(d.plan);
        assert_int_equal(job.linger_us, i < 3 ? SHORT : 0);
        struct run_result result = desk_made(&d, i, JUDGE_PASS, RUN_HANG_NONE);
        result.lingered = true;
        result.waits = 1;
        run_plan_finished(d.plan, i, &result);
    }
    desk_expect_kind(&d, RUN_JOB_END);
    assert_int_equal(run_plan_waits(d.plan), 5);
    desk_end(&d);
}

/* A client of whose cases one after the other hangs: run/patience.h. */
static void a_row_of_hangs_makes_haste(void **state)
{
    (void)state;
    enum { USUAL = 200000, HASTE = 10000, CASES = RUN_PATIENCE_ROW + 3 };
    struct desk d;
    desk_prepare(&d);
    d.settings.of_client = true;
    d.settings.short_us = USUAL;
    for (size_t i = 0; i < CASES; i++)
        desk_add(&d, echo_case);
    desk_begin(&d, 4, false);
    for (size_t i = 0; i < CASES - 1; i++) {
        struct run_job job = run_plan_claim(d.plan, i);
        assert_int_equal(job.believed_us, i < RUN_PATIENCE_ROW ? USUAL : HASTE);
        assert_int_equal(job.patience_us, LONG); /* for another kind */
        assert_int_equal(job.linger_us, USUAL);
        desk_finish(&d, i, JUDGE_FAILED, RUN_HANG_ANSWER);
        assert_true(run_plan_is_final(d.plan, i));
    }
    assert_int_equal(desk_result_of(&d, CASES - 2)->verdict, JUDGE_FAILED);

    /* It was only slow, as is seen now: what was said in haste is no finding. */
    run_plan_claim(d.plan, CASES - 1);
    struct run_result slow = desk_made(&d, CASES - 1, JUDGE_PASS, RUN_HANG_NONE);
    run_transcript_head(&slow.transcript, true, bytes_text("we"), 0);
    run_transcript_head(&slow.transcript, false, bytes_text("they"), HASTE);
    run_plan_finished(d.plan, CASES - 1, &slow);
    for (size_t i = 0; i < CASES; i++) {
        bool hasty = i >= RUN_PATIENCE_ROW && i < CASES - 1;
        assert_int_equal(desk_result_of(&d, i)->verdict, i == CASES - 1 ? JUDGE_PASS
                                                         : hasty        ? JUDGE_SKIP
                                                                        : JUDGE_FAILED);
    }
    assert_non_null(strstr(desk_result_of(&d, CASES - 2)->judgement.diagnosis, "not confirmed"));
    assert_int_equal(run_plan_claim(d.plan, 0).believed_us, USUAL);
    assert_int_equal(run_plan_claim(d.plan, 1).believed_us, USUAL); /* beside another */
    desk_end(&d);
}

/* --- stopping ------------------------------------------------------------------------------- */

static void a_stop_keeps_what_is_finished(void **state)
{
    (void)state;
    struct desk d;
    desk_prepare(&d);
    desk_add(&d, echo_case);
    desk_add(&d, echo_case);
    desk_add(&d, echo_case);
    desk_add(&d, run_case);
    desk_begin(&d, 2, false);
    desk_next_case(&d);
    desk_next_case(&d);
    desk_finish(&d, 0, JUDGE_FAILED, RUN_HANG_NONE);
    run_plan_stop(d.plan, "interrupted");
    desk_expect_kind(&d, RUN_JOB_END);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_FAILED);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(desk_result_of(&d, i)->verdict, JUDGE_SKIP);
        assert_string_equal(desk_result_of(&d, i)->judgement.diagnosis, "not run: interrupted");
    }
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(desk_result_of(&d, 3)->verdict, JUDGE_PASS);
    desk_end(&d);
}

/* "Again alone with at least 5 s before `hung` is said": a stop does not change that. */
static void a_stop_does_not_turn_suspects_into_failures(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 2, 1, false);
    desk_next_case(&d);
    desk_finish(&d, 0, JUDGE_FAILED, RUN_HANG_ANSWER);
    run_plan_stop(d.plan, "interrupted");
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_SKIP);
    assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_SKIP);
    assert_int_equal(run_plan_done(d.plan), 2);
    desk_end(&d);

    /* But a verdict that does not rest on the deadline stands. */
    desk_set_up(&d, 1, 1, false);
    desk_next_case(&d);
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_TCP);
    run_plan_stop(d.plan, "interrupted");
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    desk_end(&d);
}

/* --- run-level cases ------------------------------------------------------------------------ */

static void run_level_cases_are_judged_at_the_end(void **state)
{
    (void)state;
    struct desk d;
    desk_prepare(&d);
    desk_add(&d, run_case);
    desk_add(&d, echo_case);
    desk_add(&d, echo_case);
    desk_begin(&d, 1, false);
    assert_int_equal(desk_next_case(&d), 1);
    struct run_result result = desk_made(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    result.sightings[result.sighting_count++] = (struct run_sighting){MASKED, "it masks"};
    run_plan_finished(d.plan, 1, &result);
    assert_int_equal(desk_next_case(&d), 2);
    desk_finish(&d, 2, JUDGE_PASS, RUN_HANG_NONE);
    desk_expect_kind(&d, RUN_JOB_END);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_FAILED);
    assert_string_equal(desk_result_of(&d, 0)->judgement.diagnosis,
                        "it masks (on 1 of 2 connections, first in x/1)");
    assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_PASS);
    desk_end(&d);
}

static void each_case_comes_in_every_delivery_that_fits(void **state)
{
    (void)state;
    struct desk d;
    desk_prepare(&d);
    d.settings.deliveries = 1u << RUN_DELIVERY_WHOLE | 1u << RUN_DELIVERY_HEADERS;
    desk_add(&d, run_case);
    desk_add(&d, big_case);
    desk_add(&d, reject_case); /* a request has no frame headers */
    desk_add(&d, echo_case);
    desk_begin(&d, 1, false);
    static const enum run_delivery want[] = {RUN_DELIVERY_WHOLE, RUN_DELIVERY_WHOLE,
                                             RUN_DELIVERY_WHOLE, RUN_DELIVERY_WHOLE,
                                             RUN_DELIVERY_HEADERS};
    size_t count;
    const struct run_result *results = run_plan_results(d.plan, &count);
    assert_int_equal(count, COUNT_OF(want));
    for (size_t i = 0; i < count; i++)
        assert_int_equal(results[i].delivery, want[i]);
    desk_end(&d);
}

/* A suspect's first try is no connection of its own in the count. */
static void a_confirmed_case_counts_once(void **state)
{
    (void)state;
    struct desk d;
    desk_prepare(&d);
    desk_add(&d, run_case);
    desk_add(&d, echo_case);
    desk_begin(&d, 1, false);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(desk_next_case(&d), 1);
        struct run_result result = desk_made(&d, 1, JUDGE_FAILED, RUN_HANG_ANSWER);
        result.sightings[result.sighting_count++] = (struct run_sighting){MASKED, "it masks"};
        run_plan_finished(d.plan, 1, &result);
    }
    desk_expect_kind(&d, RUN_JOB_END);
    assert_int_equal(judge_observation_find(run_plan_observations(d.plan), MASKED)->count, 1);
    desk_end(&d);
}

/* Who ends TCP is asked of clients only, until it was seen three times: the answer takes a pause.
 */
static void the_end_of_tcp_is_watched_three_times(void **state)
{
    (void)state;
    for (int client = 0; client < 2; client++) {
        struct desk d;
        desk_prepare(&d);
        d.settings.of_client = client;
        for (int i = 0; i < 6; i++)
            desk_add(&d, echo_case);
        desk_begin(&d, 1, false);
        for (size_t i = 0; i < 6; i++) {
            struct run_job job = run_plan_next(d.plan);
            bool seen = i != 1; /* in the second case nobody closed */
            assert_int_equal(job.watch, client && i < 4);
            struct run_result result = desk_made(&d, i, JUDGE_PASS, RUN_HANG_NONE);
            result.watched = job.watch && seen;
            run_plan_finished(d.plan, i, &result);
        }
        assert_int_equal(run_plan_claim(d.plan, 0).watch, false);
        desk_end(&d);
    }
}

static void a_plan_may_be_empty(void **state)
{
    (void)state;
    struct desk d;
    desk_prepare(&d);
    desk_begin(&d, 4, true);
    desk_expect_kind(&d, RUN_JOB_END);
    desk_end(&d);
    run_plan_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_run_in_order_as_many_as_allowed),
        cmocka_unit_test(big_cases_run_alone),
        cmocka_unit_test(what_cannot_be_tested_is_skipped),
        cmocka_unit_test(a_hang_is_tried_again_with_more_patience),
        cmocka_unit_test(an_open_tcp_gets_its_own_patience),
        cmocka_unit_test(after_three_of_a_kind_the_rest_is_believed),
        cmocka_unit_test(confirmations_run_together),
        cmocka_unit_test(an_endpoint_that_lingers_is_waited_for_three_times),
        cmocka_unit_test(a_row_of_hangs_makes_haste),
        cmocka_unit_test(a_stop_keeps_what_is_finished),
        cmocka_unit_test(a_stop_does_not_turn_suspects_into_failures),
        cmocka_unit_test(run_level_cases_are_judged_at_the_end),
        cmocka_unit_test(each_case_comes_in_every_delivery_that_fits),
        cmocka_unit_test(a_confirmed_case_counts_once),
        cmocka_unit_test(the_end_of_tcp_is_watched_three_times),
        cmocka_unit_test(a_plan_may_be_empty),
    };
    return cmocka_run_group_tests_name("run/plan", tests, NULL, NULL);
}
