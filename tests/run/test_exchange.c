/* SPDX-License-Identifier: MIT */
#include "run/exchange.h"

#include "play.h"

enum { GRACE = 10000, SHORT = 200000, LINGER = 300000, LONG = 5000000 };

#define MUST "RFC6455-5.5-03"

struct stage {
    struct case_set set;
    struct run_profile profile;
    struct run_settings settings;
    struct run_exchange *exchange;
    struct play play;
    struct run_result result;
};

static void prepare(struct stage *s, unsigned is)
{
    *s = (struct stage){0};
    s->profile = (struct run_profile){.echoes = true, .pongs = true, .limit = UINT64_MAX};
    s->settings = (struct run_settings){.target = &play_target,
                                        .profile = &s->profile,
                                        .seed = 7,
                                        .grace_us = GRACE,
                                        .short_us = SHORT,
                                        .long_us = LONG,
                                        .tcp_us = LONG};
    play_init(&s->play, is);
}

static void begin(struct stage *s, const char *rule, const char *rest)
{
    const struct case_spec *spec = play_case(&s->set, "x/case", rule, rest);
    s->exchange = run_exchange_new(spec, RUN_DELIVERY_WHOLE, &s->settings, SHORT, LINGER);
    play_begin(&s->play, run_exchange_party(s->exchange));
}

static void finish(struct stage *s)
{
    play_run(&s->play);
    s->result = run_exchange_take(s->exchange);
}

static void end(struct stage *s)
{
    run_transcript_free(&s->result.transcript);
    run_exchange_free(s->exchange);
    judge_observation_free(&s->profile.known);
    case_spec_free_set(&s->set);
    play_free(&s->play);
}

static void act(struct stage *s, unsigned is, const char *rule, const char *rest)
{
    prepare(s, is);
    begin(s, rule, rest);
    finish(s);
}

static bool sighted(const struct stage *s, const char *rule)
{
    for (size_t i = 0; i < s->result.sighting_count; i++)
        if (strcmp(s->result.sightings[i].rule, rule) == 0)
            return true;
    return false;
}

static void expect(const struct stage *s, enum judge_verdict verdict, int line)
{
    if (s->result.verdict != verdict)
        fail_msg("line %d: %s, not %s: %s", line, judge_verdict_name(s->result.verdict),
                 judge_verdict_name(verdict), s->result.judgement.diagnosis);
    assert_true(s->result.judgement.diagnosis[0] != '\0');
}

#define EXPECT(stage, verdict) expect(stage, verdict, __LINE__)

static const char echo_case[] =
    "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": \"one\"}},"
    "{\"send\": {\"opcode\": \"ping\", \"payload\": \"p\"}}], \"outcome\": \"echo\"";
static const char pong_case[] =
    "\"steps\": [{\"send\": {\"opcode\": \"ping\", \"payload\": \"p\"}}], \"outcome\": \"pong\"";
static const char rsv_case[] =
    "\"steps\": [{\"send\": {\"opcode\": \"text\", \"rsv\": 4, \"payload\": \"x\"}}],"
    "\"outcome\": \"fail(1002)\"";
static const char utf8_case[] =
    "\"steps\": [{\"send\": {\"opcode\": \"text\", \"payload\": {\"hex\": \"61ff\"}}}],"
    "\"outcome\": \"fail(1007)\"";
static const char open_utf8_case[] = "\"steps\": [{\"send\": {\"opcode\": \"text\", \"fin\": "
                                     "false, \"payload\": {\"hex\": \"61ff\"}}}],"
                                     "\"outcome\": \"fail(1007)\"";
static const char cut_frame_case[] =
    "\"steps\": [{\"send\": {\"opcode\": 3, \"payload\": \"abc\", \"length\": 10}}],"
    "\"outcome\": \"fail(1002)\"";
static const char close_case[] =
    "\"steps\": [{\"close\": {\"code\": 1001}}], \"outcome\": \"close\"";
