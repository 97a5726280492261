/* SPDX-License-Identifier: MIT */
#include "peer/mask.h"

#include "quirks.h"

/* The keys of the first frames that a client with this quirk sends. */
enum { COUNT = 8 };

static void draw_as(const struct peer_echo_options *options, uint8_t keys[COUNT][4])
{
    struct talk talk = talk_ask_as(options);
    struct buffer payload = {0};
    talk_answer(&talk, right_answer);
    for (size_t i = 0; i < COUNT; i++) {
        talk_raw(&talk, "\x81\1x", 3);
        struct ws_frame frame = talk_take(&talk, &payload);
        assert_true(frame.masked);
        assert_int_equal(payload.data[0], 'x');
        memcpy(keys[i], frame.key, 4);
    }
    buffer_free(&payload);
    talk_end(&talk);
}

static void draw(const struct peer_quirk *quirk, uint64_t number, uint8_t keys[COUNT][4])
{
    struct peer_echo_options options = talk_client(quirk);
    options.number = number;
    draw_as(&options, keys);
}

static struct peer_quirk of_kind(enum peer_mask kind, uint64_t n)
{
    return (struct peer_quirk){.mask = peer_mask_choose, .kind = kind, .n = n};
}

static bool same(const uint8_t a[4], const uint8_t b[4])
{
    return memcmp(a, b, 4) == 0;
}

static uint32_t number_of(const uint8_t key[4])
{
    return (uint32_t)key[0] << 24 | (uint32_t)key[1] << 16 | (uint32_t)key[2] << 8 | key[3];
}

static uint32_t swapped_number_of(const uint8_t key[4])
{
    return number_of((const uint8_t[4]){key[3], key[2], key[1], key[0]});
}

static void draws_fresh_keys(void **state)
{
    (void)state;
    uint8_t keys[COUNT][4];
    uint8_t others[COUNT][4];
    draw(NULL, 0, keys);
    draw(NULL, 1, others);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < COUNT; k++) {
            assert_false(same(keys[i], others[k]));
            assert_true(i == k || !same(keys[i], keys[k]));
        }
}

static void repeats_keys(void **state)
{
    (void)state;
    uint8_t keys[COUNT][4];
    struct peer_quirk quirk = of_kind(PEER_MASK_CONSTANT, 0x01020304);
    draw(&quirk, 0, keys);
    assert_memory_equal(keys[0], "\1\2\3\4", 4);
    assert_true(same(keys[0], keys[7]));
    quirk = of_kind(PEER_MASK_HELD, 2);
    draw(&quirk, 0, keys);
    assert_true(same(keys[2], keys[3]));
    assert_false(same(keys[1], keys[2]));
    quirk = of_kind(PEER_MASK_CYCLE, 2);
    draw(&quirk, 0, keys);
    assert_true(same(keys[0], keys[2]));
    assert_false(same(keys[0], keys[1]));
    quirk = of_kind(PEER_MASK_AS_FIRST, 0);
    draw(&quirk, 0, keys);
    assert_true(same(keys[0], keys[7]));
    quirk = of_kind(PEER_MASK_FROM_LENGTH, 0);
    draw(&quirk, 0, keys);
    assert_true(same(keys[0], keys[7]));
}

static void predicts_keys(void **state)
{
    (void)state;
    uint8_t keys[COUNT][4];
    struct peer_quirk quirk = of_kind(PEER_MASK_COUNTER, 1);
    draw(&quirk, 0, keys);
    assert_int_equal((uint8_t)(keys[5][3] - keys[4][3]), 1);
    assert_int_equal((uint8_t)(keys[7][3] - keys[0][3]), 7);
    quirk = of_kind(PEER_MASK_XORSHIFT, 0);
    draw(&quirk, 0, keys);
    for (size_t i = 1; i < COUNT; i++) {
        uint32_t value = number_of(keys[i - 1]);
        value ^= value << 13;
        value ^= value >> 17;
        value ^= value << 5;
        assert_int_equal(number_of(keys[i]), value);
    }
    quirk = of_kind(PEER_MASK_BITS, 0xffff);
    draw(&quirk, 0, keys);
    assert_memory_equal(keys[5], "\0\0", 2);
    assert_false(same(keys[5], keys[6]));
    quirk = of_kind(PEER_MASK_ONE_OCTET, 0);
    draw(&quirk, 0, keys);
    assert_memory_equal(keys[5], keys[5] + 1, 3);
    quirk = of_kind(PEER_MASK_ZERO_ONCE, 4);
    draw(&quirk, 4, keys);
    assert_memory_equal(keys[0], "\0\0\0\0", 4);
    assert_false(same(keys[0], keys[1]));
    draw(&quirk, 5, keys);
    assert_false(same(keys[0], (const uint8_t[4]){0}));
}

