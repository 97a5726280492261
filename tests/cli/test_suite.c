/* SPDX-License-Identifier: MIT */
#include "cli/suite.h"

#include <sys/stat.h>

#include "capture.h"
#include "report/sample.h"

static struct cli_suite defaults(void)
{
    return cli_suite_defaults("client", CASE_ROLE_CLIENT, 4);
}

static void options_are_taken(void **state)
{
    (void)state;
    struct error error;
    struct cli_suite suite = defaults();
    static const struct {
        int option;
        const char *value;
    } rows[] = {{CLI_SUITE_RUN, "5*"},
                {CLI_SUITE_RUN, "6*"},
                {CLI_SUITE_SKIP, "7*"},
                {CLI_SUITE_LEVEL, "must"},
                {CLI_SUITE_BIG, NULL},
                {CLI_SUITE_CASES, "dir"},
                {'j', "9"},
                {CLI_SUITE_SEED, "18446744073709551615"},
                {CLI_SUITE_TIMEOUT, "0.5"},
                {CLI_SUITE_DELIVERY, "octets"},
                {CLI_SUITE_DELIVERY, "slow"},
                {'o', "a.json"},
                {'o', "b.json"},
                {CLI_SUITE_FAIL_ON, "warn"},
                {'v', NULL},
                {'q', NULL},
                {CLI_SUITE_SECRETS, NULL},
                {CLI_SUITE_HELP, NULL}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(cli_suite_take(&suite, rows[i].option, rows[i].value, &error), 0);
    assert_int_equal(suite.run.count, 2);
    assert_string_equal(suite.run.items[1], "6*");
    assert_string_equal(suite.skip.items[0], "7*");
    assert_true(suite.selection.must_only);
    assert_true(suite.selection.big);
    assert_string_equal(suite.folder, "dir");
    assert_int_equal(suite.jobs, 9);
    assert_true(suite.has_seed && suite.seed == UINT64_MAX);
    assert_int_equal(suite.timeout_us, 500000);
    assert_int_equal(suite.deliveries, 1u << RUN_DELIVERY_OCTETS | 1u << RUN_DELIVERY_SLOW);
    assert_int_equal(suite.outputs.count, 2);
    assert_true(suite.fail_on_warn && suite.quiet && suite.help);
    assert_true(suite.report.verbose && suite.report.show_secrets);
    cli_suite_free(&suite);
}

static void who_says_nothing_gets_the_usual(void **state)
{
    (void)state;
    struct cli_suite suite = defaults();
    assert_int_equal(suite.selection.role, CASE_ROLE_CLIENT);
    assert_int_equal(suite.jobs, 4);
    assert_int_equal(suite.timeout_us, 5000000);
    assert_false(suite.has_seed || suite.quiet || suite.fail_on_warn || suite.report.verbose);
    assert_int_equal(suite.deliveries, 0);
    cli_suite_free(&suite);
}

static void all_deliveries_are_one_word(void **state)
{
    (void)state;
    struct error error;
    struct cli_suite suite = defaults();
    assert_int_equal(cli_suite_take(&suite, CLI_SUITE_DELIVERY, "all", &error), 0);
    assert_int_equal(suite.deliveries, (1u << RUN_DELIVERY_COUNT) - 1);
    assert_int_equal(cli_suite_take(&suite, CLI_SUITE_LEVEL, "should", &error), 0);
    assert_true(suite.selection.should);
    assert_int_equal(cli_suite_take(&suite, CLI_SUITE_FAIL_ON, "fail", &error), 0);
    assert_false(suite.fail_on_warn);
    cli_suite_free(&suite);
}

static void what_makes_no_sense_is_named(void **state)
{
    (void)state;
    static const struct {
        int option;
        const char *value;
        const char *said;
    } rows[] = {
        {CLI_SUITE_LEVEL, "may", "--level does not know 'may'"},
        {CLI_SUITE_FAIL_ON, "", "--fail-on does not know ''"},
        {CLI_SUITE_DELIVERY, "fast", "--delivery does not know 'fast'"},
        {'j', "0", "-j wants a whole number from 1 to 256"},
        {'j', "257", "-j wants a whole number from 1 to 256"},
        {CLI_SUITE_SEED, "-1", "--seed wants a whole number"},
        {CLI_SUITE_TIMEOUT, "0", "--timeout wants seconds"},
        {'o', "x", "what 'x' is to hold is not known"},
        {'o', ".json", "what '.json' is to hold is not known"},
        {'o', "x.pdf", "what 'x.pdf' is to hold is not known"},
        {9999, NULL, "unknown"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error error = {0};
        struct cli_suite suite = defaults();
        assert_int_equal(cli_suite_take(&suite, rows[i].option, rows[i].value, &error), -1);
        if (strstr(error.text, rows[i].said) == NULL)
            fail_msg("row %zu: %s", i, error.text);
        cli_suite_free(&suite);
    }
}

/* --- a command line ------------------------------------------------------------------------- */

/* What a command line was read as: "j9 v|x y|a b", of options, of the rest, and of the command. */
static char line[64];

static int note_option(void *context, int option, const char *value, struct error *error)
{
    assert_ptr_equal(context, line);
    snprintf(line + strlen(line), sizeof(line) - strlen(line), "%c%s ", option,
             value != NULL ? value : "");
    return option == 'q' ? error_set(error, "no quiet here") : 0;
}

static int read_line(int argc, char **argv)
{
    static const struct option options[] = {{"jobs", required_argument, NULL, 'j'}, {0}};
    const char *const *command;
    struct error error;
    line[0] = '\0';
    if (cli_suite_read(&argc, argv, ":" CLI_SUITE_SHORT, options, note_option, line, &command,
                       &error) != 0) {
        fprintf(stderr, "%s", error.text);
        return -1;
    }
    printf("%s|", line);
    for (int i = optind; i < argc; i++)
        printf("%s ", argv[i]);
    printf("|");
    for (; command != NULL && *command != NULL; command++)
        printf("%s ", *command);
    return command != NULL;
}

static void a_command_line_is_read(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(read_line, "x"), 0);
    assert_string_equal(capture_out, "||");
    assert_int_equal(CAPTURE(read_line, "x", "url", "-vj", "9", "other", "--jobs=7"), 0);
    assert_string_equal(capture_out, "v j9 j7 |url other |");
    assert_int_equal(CAPTURE(read_line, "x", "-v", "url", "--", "a", "-j", "--", "--no"), 1);
    assert_string_equal(capture_out, "v |url |a -j -- --no ");
}

static void a_bad_command_line_is_named(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(read_line, "x", "--", "a"), 1);
    assert_int_equal(CAPTURE(read_line, "x", "--"), -1);
    capture_expect_err("'--' wants a command behind it");
    assert_int_equal(CAPTURE(read_line, "x", "--no", "-v"), -1);
    capture_expect_err("the option '--no' is unknown or lacks its value");
    assert_int_equal(CAPTURE(read_line, "x", "-v", "--jobs"), -1);
    capture_expect_err("the option '--jobs' is unknown or lacks its value");
    assert_int_equal(CAPTURE(read_line, "x", "-q", "-v"), -1);
    capture_expect_err("no quiet here");
    assert_string_equal(line, "q ");
}

