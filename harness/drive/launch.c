/* SPDX-License-Identifier: MIT */
#include "drive/launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "drive/client.h"
#include "drive/command.h"
#include "net/timer.h"
#include "run/proof.h"

enum {
    LAUNCHES_MAX = 64,
    STOP_GRACE_MS = 1000,  /* between SIGTERM and SIGKILL */
    NOT_SUPPORTED = 127,   /* exit status of a client that cannot do what a case needs */
    PROBE_US = 1000 * 1000 /* an echo that has not come by then does not come */
};

/* One process and its connection. */
struct slot {
    struct drive_launch *launch;
    unsigned long number; /* 0: free */
    size_t index;         /* of the result; of no meaning in a probe */
    struct drive_command command;
    struct net_process *process;
    struct net_timer *timer;
    struct run_exchange *exchange;
    bool visited;
    bool ended;       /* the exchange has */
    bool exited;      /* the process has */
    bool hung;        /* it was ended by us */
    bool returns;     /* it connected again by itself */
    unsigned row;     /* then: its number among those that did */
    uint64_t left_at; /* when its last connection ended */
    int status;
    int signal;
};

struct drive_launch {
    struct net_loop *loop;
    struct drive_agent *agent;
    const char *base;
    const struct drive_launch_events *events;
    void *context;
    enum { PROBING_ECHO, PROBING_PONG, RUNNING, OVER } stage;
    unsigned long numbers;
    struct slot slots[LAUNCHES_MAX];
    unsigned jobs;
    unsigned returning; /* processes that connected again */
};

/* --- processes --------------------------------------------------------------------------- */

static void settle(struct slot *slot);
static void go_on(struct drive_launch *launch);

static void on_exited(void *context, int status, int signal)
{
    struct slot *slot = context;
    slot->exited = true;
    slot->status = status;
    slot->signal = signal;
    settle(slot);
}

/* It has not connected, or not ended though its connection has. */
static void on_late(void *context)
{
    struct slot *slot = context;
    slot->hung = true;
    net_process_stop(slot->process, STOP_GRACE_MS);
}

static struct slot *free_slot(struct drive_launch *launch)
{
    for (unsigned i = 0; i < launch->jobs; i++)
        if (launch->slots[i].number == 0)
            return &launch->slots[i];
    return NULL;
}

static struct slot *find_slot(struct drive_launch *launch, unsigned long number)
{
    for (unsigned i = 0; i < LAUNCHES_MAX && number != 0; i++)
        if (launch->slots[i].number == number)
            return &launch->slots[i];
    return NULL;
}

static void empty(struct slot *slot)
{
    net_process_free(slot->process);
    net_timer_free(slot->timer);
    run_exchange_free(slot->exchange);
    drive_command_free(&slot->command);
    struct drive_launch *launch = slot->launch;
    *slot = (struct slot){.launch = launch};
}

static void set_deadline(struct slot *slot, uint64_t wait_us)
{
    net_timer_set(slot->timer, net_loop_now(slot->launch->loop) + wait_us);
}

/* Starts the process that is to connect for `exchange`, which the slot takes. */
static bool start(struct slot *slot, struct run_exchange *exchange, const char *id,
                  struct error *error)
{
    struct drive_launch *launch = slot->launch;
    struct buffer url = {0};
    struct buffer variable = {0};
    slot->number = ++launch->numbers;
    slot->exchange = exchange;
    slot->timer = net_timer_new(launch->loop, on_late, slot);
    buffer_printf(&url, "%s/case/%lu/%s", launch->base, slot->number, id);
    buffer_printf(&variable, "WSCONFORM_URL=%s", buffer_text(&url));
    drive_command_init(&slot->command, launch->agent->options->command, buffer_text(&url), 0,
                       buffer_text(&variable));
    buffer_free(&url);
    buffer_free(&variable);
    slot->process = net_process_start(launch->loop, slot->command.argv, slot->command.environment,
                                      on_exited, slot, error);
    set_deadline(slot, 2 * launch->agent->options->timeout_us);
    return slot->process != NULL;
}

/* --- the probe --------------------------------------------------------------------------- */

static void end_launch(struct drive_launch *launch, const char *why)
{
    launch->stage = OVER;
    launch->events->done(launch->context, why);
}

static void begin_probe(struct drive_launch *launch)
{
    const struct case_spec *spec =
        launch->stage == PROBING_ECHO ? run_proof_of_echo() : run_proof_of_pong();
    struct error error;
    launch->agent->profile.echoes = launch->stage == PROBING_ECHO;
    struct run_exchange *exchange =
        run_exchange_new(spec, RUN_DELIVERY_WHOLE, &launch->agent->settings, PROBE_US, PROBE_US);
    struct slot *slot = &launch->slots[0];
    if (!start(slot, exchange, spec->id, &error)) {
        empty(slot);
        end_launch(launch, error.text);
    }
}

static void begin_cases(struct drive_launch *launch)
{
    launch->stage = RUNNING;
    drive_agent_begin(launch->agent);
    go_on(launch);
}

/* What the probe saw broken is charged to the run alone. */
static void take_probe(struct drive_launch *launch, const struct run_result *result)
{
    struct run_profile *profile = &launch->agent->profile;
    for (size_t i = 0; i < result->sighting_count; i++)
        judge_observation_add(&profile->known, result->sightings[i].rule, result->sightings[i].text,
                              NULL);
    if (launch->stage == PROBING_ECHO)
        profile->echoes = result->verdict == JUDGE_PASS;
    else
        profile->pongs = result->verdict == JUDGE_PASS;
}

