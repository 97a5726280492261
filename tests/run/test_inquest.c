/* SPDX-License-Identifier: MIT */
#include "run/inquest.h"

#include "support.h"

enum { NOBODY = -1 };

/* Plays an inquest in which every trial with `killer` in it ends in a death; with `late`, only if
 * the wait behind it is long. Returns who was found. */
static size_t play(const size_t *suspects, size_t count, size_t history, size_t killer, bool late,
                   unsigned *trials)
{
    size_t all[64];
    assert_true(history <= COUNT_OF(all));
    for (size_t i = 0; i < history; i++)
        all[i] = i;
    struct run_inquest inquest;
    run_inquest_begin(&inquest, suspects, count, all, history);
    struct run_trial trial;
    for (*trials = 0; run_inquest_next(&inquest, &trial); ++*trials) {
        assert_true(trial.count > 0);
        assert_true(*trials < 100);
        bool died = false;
        for (size_t i = 0; i < trial.count; i++)
            died = died || trial.cases[i] == killer;
        run_inquest_report(&inquest, died && (!late || trial.settle_us > 1000000));
    }
    assert_false(run_inquest_next(&inquest, &trial));
    size_t culprit = inquest.culprit;
    run_inquest_free(&inquest);
    return culprit;
}

static void suspects_are_tried_one_at_a_time(void **state)
{
    (void)state;
    static const size_t suspects[] = {7, 3, 5};
    unsigned trials;
    assert_int_equal(play(suspects, 3, 10, 7, false, &trials), 7);
    assert_int_equal(trials, 1);
    assert_int_equal(play(suspects, 3, 10, 5, false, &trials), 5);
    assert_int_equal(trials, 3);
}

static void without_history_only_suspects_are_tried(void **state)
{
    (void)state;
    static const size_t suspects[] = {7, 3, 5};
    unsigned trials;
    assert_true(play(suspects, 3, 0, 9, false, &trials) == SIZE_MAX);
    assert_int_equal(trials, 3);
    assert_true(play(NULL, 0, 0, 9, false, &trials) == SIZE_MAX);
    assert_int_equal(trials, 0);
}

/* At every length, wherever the killer stands, in logarithmic time. */
static void halving_finds_a_late_killer(void **state)
{
    (void)state;
    for (size_t history = 1; history <= 20; history++) {
        for (size_t killer = 0; killer < history; killer++) {
            const size_t last = history - 1;
            unsigned trials;
            size_t found = play(&last, 1, history, killer, true, &trials);
            if (found != killer)
                fail_msg("%zu of %zu: found %zu", killer, history, found);
            assert_true(trials <= 8);
        }
    }
}

static void nobody_is_convicted_unseen(void **state)
{
    (void)state;
    static const size_t suspects[] = {2, 1};
    unsigned trials;
    assert_true(play(suspects, 2, 16, (size_t)NOBODY, false, &trials) == SIZE_MAX);
    assert_int_equal(trials, 3); /* both, and all together once */

    /* It happens once with all of them, and then never again. */
    const size_t all[] = {0, 1, 2, 3};
    struct run_inquest inquest;
    struct run_trial trial;
    run_inquest_begin(&inquest, NULL, 0, all, 4);
    assert_true(run_inquest_next(&inquest, &trial));
    assert_int_equal(trial.count, 4);
    run_inquest_report(&inquest, true);
    for (int i = 0; run_inquest_next(&inquest, &trial); i++) {
        assert_true(i < 10);
        run_inquest_report(&inquest, false);
    }
    assert_true(inquest.culprit == SIZE_MAX);
    run_inquest_free(&inquest);
}

static void lists_are_copied(void **state)
{
    (void)state;
    size_t suspects[] = {4};
    size_t history[] = {3, 4};
    struct run_inquest inquest;
    struct run_trial trial;
    run_inquest_begin(&inquest, suspects, 1, history, 2);
    suspects[0] = 0;
    history[0] = 0;
    assert_true(run_inquest_next(&inquest, &trial));
    assert_int_equal(trial.cases[0], 4);
    run_inquest_report(&inquest, false);
    assert_true(run_inquest_next(&inquest, &trial));
    assert_int_equal(trial.cases[0], 3);
    run_inquest_free(&inquest);
    run_inquest_free(&inquest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suspects_are_tried_one_at_a_time),
        cmocka_unit_test(without_history_only_suspects_are_tried),
        cmocka_unit_test(halving_finds_a_late_killer),
        cmocka_unit_test(nobody_is_convicted_unseen),
        cmocka_unit_test(lists_are_copied),
    };
    return cmocka_run_group_tests_name("run/inquest", tests, NULL, NULL);
}
