/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CLI_SUITE_H
#define WSCONFORM_CLI_SUITE_H

#include <getopt.h>

#include "base/buffer.h"
#include "case/select.h"
#include "cli/autobahn.h"
#include "cli/options.h"
#include "report/report.h"

/* What the commands that test an endpoint have in common: which cases, how, and what becomes of the
 * result. */
struct cli_suite {
    const char *command; /* "server" or "client" */
    struct case_selection selection;
    struct report_options report;
    struct cli_options_list run;
    struct cli_options_list skip;
    struct cli_options_list outputs;
    struct cli_autobahn autobahn;
    const char *folder; /* of case files; NULL: the built-in ones */
    bool fail_on_warn;
    bool quiet;
    bool help;
    unsigned jobs;
    uint64_t seed;
    bool has_seed;
    uint64_t timeout_us;
    unsigned deliveries;
};

/* What the user gets who says nothing. */
struct cli_suite cli_suite_defaults(const char *command, enum case_role role, unsigned jobs);

/* Short and long options, for getopt_long. A command's own options count from CLI_SUITE_OWN. */
enum {
    CLI_SUITE_RUN = 256,
    CLI_SUITE_SKIP,
    CLI_SUITE_LEVEL,
    CLI_SUITE_BIG,
    CLI_SUITE_CASES,
    CLI_SUITE_SEED,
    CLI_SUITE_TIMEOUT,
    CLI_SUITE_DELIVERY,
    CLI_SUITE_FAIL_ON,
    CLI_SUITE_SECRETS,
    CLI_SUITE_AUTOBAHN_CASES,
    CLI_SUITE_AUTOBAHN_OUT,
    CLI_SUITE_SPEC,
    CLI_SUITE_HELP,
    CLI_SUITE_OWN
};
#define CLI_SUITE_SHORT "j:o:vq"
/* clang-format off */
#define CLI_SUITE_LONG                                                                             \
    {"run", required_argument, NULL, CLI_SUITE_RUN},                                               \
    {"skip", required_argument, NULL, CLI_SUITE_SKIP},                                             \
    {"level", required_argument, NULL, CLI_SUITE_LEVEL},                                           \
    {"big", no_argument, NULL, CLI_SUITE_BIG},                                                     \
    {"cases", required_argument, NULL, CLI_SUITE_CASES},                                           \
    {"jobs", required_argument, NULL, 'j'},                                                        \
    {"seed", required_argument, NULL, CLI_SUITE_SEED},                                             \
    {"timeout", required_argument, NULL, CLI_SUITE_TIMEOUT},                                       \
    {"delivery", required_argument, NULL, CLI_SUITE_DELIVERY},                                     \
    {"output", required_argument, NULL, 'o'},                                                      \
    {"fail-on", required_argument, NULL, CLI_SUITE_FAIL_ON},                                       \
    {"verbose", no_argument, NULL, 'v'},                                                           \
    {"quiet", no_argument, NULL, 'q'},                                                             \
    {"show-secrets", no_argument, NULL, CLI_SUITE_SECRETS},                                        \
    {"autobahn-cases", no_argument, NULL, CLI_SUITE_AUTOBAHN_CASES},                               \
    {"autobahn-out", required_argument, NULL, CLI_SUITE_AUTOBAHN_OUT},                             \
    {"spec", required_argument, NULL, CLI_SUITE_SPEC},                                             \
    {"help", no_argument, NULL, CLI_SUITE_HELP}
/* clang-format on */

/* Takes one of these options. Returns 0, or -1 with a sentence in `error`. */
int cli_suite_take(struct cli_suite *suite, int option, const char *value, struct error *error);

/* Takes one option of a command, as getopt_long names it. Returns 0, or -1 with a sentence in
 * `error`. */
typedef int cli_suite_taker(void *context, int option, const char *value, struct error *error);

/* Reads a command line, option by option. What stands behind "--" is left in `*command`, NULL if
 * there is no "--"; what else is no option, the caller finds in argv from getopt's optind up to
 * `*argc`. Returns 0, or -1 with a sentence in `error`. */
int cli_suite_read(int *argc, char **argv, const char *letters, const struct option *options,
                   cli_suite_taker *take, void *context, const char *const **command,
                   struct error *error);

/* The index of `text` among `words` (NULL at the end), or -1 with a sentence in `error`. */
int cli_suite_choose(const char *name, const char *text, const char *const *words,
                     struct error *error);

/* Prints "wsconform COMMAND: sentence" to stderr and returns `status`. */
int cli_suite_say(const struct cli_suite *suite, const char *sentence, int status);

/* Loads the cases and selects those that are to be run: an array that the caller frees, of `*count`
 * members. An output that cannot be written is found out too, since that is better known before
 * the run than after it. Returns NULL after a sentence on stderr, with the exit status in
 * `*status`. */
const struct case_spec **cli_suite_select(struct cli_suite *suite, struct case_set *set,
                                          size_t *count, int *status);

/* Prints the report for people; with --quiet the last line of it. */
void cli_suite_print(const struct cli_suite *suite, const struct run_record *record);

/* Writes the outputs. With `agent` its name is put in front of the suffix: "report.AGENT.json",
 * with all that does not belong into a file name replaced. Returns 0, or -1 after a sentence on
 * stderr. */
int cli_suite_write(const struct cli_suite *suite, const struct run_record *record,
                    const char *agent);

/* Writes Autobahn's index and files, if they are wanted. Returns 0, or -1 after a sentence on
 * stderr. */
int cli_suite_write_autobahn(const struct cli_suite *suite,
                             const struct report_json_autobahn_run *runs, size_t count);

/* The exit status that the verdicts mean. */
int cli_suite_status(const struct cli_suite *suite, const struct run_record *record);

/* True if progress is to be shown. */
bool cli_suite_shows_progress(void);
void cli_suite_show_progress(size_t done, size_t total);

void cli_suite_free(struct cli_suite *suite);

#endif
