/* SPDX-License-Identifier: MIT */
#include "run/probe.h"

#include "play.h"

enum { OPEN = 900000, PATIENCE = 200000 };

struct visit {
    struct run_probe *probe;
    struct play play;
};

static const struct run_probe_finding *found(const struct visit *v)
{
    return run_probe_found(v->probe);
}

static void speak(struct visit *v, unsigned is, size_t size)
{
    *v = (struct visit){.probe = run_probe_speaker(&play_target, 3, size, OPEN, PATIENCE)};
    play_init(&v->play, is);
    play_begin(&v->play, run_probe_party(v->probe));
    play_run(&v->play);
}

static void listen_to(struct visit *v, unsigned is)
{
    *v = (struct visit){.probe = run_probe_listener(&play_target, 3, OPEN, PATIENCE)};
    play_init(&v->play, is);
    play_begin(&v->play, run_probe_party(v->probe));
    while (!v->play.closed && !run_probe_listening(v->probe))
        play_step(&v->play);
}

static void end(struct visit *v)
{
    run_probe_free(v->probe);
    play_free(&v->play);
}

static void a_good_endpoint_needs_no_timer(void **state)
{
    (void)state;
    struct visit v;
    speak(&v, 0, 0);
    assert_true(found(&v)->connected);
    assert_int_equal(found(&v)->status, 101);
    assert_true(found(&v)->echoed);
    assert_true(found(&v)->ponged);
    assert_true(found(&v)->contained);
    assert_int_equal(found(&v)->end, JUDGE_END_OPEN);
    assert_int_equal(found(&v)->sighting_count, 0);
    assert_false(found(&v)->timed_out);
    assert_true(found(&v)->round_trip_us > 0);
    assert_true(found(&v)->round_trip_us < 1000);
    assert_int_equal(v.play.waited, 0);
    end(&v);
}

static void what_it_lacks_is_found(void **state)
{
    (void)state;
    static const struct {
        unsigned is;
        bool echoed;
        bool ponged;
        enum judge_end end;
    } rows[] = {
        {PLAY_NO_ECHO, false, true, JUDGE_END_OPEN},
        {PLAY_NO_PONG, true, false, JUDGE_END_OPEN},
        {PLAY_NO_ECHO | PLAY_NO_PONG, false, false, JUDGE_END_OPEN},
        {PLAY_BAD_ECHO, false, true, JUDGE_END_OPEN},
        {PLAY_GREET, true, true, JUDGE_END_OPEN},
        {PLAY_ASKS, true, true, JUDGE_END_OPEN},
        {PLAY_CHOPPED | PLAY_SLOW, true, true, JUDGE_END_OPEN},
        {PLAY_NO_CLOSE, true, true, JUDGE_END_OPEN},
        {PLAY_NO_FIN, true, true, JUDGE_END_OPEN},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct visit v;
        speak(&v, rows[i].is, 0);
        if (found(&v)->echoed != rows[i].echoed || found(&v)->ponged != rows[i].ponged)
            fail_msg("row %zu: echoed %d, ponged %d", i, found(&v)->echoed, found(&v)->ponged);
        assert_int_equal(found(&v)->end, rows[i].end);
        end(&v);
    }
}

/* It looks for a limit with messages of a size: the answer is an echo or none. */
static void messages_of_any_size_are_sent(void **state)
{
    (void)state;
    static const size_t sizes[] = {2, 125, 126, 65536, 1000000};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct visit v;
        speak(&v, 0, sizes[i]);
        assert_true(found(&v)->echoed);
        end(&v);
    }
}

static void an_end_by_the_endpoint_is_told(void **state)
{
    (void)state;
    struct visit v = {.probe = run_probe_speaker(&play_target, 3, 0, OPEN, PATIENCE)};
    play_init(&v.play, 0);
    play_begin(&v.play, run_probe_party(v.probe));
    play_receive(&v.play);
    play_deliver(&v.play);
    v.play.end = JUDGE_END_RESET;
    play_tell_end(&v.play);
    assert_true(v.play.closed);
    assert_int_equal(found(&v)->end, JUDGE_END_RESET);
    assert_false(found(&v)->echoed);
    end(&v);
}

