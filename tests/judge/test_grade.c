/* SPDX-License-Identifier: MIT */
#include "judge/grade.h"

#include "support.h"
#include "wire.h"

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

static void begin(struct scene *s, unsigned status)
{
    judge_ledger_init(&s->ledger, true);
    judge_match_init(&s->match, &s->ledger, true, 0);
    ws_reader_init(&s->reader, WS_READER_OBSERVING, false, UINT64_MAX);
    s->seen = (struct judge_seen){
        .status = status, .ledger = &s->ledger, .match = &s->match, .limit = UINT64_MAX};
}

static void end(struct scene *s)
{
    judge_ledger_free(&s->ledger);
}

static void sends_octets(struct scene *s, uint8_t first, struct bytes payload)
{
    struct buffer wire = {0};
    wire_put(&wire, first, true, payload);
    judge_ledger_sent(&s->ledger, buffer_bytes(&wire), NULL, NULL);
    buffer_free(&wire);
}

static void sends(struct scene *s, uint8_t first, const char *payload)
{
    sends_octets(s, first, bytes_text(payload));
}

static bool is_about_close(enum ws_violation violation)
{
    return violation >= WS_BAD_CLOSE_LENGTH && violation <= WS_BAD_CLOSE_REASON;
}

static void gets_octets(struct scene *s, uint8_t first, struct bytes payload)
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
        if (event.kind == WS_EVENT_VIOLATION && is_about_close(event.violation))
            s->seen.close_violation = event.violation;
        judge_match_event(&s->match, &event);
    }
    buffer_free(&wire);
}

static void gets(struct scene *s, uint8_t first, const char *payload)
{
    gets_octets(s, first, bytes_text(payload));
}

static void gets_code(struct scene *s, unsigned code)
{
    const uint8_t octets[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    gets_octets(s, CLOSE, bytes_of(octets, sizeof(octets)));
}

static void sends_code(struct scene *s, unsigned code)
{
    const uint8_t octets[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    sends_octets(s, CLOSE, bytes_of(octets, sizeof(octets)));
}

static struct judge_judgement grade(const struct scene *s, const char *text)
{
    struct judge_outcome outcome;
    assert_int_equal(judge_outcome_parse(&outcome, text, NULL), 0);
    return judge_grade(&outcome, &s->seen);
}

static void expect(const struct scene *s, const char *text, enum judge_grade wanted, int line)
{
    struct judge_judgement judgement = grade(s, text);
    if (judgement.grade != wanted)
        fail_msg("line %d: '%s' is graded %d, not %d: %s", line, text, judgement.grade, wanted,
                 judgement.diagnosis);
    assert_int_equal(judgement.lenient, wanted == JUDGE_LENIENT);
    assert_true(judgement.diagnosis[0] != '\0');
    assert_true(judgement.diagnosis[strlen(judgement.diagnosis) - 1] != '.');
}

#define EXPECT(scene, text, wanted) expect(scene, text, wanted, __LINE__)

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
        begin(&s, 101);
        sends(&s, 0xc1, "rsv");
        if (rows[i].close == ONE_OCTET)
            gets(&s, CLOSE, "x");
        else if (rows[i].close == EMPTY)
            gets(&s, CLOSE, "");
        else if (rows[i].close != NONE)
            gets_code(&s, (unsigned)rows[i].close);
        s.seen.end = rows[i].end;
        if (grade(&s, "fail(1002)").grade != rows[i].grade)
            fail_msg("Close %d: %d, not %d", rows[i].close, grade(&s, "fail(1002)").grade,
                     rows[i].grade);
        end(&s);
    }
}

/* 7.1.7: what follows a violation is not processed, "including a responding Close frame"; but who
 * closes first has processed none, even if our answer repeats the code. */
static void a_close_behind_the_violation_must_not_be_answered(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    sends(&s, 0xc1, "rsv");
    sends_code(&s, 1001);
    gets_code(&s, 1001);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
    end(&s);

    begin(&s, 101);
    sends(&s, 0xc1, "rsv");
    sends_code(&s, 1002);
    gets_code(&s, 1002);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002)", JUDGE_STRICT);
    end(&s);

    static const unsigned codes[] = {1003, 1007, 1011, 4000};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        begin(&s, 101);
        sends(&s, 0xc1, "rsv");
        gets_code(&s, codes[i]);
        sends_code(&s, codes[i]);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "fail(1002)", JUDGE_LENIENT);
        end(&s);
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
    begin(&s, 101);
    sends(&s, 0xc1, "rsv");
    gets_code(&s, 1002);
    s.seen.waited = true;
    EXPECT(&s, "fail(1002)", JUDGE_STRICT); /* that TCP stays open is judged once for the run */
    assert_non_null(strstr(grade(&s, "fail(1002)").diagnosis, "TCP left open"));
    end(&s);
}

