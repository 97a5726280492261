/* SPDX-License-Identifier: MIT */
#include "judge/keys.h"

#include "base/random.h"
#include "support.h"

static struct random source(uint64_t seed)
{
    return random_start(seed, bytes_text("test_keys"));
}

static void add(struct judge_keys *keys, uint32_t value)
{
    const uint8_t key[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                            (uint8_t)value};
    judge_keys_add_mask(keys, key);
}

static void add_nonce(struct judge_keys *keys, const uint8_t nonce[16])
{
    char key[WS_KEY_SIZE + 1];
    ws_handshake_key(key, nonce);
    judge_keys_add_nonce(keys, bytes_text(key));
}

static void note(void *context, const char *rule, const char *text)
{
    buffer_printf(context, "%s: %s\n", rule, text);
}

/* Fails unless the report is empty, or is one line that begins with `rule` and holds `words`. */
static void expect(struct judge_keys *keys, const char *rule, const char *words)
{
    struct buffer said = {0};
    judge_keys_report(keys, note, &said);
    const char *text = buffer_text(&said);
    if (rule == NULL && said.len > 0)
        fail_msg("a good source is blamed: %s", text);
    if (rule != NULL && (strncmp(text, rule, strlen(rule)) != 0 || strstr(text, words) == NULL ||
                         strchr(text, '\n') != text + said.len - 1))
        fail_msg("not '%s: %s' but '%s'", rule, words, text);
    buffer_free(&said);
    judge_keys_free(keys);
}

static void never_cries_wolf(void **state)
{
    (void)state;
    struct random random = source(1);
    for (size_t round = 0; round < 1500; round++) {
        struct judge_keys keys = {0};
        size_t masks = (size_t)(random_next(&random) % (round % 30 == 0 ? 20000 : 1000));
        for (size_t i = 0; i < masks; i++) {
            if (random_next(&random) % 3 == 0)
                judge_keys_next_connection(&keys);
            add(&keys, (uint32_t)random_next(&random));
        }
        for (size_t i = 0; i < masks / 3; i++) {
            uint8_t nonce[16];
            random_fill(&random, nonce, sizeof(nonce));
            add_nonce(&keys, nonce);
        }
        expect(&keys, NULL, "");
    }
}

static void keeps_silent_about_a_few_keys(void **state)
{
    (void)state;
    struct judge_keys keys = {0};
    expect(&keys, NULL, "");
    for (size_t i = 0; i + 1 < JUDGE_KEYS_MASKS_NEEDED; i++)
        add(&keys, 0);
    expect(&keys, NULL, "");
    for (size_t i = 0; i < JUDGE_KEYS_MASKS_NEEDED; i++)
        add(&keys, 0);
    expect(&keys, "RFC6455-5.3-03", "all 8 frames have the masking key 00000000");
}

/* A source of masking keys: the key of frame `i`, which is frame `in` of connection `of`. */
typedef uint32_t key_source(struct random *random, size_t i, size_t in, size_t of);

static uint32_t constant(struct random *random, size_t i, size_t in, size_t of)
{
    (void)random, (void)i, (void)in, (void)of;
    return 0x12345678;
}

static uint32_t of_connection(struct random *random, size_t i, size_t in, size_t of)
{
    (void)random, (void)i, (void)in;
    return (uint32_t)of * 0x9e3779b9U + 5;
}

static uint32_t in_turn(struct random *random, size_t i, size_t in, size_t of)
{
    (void)random, (void)in, (void)of;
    return (uint32_t)(i % 7) * 0x9e3779b9U * (uint32_t)(i % 7 + 1) + 1;
}

static uint32_t small_set(struct random *random, size_t i, size_t in, size_t of)
{
    (void)i, (void)in, (void)of;
    return (uint32_t)(random_next(random) % 5000) * 0x9e3779b9U;
}

/* A generator that each connection seeds with the same number. */
static uint32_t seeded_alike(struct random *random, size_t i, size_t in, size_t of)
{
    struct random own = source(7);
    (void)random, (void)i, (void)of;
    for (size_t skip = 0; skip < in; skip++)
        random_next(&own);
    return (uint32_t)random_next(&own);
}

static uint32_t often_zero(struct random *random, size_t i, size_t in, size_t of)
{
    (void)in, (void)of;
    return i % 10 == 0 ? 0 : (uint32_t)random_next(random);
}

static uint32_t counting(struct random *random, size_t i, size_t in, size_t of)
{
    (void)random, (void)in, (void)of;
    return 0xfffffff0U + (uint32_t)i;
}

/* As a machine writes it that puts the last octet first. */
static uint32_t swap(uint32_t value)
{
    return value << 24 | (value << 8 & 0xff0000) | (value >> 8 & 0xff00) | value >> 24;
}

