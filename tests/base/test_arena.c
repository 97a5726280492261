/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>

#include "support.h"

static void gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct arena arena = {0};
    static const uint8_t zeros[40000];
    for (size_t size = 0; size < sizeof(zeros); size = size * 2 + 1) {
        uint8_t *item = arena_alloc(&arena, size);
        assert_non_null(item);
        assert_int_equal((uintptr_t)item % alignof(max_align_t), 0);
        if (size > 0)
            assert_memory_equal(item, zeros, size);
        memset(item, 0xff, size);
    }
    arena_free(&arena);
    assert_null(arena.blocks);
}

static void keeps_items_apart(void **state)
{
    (void)state;
    struct arena arena = {0};
    uint8_t *items[500];
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        items[i] = arena_alloc(&arena, 100);
        memset(items[i], (int)(i & 0xff), 100);
    }
    for (size_t i = 0; i < COUNT_OF(items); i++)
        for (size_t k = 0; k < 100; k++)
            assert_int_equal(items[i][k], i & 0xff);
    arena_free(&arena);
}

static void copies(void **state)
{
    (void)state;
    struct arena arena = {0};
    char source[] = "abc";
    struct bytes copy = arena_copy(&arena, bytes_of(source, 3));
    char *text = arena_strdup(&arena, source);
    source[0] = 'x';
    assert_true(bytes_equal(copy, bytes_text("abc")));
    assert_string_equal(text, "abc");
    assert_int_equal(arena_copy(&arena, (struct bytes){NULL, 0}).len, 0);
    assert_string_equal(arena_printf(&arena, "%s-%d", "n", 7), "n-7");
    assert_string_equal(arena_printf(&arena, "%s", ""), "");
    arena_free(&arena);
}

static void may_be_freed_twice_and_used_again(void **state)
{
    (void)state;
    struct arena arena = {0};
    arena_free(&arena);
    arena_strdup(&arena, "a");
    arena_free(&arena);
    assert_string_equal(arena_strdup(&arena, "b"), "b");
    arena_free(&arena);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_aligned_memory),
        cmocka_unit_test(keeps_items_apart),
        cmocka_unit_test(copies),
        cmocka_unit_test(may_be_freed_twice_and_used_again),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