static void what_is_behind_a_violation_must_not_be_answered(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    sends(&s, 0xc1, "rsv");
    sends(&s, TEXT, "marker");
    gets(&s, TEXT, "marker");
    s.seen.alive = true;
    EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
    EXPECT(&s, "fail(1002) | survive", JUDGE_VIOLATION);
    gets_code(&s, 1002);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
    assert_non_null(strstr(grade(&s, "fail(1002)").diagnosis, "processed the violation"));
    end(&s);

    begin(&s, 101);
    sends(&s, 0x83, "reserved");
    sends(&s, PING, "p");
    gets(&s, PONG, "p");
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
    end(&s);

    begin(&s, 101);
    sends(&s, TEXT, "\xff");
    gets(&s, TEXT, "\xff");
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1007)", JUDGE_VIOLATION);
    end(&s);
}

/* A36: a length that is not minimal may be overlooked. */
static void a_tolerable_fault_may_be_overlooked(void **state)
{
    (void)state;
    struct buffer odd = {0};
    support_hex(&odd, "81 fe 0001 00000000 61");
    struct scene s;
    begin(&s, 101);
    judge_ledger_sent(&s.ledger, buffer_bytes(&odd), NULL, NULL);
    gets(&s, TEXT, "a");
    s.seen.alive = true;
    EXPECT(&s, "fail(1002) | echo", JUDGE_LENIENT);
    end(&s);

    begin(&s, 101);
    judge_ledger_sent(&s.ledger, buffer_bytes(&odd), NULL, NULL);
    gets_code(&s, 1002);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002) | echo", JUDGE_STRICT);
    end(&s);

    begin(&s, 101); /* neither failed nor processed */
    judge_ledger_sent(&s.ledger, buffer_bytes(&odd), NULL, NULL);
    s.seen.alive = true;
    EXPECT(&s, "fail(1002) | echo", JUDGE_VIOLATION);
    end(&s);

    begin(&s, 101); /* processed wrongly */
    judge_ledger_sent(&s.ledger, buffer_bytes(&odd), NULL, NULL);
    gets(&s, TEXT, "ab");
    s.seen.alive = true;
    EXPECT(&s, "fail(1002) | echo", JUDGE_VIOLATION);
    end(&s);
    buffer_free(&odd);
}

/* --- living --------------------------------------------------------------------------------- */

static const char *const lives[] = {"echo", "pong", "survive", "accept"};

static void life_means_that_all_was_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        struct scene s;
        begin(&s, 101);
        sends(&s, TEXT, "one");
        sends(&s, PING, "p");
        s.seen.alive = true;
        EXPECT(&s, lives[i], JUDGE_VIOLATION);
        gets(&s, TEXT, "one");
        EXPECT(&s, lives[i], JUDGE_VIOLATION);
        gets(&s, PONG, "p");
        EXPECT(&s, lives[i], JUDGE_STRICT);
        s.seen.alive = false;
        EXPECT(&s, lives[i], JUDGE_VIOLATION);
        end(&s);
    }
}

static void life_needs_a_handshake(void **state)
{
    (void)state;
    static const unsigned statuses[] = {0, 200, 400, 404, 426, 503};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct scene s;
        begin(&s, statuses[i]);
        EXPECT(&s, "accept", JUDGE_VIOLATION);
        EXPECT(&s, "echo", JUDGE_VIOLATION);
        EXPECT(&s, "fail(1002)", JUDGE_VIOLATION);
        EXPECT(&s, "close", JUDGE_VIOLATION);
        end(&s);
    }
}

/* Dropping legal input is the product's reason to be: every way of it is a violation. */
static void an_early_end_is_no_life(void **state)
{
    (void)state;
    static const unsigned codes[] = {1000, 1001, 1002, 1007, 1008, 1009, 1011, 4000};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct scene s;
        begin(&s, 101);
        sends(&s, TEXT, "one");
        gets_code(&s, codes[i]);
        EXPECT(&s, "echo", JUDGE_VIOLATION);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "echo", JUDGE_VIOLATION);
        end(&s);
    }
    struct scene s;
    begin(&s, 101);
    sends(&s, TEXT, "one");
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "echo", JUDGE_VIOLATION);
    s.seen.end = JUDGE_END_RESET;
    EXPECT(&s, "echo", JUDGE_VIOLATION);
    end(&s);
}

