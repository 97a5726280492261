/* SPDX-License-Identifier: MIT */
#include "case/autobahn.h"

#include <stdlib.h>

#include "case/load.h"
#include "support.h"

static void load(struct case_set *set)
{
    struct error error = {""};
    *set = (struct case_set){0};
    if (case_load_builtin(set, &error) != 0)
        fail_msg("%s", error.text);
}

static struct case_autobahn_entry *select_all(const struct case_set *set, enum case_role role,
                                              size_t *count)
{
    struct error error;
    const struct case_autobahn_selection selection = {.role = role, .big = true};
    return case_autobahn_select(set, &selection, count, &error);
}

/* The ids that have a counterpart: "6.4" and 4 are 6.4.1 to 6.4.4. There are 517
 * in all. */
static const struct {
    const char *group;
    unsigned count;
} groups[] = {
    {"1.1", 8},   {"1.2", 8},   {"2", 11},    {"3", 7},     {"4.1", 5},   {"4.2", 5},
    {"5", 20},    {"6.1", 3},   {"6.2", 4},   {"6.3", 2},   {"6.4", 4},   {"6.5", 5},
    {"6.6", 11},  {"6.7", 4},   {"6.8", 2},   {"6.9", 4},   {"6.10", 3},  {"6.11", 5},
    {"6.12", 8},  {"6.13", 5},  {"6.14", 10}, {"6.15", 1},  {"6.16", 3},  {"6.17", 5},
    {"6.18", 5},  {"6.19", 5},  {"6.20", 7},  {"6.21", 8},  {"6.22", 34}, {"6.23", 7},
    {"7.1", 6},   {"7.3", 6},   {"7.5", 1},   {"7.7", 13},  {"7.9", 9},   {"7.13", 2},
    {"9.1", 6},   {"9.2", 6},   {"9.3", 9},   {"9.4", 9},   {"9.5", 6},   {"9.6", 6},
    {"9.7", 6},   {"9.8", 6},   {"10.1", 1},  {"12.1", 18}, {"12.2", 18}, {"12.3", 18},
    {"12.4", 18}, {"12.5", 18}, {"13.1", 18}, {"13.2", 18}, {"13.3", 18}, {"13.4", 18},
    {"13.5", 18}, {"13.6", 18}, {"13.7", 18},
};

static void every_case_has_a_counterpart(void **state)
{
    (void)state;
    static const enum case_role roles[] = {CASE_ROLE_SERVER, CASE_ROLE_CLIENT};
    struct case_set set;
    load(&set);
    for (size_t role = 0; role < COUNT_OF(roles); role++) {
        size_t count;
        size_t at = 0;
        struct case_autobahn_entry *entries = select_all(&set, roles[role], &count);
        assert_non_null(entries);
        for (size_t i = 0; i < COUNT_OF(groups); i++) {
            for (unsigned n = 1; n <= groups[i].count; n++, at++) {
                char id[16];
                snprintf(id, sizeof(id), "%s.%u", groups[i].group, n);
                if (at >= count || strcmp(entries[at].id, id) != 0)
                    fail_msg("%s is not there, but %s", id,
                             at < count ? entries[at].id : "the end");
                assert_true((entries[at].spec->role & roles[role]) != 0);
                assert_ptr_equal(case_autobahn_find(entries, count, id), &entries[at]);
            }
        }
        assert_int_equal(at, 517);
        assert_null(case_autobahn_find(entries, count, "11.1.1"));
        free(entries);
    }
    case_spec_free_set(&set);
}

static void counts_by_groups(void **state)
{
    (void)state;
    static const unsigned expected[] = {0, 16, 11, 7, 10, 20, 145, 37, 0, 54, 1, 0, 90, 126};
    unsigned counts[COUNT_OF(expected)] = {0};
    struct case_set set;
    size_t count;
    load(&set);
    struct case_autobahn_entry *entries = select_all(&set, CASE_ROLE_CLIENT, &count);
    for (size_t i = 0; i < count; i++) {
        unsigned long group = strtoul(entries[i].id, NULL, 10);
        if (group < COUNT_OF(counts))
            counts[group]++;
    }
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        assert_int_equal(counts[i], expected[i]);
    free(entries);
    case_spec_free_set(&set);
}

/* No id may stand for two cases of one role, or a report would show what the other one did. */
static void no_id_has_two_cases(void **state)
{
    (void)state;
    struct case_set set;
    size_t count;
    load(&set);
    struct case_autobahn_entry *entries = select_all(&set, CASE_ROLE_CLIENT, &count);
    for (size_t i = 0; i < set.count; i++) {
        const struct case_spec *spec = &set.cases[i];
        for (size_t k = 0; (spec->role & CASE_ROLE_CLIENT) && k < spec->autobahn.count; k++)
            if (case_autobahn_find(entries, count, spec->autobahn.items[k])->spec != spec)
                fail_msg("%s has a second case: %s", spec->autobahn.items[k], spec->id);
    }
    free(entries);
    case_spec_free_set(&set);
}

