/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include "capture.h"

static void reads_numbers(void **state)
{
    (void)state;
    struct error error;
    uint64_t number = 0;
    assert_int_equal(cli_options_number("-j", "8", 1, 9, &number, &error), 0);
    assert_int_equal(number, 8);
    assert_int_equal(
        cli_options_number("-j", "18446744073709551615", 0, UINT64_MAX, &number, &error), 0);
    assert_true(number == UINT64_MAX);
    const char *const bad[] = {"", "0", "10", "-1", "+3", " 3", "3 ", "3x", "0x3", "1e1"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(cli_options_number("-j", bad[i], 1, 9, &number, &error), -1);
    assert_int_equal(
        cli_options_number("-j", "18446744073709551616", 0, UINT64_MAX, &number, &error), -1);
    assert_string_equal(error.text, "-j wants a whole number from 0 to 18446744073709551615, "
                                    "not '18446744073709551616'");
}

static void reads_seconds(void **state)
{
    (void)state;
    struct error error;
    uint64_t us = 0;
    assert_int_equal(cli_options_seconds("--timeout", "0.5", &us, &error), 0);
    assert_int_equal(us, 500000);
    const char *const bad[] = {"", "0", "-1", "nan", "inf", "1s", "86401"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(cli_options_seconds("--timeout", bad[i], &us, &error), -1);
}

static void reads_addresses(void **state)
{
    (void)state;
    struct error error;
    struct net_address address;
    char text[NET_ADDRESS_TEXT_MAX];
    assert_int_equal(cli_options_address("--listen", "127.0.0.1:0", &address, &error), 0);
    net_address_text(&address, text);
    assert_string_equal(text, "127.0.0.1:0");
    assert_int_equal(cli_options_address("--listen", "[::1]:65535", &address, &error), 0);
    net_address_text(&address, text);
    assert_string_equal(text, "[::1]:65535");
    static const struct {
        const char *text;
        const char *said;
    } bad[] = {{"9001", "--listen wants HOST:PORT, not '9001'"},
               {":9001", "--listen wants HOST:PORT"},
               {"", "--listen wants HOST:PORT"},
               {"127.0.0.1:", "the port wants a whole number"},
               {"127.0.0.1:65536", "the port wants a whole number"},
               {"127.0.0.1:x", "the port wants a whole number"}};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(cli_options_address("--listen", bad[i].text, &address, &error), -1);
        if (strstr(error.text, bad[i].said) == NULL)
            fail_msg("%s: %s", bad[i].text, error.text);
    }
    char host[400];
    memset(host, 'a', sizeof(host));
    memcpy(host + sizeof(host) - 3, ":1", 3);
    assert_int_equal(cli_options_address("--listen", host, &address, &error), -1);
}

static void writes_files_whole(void **state)
{
    (void)state;
    char path[] = "/tmp/wsconform-test-XXXXXX";
    char text[16] = "";
    struct error error;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(cli_options_write_file(path, bytes_text("longer"), &error), 0);
    assert_int_equal(cli_options_write_file(path, bytes_text("text"), &error), 0);
    assert_int_equal(read(fd, text, sizeof(text)), 4);
    assert_string_equal(text, "text");
    close(fd);
    unlink(path);
    assert_int_equal(cli_options_write_file("/no/such/file", bytes_text("x"), &error), -1);
    assert_non_null(strstr(error.text, "/no/such/file: "));
}

static void cuts_the_command_off(void **state)
{
    (void)state;
    char *argv[] = {"server", "url", "--", "node", "--", "x", NULL};
    int argc = 6;
    char **command = cli_options_command(&argc, argv);
    assert_int_equal(argc, 2);
    assert_null(argv[2]);
    assert_string_equal(command[0], "node");
    assert_string_equal(command[1], "--");
    assert_null(command[3]);
    assert_null(cli_options_command(&argc, argv));
}

static void keeps_lists(void **state)
{
    (void)state;
    static const char *const items[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    struct cli_options_list list = {0};
    for (size_t i = 0; i < COUNT_OF(items); i++)
        cli_options_add(&list, items[i]);
    struct case_names names = cli_options_names(&list);
    assert_int_equal(names.count, COUNT_OF(items));
    assert_string_equal(names.items[8], "i");
    cli_options_free(&list);
    assert_int_equal(list.count, 0);
}

static int complain(int argc, char **argv)
{
    return cli_options_usage(argv[0], argc > 1 ? argv[1] : "");
}

static void a_usage_error_says_where_to_read_on(void **state)
{
    (void)state;
    assert_int_equal(CAPTURE(complain, "cases", "that is not good"), CLI_USAGE);
    assert_string_equal(capture_err, "wsconform cases: that is not good\n"
                                     "Try 'wsconform cases --help'.\n");
    assert_string_equal(capture_out, "");
}

static void loads_cases(void **state)
{
    (void)state;
    struct error error;
    struct case_set set = {0};
    assert_int_equal(cli_options_load_cases(&set, NULL, &error), 0);
    assert_true(set.count > 900);
    case_spec_free_set(&set);
    set = (struct case_set){0};
    assert_int_equal(cli_options_load_cases(&set, "/no/such/folder", &error), -1);
    assert_non_null(strstr(error.text, "/no/such/folder"));
    case_spec_free_set(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(reads_seconds),
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(writes_files_whole),
        cmocka_unit_test(cuts_the_command_off),
        cmocka_unit_test(keeps_lists),
        cmocka_unit_test(a_usage_error_says_where_to_read_on),
        cmocka_unit_test(loads_cases),
    };
    return cmocka_run_group_tests_name("cli/options", tests, NULL, NULL);
}
