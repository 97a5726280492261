/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case/select.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "drive/endpoint.h"
#include "drive/server.h"
#include "report/json.h"
#include "report/text.h"

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
    struct case_selection selection;
    struct report_options report;
    struct cli_options_list run;
    struct cli_options_list skip;
    struct cli_options_list fields;
    struct cli_options_list subprotocols;
    struct cli_options_list outputs;
    const char *folder;
    bool fail_on_warn;
    bool quiet;
    bool help;
};

/* --- options ----------------------------------------------------------------------------- */

enum {
    OPTION_LEVEL = 256,
    OPTION_FAIL_ON,
    OPTION_BIG,
    OPTION_CASES,
    OPTION_ORIGIN,
    OPTION_SUBPROTOCOL,
    OPTION_SEED,
    OPTION_TIMEOUT,
    OPTION_PROFILE,
    OPTION_DELIVERY,
    OPTION_RUN,
    OPTION_SKIP,
    OPTION_SECRETS,
    OPTION_HELP
};

static const struct option options[] = {
    {"run", required_argument, NULL, OPTION_RUN},
    {"skip", required_argument, NULL, OPTION_SKIP},
    {"level", required_argument, NULL, OPTION_LEVEL},
    {"big", no_argument, NULL, OPTION_BIG},
    {"cases", required_argument, NULL, OPTION_CASES},
    {"header", required_argument, NULL, 'H'},
    {"origin", required_argument, NULL, OPTION_ORIGIN},
    {"subprotocol", required_argument, NULL, OPTION_SUBPROTOCOL},
    {"jobs", required_argument, NULL, 'j'},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"delivery", required_argument, NULL, OPTION_DELIVERY},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"output", required_argument, NULL, 'o'},
    {"fail-on", required_argument, NULL, OPTION_FAIL_ON},
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"show-secrets", no_argument, NULL, OPTION_SECRETS},
    {"help", no_argument, NULL, OPTION_HELP},
    {0}};

/* The index of `text` among `words` (NULL at the end), or -1 with a sentence in `error`. */
static int choose(const char *name, const char *text, const char *const *words, struct error *error)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return error_set(error, "%s does not know '%s'", name, text);
}

static int take_level(struct request *r, const char *text, struct error *error)
{
    static const char *const words[] = {"must", "should", NULL};
    int choice = choose("--level", text, words, error);
    r->selection.must_only = choice == 0;
    r->selection.should = choice == 1;
    return choice < 0 ? -1 : 0;
}

static int take_fail_on(struct request *r, const char *text, struct error *error)
{
    static const char *const words[] = {"fail", "warn", NULL};
    int choice = choose("--fail-on", text, words, error);
    r->fail_on_warn = choice == 1;
    return choice < 0 ? -1 : 0;
}

static int take_profile(struct request *r, const char *text, struct error *error)
{
    static const char *const words[] = {"echo", "sink", "handshake", NULL};
    int choice = choose("--profile", text, words, error);
    if (choice < 0)
        return -1;
    static const int profiles[] = {DRIVE_PROFILE_ECHO, DRIVE_PROFILE_SINK, DRIVE_PROFILE_HANDSHAKE};
    r->drive.profile = (unsigned)profiles[choice];
    return 0;
}

static int take_delivery(struct request *r, const char *text, struct error *error)
{
    if (strcmp(text, "all") == 0) {
        r->drive.deliveries = (1u << RUN_DELIVERY_COUNT) - 1;
        return 0;
    }
    for (unsigned d = 0; d < RUN_DELIVERY_COUNT; d++) {
        if (strcmp(text, run_delivery_name((enum run_delivery)d)) == 0) {
            r->drive.deliveries |= 1u << d;
            return 0;
        }
    }
    return error_set(error, "--delivery does not know '%s'", text);
}

static int take_field(struct request *r, const char *text, struct error *error)
{
    if (strchr(text, ':') == NULL || strpbrk(text, "\r\n") != NULL)
        return error_set(error, "-H wants 'NAME: VALUE', not '%s'", text);
    cli_options_add(&r->fields, text);
    return 0;
}

static int take_output(struct request *r, const char *path, struct error *error)
{
    size_t len = strlen(path);
    if (len < 6 || strcmp(path + len - 5, ".json") != 0)
        return error_set(error, "-o writes FILE.json; what '%s' is to hold is not known", path);
    cli_options_add(&r->outputs, path);
    return 0;
}

