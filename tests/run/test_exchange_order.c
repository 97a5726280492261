/* SPDX-License-Identifier: MIT */
/* When an exchange sends what, and what it must not send. */
#include "run/exchange.h"

#include "stage.h"

/* --- fences --------------------------------------------------------------------------------- */

/* "Read until it comes, or for a grace of a few round trips; only then send the marker." */
static void the_fence_waits_for_the_grace(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    stage_begin(&s, MUST, rsv_case);
    stage_answer_control(&s);
    assert_int_equal(stage_read_sent(&s.play).count, 2); /* the control, the case */
    assert_int_equal(s.play.action.want, RUN_WANT_WAIT);
    assert_int_equal(s.play.action.deadline, s.play.now + GRACE);
    size_t writes = s.play.writes;
    play_wait(&s.play);
    assert_int_equal(s.play.writes, writes + 1);
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    stage_end(&s);
}

static uint8_t fence_opcode(const char *rest, bool echoes, bool pongs)
{
    struct stage s;
    stage_prepare(&s, 0);
    s.profile.echoes = echoes;
    s.profile.pongs = pongs;
    stage_begin(&s, MUST, rest);
    stage_answer_control(&s);
    play_wait(&s.play);
    struct stage_frames sent = stage_read_sent(&s.play);
    assert_true(sent.count > 2);
    uint8_t opcode = sent.frames[sent.count - 1].frame.opcode;
    stage_finish(&s);
    stage_end(&s);
    return opcode;
}

/* A ping is legal wherever a wrong endpoint may believe to be; but what was made of UTF-8 only the
 * echo of a later message tells. */
static void a_fence_suits_the_violation(void **state)
{
    (void)state;
    assert_int_equal(fence_opcode(rsv_case, true, true), WS_PING);
    assert_int_equal(fence_opcode(rsv_case, true, false), WS_TEXT);
    assert_int_equal(fence_opcode(utf8_case, true, true), WS_TEXT);
    assert_int_equal(fence_opcode(open_utf8_case, true, true), WS_TEXT);
    assert_int_equal(fence_opcode(utf8_case, false, true), WS_PING);
}

/* A fence never stands inside an unfinished message or frame: it is completed first. */
static void a_fence_completes_what_is_open(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    stage_begin(&s, MUST, open_utf8_case);
    stage_answer_control(&s);
    play_wait(&s.play);
    struct stage_frames sent = stage_read_sent(&s.play);
    assert_int_equal(sent.count, 4); /* control, fragment, its end, marker */
    assert_int_equal(sent.frames[2].frame.opcode, WS_CONTINUATION);
    assert_true(sent.frames[2].frame.fin);
    assert_int_equal(sent.frames[3].frame.opcode, WS_TEXT);
    stage_finish(&s);
    stage_end(&s);

    stage_prepare(&s, 0);
    stage_begin(&s, MUST, cut_frame_case);
    stage_answer_control(&s);
    play_wait(&s.play);
    sent = stage_read_sent(&s.play);
    assert_int_equal(sent.count, 3);
    assert_int_equal(sent.frames[1].frame.opcode, 3);
    assert_int_equal(sent.frames[2].frame.opcode, WS_PING);
    assert_int_equal(sent.frames[2].frame.length, strlen("\"wsconform-0123456789abcdef-2\""));
    stage_finish(&s);
    stage_end(&s);
}

/* Nor may a pong that it asked for meanwhile go out inside the unfinished frame. */
static void a_pong_waits_for_the_end_of_our_frame(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    stage_begin(&s, MUST, cut_frame_case);
    stage_answer_control(&s);
    struct buffer ping = {0};
    wire_server(&ping, 0x89, "and you?");
    size_t writes = s.play.writes;
    play_bytes(&s.play, buffer_bytes(&ping));
    assert_int_equal(s.play.writes, writes);
    play_wait(&s.play);
    struct stage_frames sent = stage_read_sent(&s.play);
    assert_int_equal(sent.count, 4);
    assert_int_equal(sent.frames[1].frame.opcode, 3);
    assert_int_equal(sent.frames[2].frame.opcode, WS_PONG);
    assert_int_equal(sent.frames[2].frame.length, strlen("and you?"));
    assert_int_equal(sent.frames[3].frame.opcode, WS_PING);
    buffer_free(&ping);
    stage_finish(&s);
    stage_end(&s);
}

