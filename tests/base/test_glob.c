/* SPDX-License-Identifier: MIT */
#include "base/glob.h"

#include "support.h"

static void matches(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *text;
    } rows[] = {
        {"", ""},
        {"*", ""},
        {"*", "5.5/ping"},
        {"5.5/*", "5.5/ping-126-octets"},
        {"*ping*", "5.5/ping-126-octets"},
        {"*126*octets", "5.5/ping-126-octets"},
        {"?.?/p*", "5.5/ping"},
        {"a*b*c", "aXbYbZc"},
        {"*aab", "aaaab"},
        {"**", "x"},
        {"*.*", "5.5/x"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!glob_match(rows[i].pattern, rows[i].text))
            fail_msg("%s should match %s", rows[i].pattern, rows[i].text);
}

static void does_not_match(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *text;
    } rows[] = {
        {"", "a"},         {"?", ""},          {"a", "ab"},      {"ab", "a"},
        {"5.5/*", "5x5/"}, {"*ping", "pings"}, {"a*b*c", "acb"}, {"PING", "ping"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (glob_match(rows[i].pattern, rows[i].text))
            fail_msg("%s should not match %s", rows[i].pattern, rows[i].text);
}

static void is_not_slow_on_many_stars(void **state)
{
    (void)state;
    /* Backtracking over every star would take longer than anyone waits. */
    char text[4001];
    memset(text, 'a', 4000);
    text[4000] = '\0';
    assert_false(glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches),
        cmocka_unit_test(does_not_match),
        cmocka_unit_test(is_not_slow_on_many_stars),
    };
    return cmocka_run_group_tests_name("base/glob", tests, NULL, NULL);
}
