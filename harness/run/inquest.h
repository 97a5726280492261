/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_INQUEST_H
#define WSCONFORM_RUN_INQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Finds the case that killed the endpoint, by trying again. First the suspects, one at a time;
 * then, since an endpoint may die some time after the cause, all cases that it had been given, by
 * halves, with a wait behind each trial. */

struct run_trial {
    const size_t *cases; /* indices, in the order in which to run them on a fresh endpoint */
    size_t count;
    uint64_t settle_us; /* how long to wait afterwards for the endpoint's death */
};

struct run_inquest {
    size_t *suspects; /* then, when halving, the cases that are left */
    size_t count;
    size_t next; /* the suspect on trial; when halving, the size of the half on trial */
    size_t *history;
    size_t history_count;
    bool halving;
    bool over;
    size_t culprit; /* SIZE_MAX: not found */
};

/* Begins. `history` holds all cases that the endpoint was given before it died, the suspects
 * among them; 0 of them: only the suspects are tried. Both lists are copied. */
void run_inquest_begin(struct run_inquest *inquest, const size_t *suspects, size_t count,
                       const size_t *history, size_t history_count);

/* The next trial; its list is borrowed. False: the inquest is over, see `culprit`. */
bool run_inquest_next(struct run_inquest *inquest, struct run_trial *trial);

/* What came of the trial: did the endpoint die? */
void run_inquest_report(struct run_inquest *inquest, bool died);

void run_inquest_free(struct run_inquest *inquest);

#endif
