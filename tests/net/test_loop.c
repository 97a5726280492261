/* SPDX-License-Identifier: MIT */
#include "net/loop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/timer.h"

static void stop(void *context)
{
    net_loop_stop(context);
}

static void stops_with_timers_left(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_new();
    struct net_timer *soon = net_timer_new(loop, stop, loop);
    struct net_timer *left = net_timer_new(loop, stop, loop);
    net_timer_set(soon, 0);
    net_timer_set(left, net_loop_now(loop) + 3600000000);
    net_loop_run(loop);
    /* What is still open is the loop's to free; a leak checker sees if it is not. */
    net_loop_free(loop);
    net_loop_free(NULL);
}

static void tells_times_and_entropy(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_new();
    uint64_t before = net_loop_now(loop);
    usleep(1000);
    assert_in_range(net_loop_now(loop) - before, 1000, 1000000);
    assert_true(net_loop_wall_clock() > 1700000000);
    assert_true(net_loop_entropy() != net_loop_entropy());
    net_loop_free(loop);
}

struct interrupt {
    struct net_loop *loop;
    int count;
};

static void interrupted(void *context)
{
    struct interrupt *interrupt = context;
    interrupt->count++;
    net_loop_stop(interrupt->loop);
}

static void raise_sigint(void *context)
{
    (void)context;
    raise(SIGINT);
}

static void tells_an_interrupt(void **state)
{
    (void)state;
    struct interrupt interrupt = {.loop = net_loop_new()};
    net_loop_on_interrupt(interrupt.loop, interrupted, &interrupt);
    net_loop_run(interrupt.loop); /* waiting for signals alone is no reason to run */
    struct net_timer *now = net_timer_new(interrupt.loop, raise_sigint, NULL);
    struct net_timer *guard = net_timer_new(interrupt.loop, stop, interrupt.loop);
    net_timer_set(now, 0);
    net_timer_set(guard, net_loop_now(interrupt.loop) + 2000000);
    net_loop_run(interrupt.loop);
    assert_int_equal(interrupt.count, 1);
    net_loop_free(interrupt.loop);
}

static void raise_again(void *context)
{
    (void)context;
    raise(SIGTERM);
}

static void dies_of_the_second_signal(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct net_loop *loop = net_loop_new();
        net_loop_on_interrupt(loop, raise_again, NULL);
        struct net_timer *now = net_timer_new(loop, raise_sigint, NULL);
        net_timer_set(now, 0);
        net_loop_run(loop);
        _exit(1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGTERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_with_timers_left),
        cmocka_unit_test(tells_times_and_entropy),
        cmocka_unit_test(tells_an_interrupt),
        cmocka_unit_test(dies_of_the_second_signal),
    };
    return cmocka_run_group_tests_name("net/loop", tests, NULL, NULL);
}
