/* SPDX-License-Identifier: MIT */
#include "judge/match.h"

#include "support.h"
#include "wire.h"

enum {
    TEXT = 0x81,
    BINARY = 0x82,
    BEGIN = 0x01, /* the first of several fragments of a text message */
    MORE = 0x00,
    LAST = 0x80,
    CLOSE = 0x88,
    PING = 0x89,
    PONG = 0x8a
};

struct talk {
    struct judge_ledger ledger;
    struct judge_match match;
    struct ws_reader reader;
};

static void begin(struct talk *talk, bool echoes, unsigned foreign)
{
    judge_ledger_init(&talk->ledger, true);
    judge_match_init(&talk->match, &talk->ledger, echoes, foreign);
    ws_reader_init(&talk->reader, WS_READER_OBSERVING, false, UINT64_MAX);
}

static void end(struct talk *talk)
{
    judge_ledger_free(&talk->ledger);
}

static void send_octets(struct talk *talk, uint8_t first, struct bytes payload)
{
    struct buffer wire = {0};
    wire_put(&wire, first, true, payload);
    judge_ledger_sent(&talk->ledger, buffer_bytes(&wire), NULL, NULL);
    buffer_free(&wire);
}

static void sends(struct talk *talk, uint8_t first, const char *payload)
{
    send_octets(talk, first, bytes_text(payload));
}

static void get_octets(struct talk *talk, uint8_t first, struct bytes payload)
{
    struct buffer wire = {0};
    wire_put(&wire, first, false, payload);
    size_t done = 0;
    struct ws_event event;
    for (;;) {
        size_t used;
        enum ws_status status =
            ws_reader_next(&talk->reader, wire.data + done, wire.len - done, &used, &event);
        done += used;
        if (status != WS_ITEM)
            break;
        judge_match_event(&talk->match, &event);
    }
    buffer_free(&wire);
}

static void gets(struct talk *talk, uint8_t first, const char *payload)
{
    get_octets(talk, first, bytes_text(payload));
}

static void expect_done(const struct talk *talk)
{
    assert_string_equal(talk->match.wrong, "");
    assert_false(talk->match.processed);
    assert_false(talk->match.late);
    assert_true(judge_match_echoes_done(&talk->match));
    assert_true(judge_match_pongs_done(&talk->match));
}

static void expect_wrong(const struct talk *talk, const char *part)
{
    if (strstr(talk->match.wrong, part) == NULL)
        fail_msg("'%s' is not in '%s'", part, talk->match.wrong);
    assert_false(talk->match.processed);
}

static void echoes_in_order_are_right(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, TEXT, "one");
    sends(&t, BINARY, "\xff");
    sends(&t, TEXT, "");
    assert_false(judge_match_echoes_done(&t.match));
    gets(&t, TEXT, "one");
    gets(&t, BINARY, "\xff");
    assert_false(judge_match_echoes_done(&t.match));
    gets(&t, TEXT, "");
    expect_done(&t);
    assert_int_equal(t.match.messages, 3);
    end(&t);
}

/* A45: frames need not come back as they went out. */
static void an_echo_may_be_cut_otherwise(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, BEGIN, "frag");
    sends(&t, PING, "inside");
    sends(&t, LAST, "ment");
    sends(&t, TEXT, "whole");
    gets(&t, PONG, "inside");
    gets(&t, TEXT, "fragment");
    gets(&t, BEGIN, "");
    gets(&t, MORE, "wh");
    gets(&t, MORE, "o");
    gets(&t, LAST, "le");
    expect_done(&t);
    end(&t);
}

/* A streaming endpoint returns each fragment before the message is whole. */
static void an_echo_may_run_while_we_still_send(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, BEGIN, "fra");
    gets(&t, BEGIN, "fra");
    sends(&t, PING, "p");
    sends(&t, MORE, "gme");
    gets(&t, MORE, "gme");
    gets(&t, PONG, "p");
    assert_string_equal(t.match.wrong, "");
    sends(&t, LAST, "nt");
    assert_false(judge_match_echoes_done(&t.match));
    gets(&t, LAST, "nt");
    expect_done(&t);
    end(&t);
}

static void an_open_message_is_owed_nothing_and_must_not_come(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, BEGIN, "half");
    assert_true(judge_match_echoes_done(&t.match));
    gets(&t, TEXT, "half");
    expect_wrong(&t, "echoes nothing");
    end(&t);
}

