/* SPDX-License-Identifier: MIT */
#include "drive/probe.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "drive/connection.h"

/* What an endpoint may take to answer a message before it counts as one that does not. */
enum { PATIENCE_US = 1000 * 1000 };

/* Sizes of messages that are tried, from the largest down, until one comes back. The first is only
 * tried for a run with large messages. */
static const size_t sizes[] = {16u << 20, 4u << 20, 1u << 20, 131072, 65536,
                               65535,     16384,    4096,     1024};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(sizes[0]), FIRST_SMALL_SIZE = 3 };

struct drive_probe {
    struct net_loop *loop;
    struct drive_probe_options options;
    struct run_profile *profile;
    drive_probe_done *done;
    void *context;
    struct run_probe *listener;
    struct run_probe *speaker;
    struct drive_connection *listening; /* NULL once it is closed */
    struct drive_connection *speaking;
    bool begun;
    size_t size; /* index of the size on trial */
    char why[256];
    char agent[RUN_OPENING_AGENT_MAX];
};

static void keep_sightings(struct drive_probe *p, const struct run_probe_finding *found)
{
    for (size_t i = 0; i < found->sighting_count; i++)
        judge_observation_add(&p->profile->known, found->sightings[i].rule,
                              found->sightings[i].text, NULL);
}

static const char *name_refusal(unsigned status)
{
    switch (status) {
    case 401:
        return " (it wants credentials: -H 'Authorization: ...')";
    case 403:
        return " (it may want another --origin)";
    case 404:
        return " (is the path of the URL right?)";
    default:
        return "";
    }
}

/* Why a plain, legal handshake did not lead to a connection; NULL if it did. */
static const char *name_trouble(struct drive_probe *p, const struct run_probe_finding *found)
{
    if (!found->connected)
        snprintf(p->why, sizeof(p->why), "no connection could be made");
    else if (found->timed_out)
        snprintf(p->why, sizeof(p->why),
                 "it accepts connections, but did not answer a plain handshake within %.1f s",
                 (double)p->options.timeout_us / 1e6);
    else if (found->status == 0)
        snprintf(p->why, sizeof(p->why),
                 "it closes the connection without an answer to a plain handshake");
    else if (found->status < 100)
        snprintf(p->why, sizeof(p->why), "its answer to a plain handshake is not HTTP");
    else if (found->status != 101)
        snprintf(p->why, sizeof(p->why), "it answers a plain handshake with %u%s", found->status,
                 name_refusal(found->status));
    else
        return NULL;
    return p->why;
}

static void finish(struct drive_probe *p, const char *why)
{
    p->done(p->context, why);
}

static void speak(struct drive_probe *p, size_t size);

/* Tries the next size; the largest that comes back is the one below the limit. */
static void after_size(struct drive_probe *p)
{
    bool fits = run_probe_found(p->speaker)->echoed;
    bool first = p->size == (p->options.big ? 0 : FIRST_SMALL_SIZE);
    if (fits) {
        p->profile->limit = first ? UINT64_MAX : sizes[p->size] + 1;
        finish(p, NULL);
    } else if (p->size + 1 < SIZE_COUNT) {
        speak(p, sizes[++p->size]);
    } else {
        p->profile->limit = sizes[p->size];
        finish(p, NULL);
    }
}

static void learn(struct drive_probe *p)
{
    const struct run_probe_finding *heard = run_probe_found(p->listener);
    const struct run_probe_finding *said = run_probe_found(p->speaker);
    struct run_profile *profile = p->profile;
    profile->echoes = said->echoed || said->resembled;
    profile->pongs = heard->ponged || said->ponged;
    profile->greetings = (unsigned)heard->greetings;
    profile->broadcasts = heard->messages > heard->greetings;
    profile->answers = !profile->echoes && (said->contained || said->messages > heard->greetings);
    profile->limit = UINT64_MAX;
    profile->round_trip_us = said->echoed ? said->round_trip_us : heard->round_trip_us;
}

/* Both have ended: what is it like, and how large may a message be? */
static void after_first_words(struct drive_probe *p)
{
    learn(p);
    if (!run_probe_found(p->speaker)->echoed) {
        finish(p, NULL);
        return;
    }
    p->size = p->options.big ? 0 : FIRST_SMALL_SIZE;
    speak(p, sizes[p->size]);
}

static void on_spoken(void *context)
{
    struct drive_probe *p = context;
    p->speaking = NULL;
    if (p->size < SIZE_COUNT) {
        after_size(p);
        return;
    }
    if (p->listening == NULL) {
        after_first_words(p);
        return;
    }
    run_probe_finish(p->listener);
    drive_connection_poke(p->listening);
}

static void speak(struct drive_probe *p, size_t size)
{
    static const struct drive_connection_events events = {.done = on_spoken};
    run_probe_free(p->speaker);
    /* Large messages need more time than the answer to a small one. */
    uint64_t patience = PATIENCE_US + size;
    p->speaker = run_probe_speaker(p->options.target, p->options.seed, size, p->options.timeout_us,
                                   patience);
    p->speaking = drive_connection_open(p->loop, p->options.address, run_probe_party(p->speaker),
                                        p->options.timeout_us, &events, p);
}

static void begin_speaking(struct drive_probe *p)
{
    if (p->begun)
        return;
    p->begun = true;
    p->size = SIZE_COUNT;
    speak(p, 0);
}

static void on_stirred(void *context)
{
    struct drive_probe *p = context;
    if (run_probe_listening(p->listener))
        begin_speaking(p);
}

/* The listener's connection is closed: by us at the end, or by the endpoint at any time. */
static void on_heard(void *context)
{
    struct drive_probe *p = context;
    const struct run_probe_finding *found = run_probe_found(p->listener);
    p->listening = NULL;
    snprintf(p->agent, sizeof(p->agent), "%s", found->agent);
    const char *why = name_trouble(p, found);
    if (why != NULL) {
        finish(p, why);
        return;
    }
    keep_sightings(p, found);
    if (!p->begun) {
        begin_speaking(p);
    } else if (p->speaking == NULL) {
        after_first_words(p);
    }
}

struct drive_probe *drive_probe_start(struct net_loop *loop,
                                      const struct drive_probe_options *options,
                                      struct run_profile *profile, drive_probe_done *done,
                                      void *context)
{
    static const struct drive_connection_events events = {.done = on_heard, .stirred = on_stirred};
    struct drive_probe *p = memory_zeroed(1, sizeof(*p));
    p->loop = loop;
    p->options = *options;
    p->profile = profile;
    p->done = done;
    p->context = context;
    p->listener =
        run_probe_listener(options->target, options->seed, options->timeout_us, PATIENCE_US);
    p->listening = drive_connection_open(loop, options->address, run_probe_party(p->listener),
                                         options->timeout_us, &events, p);
    return p;
}

const char *drive_probe_agent(const struct drive_probe *p)
{
    return p->agent;
}

void drive_probe_free(struct drive_probe *p)
{
    if (p == NULL)
        return;
    drive_connection_drop(p->listening);
    drive_connection_drop(p->speaking);
    run_probe_free(p->listener);
    run_probe_free(p->speaker);
    free(p);
}
