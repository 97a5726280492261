/* SPDX-License-Identifier: MIT */
#include "judge/grade.h"

#include "scene.h"

/* --- failing the connection ----------------------------------------------------------------- */

/* A01: "An endpoint MAY send a Close"; A02: with "an appropriate status code"; A44. */
static void a_failure(void **state)
{
    (void)state;
    enum { NONE = -1, EMPTY = -2, ONE_OCTET = -3 };
    static const struct {
        int close;
        enum judge_end end;
        enum judge_grade grade;
    } rows[] = {
        {NONE, JUDGE_END_FIN, JUDGE_LENIENT},        {NONE, JUDGE_END_RESET, JUDGE_LENIENT},
        {NONE, JUDGE_END_OPEN, JUDGE_VIOLATION},     {EMPTY, JUDGE_END_FIN, JUDGE_LENIENT},
        {ONE_OCTET, JUDGE_END_FIN, JUDGE_VIOLATION}, {1002, JUDGE_END_FIN, JUDGE_STRICT},
        {1002, JUDGE_END_RESET, JUDGE_STRICT},       {1003, JUDGE_END_FIN, JUDGE_LENIENT},
        {1007, JUDGE_END_FIN, JUDGE_LENIENT},        {1008, JUDGE_END_FIN, JUDGE_LENIENT},
        {1009, JUDGE_END_FIN, JUDGE_LENIENT},        {1011, JUDGE_END_FIN, JUDGE_LENIENT},
        {3000, JUDGE_END_FIN, JUDGE_LENIENT},        {4999, JUDGE_END_FIN, JUDGE_LENIENT},
        {1000, JUDGE_END_FIN, JUDGE_WARNING},        {1001, JUDGE_END_FIN, JUDGE_WARNING},
        {1012, JUDGE_END_FIN, JUDGE_WARNING},        {2999, JUDGE_END_FIN, JUDGE_WARNING},
        {0, JUDGE_END_FIN, JUDGE_VIOLATION},         {999, JUDGE_END_FIN, JUDGE_VIOLATION},
        {1004, JUDGE_END_FIN, JUDGE_VIOLATION},      {1005, JUDGE_END_FIN, JUDGE_VIOLATION},
        {1006, JUDGE_END_FIN, JUDGE_VIOLATION},      {1015, JUDGE_END_FIN, JUDGE_VIOLATION},
        {5000, JUDGE_END_FIN, JUDGE_VIOLATION},      {65535, JUDGE_END_FIN, JUDGE_VIOLATION},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene s;
        scene_begin(&s, 101);
        scene_sends(&s, 0xc1, "rsv");
        if (rows[i].close == ONE_OCTET)
            scene_gets(&s, CLOSE, "x");
        else if (rows[i].close == EMPTY)
            scene_gets(&s, CLOSE, "");
        else if (rows[i].close != NONE)
            scene_gets_code(&s, (unsigned)rows[i].close);
        s.seen.end = rows[i].end;
        if (scene_grade(&s, "fail(1002)").grade != rows[i].grade)
            fail_msg("Close %d: %d, not %d", rows[i].close, scene_grade(&s, "fail(1002)").grade,
                     rows[i].grade);
        scene_end(&s);
    }
}

/* 7.1.7: what follows a violation is not processed, "including a responding Close frame"; but who
 * closes first has processed none, even if our answer repeats the code. */
static void a_close_behind_the_violation_must_not_be_answered(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    scene_sends(&s, 0xc1, "rsv");
    scene_sends_code(&s, 1001);
    scene_gets_code(&s, 1001);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
    scene_end(&s);

    scene_begin(&s, 101);
    scene_sends(&s, 0xc1, "rsv");
    scene_sends_code(&s, 1002);
    scene_gets_code(&s, 1002);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002)", JUDGE_STRICT);
    scene_end(&s);

    static const unsigned codes[] = {1003, 1007, 1011, 4000};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        scene_begin(&s, 101);
        scene_sends(&s, 0xc1, "rsv");
        scene_gets_code(&s, codes[i]);
        scene_sends_code(&s, codes[i]);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "fail(1002)", JUDGE_LENIENT);
        scene_end(&s);
    }
}

