/* SPDX-License-Identifier: MIT */
#include "net/listener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net/tcp.h"

static void never(void *context, struct net_tcp *tcp)
{
    (void)context;
    (void)tcp;
    fail();
}

static void takes_the_port_it_is_told(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_new();
    unsigned port = net_address_free_port();
    struct net_address address;
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", port, NULL), 0);
    struct net_listener *listener = net_listener_open(loop, &address, never, NULL, NULL);
    assert_non_null(listener);
    assert_int_equal(net_listener_port(listener), port);
    net_listener_close(listener);
    net_listener_close(NULL);
    net_loop_free(loop);
}

static void says_why_it_cannot(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_new();
    struct net_address address;
    struct error error = {""};
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", 0, NULL), 0);
    struct net_listener *first = net_listener_open(loop, &address, never, NULL, &error);
    assert_non_null(first);
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", net_listener_port(first), NULL), 0);
    assert_null(net_listener_open(loop, &address, never, NULL, &error));
    char expected[128];
    snprintf(expected, sizeof expected, "cannot listen on 127.0.0.1:%u: address already in use",
             net_listener_port(first));
    assert_string_equal(error.text, expected);
    net_listener_close(first);
    net_loop_free(loop);
}

struct crowd {
    struct net_loop *loop;
    unsigned seen;
};

enum { CROWD = 200 };

static void count(void *context, struct net_tcp *tcp)
{
    struct crowd *crowd = context;
    net_tcp_close(tcp, false);
    if (++crowd->seen == CROWD)
        net_loop_stop(crowd->loop);
}

static void idle(void *context)
{
    (void)context;
}

static void idle_end(void *context, enum net_end end)
{
    (void)context;
    (void)end;
}

static void accepts_a_crowd(void **state)
{
    (void)state;
    struct crowd crowd = {.loop = net_loop_new()};
    struct net_address address;
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", 0, NULL), 0);
    struct net_listener *listener = net_listener_open(crowd.loop, &address, count, &crowd, NULL);
    assert_non_null(listener);
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", net_listener_port(listener), NULL),
                     0);
    static const struct net_tcp_events events = {idle, NULL, idle, idle_end};
    for (unsigned i = 0; i < CROWD; i++)
        net_tcp_connect(crowd.loop, &address, &events, NULL);
    net_loop_run(crowd.loop);
    assert_int_equal(crowd.seen, CROWD);
    net_loop_free(crowd.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_port_it_is_told),
        cmocka_unit_test(says_why_it_cannot),
        cmocka_unit_test(accepts_a_crowd),
    };
    return cmocka_run_group_tests_name("net/listener", tests, NULL, NULL);
}
