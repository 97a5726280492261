/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "capture.h"

/* This program plays the built-in client too, when it is started with arguments. */
static const char *program;

#define CLIENT(...) CAPTURE(cli_cmd_client, "client", __VA_ARGS__)

/* --- what makes no sense -------------------------------------------------------------------- */

static void refuses(const char *said, int status, const char *option, const char *value)
{
    assert_int_equal(CLIENT("--listen", "127.0.0.1:0", "--idle", "0.001", option, value), status);
    capture_expect_err(said);
    assert_string_equal(capture_out, "");
}

static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    capture_refusals(refuses);
    refuses("seconds", CLI_USAGE, "--idle", "0");
    refuses("'handshake'", CLI_USAGE, "--profile", "handshake");
    refuses("HOST:PORT", CLI_USAGE, "--listen", "9001");
    refuses("the port", CLI_USAGE, "--listen", "127.0.0.1:70000");
    refuses("'--nonsense'", CLI_USAGE, "--nonsense", "-q");
    refuses("'ws://127.0.0.1/'", CLI_USAGE, "-q", "ws://127.0.0.1/");
    assert_int_equal(CLIENT("--"), CLI_USAGE);
    capture_expect_err("wants a command");
    assert_int_equal(CLIENT("--browser=firefox", "--", "true"), CLI_USAGE);
    capture_expect_err("takes no other command");
    assert_int_equal(CLIENT("--listen"), CLI_USAGE);
    capture_expect_err("Try 'wsconform client --help'");
}

static void helps(void **state)
{
    (void)state;
    assert_int_equal(CLIENT("--help"), CLI_OK);
    capture_expect_out("Usage: wsconform client");
}

/* --- nobody there --------------------------------------------------------------------------- */

static void says_that_nobody_came(void **state)
{
    (void)state;
    assert_int_equal(CLIENT("--listen", "127.0.0.1:0", "--idle", "0.02"), CLI_UNREACHABLE);
    capture_expect_out("listening on ws://127.0.0.1:");
    capture_expect_err("no client came");
    assert_int_equal(CLIENT("--listen", "127.0.0.1:0", "--idle", "0.02", "-q"), CLI_UNREACHABLE);
    assert_string_equal(capture_out, "");
}

static void says_that_a_client_cannot_be_started(void **state)
{
    (void)state;
    assert_int_equal(CLIENT("--", "/no/such/client", "{url}"), CLI_UNREACHABLE);
    capture_expect_err("/no/such/client");
    assert_int_equal(CLIENT("--", "/no/such/driver"), CLI_UNREACHABLE);
    capture_expect_err("/no/such/driver");
    assert_int_equal(CLIENT("--", "sh", "-c", "echo no luck >&2; exit 3"), CLI_UNREACHABLE);
    capture_expect_err("the command opened no connection: the process ended with exit status 3; "
                       "its stderr: no luck");
    assert_int_equal(CLIENT("--", "sh", "-c", "exit 3", "{url}"), CLI_UNREACHABLE);
    capture_expect_err("opened no connection");
}

/* --- clients -------------------------------------------------------------------------------- */

static void tests_a_client_that_is_started_for_each_case(void **state)
{
    (void)state;
    assert_int_equal(CLIENT("--run", "5.5.2/*", "--", program, "--connect", "{url}"), CLI_OK);
    capture_expect_out("client of ws://127.0.0.1:");
    capture_expect_out(" 0 fail");
    assert_string_equal(capture_err, "");
}

/* Refusals prove nothing without a connection that was opened, so the plain handshake comes with
 * them, unless there is one already. */
