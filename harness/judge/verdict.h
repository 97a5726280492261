/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_JUDGE_VERDICT_H
#define WSCONFORM_JUDGE_VERDICT_H

#include "case/spec.h"

/* The verdicts, from best to worst. */
enum judge_verdict {
    JUDGE_PASS,
    JUDGE_WARN, /* a missed should */
    JUDGE_FAILED,
    JUDGE_INFO,  /* what the RFC leaves open */
    JUDGE_SKIP,  /* not applicable, or the positive control failed */
    JUDGE_ERROR, /* the harness or the world */
    JUDGE_VERDICT_COUNT
};

/* "pass", "warn", "fail", "info", "skip", "error". Static. */
const char *judge_verdict_name(enum judge_verdict verdict);

/* The word that Autobahn's reports have for it: "OK", "NON-STRICT", "FAILED", "INFORMATIONAL",
 * "UNIMPLEMENTED". Static. */
const char *judge_verdict_autobahn(enum judge_verdict verdict);

/* How well an outcome fits what the RFC says. */
enum judge_grade {
    JUDGE_STRICT,   /* what the RFC asks for */
    JUDGE_LENIENT,  /* also permitted */
    JUDGE_OPEN,     /* the RFC leaves it open: recorded only */
    JUDGE_WARNING,  /* a should was missed */
    JUDGE_VIOLATION /* nothing permits it */
};

/* The verdict for a violation of a sentence: `fail` for a must, `warn` for a should, and for a
 * derived row `fail` where the ambiguities grade it and `warn` where they are silent; `info` for
 * what is only a permission or an explanation. */
enum judge_verdict judge_verdict_for_row(const struct case_requirement *row);

/* The verdict for a grade in a case: a violation counts as its strongest requirement does. */
enum judge_verdict judge_verdict_for_case(const struct case_spec *spec, enum judge_grade grade);

#endif
