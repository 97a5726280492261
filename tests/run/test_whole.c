/* SPDX-License-Identifier: MIT */
#include "run/whole.h"

#include "desk.h"

static const char refusal_case[] =
    "\"response\": {\"status\": \"200 OK\"}, \"outcome\": \"reject\"";
static const char either_case[] =
    "\"response\": {\"status\": \"101\"}, \"outcome\": \"accept | reject\"";

/* RFC 6455, 5.2: the same octets, cut otherwise, mean the same. */
static void a_verdict_that_changes_with_the_delivery_is_a_finding(void **state)
{
    (void)state;
    for (int changes = 0; changes < 2; changes++) {
        struct desk d;
        desk_prepare(&d);
        d.settings.deliveries = 1u << RUN_DELIVERY_WHOLE | 1u << RUN_DELIVERY_OCTETS;
        desk_add(&d, "\"observe\": [\"RFC6455-5.2-25\"]");
        desk_add(&d, echo_case);
        desk_begin(&d, 1, false);
        for (size_t i = 0; i < 2; i++) {
            struct run_job job = run_plan_next(d.plan);
            assert_ptr_equal(job.spec, d.cases[1]);
            assert_int_equal(job.delivery, i == 0 ? RUN_DELIVERY_WHOLE : RUN_DELIVERY_OCTETS);
            struct run_result result = desk_made(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
            result.delivery = job.delivery;
            result.verdict = i == 1 && changes ? JUDGE_FAILED : JUDGE_PASS;
            run_plan_finished(d.plan, job.index, &result);
        }
        desk_expect_kind(&d, RUN_JOB_END);
        run_plan_judge_run(d.plan, &d.set.catalogue);
        const struct run_result *level = desk_result_of(&d, 0);
        assert_int_equal(level->verdict, changes ? JUDGE_FAILED : JUDGE_PASS);
        if (changes)
            assert_string_equal(level->judgement.diagnosis,
                                "a verdict changed with the delivery: whole pass, octets fail "
                                "(on 1 of 2 connections, first in x/1)");
        desk_end(&d);
    }
}

static void nothing_seen_is_nothing_passed(void **state)
{
    (void)state;
    struct desk d;
    desk_prepare(&d);
    desk_add(&d, run_case);
    desk_begin(&d, 1, false);
    desk_expect_kind(&d, RUN_JOB_END);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_SKIP);
    desk_end(&d);
}

/* RFC 6455, 5.3: what a client draws at random is looked at over all its connections. */
static void keys_are_judged_with_the_run(void **state)
{
    (void)state;
    struct desk d;
    struct judge_keys keys = {0};
    desk_prepare(&d);
    d.settings.of_client = true;
    d.settings.keys = &keys;
    desk_add(&d, "\"observe\": [\"RFC6455-5.3-03\"]");
    desk_add(&d, echo_case);
    desk_begin(&d, 1, false);
    desk_claim(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    for (int i = 0; i < 20; i++)
        judge_keys_add_mask(&keys, (const uint8_t[4]){1, 2, 3, 4});
    for (int i = 0; i < 2; i++) {
        run_plan_judge_run(d.plan, &d.set.catalogue);
        assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_FAILED);
        assert_string_equal(desk_result_of(&d, 0)->judgement.diagnosis,
                            "all 20 frames have the masking key 01020304");
        assert_null(judge_observation_find(run_plan_observations(d.plan), "RFC6455-5.3-03"));
    }
    judge_keys_free(&keys);
    desk_end(&d);
}

