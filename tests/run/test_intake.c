/* SPDX-License-Identifier: MIT */
/* What comes in, and what follows from it at once. */
#include "run/intake.h"

#include "stage.h"

/* --- the opening handshake ------------------------------------------------------------------ */

static const char content_case[] =
    "\"request\": {\"add\": [\"Content-Length: 5\"], \"body\": \"hello\", \"cut\": \"body\"},"
    "\"outcome\": \"reject(400) | accept\"";

/* RFC 9110, 7.8: a server may accept at the end of the head, but the content is ours to send still.
 */
static void the_content_of_a_request_comes_before_frames(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_ACCEPT_ALL);
    stage_begin(&s, MUST, content_case);
    assert_int_equal(s.play.writes, 1);
    play_receive(&s.play);
    play_deliver(&s.play);
    assert_true(s.play.sent.len > 5);
    assert_memory_equal(s.play.sent.data, "hello", 5);
    buffer_consume(&s.play.in, 5);
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    stage_end(&s);
}

/* One that waits for the content gets it after the grace. */
static void the_content_of_a_request_waits_for_the_grace(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_SILENT);
    stage_begin(&s, MUST, content_case);
    assert_int_equal(s.play.writes, 1);
    assert_int_equal(s.play.action.deadline, s.play.now + GRACE);
    play_wait(&s.play);
    assert_int_equal(s.play.writes, 2);
    assert_memory_equal(s.play.in.data + s.play.in.len - 5, "hello", 5);
    stage_finish(&s);
    EXPECT(&s, JUDGE_FAILED);
    stage_end(&s);
}

/* What stands in the segment of the answer is read as frames, once our request is out. */
static void frames_behind_the_answer_are_kept(void **state)
{
    (void)state;
    struct stage s;
    stage_prepare(&s, PLAY_ACCEPT_ALL);
    stage_begin(&s, MUST, content_case);
    play_receive(&s.play);
    play_say(&s.play, 0x89, bytes_text("ask"));
    play_deliver(&s.play);
    assert_memory_equal(s.play.sent.data, "hello", 5);
    buffer_consume(&s.play.sent, 5);
    struct stage_frames sent = stage_read_sent(&s.play);
    assert_true(sent.count > 0);
    assert_int_equal(sent.frames[0].frame.opcode, WS_PONG);
    buffer_consume(&s.play.in, 5);
    stage_finish(&s);
    EXPECT(&s, JUDGE_PASS);
    stage_end(&s);
}

/* --- frames --------------------------------------------------------------------------------- */

/* 5.5.1 and 5.5.2 bind us as well; a code that is none is not returned. */
static void control_frames_are_answered(void **state)
{
    (void)state;
    static const struct {
        uint8_t first;
        const char *payload;
        uint8_t opcode;
        uint64_t length;
    } rows[] = {{0x89, "ask", WS_PONG, 3},
                {0x89, "", WS_PONG, 0},
                {0x88, "\x03\xe8 bye", WS_CLOSE, 2},
                {0x88, "", WS_CLOSE, 0},
                {0x88, "\x03", WS_CLOSE, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage s;
        stage_prepare(&s, PLAY_NO_ECHO);
        stage_begin(&s, MUST, echo_case);
        stage_answer_control(&s);
        play_say(&s.play, rows[i].first, bytes_text(rows[i].payload));
        play_deliver(&s.play);
        struct stage_frames sent = stage_read_sent(&s.play);
        assert_true(sent.count > 1);
        const struct ws_frame *last = &sent.frames[sent.count - 1].frame;
        assert_int_equal(last->opcode, rows[i].opcode);
        assert_int_equal(last->length, rows[i].length);
        stage_finish(&s);
        stage_end(&s);
    }
}

/* A flood ends the case: it does not fill the memory. */
static void a_flood_is_named(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_FLOOD, MUST, echo_case);
    assert_non_null(strstr(s.result.judgement.diagnosis, "far more than it was sent"));
    stage_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_content_of_a_request_comes_before_frames),
        cmocka_unit_test(the_content_of_a_request_waits_for_the_grace),
        cmocka_unit_test(frames_behind_the_answer_are_kept),
        cmocka_unit_test(control_frames_are_answered),
        cmocka_unit_test(a_flood_is_named),
    };
    return cmocka_run_group_tests_name("run/intake", tests, NULL, NULL);
}
