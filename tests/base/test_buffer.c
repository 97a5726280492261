/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include "support.h"

static void appends(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    assert_int_equal(buffer_bytes(&buffer).len, 0);
    buffer_append(&buffer, (struct bytes){NULL, 0});
    buffer_append(&buffer, bytes_of("a\0b", 3));
    buffer_append_text(&buffer, "cd");
    buffer_printf(&buffer, "%s%d", "e", 12);
    buffer_printf(&buffer, "%s", "");
    assert_true(bytes_equal(buffer_bytes(&buffer), bytes_of("a\0bcde12", 8)));
    buffer_free(&buffer);
    assert_null(buffer.data);
}

static void grows_without_loss(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    for (int i = 0; i < 5000; i++)
        *buffer_extend(&buffer, 1) = (uint8_t)(i & 0xff);
    assert_int_equal(buffer.len, 5000);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(buffer.data[i], i & 0xff);
    buffer_free(&buffer);
}

static void prints_long_texts(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    buffer_printf(&buffer, "%0300d", 7);
    assert_int_equal(buffer.len, 300);
    assert_int_equal(buffer.data[299], '7');
    buffer_printf(&buffer, "x");
    assert_int_equal(buffer.data[300], 'x');
    buffer_free(&buffer);
}

static void consumes_from_the_front(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    buffer_consume(&buffer, 5);
    buffer_append_text(&buffer, "abcdef");
    buffer_consume(&buffer, 0);
    buffer_consume(&buffer, 4);
    assert_string_equal(buffer_text(&buffer), "ef");
    buffer_consume(&buffer, 3);
    assert_int_equal(buffer.len, 0);
    buffer_free(&buffer);
}

static void ends_a_text_without_counting_it(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    assert_string_equal(buffer_text(&buffer), "");
    buffer_append_text(&buffer, "abc");
    assert_string_equal(buffer_text(&buffer), "abc");
    assert_int_equal(buffer.len, 3);
    buffer_append_text(&buffer, "d");
    assert_string_equal(buffer_text(&buffer), "abcd");
    buffer_clear(&buffer);
    assert_int_equal(buffer.len, 0);
    assert_string_equal(buffer_text(&buffer), "");
    buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends),
        cmocka_unit_test(grows_without_loss),
        cmocka_unit_test(prints_long_texts),
        cmocka_unit_test(consumes_from_the_front),
        cmocka_unit_test(ends_a_text_without_counting_it),
    };
    return cmocka_run_group_tests_name("base/buffer", tests, NULL, NULL);
}
