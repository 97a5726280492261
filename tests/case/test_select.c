/* SPDX-License-Identifier: MIT */
#include "case/select.h"

#include <stdlib.h>

#include "support.h"

static const struct case_requirement must = {.strength = CASE_STRENGTH_MUST};
static const struct case_requirement derived = {.strength = CASE_STRENGTH_DERIVED};
static const struct case_requirement should = {.strength = CASE_STRENGTH_SHOULD};
static const struct case_requirement may = {.strength = CASE_STRENGTH_MAY};
static const struct case_requirement *const of_must[] = {&must};
static const struct case_requirement *const of_derived[] = {&derived};
static const struct case_requirement *const of_should[] = {&should, &must};
static const struct case_requirement *const of_may[] = {&may};

static struct case_spec specs[] = {
    {.id = "5.1/a", .role = CASE_ROLE_BOTH, .requires = of_must, .require_count = 1},
    {.id = "5.1/b", .role = CASE_ROLE_SERVER, .requires = of_derived, .require_count = 1},
    {.id = "5.2/c", .role = CASE_ROLE_CLIENT, .requires = of_must, .require_count = 1},
    {.id = "5.2/d", .role = CASE_ROLE_BOTH, .requires = of_should, .require_count = 2},
    {.id = "5.2/e", .role = CASE_ROLE_BOTH, .requires = of_may, .require_count = 1},
    {.id = "5.2/f", .role = CASE_ROLE_BOTH, .requires = of_must, .require_count = 1, .big = true},
    {.id = "5.3/g",
     .role = CASE_ROLE_SERVER,
     .requires = of_must,
     .require_count = 1,
     .exhaust = true},
};
static const struct case_set set = {.cases = specs, .count = COUNT_OF(specs)};

static void expect(const struct case_selection *selection, const char *letters)
{
    size_t count;
    struct error why = {""};
    const struct case_spec **chosen = case_select(&set, selection, &count, &why);
    if (chosen == NULL)
        fail_msg("%s", why.text);
    assert_int_equal(count, strlen(letters));
    for (size_t i = 0; i < count; i++)
        assert_int_equal(chosen[i]->id[4], letters[i]);
    free(chosen);
}

static void selects_by_role_size_and_level(void **state)
{
    (void)state;
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER}, "abde");
    expect(&(struct case_selection){.role = CASE_ROLE_CLIENT}, "acde");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .big = true}, "abdef");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .must_only = true}, "ab");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .should = true}, "abd");
}

/* What goes for the endpoint's resources must be asked for, and by no other name. */
static void exhausting_cases_are_asked_for(void **state)
{
    (void)state;
    static const char *const named[] = {"5.3/g"};
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .exhaust = true}, "abdeg");
    expect(&(struct case_selection){.role = CASE_ROLE_CLIENT, .exhaust = true}, "acde");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .big = true, .exhaust = true},
           "abdefg");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .big = true, .run = {named, 1}}, "");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .exhaust = true, .run = {named, 1}},
           "g");
}

static void selects_by_globs(void **state)
{
    (void)state;
    static const char *const first[] = {"5.1/*"};
    static const char *const two[] = {"5.2/d", "*/a"};
    static const char *const all[] = {"*"};
    static const char *const big[] = {"5.2/f"};
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .run = {first, 1}}, "ab");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .run = {two, 2}}, "ad");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .skip = {first, 1}}, "de");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .run = {all, 1}, .skip = {two, 2}},
           "be");
    /* Named, but not wanted: nothing is left, and that is no mistake in the glob. */
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .run = {big, 1}}, "");
    expect(&(struct case_selection){.role = CASE_ROLE_SERVER, .skip = {all, 1}}, "");
}

static void a_glob_that_matches_nothing_is_a_mistake(void **state)
{
    (void)state;
    static const char *const none[] = {"5.1/*", "5.4/*"};
    static const char *const client[] = {"5.2/c"};
    struct error why = {""};
    size_t count;
    struct case_selection selection = {.role = CASE_ROLE_SERVER, .run = {none, 2}};
    assert_null(case_select(&set, &selection, &count, &why));
    assert_string_equal(why.text, "no case matches '5.4/*'");
    selection = (struct case_selection){.role = CASE_ROLE_SERVER, .skip = {client, 1}};
    assert_null(case_select(&set, &selection, &count, &why));
    assert_string_equal(why.text, "no case matches '5.2/c'");
}

static void an_empty_set_selects_nothing(void **state)
{
    (void)state;
    const struct case_set empty = {0};
    const struct case_selection selection = {.role = CASE_ROLE_SERVER};
    size_t count = 7;
    const struct case_spec **chosen = case_select(&empty, &selection, &count, NULL);
    assert_non_null(chosen);
    assert_int_equal(count, 0);
    free(chosen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selects_by_role_size_and_level),
        cmocka_unit_test(exhausting_cases_are_asked_for),
        cmocka_unit_test(selects_by_globs),
        cmocka_unit_test(a_glob_that_matches_nothing_is_a_mistake),
        cmocka_unit_test(an_empty_set_selects_nothing),
    };
    return cmocka_run_group_tests_name("case/select", tests, NULL, NULL);
}
