/* SPDX-License-Identifier: MIT */
#include "run/plan.h"

#include "play.h"

enum { SHORT = 200, LONG = 5000, TCP = 10000, MAX = 32 };

#define MUST "RFC6455-5.5-03"
#define MASKED "RFC6455-5.1-04"
#define DIES "RFC6455-10.7-01"

static const char echo_case[] =
    "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": \"x\"}}],"
    "\"needs\": [\"echo\"], \"outcome\": \"echo\"";
static const char big_case[] =
    "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": \"x\"}}],"
    "\"flags\": [\"big\"], \"outcome\": \"echo\"";
static const char fail_case[] =
    "\"steps\": [{\"send\": {\"opcode\": 3}}], \"outcome\": \"fail(1002)\"";
static const char pong_case[] =
    "\"steps\": [{\"send\": {\"opcode\": \"ping\"}}], \"outcome\": \"pong\"";
static const char reject_case[] = "\"outcome\": \"reject(400)\"";
static const char run_case[] = "\"observe\": [\"" MASKED "\"]";

struct desk {
    struct case_set set;
    const struct case_spec *cases[MAX];
    struct run_profile profile;
    struct run_settings settings;
    struct run_plan *plan;
    /* the endpoint that dies of `killer` */
    size_t killer;
    unsigned delay; /* cases that it takes to die */
    unsigned left;
};

static void prepare(struct desk *d)
{
    *d = (struct desk){.killer = SIZE_MAX};
    d->profile = (struct run_profile){.echoes = true, .pongs = true, .limit = UINT64_MAX};
    d->settings = (struct run_settings){.target = &play_target,
                                        .profile = &d->profile,
                                        .short_us = SHORT,
                                        .long_us = LONG,
                                        .tcp_us = TCP};
}

static void add(struct desk *d, const char *rest)
{
    char id[32];
    snprintf(id, sizeof(id), "x/%zu", d->set.count);
    play_case(&d->set, id, MUST, rest);
}

static void begin(struct desk *d, unsigned jobs, bool restartable)
{
    assert_true(d->set.count <= MAX);
    for (size_t i = 0; i < d->set.count; i++)
        d->cases[i] = &d->set.cases[i];
    d->plan = run_plan_new(d->cases, d->set.count, &d->settings, jobs, restartable);
}

/* The same case `count` times. */
static void set_up(struct desk *d, size_t count, unsigned jobs, bool restartable)
{
    prepare(d);
    for (size_t i = 0; i < count; i++)
        add(d, echo_case);
    begin(d, jobs, restartable);
}

static void end(struct desk *d)
{
    run_plan_free(d->plan);
    judge_observation_free(&d->profile.known);
    case_spec_free_set(&d->set);
}

static struct run_result made(const struct desk *d, size_t i, enum judge_verdict verdict,
                              enum run_hang hang)
{
    struct run_result result = {.spec = d->cases[i],
                                .verdict = verdict,
                                .hang = hang,
                                .waits = hang != RUN_HANG_NONE,
                                .close_seen = true};
    run_transcript_note(&result.transcript, true, "made", 0);
    return result;
}

static void finish(struct desk *d, size_t i, enum judge_verdict verdict, enum run_hang hang)
{
    struct run_result result = made(d, i, verdict, hang);
    run_plan_finished(d->plan, i, &result);
}

static const struct run_result *result_of(const struct desk *d, size_t i)
{
    size_t count;
    const struct run_result *results = run_plan_results(d->plan, &count);
    assert_true(i < count);
    return &results[i];
}

static size_t next_case(struct desk *d)
{
    struct run_job job = run_plan_next(d->plan);
    assert_int_equal(job.kind, RUN_JOB_CASE);
    return job.index;
}

static void expect_kind(struct desk *d, enum run_job_kind kind)
{
    assert_int_equal(run_plan_next(d->plan).kind, kind);
}

/* --- the first pass ------------------------------------------------------------------------- */

