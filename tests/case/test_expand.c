/* SPDX-License-Identifier: MIT */
#include "case/expand.h"

#include <stdlib.h>

#include "support.h"

/* The members as one line of JSON, or the sentence behind "!". */
static void expect(const char *text, const char *wanted)
{
    json_error_t bad;
    json_t *spec = json_loads(text, 0, &bad);
    if (spec == NULL)
        fail_msg("%s: %s", text, bad.text);
    struct error why = {""};
    json_t *members = case_expand_members(spec, &why);
    if (members == NULL) {
        if (wanted[0] != '!' || strstr(why.text, wanted + 1) == NULL)
            fail_msg("%s: %s", text, why.text);
    } else {
        char *line = json_dumps(members, JSON_COMPACT);
        assert_string_equal(line, wanted);
        free(line);
        json_decref(members);
    }
    json_decref(spec);
}

static void without_for_there_is_one(void **state)
{
    (void)state;
    expect("{\"id\": \"{x}\"}", "[{\"id\":\"{x}\"}]");
}

static void an_object_makes_all_combinations(void **state)
{
    (void)state;
    expect("{\"for\": {\"a\": [1, 2], \"b\": [true, false]}, \"id\": \"{a}-{b}\"}",
           "[{\"id\":\"1-true\"},{\"id\":\"1-false\"},{\"id\":\"2-true\"},{\"id\":\"2-false\"}]");
    expect("{\"for\": {\"a\": [\"x\"]}, \"id\": \"no variable\"}", "[{\"id\":\"no variable\"}]");
}

static void a_list_makes_a_member_each(void **state)
{
    (void)state;
    expect("{\"for\": [{\"n\": \"a\", \"h\": \"00\"}, {\"n\": \"b\", \"h\": \"ff\"}],"
           "\"id\": \"{n}\", \"hex\": \"{h}{h}\"}",
           "[{\"id\":\"a\",\"hex\":\"0000\"},{\"id\":\"b\",\"hex\":\"ffff\"}]");
}

/* "So that numbers stay numbers." */
static void a_whole_placeholder_keeps_its_kind(void **state)
{
    (void)state;
    expect("{\"for\": [{\"v\": 3}, {\"v\": {\"hex\": \"00\"}}, {\"v\": null}],"
           "\"x\": [{\"deep\": \"{v}\"}]}",
           "[{\"x\":[{\"deep\":3}]},{\"x\":[{\"deep\":{\"hex\":\"00\"}}]},"
           "{\"x\":[{\"deep\":null}]}]");
}

static void what_is_no_placeholder_stays(void **state)
{
    (void)state;
    expect("{\"for\": {\"a\": [1]}, \"x\": \"{ } {} {A} {a{a} {a b} \\\"{\\\"\"}",
           "[{\"x\":\"{ } {} {A} {a1 {a b} \\\"{\\\"\"}]");
    expect("{\"for\": {\"a_1\": [\"{b}\"]}, \"x\": \"-{a_1}-\", \"{a_1}\": true}",
           "[{\"x\":\"-{b}-\",\"{a_1}\":true}]");
}

static void mistakes_are_named(void **state)
{
    (void)state;
    expect("{\"for\": {\"a\": [1]}, \"x\": \"{b}\"}", "!the variable {b} is not in 'for'");
    expect("{\"for\": {\"a\": [1]}, \"x\": [\"-{b}-\"]}", "!the variable {b} is not in 'for'");
    expect("{\"for\": [{\"a\": 1}, {\"b\": 1}], \"x\": \"{a}\"}", "!the variable {a}");
    expect("{\"for\": {\"a\": [[1]]}, \"x\": \"-{a}-\"}", "!only text, whole numbers");
    expect("{\"for\": {\"a\": [1.5]}, \"x\": \"-{a}-\"}", "!only text, whole numbers");
    expect("{\"for\": {\"a\": []}, \"x\": 1}", "!makes 0 members");
    expect("{\"for\": {\"a\": 5}, \"x\": 1}", "!makes 0 members");
    expect("{\"for\": [], \"x\": 1}", "!'for' is an object of lists");
    expect("{\"for\": 5, \"x\": 1}", "!'for' is an object of lists");
    expect("{\"for\": \"a\", \"x\": 1}", "!'for' is an object of lists");
    expect("{\"for\": null, \"x\": 1}", "!'for' is an object of lists");
    expect("{\"for\": [1, 2], \"x\": 1}", "!'for' is an object of lists");
    expect("{\"for\": {}, \"x\": 1}", "!not empty");
    static const char ten[] = "[0,1,2,3,4,5,6,7,8,9]";
    char text[512];
    snprintf(text, sizeof(text), "{\"for\": {\"a\": %s, \"b\": %s, \"c\": %s, \"d\": %s}}", ten,
             ten, ten, ten);
    expect(text, "!makes 10000 members");
    expect(
        "{\"for\": {\"a\": [1]}, \"x\": "
        "\"{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\"}",
        "!too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_for_there_is_one),
        cmocka_unit_test(an_object_makes_all_combinations),
        cmocka_unit_test(a_list_makes_a_member_each),
        cmocka_unit_test(a_whole_placeholder_keeps_its_kind),
        cmocka_unit_test(what_is_no_placeholder_stays),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests_name("case/expand", tests, NULL, NULL);
}
