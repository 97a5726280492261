/* SPDX-License-Identifier: MIT */
/* How the ends of a connection are graded: its handshakes. */
#include "judge/grade.h"

#include "scene.h"

/* --- closing -------------------------------------------------------------------------------- */

enum { EMPTY = -2, ONE = -3, NOTHING = -1 };

static void send_close(struct scene *s, int code)
{
    if (code == ONE)
        scene_sends(s, CLOSE, "x");
    else if (code == EMPTY)
        scene_sends(s, CLOSE, "");
    else
        scene_sends_code(s, (unsigned)code);
}

static void get_close(struct scene *s, int code)
{
    if (code == ONE)
        scene_gets(s, CLOSE, "x");
    else if (code == EMPTY)
        scene_gets(s, CLOSE, "");
    else if (code != NOTHING)
        scene_gets_code(s, (unsigned)code);
}

/* A03, A04, A07, A08, A64 */
static void a_close_is_answered(void **state)
{
    (void)state;
    static const struct {
        int sent;
        int reply;
        enum judge_grade grade;
    } rows[] = {
        {1000, 1000, JUDGE_STRICT},
        {1000, EMPTY, JUDGE_LENIENT},
        {1000, 1001, JUDGE_WARNING},
        {1000, 1002, JUDGE_VIOLATION},
        {1000, NOTHING, JUDGE_VIOLATION},
        {1000, ONE, JUDGE_VIOLATION},
        {1000, 0, JUDGE_VIOLATION},
        {1000, 999, JUDGE_VIOLATION},
        {1000, 1005, JUDGE_VIOLATION},
        {1000, 1006, JUDGE_VIOLATION},
        {1000, 1015, JUDGE_VIOLATION},
        {1001, 1001, JUDGE_STRICT},
        {1001, 1000, JUDGE_LENIENT},
        {1002, 1002, JUDGE_STRICT},
        {1007, 1002, JUDGE_VIOLATION},
        {3000, 3000, JUDGE_STRICT},
        {4999, 4999, JUDGE_STRICT},
        {4999, 1000, JUDGE_LENIENT},
        {3999, 1002, JUDGE_VIOLATION},
        {EMPTY, EMPTY, JUDGE_STRICT},
        {EMPTY, 1000, JUDGE_LENIENT},
        {EMPTY, 1001, JUDGE_LENIENT},
        {EMPTY, 1005, JUDGE_VIOLATION},
        {EMPTY, ONE, JUDGE_VIOLATION},
        {EMPTY, NOTHING, JUDGE_VIOLATION},
        {1012, 1012, JUDGE_STRICT},
        {1014, 1002, JUDGE_LENIENT},
        /* What the receiver of an odd Close does is open, but the reply must be a legal one. */
        {ONE, 1002, JUDGE_STRICT},
        {ONE, 1000, JUDGE_LENIENT},
        {ONE, EMPTY, JUDGE_LENIENT},
        {ONE, ONE, JUDGE_VIOLATION},
        {999, 1002, JUDGE_STRICT},
        {999, 1000, JUDGE_LENIENT},
        {999, 999, JUDGE_VIOLATION},
        {0, 0, JUDGE_VIOLATION},
        {1004, 1002, JUDGE_STRICT},
        {1005, 1005, JUDGE_VIOLATION},
        {1006, 1006, JUDGE_VIOLATION},
        {1015, 1015, JUDGE_VIOLATION},
        {1006, 1000, JUDGE_LENIENT},
        {2000, 2000, JUDGE_LENIENT},
        {2000, 1002, JUDGE_STRICT},
        {5000, 1002, JUDGE_STRICT},
        {65535, 1000, JUDGE_LENIENT},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene s;
        scene_begin(&s, 101);
        send_close(&s, rows[i].sent);
        get_close(&s, rows[i].reply);
        s.seen.end = JUDGE_END_FIN;
        struct judge_judgement judgement = scene_grade(&s, "close");
        if (judgement.grade != rows[i].grade)
            fail_msg("Close %d, reply %d: %d, not %d", rows[i].sent, rows[i].reply, judgement.grade,
                     rows[i].grade);
        scene_end(&s);
    }
}