static const char reject_case[] =
    "\"request\": {\"remove\": [\"Sec-WebSocket-Key\"]}, \"outcome\": \"reject(400)\"";
static const char accept_case[] = "\"request\": {\"order\": \"reverse\"}, \"outcome\": \"accept\"";
static const char minimal_case[] =
    "\"steps\": [{\"send\": {\"opcode\": \"text\", \"payload\": \"abc\", \"form\": 16}}],"
    "\"outcome\": \"fail(1002) | echo\"";
static const char await_case[] =
    "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": \"one\"}}, {\"await\": \"echo\"},"
    "{\"send\": {\"opcode\": \"ping\"}}, {\"await\": \"pong\"},"
    "{\"message\": {\"type\": \"binary\", \"payload\": \"two\", \"fragment\": 1}}],"
    "\"outcome\": \"echo\"";

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
        act(&s, 0, MUST, cases[i]);
        expect(&s, JUDGE_PASS, (int)i);
        assert_int_equal(s.result.judgement.grade, JUDGE_STRICT);
        assert_int_equal(s.result.hang, RUN_HANG_NONE);
        assert_int_equal(s.result.waits, 0);
        assert_int_equal(s.play.waited, 0);
        assert_int_equal(s.result.sighting_count, 0);
        assert_false(s.result.unreachable);
        end(&s);
    }
}

/* The closing handshake is the harness's business. */
static void a_passing_case_ends_in_good_order(void **state)
{
    (void)state;
    struct stage s;
    act(&s, 0, MUST, echo_case);
    assert_true(s.result.clean);
    assert_true(s.result.close_seen);
    assert_false(s.result.close_first);
    assert_int_equal(s.result.close_code, 1000);
    assert_true(s.result.transcript.count > 4);
    end(&s);

    act(&s, 0, MUST, rsv_case);
    assert_true(s.result.close_seen);
    assert_true(s.result.close_first);
    assert_int_equal(s.result.close_code, 1002);
    end(&s);
}

static void a_failure_without_close_is_lenient_and_charged_once(void **state)
{
    (void)state;
    struct stage s;
    act(&s, PLAY_MUTE_FAILURE, MUST, rsv_case);
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.judgement.lenient);
    assert_true(sighted(&s, "RFC6455-7.1.7-05"));
    end(&s);
    act(&s, PLAY_RESET_FAILURE, MUST, rsv_case);
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.judgement.lenient);
    assert_false(sighted(&s, "RFC6455-7.1.7-05")); /* the reset may have destroyed it */
    end(&s);
}

/* RFC 6455, 4.2.2 allows frames right behind the 101; RFC 9110, 15.2 informational answers. */
static void the_answer_may_come_with_more(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, PLAY_GREET);
    s.profile.greetings = 1;
    begin(&s, MUST, echo_case);
    finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    end(&s);
    act(&s, PLAY_EARLY_HINTS, MUST, echo_case);
    EXPECT(&s, JUDGE_PASS);
    end(&s);
}

/* --- bad endpoints -------------------------------------------------------------------------- */

/* Where messages mean nothing there is no echo that a greeting could be mistaken for. */
static void a_greeting_without_echo_is_not_waited_for(void **state)
{
    (void)state;
    for (unsigned greets = 0; greets < 2; greets++) {
        struct stage s;
        prepare(&s, PLAY_NO_ECHO | (greets ? PLAY_GREET : 0));
        s.profile.echoes = false;
        s.profile.greetings = 1;
        begin(&s, MUST, pong_case);
        finish(&s);
        EXPECT(&s, JUDGE_PASS);
        assert_int_equal(s.play.waited, 0);
        end(&s);
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
        act(&s, rows[i].is, MUST, rows[i].rest);
        expect(&s, JUDGE_FAILED, (int)i);
        end(&s);
    }
}

