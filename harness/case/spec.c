/* SPDX-License-Identifier: MIT */
#include "case/spec.h"

#include <stdlib.h>
#include <string.h>

void case_spec_free_set(struct case_set *set)
{
    case_catalogue_free(&set->catalogue);
    arena_free(&set->arena);
    free(set->cases);
    *set = (struct case_set){0};
}

const struct case_spec *case_spec_find(const struct case_set *set, const char *id)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->cases[i].id, id) == 0)
            return &set->cases[i];
    return NULL;
}

bool case_spec_has_flag(const struct case_spec *spec, const char *flag)
{
    for (size_t i = 0; i < spec->flags.count; i++)
        if (strcmp(spec->flags.items[i], flag) == 0)
            return true;
    return false;
}

bool case_spec_is_run_level(const struct case_spec *spec)
{
    return spec->outcome == NULL;
}