static void each_failure_has_its_best_code(void **state)
{
    (void)state;
    assert_int_equal(judge_grade_failure_code(1007, 1007), JUDGE_STRICT);
    assert_int_equal(judge_grade_failure_code(1007, 1002), JUDGE_LENIENT);
    assert_int_equal(judge_grade_failure_code(1009, 1009), JUDGE_STRICT);
    assert_int_equal(judge_grade_failure_code(1002, WS_CLOSE_NO_STATUS), JUDGE_LENIENT);
}

/* 7.1.7: the server "MUST NOT" leave it so, which is judged once for the run. */
static void the_end_after_a_failure_may_be_open(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    scene_sends(&s, 0xc1, "rsv");
    scene_gets_code(&s, 1002);
    s.seen.waited = true;
    EXPECT(&s, "fail(1002)", JUDGE_STRICT); /* that TCP stays open is judged once for the run */
    assert_non_null(strstr(scene_grade(&s, "fail(1002)").diagnosis, "TCP left open"));
    scene_end(&s);
}

static void what_is_behind_a_violation_must_not_be_answered(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    scene_sends(&s, 0xc1, "rsv");
    scene_sends(&s, TEXT, "marker");
    scene_gets(&s, TEXT, "marker");
    s.seen.alive = true;
    EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
    EXPECT(&s, "fail(1002) | survive", JUDGE_VIOLATION);
    scene_gets_code(&s, 1002);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
    assert_non_null(strstr(scene_grade(&s, "fail(1002)").diagnosis, "processed the violation"));
    scene_end(&s);

    scene_begin(&s, 101);
    scene_sends(&s, 0x83, "reserved");
    scene_sends(&s, PING, "p");
    scene_gets(&s, PONG, "p");
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
    scene_end(&s);

    scene_begin(&s, 101);
    scene_sends(&s, TEXT, "\xff");
    scene_gets(&s, TEXT, "\xff");
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1007)", JUDGE_VIOLATION);
    scene_end(&s);
}

/* A36: a length that is not minimal may be overlooked. */
static void a_tolerable_fault_may_be_overlooked(void **state)
{
    (void)state;
    struct buffer odd = {0};
    support_hex(&odd, "81 fe 0001 00000000 61");
    struct scene s;
    scene_begin(&s, 101);
    judge_ledger_sent(&s.ledger, buffer_bytes(&odd), NULL, NULL);
    scene_gets(&s, TEXT, "a");
    s.seen.alive = true;
    EXPECT(&s, "fail(1002) | echo", JUDGE_LENIENT);
    scene_end(&s);

    scene_begin(&s, 101);
    judge_ledger_sent(&s.ledger, buffer_bytes(&odd), NULL, NULL);
    scene_gets_code(&s, 1002);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002) | echo", JUDGE_STRICT);
    scene_end(&s);

    scene_begin(&s, 101); /* neither failed nor processed */
    judge_ledger_sent(&s.ledger, buffer_bytes(&odd), NULL, NULL);
    s.seen.alive = true;
    EXPECT(&s, "fail(1002) | echo", JUDGE_VIOLATION);
    scene_end(&s);

    scene_begin(&s, 101); /* processed wrongly */
    judge_ledger_sent(&s.ledger, buffer_bytes(&odd), NULL, NULL);
    scene_gets(&s, TEXT, "ab");
    s.seen.alive = true;
    EXPECT(&s, "fail(1002) | echo", JUDGE_VIOLATION);
    scene_end(&s);
    buffer_free(&odd);
}

/* --- living --------------------------------------------------------------------------------- */

static const char *const lives[] = {"echo", "pong", "survive", "accept"};