/* --- the cases ------------------------------------------------------------------------------ */

/* Selects by options, as text for an exit status; cmocka sees the count. */
static size_t selected;

static int select_with(int argc, char **argv)
{
    struct error error;
    struct case_set set = {0};
    struct cli_suite suite = defaults();
    int status = CLI_OK;
    for (int i = 1; i + 1 < argc; i += 2)
        cli_suite_take(&suite, atoi(argv[i]), argv[i + 1], &error);
    const struct case_spec **chosen = cli_suite_select(&suite, &set, &selected, &status);
    for (size_t i = 0; chosen != NULL && i < selected; i++)
        assert_true((chosen[i]->role & CASE_ROLE_CLIENT) != 0);
    assert_int_equal(chosen != NULL, status == CLI_OK);
    free(chosen);
    case_spec_free_set(&set);
    cli_suite_free(&suite);
    return status;
}

static int select_by(int option, const char *value)
{
    char number[8];
    snprintf(number, sizeof(number), "%d", option);
    return CAPTURE(select_with, "select", number, value);
}

static void cases_of_the_role_are_selected(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(select_with, "select"), CLI_OK);
    size_t all = selected;
    assert_true(all > 300);
    assert_int_equal(select_by(CLI_SUITE_RUN, "5.5.2/*"), CLI_OK);
    assert_in_range(selected, 1, all / 2);
    assert_int_equal(select_by(CLI_SUITE_SKIP, "5.5.2/*"), CLI_OK);
    assert_in_range(selected, all / 2, all - 1);
    assert_string_equal(capture_err, "");
}

static void nothing_to_run_is_said(void **state)
{
    (void)state;
    assert_int_equal(select_by(CLI_SUITE_RUN, "zzz"), CLI_NOTHING);
    capture_expect_err("wsconform client: ");
    capture_expect_err("'zzz'");
    assert_int_equal(select_by(CLI_SUITE_SKIP, "*"), CLI_NOTHING);
    capture_expect_err("wsconform client: the selection matches no case\n");
    assert_int_equal(select_by(CLI_SUITE_RUN, "4.2.1/*"), CLI_NOTHING); /* a server's */
    assert_int_equal(select_by(CLI_SUITE_CASES, "/no/such"), CLI_USAGE);
    capture_expect_err("/no/such");
    assert_int_equal(select_by('o', "/no/such/x.json"), CLI_USAGE); /* before the run */
    capture_expect_err("/no/such/x.json: ");
}

/* --- the result ----------------------------------------------------------------------------- */

