/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_INTERNAL_H
#define WSCONFORM_DRIVE_INTERNAL_H

#include "drive/agent.h"
#include "drive/client.h"
#include "drive/command.h"
#include "drive/connection.h"
#include "drive/door.h"
#include "drive/launch.h"
#include "drive/reply.h"
#include "drive/service.h"
#include "net/listener.h"
#include "net/process.h"
#include "net/timer.h"

/* A run against clients, for the files of this room only. */

enum { DRIVE_AGENTS_MAX = 64 };

/* One connection of a client. */
struct drive_visit {
    struct drive_client *client;
    struct drive_visit *next;
    struct drive_connection *connection;
    struct drive_door door;
    struct drive_service_wish wish;
    struct drive_agent *agent;
    size_t index;                 /* of the result, with an exchange */
    struct run_settings settings; /* the agent's, with the deadlines of this case */
    struct run_exchange *exchange;
    bool launched; /* the exchange belongs to a launch */
    struct drive_reply *reply;
};

/* The case that ended last, for the question what a driver died of. */
struct last_case {
    struct drive_agent *agent;
    size_t index;
    bool close_seen;
};

struct drive_client {
    const struct drive_client_options *options;
    struct net_loop *loop;
    struct net_listener *listener;
    char url[NET_ADDRESS_TEXT_MAX + 8]; /* "ws://127.0.0.1:9001" */
    const char *host; /* the part behind ws://, if clients know us by no other name; else NULL */
    uint64_t seed;
    struct drive_agent *template; /* whose plan says which cases there are */
    struct drive_agent *agents[DRIVE_AGENTS_MAX];
    size_t agent_count;
    size_t *offered; /* result of case number i + 1 */
    size_t offered_count;
    struct drive_visit *visits;
    size_t visit_count;
    struct net_timer *idle;
    struct net_timer *ender;
    struct drive_launch *launch;
    struct drive_command command;
    struct net_process *driver;
    size_t finished; /* cases since the driver was started */
    struct last_case last;
    char how[512]; /* the driver ended */
    bool failed;   /* its exit status was not 0, or it crashed */
    bool crashed;  /* a signal ended it */
    bool stopping; /* a client asked for the end */
    bool over;
    enum drive_end end;
    struct error *error;
};

/* Ends the run soon: from a timer, so that nothing is taken down under the feet of what asked. */
void drive_client_end_soon(struct drive_client *client);

#endif
