/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include "support.h"

static void writes_the_sentence(void **state)
{
    (void)state;
    struct error error = {"old"};
    assert_int_equal(error_set(&error, "cannot open %s: %d", "file", 2), -1);
    assert_string_equal(error.text, "cannot open file: 2");
}

static void cuts_what_is_too_long(void **state)
{
    (void)state;
    struct error error = {""};
    assert_int_equal(error_set(&error, "%0600d", 1), -1);
    assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
}

static void serves_nobody(void **state)
{
    (void)state;
    assert_int_equal(error_set(NULL, "%s", "unheard"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_sentence),
        cmocka_unit_test(cuts_what_is_too_long),
        cmocka_unit_test(serves_nobody),
    };
    return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
