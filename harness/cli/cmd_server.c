/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "cli/suite.h"
#include "drive/endpoint.h"
#include "drive/server.h"

static const char usage[] =
    "Usage: wsconform server [OPTIONS] URL\n"
    "       wsconform server [OPTIONS] [URL] -- COMMAND [ARGUMENT]...\n"
    "\n"
    "Tests a WebSocket server. COMMAND starts it: {port} and {url} in its arguments are replaced, "
    "and\n"
    "PORT is set in its environment; without a URL a free port of 127.0.0.1 is taken.\n"
    "\n"
    "Which cases:\n"
    "  --run GLOB           only cases whose id matches, such as '5.5*/*' (repeatable)\n"
    "  --skip GLOB          not these (repeatable)\n"
    "  --level must|should  only cases of a must, or of a must or a should\n"
    "  --big                also the cases that send large volumes\n"
    "  --cases DIR          case files of a folder instead of the built-in ones\n"
    "  --exhaust            also the cases that go for memory and time; says first how much they "
    "send\n"
    "  --i-own-this-target  allows that for an address that is not this machine\n"
    "\n"
    "What the requests say:\n"
    "  -H, --header 'NAME: VALUE'   a field more (repeatable)\n"
    "  --origin ORIGIN              the Origin\n"
    "  --subprotocol NAME           a subprotocol to offer (repeatable)\n"
    "\n"
    "How:\n"
    "  -j, --jobs N         cases at the same time (8)\n"
    "  --seed N             repeat the octets of an earlier run\n"
    "  --timeout S          seconds after which the server is said to hang (5)\n"
    "  --delivery KIND      how the octets reach the server: whole, octets (one by one), headers "
    "(cut\n"
    "                       in and behind every frame header), slow (its answers are read slowly) "
    "or\n"
    "                       all (repeatable; a verdict that changes is a finding of its own)\n"
    "  --profile echo|sink|handshake   what the server does with messages, instead of finding out\n"
    "\n"
    "If you come from Autobahn's test suite:\n"
    "  --autobahn-cases     the counterparts of its cases, in its order and under its ids\n"
    "  --autobahn-out DIR   write its index.json there, and a file for each case\n"
    "  --spec FILE          do what its fuzzingclient.json says\n"
    "\n"
    "The result:\n"
    "  -o, --output FILE.json   write the report there too (repeatable)\n"
    "  --fail-on fail|warn      what makes the exit status 1 (fail)\n"
    "  -v, --verbose            also frames of warnings and what passed\n"
    "  -q, --quiet              only the last line\n"
    "  --show-secrets           do not mask Authorization and Cookie\n"
    "  --help\n"
    "\n"
    "Exit status: 0 all is well, 1 the server breaks a rule, 2 usage, 3 it cannot be started or\n"
    "reached or is gone for good, 4 nothing was selected, 5 a bug in wsconform, 130 interrupted.\n";

struct request {
    struct drive_server_options drive;
    struct cli_suite suite;
    struct cli_options_list fields;
    struct cli_options_list subprotocols;
    bool owns_target;
    const char *const *argv;
};

/* --- options ----------------------------------------------------------------------------- */

enum {
    OPTION_ORIGIN = CLI_SUITE_OWN,
    OPTION_SUBPROTOCOL,
    OPTION_PROFILE,
    OPTION_EXHAUST,
    OPTION_OWN_TARGET
};

static const struct option options[] = {
    {"header", required_argument, NULL, 'H'},
    {"origin", required_argument, NULL, OPTION_ORIGIN},
    {"subprotocol", required_argument, NULL, OPTION_SUBPROTOCOL},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"exhaust", no_argument, NULL, OPTION_EXHAUST},
    {"i-own-this-target", no_argument, NULL, OPTION_OWN_TARGET},
    CLI_SUITE_LONG,
    {0}};

static int take_profile(struct request *r, const char *text, struct error *error)
{
    static const char *const words[] = {"echo", "sink", "handshake", NULL};
    int choice = cli_suite_choose("--profile", text, words, error);
    if (choice < 0)
        return -1;
    static const int profiles[] = {DRIVE_PROFILE_ECHO, DRIVE_PROFILE_SINK, DRIVE_PROFILE_HANDSHAKE};
    r->drive.profile = (unsigned)profiles[choice];
    return 0;
}