static void a_refusal_is_told(void **state)
{
    (void)state;
    struct visit v = {.probe = run_probe_speaker(&play_target, 3, 0, OPEN, PATIENCE)};
    play_init(&v.play, 0);
    v.play.answer = "HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\n";
    play_begin(&v.play, run_probe_party(v.probe));
    play_run(&v.play);
    assert_int_equal(found(&v)->status, 404);
    assert_string_equal(found(&v)->agent, "x");
    assert_false(found(&v)->echoed);
    end(&v);
}

static void silence_times_out(void **state)
{
    (void)state;
    struct visit v;
    speak(&v, PLAY_SILENT, 0);
    assert_true(found(&v)->connected);
    assert_true(found(&v)->timed_out);
    assert_int_equal(found(&v)->status, 0);
    assert_int_equal(v.play.waited, 1);
    end(&v);
    speak(&v, PLAY_HANG_UP, 0);
    assert_false(found(&v)->timed_out);
    assert_int_equal(found(&v)->end, JUDGE_END_FIN);
    end(&v);
}

static void nobody_there_is_told(void **state)
{
    (void)state;
    struct visit v = {.probe = run_probe_speaker(&play_target, 3, 0, OPEN, PATIENCE)};
    play_init(&v.play, 0);
    v.play.party = run_probe_party(v.probe);
    v.play.party.ended(v.play.party.self, JUDGE_END_OPEN, v.play.now);
    play_pump(&v.play);
    assert_true(v.play.closed);
    assert_false(found(&v)->connected);
    end(&v);
}

static void what_a_plain_handshake_breaks_is_sighted(void **state)
{
    (void)state;
    struct visit v = {.probe = run_probe_speaker(&play_target, 3, 0, OPEN, PATIENCE)};
    play_init(&v.play, 0);
    v.play.answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n";
    play_begin(&v.play, run_probe_party(v.probe));
    play_run(&v.play);
    assert_true(found(&v)->sighting_count > 0);
    assert_true(found(&v)->echoed);
    end(&v);
}

static void a_listener_hears_greetings_and_broadcasts(void **state)
{
    (void)state;
    struct visit v;
    listen_to(&v, PLAY_GREET);
    assert_true(run_probe_listening(v.probe));
    assert_int_equal(found(&v)->greetings, 1);
    assert_int_equal(v.play.waited, 0);
    struct buffer news = {0};
    wire_server(&news, 0x81, "somebody else said this");
    play_bytes(&v.play, buffer_bytes(&news));
    assert_true(run_probe_listening(v.probe));
    assert_false(v.play.closed);
    run_probe_finish(v.probe);
    play_pump(&v.play);
    play_run(&v.play);
    assert_int_equal(found(&v)->greetings, 1);
    assert_int_equal(found(&v)->messages, 2);
    assert_true(found(&v)->ponged);
    buffer_free(&news);
    end(&v);
}

static void a_listener_does_not_need_pongs(void **state)
{
    (void)state;
    struct visit v;
    listen_to(&v, PLAY_GREET | PLAY_NO_PONG);
    assert_true(run_probe_listening(v.probe));
    assert_int_equal(found(&v)->greetings, 1);
    assert_int_equal(v.play.waited, 1);
    run_probe_finish(v.probe);
    play_pump(&v.play);
    play_run(&v.play);
    assert_false(found(&v)->ponged);
    end(&v);
}

static void a_listener_is_patient(void **state)
{
    (void)state;
    struct visit v;
    listen_to(&v, 0);
    assert_true(run_probe_listening(v.probe));
    assert_true(v.play.action.deadline == UINT64_MAX);
    v.play.now += 100 * (uint64_t)PATIENCE;
    play_pump(&v.play);
    assert_false(v.play.closed);
    end(&v);
    run_probe_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_endpoint_needs_no_timer),
        cmocka_unit_test(what_it_lacks_is_found),
        cmocka_unit_test(messages_of_any_size_are_sent),
        cmocka_unit_test(an_end_by_the_endpoint_is_told),
        cmocka_unit_test(a_refusal_is_told),
        cmocka_unit_test(silence_times_out),
        cmocka_unit_test(nobody_there_is_told),
        cmocka_unit_test(what_a_plain_handshake_breaks_is_sighted),
        cmocka_unit_test(a_listener_hears_greetings_and_broadcasts),
        cmocka_unit_test(a_listener_does_not_need_pongs),
        cmocka_unit_test(a_listener_is_patient),
    };
    return cmocka_run_group_tests_name("run/probe", tests, NULL, NULL);
}
