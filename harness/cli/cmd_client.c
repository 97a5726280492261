/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "case/load.h"
#include "cli/browser.h"
#include "cli/cli.h"
#include "cli/suite.h"
#include "drive/client.h"
#include "judge/outcome.h"
#include "report/json.h"
#include "ws/url.h"

static const char usage[] =
    "Usage: wsconform client [OPTIONS]\n"
    "       wsconform client [OPTIONS] -- COMMAND [ARGUMENT]...\n"
    "\n"
    "Tests WebSocket clients: listens, and runs the cases against what connects. With {url} among\n"
    "its arguments COMMAND is started once for each case, to connect there and to return what it\n"
    "gets; exit status 127 says that it cannot do what the case needs. Without {url} it is a "
    "driver\n"
    "that speaks the contract of Autobahn's fuzzing server (getCaseCount, runCase, "
    "updateReports),\n"
    "is started once, and finds the address in WSCONFORM_URL. Without COMMAND any number of "
    "drivers\n"
    "may come by themselves.\n"
    "\n"
    "  --listen HOST:PORT   where (127.0.0.1:9001; with COMMAND a free port)\n"
    "  --browser            serve a page that runs all cases in the browser that opens it\n"
    "  --browser=chromium|firefox   open it in that browser, without a window, and end with it\n"
    "  --once               end when the first client has asked for its report\n"
    "  --idle S             end when nothing has happened for so many seconds\n"
    "  --agent NAME         what a client is called that is started for each case\n"
    "  --profile echo|sink  whether the client returns messages, instead of finding out\n"
    "\n"
    "Which cases:\n"
    "  --run GLOB           only cases whose id matches, such as '5.5*/*' (repeatable)\n"
    "  --skip GLOB          not these (repeatable)\n"
    "  --level must|should  only cases of a must, or of a must or a should\n"
    "  --big                also the cases that send large volumes\n"
    "  --cases DIR          case files of a folder instead of the built-in ones\n"
    "\n"
    "How:\n"
    "  -j, --jobs N         processes at the same time (4)\n"
    "  --seed N             repeat the octets of an earlier run\n"
    "  --timeout S          seconds after which the client is said to hang (5)\n"
    "  --delivery KIND      how the octets reach the client: whole, octets, headers, slow or all\n"
    "\n"
    "If you come from Autobahn's test suite:\n"
    "  --autobahn-cases     the counterparts of its cases, in its order and under its ids\n"
    "  --autobahn-out DIR   write its index.json there, and a file for each case\n"
    "  --spec FILE          do what its fuzzingserver.json says\n"
    "\n"
    "The result:\n"
    "  -o, --output FILE.json   write the report there too (repeatable); the reports of further\n"
    "                           clients go to FILE.AGENT.json\n"
    "  --fail-on fail|warn      what makes the exit status 1 (fail)\n"
    "  -v, --verbose            also frames of warnings and what passed\n"
    "  -q, --quiet              only the last line\n"
    "  --show-secrets           do not mask Authorization and Cookie\n"
    "  --help\n"
    "\n"
    "Exit status: 0 all is well, 1 a client breaks a rule, 2 usage, 3 no client came, or it cannot "
    "be\n"
    "started or is gone for good, 4 nothing was selected, 5 a bug in wsconform, 130 interrupted.\n";

struct request {
    struct drive_client_options drive;
    struct cli_suite suite;
    struct cli_browser browser;
    const char *place;
    const char *const *argv;
};

/* --- options ----------------------------------------------------------------------------- */

enum {
    OPTION_LISTEN = CLI_SUITE_OWN,
    OPTION_ONCE,
    OPTION_IDLE,
    OPTION_AGENT,
    OPTION_PROFILE,
    OPTION_BROWSER
};

static const struct option options[] = {{"listen", required_argument, NULL, OPTION_LISTEN},
                                        {"once", no_argument, NULL, OPTION_ONCE},
                                        {"idle", required_argument, NULL, OPTION_IDLE},
                                        {"agent", required_argument, NULL, OPTION_AGENT},
                                        {"profile", required_argument, NULL, OPTION_PROFILE},
                                        {"browser", optional_argument, NULL, OPTION_BROWSER},
                                        CLI_SUITE_LONG,
                                        {0}};

static int take_profile(struct request *r, const char *text, struct error *error)
{
    static const char *const words[] = {"echo", "sink", NULL};
    int choice = cli_suite_choose("--profile", text, words, error);
    if (choice < 0)
        return -1;
    r->drive.profile = choice == 0 ? DRIVE_CLIENT_ECHO : DRIVE_CLIENT_SINK;
    return 0;
}

