/* SPDX-License-Identifier: MIT */
/* Exchanges that do not end as the others do: who ends TCP, what is said after a refusal, what is
 * left unsaid. */
#include "run/exchange.h"

#include "guest.h"

static const char spare_case[] =
    "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": \"one\"}}], \"outcome\": "
    "\"spare\"";
static const char spare_cut_case[] = "\"steps\": [{\"raw\": \"81 fe\"}], \"outcome\": \"spare\"";

/* --- who ends TCP ----------------------------------------------------------------------------- */

/* It was told to end in order, and tears the connection down. */
static void receive_and_reset(struct play *p)
{
    guest_receive(p);
    if (p->end == JUDGE_END_FIN)
        p->end = JUDGE_END_RESET;
}

static void act_watched(struct guest *g, unsigned is, void (*receive)(struct play *p),
                        const char *rest)
{
    guest_prepare(g, is, 0);
    g->stage.play.receive = receive;
    guest_begin(g, MUST, rest);
    run_exchange_watch_end(g->stage.exchange);
    stage_finish(&g->stage);
    EXPECT(&g->stage, JUDGE_PASS);
}

/* RFC 6455, 7.1.1: "the client SHOULD wait for the server to Close", once told to close. */
static void a_client_that_ends_tcp_first_is_seen(void **state)
{
    (void)state;
    static const char *const cases[] = {echo_case, pong_case, close_case};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guest g;
        act_watched(&g, 0, guest_receive, cases[i]);
        assert_true(g.stage.result.watched);
        assert_true(g.stage.result.clean);
        assert_true(g.stage.result.ended_first); /* which the whole run judges */
        assert_int_equal(g.stage.result.sighting_count, 0);
        assert_int_equal(g.stage.play.waited, 0);
        guest_end(&g);
    }
}

/* 7.1.1: "An endpoint SHOULD use a method that cleanly closes the TCP connection". */
static void a_client_that_resets_tcp_is_seen(void **state)
{
    (void)state;
    struct guest g;
    act_watched(&g, 0, receive_and_reset, echo_case);
    assert_true(g.stage.result.watched);
    assert_false(g.stage.result.clean);
    assert_true(stage_sighted(&g.stage, "RFC6455-7.1.1-01"));
    assert_int_equal(g.stage.result.sighting_count, 1);
    guest_end(&g);
}

static void a_client_that_waits_for_us_is_not_blamed(void **state)
{
    (void)state;
    static const char *const cases[] = {echo_case, close_case, rsv_case, utf8_case};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guest g;
        act_watched(&g, PLAY_NO_FIN, guest_receive, cases[i]);
        assert_true(g.stage.result.watched);
        assert_true(g.stage.result.clean);
        assert_int_equal(g.stage.result.sighting_count, 0);
        assert_int_equal(g.stage.play.waited, 1); /* a moment, and no deadline */
        assert_int_equal(g.stage.result.waits, 0);
        assert_int_equal(g.stage.result.hang, RUN_HANG_NONE);
        assert_false(g.stage.result.ended_first);
        assert_true(g.stage.play.now < 1000000 + 150 * 1000);
        guest_end(&g);
    }
}

/* A05: who fails a connection has no Close to wait for, and drops what we answer. */
static void a_failing_client_may_end_tcp_at_once(void **state)
{
    (void)state;
    static void (*const ways[])(struct play *) = {guest_receive, receive_and_reset};
    static const char *const cases[] = {rsv_case, utf8_case};
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct guest g;
        act_watched(&g, 0, ways[i % 2], cases[i / 2]);
        assert_true(g.stage.result.close_seen);
        assert_int_equal(g.stage.result.sighting_count, 0);
        guest_end(&g);
    }
}

/* Who is not watched is not made to wait either, and nobody knows what it would have done. */
static void who_is_not_watched_is_not_blamed(void **state)
{
    (void)state;
    static const unsigned ways[] = {0, PLAY_NO_FIN};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct guest g;
        guest_act(&g, ways[i], 0, echo_case);
        assert_false(g.stage.result.watched);
        assert_int_equal(g.stage.result.sighting_count, 0);
        assert_int_equal(g.stage.play.waited, 0);
        guest_end(&g);
    }
}

