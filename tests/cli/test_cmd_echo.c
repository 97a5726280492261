/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/wait.h>

#include "capture.h"
#include "net/address.h"

static void serves_until_it_is_told_to_end(void **state)
{
    (void)state;
    struct error error;
    struct net_address address;
    char place[32];
    unsigned port = net_address_free_port();
    snprintf(place, sizeof(place), "127.0.0.1:%u", port);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(CAPTURE(cli_cmd_echo, "echo", "--listen", place));
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", port, &error), 0);
    for (int i = 0; i < 500 && !net_address_answers(&address, 100); i++)
        usleep(10000);
    assert_true(net_address_answers(&address, 100));
    /* A second one finds the place taken. */
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--listen", place), CLI_USAGE);
    capture_expect_err(place);
    int status = 0;
    kill(child, SIGTERM);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CLI_OK);
}

static void wants_a_place(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--listen", "9001"), CLI_USAGE);
    capture_expect_err("HOST:PORT");
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--listen", "127.0.0.1:70000"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--listen"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "here"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--help"), CLI_OK);
    capture_expect_out("Usage: wsconform echo");
}

static void lists_and_finds_faults(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--list-faults"), CLI_OK);
    capture_expect_out("fault\tclose-twice\tRFC6455-5.5.1-13\t");
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--fault", "greets"), CLI_USAGE);
    capture_expect_err("--list-faults");
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--fault", "close-twice", "--variant", "greets"),
                     CLI_USAGE);
}

static void lists_the_faults_of_a_client(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--list-faults", "--connect", "ws://localhost/"),
                     CLI_OK);
    capture_expect_out("fault\tmethod-post\tRFC6455-4.1-20\t");
    capture_expect_out("variant\torigin\t");
    assert_null(strstr(capture_out, "\taccepts-unmasked\t"));
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--list-faults"), CLI_OK);
    assert_null(strstr(capture_out, "\tmethod-post\t"));
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--fault", "method-post"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--connect", "ws://localhost/", "--fault",
                             "accepts-unmasked"),
                     CLI_USAGE);
}

static void wants_options_that_fit(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--connect", "http://localhost/"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--connect", "wss://localhost/"), CLI_USAGE);
    capture_expect_err("not wss");
    assert_int_equal(
        CAPTURE(cli_cmd_echo, "echo", "--connect", "ws://localhost/", "--listen", "127.0.0.1:0"),
        CLI_USAGE);
    unsetenv("WSCONFORM_URL");
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--driver"), CLI_USAGE);
    setenv("WSCONFORM_URL", "wss://localhost/", 1);
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--driver"), CLI_USAGE);
    capture_expect_err("not wss");
    unsetenv("WSCONFORM_URL");
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--connect", "ws://localhost/", "--agent", "me"),
                     CLI_USAGE);
}

static void says_that_it_cannot_connect(void **state)
{
    (void)state;
    char url[64];
    snprintf(url, sizeof(url), "ws://127.0.0.1:%u/", net_address_free_port());
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--connect", url), CLI_DIFFERS);
    capture_expect_err("cannot connect to 127.0.0.1:");
    assert_int_equal(CAPTURE(cli_cmd_echo, "echo", "--connect", url, "--driver"), CLI_UNREACHABLE);
    capture_expect_err("cannot connect to 127.0.0.1:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_until_it_is_told_to_end),
        cmocka_unit_test(wants_a_place),
        cmocka_unit_test(lists_and_finds_faults),
        cmocka_unit_test(lists_the_faults_of_a_client),
        cmocka_unit_test(wants_options_that_fit),
        cmocka_unit_test(says_that_it_cannot_connect),
    };
    return cmocka_run_group_tests_name("cli/cmd_echo", tests, NULL, NULL);
}