static void some_deviations_are_none(void **state)
{
    (void)state;
    struct stage s;
    act(&s, PLAY_OVERLOOK, MUST, minimal_case); /* A36 */
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.judgement.lenient);
    assert_int_equal(s.play.waited, 0);
    end(&s);
    act(&s, PLAY_HANG_UP, MUST, reject_case); /* A16 */
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.judgement.lenient);
    assert_true(sighted(&s, "RFC6455-10.7-04"));
    end(&s);
    act(&s, PLAY_LATE_UTF8, MUST, open_utf8_case); /* A10 */
    EXPECT(&s, JUDGE_PASS);
    end(&s);
    act(&s, PLAY_RESET_CLOSE, MUST, close_case); /* A44 */
    EXPECT(&s, JUDGE_INFO);
    end(&s);
    act(&s, PLAY_ASKS, MUST, echo_case);
    EXPECT(&s, JUDGE_PASS);
    end(&s);
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
        prepare(&s, 0);
        s.play.code = rows[i].code;
        begin(&s, MUST, rsv_case);
        finish(&s);
        expect(&s, rows[i].verdict, (int)i);
        end(&s);
    }
}

/* A flood ends the case: it does not fill the memory. */
static void a_flood_is_named(void **state)
{
    (void)state;
    struct stage s;
    act(&s, PLAY_FLOOD, MUST, echo_case);
    assert_non_null(strstr(s.result.judgement.diagnosis, "far more than it was sent"));
    end(&s);
}

/* --- the positive control ------------------------------------------------------------------- */

/* An endpoint that drops everything must not pass the negative cases. */
static void without_control_no_verdict(void **state)
{
    (void)state;
    struct stage s;
    act(&s, PLAY_NO_ECHO, MUST, rsv_case);
    EXPECT(&s, JUDGE_SKIP);
    assert_int_equal(s.result.hang, RUN_HANG_CONTROL);
    end(&s);
    act(&s, PLAY_CLOSE_FIRST, MUST, rsv_case);
    EXPECT(&s, JUDGE_SKIP);
    end(&s);
    act(&s, PLAY_CLOSE_FIRST | PLAY_NO_FIN, MUST, rsv_case);
    EXPECT(&s, JUDGE_SKIP);
    end(&s);
    prepare(&s, PLAY_NO_PONG); /* whoever does not echo must pong */
    s.profile.echoes = false;
    begin(&s, MUST, rsv_case);
    finish(&s);
    EXPECT(&s, JUDGE_SKIP);
    end(&s);
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
        prepare(&s, 0);
        s.play.answer = refusal;
        begin(&s, MUST, rows[i].rest);
        finish(&s);
        expect(&s, rows[i].verdict, (int)i);
        assert_int_equal(s.play.waited, 0);
        end(&s);
    }
    struct stage s;
    act(&s, PLAY_SILENT, MUST, echo_case);
    EXPECT(&s, JUDGE_SKIP);
    assert_int_equal(s.result.hang, RUN_HANG_HANDSHAKE);
    end(&s);
    act(&s, PLAY_HANG_UP, MUST, echo_case);
    EXPECT(&s, JUDGE_SKIP);
    end(&s);
}

static void an_answer_that_is_not_http_is_no_refusal(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, 0);
    s.play.answer = "SSH-2.0-Something\r\n\r\n";
    begin(&s, MUST, reject_case);
    finish(&s);
    EXPECT(&s, JUDGE_FAILED);
    assert_non_null(strstr(s.result.judgement.diagnosis, "not HTTP"));
    end(&s);
}

static void nobody_there_is_an_error(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, 0);
    const struct case_spec *spec = play_case(&s.set, "x/case", MUST, echo_case);
    s.exchange = run_exchange_new(spec, RUN_DELIVERY_WHOLE, &s.settings, SHORT, LINGER);
    s.play.party = run_exchange_party(s.exchange);
    s.play.party.ended(s.play.party.self, JUDGE_END_OPEN, s.play.now);
    play_pump(&s.play);
    assert_true(s.play.closed);
    s.result = run_exchange_take(s.exchange);
    EXPECT(&s, JUDGE_ERROR);
    assert_true(s.result.unreachable);
    end(&s);
}

/* --- deadlines ------------------------------------------------------------------------------ */

