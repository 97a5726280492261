/* SPDX-License-Identifier: MIT */
#include "run/result.h"

#include <stdarg.h>
#include <stdio.h>

void run_result_give(struct run_result *result, enum judge_verdict verdict, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(result->judgement.diagnosis, sizeof(result->judgement.diagnosis), format, args);
    va_end(args);
    result->verdict = verdict;
}
