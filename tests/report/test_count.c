/* SPDX-License-Identifier: MIT */
#include "report/count.h"

#include "sample.h"

static void counts_each_verdict(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    for (unsigned verdict = 0; verdict < JUDGE_VERDICT_COUNT; verdict++)
        for (unsigned i = 0; i < (verdict < 2 ? 2 : verdict % 3); i++)
            sample_add(&s, "RFC6455-5.5-02", (enum judge_verdict)verdict, "");
    s.results[0].judgement.lenient = true;
    s.results[2].judgement.lenient = true; /* a warning is not a lenient pass */
    struct report_tally tally = report_count(&s.record);
    static const size_t expected[] = {2, 2, 2, 0, 1, 2};
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(tally.of[i], expected[i]);
    assert_int_equal(tally.total, 9);
    assert_int_equal(tally.lenient, 1);
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_each_verdict)};
    return cmocka_run_group_tests_name("report/count", tests, NULL, NULL);
}
