/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_WHOLE_H
#define WSCONFORM_RUN_WHOLE_H

#include "run/exchange.h"

/* What only the whole run can tell: the verdicts of the run-level cases, a verdict that changed
 * with the delivery, what a client drew at random, and whether a client that refused every bad
 * answer ever opened a connection. May be called again when more has been run; `observations` is
 * what was seen on single connections, and stays as it is. */
void run_whole_judge(struct run_result *results, size_t count, const struct run_settings *settings,
                     const struct judge_observations *observations,
                     const struct case_catalogue *catalogue);

#endif
