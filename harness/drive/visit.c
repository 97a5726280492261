/* SPDX-License-Identifier: MIT */
#include "drive/visit.h"

#include <stdlib.h>
#include <string.h>

#include "ws/request.h"
#include "ws/url.h"

/* --- clients and their cases ------------------------------------------------------------- */

static const char *label_of(const struct drive_client *c, size_t index)
{
    size_t count;
    const struct run_result *results = run_plan_results(c->template->plan, &count);
    return c->options->labels != NULL ? c->options->labels[index] : results[index].spec->id;
}

static bool is_excluded(const struct drive_client *c, const char *agent, size_t index)
{
    return c->options->excluded != NULL &&
           c->options->excluded(c->options->context, agent, label_of(c, index));
}

static struct drive_agent *find_agent(const struct drive_client *c, const char *name)
{
    for (size_t i = 0; i < c->agent_count; i++)
        if (strcmp(c->agents[i]->name, name) == 0)
            return c->agents[i];
    return NULL;
}

/* The client of that name, made if it is new; NULL if there are too many. */
static struct drive_agent *meet_agent(struct drive_client *c, const char *name)
{
    struct drive_agent *agent = find_agent(c, name);
    if (agent != NULL || c->agent_count == DRIVE_AGENTS_MAX)
        return agent;
    agent = drive_agent_new(c->options, name, c->url, c->host, c->seed, net_loop_now(c->loop));
    drive_agent_begin(agent);
    c->agents[c->agent_count++] = agent;
    return agent;
}

/* The result that a client means by a number or an id; SIZE_MAX if there is none. */
static size_t find_case(const struct drive_client *c, const struct drive_service_wish *wish)
{
    if (wish->has_number)
        return wish->number >= 1 && wish->number <= c->offered_count ? c->offered[wish->number - 1]
                                                                     : SIZE_MAX;
    for (size_t i = 0; i < c->offered_count; i++)
        if (strcmp(label_of(c, c->offered[i]), wish->tuple) == 0)
            return c->offered[i];
    return SIZE_MAX;
}

/* --- answers ----------------------------------------------------------------------------- */

static struct run_party say_page(struct drive_visit *visit, const char *status, const char *type,
                                 struct bytes body)
{
    visit->reply = drive_reply_new_page(status, type, body);
    return drive_reply_party(visit->reply);
}

static struct run_party say_error(struct drive_visit *visit, const char *status,
                                  const char *sentence)
{
    return say_page(visit, status, "text/plain; charset=utf-8", bytes_text(sentence));
}

static struct run_party say_message(struct drive_visit *visit, const struct ws_http_head *request,
                                    drive_reply_ask *ask)
{
    visit->reply = drive_reply_new_message(request, ask, visit);
    return drive_reply_party(visit->reply);
}

static bool ask_count(void *context, struct buffer *text)
{
    const struct drive_visit *visit = context;
    buffer_printf(text, "%zu", visit->client->offered_count);
    return true;
}

static void append_json_text(struct buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20)
            buffer_printf(out, "\\u%04x", (unsigned)*text);
        else
            buffer_printf(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
    }
}

static bool ask_info(void *context, struct buffer *text)
{
    const struct drive_visit *visit = context;
    size_t count;
    const struct run_result *results = run_plan_results(visit->client->template->plan, &count);
    const struct case_spec *spec = results[visit->index].spec;
    buffer_append_text(text, "{\"id\": \"");
    append_json_text(text, label_of(visit->client, visit->index));
    buffer_append_text(text, "\", \"description\": \"");
    append_json_text(text, spec->does);
    buffer_append_text(text, " ");
    append_json_text(text, spec->expects);
    buffer_append_text(text, "\"}");
    return true;
}

static bool is_running(const struct drive_visit *visit)
{
    for (const struct drive_visit *v = visit->client->visits; v != NULL; v = v->next)
        if (v->exchange != NULL && v->agent == visit->agent && v->index == visit->index)
            return true;
    return false;
}

static bool ask_status(void *context, struct buffer *text)
{
    const struct drive_visit *visit = context;
    if (is_running(visit))
        return false;
    size_t count;
    const struct run_result *results = run_plan_results(visit->agent->plan, &count);
    bool final = run_plan_is_final(visit->agent->plan, visit->index);
    enum judge_verdict verdict = final ? results[visit->index].verdict : JUDGE_SKIP;
    buffer_printf(text, "{\"behavior\": \"%s\"}", judge_verdict_autobahn(verdict));
    return true;
}

/* --- what a client wants ----------------------------------------------------------------- */

static struct run_party run_case(struct drive_visit *visit, const struct ws_http_head *request)
{
    struct drive_client *c = visit->client;
    visit->index = find_case(c, &visit->wish);
    if (visit->index == SIZE_MAX)
        return say_error(visit, "500 Internal Server Error", "there is no such case\n");
    if (visit->wish.agent[0] == '\0')
        return say_error(visit, "500 Internal Server Error", "the agent is not named\n");
    if (is_excluded(c, visit->wish.agent, visit->index))
        return say_message(visit, request, NULL);
    visit->agent = meet_agent(c, visit->wish.agent);
    if (visit->agent == NULL)
        return say_error(visit, "503 Service Unavailable", "there are too many agents\n");
    struct run_job job = run_plan_claim(visit->agent->plan, visit->index);
    if (job.kind != RUN_JOB_CASE)
        return say_error(visit, "409 Conflict", "that case runs already\n");
    visit->settings = visit->agent->settings;
    visit->settings.short_us = job.believed_us;
    visit->exchange =
        run_exchange_new(job.spec, job.delivery, &visit->settings, job.patience_us, job.linger_us);
    if (job.watch)
        run_exchange_watch_end(visit->exchange);
    return run_exchange_party(visit->exchange);
}

