/* SPDX-License-Identifier: MIT */
#include "case/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { COLUMNS = 7 };

static const char *const strengths[] = {
    [CASE_STRENGTH_MUST] = "must",     [CASE_STRENGTH_DERIVED] = "derived",
    [CASE_STRENGTH_SHOULD] = "should", [CASE_STRENGTH_MAY] = "may",
    [CASE_STRENGTH_INFO] = "info",
};

const char *case_catalogue_strength_name(enum case_strength strength)
{
    return strengths[strength];
}

static int read_strength(enum case_strength *out, const char *name)
{
    for (size_t i = 0; i < sizeof(strengths) / sizeof(strengths[0]); i++) {
        if (strcmp(strengths[i], name) == 0) {
            *out = (enum case_strength)i;
            return 0;
        }
    }
    return -1;
}

/* Cuts a line at its tabs, in place; returns how many columns it has. */
static size_t split(char *line, char *columns[COLUMNS])
{
    size_t count = 0;
    for (char *next = line; next != NULL;) {
        char *tab = strchr(next, '\t');
        if (tab != NULL)
            *tab = '\0';
        if (count < COLUMNS)
            columns[count] = next;
        count++;
        next = tab != NULL ? tab + 1 : NULL;
    }
    return count;
}

static int add_row(struct case_catalogue *catalogue, char *line, const char *file, size_t number,
                   struct error *error)
{
    char *column[COLUMNS];
    if (split(line, column) != COLUMNS)
        return error_set(error, "%s:%zu: a requirement has %d columns", file, number, COLUMNS);
    struct case_requirement row = {.id = column[0],
                                   .section = column[1],
                                   .role = column[2],
                                   .observable = column[4],
                                   .ambiguity = column[5],
                                   .statement = column[6]};
    if (read_strength(&row.strength, column[3]) != 0)
        return error_set(error, "%s:%zu: '%s' is no strength", file, number, column[3]);
    if (case_catalogue_find(catalogue, row.id) != NULL)
        return error_set(error, "%s:%zu: '%s' stands twice", file, number, row.id);
    catalogue->rows = memory_grow(catalogue->rows, &catalogue->capacity, catalogue->count + 1,
                                  sizeof(*catalogue->rows));
    catalogue->rows[catalogue->count++] = row;
    return 0;
}

int case_catalogue_read(struct case_catalogue *catalogue, const char *file, struct bytes text,
                        struct error *error)
{
    char *copy = arena_alloc(&catalogue->arena, text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    size_t number = 0;
    for (char *line = copy; *line != '\0';) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        number++;
        if (number > 1 && add_row(catalogue, line, file, number, error) != 0)
            return -1;
        if (end == NULL)
            break;
        line = end + 1;
    }
    return 0;
}

const struct case_requirement *case_catalogue_find(const struct case_catalogue *catalogue,
                                                   const char *id)
{
    for (size_t i = 0; i < catalogue->count; i++)
        if (strcmp(catalogue->rows[i].id, id) == 0)
            return &catalogue->rows[i];
    return NULL;
}

void case_catalogue_free(struct case_catalogue *catalogue)
{
    free(catalogue->rows);
    arena_free(&catalogue->arena);
    *catalogue = (struct case_catalogue){0};
}