/* An unfinished header cannot be completed, so nothing may follow it. */
static void nothing_goes_out_behind_half_a_header(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_IGNORE_FAILURE);
    stage_begin(&s, MUST, "\"steps\": [{\"raw\": \"c1 fe 00\"}], \"outcome\": \"fail(1002)\"");
    stage_answer_control(&s);
    struct buffer ping = {0};
    wire_server(&ping, 0x89, "and you?");
    play_bytes(&s.play, buffer_bytes(&ping));
    size_t len = s.play.sent.len;
    stage_finish(&s);
    assert_int_equal(s.play.sent.len, len);
    buffer_free(&ping);
    stage_end(&s);
}

/* 5.5.3: a later ping may replace an earlier one, so an endpoint that does not echo gets the fence
 * only when the case's own pongs are in. */
static void a_ping_fence_waits_for_the_pongs(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    s.profile.echoes = false;
    stage_begin(&s, MUST, pong_case);
    play_receive(&s.play);
    play_deliver(&s.play);
    assert_int_equal(stage_read_sent(&s.play).count, 1);
    play_receive(&s.play);
    play_deliver(&s.play);
    assert_int_equal(stage_read_sent(&s.play).count, 2);
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    stage_end(&s);
}

static void a_pong_behind_a_violation_fails(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_OVERLOOK);
    stage_begin(&s, MUST, "\"steps\": [{\"send\": {\"opcode\": 3}}], \"outcome\": \"fail(1002)\"");
    stage_finish(&s);
    EXPECT(&s, JUDGE_FAILED);
    assert_int_equal(s.result.hang, RUN_HANG_NONE); /* decided when it was read */
    assert_non_null(strstr(s.result.judgement.diagnosis, "processed the violation"));
    stage_end(&s);
}

/* {"await": "end"} gives the endpoint a few round trips, no timer. */
static void awaiting_the_end_needs_no_timer(void **state)
{
    (void)state;
    static const char rest[] =
        "\"steps\": [{\"send\": {\"opcode\": \"text\", \"fin\": false, \"payload\": "
        "{\"hex\": \"ff\"}}}, {\"await\": \"end\"},"
        "{\"send\": {\"opcode\": \"continuation\", \"payload\": \"x\"}}], \"outcome\": "
        "\"fail(1007)\"";
    struct stage s;
    stage_act(&s, 0, MUST, rest); /* fails at once */
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    stage_end(&s);
    stage_act(&s, PLAY_LATE_UTF8, MUST, rest); /* fails at the end of the message */
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    stage_end(&s);
    stage_act(&s, PLAY_OVERLOOK, MUST, rest);
    EXPECT(&s, JUDGE_FAILED);
    stage_end(&s);
}

/* --- while the script is still being sent --------------------------------------------------- */

