/* SPDX-License-Identifier: MIT */
#include "net/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/internal.h"

static const int interrupt_signals[2] = {SIGINT, SIGTERM};

struct net_loop *net_loop_new(void)
{
    struct net_loop *loop = memory_alloc(sizeof *loop);
    loop->catches = false;
    if (uv_loop_init(&loop->uv) != 0)
        abort(); /* no descriptors are left for a program that has barely begun */
    /* A peer that resets must be an error of the write, not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
    return loop;
}

static void release(uv_handle_t *handle, void *context)
{
    (void)context;
    if (uv_is_closing(handle))
        return;
    struct net_owned *owned = handle->data;
    if (owned)
        owned->release(owned);
    else
        uv_close(handle, NULL);
}

void net_loop_free(struct net_loop *loop)
{
    if (!loop)
        return;
    uv_walk(&loop->uv, release, NULL);
    /* A stop that came while the loop did not run ends its next run. */
    while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0)
        continue;
    if (uv_loop_close(&loop->uv) != 0)
        abort();
    for (size_t i = 0; loop->catches && i < 2; i++)
        signal(interrupt_signals[i], SIG_DFL);
    free(loop);
}

void net_loop_run(struct net_loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void net_loop_stop(struct net_loop *loop)
{
    uv_stop(&loop->uv);
}

uint64_t net_loop_now(struct net_loop *loop)
{
    (void)loop;
    return uv_hrtime() / 1000;
}

int64_t net_loop_wall_clock(void)
{
    return (int64_t)time(NULL);
}

uint64_t net_loop_entropy(void)
{
    uint64_t entropy;
    if (uv_random(NULL, NULL, &entropy, sizeof entropy, 0, NULL) != 0)
        entropy = uv_hrtime() ^ (uint64_t)time(NULL) << 32 ^ (uint64_t)getpid();
    return entropy;
}

void net_loop_lend(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
    (void)wanted;
    struct net_loop *loop = (struct net_loop *)handle->loop;
    *out = uv_buf_init((char *)loop->read_buffer, sizeof loop->read_buffer);
}

static void die_of_signal(int signal_number)
{
    _exit(128 + signal_number);
}

static void on_signal(uv_signal_t *handle, int signal_number)
{
    (void)signal_number;
    struct net_loop *loop = (struct net_loop *)handle->loop;
    /* The second one must work even when the loop does not turn any more. */
    for (size_t i = 0; i < 2; i++) {
        uv_signal_stop(&loop->interrupts[i]);
        signal(interrupt_signals[i], die_of_signal);
    }
    loop->interrupted(loop->context);
}

void net_loop_on_interrupt(struct net_loop *loop, void (*interrupted)(void *context), void *context)
{
    loop->interrupted = interrupted;
    loop->context = context;
    if (loop->catches)
        return;
    loop->catches = true;
    for (size_t i = 0; i < 2; i++) {
        uv_signal_init(&loop->uv, &loop->interrupts[i]);
        loop->interrupts[i].data = NULL;
        uv_signal_start(&loop->interrupts[i], on_signal, interrupt_signals[i]);
        /* Waiting for a signal is no reason to run on. */
        uv_unref((uv_handle_t *)&loop->interrupts[i]);
    }
}
