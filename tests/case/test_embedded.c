/* SPDX-License-Identifier: MIT */
#include "case/embedded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_sorted_by_path(void **state)
{
    (void)state;
    const struct case_embedded_file *file = case_embedded_files;
    while (file->path != NULL && file[1].path != NULL) {
        assert_true(strcmp(file[0].path, file[1].path) < 0);
        file++;
    }
}

/* The tests run from the root of the checkout, so each path names the file it was made from. */
static void test_same_octets_as_the_file(void **state)
{
    (void)state;
    for (const struct case_embedded_file *file = case_embedded_files; file->path != NULL; file++) {
        FILE *stream = fopen(file->path, "rb");
        assert_non_null(stream);
        unsigned char *octets = malloc(file->size + 1);
        assert_non_null(octets);
        assert_int_equal(fread(octets, 1, file->size + 1, stream), file->size);
        assert_memory_equal(octets, file->data, file->size);
        assert_int_equal(file->data[file->size], 0);
        free(octets);
        fclose(stream);
    }
}

static void test_list_ends(void **state)
{
    (void)state;
    const struct case_embedded_file *file = case_embedded_files;
    while (file->path != NULL)
        file++;
    assert_null(file->data);
    assert_int_equal(file->size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorted_by_path),
        cmocka_unit_test(test_same_octets_as_the_file),
        cmocka_unit_test(test_list_ends),
    };
    return cmocka_run_group_tests_name("case/embedded", tests, NULL, NULL);
}
