/* SPDX-License-Identifier: MIT */
#include "fuzz/slow_inflate.h"

#include "support.h"

static enum slow_inflate inflate_hex(struct buffer *text, const char *hex, unsigned bits,
                                     size_t max)
{
    struct buffer payload = {0};
    support_hex(&payload, hex);
    enum slow_inflate result = slow_inflate(text, buffer_bytes(&payload), bits, max);
    buffer_free(&payload);
    return result;
}

/* A message behind what is in the window. */
static void expect(const char *window, const char *hex, enum slow_inflate wanted, const char *text)
{
    struct buffer all = {0};
    struct buffer both = {0};
    buffer_append_text(&all, window);
    buffer_printf(&both, "%s%s", window, text);
    enum slow_inflate result = inflate_hex(&all, hex, 15, 200);
    if (result != wanted)
        fail_msg("%s: %d, not %d", hex, (int)result, (int)wanted);
    support_expect_text(buffer_bytes(&all), buffer_text(&both));
    buffer_free(&all);
    buffer_free(&both);
}

/* RFC 7692, 7.2.3.1 to 7.2.3.6 */
static void reads_the_examples(void **state)
{
    (void)state;
    expect("", "f248cdc9c90700", SLOW_INFLATE_WHOLE, "Hello");
    expect("Hello", "f200110000", SLOW_INFLATE_WHOLE, "Hello");
    expect("", "000500faff48656c6c6f00", SLOW_INFLATE_WHOLE, "Hello");
    expect("", "f348cdc9c9070000", SLOW_INFLATE_WHOLE, "Hello");
    expect("", "f24805000000ffffcac9c90700", SLOW_INFLATE_WHOLE, "Hello");
    expect("", "00", SLOW_INFLATE_WHOLE, "");
}

static void reads_codes_of_its_own(void **state)
{
    (void)state;
    /* A block with dynamic codes, of literals only. */
    struct buffer text = {0};
    for (int i = 0; i < 120; i++)
        buffer_append(&text, bytes_of(&"abecceb"[i % 7], 1));
    expect("",
           "04c1010d00000082b0acc2e85fc17fa431d218698c34461a238d91c64863a431d218698c34461a238d91"
           "c64863a4b103",
           SLOW_INFLATE_WHOLE, buffer_text(&text));
    buffer_free(&text);
}

static void finds_what_is_wrong(void **state)
{
    (void)state;
    expect("", "06", SLOW_INFLATE_BAD, "");
    expect("", "000500fafe48", SLOW_INFLATE_BAD, "");
    expect("", "f200110000", SLOW_INFLATE_BAD, "H");
    expect("", "f248cdc9c90700021e0000", SLOW_INFLATE_BAD, "Hello");
    expect("", "04009204", SLOW_INFLATE_BAD, ""); /* four codes of one bit */
    expect("", "fcffffffffffffff", SLOW_INFLATE_BAD, "");
}

static void finds_wrong_ends(void **state)
{
    (void)state;
    expect("", "", SLOW_INFLATE_CUT, "");
    expect("", "f248cd", SLOW_INFLATE_CUT, "He");
    expect("", "f348cdc9c90700", SLOW_INFLATE_CUT, "Hello");
    expect("", "f248cdc9c907000000ffff", SLOW_INFLATE_CUT, "Hello");
    expect("", "0000", SLOW_INFLATE_CUT, "");
    expect("", "000500faff4865", SLOW_INFLATE_CUT, "He");
}

static void keeps_to_its_bounds(void **state)
{
    (void)state;
    struct buffer all = {0};
    assert_int_equal(inflate_hex(&all, "f248cdc9c90700", 15, 4), SLOW_INFLATE_LONG);
    support_expect_text(buffer_bytes(&all), "Hell");
    buffer_clear(&all);
    assert_int_equal(inflate_hex(&all, "f248cdc9c90700", 15, 5), SLOW_INFLATE_WHOLE);
    /* A copy of 3 octets from 257 back: as far as 8 bits do not go. */
    for (unsigned bits = 8; bits <= 9; bits++)
        for (size_t len = 256; len <= 257; len++) {
            buffer_clear(&all);
            memset(buffer_extend(&all, len), 'a', len);
            enum slow_inflate result = inflate_hex(&all, "02060000", bits, 9);
            bool there = bits == 9 && len == 257;
            assert_int_equal(result == SLOW_INFLATE_BAD, !there);
            assert_int_equal(all.len, len + (there ? 3 : 0));
        }
    buffer_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_examples),  cmocka_unit_test(reads_codes_of_its_own),
        cmocka_unit_test(finds_what_is_wrong), cmocka_unit_test(finds_wrong_ends),
        cmocka_unit_test(keeps_to_its_bounds),
    };
    return cmocka_run_group_tests_name("fuzz/slow_inflate", tests, NULL, NULL);
}
