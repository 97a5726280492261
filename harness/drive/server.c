/* SPDX-License-Identifier: MIT */
#include "drive/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "drive/connection.h"
#include "drive/endpoint.h"
#include "drive/probe.h"
#include "net/timer.h"
#include "run/plan.h"

enum {
    GRACE_MIN_US = 25 * 1000,
    GRACE_MAX_US = 200 * 1000,
    SHORT_MIN_US = 200 * 1000,
    LAST_WORDS_US = 50 * 1000,
    ROUND_TRIPS = 20, /* in a short deadline, and in a grace */
    JOBS_MAX = 256
};

/* A place for one running case. */
struct slot {
    struct drive_server *server;
    struct drive_connection *connection; /* NULL: free */
    struct run_exchange *exchange;
    size_t index;
};

struct drive_server {
    const struct drive_server_options *options;
    struct net_loop *loop;
    struct drive_endpoint *endpoint;
    struct drive_probe *probe;
    struct net_timer *settle;
    struct run_target target;
    struct run_profile profile;
    struct run_settings settings;
    struct run_plan *plan;
    struct run_record record;
    struct slot slots[JOBS_MAX];
    unsigned jobs;
    bool reviving;
    bool settling;
    bool over;
    uint64_t started;
    enum drive_end end;
    struct error *error;
    char agent[RUN_OPENING_AGENT_MAX];
};

/* --- the end ----------------------------------------------------------------------------- */

static void stop_loop(void *context)
{
    struct drive_server *s = context;
    net_loop_stop(s->loop);
}

static void drop_slots(struct drive_server *s)
{
    for (unsigned i = 0; i < s->jobs; i++) {
        drive_connection_drop(s->slots[i].connection);
        run_exchange_free(s->slots[i].exchange);
        s->slots[i].connection = NULL;
        s->slots[i].exchange = NULL;
    }
}

/* The first reason counts. */
static void end_run(struct drive_server *s, enum drive_end end, const char *why)
{
    if (s->over)
        return;
    s->over = true;
    s->end = end;
    if (why != NULL)
        error_set(s->error, "%s", why);
    drop_slots(s);
    if (s->plan != NULL && why != NULL)
        run_plan_stop(s->plan, s->error->text);
    s->record.duration_us = net_loop_now(s->loop) - s->started;
    if (s->endpoint != NULL)
        drive_endpoint_stop(s->endpoint, stop_loop, s);
    else
        net_loop_stop(s->loop);
}

/* --- the cases --------------------------------------------------------------------------- */

static void go_on(struct drive_server *s);

static struct slot *free_slot(struct drive_server *s)
{
    for (unsigned i = 0; i < s->jobs; i++)
        if (s->slots[i].connection == NULL)
            return &s->slots[i];
    return NULL;
}

static void report_progress(struct drive_server *s)
{
    if (s->options->progress != NULL) {
        size_t total;
        run_plan_results(s->plan, &total);
        s->options->progress(s->options->progress_context, run_plan_done(s->plan), total);
    }
}

static void on_case_done(void *context)
{
    struct slot *slot = context;
    struct drive_server *s = slot->server;
    struct run_result result = run_exchange_take(slot->exchange);
    run_exchange_free(slot->exchange);
    slot->exchange = NULL;
    slot->connection = NULL;
    run_plan_finished(s->plan, slot->index, &result);
    report_progress(s);
    go_on(s);
}

static void start_case(struct drive_server *s, const struct run_job *job)
{
    static const struct drive_connection_events events = {.done = on_case_done};
    struct slot *slot = free_slot(s);
    slot->index = job->index;
    slot->exchange =
        run_exchange_new(job->spec, job->delivery, &s->settings, job->patience_us, job->linger_us);
    slot->connection = drive_connection_open(s->loop, drive_endpoint_address(s->endpoint),
                                             run_exchange_party(slot->exchange),
                                             s->settings.long_us, &events, slot);
    if (job->delivery == RUN_DELIVERY_SLOW)
        drive_connection_slow_down(slot->connection);
}

static void begin_cases(struct drive_server *s);

