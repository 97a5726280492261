/* SPDX-License-Identifier: MIT */
#include "report/count.h"

struct report_tally report_count(const struct run_record *record)
{
    struct report_tally tally = {.total = record->count};
    for (size_t i = 0; i < record->count; i++) {
        const struct run_result *result = &record->results[i];
        tally.of[result->verdict]++;
        tally.lenient += result->verdict == JUDGE_PASS && result->judgement.lenient;
    }
    return tally;
}
