/* SPDX-License-Identifier: MIT */
#include "case/payload.h"

#include "support.h"

static void expect(const struct case_payload *payload, const char *octets)
{
    struct buffer out = {0};
    struct random random = random_start(1, bytes_text("test"));
    buffer_append_text(&out, "<");
    case_payload_write(&out, payload, &random);
    assert_int_equal(out.len, 1 + case_payload_size(payload));
    support_expect_text(bytes_of(out.data + 1, out.len - 1), octets);
    buffer_free(&out);
}

static void writes_every_kind(void **state)
{
    (void)state;
    const struct case_payload octets = {.kind = CASE_PAYLOAD_OCTETS, .octets = bytes_text("abc")};
    const struct case_payload empty = {.kind = CASE_PAYLOAD_OCTETS};
    const struct case_payload repeat = {
        .kind = CASE_PAYLOAD_REPEAT, .octets = bytes_text("ab"), .count = 3};
    const struct case_payload never = {.kind = CASE_PAYLOAD_REPEAT, .octets = bytes_text("ab")};
    const struct case_payload json = {.kind = CASE_PAYLOAD_JSON, .count = 5};
    const struct case_payload shortest = {.kind = CASE_PAYLOAD_JSON, .count = 2};
    const struct case_payload parts[] = {octets, repeat, json};
    const struct case_payload concat = {
        .kind = CASE_PAYLOAD_CONCAT, .parts = parts, .count = COUNT_OF(parts)};
    const struct case_payload nothing = {.kind = CASE_PAYLOAD_CONCAT};
    expect(&octets, "abc");
    expect(&empty, "");
    expect(&repeat, "ababab");
    expect(&never, "");
    expect(&json, "\"bcd\"");
    expect(&shortest, "\"\"");
    expect(&concat, "abcababab\"bcd\"");
    expect(&nothing, "");
}

static void random_octets_follow_the_seed(void **state)
{
    (void)state;
    const struct case_payload payload = {.kind = CASE_PAYLOAD_RANDOM, .count = 100};
    struct buffer a = {0};
    struct buffer b = {0};
    struct random one = random_start(1, bytes_text("x"));
    struct random same = random_start(1, bytes_text("x"));
    struct random other = random_start(2, bytes_text("x"));
    assert_int_equal(case_payload_size(&payload), 100);
    case_payload_write(&a, &payload, &one);
    case_payload_write(&b, &payload, &same);
    assert_int_equal(a.len, 100);
    assert_true(bytes_equal(buffer_bytes(&a), buffer_bytes(&b)));
    buffer_clear(&b);
    case_payload_write(&b, &payload, &other);
    assert_false(bytes_equal(buffer_bytes(&a), buffer_bytes(&b)));
    buffer_free(&a);
    buffer_free(&b);
}

/* A piece that is lost, doubled or moved must show, so no two near places look alike. */
static void long_json_does_not_repeat_itself_soon(void **state)
{
    (void)state;
    const struct case_payload payload = {.kind = CASE_PAYLOAD_JSON, .count = 600};
    struct buffer out = {0};
    case_payload_write(&out, &payload, NULL);
    for (size_t shift = 1; shift < 300; shift++)
        assert_memory_not_equal(out.data + 1, out.data + 1 + shift, 200);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_every_kind),
        cmocka_unit_test(random_octets_follow_the_seed),
        cmocka_unit_test(long_json_does_not_repeat_itself_soon),
    };
    return cmocka_run_group_tests_name("case/payload", tests, NULL, NULL);
}