static void on_settled(void *context)
{
    struct drive_server *s = context;
    if (s->over)
        return;
    if (s->plan == NULL) {
        begin_cases(s);
        return;
    }
    if (s->reviving) {
        drive_endpoint_start(s->endpoint);
        return;
    }
    s->settling = false;
    if (drive_endpoint_alive(s->endpoint))
        run_plan_settled(s->plan);
    else
        run_plan_died(s->plan, "nobody listens any more");
    go_on(s);
}

/* A refused connection may be seen before the process is reaped that used to listen; its last
 * words are worth the wait. */
static void revive(struct drive_server *s)
{
    drop_slots(s);
    s->reviving = true;
    net_timer_set(s->settle, net_loop_now(s->loop) + LAST_WORDS_US);
}

static void settle(struct drive_server *s, uint64_t wait_us)
{
    s->settling = true;
    net_timer_set(s->settle, net_loop_now(s->loop) + wait_us);
}

/* Does what the plan says until it says to wait. */
static void go_on(struct drive_server *s)
{
    while (!s->over && !s->reviving && !s->settling) {
        struct run_job job = run_plan_next(s->plan);
        switch (job.kind) {
        case RUN_JOB_CASE:
            start_case(s, &job);
            break;
        case RUN_JOB_NONE:
            return;
        case RUN_JOB_REVIVE:
            revive(s);
            return;
        case RUN_JOB_SETTLE:
            settle(s, job.settle_us);
            return;
        case RUN_JOB_END:
            end_run(s, DRIVE_COMPLETE, NULL);
            return;
        }
    }
}

/* --- the beginning ----------------------------------------------------------------------- */

static uint64_t clamp(uint64_t value, uint64_t least, uint64_t most)
{
    if (value < least)
        return least;
    return value > most ? most : value;
}

static void set_deadlines(struct drive_server *s)
{
    uint64_t trips = s->profile.round_trip_us * ROUND_TRIPS;
    s->settings.long_us = s->options->timeout_us;
    s->settings.short_us =
        clamp(trips, SHORT_MIN_US,
              s->options->timeout_us > SHORT_MIN_US ? s->options->timeout_us : SHORT_MIN_US);
    s->settings.tcp_us = s->options->timeout_us * 5 / 2;
    s->settings.grace_us = clamp(trips, GRACE_MIN_US, GRACE_MAX_US);
}

static void force_profile(struct drive_server *s)
{
    if (s->options->profile == DRIVE_PROFILE_FOUND_OUT)
        return;
    s->profile.echoes = s->options->profile == DRIVE_PROFILE_ECHO;
    s->profile.handshake = s->options->profile == DRIVE_PROFILE_HANDSHAKE;
}

static void begin_cases(struct drive_server *s)
{
    set_deadlines(s);
    /* A server that sends what one says to all the others can only be asked one thing at a time. */
    s->jobs = s->profile.broadcasts ? 1 : s->options->jobs;
    s->plan = run_plan_new(s->options->cases, s->options->case_count, &s->settings, s->jobs,
                           s->options->command != NULL);
    for (size_t i = 0; i < s->profile.known.count; i++)
        judge_observation_add(run_plan_observations(s->plan), s->profile.known.items[i].rule,
                              s->profile.known.items[i].text, NULL);
    go_on(s);
}

static void on_probed(void *context, const char *why)
{
    struct drive_server *s = context;
    if (why != NULL) {
        struct error text;
        error_set(&text, "%s: %s", drive_endpoint_text(s->endpoint), why);
        end_run(s, DRIVE_UNREACHABLE, text.text);
        return;
    }
    snprintf(s->agent, sizeof(s->agent), "%s", drive_probe_agent(s->probe));
    /* Does it not echo, or has it died of our message? That may not be known yet. */
    bool dubious = !s->profile.echoes;
    force_profile(s);
    if (dubious)
        net_timer_set(s->settle, net_loop_now(s->loop) + LAST_WORDS_US);
    else
        begin_cases(s);
}

static void begin_probe(struct drive_server *s)
{
    const struct drive_probe_options options = {.address = drive_endpoint_address(s->endpoint),
                                                .target = &s->target,
                                                .seed = s->settings.seed,
                                                .timeout_us = s->options->timeout_us,
                                                .big = s->options->big};
    s->probe = drive_probe_start(s->loop, &options, &s->profile, on_probed, s);
}

