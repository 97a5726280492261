/* SPDX-License-Identifier: MIT */
#include "judge/observation.h"

#include "support.h"

static const char table[] = "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n"
                            "MUST\t1\tboth\tmust\tyes\t\tx\n"
                            "SHOULD\t1\tboth\tshould\tyes\t\tx\n"
                            "INFO\t1\tboth\tinfo\tyes\t\tx\n";

static void counts_connections_and_keeps_the_first(void **state)
{
    (void)state;
    struct judge_observations seen = {0};
    static const struct case_spec one = {.id = "1/a"};
    static const struct case_spec two = {.id = "1/b"};
    judge_observation_add(&seen, "MUST", "first", &one);
    judge_observation_add(&seen, "SHOULD", "other", NULL);
    judge_observation_add(&seen, "MUST", "second", &two);
    const struct judge_observation *item = judge_observation_find(&seen, "MUST");
    assert_non_null(item);
    assert_int_equal(item->count, 2);
    assert_string_equal(item->text, "first");
    assert_ptr_equal(item->first, &one);
    assert_int_equal(judge_observation_find(&seen, "SHOULD")->count, 1);
    assert_null(judge_observation_find(&seen, "SHOULD")->first);
    assert_null(judge_observation_find(&seen, "INFO"));
    judge_observation_free(&seen);
    assert_null(judge_observation_find(&seen, "MUST"));
}

/* What a run-level case that observes `rules` says when `broken` were seen, in that order. */
static enum judge_verdict judge(const char *const *rules, size_t count, const char *const *broken,
                                size_t broken_count, const char *worst)
{
    struct case_catalogue catalogue = {0};
    struct judge_observations seen = {0};
    assert_int_equal(case_catalogue_read(&catalogue, "t", bytes_text(table), NULL), 0);
    for (size_t i = 0; i < broken_count; i++)
        judge_observation_add(&seen, broken[i], "seen", NULL);
    struct case_spec spec = {.observe = {rules, count}};
    const struct judge_observation *found = NULL;
    enum judge_verdict verdict = judge_observation_judge(&seen, &spec, &catalogue, &found);
    if (worst == NULL)
        assert_null(found);
    else
        assert_string_equal(found->rule, worst);
    judge_observation_free(&seen);
    case_catalogue_free(&catalogue);
    return verdict;
}

static void judges_by_the_worst(void **state)
{
    (void)state;
    static const char *const all[] = {"INFO", "SHOULD", "MUST"};
    static const char *const back[] = {"MUST", "SHOULD", "INFO"};
    static const char *const strange[] = {"STRANGE"};
    assert_int_equal(judge(all, 3, NULL, 0, NULL), JUDGE_PASS);
    assert_int_equal(judge(all, 3, all, 3, "MUST"), JUDGE_FAILED);
    assert_int_equal(judge(back, 3, all, 3, "MUST"), JUDGE_FAILED);
    assert_int_equal(judge(all, 3, all, 2, "SHOULD"), JUDGE_WARN);
    assert_int_equal(judge(back, 3, all, 2, "SHOULD"), JUDGE_WARN);
    assert_int_equal(judge(all, 3, all, 1, "INFO"), JUDGE_INFO);
    /* It asks for nothing that was seen. */
    assert_int_equal(judge(all, 2, back, 1, NULL), JUDGE_PASS);
    assert_int_equal(judge(strange, 1, strange, 1, NULL), JUDGE_PASS);
}

static void a_copy_goes_its_own_way(void **state)
{
    (void)state;
    struct judge_observations seen = {0};
    struct judge_observations copy = {0};
    judge_observation_copy(&copy, &seen); /* of nothing */
    assert_int_equal(copy.count, 0);
    judge_observation_free(&copy);
    judge_observation_add(&seen, "MUST", "first", NULL);
    judge_observation_add(&seen, "MUST", "again", NULL);
    judge_observation_copy(&copy, &seen);
    judge_observation_add(&copy, "MUST", "more", NULL);
    for (int i = 0; i < 20; i++)
        judge_observation_add(&copy, i % 2 != 0 ? "SHOULD" : "INFO", "new", NULL);
    assert_int_equal(judge_observation_find(&copy, "MUST")->count, 3);
    assert_string_equal(judge_observation_find(&copy, "MUST")->text, "first");
    assert_int_equal(copy.count, 3);
    assert_int_equal(seen.count, 1);
    assert_int_equal(judge_observation_find(&seen, "MUST")->count, 2);
    judge_observation_free(&copy);
    judge_observation_free(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_connections_and_keeps_the_first),
        cmocka_unit_test(judges_by_the_worst),
        cmocka_unit_test(a_copy_goes_its_own_way),
    };
    return cmocka_run_group_tests_name("judge/observation", tests, NULL, NULL);
}
