/* SPDX-License-Identifier: MIT */
#include "run/inquest.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    SETTLE_SUSPECT_US = 100 * 1000, /* a process that crashed is gone after this */
    SETTLE_HALF_US = 2000 * 1000    /* an endpoint may die a while after the cause */
};

static size_t *copy(const size_t *items, size_t count)
{
    size_t *fresh = memory_zeroed(count, sizeof(*fresh));
    if (count > 0)
        memcpy(fresh, items, count * sizeof(*fresh));
    return fresh;
}

void run_inquest_begin(struct run_inquest *inquest, const size_t *suspects, size_t count,
                       const size_t *history, size_t history_count)
{
    *inquest = (struct run_inquest){.suspects = copy(suspects, count),
                                    .count = count,
                                    .history = copy(history, history_count),
                                    .history_count = history_count,
                                    .culprit = SIZE_MAX};
}

void run_inquest_free(struct run_inquest *inquest)
{
    free(inquest->suspects);
    free(inquest->history);
    *inquest = (struct run_inquest){0};
}

/* All cases are suspects now: the first trial is all of them, to see whether it happens again. */
static void begin_halving(struct run_inquest *inquest)
{
    free(inquest->suspects);
    inquest->suspects = inquest->history;
    inquest->count = inquest->history_count;
    inquest->history = NULL;
    inquest->history_count = 0;
    inquest->halving = true;
    inquest->next = inquest->count;
    inquest->over = inquest->count == 0;
}

bool run_inquest_next(struct run_inquest *inquest, struct run_trial *trial)
{
    if (!inquest->halving && !inquest->over && inquest->next >= inquest->count)
        begin_halving(inquest);
    if (inquest->over)
        return false;
    if (inquest->halving)
        *trial = (struct run_trial){inquest->suspects, inquest->next, SETTLE_HALF_US};
    else
        *trial = (struct run_trial){inquest->suspects + inquest->next, 1, SETTLE_SUSPECT_US};
    return true;
}

static void find(struct run_inquest *inquest, size_t culprit)
{
    inquest->culprit = culprit;
    inquest->over = true;
}

static void report_suspect(struct run_inquest *inquest, bool died)
{
    if (died)
        find(inquest, inquest->suspects[inquest->next]);
    inquest->next++;
}

/* The half on trial is the first `next` of the suspects. If it lived, the culprit is in the rest;
 * a single case that is left over is tried too, since nobody is convicted unseen. */
static void report_half(struct run_inquest *inquest, bool died)
{
    size_t tried = inquest->next;
    if (died && tried == 1) {
        find(inquest, inquest->suspects[0]);
        return;
    }
    if (!died && tried == inquest->count) {
        inquest->over = true;
        return;
    }
    if (died) {
        inquest->count = tried;
    } else {
        inquest->count -= tried;
        memmove(inquest->suspects, inquest->suspects + tried,
                inquest->count * sizeof(*inquest->suspects));
    }
    inquest->next = inquest->count > 1 ? inquest->count / 2 : 1;
}

void run_inquest_report(struct run_inquest *inquest, bool died)
{
    if (inquest->halving)
        report_half(inquest, died);
    else
        report_suspect(inquest, died);
}
