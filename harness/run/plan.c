/* SPDX-License-Identifier: MIT */
#include "run/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/patience.h"
#include "run/proof.h"
#include "run/whole.h"

enum {
    CONFIRMING_MAX = 3, /* suspects that are tried again at the same time: they only wait */
    LINGERS_MAX = 3,    /* connections on which the end of TCP was awaited in vain */
    HALVINGS_MAX = 1,   /* searches through all cases for a late death */
    DEATHS_MAX = 150,
    WATCH_US = 100 * 1000, /* a process that crashed is gone after this */
    /* A process that ends may still take a connection or two, and reset them, before the next one
     * is refused. */
    REFUSED_MAX = 2
};

enum state {
    STATE_WAITING,
    STATE_RUNNING,
    STATE_SUSPECT, /* a deadline passed: to be confirmed */
    STATE_CONFIRMING,
    STATE_UNPROVED, /* has its verdict, if another connection works now */
    STATE_PROVING,
    STATE_DONE
};

struct run_plan {
    size_t count;
    const struct run_settings *settings;
    unsigned jobs;
    bool restartable;
    struct run_result *results;
    enum state *states;
    unsigned char *proofs; /* tries to prove that another connection works */
    size_t *ended;         /* of each case: the how-manieth it was to end */
    size_t endings;
    size_t running;
    bool alone; /* what runs wants nothing beside it */
    bool stopped;
    bool gone;
    /* hangs */
    struct run_patience patience;
    unsigned lingers;
    unsigned watched;
    unsigned waits;
    /* deaths */
    bool dead;
    unsigned deaths;
    unsigned halvings;
    char how[512];
    size_t *history; /* cases begun since the endpoint was started */
    size_t history_count;
    size_t history_capacity;
    bool looked; /* whether the last case was its death */
    bool inquiring;
    struct run_inquest inquest;
    struct run_trial trial;
    size_t trial_next;
    bool trial_begun;
    enum state before_trial; /* of the case on trial */
    struct judge_observations observations;
};

/* --- results ----------------------------------------------------------------------------- */

static void set_final(struct run_plan *plan, size_t index)
{
    struct run_result *result = &plan->results[index];
    plan->states[index] = STATE_DONE;
    for (size_t i = 0; i < result->sighting_count; i++)
        judge_observation_add(&plan->observations, result->sightings[i].rule,
                              result->sightings[i].text, result->spec);
}

static void set_result(struct run_plan *plan, size_t index, struct run_result *result)
{
    run_transcript_free(&plan->results[index].transcript);
    plan->results[index] = *result;
}

/* The result of a case about which nothing more is asked. */
static struct run_result *decided(struct run_plan *plan, size_t index)
{
    plan->states[index] = STATE_DONE;
    return &plan->results[index];
}

static bool has_connection(const struct case_spec *spec)
{
    return !case_spec_is_run_level(spec);
}

/* Cases that this endpoint cannot be given, with the reason. */
static const char *not_applicable(const struct run_plan *plan, const struct case_spec *spec)
{
    const struct run_profile *profile = plan->settings->profile;
    struct judge_outcome outcome;
    if (judge_outcome_parse(&outcome, spec->outcome, NULL) != 0)
        return "its outcome cannot be read";
    if (judge_outcome_refuses(&outcome))
        return NULL;
    bool only_echo = outcome.count == 1 && outcome.alternatives[0].word == JUDGE_ECHO;
    /* RFC 6455, 5.5.2: a pong is owed by everybody, so its absence is a finding. */
    bool only_pong = outcome.count == 1 && outcome.alternatives[0].word == JUDGE_PONG;
    if (profile->handshake)
        return "only the handshake is tested";
    if (!profile->echoes && (spec->needs_echo || only_echo))
        return "the endpoint does not return messages";
    if (!profile->echoes && !profile->pongs && !only_pong)
        return "the endpoint answers neither messages nor pings, so nothing can be proved";
    return NULL;
}

/* --- the first pass and the confirmations ------------------------------------------------ */

