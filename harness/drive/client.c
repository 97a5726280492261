/* SPDX-License-Identifier: MIT */
#include "drive/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "drive/visit.h"

enum {
    VISITS_MAX = 1024,          /* connections at the same time; more are closed at once */
    STOP_GRACE_MS = 1000,       /* between SIGTERM and SIGKILL */
    LOST_OF = 50,               /* one case in so many may be lost */
    LAST_VISITS_US = 200 * 1000 /* that connections of a driver that has ended may take to end */
};

/* --- the end ----------------------------------------------------------------------------- */

static void unlink_visit(struct drive_visit *visit)
{
    struct drive_client *c = visit->client;
    for (struct drive_visit **at = &c->visits; *at != NULL; at = &(*at)->next) {
        if (*at == visit) {
            *at = visit->next;
            c->visit_count--;
            return;
        }
    }
}

static void drop_visits(struct drive_client *c)
{
    while (c->visits != NULL) {
        struct drive_visit *visit = c->visits;
        unlink_visit(visit);
        drive_visit_free(visit);
    }
}

/* The first reason counts. `why` NULL: nothing is missing. */
static void end_run(struct drive_client *c, enum drive_end end, const char *why)
{
    if (c->over)
        return;
    c->over = true;
    c->end = end;
    if (why != NULL)
        error_set(c->error, "%s", why);
    net_listener_close(c->listener);
    c->listener = NULL;
    drop_visits(c);
    drive_launch_free(c->launch);
    c->launch = NULL;
    for (size_t i = 0; i < c->agent_count; i++)
        drive_agent_judge(c->agents[i], net_loop_now(c->loop), why != NULL ? c->error->text : NULL);
    if (c->driver != NULL && net_process_running(c->driver))
        net_process_stop(c->driver, STOP_GRACE_MS);
    else
        net_loop_stop(c->loop);
}

static void on_interrupt(void *context)
{
    end_run(context, DRIVE_INTERRUPTED, "interrupted");
}

void drive_client_end_soon(struct drive_client *c)
{
    c->stopping = true;
    net_timer_set(c->ender, net_loop_now(c->loop));
}

static void stir(struct drive_client *c)
{
    if (c->options->idle_us > 0 && !c->over)
        net_timer_set(c->idle, net_loop_now(c->loop) + c->options->idle_us);
}

static void on_idle(void *context)
{
    struct drive_client *c = context;
    if (c->visit_count > 0)
        stir(c);
    else if (c->agent_count > 0)
        end_run(c, DRIVE_COMPLETE, NULL);
    else
        end_run(c, DRIVE_UNREACHABLE, "no client came");
}

/* --- the cases that are offered ----------------------------------------------------------- */

/* A case that some client still lacks is offered again to a driver that is started again. */
static bool is_wanted(const struct drive_client *c, size_t index)
{
    if (run_plan_is_final(c->template->plan, index))
        return false;
    bool wanted = c->agent_count == 0;
    for (size_t i = 0; i < c->agent_count; i++)
        wanted = wanted || !run_plan_is_final(c->agents[i]->plan, index);
    return wanted;
}

static void offer_cases(struct drive_client *c)
{
    size_t count;
    run_plan_results(c->template->plan, &count);
    free(c->offered);
    c->offered = memory_zeroed(count, sizeof(*c->offered));
    c->offered_count = 0;
    for (size_t i = 0; i < count; i++)
        if (is_wanted(c, i))
            c->offered[c->offered_count++] = i;
}

/* --- connections ------------------------------------------------------------------------- */

static void report_progress(struct drive_client *c, const struct drive_agent *agent)
{
    if (c->options->progress != NULL) {
        size_t total;
        run_plan_results(agent->plan, &total);
        c->options->progress(c->options->context, agent->name, run_plan_done(agent->plan), total);
    }
}

static void finish_case(struct drive_visit *visit)
{
    struct drive_client *c = visit->client;
    struct run_result result = run_exchange_take(visit->exchange);
    c->last = (struct last_case){visit->agent, visit->index, result.close_seen};
    c->finished++;
    drive_agent_finish(visit->agent, visit->index, &result);
    report_progress(c, visit->agent);
}

/* Somebody may wait for the verdict. The list may change at each step. */
static void poke_waiting(struct drive_client *c)
{
    for (struct drive_visit *v = c->visits; v != NULL;) {
        struct drive_visit *next = v->next;
        if (v->reply != NULL && v->wish.action == DRIVE_SERVICE_CASE_STATUS)
            drive_connection_poke(v->connection);
        v = next;
    }
}