static void end_probe(struct slot *slot)
{
    struct drive_launch *launch = slot->launch;
    if (!slot->visited) {
        struct buffer why = {0};
        buffer_append_text(&why, "the command opened no connection: ");
        drive_command_describe_end(slot->process, slot->status, slot->signal, &why);
        empty(slot);
        end_launch(launch, buffer_text(&why));
        buffer_free(&why);
        return;
    }
    struct run_result result = run_exchange_take(slot->exchange);
    take_probe(launch, &result);
    run_transcript_free(&result.transcript);
    empty(slot);
    bool asks_more = launch->stage == PROBING_ECHO && !launch->agent->profile.echoes;
    launch->stage = PROBING_PONG;
    if (asks_more)
        begin_probe(launch);
    else
        begin_cases(launch);
}

/* --- the cases --------------------------------------------------------------------------- */

/* Exit status alone says nothing: a client may well end with an error after a connection that it
 * had to fail. A signal does. */
static void add_end(struct slot *slot, struct run_result *result)
{
    struct buffer how = {0};
    drive_command_describe_end(slot->process, slot->status, slot->signal, &how);
    if (slot->signal != 0 && !slot->hung) {
        result->judgement.grade = JUDGE_VIOLATION;
        run_result_give(result, JUDGE_FAILED, "the client dies of it: %s", buffer_text(&how));
    } else if (slot->status == NOT_SUPPORTED) {
        run_result_give(result, JUDGE_SKIP, "not supported: %s", buffer_text(&how));
    } else if (!slot->visited && slot->hung) {
        run_result_give(result, JUDGE_ERROR, "the client did not connect");
    } else if (!slot->visited) {
        run_result_give(result, JUDGE_ERROR, "the client did not connect: %s", buffer_text(&how));
    }
    buffer_free(&how);
}

static void end_case(struct slot *slot)
{
    struct drive_launch *launch = slot->launch;
    struct run_result result = run_exchange_take(slot->exchange);
    size_t index = slot->index;
    add_end(slot, &result);
    empty(slot);
    drive_agent_finish(launch->agent, index, &result);
    launch->events->progress(launch->context);
    go_on(launch);
}

/* Both the connection and the process have to end. */
static void settle(struct slot *slot)
{
    bool connected = slot->visited && !slot->ended;
    if (!slot->exited || connected)
        return;
    if (slot->launch->stage == RUNNING)
        end_case(slot);
    else
        end_probe(slot);
}

static void start_case(struct drive_launch *launch, const struct run_job *job)
{
    struct error error;
    struct slot *slot = free_slot(launch);
    slot->index = job->index;
    struct run_exchange *exchange = run_exchange_new(
        job->spec, job->delivery, &launch->agent->settings, job->patience_us, job->linger_us);
    if (job->watch)
        run_exchange_watch_end(exchange);
    if (start(slot, exchange, job->spec->id, &error))
        return;
    struct run_result result = run_exchange_take(exchange);
    run_result_give(&result, JUDGE_ERROR, "%s", error.text);
    empty(slot);
    drive_agent_finish(launch->agent, job->index, &result);
}

static void go_on(struct drive_launch *launch)
{
    while (launch->stage == RUNNING) {
        struct run_job job = run_plan_next(launch->agent->plan);
        if (job.kind == RUN_JOB_CASE) {
            start_case(launch, &job);
            continue;
        }
        if (job.kind == RUN_JOB_END)
            end_launch(launch, NULL);
        return;
    }
}

/* RFC 6455, 7.2.3: watches how a few clients that connect again by themselves go about it, and ends
 * them then. Others are ended at once: their case is over. */
static void watch_return(struct slot *slot)
{
    struct drive_launch *launch = slot->launch;
    struct judge_backoff *backoff = &launch->agent->backoff;
    uint64_t now = net_loop_now(launch->loop);
    if (!slot->returns)
        slot->row = launch->returning++;
    slot->returns = true;
    judge_backoff_add(backoff, slot->row, now - slot->left_at);
    slot->left_at = now;
    bool enough = judge_backoff_has_enough(backoff, slot->row);
    set_deadline(slot, enough ? 0 : launch->agent->options->timeout_us);
}

struct run_exchange *drive_launch_visit(struct drive_launch *launch, unsigned long number)
{
    struct slot *slot = find_slot(launch, number);
    if (slot != NULL && slot->ended && launch->stage == RUNNING)
        watch_return(slot);
    if (slot == NULL || slot->visited)
        return NULL;
    slot->visited = true;
    net_timer_cancel(slot->timer);
    return slot->exchange;
}

void drive_launch_finished(struct drive_launch *launch, unsigned long number)
{
    struct slot *slot = find_slot(launch, number);
    if (slot == NULL)
        return;
    slot->ended = true;
    slot->left_at = net_loop_now(launch->loop);
    set_deadline(slot, launch->agent->options->timeout_us);
    settle(slot);
}

struct drive_launch *drive_launch_start(struct net_loop *loop, struct drive_agent *agent,
                                        const char *base, const struct drive_launch_events *events,
                                        void *context)
{
    struct drive_launch *launch = memory_zeroed(1, sizeof(*launch));
    launch->loop = loop;
    launch->agent = agent;
    launch->base = base;
    launch->events = events;
    launch->context = context;
    launch->jobs = agent->options->jobs < LAUNCHES_MAX ? agent->options->jobs : LAUNCHES_MAX;
    for (unsigned i = 0; i < LAUNCHES_MAX; i++)
        launch->slots[i].launch = launch;
    launch->stage = PROBING_ECHO;
    if (agent->options->profile == DRIVE_CLIENT_SINK)
        launch->stage = PROBING_PONG;
    begin_probe(launch);
    return launch;
}

void drive_launch_free(struct drive_launch *launch)
{
    if (launch == NULL)
        return;
    for (unsigned i = 0; i < LAUNCHES_MAX; i++)
        empty(&launch->slots[i]);
    free(launch);
}
