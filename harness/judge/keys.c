/* SPDX-License-Identifier: MIT */
#include "judge/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    TEXT_MAX = 160,
    PERIOD_MAX = 64,
    NEAR = 1 << 16, /* two keys in a row this close to each other are near */
    UUID_BITS = 8   /* a random UUID (RFC 9562, 5.4) has six bits that never change; who makes a
                       nonce of one keeps 122 random bits, and is let pass */
};

struct judge_keys_mask {
    uint32_t value; /* in network byte order */
    uint32_t connection;
};

void judge_keys_next_connection(struct judge_keys *keys)
{
    keys->connection++;
}

void judge_keys_add_mask(struct judge_keys *keys, const uint8_t key[4])
{
    if (keys->mask_count == JUDGE_KEYS_MASKS_MAX)
        return;
    keys->masks =
        memory_grow(keys->masks, &keys->mask_capacity, keys->mask_count + 1, sizeof(*keys->masks));
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++)
        value = value << 8 | key[i];
    keys->masks[keys->mask_count++] =
        (struct judge_keys_mask){.value = value, .connection = keys->connection};
}

void judge_keys_add_nonce(struct judge_keys *keys, struct bytes key)
{
    uint8_t nonce[16];
    if (keys->nonce_count == JUDGE_KEYS_NONCES_MAX || !ws_handshake_nonce(nonce, key))
        return;
    keys->nonces = memory_grow(keys->nonces, &keys->nonce_capacity, keys->nonce_count + 1,
                               sizeof(*keys->nonces));
    memcpy(keys->nonces[keys->nonce_count++], nonce, sizeof(nonce));
}

/* True if a random source would bring an event `seen` times or more only with a probability below
 * the risk divided by `tests`. The event has `trials` chances, in each of them with at most the
 * probability `chance` whatever came before. The union bound over all sets of `seen` trials:
 * P(X >= k) <= C(n, k) p^k <= (n p)^k / k! */
static bool is_too_often(size_t seen, double trials, double chance, double tests)
{
    double bound = 1;
    for (size_t i = 1; i <= seen; i++)
        bound *= trials * chance / (double)i;
    return bound < JUDGE_KEYS_RISK / tests;
}

/* True if a fair bit would be set in so many of `count` trials, or clear, only with a probability
 * below the risk, for any of 128 bits. Hoeffding: P(|2X - n| >= d) <= 2 exp(-d^2 / 2n), and
 * 2 * 128 * exp(-31) < 1e-11. */
static bool is_biased(size_t set, size_t count)
{
    double distance = 2 * (double)set - (double)count;
    return distance * distance > 2 * 31 * (double)count;
}

/* --- masking keys come again -------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a;
    uint32_t second = *(const uint32_t *)b;
    return (first > second) - (first < second);
}

static size_t count_different(const struct judge_keys *keys)
{
    uint32_t *sorted = memory_alloc(keys->mask_count * sizeof(*sorted));
    size_t different = 1;
    for (size_t i = 0; i < keys->mask_count; i++)
        sorted[i] = keys->masks[i].value;
    qsort(sorted, keys->mask_count, sizeof(*sorted), compare);
    for (size_t i = 1; i < keys->mask_count; i++)
        different += sorted[i] != sorted[i - 1];
    free(sorted);
    return different;
}

/* The smallest distance after which all keys come again; 0 if there is none that is short. */
static size_t find_period(const struct judge_keys *keys)
{
    for (size_t period = 2; period <= PERIOD_MAX && 2 * period <= keys->mask_count; period++) {
        size_t i = period;
        while (i < keys->mask_count && keys->masks[i].value == keys->masks[i - period].value)
            i++;
        if (i == keys->mask_count)
            return period;
    }
    return 0;
}

/* True if no connection has a second key. */
static bool is_one_for_each_connection(const struct judge_keys *keys)
{
    for (size_t i = 1; i < keys->mask_count; i++)
        if (keys->masks[i].connection == keys->masks[i - 1].connection &&
            keys->masks[i].value != keys->masks[i - 1].value)
            return false;
    return true;
}

static size_t count_value(const struct judge_keys *keys, uint32_t value)
{
    size_t count = 0;
    for (size_t i = 0; i < keys->mask_count; i++)
        count += keys->masks[i].value == value;
    return count;
}

