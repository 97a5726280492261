/* SPDX-License-Identifier: MIT */
/* Plans with cases after which another connection must work, and the last moments of a run. */
#include "run/plan.h"

#include "desk.h"
#include "run/proof.h"

/* As many cases as there are letters: 's' is one of the security pack, 'b' a big one of it. */
static void open_desk(struct desk *d, const char *letters, unsigned jobs, bool restartable)
{
    desk_prepare(d);
    for (size_t i = 0; letters[i] != '\0'; i++)
        desk_add(d, letters[i] == 'b' ? big_case : echo_case);
    for (size_t i = 0; letters[i] != '\0'; i++)
        if (letters[i] != '.')
            d->set.cases[i].section = "security";
    desk_begin(d, jobs, restartable);
}

static struct run_job next_proof(struct desk *d, size_t index, uint64_t patience_us)
{
    struct run_job job = run_plan_next(d->plan);
    assert_int_equal(job.kind, RUN_JOB_CASE);
    assert_int_equal(job.index, index);
    assert_ptr_equal(job.spec, run_proof_of_life(&d->profile));
    assert_int_equal(job.delivery, RUN_DELIVERY_WHOLE);
    assert_int_equal(job.patience_us, patience_us);
    assert_false(run_plan_is_final(d->plan, index));
    return job;
}

static void finish_proof(struct desk *d, const struct run_job *job, enum judge_verdict verdict)
{
    struct run_result result = desk_made(d, job->index, verdict, RUN_HANG_NONE);
    result.spec = job->spec;
    result.waits = verdict != JUDGE_PASS;
    snprintf(result.judgement.diagnosis, sizeof(result.judgement.diagnosis), "it is deaf");
    run_plan_finished(d->plan, job->index, &result);
}

/* Runs case `index`, which does what it is to do. */
static void pass_case(struct desk *d, size_t index)
{
    assert_int_equal(desk_next_case(d), index);
    desk_finish(d, index, JUDGE_PASS, RUN_HANG_NONE);
}

/* --- proof of life ---------------------------------------------------------------------------- */

static void behind_a_security_case_another_connection_must_work(void **state)
{
    (void)state;
    struct desk d;
    open_desk(&d, "s.", 1, false);
    assert_int_equal(desk_next_case(&d), 0);
    struct run_result result = desk_made(&d, 0, JUDGE_WARN, RUN_HANG_NONE);
    result.sightings[result.sighting_count++] = (struct run_sighting){MASKED, "it masks"};
    run_plan_finished(d.plan, 0, &result);
    struct run_job proof = next_proof(&d, 0, SHORT);
    desk_expect_kind(&d, RUN_JOB_NONE);
    finish_proof(&d, &proof, JUDGE_PASS);
    assert_true(run_plan_is_final(d.plan, 0));
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_WARN); /* its own, not the proof's */
    assert_ptr_equal(desk_result_of(&d, 0)->spec, d.cases[0]);
    assert_string_equal(desk_result_of(&d, 0)->judgement.diagnosis, "");
    assert_int_equal(judge_observation_find(run_plan_observations(d.plan), MASKED)->count, 1);
    pass_case(&d, 1); /* behind which none is asked for */
    desk_expect_kind(&d, RUN_JOB_END);
    desk_end(&d);
}

static void a_proof_that_comes_late_is_one(void **state)
{
    (void)state;
    struct desk d;
    open_desk(&d, "s", 1, false);
    pass_case(&d, 0);
    struct run_job proof = next_proof(&d, 0, SHORT);
    finish_proof(&d, &proof, JUDGE_FAILED);
    proof = next_proof(&d, 0, LONG);
    finish_proof(&d, &proof, JUDGE_PASS);
    desk_expect_kind(&d, RUN_JOB_END);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    assert_int_equal(run_plan_waits(d.plan), 1);
    desk_end(&d);
}

