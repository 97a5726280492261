/* SPDX-License-Identifier: MIT */
#include "case/spec.h"

#include "case/load.h"
#include "support.h"

static void finds_cases_by_id(void **state)
{
    (void)state;
    static const char text[] =
        "{\"section\": \"5\", \"cases\": ["
        "{\"id\": \"5/a\", \"requires\": [\"R\"], \"role\": \"both\", \"does\": \"D.\","
        " \"expects\": \"E.\", \"flags\": [\"big\", \"utf8\"], \"outcome\": \"survive\"},"
        "{\"id\": \"5/b\", \"requires\": [\"R\"], \"role\": \"both\", \"does\": \"D.\","
        " \"expects\": \"E.\", \"observe\": [\"R\"]}]}";
    static const char rows[] = "head\nR\t5\tboth\tmust\tyes\t\tx\n";
    struct case_set set = {0};
    struct error why = {""};
    assert_int_equal(case_catalogue_read(&set.catalogue, "t", bytes_text(rows), &why), 0);
    if (case_load_text(&set, "5.json", bytes_text(text), &why) != 0)
        fail_msg("%s", why.text);
    const struct case_spec *a = case_spec_find(&set, "5/a");
    const struct case_spec *b = case_spec_find(&set, "5/b");
    assert_non_null(a);
    assert_non_null(b);
    assert_null(case_spec_find(&set, "5/c"));
    assert_null(case_spec_find(&set, "5/"));
    assert_true(case_spec_has_flag(a, "utf8"));
    assert_true(case_spec_has_flag(a, "big"));
    assert_true(a->big);
    assert_false(case_spec_has_flag(a, "utf"));
    assert_false(case_spec_has_flag(b, "utf8"));
    assert_false(b->big);
    assert_false(case_spec_is_run_level(a));
    assert_true(case_spec_is_run_level(b));
    case_spec_free_set(&set);
    assert_int_equal(set.count, 0);
    assert_null(case_spec_find(&set, "5/a"));
    case_spec_free_set(&set);
}

/* Loads one case with these steps and says how much it sends. */
static struct case_volume volume_of(const char *steps)
{
    static const char rows[] = "head\nR\t5\tboth\tmust\tyes\t\tx\n";
    struct case_set set = {0};
    struct error why = {""};
    char text[1024];
    snprintf(text, sizeof(text),
             "{\"section\": \"5\", \"cases\": [{\"id\": \"5/a\", \"requires\": [\"R\"], "
             "\"role\": \"both\", \"does\": \"D.\", \"expects\": \"E.\", \"steps\": [%s], "
             "\"outcome\": \"survive\"}]}",
             steps);
    assert_int_equal(case_catalogue_read(&set.catalogue, "t", bytes_text(rows), &why), 0);
    if (case_load_text(&set, "5.json", bytes_text(text), &why) != 0)
        fail_msg("%s", why.text);
    struct case_volume volume = case_spec_volume(&set.cases[0]);
    case_spec_free_set(&set);
    return volume;
}

/* About as much as goes out: each frame counts with the longest header that it may have. */
static void the_volume_of_a_case_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *steps;
        uint64_t payload;
        uint64_t frames;
    } rows[] = {
        {"{\"send\": {\"opcode\": \"text\", \"payload\": \"abc\"}}", 3, 1},
        {"{\"raw\": \"81 85 00\"}", 3, 1},
        {"{\"close\": {\"code\": 1000}}", 2, 1},
        {"{\"message\": {\"type\": \"text\", \"payload\": {\"json\": 500}}}", 500, 1},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"abcdefgh\", \"fragments\": [3, 0]}}", 8,
         3},
        {"{\"message\": {\"type\": \"binary\", \"payload\": {\"repeat\": \"fe\", \"times\": "
         "1000000},"
         "\"fragment\": 1}}",
         1000000, 1000001},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"abc\", \"times\": 1000}}", 3000, 1000},
        {"{\"message\": {\"type\": \"text\", \"payload\": {\"corpus\": \"json\", \"octets\": 10},"
         "\"fragment\": 5, \"times\": 3}}, {\"raw\": \"81\"}",
         31, 10},
        {"{\"send\": {\"opcode\": \"binary\", \"fin\": false, \"payload\": {\"repeat\": \"00 01\","
         "\"times\": 33554432}}}, {\"send\": {\"opcode\": \"ping\"}}",
         67108864, 2},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct case_volume volume = volume_of(rows[i].steps);
        assert_int_equal(volume.frames, rows[i].frames);
        assert_int_equal(volume.octets, rows[i].payload + rows[i].frames * WS_FRAME_HEADER_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_cases_by_id),
        cmocka_unit_test(the_volume_of_a_case_is_known),
    };
    return cmocka_run_group_tests_name("case/spec", tests, NULL, NULL);
}
