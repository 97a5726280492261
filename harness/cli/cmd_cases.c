/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/coverage.h"
#include "case/load.h"
#include "case/select.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "report/text.h"
#include "run/acceptance.h"
#include "run/opening.h"
#include "run/sender.h"

static const char usage[] =
    "Usage: wsconform cases list [--run GLOB]... [--role ROLE] [--cases DIR]\n"
    "       wsconform cases show ID [--cases DIR]\n"
    "       wsconform cases check [DIR]\n"
    "       wsconform cases coverage [--role ROLE]\n"
    "\n"
    "  list    all cases, or those whose id matches: id, outcome, what it does\n"
    "  show    one case whole: the sentences of the RFC, and the octets that it sends\n"
    "  check   look for mistakes in case files (the built-in ones without DIR)\n"
    "  coverage   which sentences of RFC 6455 for servers (or clients) have a case; status 1 if "
    "one\n"
    "             has neither a case nor an excuse\n"
    "\n"
    "  --cases DIR   a folder of case files instead of the built-in ones\n"
    "  --run GLOB    only cases whose id matches; * and ? are wildcards\n"
    "  --role ROLE   only cases that can test a server, or a client; coverage counts for servers "
    "unless\n"
    "                told otherwise\n";

/* --- list -------------------------------------------------------------------------------- */

static int list(const struct case_set *set, enum case_role role, const struct case_names *globs)
{
    struct error error;
    struct case_selection selection = {.role = role, .big = true, .exhaust = true, .run = *globs};
    size_t count;
    const struct case_spec **chosen = case_select(set, &selection, &count, &error);
    if (chosen == NULL) {
        fprintf(stderr, "wsconform cases: %s\n", error.text);
        return CLI_NOTHING;
    }
    for (size_t i = 0; i < count; i++)
        printf("%-52s %-22s %s\n", chosen[i]->id,
               chosen[i]->outcome != NULL ? chosen[i]->outcome : "(whole run)", chosen[i]->does);
    free(chosen);
    return count > 0 ? CLI_OK : CLI_NOTHING;
}

/* --- show -------------------------------------------------------------------------------- */

static const struct run_target example = {.host = "127.0.0.1:9001", .target = "/"};

static void pass_over(void *context, const char *rule, const char *text)
{
    (void)context, (void)rule, (void)text;
}

/* The handshake of a case for servers: the request. */
static void load_request(struct run_sender *sender, const struct case_spec *spec,
                         struct run_transcript *transcript)
{
    struct run_opening opening;
    run_opening_init(&opening, &sender->script, &example, spec, &sender->random);
    run_transcript_head(transcript, true, buffer_bytes(&opening.request), 0);
    run_opening_free(&opening);
}

/* The handshake of a case for clients: a plain request, and the answer to it. */
static void load_answer(struct run_sender *sender, const struct case_spec *spec,
                        struct run_transcript *transcript)
{
    static const struct run_settings settings = {.of_client = true, .target = &example};
    struct run_acceptance acceptance = {0};
    struct run_opening opening;
    struct run_script script = {0};
    run_opening_init(&opening, &script, &example, spec, &sender->random);
    run_acceptance_take(&acceptance, buffer_bytes(&opening.request), &settings, spec,
                        &sender->script, &sender->random, transcript, 0, pass_over, NULL);
    run_compose_free(&script);
    run_opening_free(&opening);
    run_acceptance_free(&acceptance);
}

