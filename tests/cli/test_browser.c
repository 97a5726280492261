/* SPDX-License-Identifier: MIT */
#include "cli/browser.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static bool exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

static bool has_argument(const struct cli_browser *browser, const char *text)
{
    for (size_t i = 0; browser->argv[i] != NULL; i++)
        if (strstr(browser->argv[i], text) != NULL)
            return true;
    return false;
}

static void each_browser_gets_a_profile_that_is_thrown_away(void **state)
{
    (void)state;
    static const char *const names[] = {"chromium", "firefox"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct cli_browser browser;
        struct error error;
        assert_int_equal(cli_browser_prepare(&browser, names[i], &error), 0);
        assert_true(exists(browser.folder));
        assert_non_null(strstr(browser.argv[0], names[i]));
        assert_true(has_argument(&browser, "headless"));
        assert_true(has_argument(&browser, browser.folder));
        assert_true(has_argument(&browser, "http://127.0.0.1:{port}/?once"));
        char path[200];
        snprintf(path, sizeof(path), "%s/inner", browser.folder);
        assert_int_equal(mkdir(path, 0700), 0);
        snprintf(path, sizeof(path), "%s", browser.folder);
        cli_browser_clean(&browser);
        assert_false(exists(path));
        cli_browser_clean(&browser); /* again is fine */
    }
}

static void firefox_does_not_put_off_what_follows_a_failure(void **state)
{
    (void)state;
    struct cli_browser browser;
    struct error error;
    char path[200];
    char text[200] = "";
    assert_int_equal(cli_browser_prepare(&browser, "firefox", &error), 0);
    snprintf(path, sizeof(path), "%s/user.js", browser.folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    assert_non_null(strstr(text, "delay-failed-reconnects\", false"));
    cli_browser_clean(&browser);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct cli_browser browser;
    struct error error;
    assert_int_equal(cli_browser_prepare(&browser, "lynx", &error), -1);
    assert_non_null(strstr(error.text, "'lynx'"));
    setenv("TMPDIR", "/no/such/folder", 1);
    assert_int_equal(cli_browser_prepare(&browser, "firefox", &error), -1);
    unsetenv("TMPDIR");
    assert_non_null(strstr(error.text, "profile"));
    cli_browser_clean(&browser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_browser_gets_a_profile_that_is_thrown_away),
        cmocka_unit_test(firefox_does_not_put_off_what_follows_a_failure),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests_name("cli/browser", tests, NULL, NULL);
}