static int take_field(struct request *r, const char *text, struct error *error)
{
    if (strchr(text, ':') == NULL || strpbrk(text, "\r\n") != NULL)
        return error_set(error, "-H wants 'NAME: VALUE', not '%s'", text);
    cli_options_add(&r->fields, text);
    return 0;
}

static int take_option(void *context, int option, const char *value, struct error *error)
{
    struct request *r = context;
    switch (option) {
    case 'H':
        return take_field(r, value, error);
    case OPTION_ORIGIN:
        r->drive.origin = value;
        return 0;
    case OPTION_SUBPROTOCOL:
        cli_options_add(&r->subprotocols, value);
        return 0;
    case OPTION_PROFILE:
        return take_profile(r, value, error);
    case OPTION_EXHAUST:
        r->suite.selection.exhaust = true;
        return 0;
    case OPTION_OWN_TARGET:
        r->owns_target = true;
        return 0;
    default:
        return cli_suite_take(&r->suite, option, value, error);
    }
}

static int read_options(struct request *r, int argc, char **argv, struct error *error)
{
    if (cli_suite_read(&argc, argv, ":H:" CLI_SUITE_SHORT, options, take_option, r,
                       &r->drive.command, error) != 0)
        return -1;
    if (argc - optind > 1)
        return error_set(error, "one URL is expected, not '%s' too", argv[optind + 1]);
    r->drive.url = optind < argc ? argv[optind] : NULL;
    bool ordered = r->suite.help || r->suite.autobahn.spec != NULL;
    if (!ordered && r->drive.url == NULL && r->drive.command == NULL)
        return error_set(error, "a URL or '-- COMMAND' is needed");
    struct ws_url url;
    return r->drive.url != NULL ? drive_endpoint_read_url(&url, r->drive.url, error) : 0;
}

/* --- the command ------------------------------------------------------------------------- */

static void show_progress(void *context, size_t done, size_t total)
{
    (void)context;
    cli_suite_show_progress(done, total);
}

static int status_of(const struct request *r, const struct run_record *record, enum drive_end end)
{
    if (end == DRIVE_UNREACHABLE || end == DRIVE_GONE)
        return CLI_UNREACHABLE;
    return end == DRIVE_INTERRUPTED ? CLI_INTERRUPTED : cli_suite_status(&r->suite, record);
}

/* Tests one server and says what came of it; `*server` is kept for Autobahn's index. */
static int run(const struct request *r, struct drive_server **server, bool alone)
{
    struct error error = {0};
    enum drive_end end;
    *server = drive_server_run(&r->drive, &end, &error);
    struct run_record record = *drive_server_record(*server);
    record.argv = r->argv;
    int status = status_of(r, &record, end);
    if (record.count > 0)
        cli_suite_print(&r->suite, &record);
    if (end != DRIVE_COMPLETE)
        cli_suite_say(&r->suite, error.text, status);
    else if (status == CLI_NOTHING)
        cli_suite_say(&r->suite, "no selected case can be run on this endpoint", status);
    if (cli_suite_write(&r->suite, &record, alone ? NULL : record.agent) != 0)
        status = CLI_USAGE;
    return status;
}

/* What a server is called that does not say: Autobahn's users know it by its address then. */
static const char *name_of(const struct case_order_server *ordered, const struct run_record *record)
{
    if (ordered != NULL && ordered->agent != NULL)
        return ordered->agent;
    return record->agent[0] != '\0' ? record->agent : record->url;
}

/* The servers of a spec file one after the other, or the one of the command line. The worst exit
 * status counts. */
static int run_all(struct request *r)
{
    const struct case_order *order = &r->suite.autobahn.order;
    size_t count = order->server_count > 0 ? order->server_count : 1;
    struct drive_server **servers = memory_zeroed(count, sizeof(struct drive_server *));
    struct report_json_autobahn_run *runs = memory_zeroed(count, sizeof(*runs));
    int status = CLI_OK;
    for (size_t i = 0; i < count && status != CLI_INTERRUPTED; i++) {
        const struct case_order_server *ordered =
            i < order->server_count ? &order->servers[i] : NULL;
        if (ordered != NULL) {
            r->drive.url = ordered->url;
            r->drive.origin = ordered->origin;
            r->drive.subprotocols = ordered->protocols;
        }
        int one = run(r, &servers[i], count == 1);
        const struct run_record *record = drive_server_record(servers[i]);
        runs[i] = (struct report_json_autobahn_run){name_of(ordered, record), record,
                                                    r->suite.autobahn.labels};
        status = one > status ? one : status;
    }
    size_t done = 0;
    while (done < count && servers[done] != NULL)
        done++;
    if (cli_suite_write_autobahn(&r->suite, runs, done) != 0)
        status = CLI_USAGE;
    for (size_t i = 0; i < done; i++)
        drive_server_free(servers[i]);
    free(servers);
    free(runs);
    return status;
}

