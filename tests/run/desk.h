/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_RUN_DESK_H
#define WSCONFORM_TESTS_RUN_DESK_H

/* A plan, and somebody who makes up what comes of its cases. */
#include "play.h"

#include "run/plan.h"

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

static inline void desk_prepare(struct desk *d)
{
    *d = (struct desk){.killer = SIZE_MAX};
    d->profile = (struct run_profile){.echoes = true, .pongs = true, .limit = UINT64_MAX};
    d->settings = (struct run_settings){.target = &play_target,
                                        .profile = &d->profile,
                                        .short_us = SHORT,
                                        .long_us = LONG,
                                        .tcp_us = TCP};
}

static inline void desk_add(struct desk *d, const char *rest)
{
    char id[32];
    snprintf(id, sizeof(id), "x/%zu", d->set.count);
    play_case(&d->set, id, MUST, rest);
}

static inline void desk_begin(struct desk *d, unsigned jobs, bool restartable)
{
    assert_true(d->set.count <= MAX);
    for (size_t i = 0; i < d->set.count; i++)
        d->cases[i] = &d->set.cases[i];
    d->plan = run_plan_new(d->cases, d->set.count, &d->settings, jobs, restartable);
}

/* The same case `count` times. */
static inline void desk_set_up(struct desk *d, size_t count, unsigned jobs, bool restartable)
{
    desk_prepare(d);
    for (size_t i = 0; i < count; i++)
        desk_add(d, echo_case);
    desk_begin(d, jobs, restartable);
}

static inline void desk_end(struct desk *d)
{
    run_plan_free(d->plan);
    judge_observation_free(&d->profile.known);
    case_spec_free_set(&d->set);
}

static inline struct run_result desk_made(const struct desk *d, size_t i,
                                          enum judge_verdict verdict, enum run_hang hang)
{
    struct run_result result = {.spec = d->cases[i],
                                .verdict = verdict,
                                .hang = hang,
                                .waits = hang != RUN_HANG_NONE,
                                .close_seen = true};
    run_transcript_note(&result.transcript, true, "made", 0);
    return result;
}

static inline void desk_finish(struct desk *d, size_t i, enum judge_verdict verdict,
                               enum run_hang hang)
{
    struct run_result result = desk_made(d, i, verdict, hang);
    run_plan_finished(d->plan, i, &result);
}

static inline const struct run_result *desk_result_of(const struct desk *d, size_t i)
{
    size_t count;
    const struct run_result *results = run_plan_results(d->plan, &count);
    assert_true(i < count);
    return &results[i];
}

static inline size_t desk_next_case(struct desk *d)
{
    struct run_job job = run_plan_next(d->plan);
    assert_int_equal(job.kind, RUN_JOB_CASE);
    return job.index;
}

static inline void desk_expect_kind(struct desk *d, enum run_job_kind kind)
{
    assert_int_equal(run_plan_next(d->plan).kind, kind);
}

/* --- clients ------------------------------------------------------------------------------ */

/* As many cases as there are texts, the last of which is NULL. */
static inline void desk_open(struct desk *d, const char *const *cases)
{
    desk_prepare(d);
    d->settings.of_client = true;
    for (; *cases != NULL; cases++)
        desk_add(d, *cases);
    desk_begin(d, 4, false);
}

#define DESK_OPEN(d, ...) desk_open(d, (const char *const[]){__VA_ARGS__, NULL})

/* Runs a case as a client that asked for it. */
static inline void desk_claim(struct desk *d, size_t index, enum judge_verdict verdict,
                              enum run_hang hang)
{
    assert_int_equal(run_plan_claim(d->plan, index).kind, RUN_JOB_CASE);
    desk_finish(d, index, verdict, hang);
}

#endif
