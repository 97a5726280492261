/* SPDX-License-Identifier: MIT */
#include "report/group.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool same_story(const struct run_result *a, const struct run_result *b, bool by_requirement)
{
    if (strcmp(a->judgement.diagnosis, b->judgement.diagnosis) != 0)
        return false;
    return !by_requirement ||
           strcmp(a->spec->requires[0] -> id, b -> spec -> requires[0] -> id) == 0;
}

static struct report_group *find(struct report_groups *groups, const struct run_result *result,
                                 bool by_requirement)
{
    for (size_t i = 0; i < groups->count; i++)
        if (same_story(groups->items[i].members[0], result, by_requirement))
            return &groups->items[i];
    groups->items =
        memory_grow(groups->items, &groups->capacity, groups->count + 1, sizeof(*groups->items));
    struct report_group *added = &groups->items[groups->count++];
    *added = (struct report_group){0};
    return added;
}

struct report_groups report_group_make(const struct run_record *record, enum judge_verdict verdict,
                                       bool by_requirement)
{
    struct report_groups groups = {0};
    for (size_t i = 0; i < record->count; i++) {
        const struct run_result *result = &record->results[i];
        if (result->verdict != verdict)
            continue;
        struct report_group *group = find(&groups, result, by_requirement);
        group->members = memory_grow(group->members, &group->capacity, group->count + 1,
                                     sizeof(const struct run_result *));
        group->members[group->count++] = result;
    }
    return groups;
}

void report_group_free(struct report_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        free(groups->items[i].members);
    free(groups->items);
    *groups = (struct report_groups){0};
}