/* What exhausts a server is for the user's own. Returns 0, or -1 with a sentence in `error`. */
static int check_target(const struct request *r, struct error *error)
{
    struct ws_url url;
    struct net_address address;
    if (!r->suite.selection.exhaust || r->owns_target || r->drive.url == NULL)
        return 0;
    if (drive_endpoint_read_url(&url, r->drive.url, error) != 0 ||
        net_address_resolve(&address, url.host, url.port, error) != 0)
        return -1;
    if (net_address_is_loopback(&address))
        return 0;
    return error_set(error,
                     "--exhaust is refused for %s, which is not this machine, unless "
                     "--i-own-this-target says that you may",
                     url.host);
}

/* Before anything is sent: how much that will be. */
static void print_budget(const struct case_spec *const *cases, size_t count)
{
    struct case_volume sum = {0};
    size_t exhausting = 0;
    for (size_t i = 0; i < count; i++) {
        if (!cases[i]->exhaust)
            continue;
        struct case_volume volume = case_spec_volume(cases[i]);
        sum.octets += volume.octets;
        sum.frames += volume.frames;
        exhausting++;
    }
    if (exhausting > 0)
        fprintf(stderr,
                "wsconform server: --exhaust sends up to %" PRIu64 " MiB in %" PRIu64
                " frames (cases: %zu)\n",
                (sum.octets >> 20) + 1, sum.frames, exhausting);
}

static void fill_in(struct request *r)
{
    const struct cli_suite *suite = &r->suite;
    r->drive.jobs = suite->jobs;
    r->drive.timeout_us = suite->timeout_us;
    r->drive.seed = suite->seed;
    r->drive.has_seed = suite->has_seed;
    r->drive.big = suite->selection.big;
    r->drive.deliveries = suite->deliveries;
    r->drive.fields = cli_options_names(&r->fields);
    r->drive.subprotocols = cli_options_names(&r->subprotocols);
}

static int select_and_run(struct request *r)
{
    struct case_set set = {0};
    struct error error;
    int status = CLI_OK;
    size_t count;
    const struct case_spec **chosen = cli_suite_select(&r->suite, &set, &count, &status);
    bool has_target = r->drive.url != NULL || r->drive.command != NULL;
    bool ordered = r->suite.autobahn.order.server_count > 0;
    if (chosen != NULL && has_target == ordered) {
        status = cli_options_usage("server", ordered ? "the spec file names the servers already"
                                                     : "the spec file names no server, so a URL or "
                                                       "'-- COMMAND' is needed");
    } else if (chosen != NULL && check_target(r, &error) != 0) {
        status = cli_suite_say(&r->suite, error.text, CLI_USAGE);
    } else if (chosen != NULL) {
        fill_in(r);
        print_budget(chosen, count);
        r->drive.cases = chosen;
        r->drive.case_count = count;
        r->drive.catalogue = &set.catalogue;
        status = run_all(r);
    }
    free(chosen);
    case_spec_free_set(&set);
    return status;
}

int cli_cmd_server(int argc, char **argv)
{
    struct error error;
    struct request r = {.suite = cli_suite_defaults("server", CASE_ROLE_SERVER, 8),
                        .argv = (const char *const *)argv};
    int status = CLI_OK;
    if (cli_suite_shows_progress())
        r.drive.progress = show_progress;
    if (read_options(&r, argc, argv, &error) != 0)
        status = cli_options_usage("server", error.text);
    else if (r.suite.help)
        fputs(usage, stdout);
    else
        status = select_and_run(&r);
    cli_suite_free(&r.suite);
    cli_options_free(&r.fields);
    cli_options_free(&r.subprotocols);
    return status;
}