/* Lets a case run without an endpoint, to show what it sends. */
static void show_octets(const struct case_spec *spec)
{
    bool as_client = spec->role != CASE_ROLE_CLIENT;
    struct run_transcript transcript = {0};
    struct run_sender sender;
    run_sender_init(&sender, random_start(0, bytes_text(spec->id)), &transcript, as_client);
    (as_client ? load_request : load_answer)(&sender, spec, &transcript);
    struct run_agreement agreement = {0};
    run_agreement_assume(&agreement, spec, as_client);
    run_sender_agree(&sender, agreement.packer, agreement.sent);
    run_sender_load_steps(&sender, spec);
    while (!run_sender_done(&sender)) {
        struct run_part part = run_sender_part(&sender);
        if (part.kind == RUN_PART_WRITE) {
            run_sender_write(&sender, 0);
            continue;
        }
        run_transcript_note(&transcript, true,
                            part.kind == RUN_PART_HALF_CLOSE ? "ends its direction of TCP"
                                                             : "waits for the endpoint",
                            0);
        run_sender_pass(&sender);
    }
    struct buffer text = {0};
    const struct report_options options = {0};
    report_text_transcript(&text, &transcript, 2, &options);
    fputs(buffer_text(&text), stdout);
    buffer_free(&text);
    run_sender_free(&sender);
    run_agreement_free(&agreement);
    run_transcript_free(&transcript);
}

static void show_names(const char *title, const struct case_names *names)
{
    if (names->count == 0)
        return;
    printf("%s", title);
    for (size_t i = 0; i < names->count; i++)
        printf(" %s", names->items[i]);
    printf("\n");
}

static int show(const struct case_set *set, const char *id)
{
    const struct case_spec *spec = case_spec_find(set, id);
    if (spec == NULL) {
        fprintf(stderr, "wsconform cases: there is no case '%s'\n", id);
        return CLI_NOTHING;
    }
    printf("%s\n  does:     %s\n  expects:  %s\n  outcome:  %s\n", spec->id, spec->does,
           spec->expects, spec->outcome != NULL ? spec->outcome : "(judged over the whole run)");
    for (size_t i = 0; i < spec->require_count; i++)
        printf("  requires: %s (%s) %s\n", spec->requires[i] -> id,
               case_catalogue_strength_name(spec->requires[i] -> strength),
               spec -> requires[i] -> statement);
    show_names("  flags:   ", &spec->flags);
    show_names("  autobahn:", &spec->autobahn);
    show_names("  observes:", &spec->observe);
    printf("  file:     %s\n", spec->file);
    if (!case_spec_is_run_level(spec)) {
        printf("  sends (%s 127.0.0.1:9001, with seed 0):\n",
               spec->role == CASE_ROLE_CLIENT ? "as" : "to");
        show_octets(spec);
    }
    return CLI_OK;
}

/* --- check ------------------------------------------------------------------------------- */

static int check(const struct case_set *set)
{
    size_t big = 0;
    for (size_t i = 0; i < set->count; i++)
        big += set->cases[i].big;
    printf("%zu cases (%zu of them big), %zu requirements, no mistakes\n", set->count, big,
           set->catalogue.count);
    return CLI_OK;
}

/* --- coverage ---------------------------------------------------------------------------- */

struct share {
    size_t rows;
    size_t covered;
    size_t excused[CASE_EXCUSE_COUNT];
};

static void add_row(struct share *share, const struct case_coverage_row *row)
{
    share->rows++;
    share->covered += row->cases > 0;
    share->excused[row->excuse]++;
}

static void print_share(const char *name, const struct share *share)
{
    printf("%-10s %3zu of %3zu rows %5.1f %%\n", name, share->covered, share->rows,
           share->rows > 0 ? 100.0 * (double)share->covered / (double)share->rows : 100.0);
}

/* The rows of a section stand together in the catalogue. */
static struct share print_sections(const struct case_coverage *coverage)
{
    struct share total = {0};
    struct share section = {0};
    for (size_t i = 0; i < coverage->count; i++) {
        const char *name = coverage->rows[i].requirement->section;
        add_row(&section, &coverage->rows[i]);
        add_row(&total, &coverage->rows[i]);
        bool last = i + 1 == coverage->count ||
                    strcmp(coverage->rows[i + 1].requirement->section, name) != 0;
        if (!last)
            continue;
        print_share(name, &section);
        section = (struct share){0};
    }
    print_share("total", &total);
    return total;
}

