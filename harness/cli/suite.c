/* SPDX-License-Identifier: MIT */
#include "cli/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "report/count.h"
#include "report/json.h"
#include "report/text.h"
#include "run/delivery.h"

static bool wants_color(void)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

struct cli_suite cli_suite_defaults(const char *command, enum case_role role, unsigned jobs)
{
    return (struct cli_suite){.command = command,
                              .selection = {.role = role},
                              .report = {.color = wants_color()},
                              .jobs = jobs,
                              .timeout_us = 5000000};
}

/* --- options ----------------------------------------------------------------------------- */

int cli_suite_choose(const char *name, const char *text, const char *const *words,
                     struct error *error)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return error_set(error, "%s does not know '%s'", name, text);
}

static int take_level(struct cli_suite *suite, const char *text, struct error *error)
{
    static const char *const words[] = {"must", "should", NULL};
    int choice = cli_suite_choose("--level", text, words, error);
    suite->selection.must_only = choice == 0;
    suite->selection.should = choice == 1;
    return choice < 0 ? -1 : 0;
}

static int take_fail_on(struct cli_suite *suite, const char *text, struct error *error)
{
    static const char *const words[] = {"fail", "warn", NULL};
    int choice = cli_suite_choose("--fail-on", text, words, error);
    suite->fail_on_warn = choice == 1;
    return choice < 0 ? -1 : 0;
}

static int take_delivery(struct cli_suite *suite, const char *text, struct error *error)
{
    if (strcmp(text, "all") == 0) {
        suite->deliveries = (1u << RUN_DELIVERY_COUNT) - 1;
        return 0;
    }
    for (unsigned d = 0; d < RUN_DELIVERY_COUNT; d++) {
        if (strcmp(text, run_delivery_name((enum run_delivery)d)) == 0) {
            suite->deliveries |= 1u << d;
            return 0;
        }
    }
    return error_set(error, "--delivery does not know '%s'", text);
}

static int take_output(struct cli_suite *suite, const char *path, struct error *error)
{
    size_t len = strlen(path);
    if (len < 6 || strcmp(path + len - 5, ".json") != 0)
        return error_set(error, "-o writes FILE.json; what '%s' is to hold is not known", path);
    cli_options_add(&suite->outputs, path);
    return 0;
}

static int take_jobs(struct cli_suite *suite, const char *text, struct error *error)
{
    uint64_t jobs = 0;
    if (cli_options_number("-j", text, 1, 256, &jobs, error) != 0)
        return -1;
    suite->jobs = (unsigned)jobs;
    return 0;
}

int cli_suite_take(struct cli_suite *suite, int option, const char *value, struct error *error)
{
    switch (option) {
    case CLI_SUITE_RUN:
        cli_options_add(&suite->run, value);
        return 0;
    case CLI_SUITE_SKIP:
        cli_options_add(&suite->skip, value);
        return 0;
    case CLI_SUITE_LEVEL:
        return take_level(suite, value, error);
    case CLI_SUITE_BIG:
        suite->selection.big = true;
        return 0;
    case CLI_SUITE_CASES:
        suite->folder = value;
        return 0;
    case 'j':
        return take_jobs(suite, value, error);
    case CLI_SUITE_SEED:
        suite->has_seed = true;
        return cli_options_number("--seed", value, 0, UINT64_MAX, &suite->seed, error);
    case CLI_SUITE_TIMEOUT:
        return cli_options_seconds("--timeout", value, &suite->timeout_us, error);
    case CLI_SUITE_DELIVERY:
        return take_delivery(suite, value, error);
    case 'o':
        return take_output(suite, value, error);
    case CLI_SUITE_FAIL_ON:
        return take_fail_on(suite, value, error);
    case 'v':
        suite->report.verbose = true;
        return 0;
    case 'q':
        suite->quiet = true;
        return 0;
    case CLI_SUITE_SECRETS:
        suite->report.show_secrets = true;
        return 0;
    case CLI_SUITE_AUTOBAHN_CASES:
        suite->autobahn.cases = true;
        return 0;
    case CLI_SUITE_AUTOBAHN_OUT:
        suite->autobahn.folder = value;
        return 0;
    case CLI_SUITE_SPEC:
        suite->autobahn.spec = value;
        return 0;
    case CLI_SUITE_HELP:
        suite->help = true;
        return 0;
    default:
        return error_set(error, "an option is unknown");
    }
}

int cli_suite_read(int *argc, char **argv, const char *letters, const struct option *options,
                   cli_suite_taker *take, void *context, const char *const **command,
                   struct error *error)
{
    *command = (const char *const *)cli_options_command(argc, argv);
    opterr = 0;
    for (int option; (option = getopt_long(*argc, argv, letters, options, NULL)) != -1;) {
        if (option == '?' || option == ':')
            return error_set(error, "the option '%s' is unknown or lacks its value",
                             argv[optind - 1]);
        if (take(context, option, optarg, error) != 0)
            return -1;
    }
    if (*command != NULL && (*command)[0] == NULL)
        return error_set(error, "'--' wants a command behind it");
    return 0;
}

int cli_suite_say(const struct cli_suite *suite, const char *sentence, int status)
{
    fprintf(stderr, "wsconform %s: %s\n", suite->command, sentence);
    return status;
}