/* A46: an endpoint may serve one type only. */
static void an_unwanted_type_is_open(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    sends(&s, BINARY, "one");
    gets_code(&s, 1003);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "echo", JUDGE_OPEN);
    end(&s);
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
        begin(&s, 101);
        sends(&s, TEXT, "12345");
        if (rows[i].code != NONE)
            gets_code(&s, rows[i].code);
        s.seen.end = rows[i].end;
        s.seen.limit = rows[i].limit;
        expect(&s, "echo", rows[i].grade, (int)i);
        end(&s);
    }
}

/* It need not wait for the end of a message that is too long already. */
static void limits_hold_for_unfinished_messages(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    sends(&s, BEGIN, "12345");
    sends(&s, MORE, "67890");
    gets_code(&s, 1009);
    s.seen.end = JUDGE_END_FIN;
    s.seen.limit = 8;
    EXPECT(&s, "echo", JUDGE_OPEN);
    s.seen.limit = 11;
    EXPECT(&s, "echo", JUDGE_VIOLATION);
    end(&s);
}

/* A57: at least 1000 fragments must pass; 10.4: a flood of pings may be cut. */
static void abuse_may_be_ended(void **state)
{
    (void)state;
    for (size_t frames = 1000; frames <= 1001; frames++) {
        struct scene s;
        begin(&s, 101);
        for (size_t i = 0; i < frames; i++)
            sends(&s, i == 0 ? BEGIN : i + 1 < frames ? MORE : 0x80, "");
        gets_code(&s, 1008);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "echo", frames > 1000 ? JUDGE_OPEN : JUDGE_VIOLATION);
        end(&s);
    }
    static const size_t pings[] = {10, 1000};
    for (size_t i = 0; i < COUNT_OF(pings); i++) {
        struct scene s;
        begin(&s, 101);
        for (size_t j = 0; j < pings[i]; j++)
            sends(&s, PING, "");
        gets_code(&s, 1008);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "pong", pings[i] > 10 ? JUDGE_OPEN : JUDGE_VIOLATION);
        end(&s);
    }
}

/* --- closing -------------------------------------------------------------------------------- */

enum { EMPTY = -2, ONE = -3, NOTHING = -1 };

static void send_close(struct scene *s, int code)
{
    if (code == ONE)
        sends(s, CLOSE, "x");
    else if (code == EMPTY)
        sends(s, CLOSE, "");
    else
        sends_code(s, (unsigned)code);
}

static void get_close(struct scene *s, int code)
{
    if (code == ONE)
        gets(s, CLOSE, "x");
    else if (code == EMPTY)
        gets(s, CLOSE, "");
    else if (code != NOTHING)
        gets_code(s, (unsigned)code);
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
        begin(&s, 101);
        send_close(&s, rows[i].sent);
        get_close(&s, rows[i].reply);
        s.seen.end = JUDGE_END_FIN;
        struct judge_judgement judgement = grade(&s, "close");
        if (judgement.grade != rows[i].grade)
            fail_msg("Close %d, reply %d: %d, not %d", rows[i].sent, rows[i].reply, judgement.grade,
                     rows[i].grade);
        end(&s);
    }
}

/* A08: a code that no receiver rule covers: dropping the connection is within its rights. */
static void an_odd_close_may_be_dropped_where_the_case_says_so(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    sends_code(&s, 1005);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1002) | close", JUDGE_LENIENT);
    s.seen.end = JUDGE_END_OPEN;
    EXPECT(&s, "fail(1002) | close", JUDGE_VIOLATION);
    end(&s);

    /* 7.4.1: 1005, 1006 and 1015 MUST NOT be set by an endpoint, in a reply neither. */
    static const unsigned local[] = {1005, 1006, 1015, 999, 0};
    for (size_t i = 0; i < COUNT_OF(local); i++) {
        begin(&s, 101);
        sends_code(&s, local[i]);
        gets_code(&s, local[i]);
        s.seen.end = JUDGE_END_FIN;
        EXPECT(&s, "fail(1002) | close", JUDGE_VIOLATION);
        end(&s);
    }
}

