/* SPDX-License-Identifier: MIT */
#include "run/exchange.h"

#include "stage.h"

/* --- good endpoints ------------------------------------------------------------------------- */

/* A passing case waits for no timer. */
static void good_endpoints_pass_at_once(void **state)
{
    (void)state;
    static const char *const cases[] = {echo_case,      pong_case,   await_case, close_case,
                                        accept_case,    reject_case, rsv_case,   utf8_case,
                                        open_utf8_case, minimal_case};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage s;
        stage_act(&s, 0, MUST, cases[i]);
        stage_expect(&s, JUDGE_PASS, (int)i);
        assert_int_equal(s.result.judgement.grade, JUDGE_STRICT);
        assert_int_equal(s.result.hang, RUN_HANG_NONE);
        assert_int_equal(s.result.waits, 0);
        assert_int_equal(s.play.waited, 0);
        assert_int_equal(s.result.sighting_count, 0);
        assert_false(s.result.unreachable);
        stage_end(&s);
    }
}

/* The closing handshake is the harness's business. */
static void a_passing_case_ends_in_good_order(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, 0, MUST, echo_case);
    assert_true(s.result.clean);
    assert_true(s.result.close_seen);
    assert_false(s.result.close_first);
    assert_int_equal(s.result.close_code, 1000);
    assert_true(s.result.transcript.count > 4);
    stage_end(&s);

    stage_act(&s, 0, MUST, rsv_case);
    assert_true(s.result.close_seen);
    assert_true(s.result.close_first);
    assert_int_equal(s.result.close_code, 1002);
    stage_end(&s);
}

static void a_failure_without_close_is_lenient_and_charged_once(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_MUTE_FAILURE, MUST, rsv_case);
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.judgement.lenient);
    assert_true(stage_sighted(&s, "RFC6455-7.1.7-05"));
    stage_end(&s);
    stage_act(&s, PLAY_RESET_FAILURE, MUST, rsv_case);
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.judgement.lenient);
    assert_false(stage_sighted(&s, "RFC6455-7.1.7-05")); /* the reset may have destroyed it */
    stage_end(&s);
}

/* RFC 6455, 4.2.2 allows frames right behind the 101; RFC 9110, 15.2 informational answers. */
static void the_answer_may_come_with_more(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_GREET);
    s.profile.greetings = 1;
    stage_begin(&s, MUST, echo_case);
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    stage_end(&s);
    stage_act(&s, PLAY_EARLY_HINTS, MUST, echo_case);
    EXPECT(&s, JUDGE_PASS);
    stage_end(&s);
}

/* --- bad endpoints -------------------------------------------------------------------------- */

/* Where messages mean nothing there is no echo that a greeting could be mistaken for. */
static void a_greeting_without_echo_is_not_waited_for(void **state)
{
    (void)state;
    for (unsigned greets = 0; greets < 2; greets++) {
        struct stage s;
        stage_prepare(&s, PLAY_NO_ECHO | (greets ? PLAY_GREET : 0));
        s.profile.echoes = false;
        s.profile.greetings = 1;
        stage_begin(&s, MUST, pong_case);
        stage_finish(&s);
        EXPECT(&s, JUDGE_PASS);
        assert_int_equal(s.play.waited, 0);
        stage_end(&s);
    }
}

static void wrong_answers_are_failures(void **state)
{
    (void)state;
    static const struct {
        unsigned is;
        const char *rest;
    } rows[] = {
        {PLAY_BAD_ECHO, echo_case},       {PLAY_NO_ECHO, echo_case},
        {PLAY_NO_PONG, echo_case},        {PLAY_NO_PONG, pong_case},
        {PLAY_CLOSE_FIRST, echo_case},    {PLAY_OVERLOOK, rsv_case},
        {PLAY_OVERLOOK, utf8_case},       {PLAY_OVERLOOK, open_utf8_case},
        {PLAY_OVERLOOK, cut_frame_case},  {PLAY_IGNORE_FAILURE, rsv_case},
        {PLAY_IGNORE_FAILURE, utf8_case}, {PLAY_IGNORE_FAILURE, minimal_case},
        {PLAY_NO_CLOSE, close_case},      {PLAY_ACCEPT_ALL, reject_case},
        {PLAY_SILENT, reject_case},       {PLAY_SILENT, accept_case},
        {PLAY_HANG_UP, accept_case},      {PLAY_FLOOD, echo_case},
        {PLAY_GREET, echo_case}, /* the probe saw no greeting */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        stage_act(&s, rows[i].is, MUST, rows[i].rest);
        stage_expect(&s, JUDGE_FAILED, (int)i);
        stage_end(&s);
    }
}

