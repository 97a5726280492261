/* SPDX-License-Identifier: MIT */
#include "run/patience.h"

#include "support.h"

enum { MS = 1000, SHORT = 200 * MS, LONG = 5000 * MS, TCP = 10000 * MS, GRACE = 25 * MS };
enum { LEAST = GRACE + 10 * MS }; /* the shortest haste */

static const struct run_settings settings = {
    .of_client = true, .grace_us = GRACE, .short_us = SHORT, .long_us = LONG, .tcp_us = TCP};

/* --- what is believed ----------------------------------------------------------------------- */

static void three_of_a_kind_are_believed(void **state)
{
    (void)state;
    struct run_patience p = {.settings = &settings};
    for (unsigned i = 0; i < 3; i++) {
        assert_false(run_patience_believes(&p, RUN_HANG_ANSWER));
        for (unsigned under_way = 0; under_way < 5; under_way++)
            assert_int_equal(run_patience_wants_more(&p, RUN_HANG_ANSWER, under_way),
                             under_way < 3 - i);
        run_patience_confirm(&p, RUN_HANG_ANSWER, true);
    }
    assert_true(run_patience_believes(&p, RUN_HANG_ANSWER));
    assert_false(run_patience_believes(&p, RUN_HANG_CLOSE));
}

static void each_kind_has_its_deadline(void **state)
{
    (void)state;
    struct run_patience p = {.settings = &settings};
    for (unsigned hang = RUN_HANG_NONE + 1; hang < RUN_HANG_COUNT; hang++) {
        bool tcp = hang == RUN_HANG_TCP || hang == RUN_HANG_TCP_FAILED;
        bool own = tcp || hang == RUN_HANG_HANDSHAKE;
        assert_int_equal(run_patience_is_about_tcp((enum run_hang)hang), tcp);
        assert_int_equal(run_patience_to_confirm(&p, (enum run_hang)hang), own ? TCP : LONG);
    }
}

static void tcp_that_ended_in_the_long_run_is_late(void **state)
{
    (void)state;
    struct run_patience p = {.settings = &settings};
    run_patience_confirm(&p, RUN_HANG_TCP, false);
    run_patience_confirm(&p, RUN_HANG_TCP_FAILED, false);
    run_patience_confirm(&p, RUN_HANG_TCP_FAILED, true);
    run_patience_confirm(&p, RUN_HANG_ANSWER, false);
    assert_true(run_patience_takes_for_late(&p, RUN_HANG_TCP));
    assert_false(run_patience_takes_for_late(&p, RUN_HANG_TCP_FAILED));
    assert_false(run_patience_takes_for_late(&p, RUN_HANG_ANSWER));
}

/* --- haste ---------------------------------------------------------------------------------- */

/* A client that takes so long to send its request and to answer one frame; 0: it sends none. */
static struct run_result make(enum run_hang hang, uint64_t request_us, uint64_t answer_us)
{
    static const struct ws_event frame = {.kind = WS_EVENT_FRAME,
                                          .frame = {.fin = true, .opcode = WS_TEXT}};
    struct run_result result = {.hang = hang, .transcript = {.of_client = true, .start = 1000}};
    struct run_transcript *t = &result.transcript;
    run_transcript_head(t, false, bytes_text("GET"), 1000 + request_us);
    run_transcript_head(t, true, bytes_text("101"), 1000 + request_us);
    run_transcript_event(t, true, &frame, 2000 + request_us);
    if (answer_us > 0)
        run_transcript_event(t, false, &frame, 2000 + request_us + answer_us);
    run_transcript_note(t, true, "waited in vain", 1000 + request_us + SHORT);
    return result;
}

/* Takes the result of a case; returns how many were refuted, the last of which is in `*last`. */
static size_t take(struct run_patience *p, size_t index, struct run_result result, size_t *last)
{
    size_t refuted[RUN_PATIENCE_ROW];
    size_t count = run_patience_take(p, index, &result, refuted);
    run_transcript_free(&result.transcript);
    if (count > 0)
        *last = refuted[count - 1];
    return count;
}

