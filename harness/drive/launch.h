/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_LAUNCH_H
#define WSCONFORM_DRIVE_LAUNCH_H

#include "drive/agent.h"
#include "net/loop.h"

/* A client that is started anew for each of its cases, with the case's URL among its arguments.
 * First it is probed: does it return messages, does it answer pings? */
struct drive_launch;

struct drive_launch_events {
    /* All cases have run, or the client cannot be tested and `why` says why not. */
    void (*done)(void *context, const char *why);
    void (*progress)(void *context);
};

/* Starts the probe. `base` is "ws://127.0.0.1:9001", borrowed as `agent` is. */
struct drive_launch *drive_launch_start(struct net_loop *loop, struct drive_agent *agent,
                                        const char *base, const struct drive_launch_events *events,
                                        void *context);

/* A connection came for the case that was given that number: its exchange, borrowed, or NULL if
 * there is no such case or it has its connection already. */
struct run_exchange *drive_launch_visit(struct drive_launch *launch, unsigned long number);

/* The exchange of that number has ended. */
void drive_launch_finished(struct drive_launch *launch, unsigned long number);

void drive_launch_free(struct drive_launch *launch); /* ends all processes; NULL is fine */

#endif
