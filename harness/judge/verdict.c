/* SPDX-License-Identifier: MIT */
#include "judge/verdict.h"

const char *judge_verdict_name(enum judge_verdict verdict)
{
    static const char *const names[] = {
        [JUDGE_PASS] = "pass", [JUDGE_WARN] = "warn", [JUDGE_FAILED] = "fail",
        [JUDGE_INFO] = "info", [JUDGE_SKIP] = "skip", [JUDGE_ERROR] = "error",
    };
    return names[verdict];
}

const char *judge_verdict_autobahn(enum judge_verdict verdict)
{
    static const char *const words[] = {
        [JUDGE_PASS] = "OK",
        [JUDGE_WARN] = "NON-STRICT",
        [JUDGE_FAILED] = "FAILED",
        [JUDGE_INFO] = "INFORMATIONAL",
        [JUDGE_SKIP] = "UNIMPLEMENTED",
        [JUDGE_ERROR] = "FAILED",
    };
    return words[verdict];
}

enum judge_verdict judge_verdict_for_row(const struct case_requirement *row)
{
    switch (row->strength) {
    case CASE_STRENGTH_MUST:
        return JUDGE_FAILED;
    case CASE_STRENGTH_DERIVED:
        return row->ambiguity[0] != '\0' ? JUDGE_FAILED : JUDGE_WARN;
    case CASE_STRENGTH_SHOULD:
        return JUDGE_WARN;
    case CASE_STRENGTH_MAY:
    case CASE_STRENGTH_INFO:
        return JUDGE_INFO;
    }
    return JUDGE_INFO;
}

static enum judge_verdict strongest(const struct case_spec *spec)
{
    enum judge_verdict worst = JUDGE_INFO;
    for (size_t i = 0; i < spec->require_count; i++) {
        enum judge_verdict verdict = judge_verdict_for_row(spec->requires[i]);
        if (verdict == JUDGE_FAILED)
            return JUDGE_FAILED;
        if (verdict == JUDGE_WARN)
            worst = JUDGE_WARN;
    }
    return worst;
}

enum judge_verdict judge_verdict_for_case(const struct case_spec *spec, enum judge_grade grade)
{
    switch (grade) {
    case JUDGE_STRICT:
    case JUDGE_LENIENT:
        return JUDGE_PASS;
    case JUDGE_OPEN:
        return JUDGE_INFO;
    case JUDGE_WARNING:
        return JUDGE_WARN;
    case JUDGE_VIOLATION:
        return strongest(spec);
    }
    return JUDGE_INFO;
}
