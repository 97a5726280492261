/* SPDX-License-Identifier: MIT */
#include "ws/utf8.h"

#include "base/random.h"
#include "support.h"
#include "ws/utf8_vectors.h"

/* A second validator with nothing in common with the first: it keeps the range of code points
 * that the octets so far may still become, and asks whether any of them is allowed. */
struct slow {
    uint32_t value;
    int missing;
    int size;
};

static bool slow_possible(const struct slow *slow)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t low = slow->value << (6 * slow->missing);
    uint32_t high = low | ((1U << (6 * slow->missing)) - 1);
    if (high < least[slow->size] || low > 0x10ffff)
        return false;
    return low < 0xd800 || high > 0xdfff;
}

/* Returns false if the octet cannot come here. */
static bool slow_feed(struct slow *slow, uint8_t octet)
{
    if (slow->missing > 0) {
        if (octet >> 6 != 2)
            return false;
        slow->value = slow->value << 6 | (octet & 0x3f);
        slow->missing--;
        return slow_possible(slow);
    }
    if (octet < 0x80)
        return true;
    int size = octet >> 5 == 6 ? 2 : octet >> 4 == 14 ? 3 : octet >> 3 == 30 ? 4 : 0;
    if (size == 0)
        return false;
    *slow = (struct slow){octet & (0x7fU >> size), size - 1, size};
    return slow_possible(slow);
}

static bool fast_feed(struct ws_utf8 *utf8, uint8_t octet)
{
    return ws_utf8_feed(utf8, bytes_of(&octet, 1)) == 1;
}

/* All sequences of up to `depth` octets that begin where both validators stand; what follows a
 * failure is not walked, since nothing can mend it. */
static void walk(struct slow slow, struct ws_utf8 utf8, int depth)
{
    for (unsigned octet = 0; octet < 256; octet++) {
        struct slow next = slow;
        struct ws_utf8 fast = utf8;
        bool good = slow_feed(&next, (uint8_t)octet);
        if (fast_feed(&fast, (uint8_t)octet) != good)
            fail_msg("octet %02x with %d octets to come", octet, depth - 1);
        if (!good)
            continue;
        if (ws_utf8_complete(&fast) != (next.missing == 0))
            fail_msg("octet %02x: complete?", octet);
        if (depth > 1)
            walk(next, fast, depth - 1);
    }
}

static void agrees_with_a_slow_validator(void **state)
{
    (void)state;
    walk((struct slow){0}, (struct ws_utf8){0}, 3);
}

static void agrees_on_four_octets(void **state)
{
    (void)state;
    struct random random = random_start(1, bytes_text("utf8"));
    for (int i = 0; i < 300000; i++) {
        uint64_t bits = random_next(&random);
        uint8_t text[4] = {(uint8_t)(0xe0 | (bits & 0x1f)), (uint8_t)(bits >> 8),
                           (uint8_t)(0x80 | (bits >> 16 & 0x3f)), (uint8_t)(bits >> 24)};
        struct slow slow = {0};
        size_t good = 0;
        while (good < 4 && slow_feed(&slow, text[good]))
            good++;
        struct ws_utf8 utf8 = {0};
        assert_int_equal(ws_utf8_feed(&utf8, bytes_of(text, 4)), good);
        assert_true(ws_utf8_complete(&utf8) == (good == 4 && slow.missing == 0));
    }
}

/* How many octets of `text` are accepted when it comes in two pieces. */
static size_t feed_split(struct ws_utf8 *utf8, struct bytes text, size_t cut)
{
    size_t good = ws_utf8_feed(utf8, bytes_of(support_flush(bytes_of(text.data, cut)), cut));
    if (good < cut)
        return good;
    struct bytes rest = bytes_of(text.data + cut, text.len - cut);
    return cut + ws_utf8_feed(utf8, bytes_of(support_flush(rest), rest.len));
}

static void check_vector(const struct utf8_vector *vector)
{
    struct buffer octets = {0};
    *buffer_extend(&octets, 1) = 0;
    support_hex(&octets, vector->hex);
    struct bytes text = bytes_of(octets.data + 1, octets.len - 1);
    size_t expected = vector->fails_at < 0 ? text.len : (size_t)vector->fails_at;
    for (size_t cut = 0; cut <= text.len; cut++) {
        struct ws_utf8 utf8 = {0};
        size_t good = feed_split(&utf8, text, cut);
        if (good != expected || ws_utf8_complete(&utf8) != (vector->fails_at == VALID))
            fail_msg("%s cut at %zu: %zu accepted", vector->hex, cut, good);
    }
    assert_true(ws_utf8_valid(text) == (vector->fails_at == VALID));
    buffer_free(&octets);
}

static void knows_the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(utf8_vectors); i++)
        check_vector(&utf8_vectors[i]);
}

static void finds_an_octet_anywhere(void **state)
{
    (void)state;
    for (size_t len = 1; len <= 40; len++)
        for (size_t at = 0; at < len; at++) {
            uint8_t text[40];
            memset(text, 'a', sizeof(text));
            text[at] = 0x80;
            struct ws_utf8 utf8 = {0};
            struct bytes copy = bytes_of(support_flush(bytes_of(text, len)), len);
            assert_int_equal(ws_utf8_feed(&utf8, copy), at);
        }
}

static void stays_failed(void **state)
{
    (void)state;
    struct ws_utf8 utf8 = {0};
    assert_int_equal(ws_utf8_feed(&utf8, bytes_text("ab\xff")), 2);
    assert_int_equal(ws_utf8_feed(&utf8, bytes_text("abcdefghijkl")), 0);
    assert_int_equal(ws_utf8_feed(&utf8, (struct bytes){NULL, 0}), 0);
    assert_false(ws_utf8_complete(&utf8));
}

static void accepts_nothing(void **state)
{
    (void)state;
    struct ws_utf8 utf8 = {0};
    assert_int_equal(ws_utf8_feed(&utf8, (struct bytes){NULL, 0}), 0);
    assert_true(ws_utf8_complete(&utf8));
    assert_true(ws_utf8_valid((struct bytes){NULL, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_slow_validator),
        cmocka_unit_test(agrees_on_four_octets),
        cmocka_unit_test(knows_the_vectors),
        cmocka_unit_test(finds_an_octet_anywhere),
        cmocka_unit_test(stays_failed),
        cmocka_unit_test(accepts_nothing),
    };
    return cmocka_run_group_tests_name("ws/utf8", tests, NULL, NULL);
}