/* --- the cases --------------------------------------------------------------------------- */

static int check_outputs(const struct cli_suite *suite, struct error *error)
{
    for (size_t i = 0; i < suite->outputs.count; i++) {
        FILE *file = fopen(suite->outputs.items[i], "ab");
        if (file == NULL)
            return error_set(error, "%s: %s", suite->outputs.items[i], strerror(errno));
        fclose(file);
    }
    return 0;
}

/* Autobahn's cases are one list, each id once. */
static int check_combination(const struct cli_suite *suite, struct error *error)
{
    bool selects = suite->run.count > 0 || suite->skip.count > 0 || suite->deliveries != 0 ||
                   suite->selection.must_only || suite->selection.should;
    if (suite->autobahn.cases && selects)
        return error_set(error, "--run, --skip, --level and --delivery do not go with Autobahn's "
                                "cases, which a spec file selects");
    return 0;
}

const struct case_spec **cli_suite_select(struct cli_suite *suite, struct case_set *set,
                                          size_t *count, int *status)
{
    struct error error;
    const char *reports =
        suite->selection.role == CASE_ROLE_CLIENT ? "reports/clients" : "reports/servers";
    if (cli_autobahn_load(&suite->autobahn, reports, &error) != 0 ||
        check_combination(suite, &error) != 0 ||
        cli_options_load_cases(set, suite->folder, &error) != 0 ||
        check_outputs(suite, &error) != 0) {
        *status = cli_suite_say(suite, error.text, CLI_USAGE);
        return NULL;
    }
    suite->selection.run = cli_options_names(&suite->run);
    suite->selection.skip = cli_options_names(&suite->skip);
    const struct case_selection *selection = &suite->selection;
    const struct case_spec **chosen =
        suite->autobahn.cases ? cli_autobahn_select(&suite->autobahn, set, selection->role,
                                                    selection->big, count, &error)
                              : case_select(set, selection, count, &error);
    if (chosen == NULL) {
        *status = cli_suite_say(suite, error.text, CLI_NOTHING);
    } else if (*count == 0) {
        *status = cli_suite_say(suite, "the selection matches no case", CLI_NOTHING);
        free(chosen);
        chosen = NULL;
    }
    return chosen;
}

/* --- the result -------------------------------------------------------------------------- */

void cli_suite_print(const struct cli_suite *suite, const struct run_record *record)
{
    struct buffer text = {0};
    report_text_write(&text, record, &suite->report);
    const char *from = buffer_text(&text);
    if (suite->quiet && text.len > 1) {
        const char *last = strrchr(from, '\n');
        while (last > from && last[-1] != '\n')
            last--;
        from = last;
    }
    fputs(from, stdout);
    fflush(stdout);
    buffer_free(&text);
}

/* Puts the name, as far as it may stand in a file's name, in front of the suffix. */
static void name_output(struct buffer *out, const char *path, const char *agent)
{
    const char *suffix = strrchr(path, '.');
    buffer_append(out, bytes_of(path, (size_t)(suffix - path)));
    if (agent != NULL) {
        buffer_append_text(out, ".");
        report_json_autobahn_name(out, agent);
    }
    buffer_append_text(out, suffix);
}

int cli_suite_write(const struct cli_suite *suite, const struct run_record *record,
                    const char *agent)
{
    if (suite->outputs.count == 0)
        return 0;
    struct error error;
    struct buffer json = {0};
    int status = 0;
    report_json_write(&json, record, &suite->report);
    for (size_t i = 0; i < suite->outputs.count && status == 0; i++) {
        struct buffer path = {0};
        name_output(&path, suite->outputs.items[i], agent);
        status = cli_options_write_file(buffer_text(&path), buffer_bytes(&json), &error);
        buffer_free(&path);
    }
    buffer_free(&json);
    return status == 0 ? 0 : cli_suite_say(suite, error.text, -1);
}

int cli_suite_write_autobahn(const struct cli_suite *suite,
                             const struct report_json_autobahn_run *runs, size_t count)
{
    struct error error;
    if (suite->autobahn.folder == NULL)
        return 0;
    if (cli_autobahn_write(&suite->autobahn, runs, count, &suite->report, &error) != 0)
        return cli_suite_say(suite, error.text, -1);
    return 0;
}

int cli_suite_status(const struct cli_suite *suite, const struct run_record *record)
{
    struct report_tally tally = report_count(record);
    if (tally.of[JUDGE_FAILED] > 0 || tally.of[JUDGE_ERROR] > 0 ||
        (suite->fail_on_warn && tally.of[JUDGE_WARN] > 0))
        return CLI_DIFFERS;
    return tally.of[JUDGE_SKIP] == tally.total ? CLI_NOTHING : CLI_OK;
}

bool cli_suite_shows_progress(void)
{
    return isatty(STDERR_FILENO) && getenv("CI") == NULL;
}

void cli_suite_show_progress(size_t done, size_t total)
{
    fprintf(stderr, "\r%zu of %zu cases", done, total);
    if (done == total)
        fputs("\r\033[K", stderr);
}

void cli_suite_free(struct cli_suite *suite)
{
    cli_options_free(&suite->run);
    cli_options_free(&suite->skip);
    cli_options_free(&suite->outputs);
    cli_autobahn_free(&suite->autobahn);
}
