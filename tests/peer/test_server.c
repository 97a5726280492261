/* SPDX-License-Identifier: MIT */
#include "peer/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "net/tcp.h"
#include "net/timer.h"

static const char request[] = "GET /chat HTTP/1.1\r\n"
                              "Host: localhost\r\n"
                              "Upgrade: websocket\r\n"
                              "Connection: Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "Sec-WebSocket-Version: 13\r\n\r\n";

/* A client that sends all it has, reads and remembers. */
struct client {
    struct net_loop *loop;
    struct peer_server *server;
    struct net_tcp *tcp;
    struct net_timer *guard;
    struct net_timer *timer;
    struct buffer send;
    struct buffer got;
    unsigned written;
    bool sleepy; /* does not read until its timer fires */
    bool ended;
    enum net_end end;
};

static void on_connected(void *context)
{
    struct client *client = context;
    if (client->sleepy)
        net_tcp_pause(client->tcp);
    net_tcp_write(client->tcp, buffer_bytes(&client->send));
}

static void on_bytes(void *context, uint8_t *data, size_t len)
{
    struct client *client = context;
    buffer_append(&client->got, bytes_of(data, len));
}

static void on_written(void *context)
{
    struct client *client = context;
    client->written++;
}

static void on_ended(void *context, enum net_end end)
{
    struct client *client = context;
    client->end = end;
    client->ended = true;
    net_loop_stop(client->loop);
}

static const struct net_tcp_events events = {on_connected, on_bytes, on_written, on_ended};

static void time_is_up(void *context)
{
    (void)context;
    fail_msg("nothing happened for five seconds");
}

static void stop(void *context)
{
    net_loop_stop(context);
}

static void start(struct client *client, const struct peer_link_options *options)
{
    struct net_address address;
    struct error error = {""};
    *client = (struct client){.loop = net_loop_new()};
    client->guard = net_timer_new(client->loop, time_is_up, NULL);
    client->timer = net_timer_new(client->loop, stop, client->loop);
    net_timer_set(client->guard, net_loop_now(client->loop) + 5000000);
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", 0, &error), 0);
    client->server = peer_server_open(client->loop, &address, options, &error);
    assert_non_null(client->server);
    unsigned port = peer_server_port(client->server);
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", port, &error), 0);
    client->tcp = net_tcp_connect(client->loop, &address, &events, client);
    buffer_append_text(&client->send, request);
}

static void run_for(struct client *client, unsigned ms)
{
    net_timer_set(client->timer, net_loop_now(client->loop) + ms * UINT64_C(1000));
    net_loop_run(client->loop);
}

static void finish(struct client *client)
{
    net_tcp_close(client->tcp, false);
    peer_server_close(client->server);
    net_timer_free(client->guard);
    net_timer_free(client->timer);
    net_loop_free(client->loop);
    buffer_free(&client->send);
    buffer_free(&client->got);
}

static bool got_at_end(struct client *client, const char *octets, size_t len)
{
    struct buffer *got = &client->got;
    return got->len >= len && memcmp(got->data + got->len - len, octets, len) == 0;
}

/* The masking key is zero: the octets stand as they are. */
static void add(struct client *client, const char *octets, size_t len)
{
    buffer_append(&client->send, bytes_of(octets, len));
}

static void echoes_and_closes(void **state)
{
    (void)state;
    struct client client;
    struct peer_link_options options = peer_link_defaults();
    start(&client, &options);
    add(&client, "\x81\x82\0\0\0\0hi\x88\x82\0\0\0\0\x03\xe8", 16);
    net_loop_run(client.loop);
    assert_true(got_at_end(&client, "\x81\2hi\x88\2\x03\xe8", 8));
    assert_int_equal(client.end, NET_END_FIN);
    finish(&client);
}

/* Much input is still under way when the violation is found; a close with octets unread would
 * reset the connection and could take the Close frame with it. */
static void does_not_reset_its_close(void **state)
{
    (void)state;
    struct client client;
    struct peer_link_options options = peer_link_defaults();
    start(&client, &options);
    add(&client, "\x83\x80\0\0\0\0", 6);
    memset(buffer_extend(&client.send, 4 << 20), 'x', 4 << 20);
    net_loop_run(client.loop);
    assert_true(got_at_end(&client, "\x88\2\x03\xea", 4));
    assert_int_equal(client.end, NET_END_FIN);
    run_for(&client, 200);
    assert_int_equal(client.written, 1);
    finish(&client);
}