static size_t count_selected(const struct case_set *set, struct case_autobahn_selection selection,
                             const char *first)
{
    struct error error = {""};
    size_t count;
    struct case_autobahn_entry *entries = case_autobahn_select(set, &selection, &count, &error);
    if (entries == NULL)
        fail_msg("%s", error.text);
    if (first != NULL)
        assert_string_equal(entries[0].id, first);
    free(entries);
    return count;
}

static struct case_names names(const char *const *items, size_t count)
{
    return (struct case_names){.items = items, .count = count};
}

static void selects_by_patterns(void **state)
{
    (void)state;
    static const char *const some[] = {"9.1.1", "2.*", "5.1", "2.1", "5.1"};
    static const char *const ones[] = {"1*"};
    static const char *const but[] = {"2.1*", "13.*", "6.999"};
    static const char *const large[] = {"9.1.*"};
    struct case_set set;
    load(&set);
    struct case_autobahn_selection selection = {.role = CASE_ROLE_CLIENT, .big = true};
    selection.cases = names(some, COUNT_OF(some));
    assert_int_equal(count_selected(&set, selection, "2.1"), 11 + 1 + 1);
    selection.excluded = names(but, COUNT_OF(but));
    assert_int_equal(count_selected(&set, selection, "2.2"), 8 + 1 + 1);
    selection.cases = names(ones, COUNT_OF(ones));
    assert_int_equal(count_selected(&set, selection, "1.1.1"), 16 + 1 + 90); /* not 13 */
    selection.cases = names(large, COUNT_OF(large));
    assert_int_equal(count_selected(&set, selection, "9.1.1"), 6);
    selection.big = false;
    assert_int_equal(count_selected(&set, selection, "9.1.1"), 1);
    case_spec_free_set(&set);
}

static void refuses_an_unknown_id(void **state)
{
    (void)state;
    static const char *const items[] = {"1.1.1", "1.1.9"};
    static const char *const nothing[] = {"11.*"};
    struct case_set set;
    struct error error;
    size_t count;
    load(&set);
    struct case_autobahn_selection selection = {.role = CASE_ROLE_SERVER,
                                                .cases = names(items, COUNT_OF(items))};
    assert_null(case_autobahn_select(&set, &selection, &count, &error));
    assert_string_equal(error.text, "there is no case '1.1.9'");
    selection.cases = names(nothing, COUNT_OF(nothing));
    assert_int_equal(count_selected(&set, selection, NULL), 0);
    struct case_set none = {0};
    selection.cases = (struct case_names){0};
    assert_int_equal(count_selected(&none, selection, NULL), 0);
    case_spec_free_set(&set);
}

/* What is no number is put somewhere, and does not stop the sorting. */
static void survives_odd_ids(void **state)
{
    (void)state;
    static const char *const items[] = {"b", "2.10", "", "2.9", "2.x", "2", "2.9"};
    struct case_spec spec = {.role = CASE_ROLE_BOTH, .autobahn = {items, COUNT_OF(items)}};
    struct case_set set = {.cases = &spec, .count = 1};
    size_t count;
    struct case_autobahn_entry *entries = select_all(&set, CASE_ROLE_SERVER, &count);
    assert_int_equal(count, COUNT_OF(items) - 1);
    const struct case_autobahn_entry *nine = case_autobahn_find(entries, count, "2.9");
    const struct case_autobahn_entry *ten = case_autobahn_find(entries, count, "2.10");
    assert_true(nine < ten);
    free(entries);
}

static void matches_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *text;
        bool begins;
        bool whole;
    } rows[] = {
        {"*", "1.1.1", true, true},
        {"*", "", true, true},
        {"1.1.1", "1.1.1", true, true},
        {"1.1.1", "1.1.10", false, false},
        {"1.1", "1.1.1", false, false},
        {"1*", "10.1.1", true, true},
        {"1.*", "10.1.1", false, false},
        {"1.*", "1.1.1", true, true},
        {"*.1", "1.1.8", true, false},
        {"*.1", "5.20", false, false},
        {"6.*.2", "6.4.21", true, false},
        {"6.*.2", "6.4.2", true, true},
        {"*8", "1.1.8", true, true},
        {"1.1.1*", "1.1", false, false},
        {"**", "x", true, true},
        {"a*b*c", "aXbYbZc", true, true},
        {"", "", true, true},
        {"", "x", false, false},
        {"x?", "xy", false, false},
        {"Chrome/*", "Chrome/120", true, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (case_autobahn_matches(rows[i].pattern, rows[i].text) != rows[i].begins ||
            case_autobahn_matches_whole(rows[i].pattern, rows[i].text) != rows[i].whole)
            fail_msg("'%s' and '%s'", rows[i].pattern, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_has_a_counterpart),
        cmocka_unit_test(counts_by_groups),
        cmocka_unit_test(no_id_has_two_cases),
        cmocka_unit_test(selects_by_patterns),
        cmocka_unit_test(refuses_an_unknown_id),
        cmocka_unit_test(survives_odd_ids),
        cmocka_unit_test(matches_patterns),
    };
    return cmocka_run_group_tests_name("case/autobahn", tests, NULL, NULL);
}