static void cases_run_in_order_as_many_as_allowed(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 5, 3, false);
    for (size_t i = 0; i < 3; i++) {
        struct run_job job = run_plan_next(d.plan);
        assert_int_equal(job.kind, RUN_JOB_CASE);
        assert_int_equal(job.index, i);
        assert_int_equal(job.patience_us, SHORT);
        assert_int_equal(job.linger_us, SHORT);
    }
    expect_kind(&d, RUN_JOB_NONE);
    finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(next_case(&d), 3);
    expect_kind(&d, RUN_JOB_NONE);
    finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    finish(&d, 2, JUDGE_FAILED, RUN_HANG_NONE);
    finish(&d, 3, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(run_plan_done(d.plan), 4);
    assert_int_equal(next_case(&d), 4);
    expect_kind(&d, RUN_JOB_NONE);
    finish(&d, 4, JUDGE_WARN, RUN_HANG_NONE);
    expect_kind(&d, RUN_JOB_END);
    expect_kind(&d, RUN_JOB_END);
    assert_int_equal(result_of(&d, 2)->verdict, JUDGE_FAILED);
    assert_int_equal(result_of(&d, 4)->verdict, JUDGE_WARN);
    assert_int_equal(run_plan_done(d.plan), 5);
    assert_int_equal(run_plan_waits(d.plan), 0);
    assert_false(run_plan_gone(d.plan));
    assert_null(run_plan_last_death(d.plan));
    end(&d);
}

static void big_cases_run_alone(void **state)
{
    (void)state;
    struct desk d;
    prepare(&d);
    add(&d, echo_case);
    add(&d, big_case);
    add(&d, echo_case);
    begin(&d, 4, false);
    assert_int_equal(next_case(&d), 0);
    expect_kind(&d, RUN_JOB_NONE);
    finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(next_case(&d), 1);
    expect_kind(&d, RUN_JOB_NONE); /* nothing beside it */
    finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(next_case(&d), 2);
    finish(&d, 2, JUDGE_PASS, RUN_HANG_NONE);
    expect_kind(&d, RUN_JOB_END);
    end(&d);
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
        prepare(&d);
        d.profile.echoes = rows[i].echoes;
        d.profile.pongs = rows[i].pongs;
        d.profile.handshake = rows[i].handshake;
        add(&d, echo_case);
        add(&d, fail_case);
        add(&d, pong_case);
        add(&d, reject_case);
        add(&d, big_case);
        begin(&d, 1, false);
        bool ran[5] = {false};
        for (;;) {
            struct run_job job = run_plan_next(d.plan);
            if (job.kind == RUN_JOB_END)
                break;
            assert_int_equal(job.kind, RUN_JOB_CASE);
            ran[job.index] = true;
            finish(&d, job.index, JUDGE_PASS, RUN_HANG_NONE);
        }
        for (size_t j = 0; j < 5; j++) {
            if (ran[j] != rows[i].runs[j])
                fail_msg("row %zu, case %zu", i, j);
            assert_int_equal(result_of(&d, j)->verdict, ran[j] ? JUDGE_PASS : JUDGE_SKIP);
            assert_int_equal(result_of(&d, j)->judgement.diagnosis[0] != '\0', !ran[j]);
        }
        end(&d);
    }
}

/* --- suspects ------------------------------------------------------------------------------- */

static void a_hang_is_tried_again_with_more_patience(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 3, 2, false);
    assert_int_equal(next_case(&d), 0);
    assert_int_equal(next_case(&d), 1);
    finish(&d, 0, JUDGE_FAILED, RUN_HANG_ANSWER);
    assert_int_equal(run_plan_done(d.plan), 0);
    assert_int_equal(next_case(&d), 2); /* the rest first */
    expect_kind(&d, RUN_JOB_NONE);      /* not beside others */
    finish(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    expect_kind(&d, RUN_JOB_NONE);
    finish(&d, 2, JUDGE_PASS, RUN_HANG_NONE);
    struct run_job job = run_plan_next(d.plan);
    assert_int_equal(job.kind, RUN_JOB_CASE);
    assert_int_equal(job.index, 0);
    assert_int_equal(job.patience_us, LONG);
    expect_kind(&d, RUN_JOB_NONE);
    finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE); /* it was only slow */
    expect_kind(&d, RUN_JOB_END);
    assert_int_equal(result_of(&d, 0)->verdict, JUDGE_PASS);
    assert_int_equal(result_of(&d, 0)->hang, RUN_HANG_NONE);
    assert_int_equal(run_plan_waits(d.plan), 1);
    end(&d);
}