static void describe_reuse(const struct judge_keys *keys, size_t different, char text[TEXT_MAX])
{
    size_t count = keys->mask_count;
    size_t period = find_period(keys);
    size_t zero = count_value(keys, 0);
    if (different == 1)
        snprintf(text, TEXT_MAX, "all %zu frames have the masking key %08x", count,
                 (unsigned)keys->masks[0].value);
    else if (is_one_for_each_connection(keys))
        snprintf(text, TEXT_MAX, "all frames of a connection have the same masking key");
    else if (period > 0)
        snprintf(text, TEXT_MAX, "the same %zu masking keys come again and again", period);
    else if (zero > 1 && zero + different > count)
        snprintf(text, TEXT_MAX, "%zu of %zu frames have the masking key 00000000", zero, count);
    else
        snprintf(text, TEXT_MAX, "%zu frames have only %zu different masking keys", count,
                 different);
}

/* Each key is equal to one of the i before it with a probability of at most i / 2^32. */
static bool find_reuse(const struct judge_keys *keys, char text[TEXT_MAX])
{
    double pairs = (double)keys->mask_count * (double)(keys->mask_count - 1) / 2;
    size_t different = count_different(keys);
    if (!is_too_often(keys->mask_count - different, pairs, 0x1p-32, 1))
        return false;
    describe_reuse(keys, different, text);
    return true;
}

/* --- one masking key says the next -------------------------------------------------------- */

static uint32_t swap(uint32_t value)
{
    return value << 24 | (value << 8 & 0xff0000) | (value >> 8 & 0xff00) | value >> 24;
}

/* The number whose product with the odd `value` is 1 modulo 2^32. Each round of Newton's method
 * doubles the bits that are right; `value` itself has three. */
static uint32_t invert(uint32_t value)
{
    uint32_t inverse = value;
    for (int round = 0; round < 4; round++)
        inverse *= 2 - value * inverse;
    return inverse;
}

/* How often a key follows from those before it, by three rules. */
struct forecast {
    size_t equal_steps; /* the same difference as before: a counter */
    size_t near_steps;  /* a small difference: a counter that others use too, or a clock */
    size_t linear;      /* x' = a * x + c modulo 2^32: a linear congruential generator */
};

static struct forecast look_ahead(const struct judge_keys *keys, bool swapped)
{
    struct forecast seen = {0};
    uint32_t steps[3] = {0}; /* the last differences, the newest last */
    for (size_t i = 1; i < keys->mask_count; i++) {
        uint32_t before = keys->masks[i - 1].value;
        uint32_t now = keys->masks[i].value;
        steps[0] = steps[1];
        steps[1] = steps[2];
        steps[2] = swapped ? swap(now) - swap(before) : now - before;
        seen.near_steps += steps[2] + NEAR <= 2 * NEAR;
        seen.equal_steps += i >= 2 && steps[2] == steps[1];
        seen.linear += i >= 3 && steps[0] % 2 == 1 && steps[1] != steps[0] &&
                       steps[2] == steps[1] * invert(steps[0]) * steps[1];
    }
    return seen;
}

static bool find_rule(const struct judge_keys *keys, bool swapped, char text[TEXT_MAX])
{
    struct forecast seen = look_ahead(keys, swapped);
    double count = (double)keys->mask_count;
    if (is_too_often(seen.equal_steps, count, 0x1p-32, 1))
        snprintf(text, TEXT_MAX, "the masking keys count in equal steps");
    else if (is_too_often(seen.near_steps, count, (2.0 * NEAR + 1) * 0x1p-32, 1))
        snprintf(text, TEXT_MAX, "%zu of %zu masking keys lie next to the one before",
                 seen.near_steps, keys->mask_count);
    else if (is_too_often(seen.linear, count, 0x1p-32, 1))
        snprintf(text, TEXT_MAX,
                 "each masking key is the one before times a constant plus a constant");
    else
        return false;
    return true;
}

/* --- outputs of a known generator --------------------------------------------------------- */

/* MT19937 (Matsumoto and Nishimura, 1998): the numbers of Python, Ruby, C++ and many more. */
enum { TWISTER_SIZE = 624, TWISTER_MIDDLE = 397 };

/* Go's math/rand without a seed of its own before Go 1.20: x[n] = x[n - 607] + x[n - 273]. */
enum { GO_LENGTH = 607, GO_TAP = 273 };

static uint32_t key_at(const struct judge_keys *keys, size_t at, bool swapped)
{
    uint32_t value = keys->masks[at].value;
    return swapped ? swap(value) : value;
}

/* The word of the twister's state that gives this output. A round of a loop makes as many bits
 * right as its shift is wide; so many are right before the first. */
static uint32_t untemper(uint32_t output)
{
    output ^= output >> 18;
    output ^= output << 15 & 0xefc60000;
    uint32_t word = output;
    for (int round = 0; round < 4; round++)
        word = output ^ (word << 7 & 0x9d2c5680);
    output = word;
    for (int round = 0; round < 2; round++)
        word = output ^ word >> 11;
    return word;
}

