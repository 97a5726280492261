/* SPDX-License-Identifier: MIT */
#include "net/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "net/listener.h"
#include "net/timer.h"

/* One side of a connection and what it saw. */
struct side {
    struct test *test;
    struct net_tcp *tcp;
    struct buffer got;
    unsigned connected;
    unsigned written;
    unsigned ended;
    enum net_end end;
    unsigned last_end_wish; /* stop the loop at this many ends */
};

struct test {
    struct net_loop *loop;
    struct net_listener *listener;
    struct net_timer *guard;
    struct side client;
    struct side server;
    void (*accepted)(struct test *test);
    void (*received)(struct side *side);
    void (*sent)(struct side *side);
    bool inside; /* a call into the subject is under way: no callback may come */
};

static void on_connected(void *context)
{
    struct side *side = context;
    assert_false(side->test->inside);
    side->connected++;
}

static void on_bytes(void *context, uint8_t *data, size_t len)
{
    struct side *side = context;
    assert_false(side->test->inside);
    buffer_append(&side->got, bytes_of(data, len));
    memset(data, 0, len); /* it is ours for the length of the call */
    if (side->test->received)
        side->test->received(side);
}

static void on_written(void *context)
{
    struct side *side = context;
    assert_false(side->test->inside);
    side->written++;
    if (side->test->sent)
        side->test->sent(side);
}

static void on_ended(void *context, enum net_end end)
{
    struct side *side = context;
    assert_false(side->test->inside);
    side->end = end;
    if (++side->ended == side->last_end_wish)
        net_loop_stop(side->test->loop);
}

static const struct net_tcp_events events = {on_connected, on_bytes, on_written, on_ended};

static void write_text(struct side *side, struct bytes b)
{
    side->test->inside = true;
    net_tcp_write(side->tcp, b);
    side->test->inside = false;
}

static void on_accepted(void *context, struct net_tcp *tcp)
{
    struct test *test = context;
    test->server.tcp = tcp;
    net_tcp_attach(tcp, &events, &test->server);
    if (test->accepted)
        test->accepted(test);
}

static void time_is_up(void *context)
{
    (void)context;
    fail_msg("nothing happened for five seconds");
}

static struct test *start(const char *host)
{
    struct test *test = calloc(1, sizeof *test);
    test->client.test = test->server.test = test;
    test->client.last_end_wish = 1;
    test->loop = net_loop_new();
    test->guard = net_timer_new(test->loop, time_is_up, NULL);
    net_timer_set(test->guard, net_loop_now(test->loop) + 5000000);
    struct net_address address;
    struct error error = {""};
    assert_int_equal(net_address_resolve(&address, host, 0, &error), 0);
    test->listener = net_listener_open(test->loop, &address, on_accepted, test, &error);
    if (!test->listener)
        return test;
    unsigned port = net_listener_port(test->listener);
    assert_int_equal(net_address_resolve(&address, host, port, &error), 0);
    test->client.tcp = net_tcp_connect(test->loop, &address, &events, &test->client);
    assert_int_equal(test->client.connected, 0);
    return test;
}

static void finish(struct test *test)
{
    if (test->client.tcp)
        net_tcp_close(test->client.tcp, false);
    if (test->server.tcp)
        net_tcp_close(test->server.tcp, false);
    net_listener_close(test->listener);
    net_timer_free(test->guard);
    net_loop_free(test->loop);
    buffer_free(&test->client.got);
    buffer_free(&test->server.got);
    free(test);
}

static void close_server(struct test *test, bool reset)
{
    net_tcp_close(test->server.tcp, reset);
    test->server.tcp = NULL;
}

static void fin_at_once(struct test *test)
{
    close_server(test, false);
}

static void tells_a_fin(void **state)
{
    (void)state;
    static const char *const hosts[] = {"127.0.0.1", "[::1]"};
    for (size_t i = 0; i < 2; i++) {
        struct test *test = start(hosts[i]);
        test->accepted = fin_at_once;
        if (test->listener) { /* there may be no IPv6 */
            net_loop_run(test->loop);
            assert_int_equal(test->client.connected, 1);
            assert_int_equal(test->client.end, NET_END_FIN);
        }
        finish(test);
    }
}

static void say_bye_and_reset(struct side *side)
{
    struct test *test = side->test;
    if (side == &test->server)
        close_server(test, true);
}

static void greet_the_server(struct test *test)
{
    write_text(&test->client, bytes_text("hello"));
}

static void tells_a_reset(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    test->accepted = greet_the_server;
    test->received = say_bye_and_reset;
    net_loop_run(test->loop);
    assert_int_equal(test->client.connected, 1);
    assert_int_equal(test->client.end, NET_END_RESET);
    assert_int_equal(test->client.ended, 1);
    finish(test);
}

