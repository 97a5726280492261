/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_SETTINGS_H
#define WSCONFORM_RUN_SETTINGS_H

#include "case/spec.h"
#include "judge/backoff.h"
#include "judge/keys.h"
#include "judge/observation.h"

/* Where the endpoint is and what its users must say to be let in. Owned by the caller. */
struct run_target {
    const char *host;   /* as it stands in the Host field: "localhost:9001". Of a client that may
                           have found its way by another name: NULL */
    const char *target; /* request-target: "/chat?x=1" */
    const char *origin; /* NULL: no Origin field */
    struct case_names subprotocols;
    struct case_names fields; /* whole lines, "Name: value", without line end */
};

/* What the probe found out about the endpoint. */
struct run_profile {
    bool echoes;        /* it returns messages as they are */
    bool answers;       /* it answers messages with something else */
    bool pongs;         /* it answers pings */
    bool handshake;     /* nothing but its handshake is to be tested */
    bool broadcasts;    /* it sends messages to all connections */
    unsigned greetings; /* messages that it sends unasked on a new connection */
    uint64_t limit;     /* octets of a message that it refuses; UINT64_MAX: none found */
    uint64_t round_trip_us;
    /* Sentences that a plain, legal handshake already saw broken: charged once, to the run. */
    struct judge_observations known;
};

struct run_settings {
    bool of_client; /* the endpoint under test is a client, and we are the server */
    const struct run_target *target;
    const struct run_profile *profile;
    uint64_t seed;
    unsigned deliveries; /* each case in these ways: bits 1 << enum run_delivery; 0: whole */
    uint64_t grace_us;   /* how long an invalid input may take to end the connection */
    uint64_t short_us;   /* the first deadline of a suspect */
    uint64_t long_us;    /* the deadline that confirms a hang */
    unsigned believed; /* hangs of which no more proof is needed: bits 1 << enum run_hang. They get
                          the short deadline only */
    struct judge_keys *keys; /* takes what a client draws at random; NULL: nothing does */
    const struct judge_backoff *backoff; /* how a client connects again; NULL: not watched */
    uint64_t tcp_us; /* and that of the end of TCP and of a refusal: libraries have timers of their
                        own for these, of 5 or 10 seconds */
};

#endif
