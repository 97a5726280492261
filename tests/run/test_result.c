/* SPDX-License-Identifier: MIT */
#include "run/result.h"

#include <string.h>

#include "support.h"

static void a_verdict_comes_with_its_words(void **state)
{
    (void)state;
    struct run_result result = {.verdict = JUDGE_PASS};
    run_result_give(&result, JUDGE_SKIP, "not run: %s, %d times", "why", 3);
    assert_int_equal(result.verdict, JUDGE_SKIP);
    assert_string_equal(result.judgement.diagnosis, "not run: why, 3 times");
    run_result_give(&result, JUDGE_ERROR, "x");
    assert_int_equal(result.verdict, JUDGE_ERROR);
    assert_string_equal(result.judgement.diagnosis, "x");
}

/* What an endpoint writes to its stderr may be long. */
static void too_many_words_are_cut(void **state)
{
    (void)state;
    static char words[4096];
    struct run_result result = {.verdict = JUDGE_PASS};
    memset(words, 'a', sizeof(words) - 1);
    run_result_give(&result, JUDGE_FAILED, "%s", words);
    assert_int_equal(strlen(result.judgement.diagnosis), sizeof(result.judgement.diagnosis) - 1);
    assert_int_equal(result.late, false); /* which stands behind it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_comes_with_its_words),
        cmocka_unit_test(too_many_words_are_cut),
    };
    return cmocka_run_group_tests_name("run/result", tests, NULL, NULL);
}
