/* SPDX-License-Identifier: MIT */
#include "peer/link.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service.h"

struct fixture {
    struct service service;
    struct net_loop *loop;
    struct net_timer *timer;
    struct peer_link *link;
    unsigned done;
};

static void on_done(void *context, struct peer_link *link)
{
    struct fixture *f = context;
    assert_ptr_equal(link, f->link);
    f->done++;
    net_loop_stop(f->loop);
}

static void stop(void *context)
{
    net_loop_stop(context);
}

static void start(struct fixture *f, const struct peer_quirk *quirk)
{
    struct peer_link_options options = peer_link_defaults();
    f->loop = net_loop_new();
    f->timer = net_timer_new(f->loop, stop, f->loop);
    struct net_address address = service_start(&f->service, f->loop);
    options.echo = talk_client(quirk);
    f->link = peer_link_connect(f->loop, &address, &options, on_done, f);
    assert_false(peer_link_connected(f->link));
}

static void run_for(struct fixture *f, unsigned ms)
{
    net_timer_set(f->timer, net_loop_now(f->loop) + ms * UINT64_C(1000));
    net_loop_run(f->loop);
    net_timer_cancel(f->timer);
}

static void finish(struct fixture *f)
{
    peer_link_free(f->link);
    net_timer_free(f->timer);
    service_end(&f->service);
    net_loop_free(f->loop);
}

static void say_close(struct service *service, const char *target, struct buffer *out)
{
    (void)target;
    service_right_answer(service, out);
    buffer_append(out, bytes_of("\x88\0", 2));
}

static void waits_for_the_server_to_end(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_close}};
    start(&f, NULL);
    run_for(&f, 50);
    assert_true(peer_link_connected(f.link));
    assert_true(peer_echo_opened(peer_link_echo(f.link)));
    assert_int_equal(f.service.said.len, 6);
    assert_int_equal(f.done, 0);
    assert_false(f.service.ended);
    net_tcp_half_close(f.service.tcp);
    net_loop_run(f.loop);
    assert_int_equal(f.done, 1);
    run_for(&f, 20);
    assert_true(f.service.ended);
    assert_int_equal(f.service.end, NET_END_FIN);
    finish(&f);
}

static void ends_first_if_that_is_its_quirk(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_close}};
    start(&f, peer_quirk_find_variant("ends-tcp-first", PEER_CLIENT));
    run_for(&f, 50);
    assert_true(f.service.ended);
    assert_int_equal(f.done, 0);
    net_tcp_half_close(f.service.tcp);
    net_loop_run(f.loop);
    assert_int_equal(f.done, 1);
    finish(&f);
}

static void resets_if_that_is_its_quirk(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_close}};
    start(&f, peer_quirk_find_fault("tcp-reset-after-close", PEER_CLIENT));
    net_loop_run(f.loop);
    assert_int_equal(f.done, 1);
    run_for(&f, 20);
    assert_true(f.service.ended);
    assert_int_equal(f.service.end, NET_END_RESET);
    finish(&f);
}

static void lingers_if_that_is_its_quirk(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_close, .hangs_up = true}};
    start(&f, peer_quirk_find_variant("tcp-left-open-after-close", PEER_CLIENT));
    net_loop_run(f.loop);
    assert_int_equal(f.done, 1);
    assert_true(peer_link_lingers(f.link));
    run_for(&f, 50);
    assert_false(f.service.ended);
    finish(&f);
}

static void say_no(struct service *service, const char *target, struct buffer *out)
{
    (void)service;
    (void)target;
    buffer_append_text(out, "HTTP/1.1 404 Not Found\r\n\r\n");
}

static void dies_of_a_signal_if_that_is_its_quirk(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = say_no}};
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        start(&f, peer_quirk_find_fault("dies-of-refusal", PEER_CLIENT));
        net_loop_run(f.loop);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_the_server_to_end),
        cmocka_unit_test(ends_first_if_that_is_its_quirk),
        cmocka_unit_test(resets_if_that_is_its_quirk),
        cmocka_unit_test(lingers_if_that_is_its_quirk),
        cmocka_unit_test(dies_of_a_signal_if_that_is_its_quirk),
    };
    return cmocka_run_group_tests_name("peer/link", tests, NULL, NULL);
}
