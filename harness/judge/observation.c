/* SPDX-License-Identifier: MIT */
#include "judge/observation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static struct judge_observation *find(const struct judge_observations *observations,
                                      const char *rule)
{
    for (size_t i = 0; i < observations->count; i++)
        if (strcmp(observations->items[i].rule, rule) == 0)
            return &observations->items[i];
    return NULL;
}

const struct judge_observation *
judge_observation_find(const struct judge_observations *observations, const char *rule)
{
    return find(observations, rule);
}

void judge_observation_add(struct judge_observations *observations, const char *rule,
                           const char *text, const struct case_spec *where)
{
    struct judge_observation *item = find(observations, rule);
    if (item != NULL) {
        item->count++;
        return;
    }
    observations->items = memory_grow(observations->items, &observations->capacity,
                                      observations->count + 1, sizeof(*observations->items));
    item = &observations->items[observations->count++];
    *item = (struct judge_observation){.rule = rule, .first = where, .count = 1};
    snprintf(item->text, sizeof(item->text), "%s", text);
}

enum judge_verdict judge_observation_judge(const struct judge_observations *observations,
                                           const struct case_spec *spec,
                                           const struct case_catalogue *catalogue,
                                           const struct judge_observation **worst)
{
    enum judge_verdict verdict = JUDGE_PASS;
    *worst = NULL;
    for (size_t i = 0; i < spec->observe.count; i++) {
        const struct judge_observation *seen = find(observations, spec->observe.items[i]);
        const struct case_requirement *row = case_catalogue_find(catalogue, spec->observe.items[i]);
        if (seen == NULL || row == NULL)
            continue;
        enum judge_verdict found = judge_verdict_for_row(row);
        if (*worst == NULL || found == JUDGE_FAILED ||
            (found == JUDGE_WARN && verdict != JUDGE_FAILED)) {
            verdict = found;
            *worst = seen;
        }
    }
    return verdict;
}

void judge_observation_copy(struct judge_observations *to, const struct judge_observations *from)
{
    to->items = memory_grow(NULL, &to->capacity, from->count, sizeof(*to->items));
    if (from->count > 0)
        memcpy(to->items, from->items, from->count * sizeof(*to->items));
    to->count = from->count;
}

void judge_observation_free(struct judge_observations *observations)
{
    free(observations->items);
    *observations = (struct judge_observations){0};
}
