/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_PLAN_H
#define WSCONFORM_RUN_PLAN_H

#include "run/exchange.h"
#include "run/inquest.h"

/* The plan of a run: which case is to run next and with what patience; which verdicts are to be
 * confirmed; what is to be done when the endpoint dies. It decides, it does not act. */

enum run_job_kind {
    RUN_JOB_NONE,   /* nothing can begin now: wait for what runs */
    RUN_JOB_CASE,   /* run a case */
    RUN_JOB_REVIVE, /* see that a fresh endpoint is there, then call run_plan_revived */
    RUN_JOB_SETTLE, /* wait `settle_us` for the endpoint's death, then call run_plan_settled */
    RUN_JOB_END     /* the run is over */
};

struct run_job {
    enum run_job_kind kind;
    size_t index; /* of the result that the case is to get */
    const struct case_spec *spec;
    enum run_delivery delivery;
    uint64_t patience_us;
    uint64_t believed_us; /* instead, for a hang that is believed; of a claimed case only */
    uint64_t linger_us;
    bool watch; /* who ends TCP after the closing handshake is to be seen */
    uint64_t settle_us;
};

struct run_plan;

/* A plan for `count` cases, which are borrowed, each in all of settings->deliveries that fit it,
 * with at most `jobs` at the same time. Run-level cases among them are judged by
 * run_plan_judge_run. `restartable`: a dead endpoint can be started again. The caller frees it with
 * run_plan_free. */
struct run_plan *run_plan_new(const struct case_spec *const *cases, size_t count,
                              const struct run_settings *settings, unsigned jobs, bool restartable);

/* What to do next. A CASE counts as running until run_plan_finished. */
struct run_job run_plan_next(struct run_plan *plan);

/* Begins the case of that result, as a client asked for it; it may have run before. Such a case
 * runs once and has all the time that a hang needs to be believed. Returns a job of the kind CASE,
 * or NONE if it runs already. */
struct run_job run_plan_claim(struct run_plan *plan, size_t index);

/* The kinds of hang of which no more proof is needed: bits 1 << enum run_hang. */
unsigned run_plan_believed(const struct run_plan *plan);

/* True if the case of that result has its verdict. */
bool run_plan_is_final(const struct run_plan *plan, size_t index);

/* The endpoint is known to have died of that case, whose verdict this replaces. */
void run_plan_convict(struct run_plan *plan, size_t index, const char *how);

/* A case has ended; the plan takes the transcript. */
void run_plan_finished(struct run_plan *plan, size_t index, struct run_result *result);

/* The endpoint died (its process ended, or nobody listens any more). `how` is a sentence. What
 * still runs is lost: the caller drops it and does not report it as finished. */
void run_plan_died(struct run_plan *plan, const char *how);

/* The endpoint is there again, or could not be brought back. */
void run_plan_revived(struct run_plan *plan, bool alive);

/* A wait for its death is over and it lives. */
void run_plan_settled(struct run_plan *plan);

/* Ends the run early: what has no verdict yet is skipped with that reason. */
void run_plan_stop(struct run_plan *plan, const char *why);

/* Compares the verdicts of a case that was delivered in several ways, asks whether a client that
 * opened no connection ever does, looks at what it drew at random, and gives the run-level cases
 * their verdicts. May be called again when more has been run. */
void run_plan_judge_run(struct run_plan *plan, const struct case_catalogue *catalogue);

/* The results, in the order of the cases, those of one case in the order of enum run_delivery;
 * borrowed. */
const struct run_result *run_plan_results(const struct run_plan *plan, size_t *count);

/* What was seen on all connections; borrowed. Sightings of the probe may be added to it. */
struct judge_observations *run_plan_observations(struct run_plan *plan);

unsigned run_plan_waits(const struct run_plan *plan);         /* deadlines that were waited out */
size_t run_plan_done(const struct run_plan *plan);            /* cases with a final verdict */
bool run_plan_gone(const struct run_plan *plan);              /* the endpoint is gone for good */
const char *run_plan_last_death(const struct run_plan *plan); /* how it died last, or NULL */

void run_plan_free(struct run_plan *plan); /* NULL is fine */

#endif
