/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

#include "support.h"

static void goes_there_and_back(void **state)
{
    (void)state;
    uint8_t all[256];
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (uint8_t)i;
    struct buffer digits = {0};
    struct buffer octets = {0};
    hex_write(&digits, bytes_of(all, sizeof(all)));
    assert_int_equal(digits.len, 512);
    assert_memory_equal(digits.data, "000102", 6);
    assert_memory_equal(digits.data + 506, "fdfeff", 6);
    assert_int_equal(hex_read(&octets, buffer_bytes(&digits)), 0);
    assert_true(bytes_equal(buffer_bytes(&octets), bytes_of(all, sizeof(all))));
    buffer_free(&digits);
    buffer_free(&octets);
}

static void reads_blanks_and_capitals(void **state)
{
    (void)state;
    struct buffer octets = {0};
    assert_int_equal(hex_read(&octets, bytes_text(" 8a 0BfF ")), 0);
    assert_true(bytes_equal(buffer_bytes(&octets), bytes_text("\x8a\x0b\xff")));
    assert_int_equal(hex_read(&octets, bytes_text("")), 0);
    assert_int_equal(octets.len, 3);
    buffer_free(&octets);
}

static void refuses_all_else(void **state)
{
    (void)state;
    static const char *const rows[] = {"a", "0x", "a b", "abc", "gg", "1:", "/0", "0@", "0G"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer octets = {0};
        struct bytes row = bytes_text(rows[i]);
        assert_int_equal(hex_read(&octets, bytes_of(support_flush(row), row.len)), -1);
        buffer_free(&octets);
    }
}

static void escapes(void **state)
{
    (void)state;
    struct buffer text = {0};
    hex_escape(&text, bytes_of("a\\\r\n\t\0\x1b~\x7f\xff", 10));
    support_expect_text(buffer_bytes(&text), "a\\\\\\r\\n\\t\\x00\\x1b~\\x7f\\xff");
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_there_and_back),
        cmocka_unit_test(reads_blanks_and_capitals),
        cmocka_unit_test(refuses_all_else),
        cmocka_unit_test(escapes),
    };
    return cmocka_run_group_tests_name("base/hex", tests, NULL, NULL);
}