static void life_means_that_all_was_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        struct scene s;
        scene_begin(&s, 101);
        scene_sends(&s, TEXT, "one");
        scene_sends(&s, PING, "p");
        s.seen.alive = true;
        EXPECT(&s, lives[i], JUDGE_VIOLATION);
        scene_gets(&s, TEXT, "one");
        EXPECT(&s, lives[i], JUDGE_VIOLATION);
        scene_gets(&s, PONG, "p");
        EXPECT(&s, lives[i], JUDGE_STRICT);
        s.seen.alive = false;
        EXPECT(&s, lives[i], JUDGE_VIOLATION);
        scene_end(&s);
    }
}

static void life_needs_a_handshake(void **state)
{
    (void)state;
    static const unsigned statuses[] = {0, 200, 400, 404, 426, 503};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct scene s;
        scene_begin(&s, statuses[i]);
        EXPECT(&s, "accept", JUDGE_VIOLATION);
        EXPECT(&s, "echo", JUDGE_VIOLATION);
        EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
        EXPECT(&s, "close", JUDGE_VIOLATION);
        scene_end(&s);
    }
}

/* Dropping legal input is the product's reason to be: every way of it is a violation. */
static void an_early_end_is_no_life(void **state)
{
    (void)state;
    static const unsigned codes[] = {1000, 1001, 1002, 1007, 1008, 1009, 1011, 4000};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct scene s;
        scene_begin(&s, 101);
        scene_sends(&s, TEXT, "one");
        scene_gets_code(&s, codes[i]);
        EXPECT(&s, "echo", JUDGE_VIOLATION);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "echo", JUDGE_VIOLATION);
        scene_end(&s);
    }
    struct scene s;
    scene_begin(&s, 101);
    scene_sends(&s, TEXT, "one");
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "echo", JUDGE_VIOLATION);
    s.seen.end = JUDGE_END_RESET;
    EXPECT(&s, "echo", JUDGE_VIOLATION);
    scene_end(&s);
}

/* A46: an endpoint may serve one type only. */
static void an_unwanted_type_is_open(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    scene_sends(&s, BINARY, "one");
    scene_gets_code(&s, 1003);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "echo", JUDGE_OPEN);
    scene_end(&s);
}

/* A38: an endpoint may have a limit, which the probe found. */
static void limits(void **state)
{
    (void)state;
    enum { NONE = 0 };
    static const struct {
        uint64_t limit;
        unsigned code;
        enum judge_end end;
        enum judge_grade grade;
    } rows[] = {
        {5, 1009, JUDGE_END_FIN, JUDGE_OPEN},
        {4, 1009, JUDGE_END_FIN, JUDGE_OPEN},
        {4, 1008, JUDGE_END_FIN, JUDGE_OPEN},
        {4, NONE, JUDGE_END_FIN, JUDGE_OPEN},
        {4, NONE, JUDGE_END_RESET, JUDGE_OPEN},
        {4, NONE, JUDGE_END_OPEN, JUDGE_VIOLATION}, /* it hangs */
        {4, 1002, JUDGE_END_FIN, JUDGE_VIOLATION},
        {4, 1007, JUDGE_END_FIN, JUDGE_VIOLATION},
        {6, 1009, JUDGE_END_FIN, JUDGE_VIOLATION},
        {6, 1008, JUDGE_END_FIN, JUDGE_VIOLATION},
        {6, NONE, JUDGE_END_FIN, JUDGE_VIOLATION},
        {UINT64_MAX, 1009, JUDGE_END_FIN, JUDGE_VIOLATION},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene s;
        scene_begin(&s, 101);
        scene_sends(&s, TEXT, "12345");
        if (rows[i].code != NONE)
            scene_gets_code(&s, rows[i].code);
        s.seen.end = rows[i].end;
        s.seen.limit = rows[i].limit;
        scene_expect(&s, "echo", rows[i].grade, (int)i);
        scene_end(&s);
    }
}