static void print_uncovered(const struct case_coverage *coverage)
{
    for (size_t i = 0; i < coverage->count; i++) {
        const struct case_coverage_row *row = &coverage->rows[i];
        if (row->cases == 0)
            printf("  %s  %s%s%s\n", row->requirement->id,
                   row->why != NULL ? case_coverage_excuse_name(row->excuse) : "NO CASE", ": ",
                   row->why != NULL ? row->why : row->requirement->statement);
    }
}

static int coverage(const struct case_set *set, enum case_role role)
{
    static const char *const path = "cases/exceptions.tsv";
    struct error error;
    struct case_coverage counted = {0};
    int status = CLI_USAGE;
    if (case_coverage_count(&counted, set, role, path, case_load_builtin_file(path), &error) != 0) {
        fprintf(stderr, "%s\n", error.text);
    } else {
        printf(
            "Sentences of RFC 6455 that bind a %s, are a must or a should, and can be observed:\n",
            role == CASE_ROLE_CLIENT ? "client" : "server");
        struct share total = print_sections(&counted);
        puts("Without a case:");
        print_uncovered(&counted);
        status = total.excused[CASE_EXCUSE_NONE] == total.covered ? CLI_OK : CLI_DIFFERS;
    }
    case_coverage_free(&counted);
    return status;
}

/* What stands on the command line. */
struct request {
    const char *what;     /* "list" and so on; "" if there is nothing */
    const char *argument; /* behind it, or NULL */
    const char *folder;
    enum case_role role; /* 0: not said */
    struct cli_options_list globs;
};

static int run(const struct request *request)
{
    struct error error;
    struct case_set set = {0};
    int status = CLI_USAGE;
    const char *what = request->what;
    const char *folder = strcmp(what, "check") == 0 ? request->argument : request->folder;
    struct case_names globs = cli_options_names(&request->globs);
    if (cli_options_load_cases(&set, folder, &error) != 0)
        fprintf(stderr, "%s\n", error.text);
    else if (strcmp(what, "list") == 0)
        status = list(&set, request->role != 0 ? request->role : CASE_ROLE_BOTH, &globs);
    else if (strcmp(what, "show") == 0)
        status = show(&set, request->argument);
    else if (strcmp(what, "coverage") == 0)
        status = coverage(&set, request->role != 0 ? request->role : CASE_ROLE_SERVER);
    else
        status = check(&set);
    case_spec_free_set(&set);
    return status;
}

/* Returns what is wrong with an option, or NULL. */
static const char *take_option(struct request *request, int option)
{
    if (option == 'c')
        request->folder = optarg;
    else if (option == 'r')
        cli_options_add(&request->globs, optarg);
    else if (option == 'o' && strcmp(optarg, "server") == 0)
        request->role = CASE_ROLE_SERVER;
    else if (option == 'o' && strcmp(optarg, "client") == 0)
        request->role = CASE_ROLE_CLIENT;
    else if (option == 'o')
        return "a role is server or client";
    else
        return "that option is unknown or lacks its value";
    return NULL;
}

static bool is_command(const char *what, int arguments)
{
    if (strcmp(what, "list") == 0 || strcmp(what, "coverage") == 0)
        return arguments == 0;
    return (strcmp(what, "show") == 0 && arguments == 1) ||
           (strcmp(what, "check") == 0 && arguments <= 1);
}

int cli_cmd_cases(int argc, char **argv)
{
    static const struct option options[] = {
        {"cases", required_argument, NULL, 'c'},
        {"run", required_argument, NULL, 'r'},
        {"role", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct request request = {0};
    const char *mistake = NULL;
    int status = CLI_OK;
    bool help = false;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (option == 'h')
            help = true;
        else if (mistake == NULL)
            mistake = take_option(&request, option);
    }
    int left = argc - optind;
    request.what = left > 0 ? argv[optind] : "";
    request.argument = left > 1 ? argv[optind + 1] : NULL;
    if (mistake == NULL && !is_command(request.what, left - 1))
        mistake = "list, show ID, check [DIR] or coverage is needed";
    if (help)
        fputs(usage, stdout);
    else if (mistake != NULL)
        status = cli_options_usage("cases", mistake);
    else
        status = run(&request);
    cli_options_free(&request.globs);
    return status;
}
