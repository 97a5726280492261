/* SPDX-License-Identifier: MIT */
/* Plans whose endpoint dies. */
#include "run/plan.h"

#include "desk.h"

/* Runs the plan against an endpoint that dies `delay` cases after the killer (0: while it runs). */
static void run_to_death(struct desk *d, size_t killer, unsigned delay, unsigned times)
{
    d->killer = killer;
    d->delay = delay;
    bool doomed = false;
    unsigned deaths = 0;
    for (int steps = 0; steps < 1000; steps++) {
        struct run_job job = run_plan_next(d->plan);
        bool dies = false;
        switch (job.kind) {
        case RUN_JOB_END:
            return;
        case RUN_JOB_REVIVE:
            doomed = false;
            run_plan_revived(d->plan, true);
            continue;
        case RUN_JOB_SETTLE:
            dies = doomed && job.settle_us >= 1000000; /* a late death takes its time */
            if (dies && deaths++ < times) {
                doomed = false;
                run_plan_died(d->plan, "it crashed");
            } else {
                run_plan_settled(d->plan);
            }
            continue;
        case RUN_JOB_NONE:
            fail_msg("it waits, but nothing runs");
            return;
        case RUN_JOB_CASE:
            break;
        }
        if (job.index == d->killer && deaths < times) {
            doomed = true;
            d->left = d->delay;
        }
        if (doomed && d->left-- == 0) {
            deaths++;
            doomed = false;
            run_plan_died(d->plan, "it crashed");
        } else {
            struct run_result result = desk_made(d, job.index, JUDGE_PASS, RUN_HANG_NONE);
            result.sightings[result.sighting_count++] = (struct run_sighting){MASKED, "it masks"};
            run_plan_finished(d->plan, job.index, &result);
        }
    }
    fail_msg("it never ends");
}

static void the_case_that_kills_is_found(void **state)
{
    (void)state;
    for (size_t killer = 0; killer < 6; killer++) {
        struct desk d;
        desk_set_up(&d, 6, 1, true);
        run_to_death(&d, killer, 0, 99);
        for (size_t i = 0; i < 6; i++)
            assert_int_equal(desk_result_of(&d, i)->verdict,
                             i == killer ? JUDGE_FAILED : JUDGE_PASS);
        assert_non_null(strstr(desk_result_of(&d, killer)->judgement.diagnosis, "it crashed"));
        assert_int_equal(desk_result_of(&d, killer)->judgement.grade, JUDGE_VIOLATION);
        assert_string_equal(run_plan_last_death(d.plan), "it crashed");
        assert_false(run_plan_gone(d.plan));
        assert_null(judge_observation_find(run_plan_observations(d.plan), DIES));
        desk_end(&d);
    }
}

/* Several ran when it died: they are tried one at a time. */
static void the_killer_is_told_from_those_beside_it(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 4, 4, true);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(desk_next_case(&d), i);
    run_plan_died(d.plan, "it crashed");
    desk_expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    run_to_death(&d, 2, 0, 99);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(desk_result_of(&d, i)->verdict, i == 2 ? JUDGE_FAILED : JUDGE_PASS);
    desk_end(&d);
}

/* "From now on one at a time", so that the next death has few suspects. */
static void after_a_death_cases_run_one_at_a_time(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 6, 3, false);
    for (size_t i = 0; i < 3; i++)
        desk_next_case(&d);
    run_plan_died(d.plan, "it crashed");
    desk_expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    for (int i = 0; i < 3; i++) { /* the suspects */
        desk_finish(&d, desk_next_case(&d), JUDGE_PASS, RUN_HANG_NONE);
        desk_expect_kind(&d, RUN_JOB_SETTLE);
        run_plan_settled(d.plan);
    }
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(desk_next_case(&d), i);
        desk_expect_kind(&d, RUN_JOB_NONE);
        desk_finish(&d, i, JUDGE_PASS, RUN_HANG_NONE);
    }
    desk_expect_kind(&d, RUN_JOB_END);
    desk_end(&d);
}

