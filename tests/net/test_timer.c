/* SPDX-License-Identifier: MIT */
#include "net/timer.h"

#include "support.h"

struct shot {
    struct net_loop *loop;
    struct net_timer *timer;
    uint64_t when;
    char name;
    char *log;
    bool early;
};

static void fire(void *context)
{
    struct shot *shot = context;
    strncat(shot->log, &shot->name, 1);
    if (net_loop_now(shot->loop) < shot->when)
        shot->early = true;
    net_timer_free(shot->timer);
}

static void fires_in_order_and_never_early(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_new();
    char log[8] = "";
    uint64_t start = net_loop_now(loop);
    struct shot shots[] = {
        {.name = 'd', .when = start + 21300},
        {.name = 'a', .when = 0},
        {.name = 'c', .when = start + 11001},
        {.name = 'b', .when = start + 3999},
    };
    for (size_t i = 0; i < 4; i++) {
        shots[i].loop = loop;
        shots[i].log = log;
        shots[i].timer = net_timer_new(loop, fire, &shots[i]);
        net_timer_set(shots[i].timer, shots[i].when);
    }
    assert_string_equal(log, "");
    net_loop_run(loop);
    assert_string_equal(log, "abcd");
    for (size_t i = 0; i < 4; i++)
        assert_false(shots[i].early);
    assert_in_range(net_loop_now(loop) - start, 21300, 2000000);
    net_loop_free(loop);
}

static void is_set_again_and_cancelled(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_new();
    char log[8] = "";
    uint64_t start = net_loop_now(loop);
    struct shot late = {.loop = loop, .name = 'l', .log = log, .when = start + 10000};
    struct shot never = {.loop = loop, .name = 'n', .log = log};
    late.timer = net_timer_new(loop, fire, &late);
    never.timer = net_timer_new(loop, fire, &never);
    net_timer_set(late.timer, start);
    net_timer_set(late.timer, late.when);
    net_timer_set(never.timer, start);
    net_timer_cancel(never.timer);
    net_loop_run(loop);
    assert_string_equal(log, "l");
    assert_false(late.early);
    net_timer_free(never.timer);
    net_timer_free(NULL);
    net_loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_in_order_and_never_early),
        cmocka_unit_test(is_set_again_and_cancelled),
    };
    return cmocka_run_group_tests_name("net/timer", tests, NULL, NULL);
}
