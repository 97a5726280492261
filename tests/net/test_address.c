/* SPDX-License-Identifier: MIT */
#include "net/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/internal.h"
#include "net/listener.h"
#include "net/tcp.h"

static void expect_text(const char *host, const char *text)
{
    struct net_address address;
    struct error error = {""};
    assert_int_equal(net_address_resolve(&address, host, 9001, &error), 0);
    char got[NET_ADDRESS_TEXT_MAX];
    net_address_text(&address, got);
    assert_string_equal(got, text);
}

static void resolves_literals(void **state)
{
    (void)state;
    expect_text("127.0.0.1", "127.0.0.1:9001");
    expect_text("::1", "[::1]:9001");
    expect_text("[::1]", "[::1]:9001");
}

static void refuses_nonsense(void **state)
{
    (void)state;
    struct net_address address;
    struct error error = {""};
    assert_int_equal(net_address_resolve(&address, "no such host", 1, &error), -1);
    assert_non_null(strstr(error.text, "cannot resolve 'no such host'"));
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", 65536, &error), -1);
    assert_string_equal(error.text, "65536 is no port number");
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", 1, NULL), 0);
}

static void ignore(void *context, struct net_tcp *tcp)
{
    (void)context;
    net_tcp_close(tcp, false);
}

static struct net_listener *listen_at(struct net_loop *loop, const char *host, unsigned port)
{
    struct net_address address;
    struct error error = {""};
    assert_int_equal(net_address_resolve(&address, host, port, &error), 0);
    return net_listener_open(loop, &address, ignore, NULL, &error);
}

static void says_whether_something_listens(void **state)
{
    (void)state;
    unsigned port = net_address_free_port();
    assert_in_range(port, 1, 65535);
    struct net_address address;
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", port, NULL), 0);
    assert_false(net_address_answers(&address, 1000));

    struct net_loop *loop = net_loop_new();
    struct net_listener *listener = listen_at(loop, "127.0.0.1", port);
    assert_non_null(listener);
    assert_true(net_address_answers(&address, 1000));
    net_listener_close(listener);
    net_loop_free(loop);
    assert_false(net_address_answers(&address, 1000));
}

/* localhost has two addresses on most systems; only one of them answers at a time. */
static void finds_the_open_address_of_a_name(void **state)
{
    (void)state;
    static const char *const hosts[] = {"127.0.0.1", "::1"};
    for (size_t i = 0; i < 2; i++) {
        struct net_loop *loop = net_loop_new();
        struct net_listener *listener = listen_at(loop, hosts[i], 0);
        struct net_address address;
        struct error error = {""};
        if (listener) {
            assert_int_equal(net_address_resolve_open(&address, hosts[i],
                                                      net_listener_port(listener), 1000, &error),
                             0);
            assert_true(net_address_answers(&address, 1000));
        }
        if (listener && i == 0) {
            assert_int_equal(net_address_resolve_open(&address, "localhost",
                                                      net_listener_port(listener), 1000, &error),
                             0);
            assert_true(net_address_answers(&address, 1000));
        }
        net_listener_close(listener);
        net_loop_free(loop);
    }
}

/* Connecting to a free port of the ephemeral range can meet itself (a simultaneous open); that is
 * nobody's answer. */
static void knows_itself(void **state)
{
    (void)state;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(descriptor, (struct sockaddr *)&at, len), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&at, &len), 0);
    assert_false(net_address_is_self(descriptor));
    assert_int_equal(connect(descriptor, (struct sockaddr *)&at, len), 0);
    assert_true(net_address_is_self(descriptor));
    close(descriptor);
}

static void tells_this_machine_from_others(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool loopback;
    } rows[] = {
        {"127.0.0.1", true},
        {"127.0.0.0", true},
        {"127.255.255.254", true},
        {"::1", true},
        {"126.255.255.255", false},
        {"128.0.0.1", false},
        {"10.0.0.1", false},
        {"0.0.0.0", false},
        {"1.0.0.127", false},
        {"::", false},
        {"::2", false},
        {"1::1", false},
        {"fe80::1", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct net_address address;
        assert_int_equal(net_address_resolve(&address, rows[i].host, 9001, NULL), 0);
        if (net_address_is_loopback(&address) != rows[i].loopback)
            fail_msg("%s", rows[i].host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_literals),
        cmocka_unit_test(refuses_nonsense),
        cmocka_unit_test(says_whether_something_listens),
        cmocka_unit_test(finds_the_open_address_of_a_name),
        cmocka_unit_test(knows_itself),
        cmocka_unit_test(tells_this_machine_from_others),
    };
    return cmocka_run_group_tests_name("net/address", tests, NULL, NULL);
}
