/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_NET_LOOP_H
#define WSCONFORM_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* The event loop: the only place that reads a clock. It knows octets and addresses, no frames. */
struct net_loop;

/* A new loop; the caller frees it with net_loop_free after everything in it was closed. */
struct net_loop *net_loop_new(void);

/* Closes what is still open in it (connections, timers, processes are detached, not killed),
 * and frees it. NULL is fine. */
void net_loop_free(struct net_loop *loop);

/* Runs callbacks until net_loop_stop is called or nothing is left to wait for. */
void net_loop_run(struct net_loop *loop);
void net_loop_stop(struct net_loop *loop);

/* Microseconds on a clock that never goes back; read afresh at each call. */
uint64_t net_loop_now(struct net_loop *loop);

/* Wall-clock time as seconds since 1970, for reports only. */
int64_t net_loop_wall_clock(void);

/* 64 bits from the system's entropy, for a seed that was not given. */
uint64_t net_loop_entropy(void);

/* Calls `interrupted` on SIGINT and SIGTERM instead of dying, for as long as the loop lives; a
 * second signal ends the process at once with status 128 + signal. SIGPIPE is ignored. */
void net_loop_on_interrupt(struct net_loop *loop, void (*interrupted)(void *context),
                           void *context);

#endif