/* RFC 6455, 4.1: an answer that is no 101 is HTTP's, and in HTTP the connection may serve for the
 * next request as well, be it that of the next case. */
static bool on_visit_again(void *context)
{
    struct drive_visit *visit = context;
    if (visit->launched || visit->exchange == NULL)
        return false;
    finish_case(visit);
    run_exchange_free(visit->exchange);
    visit->exchange = NULL;
    poke_waiting(visit->client);
    return true;
}

static void on_driver_gone(struct drive_client *c);

static void on_visit_done(void *context)
{
    struct drive_visit *visit = context;
    struct drive_client *c = visit->client;
    visit->connection = NULL;
    unlink_visit(visit);
    bool ran = visit->exchange != NULL && !visit->launched;
    if (ran)
        finish_case(visit);
    unsigned long launched = visit->launched && visit->exchange != NULL ? visit->wish.number : 0;
    bool last = visit->wish.action == DRIVE_SERVICE_UPDATE_REPORTS && visit->wish.shutdown;
    drive_visit_free(visit);
    if (ran)
        poke_waiting(c);
    if (launched != 0 && c->launch != NULL)
        drive_launch_finished(c->launch, launched);
    if (last)
        drive_client_end_soon(c);
    stir(c);
    if (c->how[0] != '\0' && c->visit_count == 0)
        on_driver_gone(c);
}

static void on_accepted(void *context, struct net_tcp *tcp)
{
    static const struct drive_connection_events events = {.done = on_visit_done};
    struct drive_client *c = context;
    if (c->visit_count >= VISITS_MAX || c->over) {
        net_tcp_close(tcp, true);
        return;
    }
    struct drive_visit *visit = memory_zeroed(1, sizeof(*visit));
    visit->client = c;
    visit->next = c->visits;
    c->visits = visit;
    c->visit_count++;
    visit->connection = drive_connection_accept(
        c->loop, tcp, drive_door_party(&visit->door, drive_visit_choose, visit), &events, visit);
    visit->door.again = on_visit_again;
    stir(c);
}

/* --- a driver that we start -------------------------------------------------------------- */

static void start_driver(struct drive_client *c);

static bool all_reported(const struct drive_client *c)
{
    bool all = c->agent_count > 0;
    for (size_t i = 0; i < c->agent_count; i++)
        all = all && c->agents[i]->reported;
    return all;
}

/* A driver may lose a case or two that it asked for: a request on a connection that was kept open
 * for it may cross with the end of that connection (RFC 9112, 9.3.1). One that leaves more has not
 * meant to run them. */
static bool has_lost_few(const struct drive_client *c)
{
    size_t count;
    run_plan_results(c->template->plan, &count);
    return c->offered_count * LOST_OF <= count;
}

/* A driver that died, or lost a few cases, is started again and offered what is left, as long as
 * that gets us on. */
static void on_driver_gone(struct drive_client *c)
{
    char how[sizeof(c->how)];
    snprintf(how, sizeof(how), "%s", c->how);
    c->how[0] = '\0';
    if (c->crashed && c->last.agent != NULL && !c->last.close_seen)
        run_plan_convict(c->last.agent->plan, c->last.index, how);
    size_t progress = c->finished;
    bool well = !c->failed || all_reported(c);
    offer_cases(c);
    struct error why;
    if (c->agent_count == 0) {
        error_set(&why, "the command opened no connection: %s", how);
        end_run(c, DRIVE_UNREACHABLE, why.text);
    } else if (c->offered_count == 0 || (well && (progress == 0 || !has_lost_few(c)))) {
        end_run(c, DRIVE_COMPLETE, NULL);
    } else if (progress == 0) {
        error_set(&why, "the driver gets no further: %s", how);
        end_run(c, DRIVE_GONE, why.text);
    } else {
        start_driver(c);
    }
}

static void on_driver_exited(void *context, int status, int signal)
{
    struct drive_client *c = context;
    if (c->over) {
        net_loop_stop(c->loop);
        return;
    }
    struct buffer how = {0};
    drive_command_describe_end(c->driver, status, signal, &how);
    snprintf(c->how, sizeof(c->how), "%s", buffer_text(&how));
    buffer_free(&how);
    c->crashed = signal != 0;
    c->failed = c->crashed || status != 0;
    if (c->visit_count == 0)
        on_driver_gone(c);
    else
        net_timer_set(c->ender, net_loop_now(c->loop) + LAST_VISITS_US);
}