static void without_proof_the_case_fails(void **state)
{
    (void)state;
    static const enum judge_verdict no_proof[] = {JUDGE_FAILED, JUDGE_WARN, JUDGE_INFO, JUDGE_SKIP};
    for (size_t i = 0; i < COUNT_OF(no_proof); i++) {
        struct desk d;
        open_desk(&d, "s", 1, false);
        pass_case(&d, 0);
        struct run_job proof = next_proof(&d, 0, SHORT);
        finish_proof(&d, &proof, no_proof[i]);
        proof = next_proof(&d, 0, LONG);
        finish_proof(&d, &proof, no_proof[i]);
        desk_expect_kind(&d, RUN_JOB_END);
        const struct run_result *result = desk_result_of(&d, 0);
        assert_int_equal(result->verdict, JUDGE_FAILED);
        assert_int_equal(result->judgement.grade, JUDGE_VIOLATION);
        assert_string_equal(result->judgement.diagnosis,
                            "behind it no other connection works: it is deaf");
        desk_end(&d);
    }
}

/* A big case runs alone, but its proof need not wait for another case to begin. */
static void a_proof_is_asked_for_behind_the_last_big_case(void **state)
{
    (void)state;
    struct desk d;
    open_desk(&d, ".b", 4, false);
    pass_case(&d, 0);
    assert_int_equal(desk_next_case(&d), 1);
    desk_expect_kind(&d, RUN_JOB_NONE);
    desk_finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    struct run_job proof = next_proof(&d, 1, SHORT);
    finish_proof(&d, &proof, JUDGE_PASS);
    desk_expect_kind(&d, RUN_JOB_END);
    desk_end(&d);
}

/* It takes the place of a case, and the next case may run beside it. */
static void proofs_count_as_running(void **state)
{
    (void)state;
    struct desk d;
    open_desk(&d, "s...", 2, false);
    assert_int_equal(desk_next_case(&d), 0);
    assert_int_equal(desk_next_case(&d), 1);
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    struct run_job proof = next_proof(&d, 0, SHORT);
    desk_expect_kind(&d, RUN_JOB_NONE);
    desk_finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(desk_next_case(&d), 2);
    finish_proof(&d, &proof, JUDGE_PASS);
    assert_int_equal(desk_next_case(&d), 3);
    desk_end(&d);
}

static void who_was_not_asked_needs_no_proof(void **state)
{
    (void)state;
    static const enum judge_verdict verdicts[] = {JUDGE_SKIP, JUDGE_ERROR};
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        struct desk d;
        open_desk(&d, "s", 1, false);
        assert_int_equal(desk_next_case(&d), 0);
        desk_finish(&d, 0, verdicts[i], RUN_HANG_NONE);
        desk_expect_kind(&d, RUN_JOB_END);
        desk_end(&d);
    }
}

/* A client comes when it likes, and of a handshake profile no connection is known to work. */
static void some_can_give_no_proof(void **state)
{
    (void)state;
    for (int client = 0; client < 2; client++) {
        struct desk d;
        desk_prepare(&d);
        d.settings.of_client = client;
        d.profile.handshake = !client;
        desk_add(&d, client ? echo_case : reject_case);
        d.set.cases[0].section = "security";
        desk_begin(&d, 1, false);
        pass_case(&d, 0);
        assert_true(run_plan_is_final(d.plan, 0));
        desk_expect_kind(&d, RUN_JOB_END);
        desk_end(&d);
    }
}

/* A hang is confirmed first, and then a proof is asked for. */
static void a_hang_comes_before_the_proof(void **state)
{
    (void)state;
    struct desk d;
    open_desk(&d, "s", 1, false);
    assert_int_equal(desk_next_case(&d), 0);
    desk_finish(&d, 0, JUDGE_FAILED, RUN_HANG_ANSWER);
    struct run_job job = run_plan_next(d.plan);
    assert_ptr_equal(job.spec, d.cases[0]);
    assert_int_equal(job.patience_us, LONG);
    desk_finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    struct run_job proof = next_proof(&d, 0, SHORT);
    finish_proof(&d, &proof, JUDGE_PASS);
    desk_expect_kind(&d, RUN_JOB_END);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    desk_end(&d);
}

