/* SPDX-License-Identifier: MIT */
#include "judge/backoff.h"

/* Nobody draws less than this at random from the 0 to 5 seconds that 7.2.3 suggests, three times in
 * a row (the chance is below 1 in 10^7), but a client that does not wait at all is back sooner. */
static const uint64_t at_once_us = 20 * 1000;

void judge_backoff_add(struct judge_backoff *backoff, unsigned row, uint64_t wait_us)
{
    if (row >= JUDGE_BACKOFF_ROWS || backoff->attempts[row] >= JUDGE_BACKOFF_ATTEMPTS)
        return;
    backoff->waits_us[row][backoff->attempts[row]++] = wait_us;
    if (backoff->rows <= row)
        backoff->rows = row + 1;
}

bool judge_backoff_has_enough(const struct judge_backoff *backoff, unsigned row)
{
    return row >= JUDGE_BACKOFF_ROWS || backoff->attempts[row] >= JUDGE_BACKOFF_ATTEMPTS;
}

static bool all_came_at_once(const struct judge_backoff *backoff)
{
    for (unsigned row = 0; row < backoff->rows; row++)
        if (backoff->attempts[row] == 0 || backoff->waits_us[row][0] >= at_once_us)
            return false;
    return true;
}

/* A wait that is half as long again as the first is longer, whatever the scheduler does to either.
 */
static bool waits_longer(const struct judge_backoff *backoff, unsigned row)
{
    const uint64_t *waits = backoff->waits_us[row];
    return waits[JUDGE_BACKOFF_ATTEMPTS - 1] > waits[0] + waits[0] / 2 + at_once_us;
}

/* Rows whose attempts were all seen, of which none grew. */
static bool none_waits_longer(const struct judge_backoff *backoff)
{
    unsigned whole = 0;
    for (unsigned row = 0; row < backoff->rows; row++) {
        if (backoff->attempts[row] < JUDGE_BACKOFF_ATTEMPTS)
            continue;
        if (waits_longer(backoff, row))
            return false;
        whole++;
    }
    return whole == JUDGE_BACKOFF_ROWS;
}

void judge_backoff_report(const struct judge_backoff *backoff, ws_handshake_report *report,
                          void *context)
{
    if (backoff->rows == JUDGE_BACKOFF_ROWS && all_came_at_once(backoff))
        report(context, "RFC6455-7.2.3-02",
               "after an abnormal end the client connected again at once, each time");
    if (none_waits_longer(backoff))
        report(context, "RFC6455-7.2.3-04",
               "the client waited no longer before its fourth attempt than before its first");
}