/* Without a name somebody opens the page. */
static int take_browser(struct request *r, const char *name, struct error *error)
{
    r->drive.page = case_load_builtin_file("reports/client.html");
    if (name == NULL)
        return 0;
    cli_browser_clean(&r->browser);
    if (cli_browser_prepare(&r->browser, name, error) != 0)
        return -1;
    r->drive.command = r->browser.argv;
    return 0;
}

static int take_option(void *context, int option, const char *value, struct error *error)
{
    struct request *r = context;
    switch (option) {
    case OPTION_LISTEN:
        r->place = value;
        return 0;
    case OPTION_ONCE:
        r->drive.once = true;
        return 0;
    case OPTION_IDLE:
        return cli_options_seconds("--idle", value, &r->drive.idle_us, error);
    case OPTION_AGENT:
        r->drive.agent = value;
        return 0;
    case OPTION_PROFILE:
        return take_profile(r, value, error);
    case OPTION_BROWSER:
        return take_browser(r, value, error);
    default:
        return cli_suite_take(&r->suite, option, value, error);
    }
}

static int read_options(struct request *r, int argc, char **argv, struct error *error)
{
    const char *const *command;
    if (cli_suite_read(&argc, argv, ":" CLI_SUITE_SHORT, options, take_option, r, &command,
                       error) != 0)
        return -1;
    if (optind < argc)
        return error_set(error, "'%s' is not expected: a command stands behind '--'", argv[optind]);
    if (command != NULL && r->drive.command != NULL)
        return error_set(error, "--browser=NAME starts a browser and takes no other command");
    if (command != NULL)
        r->drive.command = command;
    return 0;
}

/* A spec file says where as a URL. */
static int find_place(struct request *r, struct error *error)
{
    const char *url = r->suite.autobahn.order.url;
    struct ws_url where;
    if (r->place == NULL && url != NULL) {
        if (ws_url_read(&where, url, error) != 0)
            return -1;
        return net_address_resolve(&r->drive.listen, where.host, where.port, error);
    }
    if (r->place == NULL)
        r->place = r->drive.command != NULL ? "127.0.0.1:0" : "127.0.0.1:9001";
    return cli_options_address("--listen", r->place, &r->drive.listen, error);
}

/* --- the cases --------------------------------------------------------------------------- */

/* True if a client may pass that case without a connection. */
static bool may_be_refused(const struct case_spec *spec)
{
    struct judge_outcome outcome;
    return !case_spec_is_run_level(spec) &&
           judge_outcome_parse(&outcome, spec->outcome, NULL) == 0 &&
           judge_outcome_allows(&outcome, JUDGE_REJECT);
}

/* Some drivers give up at the first connection that cannot be opened, so what breaks the handshake
 * comes last. */
static void put_refusals_last(const struct case_spec **cases, size_t count)
{
    const struct case_spec **last = memory_zeroed(count, sizeof(const struct case_spec *));
    size_t kept = 0;
    size_t moved = 0;
    for (size_t i = 0; i < count; i++) {
        if (may_be_refused(cases[i]))
            last[moved++] = cases[i];
        else
            cases[kept++] = cases[i];
    }
    for (size_t i = 0; i < moved; i++)
        cases[kept + i] = last[i];
    free(last);
}

/* The first case that is known to need no more than a client that opens connections. */
static const char control_id[] = "4.1/plain-answer-refused";

/* Refusals prove nothing without a connection that was opened in this run, so where all that was
 * selected are refusals the plain handshake comes with them. */
static const struct case_spec **add_control(const struct case_spec **cases, size_t *count,
                                            const struct case_set *set)
{
    const struct case_spec *control = case_spec_find(set, control_id);
    for (size_t i = 0; i < *count; i++)
        if (!case_spec_is_run_level(cases[i]) && !may_be_refused(cases[i]))
            return cases;
    if (control == NULL)
        return cases;
    cases = memory_resize(cases, (*count + 1) * sizeof(const struct case_spec *));
    memmove(cases + 1, cases, *count * sizeof(const struct case_spec *));
    cases[0] = control;
    (*count)++;
    return cases;
}

/* --- the run ----------------------------------------------------------------------------- */

static void say_listening(void *context, const char *url)
{
    const struct request *r = context;
    if (r->drive.command != NULL || r->suite.quiet)
        return;
    printf("listening on %s\n", url);
    if (r->drive.page.len > 0)
        printf("open http%s/ in the browser that is to be tested\n", url + strlen("ws"));
    fflush(stdout);
}

static void show_progress(void *context, const char *agent, size_t done, size_t total)
{
    (void)context;
    (void)agent;
    cli_suite_show_progress(done, total);
}

/* The first client's report goes where the user said, the others' beside it. */
static int write_report(const struct request *r, size_t index, const struct run_record *record)
{
    struct run_record full = *record;
    full.argv = r->argv;
    return cli_suite_write(&r->suite, &full, index == 0 ? NULL : record->agent);
}

