/* SPDX-License-Identifier: MIT */
#include "case/coverage.h"

#include <string.h>

#include "case/load.h"
#include "support.h"

static const char catalogue[] = "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n"
                                "RFC6455-1-01\t1\tserver\tmust\tyes\t\tcovered by a case\n"
                                "RFC6455-1-02\t1\tboth\tshould\tyes\t\tobserved over the run\n"
                                "RFC6455-1-03\t1\tserver\tmust\tyes\t\tnot covered\n"
                                "RFC6455-1-04\t1\tclient\tmust\tyes\t\tbinds clients\n"
                                "RFC6455-1-05\t1\tserver\tmust\tno\t\tcannot be seen\n"
                                "RFC6455-1-06\t1\tserver\tmay\tyes\t\ta permission\n"
                                "RFC7692-1-01\t1\tserver\tmust\tyes\t\tof another RFC\n";

static const char cases[] =
    "{\"section\": \"1\", \"title\": \"t\", \"cases\": ["
    "{\"id\": \"1/a\", \"requires\": [\"RFC6455-1-01\"], \"role\": \"server\", \"does\": \"d\","
    " \"expects\": \"e\", \"steps\": [], \"outcome\": \"accept\"},"
    "{\"id\": \"1/b\", \"requires\": [\"RFC6455-1-01\"], \"role\": \"both\", \"does\": \"d\","
    " \"expects\": \"e\", \"observe\": [\"RFC6455-1-02\"]},"
    "{\"id\": \"1/c\", \"requires\": [\"RFC6455-1-03\"], \"role\": \"client\", \"does\": \"d\","
    " \"expects\": \"e\", \"steps\": [], \"outcome\": \"accept\"}]}";

static void load(struct case_set *set)
{
    struct error error;
    *set = (struct case_set){0};
    assert_int_equal(case_catalogue_read(&set->catalogue, "c.tsv", bytes_text(catalogue), &error),
                     0);
    assert_int_equal(case_load_text(set, "c.json", bytes_text(cases), &error), 0);
}

static int count(struct case_coverage *coverage, const struct case_set *set, const char *exceptions,
                 struct error *error)
{
    return case_coverage_count(coverage, set, CASE_ROLE_SERVER, "e.tsv", bytes_text(exceptions),
                               error);
}

static void counts_the_rows_that_are_in_question(void **state)
{
    (void)state;
    struct case_set set;
    struct error error;
    struct case_coverage coverage;
    load(&set);
    assert_int_equal(count(&coverage, &set, "", &error), 0);
    assert_int_equal(coverage.count, 3);
    assert_int_equal(coverage.rows[0].cases, 2);
    assert_int_equal(coverage.rows[1].cases, 1);
    /* A case for clients is no case for servers. */
    assert_int_equal(coverage.rows[2].cases, 0);
    assert_int_equal(coverage.rows[2].excuse, CASE_EXCUSE_NONE);
    case_coverage_free(&coverage);
    case_spec_free_set(&set);
}

static void takes_an_excuse(void **state)
{
    (void)state;
    struct case_set set;
    struct error error;
    struct case_coverage coverage;
    load(&set);
    assert_int_equal(count(&coverage, &set,
                           "id\trole\tclass\twhy\nRFC6455-1-03\tserver\tneeds TLS\tNo TLS.\n",
                           &error),
                     0);
    assert_int_equal(coverage.rows[2].excuse, CASE_EXCUSE_TLS);
    assert_string_equal(coverage.rows[2].why, "No TLS.");
    assert_string_equal(case_coverage_excuse_name(CASE_EXCUSE_TLS), "needs TLS");
    case_coverage_free(&coverage);
    case_spec_free_set(&set);
}