/* It dies long after the cause, so no suspect does it: the search goes through all by halves. */
static void a_late_death_is_found_by_halving(void **state)
{
    (void)state;
    for (size_t killer = 0; killer < 8; killer++) {
        struct desk d;
        desk_set_up(&d, 16, 1, true);
        run_to_death(&d, killer, 6, 99);
        for (size_t i = 0; i < 16; i++)
            if (desk_result_of(&d, i)->verdict != (i == killer ? JUDGE_FAILED : JUDGE_PASS))
                fail_msg("killer %zu: case %zu is %s", killer, i,
                         judge_verdict_name(desk_result_of(&d, i)->verdict));
        assert_int_equal(run_plan_done(d.plan), 16);
        desk_end(&d);
    }
}

/* What a trial runs again is not counted again. */
static void trials_leave_no_trace(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 16, 1, true);
    run_to_death(&d, 3, 6, 99);
    const struct judge_observation *masked =
        judge_observation_find(run_plan_observations(d.plan), MASKED);
    assert_non_null(masked);
    assert_true(masked->count <= 16);
    desk_end(&d);
}

static void a_death_that_does_not_come_again_is_nobodys(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 6, 1, true);
    run_to_death(&d, 3, 0, 1);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(desk_result_of(&d, i)->verdict, JUDGE_PASS);
    const struct judge_observation *died =
        judge_observation_find(run_plan_observations(d.plan), DIES);
    assert_non_null(died);
    assert_string_equal(died->text, "it crashed");
    desk_end(&d);
}

static void gone_for_good_ends_the_run(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 5, 2, false);
    assert_int_equal(desk_next_case(&d), 0);
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(desk_next_case(&d), 1);
    assert_int_equal(desk_next_case(&d), 2);
    run_plan_died(d.plan, "it crashed");
    desk_expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, false);
    desk_expect_kind(&d, RUN_JOB_END);
    assert_true(run_plan_gone(d.plan));
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_ERROR);
    assert_int_equal(desk_result_of(&d, 2)->verdict, JUDGE_ERROR);
    assert_non_null(strstr(desk_result_of(&d, 1)->judgement.diagnosis, "it crashed"));
    assert_int_equal(desk_result_of(&d, 3)->verdict, JUDGE_SKIP);
    assert_int_equal(desk_result_of(&d, 4)->verdict, JUDGE_SKIP);
    desk_end(&d);
}

static void nobody_listens_is_a_death(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 2, 1, false);
    assert_int_equal(desk_next_case(&d), 0);
    struct run_result result = desk_made(&d, 0, JUDGE_ERROR, RUN_HANG_NONE);
    result.unreachable = true;
    run_plan_finished(d.plan, 0, &result);
    desk_expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    run_to_death(&d, SIZE_MAX, 0, 0);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_PASS);
    desk_end(&d);
}

/* The news may come twice: nobody listens, and then how the process ended. */
static void a_death_is_counted_once(void **state)
{
    (void)state;
    struct desk d;
    desk_set_up(&d, 2, 1, true);
    desk_next_case(&d);
    run_plan_died(d.plan, "nobody listens any more");
    run_plan_died(d.plan, "killed by SIGSEGV");
    assert_string_equal(run_plan_last_death(d.plan), "killed by SIGSEGV");
    desk_expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    assert_int_equal(desk_next_case(&d), 0);
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    desk_expect_kind(&d, RUN_JOB_SETTLE);
    desk_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_case_that_kills_is_found),
        cmocka_unit_test(the_killer_is_told_from_those_beside_it),
        cmocka_unit_test(after_a_death_cases_run_one_at_a_time),
        cmocka_unit_test(a_late_death_is_found_by_halving),
        cmocka_unit_test(trials_leave_no_trace),
        cmocka_unit_test(a_death_that_does_not_come_again_is_nobodys),
        cmocka_unit_test(gone_for_good_ends_the_run),
        cmocka_unit_test(nobody_listens_is_a_death),
        cmocka_unit_test(a_death_is_counted_once),
    };
    return cmocka_run_group_tests_name("run/plan_death", tests, NULL, NULL);
}