static void a_wrong_echo_is_named(void **state)
{
    (void)state;
    static const struct {
        uint8_t first;
        const char *came;
        const char *sentence;
    } rows[] = {
        {TEXT, "onf", "differs from what was sent at octet 2"},
        {TEXT, "Xne", "differs from what was sent at octet 0"},
        {TEXT, "on", "ends after 2 of 3 octets"},
        {TEXT, "", "ends after 0 of 3 octets"},
        {TEXT, "one!", "differs from what was sent at octet 3"},
        {BINARY, "one", "the echo of a text message came back as binary"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct talk t;
        begin(&t, true, 0);
        sends(&t, TEXT, "one");
        gets(&t, rows[i].first, rows[i].came);
        expect_wrong(&t, rows[i].sentence);
        end(&t);
    }
}

static void only_the_first_fault_is_kept(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, TEXT, "one");
    gets(&t, TEXT, "two");
    gets(&t, TEXT, "three");
    expect_wrong(&t, "at octet 0");
    end(&t);
}

static void order_and_number_count(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, TEXT, "one");
    sends(&t, TEXT, "two");
    gets(&t, TEXT, "two");
    expect_wrong(&t, "an echo is missing before this one");
    end(&t);

    begin(&t, true, 0);
    sends(&t, TEXT, "one");
    gets(&t, TEXT, "one");
    gets(&t, TEXT, "one");
    expect_wrong(&t, "came back twice");
    end(&t);

    begin(&t, true, 0);
    sends(&t, TEXT, "one");
    sends(&t, TEXT, "two");
    gets(&t, TEXT, "one");
    gets(&t, TEXT, "one");
    expect_wrong(&t, "came back twice");
    end(&t);

    begin(&t, true, 0);
    gets(&t, TEXT, "hello");
    expect_wrong(&t, "echoes nothing");
    end(&t);
}

/* Several messages with the same octets are as many echoes. */
static void equal_messages_are_counted(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, TEXT, "x");
    sends(&t, TEXT, "x");
    gets(&t, TEXT, "x");
    assert_false(judge_match_echoes_done(&t.match));
    gets(&t, TEXT, "x");
    expect_done(&t);
    gets(&t, TEXT, "x");
    expect_wrong(&t, "came back twice");
    end(&t);
}

static void greetings_are_allowed_as_often_as_told(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 2);
    gets(&t, TEXT, "welcome");
    sends(&t, TEXT, "one");
    gets(&t, TEXT, "it is noon");
    gets(&t, TEXT, "one");
    expect_done(&t);
    gets(&t, TEXT, "it is one");
    expect_wrong(&t, "echoes nothing");
    end(&t);
}

/* A greeting whose beginning came before we sent anything must not spoil the echo. */
static void a_greeting_may_begin_before_we_send(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 1);
    gets(&t, BEGIN, "wel");
    sends(&t, TEXT, "come");
    gets(&t, LAST, "come");
    gets(&t, TEXT, "come");
    expect_done(&t);
    end(&t);
}

/* Whoever does not echo may say what it likes. */
static void without_echo_messages_mean_nothing(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, false, 0);
    sends(&t, TEXT, "one");
    assert_true(judge_match_echoes_done(&t.match));
    gets(&t, TEXT, "something else");
    expect_done(&t);
    assert_int_equal(t.match.messages, 1);
    end(&t);
}

/* RFC 6455, 5.5.3: an endpoint "MAY elect to send a Pong frame for only the most recently processed
 * Ping frame"; 5.5.2: "unless it already received a Close frame". */
static void pongs(void **state)
{
    (void)state;
    static const struct {
        const char *pings[4];
        const char *pongs[4];
        bool done;
    } rows[] = {
        {{"a", "b", "c"}, {"a", "b", "c"}, true},
        {{"a", "b", "c"}, {"c"}, true},
        {{"a", "b", "c"}, {"a", "c"}, true},
        {{"a", "b", "c"}, {"a", "b"}, false},
        {{"a", "b", "c"}, {"a"}, false},
        {{"a", "b", "c"}, {NULL}, false},
        {{"a"}, {"A"}, false},
        {{"ab"}, {"a"}, false},
        {{"a"}, {"ab"}, false},
        {{"a"}, {""}, false},
        {{""}, {""}, true},
        {{"a"}, {"nobody asked", "a"}, true},
        {{"same", "same"}, {"same", "same"}, true},
        {{"same", "same"}, {"same"}, true}, /* the answer to the last of them */
        {{"same", "b", "same"}, {"same", "b", "same"}, true},
        {{"same", "b", "same"}, {"b"}, false},
        {{"same", "same", "b"}, {"same", "same"}, false},
        {{"same", "same", "b"}, {"b"}, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct talk t;
        begin(&t, true, 0);
        for (size_t j = 0; j < 4 && rows[i].pings[j] != NULL; j++)
            sends(&t, PING, rows[i].pings[j]);
        for (size_t j = 0; j < 4 && rows[i].pongs[j] != NULL; j++)
            gets(&t, PONG, rows[i].pongs[j]);
        if (judge_match_pongs_done(&t.match) != rows[i].done)
            fail_msg("row %zu", i);
        assert_string_equal(t.match.wrong, "");
        end(&t);
    }
}

/* 5.5.2 and 5.4: pongs do not wait for the messages around them. */
static void pongs_may_overtake_echoes(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, TEXT, "one");
    sends(&t, PING, "p");
    gets(&t, PONG, "p");
    assert_true(judge_match_pongs_done(&t.match));
    assert_false(judge_match_echoes_done(&t.match));
    gets(&t, TEXT, "one");
    expect_done(&t);
    end(&t);
}