static void an_early_close_ends_the_script(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    stage_begin(&s, MUST, long_fail_case);
    play_receive(&s.play);
    play_deliver(&s.play);
    /* The marker comes back, and the first frame goes out but is still under way. */
    play_receive(&s.play);
    struct buffer out = s.play.out;
    s.play.out = (struct buffer){0};
    s.play.now++;
    s.play.party.bytes(s.play.party.self, out.data, out.len, s.play.now);
    assert_int_equal(play_ask(&s.play, true).want, RUN_WANT_WRITE);
    size_t len = s.play.action.octets.len;
    assert_int_equal(play_ask(&s.play, false).want, RUN_WANT_WAIT);
    struct buffer close = {0};
    wire_close(&close, false, 1002);
    s.play.party.bytes(s.play.party.self, close.data, close.len, ++s.play.now);
    assert_int_equal(play_ask(&s.play, false).want, RUN_WANT_WAIT);
    /* Now only our answer to its Close goes out. */
    assert_int_equal(play_ask(&s.play, true).want, RUN_WANT_WRITE);
    assert_int_equal(s.play.action.octets.data[0], 0x88);
    assert_true(len > 0);
    assert_int_equal(play_ask(&s.play, true).want, RUN_WANT_WAIT);
    s.play.end = JUDGE_END_FIN;
    play_tell_end(&s.play);
    assert_true(s.play.closed);
    s.result = run_exchange_take(s.exchange);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.result.judgement.grade, JUDGE_STRICT);
    buffer_free(&out);
    buffer_free(&close);
    stage_end(&s);
}

static void an_end_while_we_write_is_taken(void **state)
{
    (void)state;
    static const enum judge_end ends[] = {JUDGE_END_FIN, JUDGE_END_RESET};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct stage s;
        stage_prepare(&s, 0);
        stage_begin(&s, MUST, echo_case);
        play_receive(&s.play);
        s.play.party.bytes(s.play.party.self, s.play.out.data, s.play.out.len, ++s.play.now);
        assert_int_equal(play_ask(&s.play, true).want, RUN_WANT_WRITE);
        assert_int_equal(play_ask(&s.play, false).want, RUN_WANT_WAIT);
        s.play.party.ended(s.play.party.self, ends[i], ++s.play.now);
        assert_int_equal(play_ask(&s.play, false).want, RUN_WANT_CLOSE);
        assert_int_equal(play_ask(&s.play, true).want, RUN_WANT_CLOSE);
        s.result = run_exchange_take(s.exchange);
        EXPECT(&s, JUDGE_FAILED);
        stage_end(&s);
    }
}

static void a_half_close_is_asked_for_in_its_place(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_MUTE_FAILURE);
    stage_begin(&s, MUST,
                "\"steps\": [{\"send\": {\"opcode\": 3}}, {\"half-close\": true}],"
                "\"outcome\": \"fail(1002)\"");
    play_receive(&s.play);
    play_deliver(&s.play);
    assert_false(s.play.half_closed);
    play_receive(&s.play);
    play_deliver(&s.play);
    assert_true(s.play.half_closed);
    size_t writes = s.play.writes;
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.writes, writes); /* nothing follows it */
    stage_end(&s);
}

static const char cut_echo_case[] =
    "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": \"\\\"h\\\"\"}}],"
    "\"cut\": \"octets\", \"outcome\": \"echo\"";

/* RFC 6455, 5.2: the pieces of a frame must reach the endpoint apart. */
static void a_piece_waits_until_the_one_before_can_be_read(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    stage_begin(&s, MUST, cut_echo_case);
    stage_answer_control(&s);
    size_t writes = s.play.writes;
    for (int octet = 1; octet < 2 + 4; octet++, writes++) { /* of the header */
        assert_int_equal(s.play.writes, writes);
        assert_int_equal(s.play.action.want, RUN_WANT_WAIT);
        assert_int_equal(s.play.action.deadline, s.play.now + 1000);
        play_wait(&s.play);
    }
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    stage_end(&s);
}