static int take_jobs(struct request *r, const char *text, struct error *error)
{
    uint64_t jobs = 0;
    if (cli_options_number("-j", text, 1, 256, &jobs, error) != 0)
        return -1;
    r->drive.jobs = (unsigned)jobs;
    return 0;
}

static int take_option(struct request *r, int option, const char *value, struct error *error)
{
    switch (option) {
    case OPTION_RUN:
        cli_options_add(&r->run, value);
        return 0;
    case OPTION_SKIP:
        cli_options_add(&r->skip, value);
        return 0;
    case OPTION_LEVEL:
        return take_level(r, value, error);
    case OPTION_BIG:
        r->selection.big = true;
        r->drive.big = true;
        return 0;
    case OPTION_CASES:
        r->folder = value;
        return 0;
    case 'H':
        return take_field(r, value, error);
    case OPTION_ORIGIN:
        r->drive.origin = value;
        return 0;
    case OPTION_SUBPROTOCOL:
        cli_options_add(&r->subprotocols, value);
        return 0;
    case 'j':
        return take_jobs(r, value, error);
    case OPTION_SEED:
        r->drive.has_seed = true;
        return cli_options_number("--seed", value, 0, UINT64_MAX, &r->drive.seed, error);
    case OPTION_TIMEOUT:
        return cli_options_seconds("--timeout", value, &r->drive.timeout_us, error);
    case OPTION_PROFILE:
        return take_profile(r, value, error);
    case OPTION_DELIVERY:
        return take_delivery(r, value, error);
    case 'o':
        return take_output(r, value, error);
    case OPTION_FAIL_ON:
        return take_fail_on(r, value, error);
    case 'v':
        r->report.verbose = true;
        return 0;
    case 'q':
        r->quiet = true;
        return 0;
    case OPTION_SECRETS:
        r->report.show_secrets = true;
        return 0;
    case OPTION_HELP:
        r->help = true;
        return 0;
    default:
        return -1;
    }
}

static int read_options(struct request *r, int argc, char **argv, struct error *error)
{
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":H:j:o:vq", options, NULL)) != -1;) {
        if (option == '?' || option == ':')
            return error_set(error, "the option '%s' is unknown or lacks its value",
                             argv[optind - 1]);
        if (take_option(r, option, optarg, error) != 0)
            return -1;
    }
    if (argc - optind > 1)
        return error_set(error, "one URL is expected, not '%s' too", argv[optind + 1]);
    r->drive.url = optind < argc ? argv[optind] : NULL;
    if (!r->help && r->drive.url == NULL && r->drive.command == NULL)
        return error_set(error, "a URL or '-- COMMAND' is needed");
    if (r->drive.command != NULL && r->drive.command[0] == NULL)
        return error_set(error, "'--' wants a command behind it");
    struct ws_url url;
    return r->drive.url != NULL ? drive_endpoint_read_url(&url, r->drive.url, error) : 0;
}

static void free_request(struct request *r)
{
    cli_options_free(&r->run);
    cli_options_free(&r->skip);
    cli_options_free(&r->fields);
    cli_options_free(&r->subprotocols);
    cli_options_free(&r->outputs);
}

/* --- output ------------------------------------------------------------------------------ */

/* An output that cannot be written is better known before the run than after it. */
static int check_outputs(const struct request *r, struct error *error)
{
    for (size_t i = 0; i < r->outputs.count; i++) {
        FILE *file = fopen(r->outputs.items[i], "ab");
        if (file == NULL)
            return error_set(error, "%s: %s", r->outputs.items[i], strerror(errno));
        fclose(file);
    }
    return 0;
}

static int write_file(const char *path, struct bytes text, struct error *error)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return error_set(error, "%s: %s", path, strerror(errno));
    bool whole = fwrite(text.data, 1, text.len, file) == text.len;
    if (fclose(file) != 0 || !whole)
        return error_set(error, "%s: cannot be written: %s", path, strerror(errno));
    return 0;
}

static int write_outputs(const struct request *r, const struct run_record *record,
                         struct error *error)
{
    if (r->outputs.count == 0)
        return 0;
    struct buffer json = {0};
    int status = 0;
    report_json_write(&json, record, &r->report);
    for (size_t i = 0; i < r->outputs.count && status == 0; i++)
        status = write_file(r->outputs.items[i], buffer_bytes(&json), error);
    buffer_free(&json);
    return status;
}