/* --- what we leave unsaid --------------------------------------------------------------------- */

/* Inside a frame that we never finish no Close of ours can be said, so theirs is the end. */
static void a_close_inside_our_frame_is_the_end(void **state)
{
    (void)state;
    static const unsigned ways[] = {0, PLAY_NO_FIN, PLAY_CHOPPED | PLAY_NO_FIN,
                                    PLAY_SLOW | PLAY_NO_FIN};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct guest g;
        guest_act(&g, ways[i], 0, cut_frame_case);
        stage_expect(&g.stage, JUDGE_PASS, (int)i);
        assert_true(g.stage.result.close_seen);
        assert_false(g.stage.result.clean); /* ours is owed for ever */
        assert_int_equal(g.stage.result.hang, RUN_HANG_NONE);
        assert_int_equal(g.stage.result.waits, 0);
        assert_int_equal(g.stage.result.sighting_count, 0);
        assert_int_equal(g.stage.play.waited, 0);
        guest_end(&g);
    }
}

static bool has_close(const struct play *p)
{
    struct stage_frames sent = stage_read_sent(p);
    for (size_t i = 0; i < sent.count; i++)
        if (sent.frames[i].frame.opcode == WS_CLOSE)
            return true;
    return false;
}

/* What becomes of this connection does not matter, so it is left as it is after the grace. */
static void a_spared_connection_is_left_behind(void **state)
{
    (void)state;
    static const unsigned kinds[] = {0,           PLAY_NO_ECHO,  PLAY_NO_ECHO | PLAY_NO_PONG,
                                     PLAY_NO_FIN, PLAY_NO_CLOSE, PLAY_SLOW,
                                     PLAY_CHOPPED};
    static const char *const cases[] = {spare_case, spare_cut_case};
    for (size_t i = 0; i < COUNT_OF(kinds) * COUNT_OF(cases); i++) {
        struct stage s;
        stage_act(&s, kinds[i / 2], MUST, cases[i % 2]);
        stage_expect(&s, JUDGE_PASS, (int)i);
        assert_int_equal(s.result.judgement.grade, JUDGE_STRICT);
        assert_int_equal(s.play.waited, 1);
        assert_int_equal(s.result.waits, 0);
        assert_int_equal(s.result.hang, RUN_HANG_NONE);
        assert_in_range(s.play.now, 1000000 + GRACE, 1000000 + 2 * GRACE);
        assert_false(has_close(&s.play));
        stage_end(&s);
    }
}

/* An end is as good, and known sooner. */
static void a_spared_connection_may_end(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_CLOSE_FIRST, MUST, spare_case);
    EXPECT(&s, JUDGE_PASS);
    assert_int_equal(s.play.waited, 0);
    stage_end(&s);
}

/* But a message that comes back changed is wrong anywhere, and without a connection nothing was
 * asked. */
static void sparing_forgives_no_lie(void **state)
{
    (void)state;
    struct stage s;
    stage_act(&s, PLAY_BAD_ECHO, MUST, spare_case);
    EXPECT(&s, JUDGE_FAILED);
    stage_end(&s);
    stage_act(&s, PLAY_HANG_UP, MUST, spare_case);
    EXPECT(&s, JUDGE_SKIP);
    stage_end(&s);
}

/* --- what comes after a refusal --------------------------------------------------------------- */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_that_ends_tcp_first_is_seen),
        cmocka_unit_test(a_client_that_resets_tcp_is_seen),
        cmocka_unit_test(a_client_that_waits_for_us_is_not_blamed),
        cmocka_unit_test(a_failing_client_may_end_tcp_at_once),
        cmocka_unit_test(who_is_not_watched_is_not_blamed),
        cmocka_unit_test(a_close_inside_our_frame_is_the_end),
        cmocka_unit_test(a_spared_connection_is_left_behind),
        cmocka_unit_test(a_spared_connection_may_end),
        cmocka_unit_test(sparing_forgives_no_lie),
    };
    return cmocka_run_group_tests_name("run/exchange_end", tests, NULL, NULL);
}
