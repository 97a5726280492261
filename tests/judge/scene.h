/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_JUDGE_SCENE_H
#define WSCONFORM_TESTS_JUDGE_SCENE_H

/* A connection as it is judged: what we sent, what came. */
#include "support.h"
#include "wire.h"

#include "judge/grade.h"

enum {
    TEXT = 0x81,
    BINARY = 0x82,
    BEGIN = 0x01,
    MORE = 0x00,
    CLOSE = 0x88,
    PING = 0x89,
    PONG = 0x8a
};

/* One connection: what we sent, what came, how it ended. */
struct scene {
    struct judge_ledger ledger;
    struct judge_match match;
    struct ws_reader reader;
    struct judge_seen seen;
};

static inline void scene_begin(struct scene *s, unsigned status)
{
    judge_ledger_init(&s->ledger, true);
    judge_match_init(&s->match, &s->ledger, true, 0);
    ws_reader_init(&s->reader, WS_READER_OBSERVING, false, UINT64_MAX);
    s->seen = (struct judge_seen){
        .status = status, .ledger = &s->ledger, .match = &s->match, .limit = UINT64_MAX};
}

static inline void scene_end(struct scene *s)
{
    judge_ledger_free(&s->ledger);
}

static inline void scene_sends_octets(struct scene *s, uint8_t first, struct bytes payload)
{
    struct buffer wire = {0};
    wire_put(&wire, first, true, payload);
    judge_ledger_sent(&s->ledger, buffer_bytes(&wire), NULL, NULL);
    buffer_free(&wire);
}

static inline void scene_sends(struct scene *s, uint8_t first, const char *payload)
{
    scene_sends_octets(s, first, bytes_text(payload));
}

static inline bool scene_is_about_close(enum ws_violation violation)
{
    return violation >= WS_BAD_CLOSE_LENGTH && violation <= WS_BAD_CLOSE_REASON;
}

static inline void scene_gets_octets(struct scene *s, uint8_t first, struct bytes payload)
{
    struct buffer wire = {0};
    wire_put(&wire, first, false, payload);
    struct ws_event event;
    for (size_t done = 0;;) {
        size_t used;
        enum ws_status status =
            ws_reader_next(&s->reader, wire.data + done, wire.len - done, &used, &event);
        done += used;
        if (status != WS_ITEM)
            break;
        if (event.kind == WS_EVENT_VIOLATION && scene_is_about_close(event.violation))
            s->seen.close_violation = event.violation;
        judge_match_event(&s->match, &event);
    }
    buffer_free(&wire);
}

static inline void scene_gets(struct scene *s, uint8_t first, const char *payload)
{
    scene_gets_octets(s, first, bytes_text(payload));
}

static inline void scene_gets_code(struct scene *s, unsigned code)
{
    const uint8_t octets[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    scene_gets_octets(s, CLOSE, bytes_of(octets, sizeof(octets)));
}

static inline void scene_sends_code(struct scene *s, unsigned code)
{
    const uint8_t octets[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    scene_sends_octets(s, CLOSE, bytes_of(octets, sizeof(octets)));
}

static inline struct judge_judgement scene_grade(const struct scene *s, const char *text)
{
    struct judge_outcome outcome;
    assert_int_equal(judge_outcome_parse(&outcome, text, NULL), 0);
    return judge_grade(&outcome, &s->seen);
}

static inline void scene_expect(const struct scene *s, const char *text, enum judge_grade wanted,
                                int line)
{
    struct judge_judgement judgement = scene_grade(s, text);
    if (judgement.grade != wanted)
        fail_msg("line %d: '%s' is graded %d, not %d: %s", line, text, judgement.grade, wanted,
                 judgement.diagnosis);
    assert_int_equal(judgement.lenient, wanted == JUDGE_LENIENT);
    assert_true(judgement.diagnosis[0] != '\0');
    assert_true(judgement.diagnosis[strlen(judgement.diagnosis) - 1] != '.');
}

#define EXPECT(scene, text, wanted) scene_expect(scene, text, wanted, __LINE__)

#endif