/* Runs a case to a hang and returns the deadline that it had. */
static uint64_t hang(struct run_patience *p, size_t index)
{
    size_t last;
    uint64_t deadline = run_patience_claim(p, index, true);
    assert_int_equal(take(p, index, make(RUN_HANG_ANSWER, 100, 0), &last), 0);
    return deadline;
}

/* Some that hung long enough to be believed, and `count` in a row; the next has that index. */
static struct run_patience in_row(size_t count)
{
    struct run_patience p = {.settings = &settings};
    for (size_t i = 0; i < 3; i++)
        run_patience_confirm(&p, RUN_HANG_ANSWER, true);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(hang(&p, i), SHORT);
    return p;
}

static void a_long_row_makes_haste(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    /* One of each RUN_PATIENCE_ROW is waited for as usual. */
    for (size_t i = RUN_PATIENCE_ROW; i < 10 * RUN_PATIENCE_ROW; i++)
        assert_int_equal(hang(&p, i), (i + 1) % RUN_PATIENCE_ROW == 0 ? SHORT : LEAST);
}

static void what_does_not_hang_ends_the_haste(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    size_t last;
    assert_int_equal(hang(&p, 20), LEAST);
    assert_int_equal(run_patience_claim(&p, 21, true), LEAST);
    assert_int_equal(take(&p, 21, make(RUN_HANG_NONE, 100, 200), &last), 0);
    for (size_t i = 22; i < 22 + RUN_PATIENCE_ROW; i++)
        assert_int_equal(hang(&p, i), SHORT);
    assert_int_equal(hang(&p, 50), LEAST);
}

/* Cases that run beside each other wait together, and for each other. */
static void there_is_no_haste_beside_another_case(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    assert_int_equal(run_patience_claim(&p, 20, true), LEAST);
    assert_int_equal(run_patience_claim(&p, 21, false), SHORT);
}

/* An endpoint gets several times the longest that it has ever taken. */
static void the_haste_is_measured(void **state)
{
    (void)state;
    static const struct {
        uint64_t request_us;
        uint64_t answer_us;
        uint64_t deadline;
    } rows[] = {
        {100, 200, LEAST},           {100, 10 * MS, 40 * MS},
        {45 * MS, 10 * MS, 40 * MS}, /* a request says little where answers are known */
        {45 * MS, 0, 180 * MS},      {100, 49 * MS, 196 * MS},
        {100, 50 * MS, SHORT}, /* no haste at all */
        {100, 3000 * MS, SHORT},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run_patience p = in_row(0);
        size_t last;
        run_patience_claim(&p, 100, true);
        take(&p, 100, make(RUN_HANG_NONE, rows[i].request_us, rows[i].answer_us), &last);
        take(&p, 101, make(RUN_HANG_NONE, 100, rows[i].answer_us / 2), &last);
        for (size_t j = 0; j < RUN_PATIENCE_ROW; j++)
            assert_int_equal(hang(&p, j), SHORT);
        if (hang(&p, 20) != rows[i].deadline)
            fail_msg("row %zu", i);
    }
}

/* An endpoint that is only slow shows it where it is waited for as usual. */
static void a_slow_answer_takes_hasty_hangs_back(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    size_t last;
    for (size_t i = 20; i < 39; i++)
        assert_int_equal(hang(&p, i), LEAST);
    assert_int_equal(run_patience_claim(&p, 39, true), SHORT);
    assert_int_equal(take(&p, 39, make(RUN_HANG_NONE, 100, LEAST), &last), 19);
    assert_int_equal(last, 38);
    assert_int_equal(take(&p, 40, make(RUN_HANG_NONE, 100, LEAST), &last), 0); /* once */
}