static void refusals_bring_their_control(void **state)
{
    (void)state;
    assert_int_equal(
        CLIENT("-v", "--run", "4.1/accept-missing", "--", program, "--connect", "{url}"), CLI_OK);
    capture_expect_out("4.1/accept-missing");
    capture_expect_out("4.1/plain-answer-refused");
    capture_expect_out("2 pass");
    assert_int_equal(CLIENT("-v", "--run", "4.1/200-interim-answers-before-101", "--", program,
                            "--connect", "{url}"),
                     CLI_OK); /* it may be accepted as well, but need not */
    capture_expect_out("4.1/plain-answer-refused");
    assert_int_equal(CLIENT("-v", "--run", "4.1/accept-missing", "--run", "5.5.2/text-*", "--",
                            program, "--connect", "{url}"),
                     CLI_OK);
    capture_expect_out("4.1/accept-missing");
    assert_null(strstr(capture_out, "4.1/plain-answer-refused"));
}

static void a_client_that_breaks_a_rule_differs(void **state)
{
    (void)state;
    assert_int_equal(CLIENT("--run", "5.5.2/text-*", "--timeout", "0.3", "--agent", "its name",
                            "--", program, "--connect", "{url}", "--fault", "pong-empty"),
                     CLI_DIFFERS);
    capture_expect_out("FAIL  5.5.2/");
    assert_null(strstr(capture_out, " 0 fail"));
}

/* Exit status 127 says that it cannot do what the case needs. */
static void a_client_that_can_do_nothing_is_not_tested(void **state)
{
    (void)state;
    char script[512];
    snprintf(script, sizeof(script), "case $0 in */case/1/*) exec %s --connect $0;; esac; exit 127",
             program);
    assert_int_equal(CLIENT("--run", "5.5.2/*", "--", "sh", "-c", script, "{url}"), CLI_NOTHING);
    capture_expect_err("no selected case was run");
}

static bool take_report(const char *folder, const char *name, const char *said)
{
    char path[256];
    static char text[1 << 16];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    unlink(path);
    return strstr(text, "wsconform-report/1") != NULL && strstr(text, said) != NULL;
}

/* Two drivers in one run: the second one's report stands beside the first one's. */
static void each_agent_has_its_report(void **state)
{
    (void)state;
    char script[1024];
    char path[64];
    char folder[] = "/tmp/wsconform-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/out.json", folder);
    snprintf(script, sizeof(script),
             "set -e; u=ws://127.0.0.1:$0; %s --connect $u --driver --agent one;"
             "%s --connect $u --driver --agent '../two'",
             program, program);
    assert_int_equal(CLIENT("--run", "5.5.2/text-*", "--seed", "7", "-o", path, "--", "sh", "-c",
                            script, "{port}"),
                     CLI_OK);
    assert_true(take_report(folder, "out.json", "\"one\""));
    assert_true(take_report(folder, "out._._two.json", "\"../two\""));
    assert_int_equal(rmdir(folder), 0);
    capture_expect_out("(one)");
    capture_expect_out("(../two)");
}

/* The worst of all clients counts. */
static void one_bad_client_of_two_is_enough(void **state)
{
    (void)state;
    char script[1024];
    snprintf(script, sizeof(script),
             "u=ws://127.0.0.1:$0; %s --connect $u --driver --agent bad --fault pong-empty;"
             "%s --connect $u --driver --agent good",
             program, program);
    assert_int_equal(CLIENT("-q", "--timeout", "0.3", "--run", "5.5.2/text-*", "--", "sh", "-c",
                            script, "{port}"),
                     CLI_DIFFERS);
    capture_expect_out(" 0 fail");
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc > 1)
        return cli_cmd_echo(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(helps),
        cmocka_unit_test(says_that_nobody_came),
        cmocka_unit_test(says_that_a_client_cannot_be_started),
        cmocka_unit_test(tests_a_client_that_is_started_for_each_case),
        cmocka_unit_test(refusals_bring_their_control),
        cmocka_unit_test(a_client_that_breaks_a_rule_differs),
        cmocka_unit_test(a_client_that_can_do_nothing_is_not_tested),
        cmocka_unit_test(each_agent_has_its_report),
        cmocka_unit_test(one_bad_client_of_two_is_enough),
    };
    return cmocka_run_group_tests_name("cli/cmd_client", tests, NULL, NULL);
}
