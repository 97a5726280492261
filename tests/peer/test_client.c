/* SPDX-License-Identifier: MIT */
#include "peer/client.h"

#include <stdio.h>

#include "service.h"

struct fixture {
    struct service service;
    struct net_loop *loop;
    struct peer_client *client;
    struct error error;
};

static void start(struct fixture *f, const struct peer_quirk *quirk)
{
    struct peer_client_options options = {.link = peer_link_defaults()};
    f->loop = net_loop_new();
    options.address = service_start(&f->service, f->loop);
    options.link.echo.quirk = quirk;
    options.link.opening_ms = 50;
    options.link.drain_ms = 50;
    f->client = peer_client_new(f->loop, &options);
}

static void finish(struct fixture *f)
{
    peer_client_free(f->client);
    service_end(&f->service);
    net_loop_free(f->loop);
}

/* A ping and a Close, and the end of TCP. */
static void say_good_bye(struct service *service, const char *target, struct buffer *out)
{
    (void)target;
    service_right_answer(service, out);
    buffer_append(out, bytes_of("\x89\1p\x88\2\x03\xe8", 7));
}

static void say_no(struct service *service, const char *target, struct buffer *out)
{
    (void)service;
    (void)target;
    buffer_append_text(out, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
}

static void say_nothing(struct service *service, const char *target, struct buffer *out)
{
    (void)service;
    (void)target;
    (void)out;
}

static void opens_echoes_and_ends(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_good_bye, .hangs_up = true}};
    start(&f, NULL);
    char first[64];
    assert_int_equal(peer_client_run(f.client, &talk_url, NULL, &f.error), PEER_CLIENT_DONE);
    strcpy(first, service_key(&f.service));
    assert_int_equal(peer_client_run(f.client, &talk_url, NULL, &f.error), PEER_CLIENT_DONE);
    assert_string_not_equal(service_key(&f.service), first);
    assert_string_equal(buffer_text(&f.service.targets), "/chat\n/chat\n");
    finish(&f);
}

static void says_why_it_was_refused(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_no, .hangs_up = true}};
    start(&f, NULL);
    assert_int_equal(peer_client_run(f.client, &talk_url, NULL, &f.error), PEER_CLIENT_REFUSED);
    assert_string_equal(f.error.text, "the opening handshake failed: the status is not 101");
    finish(&f);
}

static void does_not_wait_for_ever_for_an_answer(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_nothing}};
    start(&f, NULL);
    assert_int_equal(peer_client_run(f.client, &talk_url, NULL, &f.error), PEER_CLIENT_REFUSED);
    assert_non_null(strstr(f.error.text, "did not answer"));
    finish(&f);
}

/* RFC 6455, 7.1.1: "In abnormal cases (such as not having received a TCP Close from the server
 * after a reasonable amount of time) a client MAY initiate the TCP Close." */
static void does_not_wait_for_ever_for_a_fin(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_good_bye}};
    start(&f, NULL);
    assert_int_equal(peer_client_run(f.client, &talk_url, NULL, &f.error), PEER_CLIENT_DONE);
    assert_int_equal(f.service.said.len, 6 + 1 + 6 + 2);
    finish(&f);
}

static void survives_a_reset(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_good_bye, .resets = true}};
    start(&f, NULL);
    assert_int_not_equal(peer_client_run(f.client, &talk_url, NULL, &f.error),
                         PEER_CLIENT_UNREACHABLE);
    finish(&f);
}

static void says_that_nobody_listens(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_nothing}};
    start(&f, NULL);
    net_listener_close(f.service.listener);
    f.service.listener = NULL;
    assert_int_equal(peer_client_run(f.client, &talk_url, NULL, &f.error), PEER_CLIENT_UNREACHABLE);
    assert_non_null(strstr(f.error.text, "cannot connect to 127.0.0.1:"));
    finish(&f);
}

static void stop(void *context)
{
    net_loop_stop(context);
}

static void can_be_interrupted(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_nothing}};
    start(&f, NULL);
    struct net_timer *timer = net_timer_new(f.loop, stop, f.loop);
    net_timer_set(timer, net_loop_now(f.loop) + 10000);
    assert_int_equal(peer_client_run(f.client, &talk_url, NULL, &f.error), PEER_CLIENT_INTERRUPTED);
    net_timer_free(timer);
    finish(&f);
}

/* The next connection does not wait for the one that a quirk leaves open. */
static void leaves_tcp_open(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_good_bye, .hangs_up = true}};
    start(&f, peer_quirk_find_variant("tcp-left-open-after-close", PEER_CLIENT));
    for (int i = 0; i < 70; i++)
        assert_int_equal(peer_client_run(f.client, &talk_url, NULL, &f.error), PEER_CLIENT_DONE);
    struct net_timer *timer = net_timer_new(f.loop, stop, f.loop);
    net_timer_set(timer, net_loop_now(f.loop) + 20000);
    net_loop_run(f.loop);
    assert_false(f.service.ended);
    net_timer_set(timer, net_loop_now(f.loop) + 20000);
    peer_client_linger(f.client);
    net_timer_free(timer);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_echoes_and_ends),
        cmocka_unit_test(says_why_it_was_refused),
        cmocka_unit_test(does_not_wait_for_ever_for_an_answer),
        cmocka_unit_test(does_not_wait_for_ever_for_a_fin),
        cmocka_unit_test(survives_a_reset),
        cmocka_unit_test(says_that_nobody_listens),
        cmocka_unit_test(can_be_interrupted),
        cmocka_unit_test(leaves_tcp_open),
    };
    return cmocka_run_group_tests_name("peer/client", tests, NULL, NULL);
}