static bool follows_twister(const struct judge_keys *keys, size_t at, bool swapped)
{
    size_t first = at - TWISTER_SIZE;
    uint32_t high = untemper(key_at(keys, first, swapped)) & 0x80000000;
    uint32_t low = untemper(key_at(keys, first + 1, swapped)) & 0x7fffffff;
    uint32_t middle = untemper(key_at(keys, first + TWISTER_MIDDLE, swapped));
    uint32_t next = middle ^ (high | low) >> 1 ^ (low % 2 == 1 ? 0x9908b0df : 0);
    return untemper(key_at(keys, at, swapped)) == next;
}

/* The generator adds 64-bit numbers and gives out 32 bits from the middle of the sum. What is
 * carried into these from below is not seen: 0 or 1. */
static bool follows_go(const struct judge_keys *keys, size_t at, bool swapped)
{
    uint32_t carried = key_at(keys, at, swapped) - key_at(keys, at - GO_LENGTH, swapped) -
                       key_at(keys, at - GO_TAP, swapped);
    return carried <= 1;
}

/* Marsaglia, 2003. */
static bool follows_xorshift(const struct judge_keys *keys, size_t at, bool swapped)
{
    uint32_t value = key_at(keys, at - 1, swapped);
    value ^= value << 13;
    value ^= value >> 17;
    value ^= value << 5;
    return key_at(keys, at, swapped) == value;
}

/* A generator whose next output follows from those that were seen. */
static const struct generator {
    const char *name;
    size_t reach;  /* how far back it looks */
    double chance; /* that a random key follows, whatever the keys before it are */
    bool (*follows)(const struct judge_keys *keys, size_t at, bool swapped);
} generators[] = {
    {"the Mersenne Twister (MT19937)", TWISTER_SIZE, 0x1p-32, follows_twister},
    {"Go's math/rand", GO_LENGTH, 2 * 0x1p-32, follows_go},
    {"xorshift32", 1, 0x1p-32, follows_xorshift},
};

/* In the order of octets that suits better: in the wrong one a sum is right where no octet carries
 * anything into the next. */
static size_t count_following(const struct judge_keys *keys, const struct generator *generator)
{
    size_t counts[2] = {0};
    for (size_t at = generator->reach; at < keys->mask_count; at++) {
        counts[0] += generator->follows(keys, at, false);
        counts[1] += generator->follows(keys, at, true);
    }
    return counts[0] > counts[1] ? counts[0] : counts[1];
}

/* Who draws other numbers in between, or loses a frame, breaks some of the rows that lead to a key;
 * so it is counted how many follow. Among 65536 keys, the most that are kept, a random source has
 * two that follow with a probability of (65536 / 2^32)^2 / 2 = 1.2e-10, and three with 5.9e-16;
 * with Go's two chances it is 4.7e-10 and 4.7e-15. So three are proof enough, and among fewer than
 * 9000 keys two. */
static bool find_generator(const struct judge_keys *keys, char text[TEXT_MAX])
{
    for (size_t i = 0; i < sizeof(generators) / sizeof(generators[0]); i++) {
        const struct generator *generator = &generators[i];
        if (keys->mask_count <= generator->reach)
            continue;
        size_t trials = keys->mask_count - generator->reach;
        size_t count = count_following(keys, generator);
        if (is_too_often(count, (double)trials, generator->chance, 1)) {
            snprintf(text, TEXT_MAX,
                     "the masking keys are outputs of %s: %zu of %zu follow from earlier ones",
                     generator->name, count, trials);
            return true;
        }
    }
    return false;
}

/* --- masking keys that are not random in another way -------------------------------------- */

static uint8_t octet_of(uint32_t value, unsigned at)
{
    return (uint8_t)(value >> (24 - 8 * at));
}

/* An octet that is equal to the one of the key before, at the same place, more often than not. */
static bool find_stuck_octet(const struct judge_keys *keys, char text[TEXT_MAX])
{
    for (unsigned at = 0; at < 4; at++) {
        size_t equal = 0;
        for (size_t i = 1; i < keys->mask_count; i++)
            equal += octet_of(keys->masks[i].value, at) == octet_of(keys->masks[i - 1].value, at);
        if (2 * equal > keys->mask_count &&
            is_too_often(equal, (double)keys->mask_count, 0x1p-8, 4)) {
            snprintf(text, TEXT_MAX, "octet %u of the masking key hardly ever changes", at + 1);
            return true;
        }
    }
    return false;
}

static bool find_fourfold(const struct judge_keys *keys, char text[TEXT_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < keys->mask_count; i++)
        count += keys->masks[i].value == octet_of(keys->masks[i].value, 3) * UINT32_C(0x01010101);
    snprintf(text, TEXT_MAX, "%zu of %zu masking keys are one octet four times", count,
             keys->mask_count);
    return is_too_often(count, (double)keys->mask_count, 0x1p-24, 1);
}