/* --- deaths ----------------------------------------------------------------------------------- */

/* It dies before, or while, another connection is tried, or nobody listens for that one. */
static void a_death_during_the_proof_makes_a_suspect(void **state)
{
    (void)state;
    enum { BEFORE, DURING, UNREACHABLE, WAYS };
    for (int way = 0; way < WAYS; way++) {
        struct desk d;
        open_desk(&d, "s.", 1, false);
        pass_case(&d, 0);
        if (way != BEFORE) {
            struct run_job proof = next_proof(&d, 0, SHORT);
            struct run_result result = desk_made(&d, 0, JUDGE_ERROR, RUN_HANG_NONE);
            result.spec = proof.spec;
            result.unreachable = true;
            if (way == UNREACHABLE)
                run_plan_finished(d.plan, 0, &result);
            else
                run_transcript_free(&result.transcript);
        }
        run_plan_died(d.plan, "it crashed");
        desk_expect_kind(&d, RUN_JOB_REVIVE);
        run_plan_revived(d.plan, true);
        struct run_job trial = run_plan_next(d.plan);
        assert_ptr_equal(trial.spec, d.cases[0]);
        run_plan_died(d.plan, "it crashed");
        desk_expect_kind(&d, RUN_JOB_REVIVE);
        run_plan_revived(d.plan, true);
        pass_case(&d, 1);
        desk_expect_kind(&d, RUN_JOB_END);
        assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_FAILED);
        assert_string_equal(desk_result_of(&d, 0)->judgement.diagnosis,
                            "the endpoint dies of it: it crashed");
        assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_PASS);
        desk_end(&d);
    }
}

/* The run is over before a proof came: the verdict stands, and what was seen counts. */
static void a_stop_keeps_the_verdict(void **state)
{
    (void)state;
    for (int proving = 0; proving < 2; proving++) {
        struct desk d;
        open_desk(&d, "s.", 1, false);
        assert_int_equal(desk_next_case(&d), 0);
        struct run_result result = desk_made(&d, 0, JUDGE_WARN, RUN_HANG_NONE);
        result.sightings[result.sighting_count++] = (struct run_sighting){MASKED, "it masks"};
        run_plan_finished(d.plan, 0, &result);
        if (proving)
            next_proof(&d, 0, SHORT);
        run_plan_stop(d.plan, "you asked for it");
        desk_expect_kind(&d, RUN_JOB_END);
        assert_true(run_plan_is_final(d.plan, 0));
        assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_WARN);
        assert_int_equal(desk_result_of(&d, 1)->verdict, JUDGE_SKIP);
        assert_int_equal(judge_observation_find(run_plan_observations(d.plan), MASKED)->count, 1);
        desk_end(&d);
    }
}

/* --- the last moments of a run ---------------------------------------------------------------- */

/* A connection that ended without a Close, as that of a dying process does. */
static void finish_abruptly(struct desk *d, size_t index, enum judge_verdict verdict)
{
    struct run_result result = desk_made(d, index, verdict, RUN_HANG_NONE);
    result.close_seen = false;
    run_plan_finished(d->plan, index, &result);
}

/* Nothing comes after the last case that would find it dead, so a moment is waited. */
static void the_death_of_the_last_case_is_waited_for(void **state)
{
    (void)state;
    struct desk d;
    open_desk(&d, "..", 1, true);
    pass_case(&d, 0);
    assert_int_equal(desk_next_case(&d), 1);
    finish_abruptly(&d, 1, JUDGE_FAILED);
    struct run_job watch = run_plan_next(d.plan);
    assert_int_equal(watch.kind, RUN_JOB_SETTLE);
    assert_in_range(watch.settle_us, 50000, 500000);
    run_plan_died(d.plan, "it crashed");
    desk_expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    assert_int_equal(desk_next_case(&d), 1);
    run_plan_died(d.plan, "it crashed");
    desk_expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    desk_expect_kind(&d, RUN_JOB_END);
    assert_non_null(strstr(desk_result_of(&d, 1)->judgement.diagnosis, "dies of it"));
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_PASS);
    desk_end(&d);
}