/* RFC 6455, 10.3: "using an algorithm that cannot be predicted". */
static void a_known_generator_is_judged_with_the_run(void **state)
{
    (void)state;
    static const char row[] = "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n" MUST
                              "\t5.5\tboth\tmust\tyes\t\tSomething.\n"
                              "RFC6455-10.3-01\t10.3\tclient\tmust\tyes\t\tUnpredictable.\n";
    struct desk d;
    struct judge_keys keys = {0};
    uint32_t value = 1;
    for (int i = 0; i < 20; i++) {
        value ^= value << 13;
        value ^= value >> 17;
        value ^= value << 5;
        judge_keys_add_mask(&keys,
                            (const uint8_t[4]){(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                                               (uint8_t)(value >> 8), (uint8_t)value});
    }
    desk_prepare(&d);
    assert_int_equal(case_catalogue_read(&d.set.catalogue, "t", bytes_text(row), NULL), 0);
    d.settings.of_client = true;
    d.settings.keys = &keys;
    desk_add(&d, "\"observe\": [\"RFC6455-10.3-01\"]");
    desk_add(&d, echo_case);
    desk_begin(&d, 1, false);
    desk_claim(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_FAILED);
    assert_string_equal(
        desk_result_of(&d, 0)->judgement.diagnosis,
        "the masking keys are outputs of xorshift32: 19 of 19 follow from earlier ones");
    judge_keys_free(&keys);
    desk_end(&d);
}

/* Two ids of Autobahn's may mean the same case of ours: that is the same delivery twice. */
static void the_same_case_twice_is_no_other_delivery(void **state)
{
    (void)state;
    struct desk d;
    desk_prepare(&d);
    desk_add(&d, "\"observe\": [\"RFC6455-5.2-25\"]");
    desk_add(&d, echo_case);
    d.cases[0] = &d.set.cases[0];
    d.cases[1] = &d.set.cases[1];
    d.cases[2] = &d.set.cases[1];
    d.plan = run_plan_new(d.cases, 3, &d.settings, 1, false);
    assert_int_equal(desk_next_case(&d), 1);
    desk_finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(desk_next_case(&d), 2);
    desk_finish(&d, 2, JUDGE_FAILED, RUN_HANG_NONE);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    desk_end(&d);
}

/* RFC 6455, 7.2.3: how a client that connects again by itself goes about it. */
static void back_off_is_judged_with_the_run(void **state)
{
    (void)state;
    static const char rows[] =
        "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n" MUST
        "\t5.5\tboth\tmust\tyes\t\tSomething.\n"
        "RFC6455-7.2.3-02\t7.2.3\tclient\tshould\tyes\t\tWaits.\n"
        "RFC6455-7.2.3-04\t7.2.3\tclient\tshould\tyes\t\tWaits longer.\n";
    static const struct {
        uint64_t first_us;
        uint64_t step_us;
        enum judge_verdict at_once;
        enum judge_verdict no_longer;
    } table[] = {
        {1000, 0, JUDGE_WARN, JUDGE_WARN},
        {1000, 1000000, JUDGE_WARN, JUDGE_PASS},
        {900000, 0, JUDGE_PASS, JUDGE_WARN},
        {900000, 900000, JUDGE_PASS, JUDGE_PASS},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct judge_backoff backoff = {0};
        for (unsigned n = 0; n < JUDGE_BACKOFF_ROWS * JUDGE_BACKOFF_ATTEMPTS; n++)
            judge_backoff_add(&backoff, n / JUDGE_BACKOFF_ATTEMPTS,
                              table[i].first_us + n % JUDGE_BACKOFF_ATTEMPTS * table[i].step_us);
        struct desk d;
        desk_prepare(&d);
        assert_int_equal(case_catalogue_read(&d.set.catalogue, "t", bytes_text(rows), NULL), 0);
        d.settings.of_client = true;
        d.settings.backoff = &backoff;
        desk_add(&d, "\"observe\": [\"RFC6455-7.2.3-02\"]");
        desk_add(&d, "\"observe\": [\"RFC6455-7.2.3-04\"]");
        desk_add(&d, echo_case);
        desk_begin(&d, 1, false);
        desk_claim(&d, 2, JUDGE_PASS, RUN_HANG_NONE);
        run_plan_judge_run(d.plan, &d.set.catalogue);
        assert_int_equal(desk_result_of(&d, 0)->verdict, table[i].at_once);
        assert_int_equal(desk_result_of(&d, 1)->verdict, table[i].no_longer);
        desk_end(&d);
    }
}

/* --- the positive control ------------------------------------------------------------------- */

static void finish_controlled(struct desk *d, size_t index)
{
    assert_int_equal(run_plan_claim(d->plan, index).kind, RUN_JOB_CASE);
    struct run_result result = desk_made(d, index, JUDGE_FAILED, RUN_HANG_NONE);
    result.controlled = true;
    run_plan_finished(d->plan, index, &result);
}

/* A client that never opens a connection refuses every bad answer too. */
static void without_any_connection_a_refusal_proves_nothing(void **state)
{
    (void)state;
    for (int controlled = 0; controlled < 2; controlled++) {
        struct desk d;
        DESK_OPEN(&d, echo_case, refusal_case, refusal_case, either_case, run_case);
        if (controlled)
            finish_controlled(&d, 0);
        desk_claim(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
        desk_claim(&d, 2, JUDGE_FAILED, RUN_HANG_NONE);
        desk_claim(&d, 3, JUDGE_PASS, RUN_HANG_NONE);
        run_plan_judge_run(d.plan, &d.set.catalogue);
        static const size_t passed[] = {1, 3};
        for (size_t i = 0; i < COUNT_OF(passed); i++) {
            const struct run_result *result = desk_result_of(&d, passed[i]);
            assert_int_equal(result->verdict, controlled ? JUDGE_PASS : JUDGE_SKIP);
            if (!controlled)
                assert_non_null(strstr(result->judgement.diagnosis, "the positive control"));
        }
        assert_int_equal(desk_result_of(&d, 2)->verdict, JUDGE_FAILED); /* a proof by itself */
        assert_int_equal(desk_result_of(&d, 4)->verdict, JUDGE_PASS);
        desk_end(&d);
    }
}

/* The report of a driver may be asked for before it has opened its first connection. */
static void what_was_withdrawn_is_given_back(void **state)
{
    (void)state;
    struct desk d;
    DESK_OPEN(&d, echo_case, refusal_case);
    desk_claim(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    for (int i = 0; i < 2; i++) {
        run_plan_judge_run(d.plan, &d.set.catalogue);
        assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_SKIP);
        assert_true(desk_result_of(&d, 1)->uncontrolled);
    }
    finish_controlled(&d, 0);
    for (int i = 0; i < 2; i++) {
        run_plan_judge_run(d.plan, &d.set.catalogue);
        assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_PASS);
        assert_false(desk_result_of(&d, 1)->uncontrolled);
        assert_string_equal(desk_result_of(&d, 1)->judgement.diagnosis,
                            "the client sent no frame, and the connection was over");
    }
    desk_end(&d);
}

/* A server has its control before the run. */
static void a_server_needs_no_such_control(void **state)
{
    (void)state;
    struct desk d;
    desk_prepare(&d);
    desk_add(&d, reject_case);
    desk_begin(&d, 1, false);
    desk_finish(&d, desk_next_case(&d), JUDGE_PASS, RUN_HANG_NONE);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    desk_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_that_changes_with_the_delivery_is_a_finding),
        cmocka_unit_test(the_same_case_twice_is_no_other_delivery),
        cmocka_unit_test(nothing_seen_is_nothing_passed),
        cmocka_unit_test(back_off_is_judged_with_the_run),
        cmocka_unit_test(keys_are_judged_with_the_run),
        cmocka_unit_test(a_known_generator_is_judged_with_the_run),
        cmocka_unit_test(without_any_connection_a_refusal_proves_nothing),
        cmocka_unit_test(what_was_withdrawn_is_given_back),
        cmocka_unit_test(a_server_needs_no_such_control),
    };
    return cmocka_run_group_tests_name("run/whole", tests, NULL, NULL);
}