static struct run_party run_launched_case(struct drive_visit *visit)
{
    struct drive_client *c = visit->client;
    if (c->launch != NULL)
        visit->exchange = drive_launch_visit(c->launch, visit->wish.number);
    visit->launched = true;
    if (visit->exchange == NULL)
        return say_error(visit, "404 Not Found", "no client was sent here\n");
    return run_exchange_party(visit->exchange);
}

static struct run_party tell_status(struct drive_visit *visit, const struct ws_http_head *request)
{
    visit->index = find_case(visit->client, &visit->wish);
    visit->agent = find_agent(visit->client, visit->wish.agent);
    if (visit->index == SIZE_MAX || visit->agent == NULL)
        return say_error(visit, "500 Internal Server Error", "there is no such case or agent\n");
    return say_message(visit, request, ask_status);
}

static struct run_party tell_info(struct drive_visit *visit, const struct ws_http_head *request)
{
    visit->index = find_case(visit->client, &visit->wish);
    if (visit->index == SIZE_MAX)
        return say_error(visit, "500 Internal Server Error", "there is no such case\n");
    return say_message(visit, request, ask_info);
}

/* All reports are written, not only that of the client that asks. */
static struct run_party update_reports(struct drive_visit *visit,
                                       const struct ws_http_head *request)
{
    struct drive_client *c = visit->client;
    for (size_t i = 0; i < c->agent_count; i++) {
        c->agents[i]->reported = true;
        drive_agent_judge(c->agents[i], net_loop_now(c->loop), NULL);
    }
    if (c->options->reported != NULL)
        c->options->reported(c->options->context, c);
    visit->wish.shutdown = visit->wish.shutdown || (c->options->once && c->agent_count > 0);
    return say_message(visit, request, NULL);
}

static struct run_party show_page(struct drive_visit *visit)
{
    struct drive_client *c = visit->client;
    if (visit->wish.action == DRIVE_SERVICE_PAGE && c->options->page.len > 0)
        return say_page(visit, "200 OK", "text/html; charset=utf-8", c->options->page);
    struct drive_agent *agent = find_agent(c, visit->wish.agent);
    if (visit->wish.action == DRIVE_SERVICE_REPORT && agent != NULL && c->options->render != NULL) {
        struct buffer json = {0};
        drive_agent_judge(agent, net_loop_now(c->loop), NULL);
        c->options->render(c->options->context, &agent->record, &json);
        struct run_party party = say_page(visit, "200 OK", "application/json", buffer_bytes(&json));
        buffer_free(&json);
        return party;
    }
    return say_error(visit, "404 Not Found", "wsconform tests WebSocket clients here\n");
}

/* A client whose request is at fault may lack any one of these. */
static bool wants_websocket(const struct ws_http_head *request)
{
    return ws_http_find(request, "Upgrade") != NULL ||
           ws_http_find(request, "Sec-WebSocket-Key") != NULL ||
           ws_http_find(request, "Sec-WebSocket-Version") != NULL;
}

static struct bytes target_of(const struct ws_http_head *request)
{
    struct ws_http_request_line line;
    struct bytes authority;
    struct bytes resource;
    if (!ws_http_split_request(request->start_line, &line))
        return request->start_line;
    return ws_url_split_absolute(line.target, &authority, &resource) ? resource : line.target;
}

static void note_rule(void *context, const char *rule, const char *text)
{
    struct drive_agent *agent = context;
    judge_observation_add(run_plan_observations(agent->plan), rule, text, NULL);
}

/* A client whose request does not even say what it wants: where there is only one client, it must
 * be that. */
static void note_stray(struct drive_client *c, const struct ws_http_head *request)
{
    const struct ws_request_expected expected = {.host = c->host};
    struct drive_agent *agent = c->agent_count == 1 ? c->agents[0] : NULL;
    if (agent == NULL && c->agent_count == 0 && c->options->command != NULL)
        agent = meet_agent(c, c->options->agent != NULL ? c->options->agent : "client");
    if (agent != NULL && agent->plan != NULL)
        ws_request_check(request, &expected, note_rule, agent);
}

struct run_party drive_visit_choose(void *context, const struct ws_http_head *request)
{
    struct drive_visit *visit = context;
    visit->wish = drive_service_read(target_of(request));
    if (!wants_websocket(request))
        return show_page(visit);
    switch (visit->wish.action) {
    case DRIVE_SERVICE_RUN_CASE:
        return run_case(visit, request);
    case DRIVE_SERVICE_CASE:
        return run_launched_case(visit);
    case DRIVE_SERVICE_CASE_COUNT:
        return say_message(visit, request, ask_count);
    case DRIVE_SERVICE_CASE_INFO:
        return tell_info(visit, request);
    case DRIVE_SERVICE_CASE_STATUS:
        return tell_status(visit, request);
    case DRIVE_SERVICE_UPDATE_REPORTS:
        return update_reports(visit, request);
    case DRIVE_SERVICE_STOP:
        drive_client_end_soon(visit->client);
        return say_message(visit, request, NULL);
    case DRIVE_SERVICE_PAGE:
    case DRIVE_SERVICE_REPORT:
    case DRIVE_SERVICE_UNKNOWN:
        break;
    }
    note_stray(visit->client, request);
    return say_error(visit, "404 Not Found", "wsconform knows no such thing\n");
}

void drive_visit_free(struct drive_visit *visit)
{
    drive_connection_drop(visit->connection);
    drive_door_free(&visit->door);
    drive_reply_free(visit->reply);
    if (!visit->launched)
        run_exchange_free(visit->exchange);
    free(visit);
}
