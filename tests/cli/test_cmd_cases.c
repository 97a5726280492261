/* SPDX-License-Identifier: MIT */
#include "capture.h"

static void lists(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "list", "--run", "5.5/ping-*"), CLI_OK);
    capture_expect_out("5.5/ping-126-octets ");
    assert_null(strstr(capture_out, "5.5/pong-126-octets "));
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "list", "--run", "zzz*"), CLI_NOTHING);
    capture_expect_err("'zzz*'");
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "list", "--run", "5.1/*", "--role", "client"),
                     CLI_OK);
    capture_expect_out("5.1/masked-text ");
    assert_null(strstr(capture_out, "5.1/unmasked-text "));
}

static void shows_one_whole(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "show", "5.5/ping-126-octets"), CLI_OK);
    capture_expect_out("requires: RFC6455-5.5");
    capture_expect_out("outcome:  fail(1002)");
    capture_expect_out("GET / HTTP/1.1");
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "show", "4.1/connection-close"), CLI_OK);
    capture_expect_out("sends (as 127.0.0.1:9001, with seed 0)");
    capture_expect_out("Connection: close");
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "show", "5.1/server-masks-frames"), CLI_OK);
    capture_expect_out("judged over the whole run");
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "show", "nonsense"), CLI_NOTHING);
}

static void checks(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "check"), CLI_OK);
    capture_expect_out("no mistakes");
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "check", "/no/such"), CLI_USAGE);
    capture_expect_err("/no/such");
}

static void counts_coverage(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "coverage"), CLI_OK);
    capture_expect_out("bind a server,");
    assert_null(strstr(capture_out, "NO CASE"));
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "coverage", "--role", "client"), CLI_OK);
    capture_expect_out("bind a client,");
    assert_null(strstr(capture_out, "NO CASE"));
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "coverage", "--role", "both"), CLI_USAGE);
    capture_expect_err("a role is server or client");
}

static void wants_to_be_told_what(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "show"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "list", "too", "many"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "list", "--nonsense"), CLI_USAGE);
    assert_string_equal(capture_out, "");
    assert_int_equal(CAPTURE(cli_cmd_cases, "cases", "--help"), CLI_OK);
    capture_expect_out("Usage: wsconform cases");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(shows_one_whole),
        cmocka_unit_test(checks),
        cmocka_unit_test(counts_coverage),
        cmocka_unit_test(wants_to_be_told_what),
    };
    return cmocka_run_group_tests_name("cli/cmd_cases", tests, NULL, NULL);
}