static void print_text(const struct request *r, const struct run_record *record)
{
    struct buffer text = {0};
    report_text_write(&text, record, &r->report);
    const char *from = buffer_text(&text);
    if (r->quiet && text.len > 1) {
        const char *last = strrchr(from, '\n');
        while (last > from && last[-1] != '\n')
            last--;
        from = last;
    }
    fputs(from, stdout);
    fflush(stdout);
    buffer_free(&text);
}

static void show_progress(void *context, size_t done, size_t total)
{
    (void)context;
    fprintf(stderr, "\r%zu of %zu cases", done, total);
    if (done == total)
        fputs("\r\033[K", stderr);
}

static bool wants_color(void)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

/* --- the command ------------------------------------------------------------------------- */

static int status_of(const struct request *r, const struct run_record *record, enum drive_end end)
{
    struct report_tally tally = report_count(record);
    if (end == DRIVE_UNREACHABLE || end == DRIVE_GONE)
        return CLI_UNREACHABLE;
    if (end == DRIVE_INTERRUPTED)
        return CLI_INTERRUPTED;
    if (tally.of[JUDGE_FAILED] > 0 || tally.of[JUDGE_ERROR] > 0 ||
        (r->fail_on_warn && tally.of[JUDGE_WARN] > 0))
        return CLI_DIFFERS;
    if (tally.of[JUDGE_SKIP] == tally.total)
        return CLI_NOTHING;
    return CLI_OK;
}

static int run(struct request *r, const char *const *argv)
{
    struct error error = {0};
    enum drive_end end;
    struct drive_server *server = drive_server_run(&r->drive, &end, &error);
    struct run_record record = *drive_server_record(server);
    record.argv = argv;
    int status = status_of(r, &record, end);
    if (record.count > 0)
        print_text(r, &record);
    if (end != DRIVE_COMPLETE)
        fprintf(stderr, "wsconform server: %s\n", error.text);
    else if (status == CLI_NOTHING)
        fputs("wsconform server: no selected case can be run on this endpoint\n", stderr);
    if (write_outputs(r, &record, &error) != 0) {
        fprintf(stderr, "wsconform server: %s\n", error.text);
        status = CLI_USAGE;
    }
    drive_server_free(server);
    return status;
}

static int select_and_run(struct request *r, struct case_set *set, const char *const *argv)
{
    struct error error;
    r->selection.run = cli_options_names(&r->run);
    r->selection.skip = cli_options_names(&r->skip);
    r->drive.fields = cli_options_names(&r->fields);
    r->drive.subprotocols = cli_options_names(&r->subprotocols);
    size_t count;
    const struct case_spec **chosen = case_select(set, &r->selection, &count, &error);
    int status = CLI_NOTHING;
    if (chosen == NULL) {
        fprintf(stderr, "wsconform server: %s\n", error.text);
    } else if (count == 0) {
        fputs("wsconform server: the selection matches no case\n", stderr);
    } else {
        r->drive.cases = chosen;
        r->drive.case_count = count;
        r->drive.catalogue = &set->catalogue;
        status = run(r, argv);
    }
    free(chosen);
    return status;
}

int cli_cmd_server(int argc, char **argv)
{
    struct error error;
    struct request r = {.drive = {.jobs = 8, .timeout_us = 5000000},
                        .selection = {.role = CASE_ROLE_SERVER},
                        .report = {.color = wants_color()}};
    struct case_set set = {0};
    char **whole = argv;
    int status;
    r.drive.command = (const char *const *)cli_options_command(&argc, argv);
    if (isatty(STDERR_FILENO) && getenv("CI") == NULL)
        r.drive.progress = show_progress;
    if (read_options(&r, argc, argv, &error) != 0) {
        status = cli_options_usage("server", error.text);
    } else if (r.help) {
        fputs(usage, stdout);
        status = CLI_OK;
    } else if (cli_options_load_cases(&set, r.folder, &error) != 0 ||
               check_outputs(&r, &error) != 0) {
        fprintf(stderr, "wsconform server: %s\n", error.text);
        status = CLI_USAGE;
    } else {
        status = select_and_run(&r, &set, (const char *const *)whole);
    }
    case_spec_free_set(&set);
    free_request(&r);
    return status;
}