static void start_driver(struct drive_client *c)
{
    struct error why;
    c->finished = 0;
    c->last.agent = NULL;
    net_process_free(c->driver);
    c->driver = net_process_start(c->loop, c->command.argv, c->command.environment,
                                  on_driver_exited, c, &why);
    if (c->driver == NULL)
        end_run(c, c->agent_count == 0 ? DRIVE_UNREACHABLE : DRIVE_GONE, why.text);
}

static void on_ender(void *context)
{
    struct drive_client *c = context;
    if (c->stopping && c->agent_count > 0)
        end_run(c, DRIVE_COMPLETE, NULL);
    else if (c->stopping)
        end_run(c, DRIVE_UNREACHABLE, "the client ran no case");
    else if (c->how[0] != '\0')
        on_driver_gone(c);
}

/* --- a client that we start for each case ------------------------------------------------ */

static void on_launch_done(void *context, const char *why)
{
    struct drive_client *c = context;
    end_run(c, why == NULL ? DRIVE_COMPLETE : DRIVE_UNREACHABLE, why);
}

static void on_launch_progress(void *context)
{
    struct drive_client *c = context;
    report_progress(c, c->agents[0]);
}

static void start_launches(struct drive_client *c)
{
    static const struct drive_launch_events events = {.done = on_launch_done,
                                                      .progress = on_launch_progress};
    const char *name = c->options->agent != NULL ? c->options->agent : c->options->command[0];
    const char *slash = strrchr(name, '/');
    c->agents[c->agent_count++] = drive_agent_new(c->options, slash != NULL ? slash + 1 : name,
                                                  c->url, c->host, c->seed, net_loop_now(c->loop));
    c->launch = drive_launch_start(c->loop, c->agents[0], c->url, &events, c);
}

/* --- the whole --------------------------------------------------------------------------- */

static void start_command(struct drive_client *c)
{
    if (c->options->command == NULL)
        return;
    if (drive_command_names_url(c->options->command)) {
        start_launches(c);
        return;
    }
    char variable[sizeof(c->url) + 16];
    snprintf(variable, sizeof(variable), "WSCONFORM_URL=%s", c->url);
    unsigned port = net_listener_port(c->listener);
    drive_command_init(&c->command, c->options->command, c->url, port, variable);
    start_driver(c);
}

/* The address with the port that we got. */
static void set_url(struct drive_client *c)
{
    char text[NET_ADDRESS_TEXT_MAX];
    net_address_text(&c->options->listen, text);
    *strrchr(text, ':') = '\0';
    snprintf(c->url, sizeof(c->url), "ws://%s:%u", text, net_listener_port(c->listener));
    if (c->options->command != NULL)
        c->host = c->url + strlen("ws://");
}

struct drive_client *drive_client_run(const struct drive_client_options *options,
                                      enum drive_end *end, struct error *error)
{
    struct drive_client *c = memory_zeroed(1, sizeof(*c));
    c->options = options;
    c->error = error;
    c->end = DRIVE_UNREACHABLE;
    c->loop = net_loop_new();
    c->idle = net_timer_new(c->loop, on_idle, c);
    c->ender = net_timer_new(c->loop, on_ender, c);
    c->seed = options->has_seed ? options->seed : net_loop_entropy();
    c->template = drive_agent_new(options, "", c->url, NULL, c->seed, 0);
    drive_agent_begin(c->template);
    offer_cases(c);
    net_loop_on_interrupt(c->loop, on_interrupt, c);
    c->listener = net_listener_open(c->loop, &options->listen, on_accepted, c, error);
    if (c->listener != NULL) {
        set_url(c);
        if (options->listening != NULL)
            options->listening(options->context, c->url);
        stir(c);
        start_command(c);
        if (!c->over || c->driver != NULL)
            net_loop_run(c->loop);
    }
    *end = c->end;
    return c;
}

const struct run_record *drive_client_record(const struct drive_client *c, size_t index)
{
    return &c->agents[index]->record;
}

size_t drive_client_count(const struct drive_client *c)
{
    return c->agent_count;
}

void drive_client_free(struct drive_client *c)
{
    if (c == NULL)
        return;
    drop_visits(c);
    drive_launch_free(c->launch);
    net_process_free(c->driver);
    net_listener_close(c->listener);
    for (size_t i = 0; i < c->agent_count; i++)
        drive_agent_free(c->agents[i]);
    drive_agent_free(c->template);
    drive_command_free(&c->command);
    net_timer_free(c->idle);
    net_timer_free(c->ender);
    net_loop_free(c->loop);
    free(c->offered);
    free(c);
}
