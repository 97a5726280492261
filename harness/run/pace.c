/* SPDX-License-Identifier: MIT */
#include "run/pace.h"

enum {
    PAUSE_MIN_US = 1000,
    PAUSE_MAX_US = 4000,
    PIECE_MAX = 4096,      /* a larger piece fills the buffers of most readers by itself */
    PAUSES = 6,            /* whose time a connection may spend */
    PAUSES_IN_HEADERS = 25 /* ... where it is in one */
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
    uint64_t budget = pace->pause_us * (in_header ? PAUSES_IN_HEADERS : PAUSES);
    if (len >= PIECE_MAX || pace->spent_us + pace->pause_us > budget)
        return;
    pace->since = now;
    pace->until = now + pace->pause_us;
}

bool run_pace_holds(const struct run_pace *pace, uint64_t now)
{
    return pace->until > now;
}