/* Autobahn's index is of all clients at once. */
static int write_index(const struct request *r, const struct drive_client *client)
{
    size_t count = drive_client_count(client);
    struct report_json_autobahn_run *runs = memory_zeroed(count, sizeof(*runs));
    for (size_t i = 0; i < count; i++) {
        const struct run_record *record = drive_client_record(client, i);
        runs[i] = (struct report_json_autobahn_run){record->agent, record, r->drive.labels};
    }
    int status = cli_suite_write_autobahn(&r->suite, runs, count);
    free(runs);
    return status;
}

static void on_reported(void *context, const struct drive_client *client)
{
    for (size_t i = 0; i < drive_client_count(client); i++)
        write_report(context, i, drive_client_record(client, i));
    write_index(context, client);
}

static bool is_excluded(void *context, const char *agent, const char *label)
{
    const struct request *r = context;
    return cli_autobahn_excluded(&r->suite.autobahn, agent, label);
}

static void render(void *context, const struct run_record *record, struct buffer *out)
{
    const struct request *r = context;
    report_json_write(out, record, &r->suite.report);
}

/* The worst of all clients. */
static int judge_clients(const struct request *r, const struct drive_client *client)
{
    int status = CLI_OK;
    size_t idle = 0;
    for (size_t i = 0; i < drive_client_count(client); i++) {
        int one = cli_suite_status(&r->suite, drive_client_record(client, i));
        idle += one == CLI_NOTHING;
        if (one == CLI_DIFFERS)
            status = CLI_DIFFERS;
    }
    return status == CLI_OK && idle == drive_client_count(client) ? CLI_NOTHING : status;
}

static int report_clients(const struct request *r, const struct drive_client *client, int status)
{
    for (size_t i = 0; i < drive_client_count(client); i++) {
        struct run_record record = *drive_client_record(client, i);
        record.argv = r->argv;
        if (r->browser.folder[0] != '\0') /* that command is ours, not the user's */
            record.command = NULL;
        if (record.count == 0)
            continue;
        cli_suite_print(&r->suite, &record);
        if (write_report(r, i, &record) != 0)
            status = CLI_USAGE;
    }
    return write_index(r, client) == 0 ? status : CLI_USAGE;
}

static int run(struct request *r)
{
    struct error error = {0};
    enum drive_end end;
    struct drive_client *client = drive_client_run(&r->drive, &end, &error);
    int status = judge_clients(r, client);
    if (end == DRIVE_UNREACHABLE || end == DRIVE_GONE)
        status = CLI_UNREACHABLE;
    if (end == DRIVE_INTERRUPTED)
        status = CLI_INTERRUPTED;
    status = report_clients(r, client, status);
    if (end != DRIVE_COMPLETE)
        cli_suite_say(&r->suite, error.text, status);
    else if (status == CLI_NOTHING)
        cli_suite_say(&r->suite, "no selected case was run", status);
    drive_client_free(client);
    return status;
}

static int select_and_run(struct request *r)
{
    struct case_set set = {0};
    int status = CLI_OK;
    size_t count;
    const struct case_spec **chosen = cli_suite_select(&r->suite, &set, &count, &status);
    struct error error;
    if (chosen != NULL && find_place(r, &error) != 0) {
        status = cli_suite_say(&r->suite, error.text, CLI_USAGE);
    } else if (chosen != NULL) {
        const struct cli_suite *suite = &r->suite;
        if (!suite->autobahn.cases) {
            put_refusals_last(chosen, count);
            chosen = add_control(chosen, &count, &set);
        }
        r->drive.labels = suite->autobahn.labels;
        r->drive.cases = chosen;
        r->drive.case_count = count;
        r->drive.catalogue = &set.catalogue;
        r->drive.jobs = suite->jobs;
        r->drive.timeout_us = suite->timeout_us;
        r->drive.seed = suite->seed;
        r->drive.has_seed = suite->has_seed;
        r->drive.deliveries = suite->deliveries;
        status = run(r);
    }
    free(chosen);
    case_spec_free_set(&set);
    return status;
}

int cli_cmd_client(int argc, char **argv)
{
    struct error error;
    struct request r = {.suite = cli_suite_defaults("client", CASE_ROLE_CLIENT, 4),
                        .argv = (const char *const *)argv};
    int status = CLI_OK;
    r.drive.context = &r;
    r.drive.listening = say_listening;
    r.drive.reported = on_reported;
    r.drive.render = render;
    r.drive.excluded = is_excluded;
    if (cli_suite_shows_progress())
        r.drive.progress = show_progress;
    if (read_options(&r, argc, argv, &error) != 0)
        status = cli_options_usage("client", error.text);
    else if (r.suite.help)
        fputs(usage, stdout);
    else
        status = select_and_run(&r);
    cli_browser_clean(&r.browser);
    cli_suite_free(&r.suite);
    return status;
}