static struct run_job begin(struct run_plan *plan, size_t index, bool alone)
{
    plan->states[index] = alone ? STATE_CONFIRMING : STATE_RUNNING;
    plan->running++;
    plan->history = memory_grow(plan->history, &plan->history_capacity, plan->history_count + 1,
                                sizeof(*plan->history));
    plan->history[plan->history_count++] = index;
    const struct run_settings *settings = plan->settings;
    return (struct run_job){
        .kind = RUN_JOB_CASE,
        .index = index,
        .spec = plan->results[index].spec,
        .delivery = plan->results[index].delivery,
        .patience_us = alone ? run_patience_to_confirm(&plan->patience, plan->results[index].hang)
                             : settings->short_us,
        .linger_us = plan->lingers < LINGERS_MAX ? settings->short_us : 0,
        .watch = settings->of_client && plan->watched < RUN_WATCHED_MAX};
}

struct run_job run_plan_claim(struct run_plan *plan, size_t index)
{
    if (plan->stopped || plan->states[index] == STATE_CONFIRMING)
        return (struct run_job){.kind = RUN_JOB_NONE};
    bool alone = plan->running == 0;
    struct run_job job = begin(plan, index, true);
    job.patience_us = plan->settings->long_us;
    job.believed_us = run_patience_claim(&plan->patience, index, alone);
    return job;
}

static size_t find_state(const struct run_plan *plan, enum state state)
{
    size_t i = 0;
    while (i < plan->count && plan->states[i] != state)
        i++;
    return i;
}

/* Behind a case of the security pack another connection must work: at the first try soon, at the
 * second with patience. */
static bool needs_proof(const struct run_plan *plan, const struct run_result *result)
{
    bool asked = result->verdict != JUDGE_SKIP && result->verdict != JUDGE_ERROR;
    return asked && !plan->settings->of_client && !plan->settings->profile->handshake &&
           strcmp(result->spec->section, "security") == 0;
}

static struct run_job begin_proof(struct run_plan *plan, size_t index)
{
    struct run_job job = begin(plan, index, plan->proofs[index] > 0);
    plan->states[index] = STATE_PROVING;
    job.spec = run_proof_of_life(plan->settings->profile);
    job.delivery = RUN_DELIVERY_WHOLE;
    return job;
}

static void take_proof(struct run_plan *plan, size_t index, struct run_result *proof)
{
    bool lives = proof->verdict == JUDGE_PASS;
    run_transcript_free(&proof->transcript);
    if (proof->unreachable) {
        plan->states[index] = STATE_WAITING;
        run_plan_died(plan, "nobody listens any more");
    } else if (lives) {
        set_final(plan, index);
    } else if (plan->proofs[index]++ == 0) {
        plan->states[index] = STATE_UNPROVED;
    } else {
        plan->results[index].judgement.grade = JUDGE_VIOLATION;
        run_result_give(decided(plan, index), JUDGE_FAILED,
                        "behind it no other connection works: %s", proof->judgement.diagnosis);
    }
}

static struct run_job next_waiting(struct run_plan *plan)
{
    size_t unproved = find_state(plan, STATE_UNPROVED);
    if (unproved < plan->count &&
        (plan->running == 0 || (plan->running < plan->jobs && !plan->alone)))
        return begin_proof(plan, unproved);
    size_t index = find_state(plan, STATE_WAITING);
    if (index == plan->count)
        return (struct run_job){.kind = RUN_JOB_NONE};
    bool big = plan->results[index].spec->big;
    if (plan->running > 0 && (big || plan->alone || plan->running >= plan->jobs))
        return (struct run_job){.kind = RUN_JOB_NONE};
    plan->alone = big;
    return begin(plan, index, false);
}

unsigned run_plan_believed(const struct run_plan *plan)
{
    unsigned believed = 0;
    for (unsigned hang = 0; hang < RUN_HANG_COUNT; hang++)
        if (hang != RUN_HANG_NONE && run_patience_believes(&plan->patience, (enum run_hang)hang))
            believed |= 1u << hang;
    return believed;
}