/* A08: a code that no receiver rule covers: dropping the connection is within its rights. */
static void an_odd_close_may_be_dropped_where_the_case_says_so(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    scene_sends_code(&s, 1005);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002) | close", JUDGE_LENIENT);
    s.seen.end = JUDGE_END_OPEN;
    EXPECT(&s, "fail(1002) | close", JUDGE_VIOLATION);
    scene_end(&s);

    /* 7.4.1: 1005, 1006 and 1015 MUST NOT be set by an endpoint, in a reply neither. */
    static const unsigned local[] = {1005, 1006, 1015, 999, 0};
    for (size_t i = 0; i < COUNT_OF(local); i++) {
        scene_begin(&s, 101);
        scene_sends_code(&s, local[i]);
        scene_gets_code(&s, local[i]);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "fail(1002) | close", JUDGE_VIOLATION);
        scene_end(&s);
    }
}

/* A44: a reset may have destroyed the Close, an orderly end did not. */
static void a_reset_hides_a_close(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    scene_sends_code(&s, 1000);
    s.seen.end = JUDGE_END_RESET;
    EXPECT(&s, "close", JUDGE_OPEN);
    s.seen.end = JUDGE_END_OPEN;
    EXPECT(&s, "close", JUDGE_VIOLATION);
    scene_end(&s);
}

/* A09: "the reply repeats the invalid bytes". */
static void an_invalid_reason_must_not_come_back(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    scene_sends_octets(&s, CLOSE, bytes_of("\x03\xe8\xff", 3));
    scene_gets_octets(&s, CLOSE, bytes_of("\x03\xe8\xff", 3));
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1007) | close", JUDGE_VIOLATION);
    scene_end(&s);

    scene_begin(&s, 101);
    scene_sends_octets(&s, CLOSE, bytes_of("\x03\xe8\xff", 3));
    scene_gets_code(&s, 1000);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1007) | close", JUDGE_LENIENT);
    scene_end(&s);

    scene_begin(&s, 101);
    scene_sends_octets(&s, CLOSE, bytes_of("\x03\xe8\xff", 3));
    scene_gets_code(&s, 1007);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1007) | close", JUDGE_STRICT);
    scene_end(&s);
}

/* A13, A14: whoever answers what stands behind a Close breaks nothing, but it is noted. */
static void an_answer_behind_the_close_is_open(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    scene_sends_code(&s, 1000);
    scene_sends(&s, TEXT, "behind");
    scene_gets(&s, TEXT, "behind");
    scene_gets_code(&s, 1000);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "close", JUDGE_OPEN);
    scene_end(&s);

    scene_begin(&s, 101); /* it never hides a violation */
    scene_sends_code(&s, 1000);
    scene_sends(&s, TEXT, "behind");
    scene_gets(&s, TEXT, "behind");
    scene_gets_code(&s, 1006);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "close", JUDGE_VIOLATION);
    scene_end(&s);
}

/* --- the handshake -------------------------------------------------------------------------- */

/* A16: "a complete HTTP error", 10.7: dropping is a MAY. A17: any answer to what is no upgrade. */
static void a_refusal(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        enum judge_end end;
        const char *outcome;
        enum judge_grade grade;
    } rows[] = {
        {400, JUDGE_END_OPEN, "reject(400)", JUDGE_STRICT},
        {400, JUDGE_END_FIN, "reject(400)", JUDGE_STRICT},
        {403, JUDGE_END_OPEN, "reject(400)", JUDGE_LENIENT},
        {405, JUDGE_END_OPEN, "reject(400)", JUDGE_LENIENT},
        {426, JUDGE_END_OPEN, "reject(400)", JUDGE_LENIENT},
        {426, JUDGE_END_OPEN, "reject(426)", JUDGE_STRICT},
        {501, JUDGE_END_OPEN, "reject(400)", JUDGE_LENIENT},
        {505, JUDGE_END_OPEN, "reject(400)", JUDGE_LENIENT},
        {200, JUDGE_END_OPEN, "reject(400)", JUDGE_WARNING},
        {204, JUDGE_END_OPEN, "reject(400)", JUDGE_WARNING},
        {302, JUDGE_END_OPEN, "reject(400)", JUDGE_WARNING},
        {101, JUDGE_END_OPEN, "reject(400)", JUDGE_VIOLATION},
        {101, JUDGE_END_FIN, "reject(400)", JUDGE_VIOLATION},
        {0, JUDGE_END_FIN, "reject(400)", JUDGE_LENIENT},
        {0, JUDGE_END_RESET, "reject(400)", JUDGE_LENIENT},
        {0, JUDGE_END_OPEN, "reject(400)", JUDGE_VIOLATION},
        {200, JUDGE_END_OPEN, "answer", JUDGE_STRICT},
        {404, JUDGE_END_OPEN, "answer", JUDGE_STRICT},
        {101, JUDGE_END_OPEN, "answer", JUDGE_VIOLATION},
        {0, JUDGE_END_FIN, "answer", JUDGE_LENIENT},
        {0, JUDGE_END_OPEN, "answer", JUDGE_VIOLATION},
        {200, JUDGE_END_OPEN, "reject(400) | answer", JUDGE_LENIENT},
        {0, JUDGE_END_OPEN, "reject(400) | wait", JUDGE_LENIENT},
        {0, JUDGE_END_FIN, "reject(400) | wait", JUDGE_LENIENT},
        {0, JUDGE_END_FIN, "wait", JUDGE_VIOLATION},
        {101, JUDGE_END_OPEN, "reject(400) | wait", JUDGE_VIOLATION},
        {302, JUDGE_END_OPEN, "reject(400) | wait", JUDGE_WARNING},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene s;
        scene_begin(&s, rows[i].status);
        s.seen.end = rows[i].end;
        scene_expect(&s, rows[i].outcome, rows[i].grade, (int)i);
        scene_end(&s);
    }
}