static void some_deviations_are_none(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_OVERLOOK, MUST, minimal_case); /* A36 */
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.judgement.lenient);
    assert_int_equal(s.play.waited, 0);
    stage_end(&s);
    stage_act(&s, PLAY_HANG_UP, MUST, reject_case); /* A16 */
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.judgement.lenient);
    assert_true(stage_sighted(&s, "RFC6455-10.7-04"));
    stage_end(&s);
    stage_act(&s, PLAY_SILENT, MUST, "\"outcome\": \"reject(400) | wait\"");
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.result.hang, RUN_HANG_NONE); /* there is nothing to try again */
    assert_int_equal(s.play.waited, 1);
    stage_end(&s);
    stage_act(&s, PLAY_LATE_UTF8, MUST, open_utf8_case); /* A10 */
    EXPECT(&s, JUDGE_PASS);
    stage_end(&s);
    stage_act(&s, PLAY_RESET_CLOSE, MUST, close_case); /* A44 */
    EXPECT(&s, JUDGE_INFO);
    stage_end(&s);
    stage_act(&s, PLAY_ASKS, MUST, echo_case);
    EXPECT(&s, JUDGE_PASS);
    stage_end(&s);
}

static void codes_are_graded(void **state)
{
    (void)state;
    static const struct {
        unsigned code;
        enum judge_verdict verdict;
    } rows[] = {{1002, JUDGE_PASS},  {1005, JUDGE_PASS},   {1011, JUDGE_PASS},
                {1000, JUDGE_WARN},  {1001, JUDGE_WARN},   {1006, JUDGE_FAILED},
                {999, JUDGE_FAILED}, {1015, JUDGE_FAILED}, {5000, JUDGE_FAILED}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        stage_prepare(&s, 0);
        s.play.code = rows[i].code;
        stage_begin(&s, MUST, rsv_case);
        stage_finish(&s);
        stage_expect(&s, rows[i].verdict, (int)i);
        stage_end(&s);
    }
}

/* --- the positive control ------------------------------------------------------------------- */

/* An endpoint that drops everything must not pass the negative cases. */
static void without_control_no_verdict(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_NO_ECHO, MUST, rsv_case);
    EXPECT(&s, JUDGE_SKIP);
    assert_int_equal(s.result.hang, RUN_HANG_CONTROL);
    stage_end(&s);
    stage_act(&s, PLAY_CLOSE_FIRST, MUST, rsv_case);
    EXPECT(&s, JUDGE_SKIP);
    stage_end(&s);
    stage_act(&s, PLAY_CLOSE_FIRST | PLAY_NO_FIN, MUST, rsv_case);
    EXPECT(&s, JUDGE_SKIP);
    stage_end(&s);
    stage_prepare(&s, PLAY_NO_PONG); /* whoever does not echo must pong */
    s.profile.echoes = false;
    stage_begin(&s, MUST, rsv_case);
    stage_finish(&s);
    EXPECT(&s, JUDGE_SKIP);
    stage_end(&s);
}

static void a_refused_handshake_skips_what_is_about_frames(void **state)
{
    (void)state;
    static const char refusal[] = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
    static const struct {
        const char *rest;
        enum judge_verdict verdict;
    } rows[] = {{echo_case, JUDGE_SKIP},
                {rsv_case, JUDGE_SKIP},
                {close_case, JUDGE_SKIP},
                {accept_case, JUDGE_FAILED},
                {reject_case, JUDGE_PASS}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        stage_prepare(&s, 0);
        s.play.answer = refusal;
        stage_begin(&s, MUST, rows[i].rest);
        stage_finish(&s);
        stage_expect(&s, rows[i].verdict, (int)i);
        assert_int_equal(s.play.waited, 0);
        stage_end(&s);
    }
    struct stage s;
    stage_act(&s, PLAY_SILENT, MUST, echo_case);
    EXPECT(&s, JUDGE_SKIP);
    assert_int_equal(s.result.hang, RUN_HANG_HANDSHAKE);
    stage_end(&s);
    stage_act(&s, PLAY_HANG_UP, MUST, echo_case);
    EXPECT(&s, JUDGE_SKIP);
    stage_end(&s);
}

static void an_answer_that_is_not_http_is_no_refusal(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    s.play.answer = "SSH-2.0-Something\r\n\r\n";
    stage_begin(&s, MUST, reject_case);
    stage_finish(&s);
    EXPECT(&s, JUDGE_FAILED);
    assert_non_null(strstr(s.result.judgement.diagnosis, "not HTTP"));
    stage_end(&s);
}