static unsigned count_confirming(const struct run_plan *plan, enum run_hang hang)
{
    unsigned count = 0;
    for (size_t i = 0; i < plan->count; i++)
        count += plan->states[i] == STATE_CONFIRMING &&
                 (hang == RUN_HANG_NONE || plan->results[i].hang == hang);
    return count;
}

/* A suspect that is not tried again is taken to be like those of its kind that were: where TCP did
 * end in the long run, it is late and not left open. */
static void believe(struct run_plan *plan, size_t index)
{
    struct run_result *result = &plan->results[index];
    bool late = run_patience_takes_for_late(&plan->patience, result->hang);
    for (size_t i = 0; i < result->sighting_count && late; i++)
        if (strcmp(result->sightings[i].rule, RUN_LEFT_OPEN_RULE) == 0 ||
            strcmp(result->sightings[i].rule, RUN_LEFT_OPEN_FAILED_RULE) == 0)
            result->sightings[i] = (struct run_sighting){RUN_LATE_RULE, RUN_LATE_TEXT};
    set_final(plan, index);
}

/* Suspects are tried again when all else is quiet, a few at a time since they only wait. When
 * enough hangs of a kind are confirmed, the rest of that kind is believed. */
static struct run_job next_suspect(struct run_plan *plan)
{
    unsigned most = plan->jobs < CONFIRMING_MAX ? plan->jobs : CONFIRMING_MAX;
    if (count_confirming(plan, RUN_HANG_NONE) >= most)
        return (struct run_job){.kind = RUN_JOB_NONE};
    for (size_t i = 0; i < plan->count; i++) {
        enum run_hang hang = plan->results[i].hang;
        if (plan->states[i] == STATE_SUSPECT &&
            run_patience_wants_more(&plan->patience, hang, count_confirming(plan, hang)))
            return begin(plan, i, true);
    }
    if (plan->running > 0)
        return (struct run_job){.kind = RUN_JOB_NONE};
    for (size_t i = 0; i < plan->count; i++)
        if (plan->states[i] == STATE_SUSPECT)
            believe(plan, i);
    return (struct run_job){.kind = RUN_JOB_END};
}

/* What a trial saw is nobody's verdict, but if the case is convicted it is the proof. */
static void keep_evidence(struct run_plan *plan, size_t index, struct run_result *result)
{
    if (plan->before_trial == STATE_WAITING)
        set_result(plan, index, result);
    else
        run_transcript_free(&result->transcript);
}

/* Hangs that were said in haste, of an endpoint that is only slow. */
static void take_back(struct run_plan *plan, size_t index)
{
    size_t refuted[RUN_PATIENCE_ROW];
    size_t count = run_patience_take(&plan->patience, index, &plan->results[index], refuted);
    for (size_t i = 0; i < count; i++)
        run_result_give(decided(plan, refuted[i]), JUDGE_SKIP,
                        "a deadline passed and was not confirmed: later an answer took longer");
}

void run_plan_finished(struct run_plan *plan, size_t index, struct run_result *result)
{
    if (plan->states[index] == STATE_PROVING && !plan->inquiring) {
        plan->running--;
        plan->waits += result->waits;
        take_proof(plan, index, result);
        return;
    }
    bool confirming = plan->states[index] == STATE_CONFIRMING;
    plan->running--;
    plan->waits += result->waits;
    plan->lingers += result->lingered;
    plan->watched += result->watched;
    if (plan->inquiring) {
        keep_evidence(plan, index, result);
        plan->states[index] = plan->before_trial;
        return;
    }
    enum run_hang before = plan->results[index].hang;
    set_result(plan, index, result);
    plan->ended[index] = ++plan->endings;
    if (result->unreachable) {
        plan->states[index] = STATE_WAITING;
        run_plan_died(plan, "nobody listens any more");
        return;
    }
    if (before == RUN_HANG_NONE) /* a claimed case needs no other to confirm it */
        before = result->hang;
    if (confirming && (result->hang != RUN_HANG_NONE || result->late))
        run_patience_confirm(&plan->patience, before, result->hang != RUN_HANG_NONE);
    if (confirming && plan->settings->of_client)
        take_back(plan, index);
    if (!confirming && result->hang != RUN_HANG_NONE &&
        !run_patience_believes(&plan->patience, result->hang))
        plan->states[index] = STATE_SUSPECT;
    else if (needs_proof(plan, &plan->results[index]))
        plan->states[index] = STATE_UNPROVED;
    else
        set_final(plan, index);
}