static void refuses_a_bad_excuse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        {"h\nRFC6455-1-03\tserver\tneeds TLS\n", "e.tsv:2: an exception has"},
        {"h\nRFC6455-1-03\tserver\tneeds TLS\t\n", "e.tsv:2: an exception has"},
        {"h\nRFC6455-1-03\tserver\tneeds TLS\tWhy.\tMore.\n", "e.tsv:2: an exception has"},
        {"h\nRFC6455-1-03\tproxy\tneeds TLS\tWhy.\n", "e.tsv:2: 'proxy' is no role"},
        {"h\nRFC6455-1-03\tserver\tneeds a rest\tWhy.\n", "e.tsv:2: 'needs a rest' is no class"},
        {"h\nRFC6455-1-01\tserver\tneeds TLS\tWhy.\n", "e.tsv:2: 'RFC6455-1-01' has a case"},
        {"h\nRFC6455-1-04\tboth\tneeds TLS\tWhy.\n", "e.tsv:2: 'RFC6455-1-04' needs no case"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct case_set set;
        struct error error;
        struct case_coverage coverage;
        load(&set);
        assert_int_equal(count(&coverage, &set, rows[i].text, &error), -1);
        assert_ptr_equal(strstr(error.text, rows[i].says), error.text);
        case_coverage_free(&coverage);
        case_spec_free_set(&set);
    }
}

/* The same table serves both roles: lines for the other one are passed over. */
static void counts_for_clients(void **state)
{
    (void)state;
    static const char exceptions[] = "id\trole\tclass\twhy\n"
                                     "RFC6455-1-03\tserver\tneeds TLS\tNo TLS.\n"
                                     "RFC6455-1-04\tclient\tneeds deflate\tNo deflate.\n";
    struct case_set set;
    struct error error;
    struct case_coverage coverage;
    load(&set);
    assert_int_equal(case_coverage_count(&coverage, &set, CASE_ROLE_CLIENT, "e.tsv",
                                         bytes_text(exceptions), &error),
                     0);
    assert_int_equal(coverage.count, 2);
    assert_string_equal(coverage.rows[0].requirement->id, "RFC6455-1-02");
    assert_int_equal(coverage.rows[0].cases, 1);
    assert_string_equal(coverage.rows[1].requirement->id, "RFC6455-1-04");
    assert_int_equal(coverage.rows[1].excuse, CASE_EXCUSE_DEFLATE);
    case_coverage_free(&coverage);
    case_spec_free_set(&set);
}

/* Every sentence has a case or an excuse, and hardly any excuse lasts for ever: at most three in a
 * hundred rows are beyond the reach of cases. */
static void the_cases_cover_the_catalogue(void **state)
{
    (void)state;
    static const char *const path = "cases/exceptions.tsv";
    static const enum case_role roles[] = {CASE_ROLE_SERVER, CASE_ROLE_CLIENT};
    struct case_set set = {0};
    struct error error = {""};
    if (case_load_builtin(&set, &error) != 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        struct case_coverage coverage;
        size_t lasting = 0;
        if (case_coverage_count(&coverage, &set, roles[i], path, case_load_builtin_file(path),
                                &error) != 0)
            fail_msg("%s", error.text);
        for (size_t k = 0; k < coverage.count; k++) {
            const struct case_coverage_row *row = &coverage.rows[k];
            if (row->cases == 0 && row->excuse == CASE_EXCUSE_NONE)
                fail_msg("%s has neither a case nor an excuse", row->requirement->id);
            lasting += row->excuse == CASE_EXCUSE_POLICY || row->excuse == CASE_EXCUSE_OUTSIDE;
        }
        assert_in_range(coverage.count, 150, 170);
        assert_in_range(lasting * 100, 0, coverage.count * 3);
        case_coverage_free(&coverage);
    }
    case_spec_free_set(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_the_rows_that_are_in_question),
        cmocka_unit_test(takes_an_excuse),
        cmocka_unit_test(refuses_a_bad_excuse),
        cmocka_unit_test(counts_for_clients),
        cmocka_unit_test(the_cases_cover_the_catalogue),
    };
    return cmocka_run_group_tests_name("case/coverage", tests, NULL, NULL);
}
