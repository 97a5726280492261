/* SPDX-License-Identifier: MIT */
#include "judge/verdict.h"

#include "support.h"

static const struct case_requirement must = {.strength = CASE_STRENGTH_MUST, .ambiguity = ""};
static const struct case_requirement graded = {.strength = CASE_STRENGTH_DERIVED,
                                               .ambiguity = "A01"};
static const struct case_requirement derived = {.strength = CASE_STRENGTH_DERIVED, .ambiguity = ""};
static const struct case_requirement should = {.strength = CASE_STRENGTH_SHOULD, .ambiguity = ""};
static const struct case_requirement may = {.strength = CASE_STRENGTH_MAY, .ambiguity = "A11"};
static const struct case_requirement info = {.strength = CASE_STRENGTH_INFO, .ambiguity = ""};

static void names_them_all(void **state)
{
    (void)state;
    static const char *const names[] = {"pass", "warn", "fail", "info", "skip", "error"};
    for (int i = 0; i < JUDGE_VERDICT_COUNT; i++)
        assert_string_equal(judge_verdict_name((enum judge_verdict)i), names[i]);
}

static void follows_the_strength_of_a_sentence(void **state)
{
    (void)state;
    assert_int_equal(judge_verdict_for_row(&must), JUDGE_FAILED);
    assert_int_equal(judge_verdict_for_row(&graded), JUDGE_FAILED);
    assert_int_equal(judge_verdict_for_row(&derived), JUDGE_WARN);
    assert_int_equal(judge_verdict_for_row(&should), JUDGE_WARN);
    assert_int_equal(judge_verdict_for_row(&may), JUDGE_INFO);
    assert_int_equal(judge_verdict_for_row(&info), JUDGE_INFO);
}

static enum judge_verdict judge(const struct case_requirement *a, const struct case_requirement *b,
                                enum judge_grade grade)
{
    const struct case_requirement *const rows[] = {a, b};
    struct case_spec spec = {.requires = rows, .require_count = b != NULL ? 2 : 1};
    return judge_verdict_for_case(&spec, grade);
}

static void a_grade_becomes_a_verdict(void **state)
{
    (void)state;
    assert_int_equal(judge(&must, NULL, JUDGE_STRICT), JUDGE_PASS);
    assert_int_equal(judge(&must, NULL, JUDGE_LENIENT), JUDGE_PASS);
    assert_int_equal(judge(&must, NULL, JUDGE_OPEN), JUDGE_INFO);
    assert_int_equal(judge(&must, NULL, JUDGE_WARNING), JUDGE_WARN);
    assert_int_equal(judge(&must, NULL, JUDGE_VIOLATION), JUDGE_FAILED);
}

static void a_violation_counts_as_the_strongest_sentence(void **state)
{
    (void)state;
    assert_int_equal(judge(&should, NULL, JUDGE_VIOLATION), JUDGE_WARN);
    assert_int_equal(judge(&should, &must, JUDGE_VIOLATION), JUDGE_FAILED);
    assert_int_equal(judge(&may, &should, JUDGE_VIOLATION), JUDGE_WARN);
    assert_int_equal(judge(&may, &info, JUDGE_VIOLATION), JUDGE_INFO);
    assert_int_equal(judge(&derived, NULL, JUDGE_VIOLATION), JUDGE_WARN);
    assert_int_equal(judge(&derived, &graded, JUDGE_VIOLATION), JUDGE_FAILED);
}

/* Drivers in the wild compare these words letter by letter. */
static void autobahn_has_a_word_for_each(void **state)
{
    (void)state;
    static const char *const words[] = {
        "OK", "NON-STRICT", "FAILED", "INFORMATIONAL", "UNIMPLEMENTED", "FAILED"};
    for (int i = 0; i < JUDGE_VERDICT_COUNT; i++)
        assert_string_equal(judge_verdict_autobahn((enum judge_verdict)i), words[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_them_all),
        cmocka_unit_test(follows_the_strength_of_a_sentence),
        cmocka_unit_test(a_grade_becomes_a_verdict),
        cmocka_unit_test(a_violation_counts_as_the_strongest_sentence),
        cmocka_unit_test(autobahn_has_a_word_for_each),
    };
    return cmocka_run_group_tests_name("judge/verdict", tests, NULL, NULL);
}
