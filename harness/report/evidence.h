/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_EVIDENCE_H
#define WSCONFORM_REPORT_EVIDENCE_H

#include "run/record.h"

/* The connection that shows what a verdict rests on: the case's own or, for a run-level case, the
 * first one on which a sentence that it observes was broken. NULL if there is none. Borrowed. */
const struct run_result *report_evidence_find(const struct run_record *record,
                                              const struct run_result *result);

/* True if the requirement is one that the verdict, a fail or a warn, says was broken: those that a
 * run-level case saw broken, the first requirement of any other case. */
bool report_evidence_blames(const struct run_record *record, const struct run_result *result,
                            const char *requirement);

#endif