static void an_open_tcp_gets_its_own_patience(void **state)
{
    (void)state;
    static const enum run_hang hangs[] = {RUN_HANG_TCP, RUN_HANG_TCP_FAILED};
    for (size_t i = 0; i < COUNT_OF(hangs); i++) {
        struct desk d;
        set_up(&d, 1, 1, false);
        next_case(&d);
        finish(&d, 0, JUDGE_PASS, hangs[i]);
        struct run_job job = run_plan_next(d.plan);
        assert_int_equal(job.kind, RUN_JOB_CASE);
        assert_int_equal(job.patience_us, TCP);
        finish(&d, 0, JUDGE_PASS, hangs[i]);
        expect_kind(&d, RUN_JOB_END);
        end(&d);
    }
}

/* "After three confirmed hangs of one kind the rest get one short deadline together." */
static void after_three_of_a_kind_the_rest_is_believed(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 8, 4, false);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(next_case(&d), i);
        finish(&d, i, JUDGE_FAILED, i < 7 ? RUN_HANG_ANSWER : RUN_HANG_CLOSE);
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
        finish(&d, job.index, JUDGE_FAILED, job.index < 7 ? RUN_HANG_ANSWER : RUN_HANG_CLOSE);
    }
    unsigned sum = 0;
    for (size_t i = 0; i < 7; i++)
        sum += tried[i];
    assert_int_equal(sum, 3);
    assert_int_equal(tried[7], 1);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(result_of(&d, i)->verdict, JUDGE_FAILED);
    assert_int_equal(run_plan_done(d.plan), 8);
    end(&d);
}

/* Confirmations only wait, so three may wait together; no fourth begins before they are told. */
static void confirmations_run_together(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 6, 6, false);
    for (size_t i = 0; i < 6; i++)
        next_case(&d);
    for (size_t i = 0; i < 6; i++)
        finish(&d, i, JUDGE_FAILED, RUN_HANG_ANSWER);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(next_case(&d), i);
    expect_kind(&d, RUN_JOB_NONE);
    finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE); /* only slow: another one takes its place */
    assert_int_equal(next_case(&d), 3);
    expect_kind(&d, RUN_JOB_NONE);
    for (size_t i = 1; i < 4; i++)
        finish(&d, i, JUDGE_FAILED, RUN_HANG_ANSWER);
    expect_kind(&d, RUN_JOB_END);
    end(&d);
}

static void an_endpoint_that_lingers_is_waited_for_three_times(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 5, 1, false);
    for (size_t i = 0; i < 5; i++) {
        struct run_job job = run_plan_next(d.plan);
        assert_int_equal(job.linger_us, i < 3 ? SHORT : 0);
        struct run_result result = made(&d, i, JUDGE_PASS, RUN_HANG_NONE);
        result.lingered = true;
        result.waits = 1;
        run_plan_finished(d.plan, i, &result);
    }
    expect_kind(&d, RUN_JOB_END);
    assert_int_equal(run_plan_waits(d.plan), 5);
    end(&d);
}

/* --- stopping ------------------------------------------------------------------------------- */

static void a_stop_keeps_what_is_finished(void **state)
{
    (void)state;
    struct desk d;
    prepare(&d);
    add(&d, echo_case);
    add(&d, echo_case);
    add(&d, echo_case);
    add(&d, run_case);
    begin(&d, 2, false);
    next_case(&d);
    next_case(&d);
    finish(&d, 0, JUDGE_FAILED, RUN_HANG_NONE);
    run_plan_stop(d.plan, "interrupted");
    expect_kind(&d, RUN_JOB_END);
    assert_int_equal(result_of(&d, 0)->verdict, JUDGE_FAILED);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(result_of(&d, i)->verdict, JUDGE_SKIP);
        assert_string_equal(result_of(&d, i)->judgement.diagnosis, "not run: interrupted");
    }
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(result_of(&d, 3)->verdict, JUDGE_PASS);
    end(&d);
}