static void a_slow_answer_of_a_case_that_hangs_counts_too(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    size_t last;
    hang(&p, 20);
    assert_int_equal(run_patience_claim(&p, 21, true), LEAST);
    assert_int_equal(take(&p, 21, make(RUN_HANG_ANSWER, 100, 40 * MS), &last), 1);
    assert_int_equal(last, 20);
    assert_int_equal(run_patience_claim(&p, 22, true), 160 * MS);
}

/* The deadline falls when answers become known that are quicker than its requests, and it grows
 * with them: what counts is the shortest that a hang had. */
static void the_shortest_haste_counts(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    size_t last;
    assert_int_equal(hang(&p, 20), LEAST);
    assert_int_equal(run_patience_claim(&p, 21, true), LEAST);
    assert_int_equal(take(&p, 21, make(RUN_HANG_ANSWER, 100, LEAST - 1), &last), 0);
    assert_int_equal(run_patience_claim(&p, 22, true), 4 * (LEAST - 1));
    assert_int_equal(take(&p, 22, make(RUN_HANG_NONE, 100, LEAST), &last), 2);
}

static void a_quick_answer_takes_nothing_back(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    size_t last;
    hang(&p, 20);
    run_patience_claim(&p, 21, true);
    assert_int_equal(take(&p, 21, make(RUN_HANG_NONE, 100, LEAST - 1), &last), 0);
    assert_int_equal(take(&p, 22, make(RUN_HANG_NONE, 100, LEAST), &last), 1); /* but still may */
    assert_int_equal(last, 20);
}

/* A hang that was waited for as usual confirms those before it. */
static void a_usual_hang_speaks_for_hasty_ones(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    size_t last;
    for (size_t i = 20; i < 40; i++)
        hang(&p, i);
    assert_int_equal(hang(&p, 40), LEAST);
    assert_int_equal(take(&p, 41, make(RUN_HANG_NONE, 100, SHORT), &last), 1);
    assert_int_equal(last, 40);
}

/* Of a kind that is not believed, a hang has had the long deadline, haste or not. */
static void a_hang_of_another_kind_was_waited_for(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    size_t last;
    hang(&p, 20);
    assert_int_equal(run_patience_claim(&p, 21, true), LEAST);
    assert_int_equal(take(&p, 21, make(RUN_HANG_CLOSE, 100, 0), &last), 0);
    assert_int_equal(take(&p, 22, make(RUN_HANG_NONE, 100, SHORT), &last), 0);
}

static void a_case_that_runs_again_is_not_taken_back(void **state)
{
    (void)state;
    struct run_patience p = in_row(RUN_PATIENCE_ROW);
    size_t last;
    hang(&p, 20);
    hang(&p, 21);
    run_patience_claim(&p, 21, true);
    assert_int_equal(take(&p, 21, make(RUN_HANG_NONE, 100, SHORT), &last), 1);
    assert_int_equal(last, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_of_a_kind_are_believed),
        cmocka_unit_test(each_kind_has_its_deadline),
        cmocka_unit_test(tcp_that_ended_in_the_long_run_is_late),
        cmocka_unit_test(a_long_row_makes_haste),
        cmocka_unit_test(what_does_not_hang_ends_the_haste),
        cmocka_unit_test(there_is_no_haste_beside_another_case),
        cmocka_unit_test(the_haste_is_measured),
        cmocka_unit_test(a_slow_answer_takes_hasty_hangs_back),
        cmocka_unit_test(a_slow_answer_of_a_case_that_hangs_counts_too),
        cmocka_unit_test(the_shortest_haste_counts),
        cmocka_unit_test(a_quick_answer_takes_nothing_back),
        cmocka_unit_test(a_usual_hang_speaks_for_hasty_ones),
        cmocka_unit_test(a_hang_of_another_kind_was_waited_for),
        cmocka_unit_test(a_case_that_runs_again_is_not_taken_back),
    };
    return cmocka_run_group_tests_name("run/patience", tests, NULL, NULL);
}