static void a_101_where_none_is_due_is_named(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    assert_string_equal(scene_grade(&s, "reject(400)").diagnosis,
                        "the handshake was accepted with 101");
    scene_end(&s);
}

/* A19 and its like: the server may refuse or serve, but then it must serve. */
static void refusing_or_serving(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    s.seen.alive = true;
    EXPECT(&s, "reject(400) | accept", JUDGE_LENIENT);
    s.seen.alive = false;
    EXPECT(&s, "reject(400) | accept", JUDGE_VIOLATION);
    scene_end(&s);
    scene_begin(&s, 400);
    EXPECT(&s, "reject(400) | accept", JUDGE_STRICT);
    EXPECT(&s, "accept | reject(400)", JUDGE_LENIENT);
    scene_end(&s);
}

/* RFC 6455, 4.1: a client that got a bad answer sends nothing more, and TCP ends, be it that we end
 * it (7.1.1). */
static void a_client_refuses_by_silence(void **state)
{
    (void)state;
    static const struct {
        uint64_t frames;
        enum judge_end end;
        enum judge_grade grade;
        const char *said;
    } rows[] = {
        {0, JUDGE_END_FIN, JUDGE_STRICT, "the client sent no frame, and the connection was over"},
        {0, JUDGE_END_RESET, JUDGE_STRICT, "the client sent no frame, and the connection was over"},
        {0, JUDGE_END_OPEN, JUDGE_LENIENT, "open"}, /* which is charged to the run */
        {1, JUDGE_END_FIN, JUDGE_VIOLATION, "the client took the answer for good and went on"},
        {1, JUDGE_END_OPEN, JUDGE_VIOLATION, "the client took the answer for good and went on"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct judge_outcome outcome;
        struct scene s;
        scene_begin(&s, 101);
        s.seen.of_client = true;
        s.seen.frames = rows[i].frames;
        s.seen.end = rows[i].end;
        assert_int_equal(judge_outcome_parse(&outcome, "reject", NULL), 0);
        struct judge_judgement judgement = judge_grade(&outcome, &s.seen);
        if (judgement.grade != rows[i].grade || strstr(judgement.diagnosis, rows[i].said) == NULL)
            fail_msg("row %zu: %d, %s", i, (int)judgement.grade, judgement.diagnosis);
        scene_end(&s);
    }
}

/* Where both are right, the case says which is better. */
static void a_client_may_refuse_or_go_on(void **state)
{
    (void)state;
    static const struct {
        const char *outcome;
        bool goes_on;
        enum judge_grade grade;
    } rows[] = {{"reject | accept", false, JUDGE_STRICT},
                {"reject | accept", true, JUDGE_LENIENT},
                {"accept | reject", false, JUDGE_LENIENT},
                {"accept | reject", true, JUDGE_STRICT}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct judge_outcome outcome;
        struct scene s;
        scene_begin(&s, 101);
        s.seen.of_client = true;
        s.seen.frames = rows[i].goes_on;
        s.seen.alive = rows[i].goes_on;
        s.seen.end = rows[i].goes_on ? JUDGE_END_OPEN : JUDGE_END_FIN;
        assert_int_equal(judge_outcome_parse(&outcome, rows[i].outcome, NULL), 0);
        if (judge_grade(&outcome, &s.seen).grade != rows[i].grade)
            fail_msg("row %zu", i);
        scene_end(&s);
    }
}

/* What becomes of that connection does not matter, as long as there was one. */
static void a_spared_connection(void **state)
{
    (void)state;
    static const enum judge_end ends[] = {JUDGE_END_OPEN, JUDGE_END_FIN, JUDGE_END_RESET};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct scene s;
        scene_begin(&s, 101);
        scene_sends(&s, TEXT, "one"); /* no echo is owed */
        s.seen.end = ends[i];
        EXPECT(&s, "spare", JUDGE_STRICT);
        scene_gets_code(&s, 1011);
        EXPECT(&s, "spare", JUDGE_STRICT);
        scene_end(&s);
        scene_begin(&s, 503);
        s.seen.end = ends[i];
        EXPECT(&s, "spare", JUDGE_VIOLATION);
        scene_end(&s);
    }
    struct scene s;
    scene_begin(&s, 101);
    scene_sends(&s, TEXT, "one");
    scene_gets(&s, TEXT, "two"); /* a lie is wrong anywhere */
    EXPECT(&s, "spare", JUDGE_VIOLATION);
    scene_end(&s);
}

