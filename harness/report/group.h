/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_GROUP_H
#define WSCONFORM_REPORT_GROUP_H

#include "run/record.h"

/* Cases of one verdict that tell the same story. */
struct report_group {
    const struct run_result **members; /* in the order of the cases; at least one */
    size_t count;
    size_t capacity;
};

struct report_groups {
    struct report_group *items; /* in the order of their first members */
    size_t count;
    size_t capacity;
};

/* Sorts the cases with that verdict into groups of equal diagnosis and, if `by_requirement`, equal
 * first requirement. The caller frees them with report_group_free. */
struct report_groups report_group_make(const struct run_record *record, enum judge_verdict verdict,
                                       bool by_requirement);

void report_group_free(struct report_groups *groups);

#endif
