/* SPDX-License-Identifier: MIT */
#include "case/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char *const excuses[CASE_EXCUSE_COUNT] = {
    [CASE_EXCUSE_NONE] = "",
    [CASE_EXCUSE_TLS] = "needs TLS",
    [CASE_EXCUSE_DEFLATE] = "needs deflate",
    [CASE_EXCUSE_POLICY] = "policy of the application",
    [CASE_EXCUSE_OUTSIDE] = "not provable from outside",
};

const char *case_coverage_excuse_name(enum case_excuse excuse)
{
    return excuses[excuse];
}

static bool in_question(const struct case_requirement *row, enum case_role role)
{
    const char *name = role == CASE_ROLE_SERVER ? "server" : "client";
    return strncmp(row->id, "RFC6455-", 8) == 0 && strcmp(row->observable, "yes") == 0 &&
           (row->strength == CASE_STRENGTH_MUST || row->strength == CASE_STRENGTH_SHOULD) &&
           (strcmp(row->role, "both") == 0 || strcmp(row->role, name) == 0);
}

static bool names(const struct case_spec *spec, const struct case_requirement *row)
{
    for (size_t i = 0; i < spec->require_count; i++)
        if (spec->requires[i] == row)
            return true;
    for (size_t i = 0; i < spec->observe.count; i++)
        if (strcmp(spec->observe.items[i], row->id) == 0)
            return true;
    return false;
}

static size_t count_cases(const struct case_set *set, enum case_role role,
                          const struct case_requirement *row)
{
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        count += (set->cases[i].role & role) != 0 && names(&set->cases[i], row);
    return count;
}

static struct case_coverage_row *find(struct case_coverage *coverage, const char *id)
{
    for (size_t i = 0; i < coverage->count; i++)
        if (strcmp(coverage->rows[i].requirement->id, id) == 0)
            return &coverage->rows[i];
    return NULL;
}

static enum case_excuse read_excuse(const char *name)
{
    for (size_t i = CASE_EXCUSE_NONE + 1; i < CASE_EXCUSE_COUNT; i++)
        if (strcmp(excuses[i], name) == 0)
            return (enum case_excuse)i;
    return CASE_EXCUSE_NONE;
}

/* Takes one line of the exceptions, which it cuts at its tabs. */
static int excuse(struct case_coverage *coverage, char *line, const char *file, size_t number,
                  struct error *error)
{
    char *class = strchr(line, '\t');
    char *why = class != NULL ? strchr(class + 1, '\t') : NULL;
    if (why == NULL || why[1] == '\0')
        return error_set(error, "%s:%zu: an exception has an id, a class and a sentence", file,
                         number);
    *class ++ = '\0';
    *why++ = '\0';
    struct case_coverage_row *row = find(coverage, line);
    if (row == NULL)
        return error_set(error, "%s:%zu: '%s' needs no case in the first place", file, number,
                         line);
    if (row->cases > 0)
        return error_set(error, "%s:%zu: '%s' has a case and needs no excuse", file, number, line);
    row->excuse = read_excuse(class);
    row->why = why;
    if (row->excuse == CASE_EXCUSE_NONE)
        return error_set(error, "%s:%zu: '%s' is no class of exceptions", file, number, class);
    return 0;
}

static int read_exceptions(struct case_coverage *coverage, const char *file, struct bytes text,
                           struct error *error)
{
    char *copy = arena_alloc(&coverage->arena, text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    size_t number = 0;
    for (char *line = copy; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        if (++number > 1 && excuse(coverage, line, file, number, error) != 0)
            return -1;
        line = end;
    }
    return 0;
}

int case_coverage_count(struct case_coverage *coverage, const struct case_set *set,
                        enum case_role role, const char *file, struct bytes exceptions,
                        struct error *error)
{
    const struct case_catalogue *catalogue = &set->catalogue;
    *coverage =
        (struct case_coverage){.rows = memory_zeroed(catalogue->count, sizeof(*coverage->rows))};
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct case_requirement *row = &catalogue->rows[i];
        if (in_question(row, role))
            coverage->rows[coverage->count++] = (struct case_coverage_row){
                .requirement = row, .cases = count_cases(set, role, row)};
    }
    return read_exceptions(coverage, file, exceptions, error);
}

void case_coverage_free(struct case_coverage *coverage)
{
    free(coverage->rows);
    arena_free(&coverage->arena);
    *coverage = (struct case_coverage){0};
}
