/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_COUNT_H
#define WSCONFORM_REPORT_COUNT_H

#include "run/record.h"

/* How many cases got each verdict, by enum judge_verdict. */
struct report_tally {
    size_t of[JUDGE_VERDICT_COUNT];
    size_t total;
    size_t lenient; /* passes, by something other than what the RFC asks for first */
};
struct report_tally report_count(const struct run_record *record);

#endif