/* "Again alone with at least 5 s before `hung` is said": a stop does not change that. */
static void a_stop_does_not_turn_suspects_into_failures(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 2, 1, false);
    next_case(&d);
    finish(&d, 0, JUDGE_FAILED, RUN_HANG_ANSWER);
    run_plan_stop(d.plan, "interrupted");
    assert_int_equal(result_of(&d, 0)->verdict, JUDGE_SKIP);
    assert_int_equal(result_of(&d, 1)->verdict, JUDGE_SKIP);
    assert_int_equal(run_plan_done(d.plan), 2);
    end(&d);

    /* But a verdict that does not rest on the deadline stands. */
    set_up(&d, 1, 1, false);
    next_case(&d);
    finish(&d, 0, JUDGE_PASS, RUN_HANG_TCP);
    run_plan_stop(d.plan, "interrupted");
    assert_int_equal(result_of(&d, 0)->verdict, JUDGE_PASS);
    end(&d);
}

/* --- run-level cases ------------------------------------------------------------------------ */

static void run_level_cases_are_judged_at_the_end(void **state)
{
    (void)state;
    struct desk d;
    prepare(&d);
    add(&d, run_case);
    add(&d, echo_case);
    add(&d, echo_case);
    begin(&d, 1, false);
    assert_int_equal(next_case(&d), 1);
    struct run_result result = made(&d, 1, JUDGE_PASS, RUN_HANG_NONE);
    result.sightings[result.sighting_count++] = (struct run_sighting){MASKED, "it masks"};
    run_plan_finished(d.plan, 1, &result);
    assert_int_equal(next_case(&d), 2);
    finish(&d, 2, JUDGE_PASS, RUN_HANG_NONE);
    expect_kind(&d, RUN_JOB_END);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(result_of(&d, 0)->verdict, JUDGE_FAILED);
    assert_string_equal(result_of(&d, 0)->judgement.diagnosis,
                        "it masks (on 1 of 2 connections, first in x/1)");
    assert_int_equal(result_of(&d, 1)->verdict, JUDGE_PASS);
    end(&d);
}

static void each_case_comes_in_every_delivery_that_fits(void **state)
{
    (void)state;
    struct desk d;
    prepare(&d);
    d.settings.deliveries = 1u << RUN_DELIVERY_WHOLE | 1u << RUN_DELIVERY_HEADERS;
    add(&d, run_case);
    add(&d, big_case);
    add(&d, reject_case); /* a request has no frame headers */
    add(&d, echo_case);
    begin(&d, 1, false);
    static const enum run_delivery want[] = {RUN_DELIVERY_WHOLE, RUN_DELIVERY_WHOLE,
                                             RUN_DELIVERY_WHOLE, RUN_DELIVERY_WHOLE,
                                             RUN_DELIVERY_HEADERS};
    size_t count;
    const struct run_result *results = run_plan_results(d.plan, &count);
    assert_int_equal(count, COUNT_OF(want));
    for (size_t i = 0; i < count; i++)
        assert_int_equal(results[i].delivery, want[i]);
    end(&d);
}

/* RFC 6455, 5.2: the same octets, cut otherwise, mean the same. */
static void a_verdict_that_changes_with_the_delivery_is_a_finding(void **state)
{
    (void)state;
    for (int changes = 0; changes < 2; changes++) {
        struct desk d;
        prepare(&d);
        d.settings.deliveries = 1u << RUN_DELIVERY_WHOLE | 1u << RUN_DELIVERY_OCTETS;
        add(&d, echo_case);
        begin(&d, 1, false);
        for (size_t i = 0; i < 2; i++) {
            struct run_job job = run_plan_next(d.plan);
            assert_ptr_equal(job.spec, d.cases[0]);
            assert_int_equal(job.delivery, i == 0 ? RUN_DELIVERY_WHOLE : RUN_DELIVERY_OCTETS);
            struct run_result result = made(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
            result.delivery = job.delivery;
            result.verdict = i == 1 && changes ? JUDGE_FAILED : JUDGE_PASS;
            run_plan_finished(d.plan, job.index, &result);
        }
        expect_kind(&d, RUN_JOB_END);
        run_plan_judge_run(d.plan, &d.set.catalogue);
        const struct judge_observation *seen =
            judge_observation_find(run_plan_observations(d.plan), "RFC6455-5.2-25");
        assert_int_equal(seen != NULL, changes);
        if (seen != NULL)
            assert_string_equal(seen->text, "a verdict changed with the delivery: whole pass, "
                                            "octets fail");
        end(&d);
    }
}

static void nothing_seen_is_nothing_passed(void **state)
{
    (void)state;
    struct desk d;
    prepare(&d);
    add(&d, run_case);
    begin(&d, 1, false);
    expect_kind(&d, RUN_JOB_END);
    run_plan_judge_run(d.plan, &d.set.catalogue);
    assert_int_equal(result_of(&d, 0)->verdict, JUDGE_SKIP);
    end(&d);
}

/* A suspect's first try is no connection of its own in the count. */
static void a_confirmed_case_counts_once(void **state)
{
    (void)state;
    struct desk d;
    prepare(&d);
    add(&d, run_case);
    add(&d, echo_case);
    begin(&d, 1, false);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(next_case(&d), 1);
        struct run_result result = made(&d, 1, JUDGE_FAILED, RUN_HANG_ANSWER);
        result.sightings[result.sighting_count++] = (struct run_sighting){MASKED, "it masks"};
        run_plan_finished(d.plan, 1, &result);
    }
    expect_kind(&d, RUN_JOB_END);
    assert_int_equal(judge_observation_find(run_plan_observations(d.plan), MASKED)->count, 1);
    end(&d);
}