static void on_ready(void *context, bool alive, const char *why)
{
    struct drive_server *s = context;
    if (s->plan == NULL && alive) {
        begin_probe(s);
    } else if (s->plan == NULL) {
        end_run(s, DRIVE_UNREACHABLE, why);
    } else {
        s->reviving = false;
        run_plan_revived(s->plan, alive);
        if (run_plan_gone(s->plan)) {
            struct error text;
            error_set(&text, "the endpoint is gone for good: %s", run_plan_last_death(s->plan));
            end_run(s, DRIVE_GONE, text.text);
        }
        go_on(s);
    }
}

static void on_died(void *context, const char *how)
{
    struct drive_server *s = context;
    if (s->over)
        return;
    if (s->plan == NULL) {
        struct error text;
        error_set(&text, "the endpoint died while it was probed: %s", how);
        end_run(s, DRIVE_UNREACHABLE, text.text);
        return;
    }
    run_plan_died(s->plan, how);
    if (s->reviving)
        return;
    drop_slots(s);
    s->settling = false;
    net_timer_cancel(s->settle);
    go_on(s);
}

static void on_interrupt(void *context)
{
    end_run(context, DRIVE_INTERRUPTED, "interrupted");
}

static void set_target(struct drive_server *s)
{
    const struct ws_url *url = drive_endpoint_url(s->endpoint);
    s->target = (struct run_target){.host = url->field,
                                    .target = url->target,
                                    .origin = s->options->origin,
                                    .subprotocols = s->options->subprotocols,
                                    .fields = s->options->fields};
    s->settings.target = &s->target;
    s->settings.profile = &s->profile;
    s->settings.deliveries = s->options->deliveries;
    s->settings.seed = s->options->has_seed ? s->options->seed : net_loop_entropy();
}

static void fill_record(struct drive_server *s)
{
    struct run_record *record = &s->record;
    const struct drive_server_options *options = s->options;
    record->seed = s->settings.seed;
    record->url = s->endpoint != NULL ? drive_endpoint_text(s->endpoint) : options->url;
    record->agent = s->agent;
    record->command = options->command;
    record->profile = &s->profile;
    record->catalogue = options->catalogue;
    record->ended_early = s->end != DRIVE_COMPLETE ? s->error->text : NULL;
    if (s->plan == NULL)
        return;
    run_plan_judge_run(s->plan, options->catalogue);
    record->waits = run_plan_waits(s->plan);
    record->results = run_plan_results(s->plan, &record->count);
}

struct drive_server *drive_server_run(const struct drive_server_options *options,
                                      enum drive_end *end, struct error *error)
{
    static const struct drive_endpoint_events events = {.ready = on_ready, .died = on_died};
    struct drive_server *s = memory_zeroed(1, sizeof(*s));
    s->options = options;
    s->error = error;
    s->jobs = options->jobs;
    for (size_t i = 0; i < JOBS_MAX; i++)
        s->slots[i].server = s;
    s->loop = net_loop_new();
    s->settle = net_timer_new(s->loop, on_settled, s);
    s->started = net_loop_now(s->loop);
    s->record.started = net_loop_wall_clock();
    s->end = DRIVE_UNREACHABLE;
    net_loop_on_interrupt(s->loop, on_interrupt, s);
    s->endpoint = drive_endpoint_new(s->loop, options->url, options->command, options->timeout_us,
                                     &events, s, error);
    if (s->endpoint != NULL) {
        set_target(s);
        drive_endpoint_start(s->endpoint);
        net_loop_run(s->loop);
    }
    fill_record(s);
    *end = s->end;
    return s;
}

const struct run_record *drive_server_record(const struct drive_server *s)
{
    return &s->record;
}

void drive_server_free(struct drive_server *s)
{
    if (s == NULL)
        return;
    drop_slots(s);
    drive_probe_free(s->probe);
    run_plan_free(s->plan);
    judge_observation_free(&s->profile.known);
    net_timer_free(s->settle);
    drive_endpoint_free(s->endpoint);
    net_loop_free(s->loop);
    free(s);
}
