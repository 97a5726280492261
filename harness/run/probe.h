/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_PROBE_H
#define WSCONFORM_RUN_PROBE_H

#include "run/exchange.h"
#include "run/opening.h"
#include "run/party.h"
#include "run/settings.h"

/* A connection before the run that finds out what kind of endpoint this is. Two are used: one that
 * only listens, so that greetings and broadcasts show, and one that speaks. */

struct run_probe_finding {
    bool connected;
    unsigned status;    /* of the handshake's answer; 0: none, 1: not HTTP */
    enum judge_end end; /* how the connection ended before we ended it */
    bool timed_out;     /* the handshake was not answered in time */
    bool ponged;        /* a ping was answered */
    bool echoed;        /* the message came back as it was */
    bool resembled;     /* one came that is ours but for some octets or its type: a wrong echo */
    bool contained;     /* a message came that contains ours */
    uint64_t messages;  /* that came in all */
    uint64_t greetings; /* that came before anything was asked */
    uint64_t round_trip_us;
    char agent[RUN_OPENING_AGENT_MAX]; /* the Server field of the answer, escaped, or "" */
    struct run_sighting sightings[RUN_SIGHTINGS_MAX]; /* broken sentences of the handshake */
    size_t sighting_count;
};

struct run_probe;

/* A connection that sends a ping to see what comes unasked, and then waits until
 * run_probe_finish. `patience_us` bounds each answer, `open_us` the handshake. All arguments are
 * borrowed. The caller frees it with run_probe_free. */
struct run_probe *run_probe_listener(const struct run_target *target, uint64_t seed,
                                     uint64_t open_us, uint64_t patience_us);

/* A connection that sends a ping and a text message of `size` octets, a JSON string (0: a short
 * one), and waits for the echo. */
struct run_probe *run_probe_speaker(const struct run_target *target, uint64_t seed, size_t size,
                                    uint64_t open_us, uint64_t patience_us);

/* The listener may ask with a last ping what else came, and close. */
void run_probe_finish(struct run_probe *probe);

/* True when the listener listens: the speaker may begin. */
bool run_probe_listening(const struct run_probe *probe);

struct run_party run_probe_party(struct run_probe *probe);
const struct run_probe_finding *run_probe_found(const struct run_probe *probe);
void run_probe_free(struct run_probe *probe); /* NULL is fine */

#endif
