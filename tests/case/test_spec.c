/* SPDX-License-Identifier: MIT */
#include "case/spec.h"

#include "case/load.h"
#include "support.h"

static void finds_cases_by_id(void **state)
{
    (void)state;
    static const char text[] =
        "{\"section\": \"5\", \"cases\": ["
        "{\"id\": \"5/a\", \"requires\": [\"R\"], \"role\": \"both\", \"does\": \"D.\","
        " \"expects\": \"E.\", \"flags\": [\"big\", \"utf8\"], \"outcome\": \"survive\"},"
        "{\"id\": \"5/b\", \"requires\": [\"R\"], \"role\": \"both\", \"does\": \"D.\","
        " \"expects\": \"E.\", \"observe\": [\"R\"]}]}";
    static const char rows[] = "head\nR\t5\tboth\tmust\tyes\t\tx\n";
    struct case_set set = {0};
    struct error why = {""};
    assert_int_equal(case_catalogue_read(&set.catalogue, "t", bytes_text(rows), &why), 0);
    if (case_load_text(&set, "5.json", bytes_text(text), &why) != 0)
        fail_msg("%s", why.text);
    const struct case_spec *a = case_spec_find(&set, "5/a");
    const struct case_spec *b = case_spec_find(&set, "5/b");
    assert_non_null(a);
    assert_non_null(b);
    assert_null(case_spec_find(&set, "5/c"));
    assert_null(case_spec_find(&set, "5/"));
    assert_true(case_spec_has_flag(a, "utf8"));
    assert_true(case_spec_has_flag(a, "big"));
    assert_true(a->big);
    assert_false(case_spec_has_flag(a, "utf"));
    assert_false(case_spec_has_flag(b, "utf8"));
    assert_false(b->big);
    assert_false(case_spec_is_run_level(a));
    assert_true(case_spec_is_run_level(b));
    case_spec_free_set(&set);
    assert_int_equal(set.count, 0);
    assert_null(case_spec_find(&set, "5/a"));
    case_spec_free_set(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_cases_by_id),
    };
    return cmocka_run_group_tests_name("case/spec", tests, NULL, NULL);
}
