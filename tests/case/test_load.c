/* SPDX-License-Identifier: MIT */
#include "case/load.h"

#include <stdlib.h>
#include <unistd.h>

#include "support.h"

static const char table[] = "head\nR-1\t5.5\tboth\tmust\tyes\t\tx\n";

#define REST "\"requires\": [\"R-1\"], \"role\": \"both\", \"does\": \"D.\", \"expects\": \"E.\","

static int load(struct case_set *set, const char *file, const char *text, struct error *error)
{
    error->text[0] = '\0';
    if (set->catalogue.count == 0)
        assert_int_equal(case_catalogue_read(&set->catalogue, "t", bytes_text(table), NULL), 0);
    return case_load_text(set, file, bytes_text(text), error);
}

static void families_become_cases(void **state)
{
    (void)state;
    static const char text[] =
        "{\"$schema\": \"x\", \"section\": \"5.2\", \"title\": \"T\", \"cases\": ["
        "{\"id\": \"5.2/op-{n}\", \"for\": {\"n\": [3, 4]}, " REST
        "\"steps\": [{\"send\": {\"opcode\": \"{n}\", \"payload\": \"{n}\"}}],"
        "\"outcome\": \"fail(1002)\"},"
        "{\"id\": \"5.2/{name}\", \"for\": [{\"name\": \"a\", \"p\": {\"hex\": \"ff\"}},"
        "{\"name\": \"b\", \"p\": \"text\"}], " REST
        "\"steps\": [{\"send\": {\"opcode\": \"text\", \"payload\": \"{p}\"}}],"
        "\"outcome\": \"survive\"}]}";
    struct case_set set = {0};
    struct error why;
    /* A family's number in a payload is no text: the case must say so. */
    assert_int_equal(load(&set, "5.2.json", text, &why), -1);
    assert_non_null(strstr(why.text, "5.2.json: 5.2/op-3: /cases/0/steps/0/send/payload: "));
    case_spec_free_set(&set);

    char fixed[sizeof(text)];
    strcpy(fixed, text);
    char *payload = strstr(fixed, "\"payload\": \"{n}\"");
    memcpy(payload, "\"fin\":   true   ", strlen("\"payload\": \"{n}\""));
    if (load(&set, "5.2.json", fixed, &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(set.count, 4);
    static const char *const ids[] = {"5.2/op-3", "5.2/op-4", "5.2/a", "5.2/b"};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assert_string_equal(set.cases[i].id, ids[i]);
        assert_string_equal(set.cases[i].file, "5.2.json");
        assert_string_equal(set.cases[i].section, "5.2");
    }
    assert_int_equal(set.cases[1].steps[0].frame.opcode, 4);
    assert_int_equal(set.cases[2].steps[0].frame.payload.octets.data[0], 255);
    case_spec_free_set(&set);
}

static void a_mistake_is_named_by_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *sentence;
    } rows[] = {
        {"", "f.json:1: "},
        {"{\"section\": \"5\",\n\"cases\": [}", "f.json:2: "},
        {"{\n\n\"section\": \"5\" \"cases\": []}", "f.json:3: "},
        {"{\"section\": \"5\", \"section\": \"5\", \"cases\": []}", "f.json:1: duplicate"},
        {"{\"section\": \"\xff\", \"cases\": []}", "f.json:1: "},
        {"{\"section\": \"5\", \"cases\": []} x", "f.json:1: "},
        {"[]", "f.json: : an object is needed here"},
        {"{\"cases\": []}", "a case file has a 'section'"},
        {"{\"section\": \"5\"}", "a case file has a 'section'"},
        {"{\"section\": \"5\", \"cases\": {}}", "a case file has a 'section'"},
        {"{\"section\": 5, \"cases\": []}", "f.json: /section: text is needed"},
        {"{\"section\": \"5\", \"cases\": [], \"case\": []}", "'case' is not known here"},
        {"{\"section\": \"5\", \"cases\": [5]}", "f.json: /cases/0: a case is an object"},
        {"{\"section\": \"5\", \"cases\": [{\"id\": \"5/x\", " REST
         "\"outcome\": \"echo\", \"colour\": 1}]}",
         "f.json: /cases/0: 'colour' is not known here"},
        {"{\"section\": \"5\", \"cases\": [{\"id\": \"5/{x}\", \"for\": {\"y\": [1]}, " REST
         "\"outcome\": \"echo\"}]}",
         "f.json: /cases/0: the variable {x} is not in 'for'"},
        {"{\"section\": \"5\", \"cases\": [{\"id\": \"5/x\", " REST "\"outcome\": \"echo\"},"
         "{\"id\": \"5/x\", " REST "\"outcome\": \"echo\"}]}",
         "/cases/1: the id '5/x' stands already in f.json"},
        {"{\"section\": \"5\", \"cases\": [{\"id\": \"5/x\", \"for\": {\"y\": [1, 2]}, " REST
         "\"outcome\": \"echo\"}]}",
         "the id '5/x' stands already in f.json"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct case_set set = {0};
        struct error why;
        assert_int_equal(load(&set, "f.json", rows[i].text, &why), -1);
        if (strncmp(why.text, "f.json:", 7) != 0 || strstr(why.text, rows[i].sentence) == NULL)
            fail_msg("%s: %s", rows[i].text, why.text);
        case_spec_free_set(&set);
    }
}