/* play_wait sees to it that nothing happens a microsecond before. */
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
        prepare(&s, rows[i].is);
        begin(&s, MUST, rows[i].rest);
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
        expect(&s, rows[i].verdict, (int)i);
        assert_int_equal(s.result.hang, rows[i].hang);
        assert_int_equal(s.result.waits, 1);
        assert_int_equal(ended - moved, rows[i].after);
        end(&s);
    }
}

static void tcp_left_open_is_charged_to_the_run(void **state)
{
    (void)state;
    struct stage s;
    act(&s, PLAY_NO_FIN, MUST, close_case);
    assert_true(sighted(&s, RUN_LEFT_OPEN_RULE));
    assert_false(sighted(&s, RUN_LEFT_OPEN_FAILED_RULE));
    end(&s);
    act(&s, PLAY_NO_FIN, MUST, rsv_case);
    assert_true(sighted(&s, RUN_LEFT_OPEN_FAILED_RULE));
    assert_false(sighted(&s, RUN_LEFT_OPEN_RULE));
    end(&s);
}

/* After a verdict the endpoint has a while to end TCP; that it does not is no part of it. */
static void an_end_that_does_not_come_is_waited_for_once(void **state)
{
    (void)state;
    struct stage s;
    act(&s, PLAY_NO_FIN, MUST, echo_case);
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.lingered);
    assert_int_equal(s.result.hang, RUN_HANG_NONE);
    assert_int_equal(s.result.waits, 1);
    assert_false(s.result.clean);
    end(&s);
}

static void without_linger_the_verdict_is_the_end(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, PLAY_NO_FIN);
    const struct case_spec *spec = play_case(&s.set, "x/case", MUST, echo_case);
    s.exchange = run_exchange_new(spec, RUN_DELIVERY_WHOLE, &s.settings, SHORT, 0);
    play_begin(&s.play, run_exchange_party(s.exchange));
    finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    end(&s);
}

/* Each octet that comes is progress, but not for ever. */
static void a_trickle_cannot_hold_us_for_ever(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, PLAY_NO_ECHO);
    begin(&s, MUST, echo_case);
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
    end(&s);
}

/* --- fences --------------------------------------------------------------------------------- */

/* The frames that the party sent behind its request. */
struct frames {
    struct ws_event frames[32];
    size_t count;
};

static struct frames read_sent(const struct play *p)
{
    struct frames found = {.count = 0};
    struct ws_reader reader;
    struct buffer copy = {0};
    struct ws_event event;
    buffer_append(&copy, buffer_bytes(&p->sent));
    ws_reader_init(&reader, WS_READER_OBSERVING, true, UINT64_MAX);
    for (size_t done = 0;;) {
        size_t used;
        if (ws_reader_next(&reader, copy.data + done, copy.len - done, &used, &event) != WS_ITEM)
            break;
        done += used;
        if (event.kind == WS_EVENT_FRAME && found.count < COUNT_OF(found.frames))
            found.frames[found.count++] = event;
    }
    buffer_free(&copy);
    return found;
}

/* Lets the endpoint answer the control, then plays it dead until the clock is at `now`. */
static void answer_control(struct stage *s)
{
    play_receive(&s->play); /* the request */
    play_deliver(&s->play);
    play_receive(&s->play); /* the marker */
    play_deliver(&s->play);
}

/* "Read until it comes, or for a grace of a few round trips; only then send the marker." */
static void the_fence_waits_for_the_grace(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, 0);
    begin(&s, MUST, rsv_case);
    answer_control(&s);
    assert_int_equal(read_sent(&s.play).count, 2); /* the control, the case */
    assert_int_equal(s.play.action.want, RUN_WANT_WAIT);
    assert_int_equal(s.play.action.deadline, s.play.now + GRACE);
    size_t writes = s.play.writes;
    play_wait(&s.play);
    assert_int_equal(s.play.writes, writes + 1);
    finish(&s);
    EXPECT(&s, JUDGE_PASS);
    end(&s);
}