static void the_verdicts_make_the_status(void **state)
{
    (void)state;
    static const struct {
        enum judge_verdict verdict;
        int status;
        int strict; /* with --fail-on warn */
    } rows[] = {
        {JUDGE_PASS, CLI_OK, CLI_OK},
        {JUDGE_WARN, CLI_OK, CLI_DIFFERS},
        {JUDGE_FAILED, CLI_DIFFERS, CLI_DIFFERS},
        {JUDGE_INFO, CLI_OK, CLI_OK},
        {JUDGE_SKIP, CLI_NOTHING, CLI_NOTHING},
        {JUDGE_ERROR, CLI_DIFFERS, CLI_DIFFERS},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sample sample;
        struct cli_suite suite = defaults();
        sample_init(&sample);
        sample_add(&sample, "RFC6455-5.5-02", rows[i].verdict, "x");
        assert_int_equal(cli_suite_status(&suite, &sample.record), rows[i].status);
        suite.fail_on_warn = true;
        assert_int_equal(cli_suite_status(&suite, &sample.record), rows[i].strict);
        sample_add(&sample, "RFC6455-5.5-02", JUDGE_PASS, "x");
        int with_a_pass = rows[i].strict == CLI_NOTHING ? CLI_OK : rows[i].strict;
        assert_int_equal(cli_suite_status(&suite, &sample.record), with_a_pass);
        sample_free(&sample);
    }
}

static struct sample shown;

static int print(int argc, char **argv)
{
    struct cli_suite suite = defaults();
    suite.quiet = argc > 1;
    (void)argv;
    cli_suite_print(&suite, &shown.record);
    return 0;
}

static void quiet_is_the_last_line(void **state)
{
    (void)state;
    sample_init(&shown);
    sample_add(&shown, "RFC6455-5.5-02", JUDGE_PASS, "x");
    sample_add(&shown, "RFC6455-5.5-02", JUDGE_FAILED, "it is wrong");
    CAPTURE(print, "print");
    capture_expect_out("it is wrong");
    const char *start = capture_out + strlen(capture_out) - 1;
    while (start > capture_out && start[-1] != '\n')
        start--;
    char *last = strdup(start);
    CAPTURE(print, "print", "quiet");
    assert_string_equal(capture_out, last);
    free(last);
    capture_expect_out(" 1 fail");
    sample_free(&shown);
}

static bool exists(const char *folder, const char *name)
{
    char path[256];
    struct stat status;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    bool found = stat(path, &status) == 0 && status.st_size > 0;
    unlink(path);
    return found;
}

/* An agent says its name itself, so it must not say where its report goes. */
static void a_report_has_the_name_of_its_agent(void **state)
{
    (void)state;
    static const struct {
        const char *agent;
        const char *file;
    } rows[] = {{NULL, "out.x.json"},
                {"ws/8.1+x", "out.x.ws_8.1+x.json"},
                {"../../etc/passwd", "out.x._._.._etc_passwd.json"},
                {"a b\n\x1b", "out.x.a_b__.json"}};
    char folder[] = "/tmp/wsconform-test-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/out.x.json", folder);
    struct sample sample;
    struct error error;
    struct cli_suite suite = defaults();
    sample_init(&sample);
    sample_add(&sample, "RFC6455-5.5-02", JUDGE_PASS, "x");
    assert_int_equal(cli_suite_write(&suite, &sample.record, "nobody asked"), 0);
    assert_int_equal(cli_suite_take(&suite, 'o', path, &error), 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(cli_suite_write(&suite, &sample.record, rows[i].agent), 0);
        if (!exists(folder, rows[i].file))
            fail_msg("%s is not there", rows[i].file);
    }
    assert_int_equal(rmdir(folder), 0); /* and there was nothing else */
    sample_free(&sample);
    cli_suite_free(&suite);
}

static int write_nowhere(int argc, char **argv)
{
    struct error error;
    struct sample sample;
    struct cli_suite suite = defaults();
    sample_init(&sample);
    cli_suite_take(&suite, 'o', argv[argc - 1], &error);
    int status = cli_suite_write(&suite, &sample.record, NULL);
    sample_free(&sample);
    cli_suite_free(&suite);
    return status;
}

static void a_report_that_cannot_be_written_is_said(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(write_nowhere, "write", "/no/such/x.json"), -1);
    capture_expect_err("wsconform client: /no/such/x.json: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_taken),
        cmocka_unit_test(who_says_nothing_gets_the_usual),
        cmocka_unit_test(all_deliveries_are_one_word),
        cmocka_unit_test(what_makes_no_sense_is_named),
        cmocka_unit_test(a_command_line_is_read),
        cmocka_unit_test(a_bad_command_line_is_named),
        cmocka_unit_test(cases_of_the_role_are_selected),
        cmocka_unit_test(nothing_to_run_is_said),
        cmocka_unit_test(the_verdicts_make_the_status),
        cmocka_unit_test(quiet_is_the_last_line),
        cmocka_unit_test(a_report_has_the_name_of_its_agent),
        cmocka_unit_test(a_report_that_cannot_be_written_is_said),
    };
    return cmocka_run_group_tests_name("cli/suite", tests, NULL, NULL);
}