static void an_id_stands_once_in_all_files(void **state)
{
    (void)state;
    static const char text[] =
        "{\"section\": \"5\", \"cases\": [{\"id\": \"5/x\", " REST "\"outcome\": \"survive\"}]}";
    struct case_set set = {0};
    struct error why;
    assert_int_equal(load(&set, "one.json", text, &why), 0);
    assert_int_equal(load(&set, "two.json", text, &why), -1);
    assert_non_null(strstr(why.text, "two.json: "));
    assert_non_null(strstr(why.text, "the id '5/x' stands already in one.json"));
    case_spec_free_set(&set);
}

static void the_built_in_cases_load(void **state)
{
    (void)state;
    struct case_set set = {0};
    struct error why = {""};
    if (case_load_builtin(&set, &why) != 0)
        fail_msg("%s", why.text);
    assert_true(set.count > 1000);
    assert_true(set.catalogue.count > 400);
    /* An id begins with its section, or with that of the file it stands in for. */
    for (size_t i = 0; i < set.count; i++) {
        assert_non_null(strchr(set.cases[i].id, '/'));
        assert_true(set.cases[i].require_count > 0);
        for (const char *c = set.cases[i].id; *c != '\0'; c++)
            if ((*c >= 'A' && *c <= 'Z') || *c <= ' ')
                fail_msg("%s is not in lower case", set.cases[i].id);
    }
    case_spec_free_set(&set);
}

static void built_in_files_are_found_by_name(void **state)
{
    (void)state;
    assert_true(case_load_builtin_file("cases/requirements.tsv").len > 0);
    assert_true(case_load_builtin_file("cases/schema/case.schema.json").len > 0);
    assert_null(case_load_builtin_file("cases/none.json").data);
    assert_null(case_load_builtin_file("").data);
}

/* --- folders -------------------------------------------------------------------------------- */

static void put(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void drop(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    unlink(path);
}

static char *make_folder(char *path, size_t size)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(path, size, "%s/wsconform-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(path));
    return path;
}

static void a_folder_is_read_in_the_order_of_names(void **state)
{
    (void)state;
    char folder[256];
    struct case_set set = {0};
    struct error why = {""};
    make_folder(folder, sizeof(folder));
    put(folder, "b.json",
        "{\"section\": \"5\", \"cases\": [{\"id\": \"5/b\", " REST "\"outcome\": \"survive\"}]}");
    put(folder, "a.json",
        "{\"section\": \"5\", \"cases\": [{\"id\": \"5/a\", " REST "\"outcome\": \"survive\"}]}");
    put(folder, ".hidden.json", "not JSON");
    put(folder, "notes.txt", "not JSON");
    put(folder, "requirements.tsv", table);
    if (case_load_folder(&set, folder, &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.cases[0].id, "5/a");
    assert_string_equal(set.cases[1].id, "5/b");
    assert_int_equal(set.catalogue.count, 1);
    case_spec_free_set(&set);

    /* Without a table of its own it has the built-in one, which does not know R-1. */
    drop(folder, "requirements.tsv");
    assert_int_equal(case_load_folder(&set, folder, &why), -1);
    assert_non_null(strstr(why.text, "/a.json: 5/a: "));
    assert_non_null(strstr(why.text, "'R-1' is not in the requirement catalogue"));
    case_spec_free_set(&set);

    drop(folder, "a.json");
    drop(folder, "b.json");
    assert_int_equal(case_load_folder(&set, folder, &why), -1);
    assert_non_null(strstr(why.text, "holds no case file"));
    case_spec_free_set(&set);
    drop(folder, ".hidden.json");
    drop(folder, "notes.txt");
    rmdir(folder);

    assert_int_equal(case_load_folder(&set, folder, &why), -1);
    assert_non_null(strstr(why.text, folder));
    case_spec_free_set(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_become_cases),
        cmocka_unit_test(a_mistake_is_named_by_its_place),
        cmocka_unit_test(an_id_stands_once_in_all_files),
        cmocka_unit_test(the_built_in_cases_load),
        cmocka_unit_test(built_in_files_are_found_by_name),
        cmocka_unit_test(a_folder_is_read_in_the_order_of_names),
    };
    return cmocka_run_group_tests_name("case/load", tests, NULL, NULL);
}
