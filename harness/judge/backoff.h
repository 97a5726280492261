/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_JUDGE_BACKOFF_H
#define WSCONFORM_JUDGE_BACKOFF_H

#include "ws/handshake.h"

/* How a client that connects again by itself after an abnormal end goes about it: RFC 6455, 7.2.3
 * asks it to wait a random time before the first attempt, and longer before each further one. */

enum { JUDGE_BACKOFF_ROWS = 3, JUDGE_BACKOFF_ATTEMPTS = 4 };

/* A zeroed struct has seen nothing. */
struct judge_backoff {
    /* The waits before the attempts of a few processes, in the order of both. */
    uint64_t waits_us[JUDGE_BACKOFF_ROWS][JUDGE_BACKOFF_ATTEMPTS];
    unsigned attempts[JUDGE_BACKOFF_ROWS];
    unsigned rows;
};

/* A client process has connected again. `row` is its number from 0 on, `wait_us` the time since its
 * last connection ended. What is beyond the bounds is passed over. */
void judge_backoff_add(struct judge_backoff *backoff, unsigned row, uint64_t wait_us);

/* True if no more needs to be seen of that process. */
bool judge_backoff_has_enough(const struct judge_backoff *backoff, unsigned row);

/* Reports RFC6455-7.2.3-02 if every process came again at once, and RFC6455-7.2.3-04 if no process
 * waited longer with each further attempt. Too few attempts say nothing. */
void judge_backoff_report(const struct judge_backoff *backoff, ws_handshake_report *report,
                          void *context);

#endif
