/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include "support.h"

static void is_splitmix64(void **state)
{
    (void)state;
    struct random random = {0};
    assert_true(random_next(&random) == UINT64_C(0xe220a8397b1dcdaf));
    assert_true(random_next(&random) == UINT64_C(0x6e789e6aa1b965f4));
}

static void depends_on_seed_and_name(void **state)
{
    (void)state;
    struct random a = random_start(1, bytes_text("5.5/ping"));
    struct random same = random_start(1, bytes_text("5.5/ping"));
    struct random other_name = random_start(1, bytes_text("5.5/pong"));
    struct random other_seed = random_start(2, bytes_text("5.5/ping"));
    uint64_t first = random_next(&a);
    assert_true(first == random_next(&same));
    assert_true(first != random_next(&other_name));
    assert_true(first != random_next(&other_seed));
}

static void fills_with_the_same_octets_everywhere(void **state)
{
    (void)state;
    struct random random = {0};
    uint8_t octets[11] = {0};
    random_fill(&random, octets, sizeof(octets) - 1);
    assert_memory_equal(octets, "\xaf\xcd\x1d\x7b\x39\xa8\x20\xe2\xf4\x65", 10);
    assert_int_equal(octets[10], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_splitmix64),
        cmocka_unit_test(depends_on_seed_and_name),
        cmocka_unit_test(fills_with_the_same_octets_everywhere),
    };
    return cmocka_run_group_tests_name("base/random", tests, NULL, NULL);
}