/* A client that may refuse the answer or take it may also take it and then fail the connection. */
static void a_client_may_open_and_fail(void **state)
{
    (void)state;
    static const struct {
        const char *outcome;
        unsigned code;
        bool of_client;
        enum judge_grade grade;
    } rows[] = {
        {"accept | reject", 1002, true, JUDGE_OPEN},
        {"reject | accept", 1002, true, JUDGE_OPEN},
        {"accept | reject", 1011, true, JUDGE_OPEN},
        {"accept | reject", 4000, true, JUDGE_OPEN},
        {"accept | reject", 1010, true, JUDGE_OPEN}, /* A47 */
        {"accept | reject", 1000, true, JUDGE_VIOLATION},
        {"accept | reject", 1006, true, JUDGE_VIOLATION},
        {"accept", 1002, true, JUDGE_VIOLATION},
        {"reject", 1002, true, JUDGE_VIOLATION},
        {"accept | reject(400)", 1002, false, JUDGE_VIOLATION},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene s;
        scene_begin(&s, 101);
        s.seen.of_client = rows[i].of_client;
        s.seen.frames = 1;
        scene_gets_code(&s, rows[i].code);
        s.seen.end = JUDGE_END_FIN;
        scene_expect(&s, rows[i].outcome, rows[i].grade, (int)i);
        scene_end(&s);
    }
}

/* But an answer to our own Close is no failure. */
static void a_reply_is_no_failure(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    s.seen.of_client = true;
    s.seen.frames = 1;
    scene_sends_code(&s, 1002);
    scene_gets_code(&s, 1002);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "accept | reject", JUDGE_VIOLATION);
    scene_end(&s);
}

/* Whoever says Close has taken a connection for established that never was. */
static void a_close_of_a_refusing_client_is_named(void **state)
{
    (void)state;
    struct scene s;
    scene_begin(&s, 101);
    s.seen.of_client = true;
    s.seen.frames = 1;
    scene_gets_code(&s, 1002);
    assert_string_equal(scene_grade(&s, "reject").diagnosis,
                        "the client sent Close 1002, though no connection was established");
    s.seen.frames = 2; /* a frame before it says more */
    assert_non_null(strstr(scene_grade(&s, "reject").diagnosis, "took the answer for good"));
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_close_is_answered),
        cmocka_unit_test(an_odd_close_may_be_dropped_where_the_case_says_so),
        cmocka_unit_test(a_reset_hides_a_close),
        cmocka_unit_test(an_invalid_reason_must_not_come_back),
        cmocka_unit_test(an_answer_behind_the_close_is_open),
        cmocka_unit_test(a_refusal),
        cmocka_unit_test(a_101_where_none_is_due_is_named),
        cmocka_unit_test(refusing_or_serving),
        cmocka_unit_test(a_client_refuses_by_silence),
        cmocka_unit_test(a_client_may_refuse_or_go_on),
        cmocka_unit_test(a_spared_connection),
        cmocka_unit_test(a_client_may_open_and_fail),
        cmocka_unit_test(a_reply_is_no_failure),
        cmocka_unit_test(a_close_of_a_refusing_client_is_named),
    };
    return cmocka_run_group_tests_name("judge/grade_end", tests, NULL, NULL);
}
