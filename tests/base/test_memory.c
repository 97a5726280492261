/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

static void gives_something_for_nothing(void **state)
{
    (void)state;
    void *a = memory_alloc(0);
    void *b = memory_zeroed(0, 0);
    void *c = memory_resize(NULL, 0);
    assert_non_null(a);
    assert_non_null(b);
    assert_non_null(c);
    free(a);
    free(b);
    free(c);
}

static void zeroes_and_resizes(void **state)
{
    (void)state;
    int *numbers = memory_zeroed(4, sizeof(*numbers));
    for (int i = 0; i < 4; i++)
        assert_int_equal(numbers[i], 0);
    numbers[3] = 7;
    numbers = memory_resize(numbers, 100 * sizeof(*numbers));
    assert_int_equal(numbers[3], 7);
    free(numbers);
}

static void copies_strings(void **state)
{
    (void)state;
    char source[] = "text";
    char *copy = memory_strdup(source);
    source[0] = 'n';
    assert_string_equal(copy, "text");
    free(copy);
}

static void grows_by_doubling(void **state)
{
    (void)state;
    size_t capacity = 0;
    int *numbers = NULL;
    int moves = 0;
    for (int i = 0; i < 10000; i++) {
        size_t before = capacity;
        numbers = memory_grow(numbers, &capacity, (size_t)i + 1, sizeof(*numbers));
        assert_true(capacity > (size_t)i);
        moves += capacity != before;
        numbers[i] = i;
    }
    for (int i = 0; i < 10000; i++)
        assert_int_equal(numbers[i], i);
    assert_true(moves < 20);
    free(numbers);
}

static void ends_the_program_when_it_cannot(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        fclose(stderr);
        size_t capacity = 0;
        free(memory_grow(NULL, &capacity, SIZE_MAX / 2, 16));
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_something_for_nothing),
        cmocka_unit_test(zeroes_and_resizes),
        cmocka_unit_test(copies_strings),
        cmocka_unit_test(grows_by_doubling),
        cmocka_unit_test(ends_the_program_when_it_cannot),
    };
    return cmocka_run_group_tests_name("base/memory", tests, NULL, NULL);
}