static void tells_a_refusal(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    net_tcp_close(test->client.tcp, false);
    struct net_address address;
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", net_address_free_port(), NULL), 0);
    test->inside = true;
    test->client.tcp = net_tcp_connect(test->loop, &address, &events, &test->client);
    test->inside = false;
    net_loop_run(test->loop);
    assert_int_equal(test->client.end, NET_END_REFUSED);
    assert_int_equal(test->client.connected, 0);
    finish(test);
}

/* An address of no family that libuv knows is refused inside uv_tcp_connect already. */
static void tells_a_failure_from_the_loop(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    net_tcp_close(test->client.tcp, false);
    struct net_address nowhere = {{0}};
    test->inside = true;
    test->client.tcp = net_tcp_connect(test->loop, &nowhere, &events, &test->client);
    test->inside = false;
    assert_int_equal(test->client.ended, 0);
    net_loop_run(test->loop);
    assert_int_equal(test->client.ended, 1);
    assert_int_equal(test->client.end, NET_END_FAILED);
    finish(test);
}

enum { MUCH = 8 << 20 };

static struct buffer pattern(void)
{
    struct buffer out = {0};
    uint8_t *data = buffer_extend(&out, MUCH);
    for (size_t i = 0; i < MUCH; i++)
        data[i] = (uint8_t)(i * 2654435761u >> 24);
    return out;
}

static void say_bye_and_reset_at_once(void *context)
{
    struct test *test = context;
    write_text(&test->server, bytes_text("bye"));
    close_server(test, true);
    write_text(&test->client, bytes_text("into the void"));
}

static void stop_loop(void *context)
{
    net_loop_stop(context);
}

/* A write may find the reset before a read does; what came before is still delivered, and the end
 * is still a reset. */
static void reads_what_came_before_a_reset(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    struct net_timer *timer = net_timer_new(test->loop, say_bye_and_reset_at_once, test);
    net_timer_set(timer, net_loop_now(test->loop) + 5000);
    net_loop_run(test->loop);
    assert_int_equal(test->client.connected, 1);
    assert_true(bytes_equal(buffer_bytes(&test->client.got), bytes_text("bye")));
    assert_int_equal(test->client.end, NET_END_RESET);
    assert_int_equal(test->client.written, 0);
    net_timer_free(timer);
    finish(test);
}

static void send_much(struct test *test)
{
    struct buffer much = pattern();
    net_tcp_pause(test->server.tcp);
    write_text(&test->client, buffer_bytes(&much));
    buffer_free(&much);
    test->client.last_end_wish = 0;
}

static void reset_the_sleeper(void *context)
{
    struct test *test = context;
    assert_int_equal(test->client.connected, 1);
    close_server(test, true);
}

static void tells_a_reset_once(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    test->accepted = send_much;
    struct net_timer *reset = net_timer_new(test->loop, reset_the_sleeper, test);
    struct net_timer *stop = net_timer_new(test->loop, stop_loop, test->loop);
    net_timer_set(reset, net_loop_now(test->loop) + 10000);
    net_timer_set(stop, net_loop_now(test->loop) + 30000);
    net_loop_run(test->loop);
    assert_int_equal(test->client.ended, 1);
    assert_int_equal(test->client.end, NET_END_RESET);
    net_timer_free(reset);
    net_timer_free(stop);
    finish(test);
}

static void reset_the_server(void *context)
{
    struct test *test = context;
    assert_int_equal(test->client.end, NET_END_FIN);
    close_server(test, true);
    test->client.last_end_wish = 2;
}

static void half_close_and_ignore(struct test *test)
{
    struct buffer much = pattern();
    net_tcp_half_close(test->server.tcp);
    net_tcp_pause(test->server.tcp);
    write_text(&test->client, buffer_bytes(&much));
    buffer_free(&much);
    test->client.last_end_wish = 0;
}

/* Who still writes after a FIN must learn that it is in vain. */
static void tells_a_reset_after_a_fin(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    test->accepted = half_close_and_ignore;
    struct net_timer *timer = net_timer_new(test->loop, reset_the_server, test);
    net_timer_set(timer, net_loop_now(test->loop) + 5000);
    net_loop_run(test->loop);
    assert_int_equal(test->client.ended, 2);
    assert_int_equal(test->client.end, NET_END_RESET);
    assert_int_equal(test->client.written, 0);
    net_timer_free(timer);
    finish(test);
}

static void half_close_server(struct test *test)
{
    net_tcp_half_close(test->server.tcp);
    net_tcp_half_close(test->server.tcp);
    test->server.last_end_wish = 1;
    test->client.last_end_wish = 0;
}

static void answer_late(void *context)
{
    struct test *test = context;
    assert_int_equal(test->client.ended, 1);
    assert_int_equal(test->client.end, NET_END_FIN);
    write_text(&test->client, bytes_text("still here"));
    net_tcp_half_close(test->client.tcp);
}