static void nobody_there_is_an_error(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    const struct case_spec *spec = play_case(&s.set, "x/case", MUST, echo_case);
    s.exchange = run_exchange_new(spec, RUN_DELIVERY_WHOLE, &s.settings, SHORT, LINGER);
    s.play.party = run_exchange_party(s.exchange);
    s.play.party.ended(s.play.party.self, JUDGE_END_OPEN, s.play.now);
    play_pump(&s.play);
    assert_true(s.play.closed);
    s.result = run_exchange_take(s.exchange);
    EXPECT(&s, JUDGE_ERROR);
    assert_true(s.result.unreachable);
    stage_end(&s);
}

/* --- deadlines ------------------------------------------------------------------------------ */

/* play_wait sees to it that nothing happens a microsecond before. BULK is what the octets of these
 * scripts may take. */
enum { BULK = 3000 };

static void every_hang_has_its_deadline(void **state)
{
    (void)state;
    static const struct {
        unsigned is;
        const char *rest;
        enum run_hang hang;
        uint64_t after; /* the last octet that moved */
        enum judge_verdict verdict;
    } rows[] = {
        {PLAY_SILENT, accept_case, RUN_HANG_HANDSHAKE, SHORT, JUDGE_FAILED},
        {PLAY_NO_ECHO, rsv_case, RUN_HANG_CONTROL, SHORT, JUDGE_SKIP},
        {PLAY_NO_ECHO, echo_case, RUN_HANG_ANSWER, SHORT, JUDGE_FAILED},
        {PLAY_NO_ECHO, await_case, RUN_HANG_ANSWER, SHORT, JUDGE_FAILED},
        {PLAY_NO_PONG, pong_case, RUN_HANG_ANSWER, SHORT, JUDGE_FAILED},
        {PLAY_IGNORE_FAILURE, rsv_case, RUN_HANG_FAILURE, SHORT, JUDGE_FAILED},
        {PLAY_NO_CLOSE, close_case, RUN_HANG_CLOSE, SHORT, JUDGE_FAILED},
        {PLAY_NO_FIN, close_case, RUN_HANG_TCP, SHORT, JUDGE_PASS},
        {PLAY_NO_FIN, rsv_case, RUN_HANG_TCP_FAILED, SHORT, JUDGE_PASS},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        stage_prepare(&s, rows[i].is);
        stage_begin(&s, MUST, rows[i].rest);
        uint64_t moved = s.play.now;
        uint64_t ended = 0;
        while (!s.play.closed) {
            uint64_t before = s.play.now;
            size_t waited = s.play.waited;
            size_t writes = s.play.writes;
            play_step(&s.play);
            if (s.play.closed)
                ended = s.play.now;
            else if (s.play.writes != writes || s.play.waited == waited)
                moved = s.play.now;
            else
                assert_true(s.play.now > before);
        }
        s.result = run_exchange_take(s.exchange);
        stage_expect(&s, rows[i].verdict, (int)i);
        assert_int_equal(s.result.hang, rows[i].hang);
        assert_int_equal(s.result.waits, 1);
        assert_in_range(ended - moved, rows[i].after, rows[i].after + BULK);
        stage_end(&s);
    }
}

/* After a verdict the endpoint has a while to end TCP; that it does not is no part of it. */
static void an_end_that_does_not_come_is_waited_for_once(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_NO_FIN, MUST, echo_case);
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.lingered);
    assert_int_equal(s.result.hang, RUN_HANG_NONE);
    assert_int_equal(s.result.waits, 1);
    assert_false(s.result.clean);
    stage_end(&s);
}

static void without_linger_the_verdict_is_the_end(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_NO_FIN);
    const struct case_spec *spec = play_case(&s.set, "x/case", MUST, echo_case);
    s.exchange = run_exchange_new(spec, RUN_DELIVERY_WHOLE, &s.settings, SHORT, 0);
    play_begin(&s.play, run_exchange_party(s.exchange));
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    stage_end(&s);
}

