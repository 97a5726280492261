/* SPDX-License-Identifier: MIT */
#include "case/place.h"

#include "support.h"

struct spot {
    struct arena arena;
    struct error error;
    json_t *json;
    struct case_place top;
};

static void begin(struct spot *s, const char *text)
{
    *s = (struct spot){.json = json_loads(text, JSON_ALLOW_NUL, NULL)};
    assert_non_null(s->json);
    s->top = (struct case_place){
        .file = "f.json", .id = "5/x", .json = s->json, .arena = &s->arena, .error = &s->error};
}

static void end(struct spot *s)
{
    json_decref(s->json);
    arena_free(&s->arena);
}

static void a_mistake_is_named_by_its_place(void **state)
{
    (void)state;
    struct spot s;
    begin(&s, "{\"a\": [1, {\"b\": 2}]}");
    struct case_place a = case_place_key(&s.top, "a");
    struct case_place item = case_place_item(&a, 1);
    struct case_place b = case_place_key(&item, "b");
    assert_int_equal(json_integer_value(b.json), 2);
    assert_int_equal(case_place_fail(&b, "%d is wrong", 2), -1);
    assert_string_equal(s.error.text, "f.json: 5/x: /a/1/b: 2 is wrong");
    s.top.id = NULL;
    assert_int_equal(case_place_fail(&s.top, "bad"), -1);
    assert_string_equal(s.error.text, "f.json: : bad");
    assert_null(case_place_key(&s.top, "none").json);
    assert_null(case_place_item(&a, 2).json);
    end(&s);
}

static void a_mistake_stays_on_one_line(void **state)
{
    (void)state;
    struct spot s;
    begin(&s, "{\"a\\nb\": 1}");
    struct case_place a = case_place_key(&s.top, "a\nb");
    assert_int_equal(case_place_fail(&a, "'%s' is wrong", "x\r\ny"), -1);
    assert_string_equal(s.error.text, "f.json: 5/x: /a?b: 'x??y' is wrong");
    end(&s);
}

static void unknown_keys_are_refused(void **state)
{
    (void)state;
    static const char *const keys[] = {"a", "b", NULL};
    struct spot s;
    begin(&s, "{\"a\": 1}");
    assert_int_equal(case_place_check_keys(&s.top, keys), 0);
    end(&s);
    begin(&s, "{\"a\": 1, \"c\": 2}");
    assert_int_equal(case_place_check_keys(&s.top, keys), -1);
    assert_non_null(strstr(s.error.text, "'c' is not known here"));
    end(&s);
    begin(&s, "[]");
    assert_int_equal(case_place_check_keys(&s.top, keys), -1);
    assert_non_null(strstr(s.error.text, "an object is needed"));
    end(&s);
}

static void values_are_read(void **state)
{
    (void)state;
    struct spot s;
    begin(&s, "{\"text\": \"abc\", \"yes\": true, \"no\": false, \"size\": 7, \"hex\": \"01 ff\","
              "\"names\": [\"a\", \"\", \"b\"]}");
    const char *text = "before";
    bool flag = false;
    size_t size = 1;
    struct bytes hex = {0};
    struct case_names names = {0};
    assert_int_equal(case_place_text(&s.top, "text", &text), 0);
    assert_string_equal(text, "abc");
    assert_int_equal(case_place_bool(&s.top, "yes", &flag), 0);
    assert_true(flag);
    assert_int_equal(case_place_bool(&s.top, "no", &flag), 0);
    assert_false(flag);
    assert_int_equal(case_place_size(&s.top, "size", 7, &size), 0);
    assert_int_equal(size, 7);
    assert_int_equal(case_place_hex(&s.top, "hex", &hex), 0);
    assert_int_equal(hex.len, 2);
    assert_int_equal(hex.data[1], 255);
    assert_int_equal(case_place_names(&s.top, "names", &names), 0);
    assert_int_equal(names.count, 2); /* "" is for rows without a counterpart */
    assert_string_equal(names.items[1], "b");
    end(&s);
}

static void what_is_missing_changes_nothing(void **state)
{
    (void)state;
    struct spot s;
    begin(&s, "{}");
    const char *text = "before";
    bool flag = true;
    size_t size = 1;
    struct bytes hex = bytes_text("x");
    struct case_names names = {.count = 9};
    assert_int_equal(case_place_text(&s.top, "k", &text), 0);
    assert_int_equal(case_place_bool(&s.top, "k", &flag), 0);
    assert_int_equal(case_place_size(&s.top, "k", 7, &size), 0);
    assert_int_equal(case_place_hex(&s.top, "k", &hex), 0);
    assert_int_equal(case_place_names(&s.top, "k", &names), 0);
    assert_string_equal(text, "before");
    assert_true(flag);
    assert_int_equal(size, 1);
    assert_int_equal(hex.len, 1);
    assert_int_equal(names.count, 9);
    end(&s);
}

static void values_of_the_wrong_kind_are_refused(void **state)
{
    (void)state;
    static const struct {
        char kind;
        const char *json;
        const char *sentence;
    } rows[] = {
        {'t', "{\"k\": 1}", "f.json: 5/x: /k: text is needed here"},
        {'t', "{\"k\": null}", "text is needed"},
        {'t', "{\"k\": \"a\\u0000b\"}", "U+0000"},
        {'b', "{\"k\": 1}", "true or false is needed"},
        {'b', "{\"k\": \"true\"}", "true or false is needed"},
        {'s', "{\"k\": -1}", "a whole number from 0 to 7"},
        {'s', "{\"k\": 8}", "a whole number from 0 to 7"},
        {'s', "{\"k\": 1.0}", "a whole number from 0 to 7"},
        {'s', "{\"k\": \"1\"}", "a whole number from 0 to 7"},
        {'h', "{\"k\": 1}", "text of hex digits"},
        {'h', "{\"k\": \"0\"}", "pairs of hex digits"},
        {'h', "{\"k\": \"0g\"}", "pairs of hex digits"},
        {'n', "{\"k\": \"a\"}", "a list of texts"},
        {'n', "{\"k\": [\"a\", 1]}", "f.json: 5/x: /k/1: text is needed"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct spot s;
        const char *text = NULL;
        bool flag = false;
        size_t size = 0;
        struct bytes hex = {0};
        struct case_names names = {0};
        begin(&s, rows[i].json);
        int status = rows[i].kind == 't'   ? case_place_text(&s.top, "k", &text)
                     : rows[i].kind == 'b' ? case_place_bool(&s.top, "k", &flag)
                     : rows[i].kind == 's' ? case_place_size(&s.top, "k", 7, &size)
                     : rows[i].kind == 'h' ? case_place_hex(&s.top, "k", &hex)
                                           : case_place_names(&s.top, "k", &names);
        assert_int_equal(status, -1);
        if (strstr(s.error.text, rows[i].sentence) == NULL)
            fail_msg("row %zu: %s", i, s.error.text);
        end(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistake_is_named_by_its_place),
        cmocka_unit_test(a_mistake_stays_on_one_line),
        cmocka_unit_test(unknown_keys_are_refused),
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(what_is_missing_changes_nothing),
        cmocka_unit_test(values_of_the_wrong_kind_are_refused),
    };
    return cmocka_run_group_tests_name("case/place", tests, NULL, NULL);
}
