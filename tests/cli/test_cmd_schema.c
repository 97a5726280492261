/* SPDX-License-Identifier: MIT */
#include "capture.h"

static void prints_a_schema(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_schema, "schema", "report"), CLI_OK);
    capture_expect_out("\"$schema\"");
    capture_expect_out("wsconform-report/1");
    assert_int_equal(CAPTURE(cli_cmd_schema, "schema", "case"), CLI_OK);
    capture_expect_out("\"outcome\"");
}

static void knows_no_other(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(cli_cmd_schema, "schema"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_schema, "schema", "nonsense"), CLI_USAGE);
    assert_int_equal(CAPTURE(cli_cmd_schema, "schema", "report", "case"), CLI_USAGE);
    capture_expect_err("report, case or fuzz");
    assert_string_equal(capture_out, "");
    assert_int_equal(CAPTURE(cli_cmd_schema, "schema", "--help"), CLI_OK);
    capture_expect_out("Usage: wsconform schema");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_a_schema),
        cmocka_unit_test(knows_no_other),
    };
    return cmocka_run_group_tests_name("cli/cmd_schema", tests, NULL, NULL);
}
