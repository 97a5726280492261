/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include "support.h"

static struct bytes text(const char *t)
{
    return bytes_text(t);
}

static void compares(void **state)
{
    (void)state;
    struct bytes none = {NULL, 0};
    assert_true(bytes_equal(none, text("")));
    assert_true(bytes_equal(bytes_of("a\0b", 3), bytes_of("a\0b", 3)));
    assert_false(bytes_equal(text("ab"), text("abc")));
    assert_false(bytes_equal(text("ab"), text("aB")));
}

static void folds_only_ascii_letters(void **state)
{
    (void)state;
    assert_true(bytes_equal_nocase(text("WebSocket-09[{"), text("wEBsOCKET-09[{")));
    /* The neighbours of A-Z and a-z differ by the same bit but are no letters. */
    assert_false(bytes_equal_nocase(text("@"), text("`")));
    assert_false(bytes_equal_nocase(text("["), text("{")));
    assert_false(bytes_equal_nocase(text("\xc3\x84"), text("\xc3\xa4")));
    /* The Kelvin sign, which Unicode folds to k (RFC 6455, 2.1 folds nothing of the kind). */
    assert_false(bytes_equal_nocase(text("websoc\xe2\x84\xaa"
                                         "et"),
                                    text("websocket")));
    assert_false(bytes_equal_nocase(text("ab"), text("a")));
}

static void finds_a_needle(void **state)
{
    (void)state;
    assert_true(bytes_contain(text("abcabd"), text("abd")));
    assert_true(bytes_contain(text("abc"), text("")));
    assert_true(bytes_contain((struct bytes){NULL, 0}, text("")));
    assert_false(bytes_contain(text("abc"), text("abcd")));
    assert_false(bytes_contain(text("abab"), text("abb")));
}

static void trims_blanks(void **state)
{
    (void)state;
    assert_true(bytes_equal(bytes_trim(text(" \t a b\t ")), text("a b")));
    assert_true(bytes_equal(bytes_trim(text("\r\na\n")), text("\r\na\n")));
    assert_int_equal(bytes_trim(text(" \t ")).len, 0);
    assert_int_equal(bytes_trim((struct bytes){NULL, 0}).len, 0);
}

static void hashes_as_published(void **state)
{
    (void)state;
    assert_true(bytes_hash(BYTES_HASH_START, text("")) == BYTES_HASH_START);
    assert_true(bytes_hash(BYTES_HASH_START, text("a")) == UINT64_C(0xaf63dc4c8601ec8c));
    uint64_t half = bytes_hash(BYTES_HASH_START, text("foo"));
    assert_true(bytes_hash(half, text("bar")) == UINT64_C(0x85944171f73967e8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares),
        cmocka_unit_test(folds_only_ascii_letters),
        cmocka_unit_test(finds_a_needle),
        cmocka_unit_test(trims_blanks),
        cmocka_unit_test(hashes_as_published),
    };
    return cmocka_run_group_tests_name("base/bytes", tests, NULL, NULL);
}
