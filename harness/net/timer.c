/* SPDX-License-Identifier: MIT */
#include "net/timer.h"

#include <stdlib.h>

#include "base/memory.h"
#include "net/internal.h"

struct net_timer {
    struct net_owned owned;
    uv_timer_t uv;
    net_timer_fire *fire;
    void *context;
};

static void free_timer(uv_handle_t *handle)
{
    free(handle->data);
}

static void release_timer(struct net_owned *owned)
{
    net_timer_free((struct net_timer *)owned);
}

struct net_timer *net_timer_new(struct net_loop *loop, net_timer_fire *fire, void *context)
{
    struct net_timer *timer = memory_zeroed(1, sizeof *timer);
    timer->owned.release = release_timer;
    timer->fire = fire;
    timer->context = context;
    uv_timer_init(&loop->uv, &timer->uv);
    timer->uv.data = timer;
    return timer;
}

static void on_timer(uv_timer_t *handle)
{
    struct net_timer *timer = handle->data;
    timer->fire(timer->context);
}

void net_timer_set(struct net_timer *timer, uint64_t when)
{
    /* libuv counts whole milliseconds from a time that it read some while ago (the same clock). */
    uint64_t due = when / 1000 + (when % 1000 != 0);
    uint64_t now = uv_now(timer->uv.loop);
    uv_timer_start(&timer->uv, on_timer, due > now ? due - now : 0, 0);
}

void net_timer_cancel(struct net_timer *timer)
{
    uv_timer_stop(&timer->uv);
}

void net_timer_free(struct net_timer *timer)
{
    /* net_loop_free may come upon the timer before it comes upon its owner. */
    if (timer && !uv_is_closing((uv_handle_t *)&timer->uv))
        uv_close((uv_handle_t *)&timer->uv, free_timer);
}