static void it_is_waited_for_once(void **state)
{
    (void)state;
    struct desk d;
    open_desk(&d, ".", 1, true);
    assert_int_equal(desk_next_case(&d), 0);
    finish_abruptly(&d, 0, JUDGE_FAILED);
    desk_expect_kind(&d, RUN_JOB_SETTLE);
    run_plan_settled(d.plan);
    desk_expect_kind(&d, RUN_JOB_END);
    assert_int_equal(desk_result_of(&d, 0)->verdict, JUDGE_FAILED);
    desk_end(&d);
}

static void without_a_sign_of_death_nothing_is_waited_for(void **state)
{
    (void)state;
    static const struct {
        bool restartable;
        enum judge_verdict verdict;
        bool closed;
        enum run_job_kind kind;
    } rows[] = {
        {true, JUDGE_FAILED, false, RUN_JOB_SETTLE},
        {false, JUDGE_FAILED, false, RUN_JOB_END}, /* its death would not be known */
        {true, JUDGE_PASS, false, RUN_JOB_END},
        {true, JUDGE_FAILED, true, RUN_JOB_END},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct desk d;
        open_desk(&d, ".", 1, rows[i].restartable);
        assert_int_equal(desk_next_case(&d), 0);
        if (rows[i].closed)
            desk_finish(&d, 0, rows[i].verdict, RUN_HANG_NONE);
        else
            finish_abruptly(&d, 0, rows[i].verdict);
        desk_expect_kind(&d, rows[i].kind);
        desk_end(&d);
    }
}

/* While it dies it may still take connections and reset them: they hide the killer, which must
 * be found though all cannot be tried. */
static void who_dies_slowly_may_take_a_few_more(void **state)
{
    (void)state;
    enum { KILLER = 1, LAST = 5 };
    struct desk d;
    open_desk(&d, "......", 1, false);
    for (size_t i = 0; i < LAST; i++) {
        assert_int_equal(desk_next_case(&d), i);
        finish_abruptly(&d, i, JUDGE_PASS);
    }
    assert_int_equal(desk_next_case(&d), LAST);
    run_plan_died(d.plan, "it crashed");
    desk_expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    for (size_t i = LAST; i > KILLER; i--) {
        pass_case(&d, i);
        desk_expect_kind(&d, RUN_JOB_SETTLE);
        run_plan_settled(d.plan);
    }
    assert_int_equal(desk_next_case(&d), KILLER);
    run_plan_died(d.plan, "it crashed");
    desk_expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    assert_int_equal(desk_result_of(&d, KILLER)->verdict, JUDGE_PASS); /* not yet */
    assert_int_equal(desk_next_case(&d), KILLER + 1);
    assert_int_equal(desk_result_of(&d, KILLER)->verdict, JUDGE_FAILED);
    desk_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_a_security_case_another_connection_must_work),
        cmocka_unit_test(a_proof_that_comes_late_is_one),
        cmocka_unit_test(without_proof_the_case_fails),
        cmocka_unit_test(a_proof_is_asked_for_behind_the_last_big_case),
        cmocka_unit_test(proofs_count_as_running),
        cmocka_unit_test(who_was_not_asked_needs_no_proof),
        cmocka_unit_test(some_can_give_no_proof),
        cmocka_unit_test(a_hang_comes_before_the_proof),
        cmocka_unit_test(a_death_during_the_proof_makes_a_suspect),
        cmocka_unit_test(a_stop_keeps_the_verdict),
        cmocka_unit_test(the_death_of_the_last_case_is_waited_for),
        cmocka_unit_test(it_is_waited_for_once),
        cmocka_unit_test(without_a_sign_of_death_nothing_is_waited_for),
        cmocka_unit_test(who_dies_slowly_may_take_a_few_more),
    };
    return cmocka_run_group_tests_name("run/plan_proof", tests, NULL, NULL);
}