/* --- deaths --------------------------------------------------------------------------------- */

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
            struct run_result result = made(d, job.index, JUDGE_PASS, RUN_HANG_NONE);
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
        set_up(&d, 6, 1, true);
        run_to_death(&d, killer, 0, 99);
        for (size_t i = 0; i < 6; i++)
            assert_int_equal(result_of(&d, i)->verdict, i == killer ? JUDGE_FAILED : JUDGE_PASS);
        assert_non_null(strstr(result_of(&d, killer)->judgement.diagnosis, "it crashed"));
        assert_int_equal(result_of(&d, killer)->judgement.grade, JUDGE_VIOLATION);
        assert_string_equal(run_plan_last_death(d.plan), "it crashed");
        assert_false(run_plan_gone(d.plan));
        assert_null(judge_observation_find(run_plan_observations(d.plan), DIES));
        end(&d);
    }
}

/* Several ran when it died: they are tried one at a time. */
static void the_killer_is_told_from_those_beside_it(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 4, 4, true);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(next_case(&d), i);
    run_plan_died(d.plan, "it crashed");
    expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    run_to_death(&d, 2, 0, 99);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(result_of(&d, i)->verdict, i == 2 ? JUDGE_FAILED : JUDGE_PASS);
    end(&d);
}

/* "From now on one at a time", so that the next death has few suspects. */
static void after_a_death_cases_run_one_at_a_time(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 6, 3, false);
    for (size_t i = 0; i < 3; i++)
        next_case(&d);
    run_plan_died(d.plan, "it crashed");
    expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    for (int i = 0; i < 3; i++) { /* the suspects */
        finish(&d, next_case(&d), JUDGE_PASS, RUN_HANG_NONE);
        expect_kind(&d, RUN_JOB_SETTLE);
        run_plan_settled(d.plan);
    }
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(next_case(&d), i);
        expect_kind(&d, RUN_JOB_NONE);
        finish(&d, i, JUDGE_PASS, RUN_HANG_NONE);
    }
    expect_kind(&d, RUN_JOB_END);
    end(&d);
}

/* It dies long after the cause, so no suspect does it: the search goes through all by halves. */
static void a_late_death_is_found_by_halving(void **state)
{
    (void)state;
    for (size_t killer = 0; killer < 8; killer++) {
        struct desk d;
        set_up(&d, 16, 1, true);
        run_to_death(&d, killer, 6, 99);
        for (size_t i = 0; i < 16; i++)
            if (result_of(&d, i)->verdict != (i == killer ? JUDGE_FAILED : JUDGE_PASS))
                fail_msg("killer %zu: case %zu is %s", killer, i,
                         judge_verdict_name(result_of(&d, i)->verdict));
        assert_int_equal(run_plan_done(d.plan), 16);
        end(&d);
    }
}

/* What a trial runs again is not counted again. */
static void trials_leave_no_trace(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 16, 1, true);
    run_to_death(&d, 3, 6, 99);
    const struct judge_observation *masked =
        judge_observation_find(run_plan_observations(d.plan), MASKED);
    assert_non_null(masked);
    assert_true(masked->count <= 16);
    end(&d);
}