/* --- deaths ------------------------------------------------------------------------------ */

static bool is_under_way(enum state state)
{
    return state == STATE_RUNNING || state == STATE_CONFIRMING || state == STATE_UNPROVED ||
           state == STATE_PROVING;
}

/* It was running when the endpoint died, or its connection ended just before without a Close. A
 * slow case may have begun long ago, so what counts is when it ended. */
static bool is_lost(const struct run_plan *plan, size_t index)
{
    enum state state = plan->states[index];
    if (is_under_way(state) || state == STATE_WAITING)
        return true;
    bool recent = plan->endings - plan->ended[index] < 2 * (size_t)plan->jobs + REFUSED_MAX;
    return recent && !plan->results[index].close_seen;
}

/* Who may have killed it, the last one first. */
static size_t list_suspects(const struct run_plan *plan, size_t *suspects)
{
    size_t count = 0;
    for (size_t i = plan->history_count; i > 0; i--)
        if (is_lost(plan, plan->history[i - 1]))
            suspects[count++] = plan->history[i - 1];
    return count;
}

static void begin_inquest(struct run_plan *plan)
{
    size_t *suspects = memory_zeroed(plan->history_count, sizeof(*suspects));
    size_t count = list_suspects(plan, suspects);
    bool all = plan->restartable && plan->halvings < HALVINGS_MAX;
    run_inquest_begin(&plan->inquest, suspects, count, plan->history,
                      all ? plan->history_count : 0);
    /* What they saw may be another one's death. */
    for (size_t i = 0; i < count; i++)
        plan->states[suspects[i]] = STATE_WAITING;
    free(suspects);
    plan->inquiring = true;
    plan->trial_begun = false;
}

void run_plan_died(struct run_plan *plan, const char *how)
{
    if (plan->gone)
        return;
    snprintf(plan->how, sizeof(plan->how), "%s", how);
    if (plan->dead) /* told already; now it is known how */
        return;
    plan->dead = true;
    plan->deaths++;
    bool in_trial = plan->inquiring;
    if (in_trial)
        run_inquest_report(&plan->inquest, true);
    else
        begin_inquest(plan);
    plan->trial_begun = false;
    for (size_t i = 0; i < plan->count; i++)
        if (is_under_way(plan->states[i]))
            plan->states[i] = in_trial ? plan->before_trial : STATE_WAITING;
    plan->running = 0;
    /* From now on one at a time, so that the next death has few suspects. */
    plan->jobs = 1;
}

void run_plan_convict(struct run_plan *plan, size_t index, const char *how)
{
    plan->results[index].judgement.grade = JUDGE_VIOLATION;
    run_result_give(decided(plan, index), JUDGE_FAILED, "the endpoint dies of it: %s", how);
}

static void end_inquest(struct run_plan *plan)
{
    size_t culprit = plan->inquest.culprit;
    bool halved = plan->inquest.halving;
    plan->halvings += halved;
    plan->inquiring = false;
    if (culprit != SIZE_MAX)
        run_plan_convict(plan, culprit, plan->how);
    else
        judge_observation_add(&plan->observations, "RFC6455-10.7-01", plan->how, NULL);
    run_inquest_free(&plan->inquest);
    plan->history_count = 0;
}

