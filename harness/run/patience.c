/* SPDX-License-Identifier: MIT */
#include "run/patience.h"

#include <assert.h>
#include <string.h>

enum {
    CONFIRMED_ENOUGH = 3,  /* hangs of one kind after which the rest is believed */
    HASTE_TIMES = 4,       /* the longest answer */
    HASTE_LEAST_US = 10000 /* beyond the grace: a pause of the machine may last some milliseconds */
};

/* --- what is believed -------------------------------------------------------------------- */

bool run_patience_is_about_tcp(enum run_hang hang)
{
    return hang == RUN_HANG_TCP || hang == RUN_HANG_TCP_FAILED;
}

uint64_t run_patience_to_confirm(const struct run_patience *patience, enum run_hang hang)
{
    bool own_timer = run_patience_is_about_tcp(hang) || hang == RUN_HANG_HANDSHAKE;
    return own_timer ? patience->settings->tcp_us : patience->settings->long_us;
}

void run_patience_confirm(struct run_patience *patience, enum run_hang hang, bool never)
{
    patience->confirmed[hang]++;
    patience->never[hang] += never;
}

bool run_patience_wants_more(const struct run_patience *patience, enum run_hang hang,
                             unsigned under_way)
{
    return patience->confirmed[hang] + under_way < CONFIRMED_ENOUGH;
}

bool run_patience_believes(const struct run_patience *patience, enum run_hang hang)
{
    return !run_patience_wants_more(patience, hang, 0);
}

bool run_patience_takes_for_late(const struct run_patience *patience, enum run_hang hang)
{
    return run_patience_is_about_tcp(hang) && patience->never[hang] == 0;
}

/* --- haste ------------------------------------------------------------------------------- */

/* An endpoint that never answered is measured by its requests. After invalid input the fence goes
 * out only when the grace is over, and must still have its time. */
static uint64_t choose_haste(const struct run_patience *patience)
{
    uint64_t longest = patience->answer_us > 0 ? patience->answer_us : patience->request_us;
    uint64_t haste = HASTE_TIMES * longest;
    uint64_t least = patience->settings->grace_us + HASTE_LEAST_US;
    return haste > least ? haste : least;
}

static void forget(struct run_patience *patience, size_t index)
{
    size_t kept = 0;
    for (size_t i = 0; i < patience->unproved_count; i++)
        if (patience->unproved[i] != index)
            patience->unproved[kept++] = patience->unproved[i];
    patience->unproved_count = kept;
}

uint64_t run_patience_claim(struct run_patience *patience, size_t index, bool alone)
{
    uint64_t usual = patience->settings->short_us;
    forget(patience, index);
    bool is_check = patience->row % RUN_PATIENCE_ROW == RUN_PATIENCE_ROW - 1;
    if (!alone || patience->row < RUN_PATIENCE_ROW || is_check || choose_haste(patience) >= usual)
        return usual;
    uint64_t haste = choose_haste(patience);
    patience->has_hasty = true;
    patience->hasty = index;
    if (patience->unproved_count == 0 || haste < patience->haste_us)
        patience->haste_us = haste;
    return haste;
}

/* How long the endpoint took for what it sent, from what we sent before. */
static uint64_t longest_answer(const struct run_transcript *transcript)
{
    uint64_t longest = 0;
    uint64_t asked = UINT64_MAX;
    for (size_t i = 0; i < transcript->count; i++) {
        const struct run_transcript_entry *entry = &transcript->entries[i];
        if (entry->kind == RUN_TRANSCRIPT_NOTE)
            continue;
        if (entry->ours)
            asked = entry->time_us;
        else if (asked != UINT64_MAX && entry->time_us - asked > longest)
            longest = entry->time_us - asked;
        if (!entry->ours)
            asked = UINT64_MAX;
    }
    return longest;
}

/* A client's request is the first thing of all. */
static uint64_t request_time(const struct run_transcript *transcript)
{
    bool is_request = transcript->count > 0 && !transcript->entries[0].ours;
    return is_request ? transcript->entries[0].time_us : 0;
}

/* A hang that was waited for as usual speaks for those before it. */
static void take_hang(struct run_patience *patience, size_t index, enum run_hang hang, bool hasty)
{
    patience->row++;
    if (!hasty || !run_patience_believes(patience, hang)) {
        patience->unproved_count = 0;
        return;
    }
    assert(patience->unproved_count < RUN_PATIENCE_ROW);
    patience->unproved[patience->unproved_count++] = index;
}

size_t run_patience_take(struct run_patience *patience, size_t index,
                         const struct run_result *result, size_t refuted[RUN_PATIENCE_ROW])
{
    size_t count = 0;
    uint64_t answer = longest_answer(&result->transcript);
    uint64_t request = request_time(&result->transcript);
    bool hasty = patience->has_hasty && patience->hasty == index;
    if (hasty)
        patience->has_hasty = false;
    if (answer >= patience->haste_us) {
        count = patience->unproved_count;
        memcpy(refuted, patience->unproved, count * sizeof(*refuted));
        patience->unproved_count = 0;
    }
    if (answer > patience->answer_us)
        patience->answer_us = answer;
    if (request > patience->request_us)
        patience->request_us = request;
    if (result->hang != RUN_HANG_NONE)
        take_hang(patience, index, result->hang, hasty);
    else
        patience->row = 0;
    return count;
}