static uint8_t fence_opcode(const char *rest, bool echoes, bool pongs)
{
    struct stage s;
    prepare(&s, 0);
    s.profile.echoes = echoes;
    s.profile.pongs = pongs;
    begin(&s, MUST, rest);
    answer_control(&s);
    play_wait(&s.play);
    struct frames sent = read_sent(&s.play);
    assert_true(sent.count > 2);
    uint8_t opcode = sent.frames[sent.count - 1].frame.opcode;
    finish(&s);
    end(&s);
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
    prepare(&s, 0);
    begin(&s, MUST, open_utf8_case);
    answer_control(&s);
    play_wait(&s.play);
    struct frames sent = read_sent(&s.play);
    assert_int_equal(sent.count, 4); /* control, fragment, its end, marker */
    assert_int_equal(sent.frames[2].frame.opcode, WS_CONTINUATION);
    assert_true(sent.frames[2].frame.fin);
    assert_int_equal(sent.frames[3].frame.opcode, WS_TEXT);
    finish(&s);
    end(&s);

    prepare(&s, 0);
    begin(&s, MUST, cut_frame_case);
    answer_control(&s);
    play_wait(&s.play);
    sent = read_sent(&s.play);
    assert_int_equal(sent.count, 3);
    assert_int_equal(sent.frames[1].frame.opcode, 3);
    assert_int_equal(sent.frames[2].frame.opcode, WS_PING);
    assert_int_equal(sent.frames[2].frame.length, strlen("\"wsconform-0123456789abcdef-2\""));
    finish(&s);
    end(&s);
}

/* Nor may a pong that it asked for meanwhile go out inside the unfinished frame. */
static void a_pong_waits_for_the_end_of_our_frame(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, 0);
    begin(&s, MUST, cut_frame_case);
    answer_control(&s);
    struct buffer ping = {0};
    wire_server(&ping, 0x89, "and you?");
    size_t writes = s.play.writes;
    play_bytes(&s.play, buffer_bytes(&ping));
    assert_int_equal(s.play.writes, writes);
    play_wait(&s.play);
    struct frames sent = read_sent(&s.play);
    assert_int_equal(sent.count, 4);
    assert_int_equal(sent.frames[1].frame.opcode, 3);
    assert_int_equal(sent.frames[2].frame.opcode, WS_PONG);
    assert_int_equal(sent.frames[2].frame.length, strlen("and you?"));
    assert_int_equal(sent.frames[3].frame.opcode, WS_PING);
    buffer_free(&ping);
    finish(&s);
    end(&s);
}

/* An unfinished header cannot be completed, so nothing may follow it. */
static void nothing_goes_out_behind_half_a_header(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, PLAY_IGNORE_FAILURE);
    begin(&s, MUST, "\"steps\": [{\"raw\": \"c1 fe 00\"}], \"outcome\": \"fail(1002)\"");
    answer_control(&s);
    struct buffer ping = {0};
    wire_server(&ping, 0x89, "and you?");
    play_bytes(&s.play, buffer_bytes(&ping));
    size_t len = s.play.sent.len;
    finish(&s);
    assert_int_equal(s.play.sent.len, len);
    buffer_free(&ping);
    end(&s);
}

/* 5.5.3: a later ping may replace an earlier one, so an endpoint that does not echo gets the fence
 * only when the case's own pongs are in. */
static void a_ping_fence_waits_for_the_pongs(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, 0);
    s.profile.echoes = false;
    begin(&s, MUST, pong_case);
    play_receive(&s.play);
    play_deliver(&s.play);
    assert_int_equal(read_sent(&s.play).count, 1);
    play_receive(&s.play);
    play_deliver(&s.play);
    assert_int_equal(read_sent(&s.play).count, 2);
    finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    end(&s);
}