static struct run_job next_trial(struct run_plan *plan)
{
    if (!plan->trial_begun) {
        if (!run_inquest_next(&plan->inquest, &plan->trial)) {
            end_inquest(plan);
            return run_plan_next(plan);
        }
        plan->trial_begun = true;
        plan->trial_next = 0;
    }
    if (plan->running > 0)
        return (struct run_job){.kind = RUN_JOB_NONE};
    if (plan->trial_next < plan->trial.count) {
        size_t index = plan->trial.cases[plan->trial_next++];
        plan->before_trial = plan->states[index];
        struct run_job job = begin(plan, index, false);
        job.linger_us = 0;
        return job;
    }
    return (struct run_job){.kind = RUN_JOB_SETTLE, .settle_us = plan->trial.settle_us};
}

void run_plan_settled(struct run_plan *plan)
{
    if (!plan->inquiring || plan->dead)
        return;
    run_inquest_report(&plan->inquest, false);
    plan->trial_begun = false;
}

void run_plan_revived(struct run_plan *plan, bool alive)
{
    plan->dead = false;
    plan->looked = false;
    if (!plan->inquiring)
        plan->history_count = 0;
    if (alive && plan->deaths < DEATHS_MAX)
        return;
    plan->gone = true;
    if (plan->inquiring) {
        for (size_t i = 0; i < plan->inquest.count && !plan->inquest.halving; i++)
            run_result_give(decided(plan, plan->inquest.suspects[i]), JUDGE_ERROR,
                            "the endpoint died while this case or one beside it ran: %s",
                            plan->how);
        judge_observation_add(&plan->observations, "RFC6455-10.7-01", plan->how, NULL);
        plan->inquiring = false;
        run_inquest_free(&plan->inquest);
    }
    run_plan_stop(plan, "the endpoint is gone");
}

/* --- the whole --------------------------------------------------------------------------- */

/* The last cases may have killed it: their connections end a moment before the process does. */
static bool may_be_dying(const struct run_plan *plan)
{
    for (size_t i = 0; i < plan->history_count && plan->restartable; i++) {
        size_t index = plan->history[i];
        if (plan->results[index].verdict == JUDGE_FAILED && is_lost(plan, index))
            return true;
    }
    return false;
}

static struct run_job end_or_watch(struct run_plan *plan)
{
    if (plan->looked || !may_be_dying(plan))
        return (struct run_job){.kind = RUN_JOB_END};
    plan->looked = true;
    return (struct run_job){.kind = RUN_JOB_SETTLE, .settle_us = WATCH_US};
}

struct run_job run_plan_next(struct run_plan *plan)
{
    if (plan->stopped)
        return (struct run_job){.kind = RUN_JOB_END};
    if (plan->dead)
        return (struct run_job){.kind = RUN_JOB_REVIVE};
    if (plan->inquiring)
        return next_trial(plan);
    struct run_job job = next_waiting(plan);
    bool quiet = find_state(plan, STATE_WAITING) == plan->count &&
                 find_state(plan, STATE_RUNNING) == plan->count &&
                 find_state(plan, STATE_UNPROVED) == plan->count &&
                 find_state(plan, STATE_PROVING) == plan->count;
    if (job.kind == RUN_JOB_NONE && quiet)
        job = next_suspect(plan);
    return job.kind == RUN_JOB_END ? end_or_watch(plan) : job;
}

/* A hang that was not confirmed is no finding, unless it is one of a kind that was. */
static void drop_suspect(struct run_plan *plan, size_t index, const char *why)
{
    enum run_hang hang = plan->results[index].hang;
    if (run_patience_is_about_tcp(hang) || run_patience_believes(&plan->patience, hang))
        believe(plan, index);
    else
        run_result_give(decided(plan, index), JUDGE_SKIP,
                        "a deadline passed and was not confirmed: %s", why);
}

void run_plan_stop(struct run_plan *plan, const char *why)
{
    if (plan->stopped)
        return;
    plan->stopped = true;
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->states[i] == STATE_SUSPECT)
            drop_suspect(plan, i, why);
        else if (plan->states[i] == STATE_UNPROVED || plan->states[i] == STATE_PROVING)
            set_final(plan, i);
        else if (plan->states[i] != STATE_DONE && has_connection(plan->results[i].spec))
            run_result_give(decided(plan, i), JUDGE_SKIP, "not run: %s", why);
    }
}

