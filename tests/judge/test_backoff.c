/* SPDX-License-Identifier: MIT */
#include "judge/backoff.h"

#include "support.h"

struct heard {
    char rules[64];
};

static void report(void *context, const char *rule, const char *text)
{
    struct heard *heard = context;
    assert_true(text[0] != '\0');
    assert_true(strlen(heard->rules) + strlen(rule) + 2 < sizeof(heard->rules));
    strcat(strcat(heard->rules, rule), " ");
}

static void expect(const uint64_t waits[JUDGE_BACKOFF_ROWS][JUDGE_BACKOFF_ATTEMPTS], unsigned rows,
                   unsigned attempts, const char *rules)
{
    struct judge_backoff backoff = {0};
    struct heard heard = {0};
    for (unsigned row = 0; row < rows; row++)
        for (unsigned i = 0; i < attempts; i++)
            judge_backoff_add(&backoff, row, waits[row][i]);
    judge_backoff_report(&backoff, report, &heard);
    assert_string_equal(heard.rules, rules);
}

static void a_client_that_never_returns_says_nothing(void **state)
{
    (void)state;
    expect(NULL, 0, 0, "");
}

static void who_returns_at_once_is_told(void **state)
{
    (void)state;
    const uint64_t waits[3][4] = {
        {100, 100, 100, 100}, {900, 900, 900, 900}, {19999, 19999, 19999, 19999}};
    expect(waits, 3, 1, "RFC6455-7.2.3-02 ");
    expect(waits, 3, 4, "RFC6455-7.2.3-02 RFC6455-7.2.3-04 ");
    expect(waits, 2, 4, ""); /* too few to be sure */
}

static void a_random_first_wait_that_grows_is_fine(void **state)
{
    (void)state;
    const uint64_t waits[3][4] = {
        {10, 500000, 1000000, 2000000}, {700000, 900000, 1900000, 4000000}, {40000, 1, 2, 3}};
    expect(waits, 3, 4, "");
}

static void a_wait_that_stays_the_same_is_told(void **state)
{
    (void)state;
    const uint64_t waits[3][4] = {{1000000, 1000000, 1000000, 1000000},
                                  {1000000, 1010000, 1000000, 1090000},
                                  {1000000, 900000, 1000000, 1400000}};
    expect(waits, 3, 4, "RFC6455-7.2.3-04 ");
    expect(waits, 3, 3, "");
}

static void what_is_beyond_the_bounds_is_passed_over(void **state)
{
    (void)state;
    struct judge_backoff backoff = {0};
    for (unsigned i = 0; i < 10; i++)
        judge_backoff_add(&backoff, i, 1);
    assert_int_equal(backoff.rows, JUDGE_BACKOFF_ROWS);
    assert_false(judge_backoff_has_enough(&backoff, 0));
    assert_true(judge_backoff_has_enough(&backoff, JUDGE_BACKOFF_ROWS));
    for (unsigned i = 0; i < 10; i++)
        judge_backoff_add(&backoff, 0, 1);
    assert_int_equal(backoff.attempts[0], JUDGE_BACKOFF_ATTEMPTS);
    assert_true(judge_backoff_has_enough(&backoff, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_that_never_returns_says_nothing),
        cmocka_unit_test(who_returns_at_once_is_told),
        cmocka_unit_test(a_random_first_wait_that_grows_is_fine),
        cmocka_unit_test(a_wait_that_stays_the_same_is_told),
        cmocka_unit_test(what_is_beyond_the_bounds_is_passed_over),
    };
    return cmocka_run_group_tests_name("judge/backoff", tests, NULL, NULL);
}
