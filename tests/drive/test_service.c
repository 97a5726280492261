/* SPDX-License-Identifier: MIT */
#include "drive/service.h"

#include "support.h"

static struct drive_service_wish read_text(const char *target)
{
    struct bytes text = bytes_text(target);
    return drive_service_read(bytes_of(support_flush(text), text.len));
}

static void every_path_has_its_meaning(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        enum drive_service_action action;
    } rows[] = {
        {"/", DRIVE_SERVICE_PAGE},
        {"/?agent=a", DRIVE_SERVICE_PAGE},
        {"/report", DRIVE_SERVICE_REPORT},
        {"/report?agent=a", DRIVE_SERVICE_REPORT},
        {"/case/7", DRIVE_SERVICE_CASE},
        {"/case/7/5.5/ping", DRIVE_SERVICE_CASE},
        {"/getCaseCount", DRIVE_SERVICE_CASE_COUNT},
        {"/getCaseInfo?case=1", DRIVE_SERVICE_CASE_INFO},
        {"/runCase?case=1&agent=a", DRIVE_SERVICE_RUN_CASE},
        {"/getCaseStatus?case=1&agent=a", DRIVE_SERVICE_CASE_STATUS},
        {"/updateReports?agent=a", DRIVE_SERVICE_UPDATE_REPORTS},
        {"/stopServer", DRIVE_SERVICE_STOP},
        {"", DRIVE_SERVICE_UNKNOWN},
        {"?case=1", DRIVE_SERVICE_UNKNOWN},
        {"//", DRIVE_SERVICE_UNKNOWN},
        {"/case", DRIVE_SERVICE_UNKNOWN},
        {"/case/", DRIVE_SERVICE_UNKNOWN},
        {"/getCaseCount/", DRIVE_SERVICE_UNKNOWN},
        {"/getcasecount", DRIVE_SERVICE_UNKNOWN},
        {"/runCas", DRIVE_SERVICE_UNKNOWN},
        {"/runCases", DRIVE_SERVICE_UNKNOWN},
        {"runCase", DRIVE_SERVICE_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (read_text(rows[i].target).action != rows[i].action)
            fail_msg("%s", rows[i].target);
}

static void parameters_are_read(void **state)
{
    (void)state;
    struct drive_service_wish wish =
        read_text("/runCase?case=7&agent=me&casetuple=5.5/ping&x=y&shutdownOnComplete=true");
    assert_true(wish.has_number);
    assert_int_equal(wish.number, 7);
    assert_string_equal(wish.agent, "me");
    assert_string_equal(wish.tuple, "5.5/ping");
    assert_true(wish.shutdown);

    wish = read_text("/runCase");
    assert_false(wish.has_number);
    assert_string_equal(wish.agent, "");
    assert_string_equal(wish.tuple, "");
    assert_false(wish.shutdown);

    /* Nothing of the kind in them. */
    wish = read_text("/runCase?&&=&agents=me&Case=3&case&agent");
    assert_false(wish.has_number);
    assert_string_equal(wish.agent, "");
    wish = read_text("/runCase?agent=a=b?c");
    assert_string_equal(wish.agent, "a=b?c");
    wish = read_text("/runCase?agent=first&agent=second");
    assert_string_equal(wish.agent, "second");
}

static void numbers_are_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool has;
        unsigned long number;
    } rows[] = {{"0", true, 0},    {"1", true, 1},   {"007", true, 7},    {"", false, 0},
                {"-1", false, 0},  {"+1", false, 0}, {"1x", false, 0},    {"0x1", false, 0},
                {"%20", false, 0}, {"+5", false, 0}, {"5.5/a", false, 0}, {"1.1.1", false, 0},
                {"%31", true, 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char target[64];
        snprintf(target, sizeof(target), "/runCase?case=%s", rows[i].text);
        struct drive_service_wish wish = read_text(target);
        if (wish.has_number != rows[i].has || wish.number != rows[i].number)
            fail_msg("%s: %lu", rows[i].text, wish.number);
    }
    /* What no number can hold is out of any range. */
    assert_true(read_text("/runCase?case=99999999999999999999999").number > 1000000);
    assert_int_equal(read_text("/case/12/any/text?case=x").number, 0);
    assert_int_equal(read_text("/case/12/any/text").number, 12);
    assert_false(read_text("/case/x/12").has_number);
}

static void only_true_is_true(void **state)
{
    (void)state;
    assert_true(read_text("/updateReports?shutdownOnComplete=1").shutdown);
    assert_false(read_text("/updateReports?shutdownOnComplete=false").shutdown);
    assert_false(read_text("/updateReports?shutdownOnComplete=0").shutdown);
    assert_false(read_text("/updateReports?shutdownOnComplete").shutdown);
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *decoded;
    } rows[] = {
        {"a%20b+c", "a b c"},   {"%2B%26%3d%3F", "+&=?"}, {"%41%6a%4F", "AjO"}, {"100%", "100%"},
        {"%4", "%4"},           {"%zz%4z", "%zz%4z"},     {"%%41", "%A"},       {"a%00b", "a?b"},
        {"%c3%a9", "\xc3\xa9"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char target[64];
        snprintf(target, sizeof(target), "/runCase?agent=%s", rows[i].text);
        assert_string_equal(read_text(target).agent, rows[i].decoded);
    }
}

static void what_is_too_long_is_cut(void **state)
{
    (void)state;
    char target[1000] = "/runCase?agent=";
    size_t start = strlen(target);
    memset(target + start, 'a', sizeof(target) - start - 1);
    target[sizeof(target) - 1] = '\0';
    assert_int_equal(strlen(read_text(target).agent), DRIVE_SERVICE_TEXT_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_has_its_meaning), cmocka_unit_test(parameters_are_read),
        cmocka_unit_test(numbers_are_numbers),        cmocka_unit_test(only_true_is_true),
        cmocka_unit_test(escapes_are_decoded),        cmocka_unit_test(what_is_too_long_is_cut),
    };
    return cmocka_run_group_tests_name("drive/service", tests, NULL, NULL);
}
