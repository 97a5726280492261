/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_NET_TIMER_H
#define WSCONFORM_NET_TIMER_H

#include "net/loop.h"

struct net_timer;

/* A timer that can be set again and again. `fire` may free it. */
typedef void net_timer_fire(void *context);
struct net_timer *net_timer_new(struct net_loop *loop, net_timer_fire *fire, void *context);
/* Fires once at `when` (net_loop_now's clock; the past means as soon as possible), replacing an
 * earlier setting. The resolution is a millisecond, never early. */
void net_timer_set(struct net_timer *timer, uint64_t when);
void net_timer_cancel(struct net_timer *timer);
void net_timer_free(struct net_timer *timer); /* NULL is fine */

#endif
