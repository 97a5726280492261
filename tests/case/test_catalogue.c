/* SPDX-License-Identifier: MIT */
#include "case/catalogue.h"

#include "case/load.h"
#include "support.h"

#define HEAD "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n"

static void reads_rows(void **state)
{
    (void)state;
    static const char text[] = HEAD "A-1\t5.5\tboth\tmust\tyes\t\tOne\n"
                                    "A-2\t5.6\tclient\tderived\tpartly\tA01,A02\tTwo\n"
                                    "A-3\t5.7\tserver\tshould\tno\t\tThree\n"
                                    "A-4\t5.8\tAPI\tmay\tno\t\tFour\n"
                                    "A-5\t5.9\tboth\tinfo\tyes\t\tFive"; /* no newline */
    struct case_catalogue catalogue = {0};
    struct error why;
    assert_int_equal(case_catalogue_read(&catalogue, "t.tsv", bytes_text(text), &why), 0);
    assert_int_equal(catalogue.count, 5);
    const struct case_requirement *row = case_catalogue_find(&catalogue, "A-2");
    assert_non_null(row);
    assert_string_equal(row->section, "5.6");
    assert_string_equal(row->role, "client");
    assert_int_equal(row->strength, CASE_STRENGTH_DERIVED);
    assert_string_equal(row->observable, "partly");
    assert_string_equal(row->ambiguity, "A01,A02");
    assert_string_equal(row->statement, "Two");
    assert_string_equal(case_catalogue_find(&catalogue, "A-5")->statement, "Five");
    static const char *const names[] = {"must", "derived", "should", "may", "info"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_int_equal(catalogue.rows[i].strength, i);
        assert_string_equal(case_catalogue_strength_name((enum case_strength)i), names[i]);
    }
    assert_null(case_catalogue_find(&catalogue, "A-9"));
    assert_null(case_catalogue_find(&catalogue, "id"));
    case_catalogue_free(&catalogue);
    assert_null(case_catalogue_find(&catalogue, "A-1"));
}

static void names_the_line_of_a_mistake(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *sentence;
    } rows[] = {
        {HEAD "A-1\t5.5\tboth\tmust\tyes\tOne\n", "t.tsv:2: a requirement has 7 columns"},
        {HEAD "A-1\t5.5\tboth\tmust\tyes\t\tOne\tmore\n", "t.tsv:2: a requirement has 7 columns"},
        {HEAD "A-1\t5.5\tboth\tmust\tyes\t\tOne\n\n", "t.tsv:3: a requirement has 7 columns"},
        {HEAD "A-1\t5.5\tboth\tMUST\tyes\t\tOne\n", "t.tsv:2: 'MUST' is no strength"},
        {HEAD "A-1\t1\tboth\tmust\tyes\t\tOne\nA-1\t2\tboth\tmay\tyes\t\tTwo\n",
         "t.tsv:3: 'A-1' stands twice"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct case_catalogue catalogue = {0};
        struct error why = {""};
        assert_int_equal(case_catalogue_read(&catalogue, "t.tsv", bytes_text(rows[i].text), &why),
                         -1);
        assert_string_equal(why.text, rows[i].sentence);
        case_catalogue_free(&catalogue);
    }
}

static void an_empty_table_has_no_rows(void **state)
{
    (void)state;
    static const char *const rows[] = {"", HEAD};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct case_catalogue catalogue = {0};
        assert_int_equal(case_catalogue_read(&catalogue, "t", bytes_text(rows[i]), NULL), 0);
        assert_int_equal(catalogue.count, 0);
        case_catalogue_free(&catalogue);
    }
}

static void the_built_in_table_is_whole(void **state)
{
    (void)state;
    struct case_catalogue catalogue = {0};
    struct error why = {""};
    struct bytes text = case_load_builtin_file("cases/requirements.tsv");
    if (case_catalogue_read(&catalogue, "cases/requirements.tsv", text, &why) != 0)
        fail_msg("%s", why.text);
    assert_true(catalogue.count > 400);
    for (size_t i = 0; i < catalogue.count; i++)
        assert_true(catalogue.rows[i].statement[0] != '\0');
    case_catalogue_free(&catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows),
        cmocka_unit_test(names_the_line_of_a_mistake),
        cmocka_unit_test(an_empty_table_has_no_rows),
        cmocka_unit_test(the_built_in_table_is_whole),
    };
    return cmocka_run_group_tests_name("case/catalogue", tests, NULL, NULL);
}
