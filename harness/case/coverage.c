/* SPDX-License-Identifier: MIT */
#include "case/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Of the table of exceptions. */
enum { COLUMN_ID, COLUMN_ROLE, COLUMN_CLASS, COLUMN_WHY, COLUMN_COUNT };

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

static bool read_role(const char *name, enum case_role *role)
{
    static const char *const roles[] = {
        [CASE_ROLE_SERVER] = "server", [CASE_ROLE_CLIENT] = "client", [CASE_ROLE_BOTH] = "both"};
    for (size_t i = CASE_ROLE_SERVER; i <= CASE_ROLE_BOTH; i++) {
        if (strcmp(roles[i], name) == 0) {
            *role = (enum case_role)i;
            return true;
        }
    }
    return false;
}

/* Cuts `line` at its tabs into as many columns as there should be. */
static bool split(char *line, char *columns[COLUMN_COUNT])
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        columns[i] = line;
        line = strchr(line, '\t');
        if (i + 1 == COLUMN_COUNT)
            return line == NULL && columns[i][0] != '\0';
        if (line == NULL)
            return false;
        *line++ = '\0';
    }
    return false;
}

/* Takes one line of the exceptions, which it cuts at its tabs. */
static int excuse(struct case_coverage *coverage, char *line, const char *file, size_t number,
                  struct error *error)
{
    char *columns[COLUMN_COUNT];
    enum case_role role;
    if (!split(line, columns))
        return error_set(error, "%s:%zu: an exception has an id, a role, a class and a sentence",
                         file, number);
    if (!read_role(columns[COLUMN_ROLE], &role))
        return error_set(error, "%s:%zu: '%s' is no role", file, number, columns[COLUMN_ROLE]);
    if ((role & coverage->role) == 0)
        return 0;
    struct case_coverage_row *row = find(coverage, columns[COLUMN_ID]);
    if (row == NULL)
        return error_set(error, "%s:%zu: '%s' needs no case in the first place", file, number,
                         columns[COLUMN_ID]);
    if (row->cases > 0)
        return error_set(error, "%s:%zu: '%s' has a case and needs no excuse", file, number,
                         columns[COLUMN_ID]);
    row->excuse = read_excuse(columns[COLUMN_CLASS]);
    row->why = columns[COLUMN_WHY];
    if (row->excuse == CASE_EXCUSE_NONE)
        return error_set(error, "%s:%zu: '%s' is no class of exceptions", file, number,
                         columns[COLUMN_CLASS]);
    return 0;
}

static int read_exceptions(struct case_coverage *coverage, const char *file, struct bytes text,
                           struct error *error)
{
    char *copy = arena_alloc(&coverage->arena, text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
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
    *coverage = (struct case_coverage){
        .role = role, .rows = memory_zeroed(catalogue->count, sizeof(*coverage->rows))};
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