static uint32_t counting_swapped(struct random *random, size_t i, size_t in, size_t of)
{
    return swap(counting(random, i * 40000, in, of));
}

static uint32_t in_great_steps(struct random *random, size_t i, size_t in, size_t of)
{
    (void)random, (void)in, (void)of;
    return (uint32_t)i * 0x9e3779b9U;
}

static uint32_t like_a_clock(struct random *random, size_t i, size_t in, size_t of)
{
    (void)in, (void)of;
    return (uint32_t)(i * 40000 + random_next(random) % 9000);
}

/* Numerical Recipes' generator. */
static uint32_t linear(struct random *random, size_t i, size_t in, size_t of)
{
    uint32_t value = 1;
    (void)random, (void)in, (void)of;
    for (size_t n = 0; n < i; n++)
        value = value * 1664525U + 1013904223U;
    return value;
}

static uint32_t without_first_octet(struct random *random, size_t i, size_t in, size_t of)
{
    (void)i, (void)in, (void)of;
    return (uint32_t)random_next(random) & 0xffffff;
}

static uint32_t fourfold(struct random *random, size_t i, size_t in, size_t of)
{
    (void)i, (void)in, (void)of;
    return (uint32_t)(random_next(random) % 256) * 0x01010101U;
}

static uint32_t fourfold_at_times(struct random *random, size_t i, size_t in, size_t of)
{
    (void)in, (void)of;
    return i % 16 == 0 ? (uint32_t)(i / 16 + 1) * 0x01010101U : (uint32_t)random_next(random);
}

static uint32_t below_2_31(struct random *random, size_t i, size_t in, size_t of)
{
    (void)i, (void)in, (void)of;
    return (uint32_t)random_next(random) & 0x7fffffff;
}

static uint32_t of_letters(struct random *random, size_t i, size_t in, size_t of)
{
    uint32_t value = 0;
    (void)i, (void)in, (void)of;
    for (unsigned k = 0; k < 4; k++)
        value = value << 8 | (uint32_t)('a' + random_next(random) % 26);
    return value;
}

/* Adds `count` keys, `each` to a connection. */
static struct judge_keys draw(key_source *draw_one, size_t count, size_t each)
{
    struct judge_keys keys = {0};
    struct random random = source(2);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && i % each == 0)
            judge_keys_next_connection(&keys);
        add(&keys, draw_one(&random, i, i % each, i / each));
    }
    return keys;
}

static void knows_bad_masking_keys(void **state)
{
    (void)state;
    static const struct {
        key_source *from;
        size_t count;
        size_t each;
        const char *rule;
        const char *words;
    } rows[] = {
        {constant, 8, 2, "RFC6455-5.3-03", "all 8 frames have the masking key 12345678"},
        {of_connection, 12, 4, "RFC6455-5.3-03", "all frames of a connection"},
        {in_turn, 20, 100, "RFC6455-5.3-03", "the same 7 masking keys"},
        {small_set, 400, 3, "RFC6455-5.3-03", "400 frames have only"},
        {seeded_alike, 16, 2, "RFC6455-5.3-03", "the same 2 masking keys"},
        {often_zero, 200, 3, "RFC6455-5.3-03", "20 of 200 frames have the masking key 00000000"},
        {counting, 8, 2, "RFC6455-5.3-05", "equal steps"},
        {counting_swapped, 8, 2, "RFC6455-5.3-05", "equal steps"},
        {in_great_steps, 8, 2, "RFC6455-5.3-05", "equal steps"},
        {like_a_clock, 40, 2, "RFC6455-5.3-05", "39 of 40 masking keys lie next to"},
        {linear, 10, 2, "RFC6455-5.3-05", "times a constant"},
        {without_first_octet, 12, 2, "RFC6455-5.3-04", "octet 1 of the masking key"},
        {fourfold, 8, 8, "RFC6455-5.3-04", "8 of 8 masking keys are one octet four times"},
        {fourfold_at_times, 100, 8, "RFC6455-5.3-04", "7 of 100 masking keys are one octet"},
        {below_2_31, 100, 3, "RFC6455-5.3-04", "bit 0 of the masking key is set in 0 of 100"},
        {of_letters, 100, 3, "RFC6455-5.3-04", "bit 0 of the masking key"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct judge_keys keys = draw(rows[i].from, rows[i].count, rows[i].each);
        expect(&keys, rows[i].rule, rows[i].words);
    }
}

/* How many equal keys are too many is a matter of numbers: of n random keys, k come again with a
 * probability of at most (n (n - 1) / 2^33)^k / k!. */
static void counts_on_coincidence(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        size_t equal;
        bool bad;
    } rows[] = {
        {8, 1, false},    /* 6.5e-9 */
        {8, 2, true},     /* 2.1e-17 */
        {1000, 2, false}, /* 6.8e-9 */
        {1000, 3, true},  /* 2.6e-13 */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct random random = source(3);
        struct judge_keys keys = {0};
        for (size_t k = 0; k + rows[i].equal < rows[i].count; k++)
            add(&keys, (uint32_t)random_next(&random));
        random = source(3);
        for (size_t k = 0; k < rows[i].equal; k++)
            add(&keys, (uint32_t)random_next(&random));
        expect(&keys, rows[i].bad ? "RFC6455-5.3-03" : NULL, "frames have only");
    }
}

