/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_AGENT_H
#define WSCONFORM_DRIVE_AGENT_H

#include "judge/backoff.h"
#include "run/opening.h"
#include "run/plan.h"
#include "run/record.h"

/* One client under test, under the name that it gave itself: its cases, what is known of it, and
 * the record of its run. */

struct drive_client_options; /* drive/client.h */

struct drive_agent {
    const struct drive_client_options *options;
    char *name;
    char user_agent[RUN_OPENING_AGENT_MAX]; /* the field of its first request, or "" */
    struct run_target target;
    struct run_profile profile;
    struct run_settings settings;
    struct judge_keys keys;
    struct judge_backoff backoff;
    struct run_plan *plan;
    struct run_record record;
    uint64_t started; /* on the loop's clock */
    bool reported;    /* it asked for its report */
};

/* `url` is where it finds us, for the record; `host` what its Host field must say, or NULL; both
 * are borrowed. The caller frees it with drive_agent_free. */
struct drive_agent *drive_agent_new(const struct drive_client_options *options, const char *name,
                                    const char *url, const char *host, uint64_t seed, uint64_t now);

/* Makes the plan, when the profile is known. */
void drive_agent_begin(struct drive_agent *agent);

/* An exchange has ended: its verdict goes into the plan. */
void drive_agent_finish(struct drive_agent *agent, size_t index, struct run_result *result);

/* Judges the run as it is now and fills the record. May be called again later. */
void drive_agent_judge(struct drive_agent *agent, uint64_t now, const char *ended_early);

void drive_agent_free(struct drive_agent *agent);

#endif
