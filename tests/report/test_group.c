/* SPDX-License-Identifier: MIT */
#include "report/group.h"

#include "sample.h"

static void groups_equal_stories(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "silence");
    sample_add(&s, "RFC6455-8.1-01", JUDGE_FAILED, "silence");
    sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "noise");
    sample_add(&s, "RFC6455-5.5-02", JUDGE_PASS, "silence");
    sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "silence");

    struct report_groups groups = report_group_make(&s.record, JUDGE_FAILED, true);
    assert_int_equal(groups.count, 3);
    assert_int_equal(groups.items[0].count, 2);
    assert_ptr_equal(groups.items[0].members[0], &s.results[0]);
    assert_ptr_equal(groups.items[0].members[1], &s.results[4]);
    assert_ptr_equal(groups.items[1].members[0], &s.results[1]);
    assert_ptr_equal(groups.items[2].members[0], &s.results[2]);
    report_group_free(&groups);

    groups = report_group_make(&s.record, JUDGE_FAILED, false);
    assert_int_equal(groups.count, 2);
    assert_int_equal(groups.items[0].count, 3);
    report_group_free(&groups);

    groups = report_group_make(&s.record, JUDGE_WARN, true);
    assert_int_equal(groups.count, 0);
    report_group_free(&groups);
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(groups_equal_stories)};
    return cmocka_run_group_tests_name("report/group", tests, NULL, NULL);
}
