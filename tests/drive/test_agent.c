/* SPDX-License-Identifier: MIT */
#include "drive/agent.h"

#include "hall.h"

static struct drive_agent *meet(struct hall *hall, const char *name)
{
    struct drive_agent *agent = drive_agent_new(&hall->options, name, "ws://h:1", "h:1", 42, 1000);
    assert_non_null(agent);
    return agent;
}

static void finish(struct drive_agent *agent, size_t index, enum judge_verdict verdict,
                   enum run_hang hang)
{
    struct run_job job = run_plan_claim(agent->plan, index);
    assert_int_equal(job.kind, RUN_JOB_CASE);
    struct run_result result = {.spec = job.spec,
                                .verdict = verdict,
                                .hang = hang,
                                .controlled = true,
                                .waits = hang != RUN_HANG_NONE};
    drive_agent_finish(agent, index, &result);
}

static void a_new_client_is_known_by_its_name(void **state)
{
    (void)state;
    struct hall hall;
    char name[] = "me";
    hall_open(&hall);
    struct drive_agent *agent = meet(&hall, name);
    name[0] = 'x';
    assert_string_equal(agent->name, "me");
    assert_string_equal(agent->record.agent, "me");
    assert_string_equal(agent->record.url, "ws://h:1");
    assert_string_equal(agent->target.host, "h:1");
    assert_true(agent->record.of_client);
    assert_true(agent->settings.of_client);
    assert_true(agent->record.seed == 42);
    assert_true(agent->settings.seed == 42);
    assert_ptr_equal(agent->record.catalogue, &hall.set.catalogue);
    assert_ptr_equal(agent->settings.keys, &agent->keys);
    drive_agent_judge(agent, 2000, NULL); /* before there is a plan */
    assert_int_equal(agent->record.count, 0);
    drive_agent_free(agent);
    drive_agent_free(NULL);
    hall_close(&hall);
}

static void it_gets_the_time_that_the_user_allows(void **state)
{
    (void)state;
    static const struct {
        uint64_t timeout;
        uint64_t first;
    } rows[] = {{5000000, 200000}, {200000, 200000}, {50000, 50000}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct hall hall;
        hall_open(&hall);
        hall.options.timeout_us = rows[i].timeout;
        struct drive_agent *agent = meet(&hall, "me");
        assert_int_equal(agent->settings.short_us, rows[i].first);
        assert_int_equal(agent->settings.long_us, rows[i].timeout);
        assert_int_equal(agent->settings.tcp_us, rows[i].timeout);
        drive_agent_free(agent);
        hall_close(&hall);
    }
}

/* A driver is taken for an echo, unless the user says that it is none. */
static void a_sink_is_not_asked_for_echoes(void **state)
{
    (void)state;
    for (int sink = 0; sink < 2; sink++) {
        struct hall hall;
        hall_open(&hall);
        hall.options.profile = sink ? DRIVE_CLIENT_SINK : DRIVE_CLIENT_FOUND_OUT;
        struct drive_agent *agent = meet(&hall, "me");
        drive_agent_begin(agent);
        assert_int_equal(agent->record.count, HALL_CASES);
        assert_int_equal(run_plan_is_final(agent->plan, 0), sink); /* x/echo */
        assert_false(run_plan_is_final(agent->plan, 1));
        drive_agent_free(agent);
        hall_close(&hall);
    }
}

static void its_record_is_up_to_date_when_judged(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    struct drive_agent *agent = meet(&hall, "me");
    drive_agent_begin(agent);
    finish(agent, 0, JUDGE_PASS, RUN_HANG_NONE);
    drive_agent_judge(agent, 5000, NULL);
    assert_int_equal(agent->record.duration_us, 4000);
    assert_int_equal(agent->record.results[0].verdict, JUDGE_PASS);
    assert_int_equal(agent->record.results[1].verdict, JUDGE_SKIP);
    assert_null(agent->record.ended_early);
    finish(agent, 1, JUDGE_FAILED, RUN_HANG_ANSWER);
    drive_agent_judge(agent, 6000, "interrupted");
    assert_int_equal(agent->record.duration_us, 5000);
    assert_int_equal(agent->record.results[1].verdict, JUDGE_FAILED);
    assert_int_equal(agent->record.waits, 1);
    assert_string_equal(agent->record.ended_early, "interrupted");
    drive_agent_free(agent);
    hall_close(&hall);
}

/* What three cases waited for in vain the next ones wait for shortly. */
static void hangs_that_are_proved_shorten_the_next(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    struct drive_agent *agent = meet(&hall, "me");
    drive_agent_begin(agent);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(agent->settings.believed, 0);
        finish(agent, i, JUDGE_FAILED, RUN_HANG_ANSWER);
    }
    assert_int_equal(agent->settings.believed, 1u << RUN_HANG_ANSWER);
    drive_agent_free(agent);
    hall_close(&hall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_client_is_known_by_its_name),
        cmocka_unit_test(it_gets_the_time_that_the_user_allows),
        cmocka_unit_test(a_sink_is_not_asked_for_echoes),
        cmocka_unit_test(its_record_is_up_to_date_when_judged),
        cmocka_unit_test(hangs_that_are_proved_shorten_the_next),
    };
    return cmocka_run_group_tests_name("drive/agent", tests, NULL, NULL);
}