/* It need not wait for the end of a message that is too long already. */
static void limits_hold_for_unfinished_messages(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    scene_sends(&s, BEGIN, "12345");
    scene_sends(&s, MORE, "67890");
    scene_gets_code(&s, 1009);
    s.seen.end = JUDGE_END_FIN;
    s.seen.limit = 8;
    EXPECT(&s, "echo", JUDGE_OPEN);
    s.seen.limit = 11;
    EXPECT(&s, "echo", JUDGE_VIOLATION);
    scene_end(&s);
}

/* A57: at least 1000 fragments must pass; 10.4: a flood of pings may be cut. */
static void abuse_may_be_ended(void **state)
{
    (void)state;
    for (size_t frames = 1000; frames <= 1001; frames++) {
        struct scene s;
        scene_begin(&s, 101);
        for (size_t i = 0; i < frames; i++)
            scene_sends(&s, i == 0 ? BEGIN : i + 1 < frames ? MORE : 0x80, "");
        scene_gets_code(&s, 1008);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "echo", frames > 1000 ? JUDGE_OPEN : JUDGE_VIOLATION);
        scene_end(&s);
    }
    static const size_t pings[] = {10, 1000};
    for (size_t i = 0; i < COUNT_OF(pings); i++) {
        struct scene s;
        scene_begin(&s, 101);
        for (size_t j = 0; j < pings[i]; j++)
            scene_sends(&s, PING, "");
        scene_gets_code(&s, 1008);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "pong", pings[i] > 10 ? JUDGE_OPEN : JUDGE_VIOLATION);
        scene_end(&s);
    }
}

/* --- what is said --------------------------------------------------------------------------- */

static void what_was_seen_is_described(void **state)
{
    (void)state;
    struct scene s;
    char text[256];

    scene_begin(&s, 0);
    s.seen.waited = true;
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_string_equal(text, "no answer to the handshake, TCP left open");
    s.seen.status = 404;
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_string_equal(text, "the handshake was answered with 404");
    s.seen.status = 101;
    s.seen.end = JUDGE_END_RESET;
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_string_equal(text, "a reset without a Close");
    scene_gets(&s, CLOSE, "");
    s.seen.end = JUDGE_END_FIN;
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_string_equal(text, "a Close without a code, then the end of TCP");
    scene_end(&s);

    scene_begin(&s, 101);
    scene_gets_code(&s, 1005);
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_string_equal(text, "Close 1005, then TCP still open");
    scene_end(&s);

    scene_begin(&s, 101);
    scene_sends(&s, TEXT, "x");
    s.seen.alive = true;
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_non_null(strstr(text, "the echo does not come, and it went on"));
    scene_gets(&s, TEXT, "y");
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_non_null(strstr(text, "octet 0"));
    scene_end(&s);

    scene_begin(&s, 101);
    scene_sends(&s, PING, "x");
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_string_equal(text, "the connection stays open and the pong does not come");
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure),
        cmocka_unit_test(a_close_behind_the_violation_must_not_be_answered),
        cmocka_unit_test(each_failure_has_its_best_code),
        cmocka_unit_test(the_end_after_a_failure_may_be_open),
        cmocka_unit_test(what_is_behind_a_violation_must_not_be_answered),
        cmocka_unit_test(a_tolerable_fault_may_be_overlooked),
        cmocka_unit_test(life_means_that_all_was_answered),
        cmocka_unit_test(life_needs_a_handshake),
        cmocka_unit_test(an_early_end_is_no_life),
        cmocka_unit_test(an_unwanted_type_is_open),
        cmocka_unit_test(limits),
        cmocka_unit_test(limits_hold_for_unfinished_messages),
        cmocka_unit_test(abuse_may_be_ended),
        cmocka_unit_test(what_was_seen_is_described),
    };
    return cmocka_run_group_tests_name("judge/grade", tests, NULL, NULL);
}
