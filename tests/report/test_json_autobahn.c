/* SPDX-License-Identifier: MIT */
#include "report/json_autobahn.h"

#include <jansson.h>

#include "sample.h"

static json_t *render(const struct report_json_autobahn_run *runs, size_t count)
{
    struct buffer out = {0};
    json_error_t error;
    report_json_autobahn_index(&out, runs, count);
    json_t *root = json_loads(buffer_text(&out), JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        fail_msg("%s", error.text);
    buffer_free(&out);
    return root;
}

static void expect_text(json_t *object, const char *key, const char *text)
{
    assert_string_equal(json_string_value(json_object_get(object, key)), text);
}

static void the_index_has_autobahns_shape(void **state)
{
    (void)state;
    static const char *const labels[] = {"1.1.1", "2.10", "7.1.1", "9.1.1"};
    struct sample s;
    sample_init(&s);
    struct run_result *ok = sample_add(&s, "RFC6455-5.5-02", JUDGE_PASS, "fine");
    ok->close_seen = true;
    ok->close_code = 1000;
    ok->clean = true;
    ok->duration_us = 1499;
    struct run_result *bad = sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "bad");
    bad->close_seen = true;
    bad->close_code = WS_CLOSE_NO_STATUS;
    bad->duration_us = 1500;
    sample_add(&s, "RFC6455-5.5-02", JUDGE_WARN, "hm");
    sample_add(&s, "RFC6455-5.5-02", JUDGE_SKIP, "not run");
    const struct report_json_autobahn_run run = {"ws/8", &s.record, labels};
    json_t *root = render(&run, 1);
    json_t *cases = json_object_get(root, "ws/8");
    assert_int_equal(json_object_size(cases), 3);

    json_t *one = json_object_get(cases, "1.1.1");
    assert_int_equal(json_object_size(one), 5);
    expect_text(one, "behavior", "OK");
    expect_text(one, "behaviorClose", "OK");
    expect_text(one, "reportfile", "ws_8_case_1_1_1.json");
    assert_int_equal(json_integer_value(json_object_get(one, "remoteCloseCode")), 1000);
    assert_int_equal(json_integer_value(json_object_get(one, "duration")), 1);

    one = json_object_get(cases, "2.10");
    expect_text(one, "behavior", "FAILED");
    expect_text(one, "behaviorClose", "FAILED");
    assert_true(json_is_null(json_object_get(one, "remoteCloseCode")));
    assert_int_equal(json_integer_value(json_object_get(one, "duration")), 2);

    one = json_object_get(cases, "7.1.1");
    expect_text(one, "behavior", "NON-STRICT");
    expect_text(one, "behaviorClose", "UNCLEAN");
    json_decref(root);
    sample_free(&s);
}

static void several_agents_stand_side_by_side(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    sample_add(&s, "RFC6455-5.5-02", JUDGE_INFO, "open");
    const struct report_json_autobahn_run runs[] = {
        {"a", &s.record, NULL}, {"b", &s.record, NULL}, {"\xff", &s.record, NULL}};
    json_t *root = render(runs, 3);
    assert_int_equal(json_object_size(root), 3);
    json_t *one = json_object_get(json_object_get(root, "b"), "5.5/0");
    expect_text(one, "behavior", "INFORMATIONAL");
    expect_text(one, "reportfile", "b_case_5_5_0.json");
    /* A name that is no UTF-8 cannot stand in JSON. */
    assert_non_null(json_object_get(root, "_"));
    json_decref(root);
    sample_free(&s);
}

static void file_names_stay_in_their_folder(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *name;
    } rows[] = {{"../../etc/passwd", "_._.._etc_passwd"},
                {".hidden", "_hidden"},
                {"Chrome-156", "Chrome-156"},
                {"a b\n\xc3\xa9", "a_b___"},
                {"", ""}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer out = {0};
        report_json_autobahn_name(&out, rows[i].text);
        assert_string_equal(buffer_text(&out), rows[i].name);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_has_autobahns_shape),
        cmocka_unit_test(several_agents_stand_side_by_side),
        cmocka_unit_test(file_names_stay_in_their_folder),
    };
    return cmocka_run_group_tests_name("report/json_autobahn", tests, NULL, NULL);
}
