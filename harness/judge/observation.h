/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_JUDGE_OBSERVATION_H
#define WSCONFORM_JUDGE_OBSERVATION_H

#include "judge/verdict.h"

/* What an endpoint was seen to break on the connections of a run, counted by sentence: an endpoint
 * that masks all its frames breaks one rule, not as many as there are cases. */
struct judge_observation {
    const char *rule;              /* id of the requirement; static */
    char text[160];                /* what happened, as half a sentence */
    const struct case_spec *first; /* the case in which it was seen first; NULL: outside any */
    size_t count;                  /* connections on which it was seen */
};

struct judge_observations {
    struct judge_observation *items;
    size_t count;
    size_t capacity;
};

/* Counts one connection on which `rule` was broken; the first one's text and case are kept. */
void judge_observation_add(struct judge_observations *observations, const char *rule,
                           const char *text, const struct case_spec *where);

/* The observation of that rule, or NULL. */
const struct judge_observation *
judge_observation_find(const struct judge_observations *observations, const char *rule);

/* The worst verdict that the observations mean for a run-level case, JUDGE_PASS if none of its
 * sentences was broken; `*worst` is the observation behind it, or NULL. */
enum judge_verdict judge_observation_judge(const struct judge_observations *observations,
                                           const struct case_spec *spec,
                                           const struct case_catalogue *catalogue,
                                           const struct judge_observation **worst);

/* Copies all of them into `to`, which must be empty. */
void judge_observation_copy(struct judge_observations *to, const struct judge_observations *from);

void judge_observation_free(struct judge_observations *observations);

#endif
