/* SPDX-License-Identifier: MIT */
#include "run/pace.h"

enum {
    PAUSE_MIN_US = 1000,
    PAUSE_MAX_US = 5000,
    PIECE_MAX = 4096, /* a larger piece fills the buffers of most readers by itself */
    BUDGET_US = 6 * 1000,
    BUDGET_IN_HEADERS_US = 30 * 1000
};

void run_pace_init(struct run_pace *pace, uint64_t opening_us)
{
    uint64_t pause = opening_us < PAUSE_MAX_US ? opening_us : PAUSE_MAX_US;
    *pace = (struct run_pace){.pause_us = pause > PAUSE_MIN_US ? pause : PAUSE_MIN_US};
}

void run_pace_between(struct run_pace *pace, size_t len, bool in_header, uint64_t now)
{
    /* Where much else is under way, a pause lasts longer than it was meant to. */
    if (pace->until != 0)
        pace->spent_us += now - pace->since;
    pace->until = 0;
    uint64_t budget = in_header ? BUDGET_IN_HEADERS_US : BUDGET_US;
    if (len >= PIECE_MAX || pace->spent_us + pace->pause_us > budget)
        return;
    pace->since = now;
    pace->until = now + pace->pause_us;
}

bool run_pace_holds(const struct run_pace *pace, uint64_t now)
{
    return pace->until > now;
}
