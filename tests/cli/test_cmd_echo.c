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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_until_it_is_told_to_end),
        cmocka_unit_test(wants_a_place),
        cmocka_unit_test(lists_and_finds_faults),
    };
    return cmocka_run_group_tests_name("cli/cmd_echo", tests, NULL, NULL);
}
