/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_RUN_STAGE_H
#define WSCONFORM_TESTS_RUN_STAGE_H

/* A case plays against a server of play.h, from its beginning to its verdict. */
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

static inline void stage_prepare(struct stage *s, unsigned is)
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

static inline void stage_begin(struct stage *s, const char *rule, const char *rest)
{
    const struct case_spec *spec = play_case(&s->set, "x/case", rule, rest);
    s->exchange = run_exchange_new(spec, RUN_DELIVERY_WHOLE, &s->settings, SHORT, LINGER);
    play_begin(&s->play, run_exchange_party(s->exchange));
}

static inline void stage_finish(struct stage *s)
{
    play_run(&s->play);
    s->result = run_exchange_take(s->exchange);
}

static inline void stage_end(struct stage *s)
{
    run_transcript_free(&s->result.transcript);
    run_exchange_free(s->exchange);
    judge_observation_free(&s->profile.known);
    case_spec_free_set(&s->set);
    play_free(&s->play);
}

static inline void stage_act(struct stage *s, unsigned is, const char *rule, const char *rest)
{
    stage_prepare(s, is);
    stage_begin(s, rule, rest);
    stage_finish(s);
}

static inline bool stage_sighted(const struct stage *s, const char *rule)
{
    for (size_t i = 0; i < s->result.sighting_count; i++)
        if (strcmp(s->result.sightings[i].rule, rule) == 0)
            return true;
    return false;
}

static inline void stage_expect(const struct stage *s, enum judge_verdict verdict, int line)
{
    if (s->result.verdict != verdict)
        fail_msg("line %d: %s, not %s: %s", line, judge_verdict_name(s->result.verdict),
                 judge_verdict_name(verdict), s->result.judgement.diagnosis);
    assert_true(s->result.judgement.diagnosis[0] != '\0');
}

#define EXPECT(stage, verdict) stage_expect(stage, verdict, __LINE__)

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

static const char long_fail_case[] =
    "\"steps\": [{\"send\": {\"opcode\": \"text\", \"rsv\": 1, \"payload\": \"x\"}},"
    "{\"send\": {\"opcode\": \"text\", \"payload\": \"y\"}},"
    "{\"send\": {\"opcode\": \"text\", \"payload\": \"z\"}}],"
    "\"cut\": \"frames\", \"outcome\": \"fail(1002)\"";

/* The frames that the party sent behind its request. */
struct stage_frames {
    struct ws_event frames[32];
    size_t count;
};

static inline struct stage_frames stage_read_sent(const struct play *p)
{
    struct stage_frames found = {.count = 0};
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
static inline void stage_answer_control(struct stage *s)
{
    play_receive(&s->play); /* the request */
    play_deliver(&s->play);
    play_receive(&s->play); /* the marker */
    play_deliver(&s->play);
}

#endif