static void a_death_that_does_not_come_again_is_nobodys(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 6, 1, true);
    run_to_death(&d, 3, 0, 1);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(result_of(&d, i)->verdict, JUDGE_PASS);
    const struct judge_observation *died =
        judge_observation_find(run_plan_observations(d.plan), DIES);
    assert_non_null(died);
    assert_string_equal(died->text, "it crashed");
    end(&d);
}

static void gone_for_good_ends_the_run(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 5, 2, false);
    assert_int_equal(next_case(&d), 0);
    finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    assert_int_equal(next_case(&d), 1);
    assert_int_equal(next_case(&d), 2);
    run_plan_died(d.plan, "it crashed");
    expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, false);
    expect_kind(&d, RUN_JOB_END);
    assert_true(run_plan_gone(d.plan));
    assert_int_equal(result_of(&d, 0)->verdict, JUDGE_PASS);
    assert_int_equal(result_of(&d, 1)->verdict, JUDGE_ERROR);
    assert_int_equal(result_of(&d, 2)->verdict, JUDGE_ERROR);
    assert_non_null(strstr(result_of(&d, 1)->judgement.diagnosis, "it crashed"));
    assert_int_equal(result_of(&d, 3)->verdict, JUDGE_SKIP);
    assert_int_equal(result_of(&d, 4)->verdict, JUDGE_SKIP);
    end(&d);
}

static void nobody_listens_is_a_death(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 2, 1, false);
    assert_int_equal(next_case(&d), 0);
    struct run_result result = made(&d, 0, JUDGE_ERROR, RUN_HANG_NONE);
    result.unreachable = true;
    run_plan_finished(d.plan, 0, &result);
    expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    run_to_death(&d, SIZE_MAX, 0, 0);
    assert_int_equal(result_of(&d, 0)->verdict, JUDGE_PASS);
    assert_int_equal(result_of(&d, 1)->verdict, JUDGE_PASS);
    end(&d);
}

/* The news may come twice: nobody listens, and then how the process ended. */
static void a_death_is_counted_once(void **state)
{
    (void)state;
    struct desk d;
    set_up(&d, 2, 1, true);
    next_case(&d);
    run_plan_died(d.plan, "nobody listens any more");
    run_plan_died(d.plan, "killed by SIGSEGV");
    assert_string_equal(run_plan_last_death(d.plan), "killed by SIGSEGV");
    expect_kind(&d, RUN_JOB_REVIVE);
    run_plan_revived(d.plan, true);
    assert_int_equal(next_case(&d), 0);
    finish(&d, 0, JUDGE_PASS, RUN_HANG_NONE);
    expect_kind(&d, RUN_JOB_SETTLE);
    end(&d);
}

static void a_plan_may_be_empty(void **state)
{
    (void)state;
    struct desk d;
    prepare(&d);
    begin(&d, 4, true);
    expect_kind(&d, RUN_JOB_END);
    end(&d);
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
        cmocka_unit_test(a_stop_keeps_what_is_finished),
        cmocka_unit_test(a_stop_does_not_turn_suspects_into_failures),
        cmocka_unit_test(run_level_cases_are_judged_at_the_end),
        cmocka_unit_test(each_case_comes_in_every_delivery_that_fits),
        cmocka_unit_test(a_verdict_that_changes_with_the_delivery_is_a_finding),
        cmocka_unit_test(nothing_seen_is_nothing_passed),
        cmocka_unit_test(a_confirmed_case_counts_once),
        cmocka_unit_test(the_case_that_kills_is_found),
        cmocka_unit_test(the_killer_is_told_from_those_beside_it),
        cmocka_unit_test(after_a_death_cases_run_one_at_a_time),
        cmocka_unit_test(a_late_death_is_found_by_halving),
        cmocka_unit_test(trials_leave_no_trace),
        cmocka_unit_test(a_death_that_does_not_come_again_is_nobodys),
        cmocka_unit_test(gone_for_good_ends_the_run),
        cmocka_unit_test(nobody_listens_is_a_death),
        cmocka_unit_test(a_death_is_counted_once),
        cmocka_unit_test(a_plan_may_be_empty),
    };
    return cmocka_run_group_tests_name("run/plan", tests, NULL, NULL);
}
