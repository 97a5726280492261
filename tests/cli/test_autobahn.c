/* SPDX-License-Identifier: MIT */
#include "cli/autobahn.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case/load.h"
#include "support.h"

static char folder[64];
static struct error why;

static int begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/wsconform-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) != 0;
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void write_spec(const char *text)
{
    FILE *file = fopen(path_of("spec.json"), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void without_a_spec_file_nothing_changes(void **state)
{
    (void)state;
    struct cli_autobahn autobahn = {0};
    assert_int_equal(cli_autobahn_load(&autobahn, "reports", &why), 0);
    assert_false(autobahn.cases);
    assert_null(autobahn.folder);
    assert_false(cli_autobahn_excluded(&autobahn, "a", "1.1.1"));
    cli_autobahn_free(&autobahn);
}

static void a_spec_file_selects_and_says_where(void **state)
{
    (void)state;
    static const char *const ids[] = {"1.1.1", "1.1.2", "2.1", "2.2"};
    write_spec("{\"cases\": [\"1.1.1\", \"1.1.2\", \"2.*\"], \"exclude-cases\": [\"2.3\", \"2.4\","
               "\"2.5\", \"2.6\", \"2.7\", \"2.8\", \"2.9\", \"2.10\", \"2.11\"],"
               "\"exclude-agent-cases\": {\"ws*\": [\"2.*\"]}}");
    struct cli_autobahn autobahn = {.spec = path_of("spec.json")};
    assert_int_equal(cli_autobahn_load(&autobahn, "reports/x", &why), 0);
    assert_string_equal(autobahn.folder, "reports/x");
    struct case_set set = {0};
    assert_int_equal(case_load_builtin(&set, &why), 0);
    size_t count;
    const struct case_spec **chosen =
        cli_autobahn_select(&autobahn, &set, CASE_ROLE_CLIENT, false, &count, &why);
    assert_non_null(chosen);
    assert_int_equal(count, COUNT_OF(ids));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(autobahn.labels[i], ids[i]);
        assert_true((chosen[i]->role & CASE_ROLE_CLIENT) != 0);
    }
    assert_true(cli_autobahn_excluded(&autobahn, "ws-8", "2.1"));
    assert_false(cli_autobahn_excluded(&autobahn, "ws-8", "1.1.1"));
    assert_false(cli_autobahn_excluded(&autobahn, "other", "2.1"));
    free(chosen);
    case_spec_free_set(&set);
    cli_autobahn_free(&autobahn);
}

static void a_case_that_nobody_knows_is_a_mistake(void **state)
{
    (void)state;
    write_spec("{\"cases\": [\"1.1.999\"], \"outdir\": \"o\"}");
    struct cli_autobahn autobahn = {.spec = path_of("spec.json"), .folder = "mine"};
    assert_int_equal(cli_autobahn_load(&autobahn, "reports/x", &why), 0);
    assert_string_equal(autobahn.folder, "mine");
    struct case_set set = {0};
    size_t count;
    assert_int_equal(case_load_builtin(&set, &why), 0);
    assert_null(cli_autobahn_select(&autobahn, &set, CASE_ROLE_SERVER, false, &count, &why));
    assert_non_null(strstr(why.text, "1.1.999"));
    case_spec_free_set(&set);
    cli_autobahn_free(&autobahn);
}

static bool exists(const char *name)
{
    struct stat status;
    return stat(path_of(name), &status) == 0 && status.st_size > 0;
}

static void the_files_are_written_and_the_folder_made(void **state)
{
    (void)state;
    static const char *const labels[] = {"1.1.1", "1.1.2"};
    struct case_set set = {0};
    assert_int_equal(case_load_builtin(&set, &why), 0);
    struct run_result results[2] = {{.spec = &set.cases[0], .verdict = JUDGE_PASS},
                                    {.spec = &set.cases[1], .verdict = JUDGE_SKIP}};
    const struct run_record record = {.results = results, .count = 2, .catalogue = &set.catalogue};
    const struct report_json_autobahn_run run = {"me", &record, labels};
    const struct report_options options = {0};
    struct cli_autobahn autobahn = {.folder = path_of("a/b")};
    char deep[128];
    snprintf(deep, sizeof(deep), "%s", autobahn.folder);
    autobahn.folder = deep;
    assert_int_equal(cli_autobahn_write(&autobahn, &run, 1, &options, &why), 0);
    assert_true(exists("a/b/index.json"));
    assert_true(exists("a/b/me_case_1_1_1.json"));
    assert_false(exists("a/b/me_case_1_1_2.json"));

    autobahn.folder = "/proc/no/such";
    assert_int_equal(cli_autobahn_write(&autobahn, &run, 1, &options, &why), -1);
    assert_non_null(strstr(why.text, "/proc/no"));
    case_spec_free_set(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_spec_file_nothing_changes),
        cmocka_unit_test(a_spec_file_selects_and_says_where),
        cmocka_unit_test(a_case_that_nobody_knows_is_a_mistake),
        cmocka_unit_test(the_files_are_written_and_the_folder_made),
    };
    return cmocka_run_group_tests_name("cli/autobahn", tests, begin, end);
}
