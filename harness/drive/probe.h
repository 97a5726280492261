/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_PROBE_H
#define WSCONFORM_DRIVE_PROBE_H

#include "net/address.h"
#include "net/loop.h"
#include "run/probe.h"

/* The connections before a run that find out what the endpoint is like. */
struct drive_probe;

struct drive_probe_options {
    const struct net_address *address;
    const struct run_target *target;
    uint64_t seed;
    uint64_t timeout_us; /* for the handshake */
    bool big;            /* large messages will be sent: learn their limit too */
};

/* Called when all is known: `why` is NULL, or a sentence why no run is possible. */
typedef void drive_probe_done(void *context, const char *why);

/* Begins; `profile` is filled, and what its handshakes broke is kept in it. All is borrowed until
 * `done`. The caller frees the probe with drive_probe_free and profile->known with
 * judge_observation_free. */
struct drive_probe *drive_probe_start(struct net_loop *loop,
                                      const struct drive_probe_options *options,
                                      struct run_profile *profile, drive_probe_done *done,
                                      void *context);

/* The Server field of its answer, escaped, or "". */
const char *drive_probe_agent(const struct drive_probe *probe);

void drive_probe_free(struct drive_probe *probe); /* NULL is fine */

#endif