static void writes_after_a_fin(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    test->accepted = half_close_server;
    struct net_timer *timer = net_timer_new(test->loop, answer_late, test);
    net_timer_set(timer, net_loop_now(test->loop) + 5000);
    net_loop_run(test->loop);
    assert_true(bytes_equal(buffer_bytes(&test->server.got), bytes_text("still here")));
    assert_int_equal(test->server.end, NET_END_FIN);
    assert_int_equal(test->client.written, 1);
    net_timer_free(timer);
    finish(test);
}

static void release_reader(void *context)
{
    struct test *test = context;
    assert_int_equal(test->client.written, 0); /* no kernel takes so much for a peer that sleeps */
    assert_int_equal(test->server.got.len, 0);
    net_tcp_resume(test->server.tcp);
}

static void pause_and_send_much(struct test *test)
{
    net_tcp_pause(test->server.tcp);
    struct buffer much = pattern();
    write_text(&test->client, buffer_bytes(&much));
    net_tcp_half_close(test->client.tcp);
    buffer_free(&much); /* it was copied */
    test->server.last_end_wish = 1;
    test->client.last_end_wish = 0;
}

static void writes_more_than_fits(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    test->accepted = pause_and_send_much;
    struct net_timer *timer = net_timer_new(test->loop, release_reader, test);
    net_timer_set(timer, net_loop_now(test->loop) + 50000);
    net_loop_run(test->loop);
    struct buffer much = pattern();
    assert_true(bytes_equal(buffer_bytes(&test->server.got), buffer_bytes(&much)));
    assert_int_equal(test->client.written, 1);
    assert_int_equal(test->server.end, NET_END_FIN);
    buffer_free(&much);
    net_timer_free(timer);
    finish(test);
}

static void count_short_reads(struct side *side)
{
    static size_t before;
    if (side->got.len < before) /* another test's count */
        before = 0;
    assert_in_range(side->got.len - before, 1, 16384);
    before = side->got.len;
}

static void narrow_and_send_much(struct test *test)
{
    net_tcp_narrow(test->server.tcp, 16384);
    test->received = count_short_reads;
    pause_and_send_much(test);
    net_tcp_resume(test->server.tcp);
}

static void reads_little_at_a_time(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    test->accepted = narrow_and_send_much;
    net_loop_run(test->loop);
    struct buffer much = pattern();
    assert_true(bytes_equal(buffer_bytes(&test->server.got), buffer_bytes(&much)));
    buffer_free(&much);
    finish(test);
}

static void send_the_first(struct test *test)
{
    write_text(&test->server, bytes_text("one "));
}

static void send_the_next(struct side *side)
{
    static const char *const words[] = {"two ", "three ", "four"};
    if (side->written <= 3)
        write_text(side, bytes_text(words[side->written - 1]));
    else
        net_tcp_half_close(side->tcp);
}

static void keeps_the_order(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    test->accepted = send_the_first;
    test->sent = send_the_next;
    net_loop_run(test->loop);
    assert_true(bytes_equal(buffer_bytes(&test->client.got), bytes_text("one two three four")));
    assert_int_equal(test->server.written, 4);
    finish(test);
}

static void close_while_writing(struct test *test)
{
    struct buffer much = pattern();
    net_tcp_pause(test->server.tcp);
    write_text(&test->client, buffer_bytes(&much));
    buffer_free(&much);
    net_tcp_close(test->client.tcp, true);
    test->client.tcp = NULL;
    test->server.last_end_wish = 1;
    net_tcp_resume(test->server.tcp);
}

static void calls_nobody_after_close(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    test->accepted = close_while_writing;
    net_loop_run(test->loop);
    assert_int_equal(test->client.written, 0);
    assert_int_equal(test->client.ended, 0);
    assert_int_equal(test->server.end, NET_END_RESET);
    finish(test);
}

static void is_freed_with_the_loop(void **state)
{
    (void)state;
    struct test *test = start("127.0.0.1");
    struct net_timer *timer = net_timer_new(test->loop, stop_loop, test->loop);
    net_timer_set(timer, net_loop_now(test->loop) + 5000);
    net_loop_run(test->loop);
    assert_non_null(test->server.tcp);
    net_loop_free(test->loop); /* with two connections, a listener and two timers in it */
    free(test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_fin),
        cmocka_unit_test(tells_a_reset),
        cmocka_unit_test(tells_a_refusal),
        cmocka_unit_test(tells_a_failure_from_the_loop),
        cmocka_unit_test(reads_what_came_before_a_reset),
        cmocka_unit_test(tells_a_reset_once),
        cmocka_unit_test(tells_a_reset_after_a_fin),
        cmocka_unit_test(writes_after_a_fin),
        cmocka_unit_test(writes_more_than_fits),
        cmocka_unit_test(reads_little_at_a_time),
        cmocka_unit_test(keeps_the_order),
        cmocka_unit_test(calls_nobody_after_close),
        cmocka_unit_test(is_freed_with_the_loop),
    };
    return cmocka_run_group_tests_name("net/tcp", tests, NULL, NULL);
}