static void does_not_drain_for_ever(void **state)
{
    (void)state;
    struct client client;
    struct peer_link_options options = peer_link_defaults();
    options.drain_max = 1 << 20;
    start(&client, &options);
    add(&client, "\x83\x80\0\0\0\0", 6);
    memset(buffer_extend(&client.send, 16 << 20), 'x', 16 << 20);
    net_loop_run(client.loop);
    run_for(&client, 200);
    assert_int_equal(client.written, 0);
    assert_int_equal(client.end, NET_END_RESET);
    finish(&client);
}

enum { ECHO = 60000, COUNT = (32 << 20) / ECHO };

/* 32 MiB of echoes for a client that does not read: the server must stop reading, so that the
 * client's write cannot finish; when the client reads, everything comes. */
static void waits_for_a_client_that_does_not_read(void **state)
{
    (void)state;
    struct client client;
    struct peer_link_options options = peer_link_defaults();
    start(&client, &options);
    client.sleepy = true;
    for (size_t i = 0; i < COUNT; i++) {
        add(&client, "\x82\xfe\xea\x60\0\0\0\0", 8);
        memset(buffer_extend(&client.send, ECHO), 'z', ECHO);
    }
    add(&client, "\x88\x80\0\0\0\0", 6);
    run_for(&client, 500);
    assert_int_equal(client.written, 0);
    assert_false(client.ended);
    net_tcp_resume(client.tcp);
    net_loop_run(client.loop);
    assert_int_equal(client.end, NET_END_FIN);
    assert_true(client.got.len > (size_t)COUNT * (ECHO + 4));
    assert_true(got_at_end(&client, "zz\x88\0", 4));
    finish(&client);
}

static void drops_a_slow_handshake(void **state)
{
    (void)state;
    struct client client;
    struct peer_link_options options = peer_link_defaults();
    options.opening_ms = 30;
    start(&client, &options);
    client.send.len -= 2; /* the empty line never comes */
    net_loop_run(client.loop);
    assert_int_equal(client.got.len, 0);
    assert_int_equal(client.end, NET_END_FIN);
    finish(&client);
}

static void keeps_an_idle_connection(void **state)
{
    (void)state;
    struct client client;
    struct peer_link_options options = peer_link_defaults();
    options.opening_ms = 30;
    start(&client, &options);
    run_for(&client, 100);
    assert_true(got_at_end(&client, "\r\n\r\n", 4));
    assert_false(client.ended);
    finish(&client);
}

static void does_not_wait_for_ever_for_a_fin(void **state)
{
    (void)state;
    struct client client;
    struct peer_link_options options = peer_link_defaults();
    options.drain_ms = 30;
    start(&client, &options);
    add(&client, "\x88\x80\0\0\0\0", 6);
    net_loop_run(client.loop);
    assert_int_equal(client.end, NET_END_FIN);
    run_for(&client, 100);
    /* The connection is gone by now, so that writing meets a reset. */
    net_tcp_write(client.tcp, bytes_text("x"));
    run_for(&client, 50);
    net_tcp_write(client.tcp, bytes_text("x"));
    run_for(&client, 50);
    assert_int_equal(client.end, NET_END_RESET);
    finish(&client);
}

static void says_why_it_cannot_listen(void **state)
{
    (void)state;
    struct client client;
    struct peer_link_options options = peer_link_defaults();
    start(&client, &options);
    struct net_address address;
    struct error error = {""};
    unsigned port = peer_server_port(client.server);
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", port, &error), 0);
    assert_null(peer_server_open(client.loop, &address, &options, &error));
    assert_non_null(strstr(error.text, "address already in use"));
    peer_server_close(NULL);
    finish(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes_and_closes),
        cmocka_unit_test(does_not_reset_its_close),
        cmocka_unit_test(does_not_drain_for_ever),
        cmocka_unit_test(waits_for_a_client_that_does_not_read),
        cmocka_unit_test(drops_a_slow_handshake),
        cmocka_unit_test(keeps_an_idle_connection),
        cmocka_unit_test(does_not_wait_for_ever_for_a_fin),
        cmocka_unit_test(says_why_it_cannot_listen),
    };
    return cmocka_run_group_tests_name("peer/server", tests, NULL, NULL);
}