static void answers_from_behind_a_violation_are_noticed(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, TEXT, "before");
    sends(&t, 0xc1, "wrong");
    sends(&t, TEXT, "behind");
    gets(&t, TEXT, "before");
    assert_true(judge_match_echoes_done(&t.match));
    assert_false(t.match.processed);
    gets(&t, TEXT, "behind"); /* the wrong one was passed over, the next was not */
    assert_true(t.match.processed);
    end(&t);

    begin(&t, true, 0);
    sends(&t, 0xc1, "wrong");
    gets(&t, TEXT, "wrong");
    assert_true(t.match.processed);
    end(&t);

    begin(&t, true, 0);
    sends(&t, PING, "before");
    sends(&t, 0xc1, "wrong");
    sends(&t, PING, "behind");
    assert_false(judge_match_pongs_done(&t.match));
    gets(&t, PONG, "before");
    assert_true(judge_match_pongs_done(&t.match));
    assert_false(t.match.processed);
    gets(&t, PONG, "behind");
    assert_true(t.match.processed);
    end(&t);
}

/* The same payload before and behind the violation: the answer counts for the ping before. */
static void in_doubt_a_pong_answers_the_legal_ping(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    sends(&t, PING, "same");
    sends(&t, 0xc1, "wrong");
    sends(&t, PING, "same");
    gets(&t, PONG, "same");
    assert_false(t.match.processed);
    gets(&t, PONG, "same");
    assert_true(t.match.processed);
    end(&t);
}

static void what_is_tolerable_is_owed(void **state)
{
    (void)state;
    struct talk t;
    struct buffer odd = {0};
    begin(&t, true, 0);
    support_hex(&odd, "81 fe 0001 00000000 61");
    judge_ledger_sent(&t.ledger, buffer_bytes(&odd), NULL, NULL);
    assert_false(judge_match_echoes_done(&t.match));
    gets(&t, TEXT, "a");
    expect_done(&t);
    buffer_free(&odd);
    end(&t);
}

/* A14: nobody owes anything to what stands behind our Close, and nobody is forbidden to answer. */
static void behind_our_close_nothing_is_owed(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    send_octets(&t, CLOSE, bytes_of("\x03\xe8", 2));
    sends(&t, TEXT, "behind");
    sends(&t, PING, "behind");
    assert_true(judge_match_echoes_done(&t.match));
    assert_true(judge_match_pongs_done(&t.match));
    assert_false(t.match.late);
    gets(&t, PONG, "behind");
    assert_true(t.match.late);
    t.match.late = false;
    gets(&t, TEXT, "behind");
    assert_true(t.match.late);
    assert_string_equal(t.match.wrong, "");
    assert_false(t.match.processed);
    end(&t);
}

static void the_first_close_is_kept(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, true, 0);
    get_octets(&t, CLOSE,
               bytes_of("\x03\xea"
                        "why",
                        5));
    get_octets(&t, CLOSE, bytes_of("\x03\xe8", 2));
    assert_true(t.match.close_seen);
    assert_int_equal(t.match.close.code, 1002);
    support_expect_text(t.match.close.reason, "why");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes_in_order_are_right),
        cmocka_unit_test(an_echo_may_be_cut_otherwise),
        cmocka_unit_test(an_echo_may_run_while_we_still_send),
        cmocka_unit_test(an_open_message_is_owed_nothing_and_must_not_come),
        cmocka_unit_test(a_wrong_echo_is_named),
        cmocka_unit_test(only_the_first_fault_is_kept),
        cmocka_unit_test(order_and_number_count),
        cmocka_unit_test(equal_messages_are_counted),
        cmocka_unit_test(greetings_are_allowed_as_often_as_told),
        cmocka_unit_test(a_greeting_may_begin_before_we_send),
        cmocka_unit_test(without_echo_messages_mean_nothing),
        cmocka_unit_test(pongs),
        cmocka_unit_test(pongs_may_overtake_echoes),
        cmocka_unit_test(answers_from_behind_a_violation_are_noticed),
        cmocka_unit_test(in_doubt_a_pong_answers_the_legal_ping),
        cmocka_unit_test(what_is_tolerable_is_owed),
        cmocka_unit_test(behind_our_close_nothing_is_owed),
        cmocka_unit_test(the_first_close_is_kept),
    };
    return cmocka_run_group_tests_name("judge/match", tests, NULL, NULL);
}