void run_plan_judge_run(struct run_plan *plan, const struct case_catalogue *catalogue)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct run_result *result = &plan->results[i];
        if (plan->states[i] == STATE_DONE || !has_connection(result->spec))
            continue;
        run_result_give(result, JUDGE_SKIP, "not run");
    }
    run_whole_judge(plan->results, plan->count, plan->settings, &plan->observations, catalogue);
}

/* Adds a case in one way of delivery, and decides at once what can be decided without it. */
static void add_case(struct run_plan *plan, const struct case_spec *spec,
                     enum run_delivery delivery)
{
    size_t i = plan->count++;
    plan->results[i].spec = spec;
    plan->results[i].delivery = delivery;
    plan->states[i] = STATE_WAITING;
    if (!has_connection(spec)) {
        plan->states[i] = STATE_DONE;
        return;
    }
    const char *why = not_applicable(plan, spec);
    if (why != NULL)
        run_result_give(decided(plan, i), JUDGE_SKIP, "%s", why);
}

/* The wanted deliveries that fit a case, as bits; whole if none does. */
static unsigned ways_of(const struct run_settings *settings, const struct case_spec *spec)
{
    unsigned ways = 0;
    for (unsigned d = 0; d < RUN_DELIVERY_COUNT; d++)
        if ((settings->deliveries >> d & 1) != 0 && run_delivery_fits((enum run_delivery)d, spec))
            ways |= 1u << d;
    return ways != 0 ? ways : 1u << RUN_DELIVERY_WHOLE;
}

struct run_plan *run_plan_new(const struct case_spec *const *cases, size_t count,
                              const struct run_settings *settings, unsigned jobs, bool restartable)
{
    struct run_plan *plan = memory_zeroed(1, sizeof(*plan));
    plan->settings = settings;
    plan->patience.settings = settings;
    plan->jobs = jobs;
    plan->restartable = restartable;
    size_t most = count * RUN_DELIVERY_COUNT;
    plan->results = memory_zeroed(most, sizeof(*plan->results));
    plan->states = memory_zeroed(most, sizeof(*plan->states));
    plan->ended = memory_zeroed(most, sizeof(*plan->ended));
    plan->proofs = memory_zeroed(most, sizeof(*plan->proofs));
    for (size_t i = 0; i < count; i++) {
        unsigned ways = ways_of(settings, cases[i]);
        for (unsigned d = 0; d < RUN_DELIVERY_COUNT; d++)
            if ((ways >> d & 1) != 0)
                add_case(plan, cases[i], (enum run_delivery)d);
    }
    return plan;
}

const struct run_result *run_plan_results(const struct run_plan *plan, size_t *count)
{
    *count = plan->count;
    return plan->results;
}

struct judge_observations *run_plan_observations(struct run_plan *plan)
{
    return &plan->observations;
}

unsigned run_plan_waits(const struct run_plan *plan)
{
    return plan->waits;
}

bool run_plan_is_final(const struct run_plan *plan, size_t index)
{
    return plan->states[index] == STATE_DONE;
}

size_t run_plan_done(const struct run_plan *plan)
{
    size_t done = 0;
    for (size_t i = 0; i < plan->count; i++)
        done += plan->states[i] == STATE_DONE;
    return done;
}

bool run_plan_gone(const struct run_plan *plan)
{
    return plan->gone;
}

const char *run_plan_last_death(const struct run_plan *plan)
{
    return plan->deaths > 0 ? plan->how : NULL;
}

void run_plan_free(struct run_plan *plan)
{
    if (plan == NULL)
        return;
    for (size_t i = 0; i < plan->count; i++)
        run_transcript_free(&plan->results[i].transcript);
    run_inquest_free(&plan->inquest);
    judge_observation_free(&plan->observations);
    free(plan->results);
    free(plan->states);
    free(plan->ended);
    free(plan->proofs);
    free(plan->history);
    free(plan);
}