static bool find_biased_bit(const struct judge_keys *keys, char text[TEXT_MAX])
{
    for (unsigned bit = 0; bit < 32; bit++) {
        size_t set = 0;
        for (size_t i = 0; i < keys->mask_count; i++)
            set += keys->masks[i].value << bit >> 31;
        if (is_biased(set, keys->mask_count)) {
            snprintf(text, TEXT_MAX, "bit %u of the masking key is set in %zu of %zu frames", bit,
                     set, keys->mask_count);
            return true;
        }
    }
    return false;
}

static void report_masks(const struct judge_keys *keys, ws_handshake_report *report, void *context)
{
    char text[TEXT_MAX];
    if (keys->mask_count < JUDGE_KEYS_MASKS_NEEDED)
        return;
    /* RFC 6455, 5.3: "When preparing a masked frame, the client MUST pick a fresh masking key from
     * the set of allowed 32-bit values." */
    if (find_reuse(keys, text))
        report(context, "RFC6455-5.3-03", text);
    /* RFC 6455, 10.3: "Clients MUST choose a new masking key for each frame, using an algorithm
     * that cannot be predicted by end applications that provide data." */
    else if (find_generator(keys, text))
        report(context, "RFC6455-10.3-01", text);
    /* 5.3: "the masking key for a given frame MUST NOT make it simple for a server/proxy to predict
     * the masking key for a subsequent frame." */
    else if (find_rule(keys, false, text) || find_rule(keys, true, text))
        report(context, "RFC6455-5.3-05", text);
    /* "the masking key MUST be derived from a strong source of entropy" */
    else if (find_stuck_octet(keys, text) || find_fourfold(keys, text) ||
             find_biased_bit(keys, text))
        report(context, "RFC6455-5.3-04", text);
}

/* --- nonces -------------------------------------------------------------------------------- */

static int compare_nonces(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

/* Two equal ones are proof enough: random ones are equal with a probability of 2^-128 a pair. */
static bool find_equal_nonces(const struct judge_keys *keys, char text[TEXT_MAX])
{
    size_t count = keys->nonce_count;
    uint8_t(*sorted)[16] = memory_alloc(count * sizeof(*sorted));
    size_t different = count > 0;
    if (count > 0)
        memcpy(sorted, keys->nonces, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), compare_nonces);
    for (size_t i = 1; i < count; i++)
        different += compare_nonces(sorted[i], sorted[i - 1]) != 0;
    free(sorted);
    snprintf(text, TEXT_MAX, "%zu handshakes have only %zu different keys", count, different);
    return different < count;
}

static bool find_stuck_nonce_octet(const struct judge_keys *keys, char text[TEXT_MAX])
{
    for (size_t at = 0; at < 16; at++) {
        size_t equal = 0;
        for (size_t i = 1; i < keys->nonce_count; i++)
            equal += keys->nonces[i][at] == keys->nonces[i - 1][at];
        if (2 * equal > keys->nonce_count &&
            is_too_often(equal, (double)keys->nonce_count, 0x1p-8, 16)) {
            snprintf(text, TEXT_MAX, "octet %zu of Sec-WebSocket-Key hardly ever changes", at + 1);
            return true;
        }
    }
    return false;
}

static bool find_biased_nonce_bits(const struct judge_keys *keys, char text[TEXT_MAX])
{
    size_t biased = 0;
    for (size_t bit = 0; bit < 128; bit++) {
        size_t set = 0;
        for (size_t i = 0; i < keys->nonce_count; i++)
            set += ((unsigned)keys->nonces[i][bit / 8] >> (7 - bit % 8)) & 1;
        biased += is_biased(set, keys->nonce_count);
    }
    snprintf(text, TEXT_MAX, "%zu of the 128 bits of Sec-WebSocket-Key are not random", biased);
    return biased > UUID_BITS;
}

/* RFC 6455, 4.1 item 7: "The nonce MUST be selected randomly for each connection." */
static void report_nonces(const struct judge_keys *keys, ws_handshake_report *report, void *context)
{
    char text[TEXT_MAX];
    bool enough = keys->nonce_count >= JUDGE_KEYS_NONCES_NEEDED;
    if (find_equal_nonces(keys, text) ||
        (enough && (find_stuck_nonce_octet(keys, text) || find_biased_nonce_bits(keys, text))))
        report(context, "RFC6455-4.1-30", text);
}

void judge_keys_report(const struct judge_keys *keys, ws_handshake_report *report, void *context)
{
    report_masks(keys, report, context);
    report_nonces(keys, report, context);
}

void judge_keys_free(struct judge_keys *keys)
{
    free(keys->masks);
    free(keys->nonces);
    *keys = (struct judge_keys){0};
}