static void a_pong_behind_a_violation_fails(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, PLAY_OVERLOOK);
    begin(&s, MUST, "\"steps\": [{\"send\": {\"opcode\": 3}}], \"outcome\": \"fail(1002)\"");
    finish(&s);
    EXPECT(&s, JUDGE_FAILED);
    assert_int_equal(s.result.hang, RUN_HANG_NONE); /* decided when it was read */
    assert_non_null(strstr(s.result.judgement.diagnosis, "processed the violation"));
    end(&s);
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
    act(&s, 0, MUST, rest); /* fails at once */
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    end(&s);
    act(&s, PLAY_LATE_UTF8, MUST, rest); /* fails at the end of the message */
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    end(&s);
    act(&s, PLAY_OVERLOOK, MUST, rest);
    EXPECT(&s, JUDGE_FAILED);
    end(&s);
}

/* --- while the script is still being sent --------------------------------------------------- */

static const char long_fail_case[] =
    "\"steps\": [{\"send\": {\"opcode\": \"text\", \"rsv\": 1, \"payload\": \"x\"}},"
    "{\"send\": {\"opcode\": \"text\", \"payload\": \"y\"}},"
    "{\"send\": {\"opcode\": \"text\", \"payload\": \"z\"}}],"
    "\"cut\": \"frames\", \"outcome\": \"fail(1002)\"";

static void an_early_close_ends_the_script(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, 0);
    begin(&s, MUST, long_fail_case);
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
    end(&s);
}

static void an_end_while_we_write_is_taken(void **state)
{
    (void)state;
    static const enum judge_end ends[] = {JUDGE_END_FIN, JUDGE_END_RESET};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct stage s;
        prepare(&s, 0);
        begin(&s, MUST, echo_case);
        play_receive(&s.play);
        s.play.party.bytes(s.play.party.self, s.play.out.data, s.play.out.len, ++s.play.now);
        assert_int_equal(play_ask(&s.play, true).want, RUN_WANT_WRITE);
        assert_int_equal(play_ask(&s.play, false).want, RUN_WANT_WAIT);
        s.play.party.ended(s.play.party.self, ends[i], ++s.play.now);
        assert_int_equal(play_ask(&s.play, false).want, RUN_WANT_CLOSE);
        assert_int_equal(play_ask(&s.play, true).want, RUN_WANT_CLOSE);
        s.result = run_exchange_take(s.exchange);
        EXPECT(&s, JUDGE_FAILED);
        end(&s);
    }
}

static void a_half_close_is_asked_for_in_its_place(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, PLAY_MUTE_FAILURE);
    begin(&s, MUST,
          "\"steps\": [{\"send\": {\"opcode\": 3}}, {\"half-close\": true}],"
          "\"outcome\": \"fail(1002)\"");
    play_receive(&s.play);
    play_deliver(&s.play);
    assert_false(s.play.half_closed);
    play_receive(&s.play);
    play_deliver(&s.play);
    assert_true(s.play.half_closed);
    size_t writes = s.play.writes;
    finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.writes, writes); /* nothing follows it */
    end(&s);
}

/* --- sightings ------------------------------------------------------------------------------ */

/* What it does on every connection is charged to the run, not to each case... */
static void masked_frames_charge_the_run(void **state)
{
    (void)state;
    struct stage s;
    act(&s, PLAY_MASK, MUST, echo_case);
    EXPECT(&s, JUDGE_PASS);
    assert_true(sighted(&s, "RFC6455-5.1-04"));
    assert_int_equal(s.result.sighting_count, 1); /* however many frames */
    end(&s);
}

/* ... unless the case is about it and a plain handshake did not show it. */
static void a_case_is_decided_by_its_own_sentence(void **state)
{
    (void)state;
    struct stage s;
    act(&s, PLAY_MASK, "RFC6455-5.1-04", echo_case);
    EXPECT(&s, JUDGE_FAILED);
    assert_non_null(strstr(s.result.judgement.diagnosis, "masked"));
    assert_int_equal(s.result.sighting_count, 0);
    end(&s);

    prepare(&s, PLAY_MASK);
    judge_observation_add(&s.profile.known, "RFC6455-5.1-04", "seen by the probe", NULL);
    begin(&s, "RFC6455-5.1-04", echo_case);
    finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_true(sighted(&s, "RFC6455-5.1-04"));
    end(&s);
}

