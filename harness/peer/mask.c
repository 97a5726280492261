/* SPDX-License-Identifier: MIT */
#include "peer/mask.h"

#include <string.h>

#include "peer/internal.h"

enum { KEY_SIZE = sizeof((struct ws_frame *)0)->key };

static void set_key(uint8_t key[KEY_SIZE], uint64_t value)
{
    for (size_t i = 0; i < KEY_SIZE; i++)
        key[i] = (uint8_t)(value >> (8 * (KEY_SIZE - 1 - i)));
}

static void set_swapped_key(uint8_t key[KEY_SIZE], uint64_t value)
{
    for (size_t i = 0; i < KEY_SIZE; i++)
        key[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t number_of(const uint8_t key[KEY_SIZE])
{
    uint64_t value = 0;
    for (size_t i = 0; i < KEY_SIZE; i++)
        value = value << 8 | key[i];
    return value;
}

/* Key number `index` of a sequence that can be drawn again. */
static void draw_key(uint8_t key[KEY_SIZE], uint64_t seed, uint64_t index)
{
    struct random random = random_start(seed + (index << 32), bytes_text("masks"));
    random_fill(&random, key, KEY_SIZE);
}

/* Xorshift32 (Marsaglia, 2003). */
static uint32_t shift(uint32_t value)
{
    value ^= value << 13;
    value ^= value >> 17;
    value ^= value << 5;
    return value;
}

/* MT19937 (Matsumoto and Nishimura, 1998). Each draw changes the word that it gives out. */
static uint32_t draw_twister(struct peer_mask_source *source, uint64_t seed)
{
    enum { SIZE = PEER_MASK_SOURCE_SIZE, MIDDLE = 397 };
    uint64_t *words = source->words;
    if (source->drawn == 0) {
        words[0] = (uint32_t)seed;
        for (size_t i = 1; i < SIZE; i++)
            words[i] = (uint32_t)(1812433253 * (words[i - 1] ^ words[i - 1] >> 30) + i);
    }
    size_t at = source->drawn++ % SIZE;
    uint64_t mixed = (words[at] & 0x80000000) | (words[(at + 1) % SIZE] & 0x7fffffff);
    words[at] = words[(at + MIDDLE) % SIZE] ^ mixed >> 1 ^ (mixed % 2 == 1 ? 0x9908b0df : 0);
    uint32_t output = (uint32_t)words[at];
    output ^= output >> 11;
    output ^= output << 7 & 0x9d2c5680;
    output ^= output << 15 & 0xefc60000;
    return output ^ output >> 18;
}

/* The generator of Go's math/rand, an additive lagged Fibonacci one, though not seeded as there. It
 * gives out bits 31 to 62 of 64. */
static uint32_t draw_go(struct peer_mask_source *source, uint64_t seed)
{
    enum { LENGTH = 607, TAP = 273 };
    uint64_t *words = source->words;
    if (source->drawn == 0) {
        struct random random = random_start(seed, bytes_text("masks"));
        for (size_t i = 0; i < LENGTH; i++)
            words[i] = random_next(&random);
    }
    size_t at = source->drawn++ % LENGTH;
    words[at] += words[(at + LENGTH - TAP) % LENGTH];
    return (uint32_t)(words[at] >> 31);
}

static void choose_key(const struct peer_echo *echo, struct ws_frame *frame)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    uint64_t seed = echo->options.seed + echo->options.number;
    uint8_t *key = frame->key;
    switch ((enum peer_mask)quirk->kind) {
    case PEER_MASK_CONSTANT:
        set_key(key, quirk->n);
        break;
    case PEER_MASK_COUNTER:
        if (echo->sent > 0)
            set_key(key, number_of(echo->last_mask) + quirk->n);
        break;
    case PEER_MASK_XORSHIFT:
        if (echo->sent > 0)
            set_key(key, shift((uint32_t)number_of(echo->last_mask)));
        break;
    case PEER_MASK_TWISTER:
        set_key(key, draw_twister(echo->options.source, echo->options.seed));
        break;
    case PEER_MASK_GO:
        set_swapped_key(key, draw_go(echo->options.source, echo->options.seed));
        break;
    case PEER_MASK_AS_FIRST:
        if (echo->sent > 0)
            memcpy(key, echo->first_mask, KEY_SIZE);
        break;
    case PEER_MASK_HELD:
        draw_key(key, seed, echo->sent / quirk->n);
        break;
    case PEER_MASK_CYCLE:
        draw_key(key, seed, echo->sent % quirk->n);
        break;
    case PEER_MASK_FROM_KEY:
        memcpy(key, echo->key, KEY_SIZE);
        break;
    case PEER_MASK_FROM_LENGTH:
        draw_key(key, 0, frame->length);
        break;
    case PEER_MASK_BITS:
        for (size_t i = 0; i < KEY_SIZE; i++)
            key[i] &= (uint8_t)(quirk->n >> (8 * (KEY_SIZE - 1 - i)));
        break;
    case PEER_MASK_ONE_OCTET:
        memset(key, key[0], KEY_SIZE);
        break;
    case PEER_MASK_REPLAYED:
        draw_key(key, 0, echo->sent);
        break;
    case PEER_MASK_ZERO_ONCE:
        if (echo->sent == 0 && echo->options.number == quirk->n)
            memset(key, 0, KEY_SIZE);
        break;
    default:
        break;
    }
}

static void choose_use(const struct peer_echo *echo, struct ws_frame *frame, uint8_t used[KEY_SIZE])
{
    switch ((enum peer_mask)echo->options.quirk->kind) {
    case PEER_MASK_NONE:
        frame->masked = false;
        memset(used, 0, KEY_SIZE);
        break;
    case PEER_MASK_FLAG_ONLY:
        memset(used, 0, KEY_SIZE);
        break;
    case PEER_MASK_NO_FLAG:
        frame->masked = false;
        break;
    case PEER_MASK_REVERSED:
        for (size_t i = 0; i < KEY_SIZE; i++)
            used[i] = frame->key[KEY_SIZE - 1 - i];
        break;
    case PEER_MASK_ROTATED:
        for (size_t i = 0; i < KEY_SIZE; i++)
            used[i] = frame->key[(i + 1) % KEY_SIZE];
        break;
    case PEER_MASK_BEFORE:
        if (echo->sent > 0)
            memcpy(used, echo->last_mask, KEY_SIZE);
        break;
    default:
        break;
    }
}

void peer_mask_choose(struct peer_echo *echo, struct ws_frame *frame, uint8_t used[KEY_SIZE])
{
    if (!peer_quirk_matches(echo->options.quirk, frame, false, echo->sent))
        return;
    choose_key(echo, frame);
    memcpy(used, frame->key, KEY_SIZE);
    choose_use(echo, frame, used);
}
