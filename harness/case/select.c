/* SPDX-License-Identifier: MIT */
#include "case/select.h"

#include <stdlib.h>

#include "base/glob.h"
#include "base/memory.h"

static bool matches_any(const struct case_names *globs, const char *id)
{
    for (size_t i = 0; i < globs->count; i++)
        if (glob_match(globs->items[i], id))
            return true;
    return false;
}

static bool level_fits(const struct case_selection *selection, const struct case_spec *spec)
{
    enum case_strength strength = spec->requires[0] -> strength;
    if (selection->must_only)
        return strength <= CASE_STRENGTH_DERIVED;
    return !selection->should || strength <= CASE_STRENGTH_SHOULD;
}

static bool selected(const struct case_selection *selection, const struct case_spec *spec)
{
    return (spec->role & selection->role) != 0 && (selection->big || !spec->big) &&
           (selection->exhaust || !spec->exhaust) && level_fits(selection, spec) &&
           (selection->run.count == 0 || matches_any(&selection->run, spec->id)) &&
           !matches_any(&selection->skip, spec->id);
}

static int check_globs(const struct case_set *set, enum case_role role,
                       const struct case_names *globs, struct error *error)
{
    for (size_t i = 0; i < globs->count; i++) {
        bool found = false;
        for (size_t j = 0; j < set->count && !found; j++)
            found =
                (set->cases[j].role & role) != 0 && glob_match(globs->items[i], set->cases[j].id);
        if (!found)
            return error_set(error, "no case matches '%s'", globs->items[i]);
    }
    return 0;
}

const struct case_spec **case_select(const struct case_set *set,
                                     const struct case_selection *selection, size_t *count,
                                     struct error *error)
{
    *count = 0;
    if (check_globs(set, selection->role, &selection->run, error) != 0 ||
        check_globs(set, selection->role, &selection->skip, error) != 0)
        return NULL;
    const struct case_spec **chosen = memory_zeroed(set->count, sizeof(const struct case_spec *));
    for (size_t i = 0; i < set->count; i++)
        if (selected(selection, &set->cases[i]))
            chosen[(*count)++] = &set->cases[i];
    return chosen;
}
