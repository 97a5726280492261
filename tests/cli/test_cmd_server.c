/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/wait.h>

#include "capture.h"
#include "peer/server.h"

static pid_t child;
static char url[64];

/* The built-in server in a process of its own, for all tests. */
static int begin(void **state)
{
    (void)state;
    unsigned port = net_address_free_port();
    snprintf(url, sizeof(url), "ws://127.0.0.1:%u/", port);
    child = fork();
    if (child != 0)
        return child < 0;
    alarm(60); /* should the test die before it can kill it */
    struct error error;
    struct net_address address;
    struct net_loop *loop = net_loop_new();
    struct peer_link_options options = peer_link_defaults();
    if (net_address_resolve(&address, "127.0.0.1", port, &error) == 0 &&
        peer_server_open(loop, &address, &options, &error) != NULL)
        net_loop_run(loop);
    _exit(1);
}

static int end(void **state)
{
    (void)state;
    kill(child, SIGKILL);
    return waitpid(child, NULL, 0) != child;
}

static void tests_a_server(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_server, "server", "--run", "5.5.2/*", url), CLI_OK);
    capture_expect_out(url);
    capture_expect_out(" 0 fail");
    assert_string_equal(capture_err, "");
}

static void quiet_is_one_line(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_server, "server", "-q", "--run", "5.5.2/*", url), CLI_OK);
    assert_ptr_equal(strchr(capture_out, '\n'), capture_out + strlen(capture_out) - 1);
    capture_expect_out(" pass");
}

static void writes_a_report(void **state)
{
    (void)state;
    char path[] = "/tmp/wsconform-test-XXXXXX.json";
    int fd = mkstemps(path, 5);
    assert_true(fd >= 0);
    assert_int_equal(
        CAPTURE(cli_cmd_server, "server", "--seed", "7", "--run", "5.5.2/*", "-o", path, url),
        CLI_OK);
    char text[200];
    ssize_t len = read(fd, text, sizeof(text) - 1);
    close(fd);
    unlink(path);
    assert_true(len > 0);
    text[len] = '\0';
    assert_non_null(strstr(text, "wsconform-report/1"));
}

static void refuses(const char *said, int status, const char *option, const char *value)
{
    assert_int_equal(CAPTURE(cli_cmd_server, "server", option, value, "ws://127.0.0.1:1/"), status);
    capture_expect_err(said);
    assert_string_equal(capture_out, "");
}

static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    capture_refusals(refuses);
    refuses("'x'", CLI_USAGE, "--profile", "x");
    refuses("NAME: VALUE", CLI_USAGE, "-H", "x");
    assert_int_equal(CAPTURE(cli_cmd_server, "server", "wss://127.0.0.1/"), CLI_USAGE);
    capture_expect_err("TLS");
    assert_int_equal(CAPTURE(cli_cmd_server, "server", "ws://127.0.0.1/#x"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_server, "server"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_server, "server", "--"), CLI_USAGE);
}

/* What exhausts a server is for the user's own. None of these is connected to. */
static void exhausting_others_is_refused(void **state)
{
    (void)state;
    static const char *const urls[] = {"ws://10.0.0.1:9/", "ws://192.0.2.1/", "ws://[fe80::1]:9/"};
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        assert_int_equal(CAPTURE(cli_cmd_server, "server", "--exhaust", urls[i]), CLI_USAGE);
        capture_expect_err("--exhaust is refused for ");
        capture_expect_err("--i-own-this-target");
        assert_null(strstr(capture_err, "MiB")); /* no word of what will not be sent */
        assert_string_equal(capture_out, "");
    }
    assert_int_equal(
        CAPTURE(cli_cmd_server, "server", "--exhaust", "--run", "5.5.2/*", "ws://10.0.0.1:9/"),
        CLI_USAGE);
}

static void refuses_with(const char *option, const char *glob)
{
    assert_int_equal(CAPTURE(cli_cmd_server, "server", option, "--run", glob, "--timeout", "0.05",
                             "ws://127.0.0.1:1/"),
                     CLI_UNREACHABLE);
}

/* The budget stands in front of all else, even of a server that is not there. */
static void the_budget_is_said_first(void **state)
{
    (void)state;
    static const char said[] = "wsconform server: --exhaust sends up to ";
    refuses_with("--exhaust", "security/exhaust-message-of-64-mib");
    assert_memory_equal(capture_err, said, sizeof(said) - 1);
    capture_expect_err(" MiB in 1 frames (cases: 1)");
    capture_expect_err("nothing answers");
    refuses_with("--i-own-this-target", "security/*"); /* that alone selects none of them */
    assert_null(strstr(capture_err, "MiB"));
    assert_int_equal(CAPTURE(cli_cmd_server, "server", "--exhaust", "--run", "5.5.2/*", url),
                     CLI_OK);
    assert_string_equal(capture_err, ""); /* nothing that exhausts was selected */
    assert_int_equal(
        CAPTURE(cli_cmd_server, "server", "--run", "security/exhaust-message-of-64-mib", url),
        CLI_NOTHING);
}

static void says_that_nothing_can_be_tested(void **state)
{
    (void)state;
    refuses("nothing answers", CLI_UNREACHABLE, "--timeout", "0.05");
    assert_int_equal(CAPTURE(cli_cmd_server, "server", "--", "/no/such"), CLI_UNREACHABLE);
    capture_expect_err("/no/such");
    assert_int_equal(CAPTURE(cli_cmd_server, "server", url, "--", "true"), CLI_UNREACHABLE);
    capture_expect_err("already");
}

static void helps(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_server, "server", "--help"), CLI_OK);
    capture_expect_out("Usage: wsconform server");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tests_a_server),
        cmocka_unit_test(quiet_is_one_line),
        cmocka_unit_test(writes_a_report),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(exhausting_others_is_refused),
        cmocka_unit_test(the_budget_is_said_first),
        cmocka_unit_test(says_that_nothing_can_be_tested),
        cmocka_unit_test(helps),
    };
    return cmocka_run_group_tests_name("cli/cmd_server", tests, begin, end);
}