/* 5.5.1: a Close comes in while we are inside a frame. That is ended, so that ours can follow. */
static void our_close_follows_the_frame_that_has_begun(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_NO_FIN);
    stage_begin(&s, MUST,
                "\"steps\": [{\"send\": {\"opcode\": \"ping\", \"payload\": \"1\"}},"
                "{\"send\": {\"opcode\": \"ping\", \"payload\": \"2\"}}],"
                "\"cut\": \"octets\", \"outcome\": \"pong\"");
    stage_answer_control(&s);
    play_close(&s.play, WS_CLOSE_GOING_AWAY);
    play_deliver(&s.play);
    play_wait(&s.play);
    while (!s.play.closed && s.play.action.deadline <= s.play.now + 1000)
        play_wait(&s.play);
    struct stage_frames sent = stage_read_sent(&s.play);
    assert_int_equal(sent.count, 2);
    assert_int_equal(sent.frames[0].frame.opcode, WS_PING);
    assert_int_equal(sent.frames[1].frame.opcode, WS_CLOSE);
    stage_finish(&s);
    EXPECT(&s, JUDGE_FAILED);
    stage_end(&s);
}

/* 5.5.1: whoever has no Close of ours, since we stopped inside a frame, may wait for it. */
static void a_server_may_wait_for_our_close(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "\"steps\": [{\"raw\": \"81\"}], \"outcome\": \"survive\"",
        "\"steps\": [{\"raw\": \"81\"}], \"outcome\": \"fail(1009) | survive\"",
        "\"steps\": [{\"raw\": \"81\"}, {\"await\": \"end\"}, {\"raw\": \"80\"}],"
        "\"outcome\": \"fail(1009) | survive\""};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage s;
        stage_prepare(&s, PLAY_NO_FIN);
        stage_begin(&s, MUST, cases[i]);
        stage_answer_control(&s);
        play_close(&s.play, WS_CLOSE_TOO_BIG);
        stage_finish(&s);
        stage_expect(&s, i == 0 ? JUDGE_FAILED : JUDGE_PASS, (int)i);
        assert_false(stage_sighted(&s, RUN_LEFT_OPEN_RULE));
        assert_int_equal(s.result.hang, RUN_HANG_NONE);
        assert_int_equal(s.play.waited, 0);
        stage_end(&s);
    }
}

/* 7.1.7: one that fails the connection waits for nothing, though we stopped inside a frame. */
static void a_server_that_fails_may_not_wait(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_NO_FIN, MUST, cut_frame_case);
    assert_int_equal(s.result.hang, RUN_HANG_TCP_FAILED);
    assert_true(stage_sighted(&s, RUN_LEFT_OPEN_FAILED_RULE));
    stage_end(&s);
}

static void a_pause_does_not_outlive_the_endpoint(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, 0);
    stage_begin(&s, MUST, cut_echo_case);
    stage_answer_control(&s);
    s.play.end = JUDGE_END_RESET;
    play_tell_end(&s.play);
    assert_int_equal(s.play.action.want, RUN_WANT_CLOSE);
    stage_finish(&s);
    EXPECT(&s, JUDGE_FAILED);
    stage_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fence_waits_for_the_grace),
        cmocka_unit_test(a_fence_suits_the_violation),
        cmocka_unit_test(a_fence_completes_what_is_open),
        cmocka_unit_test(a_pong_waits_for_the_end_of_our_frame),
        cmocka_unit_test(nothing_goes_out_behind_half_a_header),
        cmocka_unit_test(a_ping_fence_waits_for_the_pongs),
        cmocka_unit_test(a_pong_behind_a_violation_fails),
        cmocka_unit_test(awaiting_the_end_needs_no_timer),
        cmocka_unit_test(an_early_close_ends_the_script),
        cmocka_unit_test(an_end_while_we_write_is_taken),
        cmocka_unit_test(a_half_close_is_asked_for_in_its_place),
        cmocka_unit_test(a_piece_waits_until_the_one_before_can_be_read),
        cmocka_unit_test(a_pause_does_not_outlive_the_endpoint),
        cmocka_unit_test(our_close_follows_the_frame_that_has_begun),
        cmocka_unit_test(a_server_may_wait_for_our_close),
        cmocka_unit_test(a_server_that_fails_may_not_wait),
    };
    return cmocka_run_group_tests_name("run/exchange_order", tests, NULL, NULL);
}
