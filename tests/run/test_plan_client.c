/* SPDX-License-Identifier: MIT */
/* Plans of runs in which clients ask for their cases. */
#include "run/plan.h"

#include "desk.h"

static void a_client_takes_the_case_that_it_wants(void **state)
{
    (void)state;
    struct desk d;
    DESK_OPEN(&d, echo_case, fail_case, pong_case);
    struct run_job job = run_plan_claim(d.plan, 1);
    assert_int_equal(job.kind, RUN_JOB_CASE);
    assert_int_equal(job.index, 1);
    assert_ptr_equal(job.spec, d.cases[1]);
    assert_int_equal(job.delivery, RUN_DELIVERY_WHOLE);
    assert_int_equal(job.patience_us, LONG); /* it will not be tried again */
    assert_false(run_plan_is_final(d.plan, 1));
    desk_finish(&d, 1, JUDGE_FAILED, RUN_HANG_NONE);
    assert_true(run_plan_is_final(d.plan, 1));
    assert_false(run_plan_is_final(d.plan, 0));
    assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_FAILED);
    assert_int_equal(run_plan_done(d.plan), 1);
    desk_end(&d);
}

static void a_running_case_cannot_be_taken_twice(void **state)
{
    (void)state;
    struct desk d;
    DESK_OPEN(&d, echo_case, echo_case);
    assert_int_equal(run_plan_claim(d.plan, 0).kind, RUN_JOB_CASE);
    assert_int_equal(run_plan_claim(d.plan, 0).kind, RUN_JOB_NONE);
    assert_int_equal(run_plan_claim(d.plan, 1).kind, RUN_JOB_CASE); /* but another beside it */
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    desk_finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    run_plan_stop(d.plan, "enough");
    assert_int_equal(run_plan_claim(d.plan, 0).kind, RUN_JOB_NONE);
    desk_end(&d);
}

static void a_case_that_ran_may_run_again(void **state)
{
    (void)state;
    struct desk d;
    DESK_OPEN(&d, echo_case);
    desk_claim(&d, 0, JUDGE_FAILED, RUN_HANG_NONE);
    desk_claim(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS); /* the last one counts */
    assert_int_equal(run_plan_done(d.plan), 1);
    desk_end(&d);
}

/* A claimed case had all the time that it needs, so its hang is a finding at once. */
static void three_claimed_hangs_are_believed(void **state)
{
    (void)state;
    struct desk d;
    DESK_OPEN(&d, echo_case, echo_case, echo_case, echo_case);
    assert_int_equal(run_plan_believed(d.plan), 0);
    for (size_t i = 0; i < 3; i++) {
        desk_claim(&d, i, JUDGE_FAILED, RUN_HANG_ANSWER);
        assert_true(run_plan_is_final(d.plan, i));
        assert_int_equal(desk_result_of(&d, i)->verdict, JUDGE_FAILED);
        assert_int_equal(run_plan_believed(d.plan), i < 2 ? 0 : 1u << RUN_HANG_ANSWER);
    }
    desk_claim(&d, 3, JUDGE_FAILED, RUN_HANG_CLOSE);
    assert_int_equal(run_plan_believed(d.plan), 1u << RUN_HANG_ANSWER);
    assert_int_equal(run_plan_waits(d.plan), 4);
    desk_end(&d);
}

static void cases_without_a_hang_prove_none(void **state)
{
    (void)state;
    struct desk d;
    DESK_OPEN(&d, echo_case, echo_case, echo_case, echo_case);
    for (size_t i = 0; i < 4; i++)
        desk_claim(&d, i, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(run_plan_believed(d.plan), 0);
    desk_end(&d);
}

static void a_known_killer_is_convicted(void **state)
{
    (void)state;
    struct desk d;
    DESK_OPEN(&d, echo_case, echo_case);
    desk_claim(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    run_plan_convict(d.plan, 0, "signal 11");
    run_plan_convict(d.plan, 1, "signal 6"); /* it need not have ended */
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_FAILED);
    assert_int_equal(desk_result_of(&d, 0)->judgement.grade, JUDGE_VIOLATION);
    assert_string_equal(desk_result_of(&d, 0)->judgement.diagnosis,
                        "the endpoint dies of it: signal 11");
    assert_true(run_plan_is_final(d.plan, 1));
    desk_end(&d);
}

/* --- judging more than once ----------------------------------------------------------------- */

static void sight(struct desk *d, size_t index)
{
    assert_int_equal(run_plan_claim(d->plan, index).kind, RUN_JOB_CASE);
    struct run_result result = desk_made(d, index, JUDGE_PASS, RUN_HANG_NONE);
    result.sightings[result.sighting_count++] = (struct run_sighting){MASKED, "it masks"};
    run_plan_finished(d->plan, index, &result);
}

/* Each time a client asks for its report the run is judged anew. */
static void judging_again_counts_nothing_twice(void **state)
{
    (void)state;
    struct desk d;
    DESK_OPEN(&d, run_case, echo_case, echo_case, echo_case);
    sight(&d, 1);
    desk_claim(&d, 2, JUDGE_PASS, RUN_HANG_NONE);
    for (int i = 0; i < 3; i++) {
        run_plan_judge_run(d.plan, &d.set.catalogue);
        assert_string_equal(desk_result_of(&d, 0)->judgement.diagnosis,
                            "it masks (on 1 of 2 connections, first in x/1)");
    }
    sight(&d, 3);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_string_equal(desk_result_of(&d, 0)->judgement.diagnosis,
                        "it masks (on 2 of 3 connections, first in x/1)");
    assert_int_equal(judge_observation_find(run_plan_observations(d.plan), MASKED)->count, 2);
    desk_end(&d);
}

static void what_was_not_asked_for_was_not_run(void **state)
{
    (void)state;
    struct desk d;
    DESK_OPEN(&d, echo_case, echo_case);
    desk_claim(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_SKIP);
    assert_string_equal(desk_result_of(&d, 1)->judgement.diagnosis, "not run");
    assert_false(run_plan_is_final(d.plan, 1));
    desk_claim(&d, 1, JUDGE_WARN, RUN_HANG_NONE); /* but it may still be */
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_WARN);
    desk_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_takes_the_case_that_it_wants),
        cmocka_unit_test(a_running_case_cannot_be_taken_twice),
        cmocka_unit_test(a_case_that_ran_may_run_again),
        cmocka_unit_test(three_claimed_hangs_are_believed),
        cmocka_unit_test(cases_without_a_hang_prove_none),
        cmocka_unit_test(a_known_killer_is_convicted),
        cmocka_unit_test(judging_again_counts_nothing_twice),
        cmocka_unit_test(what_was_not_asked_for_was_not_run),
    };
    return cmocka_run_group_tests_name("run/plan_client", tests, NULL, NULL);
}
