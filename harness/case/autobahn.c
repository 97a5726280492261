/* SPDX-License-Identifier: MIT */
#include "case/autobahn.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* `*` stands for any run of characters, all else for itself. */
static bool fits(const char *pattern, const char *text, bool to_the_end)
{
    /* Where to go on if the last star has to swallow one character more. */
    const char *star = NULL;
    const char *swallowed = NULL;
    for (;;) {
        if (*pattern == '\0' && (*text == '\0' || !to_the_end))
            return true;
        if (*pattern == '*') {
            star = ++pattern;
            swallowed = text;
        } else if (*text != '\0' && *pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL && *swallowed != '\0') {
            pattern = star;
            text = ++swallowed;
        } else {
            return false;
        }
    }
}

bool case_autobahn_matches(const char *pattern, const char *id)
{
    return strchr(pattern, '*') != NULL ? fits(pattern, id, false) : strcmp(pattern, id) == 0;
}

bool case_autobahn_matches_whole(const char *pattern, const char *text)
{
    return fits(pattern, text, true);
}

static bool matches_any(const struct case_names *patterns, const char *id)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (case_autobahn_matches(patterns->items[i], id))
            return true;
    return false;
}

/* Number by number: 5.10 comes behind 5.9. */
static int compare_ids(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        char *end_a;
        char *end_b;
        unsigned long first = strtoul(a, &end_a, 10);
        unsigned long second = strtoul(b, &end_b, 10);
        if (end_a == a || end_b == b)
            return strcmp(a, b); /* these are no numbers */
        if (first != second)
            return first < second ? -1 : 1;
        a = end_a + (*end_a == '.');
        b = end_b + (*end_b == '.');
    }
    return (*a != '\0') - (*b != '\0');
}

static int compare(const void *a, const void *b)
{
    const struct case_autobahn_entry *first = a;
    const struct case_autobahn_entry *second = b;
    int order = compare_ids(first->id, second->id);
    return order != 0 ? order : (first->spec > second->spec) - (first->spec < second->spec);
}

/* All entries for the role in order, the first case of each id only. */
static struct case_autobahn_entry *collect(const struct case_set *set, enum case_role role,
                                           size_t *count)
{
    struct case_autobahn_entry *entries = memory_zeroed(1, sizeof(*entries));
    size_t capacity = 1;
    size_t all = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct case_spec *spec = &set->cases[i];
        for (size_t k = 0; (spec->role & role) != 0 && k < spec->autobahn.count; k++) {
            entries = memory_grow(entries, &capacity, all + 1, sizeof(*entries));
            entries[all++] = (struct case_autobahn_entry){spec->autobahn.items[k], spec};
        }
    }
    qsort(entries, all, sizeof(*entries), compare);
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (*count == 0 || strcmp(entries[*count - 1].id, entries[i].id) != 0)
            entries[(*count)++] = entries[i];
    return entries;
}

const struct case_autobahn_entry *case_autobahn_find(const struct case_autobahn_entry *entries,
                                                     size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].id, id) == 0)
            return &entries[i];
    return NULL;
}

static int check_ids(const struct case_names *patterns, const struct case_autobahn_entry *entries,
                     size_t count, struct error *error)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (strchr(patterns->items[i], '*') == NULL &&
            case_autobahn_find(entries, count, patterns->items[i]) == NULL)
            return error_set(error, "there is no case '%s'", patterns->items[i]);
    return 0;
}

struct case_autobahn_entry *case_autobahn_select(const struct case_set *set,
                                                 const struct case_autobahn_selection *selection,
                                                 size_t *count, struct error *error)
{
    size_t all;
    struct case_autobahn_entry *entries = collect(set, selection->role, &all);
    *count = 0;
    if (check_ids(&selection->cases, entries, all, error) != 0) {
        free(entries);
        return NULL;
    }
    for (size_t i = 0; i < all; i++) {
        bool wanted = selection->cases.count == 0 || matches_any(&selection->cases, entries[i].id);
        if (wanted && (selection->big || !entries[i].spec->big) &&
            !matches_any(&selection->excluded, entries[i].id))
            entries[(*count)++] = entries[i];
    }
    return entries;
}