/* What a client with this quirk sends on two connections. */
static void draw_shared(enum peer_mask kind, uint64_t seed, uint8_t keys[2 * COUNT][4])
{
    struct peer_mask_source source = {0};
    struct peer_quirk quirk = of_kind(kind, 0);
    struct peer_echo_options options = talk_client(&quirk);
    options.source = &source;
    options.seed = seed;
    draw_as(&options, keys);
    options.number = 1;
    draw_as(&options, keys + COUNT);
    assert_int_equal(source.drawn, 2 * COUNT);
}

/* The first numbers of MT19937 with its customary seed, over two connections. */
static void draws_from_the_twister(void **state)
{
    (void)state;
    uint8_t keys[2 * COUNT][4];
    draw_shared(PEER_MASK_TWISTER, 5489, keys);
    assert_int_equal(number_of(keys[0]), 3499211612U);
    assert_int_equal(number_of(keys[1]), 581869302U);
    assert_int_equal(number_of(keys[9]), 1323567403U);
}

/* Each key is, but for what is carried, the sum of two earlier ones. */
static void draws_like_go(void **state)
{
    (void)state;
    enum { CONNECTIONS = 100, KEYS = CONNECTIONS * COUNT };
    static uint8_t keys[KEYS][4];
    struct peer_mask_source source = {0};
    struct peer_quirk quirk = of_kind(PEER_MASK_GO, 0);
    struct peer_echo_options options = talk_client(&quirk);
    size_t carried = 0;
    options.source = &source;
    for (options.number = 0; options.number < CONNECTIONS; options.number++)
        draw_as(&options, keys + options.number * COUNT);
    for (size_t n = 607; n < KEYS; n++) {
        uint32_t rest = swapped_number_of(keys[n]) - swapped_number_of(keys[n - 607]) -
                        swapped_number_of(keys[n - 273]);
        assert_true(rest <= 1);
        carried += rest;
    }
    assert_in_range(carried, 1, KEYS - 607 - 1);
}

static void replays_keys(void **state)
{
    (void)state;
    uint8_t keys[COUNT][4];
    uint8_t others[COUNT][4];
    struct peer_quirk quirk = of_kind(PEER_MASK_REPLAYED, 0);
    draw(&quirk, 0, keys);
    draw(&quirk, 1, others);
    assert_memory_equal(keys, others, sizeof keys);
    assert_false(same(keys[0], keys[1]));
}

static struct ws_frame first_frame(const struct peer_quirk *quirk, struct buffer *payload)
{
    struct talk talk = talk_open_client(quirk);
    talk_raw(&talk, "\x81\4text", 6);
    struct ws_frame frame = talk_take(&talk, payload);
    talk_end(&talk);
    return frame;
}

static void masks_wrongly(void **state)
{
    (void)state;
    struct buffer payload = {0};
    struct peer_quirk quirk = of_kind(PEER_MASK_NONE, 0);
    assert_false(first_frame(&quirk, &payload).masked);
    assert_memory_equal(payload.data, "text", 4);
    quirk = of_kind(PEER_MASK_NO_FLAG, 0);
    assert_false(first_frame(&quirk, &payload).masked);
    assert_memory_not_equal(payload.data, "text", 4);
    quirk = of_kind(PEER_MASK_FLAG_ONLY, 0);
    struct ws_frame frame = first_frame(&quirk, &payload);
    assert_true(frame.masked);
    assert_int_equal(payload.data[0], 't' ^ frame.key[0]);
    quirk = of_kind(PEER_MASK_REVERSED, 0);
    frame = first_frame(&quirk, &payload);
    assert_int_equal(payload.data[0], 't' ^ frame.key[0] ^ frame.key[3]);
    quirk = of_kind(PEER_MASK_ROTATED, 0);
    frame = first_frame(&quirk, &payload);
    assert_int_equal(payload.data[0], 't' ^ frame.key[0] ^ frame.key[1]);
    buffer_free(&payload);
}

static void leaves_other_frames_alone(void **state)
{
    (void)state;
    struct buffer payload = {0};
    struct peer_quirk quirk = of_kind(PEER_MASK_NONE, 0);
    quirk.opcodes = 1U << WS_PONG;
    assert_true(first_frame(&quirk, &payload).masked);
    quirk.opcodes = 0;
    quirk.places = PEER_NOT_FIRST;
    assert_true(first_frame(&quirk, &payload).masked);
    buffer_free(&payload);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_fresh_keys),       cmocka_unit_test(repeats_keys),
        cmocka_unit_test(predicts_keys),          cmocka_unit_test(replays_keys),
        cmocka_unit_test(masks_wrongly),          cmocka_unit_test(leaves_other_frames_alone),
        cmocka_unit_test(draws_from_the_twister), cmocka_unit_test(draws_like_go),
    };
    return cmocka_run_group_tests_name("peer/mask", tests, NULL, NULL);
}