static void a_wrong_accept_is_charged_to_the_run(void **state)
{
    (void)state;
    struct stage s;
    prepare(&s, 0);
    s.play.answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n";
    begin(&s, MUST, echo_case);
    finish(&s);
    EXPECT(&s, JUDGE_PASS);
    assert_true(s.result.sighting_count > 0);
    end(&s);
}

/* An endpoint that overlooks bad text and repeats it breaks the rule that the case is about, not
 * one of its own. */
static void repeating_our_fault_is_not_counted_twice(void **state)
{
    (void)state;
    struct stage s;
    act(&s, PLAY_OVERLOOK, MUST, utf8_case);
    EXPECT(&s, JUDGE_FAILED);
    assert_false(sighted(&s, "RFC6455-5.6-03"));
    end(&s);
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
            act(&whole, is, MUST, cases[i]);
            for (size_t j = 0; j < COUNT_OF(deliveries); j++) {
                struct stage other;
                act(&other, is | deliveries[j], MUST, cases[i]);
                if (other.result.verdict != whole.result.verdict ||
                    other.result.judgement.grade != whole.result.judgement.grade ||
                    other.result.hang != whole.result.hang ||
                    other.result.sighting_count != whole.result.sighting_count)
                    fail_msg("case %zu, endpoint %x, delivery %x: %s (%s) and %s (%s)", i, is,
                             deliveries[j], judge_verdict_name(whole.result.verdict),
                             whole.result.judgement.diagnosis,
                             judge_verdict_name(other.result.verdict),
                             other.result.judgement.diagnosis);
                end(&other);
            }
            end(&whole);
        }
    }
}

/* The seed alone decides what is sent. */
static void the_same_seed_sends_the_same(void **state)
{
    (void)state;
    struct stage a;
    struct stage b;
    act(&a, 0, MUST, echo_case);
    act(&b, 0, MUST, echo_case);
    assert_true(bytes_equal(buffer_bytes(&a.play.sent), buffer_bytes(&b.play.sent)));
    end(&b);
    prepare(&b, 0);
    b.settings.seed = 8;
    begin(&b, MUST, echo_case);
    finish(&b);
    assert_false(bytes_equal(buffer_bytes(&a.play.sent), buffer_bytes(&b.play.sent)));
    end(&a);
    end(&b);
}

static void nothing_is_freed_twice(void **state)
{
    (void)state;
    run_exchange_free(NULL);
    struct stage s;
    prepare(&s, 0);
    begin(&s, MUST, echo_case);
    end(&s); /* in the middle */
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
        cmocka_unit_test(a_flood_is_named),
        cmocka_unit_test(without_control_no_verdict),
        cmocka_unit_test(a_refused_handshake_skips_what_is_about_frames),
        cmocka_unit_test(an_answer_that_is_not_http_is_no_refusal),
        cmocka_unit_test(nobody_there_is_an_error),
        cmocka_unit_test(every_hang_has_its_deadline),
        cmocka_unit_test(tcp_left_open_is_charged_to_the_run),
        cmocka_unit_test(an_end_that_does_not_come_is_waited_for_once),
        cmocka_unit_test(without_linger_the_verdict_is_the_end),
        cmocka_unit_test(a_trickle_cannot_hold_us_for_ever),
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
        cmocka_unit_test(masked_frames_charge_the_run),
        cmocka_unit_test(a_case_is_decided_by_its_own_sentence),
        cmocka_unit_test(a_wrong_accept_is_charged_to_the_run),
        cmocka_unit_test(repeating_our_fault_is_not_counted_twice),
        cmocka_unit_test(delivery_does_not_change_a_verdict),
        cmocka_unit_test(the_same_seed_sends_the_same),
        cmocka_unit_test(nothing_is_freed_twice),
    };
    return cmocka_run_group_tests_name("run/exchange", tests, NULL, NULL);
}