/* --- known generators ---------------------------------------------------------------------- */

struct twister {
    uint32_t state[624];
    size_t at;
};

static struct twister twister_start(uint32_t seed)
{
    struct twister twister = {.state = {seed}, .at = 624};
    for (uint32_t i = 1; i < 624; i++)
        twister.state[i] = 1812433253U * (twister.state[i - 1] ^ twister.state[i - 1] >> 30) + i;
    return twister;
}

static uint32_t twister_next(struct twister *twister)
{
    uint32_t *state = twister->state;
    if (twister->at == 624) {
        twister->at = 0;
        for (size_t i = 0; i < 624; i++) {
            uint32_t mixed = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
            state[i] = state[(i + 397) % 624] ^ mixed >> 1 ^ (mixed & 1 ? 0x9908b0df : 0);
        }
    }
    uint32_t y = state[twister->at++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return y ^ y >> 18;
}

/* C++ says of std::mt19937 which number the ten thousandth is. */
static void the_twister_is_right(void **state)
{
    (void)state;
    struct twister twister = twister_start(5489);
    for (size_t i = 1; i < 10000; i++)
        twister_next(&twister);
    assert_int_equal(twister_next(&twister), 4123659995U);
}

/* Go's generator from any 607 numbers; it gives out bits 31 to 62. */
struct go {
    uint64_t words[607];
    size_t at;
};

static struct go go_start(uint64_t seed)
{
    struct go go = {.at = 0};
    struct random random = source(seed);
    for (size_t i = 0; i < 607; i++)
        go.words[i] = random_next(&random);
    return go;
}

static uint32_t go_next(struct go *go)
{
    size_t at = go->at++ % 607;
    go->words[at] += go->words[(at + 607 - 273) % 607];
    return (uint32_t)(go->words[at] >> 31);
}

static uint32_t xorshift_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

enum known { TWISTER, GO, XORSHIFT };

/* The keys of a client that draws `count` of them; one draw of `lost` is not seen (0: all are). */
static struct judge_keys draw_known(enum known known, size_t count, size_t lost, bool swapped)
{
    struct judge_keys keys = {0};
    struct random random = source(8);
    struct twister twister = twister_start(1);
    struct go go = go_start(9);
    uint32_t xorshift = 2463534242U;
    while (keys.mask_count < count) {
        uint32_t value = known == TWISTER ? twister_next(&twister)
                         : known == GO    ? go_next(&go)
                                          : xorshift_next(&xorshift);
        if (lost > 0 && random_next(&random) % lost == 0)
            continue;
        if (random_next(&random) % 3 == 0)
            judge_keys_next_connection(&keys);
        add(&keys, swapped ? swap(value) : value);
    }
    return keys;
}

static void knows_generators(void **state)
{
    (void)state;
    static const struct {
        enum known known;
        size_t count;
        size_t lost;
        const char *words; /* NULL: too few to say anything */
    } rows[] = {
        {TWISTER, 624, 0, NULL},
        {TWISTER, 625, 0, NULL},
        {TWISTER, 626, 0, "the Mersenne Twister (MT19937): 2 of 2 follow from earlier ones"},
        {TWISTER, 2000, 0, "the Mersenne Twister (MT19937): 1376 of 1376 follow"},
        {TWISTER, 4000, 400, "the Mersenne Twister (MT19937): "},
        {TWISTER, JUDGE_KEYS_MASKS_MAX, 0, "the Mersenne Twister (MT19937): 64912 of 64912"},
        {GO, 607, 0, NULL},
        {GO, 608, 0, NULL},
        {GO, 609, 0, "Go's math/rand: 2 of 2 follow from earlier ones"},
        {GO, 2000, 0, "Go's math/rand: 1393 of 1393 follow"},
        {GO, 4000, 400, "Go's math/rand: "},
        {XORSHIFT, 8, 0, "xorshift32: 7 of 7 follow"},
        {XORSHIFT, 100, 3, "xorshift32: "},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int swapped = 0; swapped < 2; swapped++) {
            struct judge_keys keys =
                draw_known(rows[i].known, rows[i].count, rows[i].lost, swapped);
            expect(&keys, rows[i].words != NULL ? "RFC6455-10.3-01" : NULL, rows[i].words);
        }
}

/* How many of 65536 keys must follow: two is what chance may do. */
static void needs_more_than_a_coincidence(void **state)
{
    (void)state;
    for (size_t hits = 2; hits <= 3; hits++) {
        struct judge_keys keys = {0};
        struct random random = source(10);
        uint32_t value = 0;
        for (size_t i = 0; i < JUDGE_KEYS_MASKS_MAX; i++) {
            bool follows = i % 20000 == 0 && i > 0 && i / 20000 <= hits;
            if (!follows)
                value = (uint32_t)random_next(&random);
            else
                xorshift_next(&value);
            add(&keys, value);
        }
        expect(&keys, hits == 3 ? "RFC6455-10.3-01" : NULL, "xorshift32: 3 of 65535");
    }
}

/* Not seeded: what the system draws is what a good client sends. */
static void the_systems_entropy_is_never_blamed(void **state)
{
    (void)state;
    enum { RUNS = 100, COUNT = 5000 };
    static uint8_t octets[COUNT][4];
    FILE *entropy = fopen("/dev/urandom", "rb");
    assert_non_null(entropy);
    for (size_t run = 0; run < RUNS; run++) {
        struct judge_keys keys = {0};
        assert_int_equal(fread(octets, sizeof(octets[0]), COUNT, entropy), COUNT);
        for (size_t i = 0; i < COUNT; i++) {
            if (octets[i][0] % 3 == 0)
                judge_keys_next_connection(&keys);
            judge_keys_add_mask(&keys, octets[i]);
        }
        expect(&keys, NULL, "");
    }
    fclose(entropy);
}

static void looks_at_a_bounded_number(void **state)
{
    (void)state;
    struct judge_keys keys = {0};
    struct random random = source(4);
    for (size_t i = 0; i < JUDGE_KEYS_MASKS_MAX; i++)
        add(&keys, (uint32_t)random_next(&random));
    for (size_t i = 0; i < 1000; i++)
        add(&keys, 0);
    for (size_t i = 0; i < JUDGE_KEYS_NONCES_MAX + 10; i++) {
        uint8_t nonce[16];
        random_fill(&random, nonce, sizeof(nonce));
        add_nonce(&keys, nonce);
    }
    assert_int_equal(keys.mask_count, JUDGE_KEYS_MASKS_MAX);
    assert_int_equal(keys.nonce_count, JUDGE_KEYS_NONCES_MAX);
    expect(&keys, NULL, "");
}

static void knows_bad_nonces(void **state)
{
    (void)state;
    struct judge_keys keys = {0};
    uint8_t nonce[16] = "the sample nonc";
    add_nonce(&keys, nonce);
    add_nonce(&keys, nonce);
    expect(&keys, "RFC6455-4.1-30", "2 handshakes have only 1 different keys");
    for (uint8_t i = 0; i < 8; i++) {
        nonce[15] = i;
        add_nonce(&keys, nonce);
    }
    expect(&keys, "RFC6455-4.1-30", "octet 1 of Sec-WebSocket-Key");
    struct random random = source(5);
    for (size_t i = 0; i < 200; i++) {
        for (size_t k = 0; k < sizeof(nonce); k++)
            nonce[k] = (uint8_t)(random_next(&random) % 10 + '0');
        add_nonce(&keys, nonce);
    }
    expect(&keys, "RFC6455-4.1-30", "of the 128 bits");
}

static void lets_uuids_pass(void **state)
{
    (void)state;
    struct judge_keys keys = {0};
    struct random random = source(6);
    for (size_t i = 0; i < 2000; i++) {
        uint8_t nonce[16];
        random_fill(&random, nonce, sizeof(nonce));
        nonce[6] = (uint8_t)(0x40 | (nonce[6] & 0x0f));
        nonce[8] = (uint8_t)(0x80 | (nonce[8] & 0x3f));
        add_nonce(&keys, nonce);
    }
    judge_keys_add_nonce(&keys, bytes_text("not a key"));
    judge_keys_add_nonce(&keys, bytes_text("not a key"));
    expect(&keys, NULL, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_cries_wolf),
        cmocka_unit_test(keeps_silent_about_a_few_keys),
        cmocka_unit_test(knows_bad_masking_keys),
        cmocka_unit_test(counts_on_coincidence),
        cmocka_unit_test(the_twister_is_right),
        cmocka_unit_test(knows_generators),
        cmocka_unit_test(needs_more_than_a_coincidence),
        cmocka_unit_test(the_systems_entropy_is_never_blamed),
        cmocka_unit_test(looks_at_a_bounded_number),
        cmocka_unit_test(knows_bad_nonces),
        cmocka_unit_test(lets_uuids_pass),
    };
    return cmocka_run_group_tests_name("judge/keys", tests, NULL, NULL);
}
