/* SPDX-License-Identifier: MIT */
#include "run/pace.h"

#include "support.h"

enum { NOW = 1000000, MS = 1000, PIECE = 1 };

/* Octets one by one, each as soon as it may be; returns how many had to wait for a pause of
 * `pause_us`, which lasts `late_us` longer than that. */
static unsigned pauses(struct run_pace *pace, bool in_header, uint64_t pause_us, uint64_t late_us)
{
    uint64_t now = NOW;
    unsigned count = 0;
    for (int i = 0; i < 1000; i++) {
        run_pace_between(pace, PIECE, in_header, now);
        if (!run_pace_holds(pace, now))
            continue;
        count++;
        assert_true(run_pace_holds(pace, now + pause_us - 1));
        assert_false(run_pace_holds(pace, now + pause_us));
        now += pause_us + late_us;
    }
    return count;
}

static void a_pause_is_what_the_opening_took_within_bounds(void **state)
{
    (void)state;
    static const struct {
        uint64_t opening_us, pause_us;
    } rows[] = {{0, MS},          {999, MS},      {1500, 1500},
                {4 * MS, 4 * MS}, {4001, 4 * MS}, {UINT64_MAX, 4 * MS}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run_pace pace;
        run_pace_init(&pace, rows[i].opening_us);
        assert_true(pauses(&pace, false, rows[i].pause_us, 0) > 0);
    }
}

static void no_piece_waits_before_the_first(void **state)
{
    (void)state;
    struct run_pace pace;
    run_pace_init(&pace, 4 * MS);
    assert_false(run_pace_holds(&pace, 0));
    assert_false(run_pace_holds(&pace, NOW));
}

static void headers_have_most_of_what_a_connection_may_spend(void **state)
{
    (void)state;
    struct run_pace pace;
    run_pace_init(&pace, 0);
    assert_int_equal(pauses(&pace, false, MS, 0), 6);
    assert_int_equal(pauses(&pace, true, MS, 0), 19);
    assert_int_equal(pauses(&pace, true, MS, 0), 0);
    assert_int_equal(pauses(&pace, false, MS, 0), 0);
}

/* An endpoint that is slow needs longer pauses, and as many. */
static void a_slow_endpoint_gets_as_many(void **state)
{
    (void)state;
    struct run_pace pace;
    run_pace_init(&pace, 3 * MS);
    assert_int_equal(pauses(&pace, false, 3 * MS, 0), 6);
    assert_int_equal(pauses(&pace, true, 3 * MS, 0), 19);
}

static void a_pause_costs_what_it_lasts(void **state)
{
    (void)state;
    struct run_pace pace;
    run_pace_init(&pace, 0);
    assert_int_equal(pauses(&pace, true, MS, 9 * MS), 3);
}

static void a_large_piece_needs_no_pause(void **state)
{
    (void)state;
    struct run_pace pace;
    run_pace_init(&pace, 0);
    run_pace_between(&pace, 4096, true, NOW);
    assert_false(run_pace_holds(&pace, NOW));
    run_pace_between(&pace, 4095, true, NOW);
    assert_true(run_pace_holds(&pace, NOW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pause_is_what_the_opening_took_within_bounds),
        cmocka_unit_test(no_piece_waits_before_the_first),
        cmocka_unit_test(headers_have_most_of_what_a_connection_may_spend),
        cmocka_unit_test(a_slow_endpoint_gets_as_many),
        cmocka_unit_test(a_pause_costs_what_it_lasts),
        cmocka_unit_test(a_large_piece_needs_no_pause),
    };
    return cmocka_run_group_tests_name("run/pace", tests, NULL, NULL);
}