/* A44: a reset may have destroyed the Close, an orderly end did not. */
static void a_reset_hides_a_close(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    sends_code(&s, 1000);
    s.seen.end = JUDGE_END_RESET;
    EXPECT(&s, "close", JUDGE_OPEN);
    s.seen.end = JUDGE_END_OPEN;
    EXPECT(&s, "close", JUDGE_VIOLATION);
    end(&s);
}

/* A09: "the reply repeats the invalid bytes". */
static void an_invalid_reason_must_not_come_back(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    sends_octets(&s, CLOSE, bytes_of("\x03\xe8\xff", 3));
    gets_octets(&s, CLOSE, bytes_of("\x03\xe8\xff", 3));
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1007) | close", JUDGE_VIOLATION);
    end(&s);

    begin(&s, 101);
    sends_octets(&s, CLOSE, bytes_of("\x03\xe8\xff", 3));
    gets_code(&s, 1000);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1007) | close", JUDGE_LENIENT);
    end(&s);

    begin(&s, 101);
    sends_octets(&s, CLOSE, bytes_of("\x03\xe8\xff", 3));
    gets_code(&s, 1007);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "fail(1007) | close", JUDGE_STRICT);
    end(&s);
}

/* A13, A14: whoever answers what stands behind a Close breaks nothing, but it is noted. */
static void an_answer_behind_the_close_is_open(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    sends_code(&s, 1000);
    sends(&s, TEXT, "behind");
    gets(&s, TEXT, "behind");
    gets_code(&s, 1000);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "close", JUDGE_OPEN);
    end(&s);

    begin(&s, 101); /* it never hides a violation */
    sends_code(&s, 1000);
    sends(&s, TEXT, "behind");
    gets(&s, TEXT, "behind");
    gets_code(&s, 1006);
    s.seen.end = JUDGE_END_FIN;
    EXPECT(&s, "close", JUDGE_VIOLATION);
    end(&s);
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
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene s;
        begin(&s, rows[i].status);
        s.seen.end = rows[i].end;
        expect(&s, rows[i].outcome, rows[i].grade, (int)i);
        end(&s);
    }
}

static void a_101_where_none_is_due_is_named(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    assert_string_equal(grade(&s, "reject(400)").diagnosis, "the handshake was accepted with 101");
    end(&s);
}

/* A19 and its like: the server may refuse or serve, but then it must serve. */
static void refusing_or_serving(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, 101);
    s.seen.alive = true;
    EXPECT(&s, "reject(400) | accept", JUDGE_LENIENT);
    s.seen.alive = false;
    EXPECT(&s, "reject(400) | accept", JUDGE_VIOLATION);
    end(&s);
    begin(&s, 400);
    EXPECT(&s, "reject(400) | accept", JUDGE_STRICT);
    EXPECT(&s, "accept | reject(400)", JUDGE_LENIENT);
    end(&s);
}

/* --- what is said --------------------------------------------------------------------------- */

static void what_was_seen_is_described(void **state)
{
    (void)state;
    struct scene s;
    char text[256];

    begin(&s, 0);
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
    gets(&s, CLOSE, "");
    s.seen.end = JUDGE_END_FIN;
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_string_equal(text, "a Close without a code, then the end of TCP");
    end(&s);

    begin(&s, 101);
    gets_code(&s, 1005);
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_string_equal(text, "Close 1005, then TCP still open");
    end(&s);

    begin(&s, 101);
    sends(&s, TEXT, "x");
    s.seen.alive = true;
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_non_null(strstr(text, "the echo does not come, and it went on"));
    gets(&s, TEXT, "y");
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_non_null(strstr(text, "octet 0"));
    end(&s);

    begin(&s, 101);
    sends(&s, PING, "x");
    judge_grade_describe(&s.seen, text, sizeof(text));
    assert_string_equal(text, "the connection stays open and the pong does not come");
    end(&s);
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
        cmocka_unit_test(a_close_is_answered),
        cmocka_unit_test(an_odd_close_may_be_dropped_where_the_case_says_so),
        cmocka_unit_test(a_reset_hides_a_close),
        cmocka_unit_test(an_invalid_reason_must_not_come_back),
        cmocka_unit_test(an_answer_behind_the_close_is_open),
        cmocka_unit_test(a_refusal),
        cmocka_unit_test(a_101_where_none_is_due_is_named),
        cmocka_unit_test(refusing_or_serving),
        cmocka_unit_test(what_was_seen_is_described),
    };
    return cmocka_run_group_tests_name("judge/grade", tests, NULL, NULL);
}