/* Each octet that comes is progress, but not for ever. */
static void a_trickle_cannot_hold_us_for_ever(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_NO_ECHO);
    stage_begin(&s, MUST, echo_case);
    play_receive(&s.play);
    play_deliver(&s.play);
    uint64_t begun = s.play.now;
    struct buffer pong = {0};
    wire_server(&pong, 0x8a, "still here");
    while (!s.play.closed && s.play.now < begun + 100 * (uint64_t)SHORT) {
        s.play.now += SHORT / 2;
        play_pump(&s.play);
        if (!s.play.closed)
            play_bytes(&s.play, buffer_bytes(&pong));
    }
    assert_true(s.play.closed);
    s.result = run_exchange_take(s.exchange);
    EXPECT(&s, JUDGE_FAILED);
    assert_true(s.play.now - begun >= 2 * (uint64_t)SHORT);
    assert_true(s.play.now - begun <= 10 * (uint64_t)SHORT);
    buffer_free(&pong);
    stage_end(&s);
}

/* --- delivery ------------------------------------------------------------------------------- */

/* Neither how octets arrive nor how long our writes take changes a verdict. */
static void delivery_does_not_change_a_verdict(void **state)
{
    (void)state;
    static const char *const cases[] = {
        echo_case, pong_case, await_case,   close_case,     accept_case,    reject_case,
        rsv_case,  utf8_case, minimal_case, open_utf8_case, cut_frame_case, long_fail_case,
    };
    static const unsigned deliveries[] = {PLAY_CHOPPED, PLAY_SLOW, PLAY_CHOPPED | PLAY_SLOW};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (unsigned bit = 0; bit <= 20; bit++) {
            unsigned is = bit == 20 ? 0 : 1U << bit;
            if (is == PLAY_FLOOD)
                continue;
            struct stage whole;
            stage_act(&whole, is, MUST, cases[i]);
            for (size_t j = 0; j < COUNT_OF(deliveries); j++) {
                struct stage other;
                stage_act(&other, is | deliveries[j], MUST, cases[i]);
                if (other.result.verdict != whole.result.verdict ||
                    other.result.judgement.grade != whole.result.judgement.grade ||
                    other.result.hang != whole.result.hang ||
                    other.result.sighting_count != whole.result.sighting_count)
                    fail_msg("case %zu, endpoint %x, delivery %x: %s (%s) and %s (%s)", i, is,
                             deliveries[j], judge_verdict_name(whole.result.verdict),
                             whole.result.judgement.diagnosis,
                             judge_verdict_name(other.result.verdict),
                             other.result.judgement.diagnosis);
                stage_end(&other);
            }
            stage_end(&whole);
        }
    }
}

/* The seed alone decides what is sent. */
static void the_same_seed_sends_the_same(void **state)
{
    (void)state;
    struct stage a;
    struct stage b;
    stage_act(&a, 0, MUST, echo_case);
    stage_act(&b, 0, MUST, echo_case);
    assert_true(bytes_equal(buffer_bytes(&a.play.sent), buffer_bytes(&b.play.sent)));
    stage_end(&b);
    stage_prepare(&b, 0);
    b.settings.seed = 8;
    stage_begin(&b, MUST, echo_case);
    stage_finish(&b);
    assert_false(bytes_equal(buffer_bytes(&a.play.sent), buffer_bytes(&b.play.sent)));
    stage_end(&a);
    stage_end(&b);
}

static void nothing_is_freed_twice(void **state)
{
    (void)state;
    run_exchange_free(NULL);
    struct stage s;
    stage_prepare(&s, 0);
    stage_begin(&s, MUST, echo_case);
    stage_end(&s); /* in the middle */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_endpoints_pass_at_once),
        cmocka_unit_test(a_passing_case_ends_in_good_order),
        cmocka_unit_test(a_failure_without_close_is_lenient_and_charged_once),
        cmocka_unit_test(the_answer_may_come_with_more),
        cmocka_unit_test(a_greeting_without_echo_is_not_waited_for),
        cmocka_unit_test(wrong_answers_are_failures),
        cmocka_unit_test(some_deviations_are_none),
        cmocka_unit_test(codes_are_graded),
        cmocka_unit_test(without_control_no_verdict),
        cmocka_unit_test(a_refused_handshake_skips_what_is_about_frames),
        cmocka_unit_test(an_answer_that_is_not_http_is_no_refusal),
        cmocka_unit_test(nobody_there_is_an_error),
        cmocka_unit_test(every_hang_has_its_deadline),
        cmocka_unit_test(an_end_that_does_not_come_is_waited_for_once),
        cmocka_unit_test(without_linger_the_verdict_is_the_end),
        cmocka_unit_test(a_trickle_cannot_hold_us_for_ever),
        cmocka_unit_test(delivery_does_not_change_a_verdict),
        cmocka_unit_test(the_same_seed_sends_the_same),
        cmocka_unit_test(nothing_is_freed_twice),
    };
    return cmocka_run_group_tests_name("run/exchange", tests, NULL, NULL);
}
