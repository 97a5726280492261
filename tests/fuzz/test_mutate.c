/* SPDX-License-Identifier: MIT */
#include "fuzz/mutate.h"

#include "support.h"

#include "fuzz/mutate_head.h"
#include "fuzz/slow.h"

/* "hel" and "lo" in two masked fragments with a ping between them. */
static const uint8_t masked[] = {0x01, 0x83, 1, 2,    3,    4, 0x69, 0x67, 0x6f, 0x89, 0x80, 5,
                                 6,    7,    8, 0x80, 0x82, 9, 9,    9,    9,    0x65, 0x66};

enum { MAX = 300, ROUNDS = 20000 };

static size_t last_max;

static size_t blind(uint8_t *data, size_t size, size_t max)
{
    last_max = max;
    if (size > 0)
        data[0] ^= 1;
    return size;
}

static void stays_within_bounds(void **state)
{
    (void)state;
    uint8_t room[MAX + 1];
    size_t size = sizeof(masked);
    memcpy(room, masked, size);
    room[MAX] = 0xee;
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        size = mutate_stream(room, size, MAX, seed, seed % 2 == 0 ? blind : NULL);
        assert_true(size <= MAX);
        assert_int_equal(room[MAX], 0xee);
    }
}

static void repeats_itself(void **state)
{
    (void)state;
    uint8_t a[MAX];
    uint8_t b[MAX];
    for (unsigned seed = 0; seed < 500; seed++) {
        memcpy(a, masked, sizeof(masked));
        memcpy(b, masked, sizeof(masked));
        size_t size = mutate_stream(a, sizeof(masked), MAX, seed, NULL);
        /* Something else in between leaves no trace. */
        uint8_t other[MAX] = {0x81, 0x85};
        mutate_stream(other, 40, MAX, seed + 7, NULL);
        assert_int_equal(mutate_stream(b, sizeof(masked), MAX, seed, NULL), size);
        assert_memory_equal(a, b, size);
    }
}

/* Which rules one change alone can break, and how often it breaks none. */
static void reaches_every_rule(void **state)
{
    (void)state;
    static const struct slow_profile server = {.from_client = true, .message_max = 200};
    struct trace trace = {0};
    uint32_t broken = 0;
    unsigned fine = 0;
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        uint8_t room[MAX];
        memcpy(room, masked, sizeof(masked));
        size_t size = mutate_stream(room, sizeof(masked), MAX, seed, NULL);
        slow_parse(&trace, &server, bytes_of(room, size));
        if (trace_failed(&trace))
            broken |= trace.events[trace.count - 1].rules;
        else
            fine++;
    }
    /* All but the rule for the other role, and that for what nobody agreed on. */
    uint32_t never = SLOW_BIT(SLOW_MASKED) | SLOW_BIT(SLOW_DEFLATE);
    assert_int_equal(broken, (SLOW_BIT(SLOW_RULE_COUNT) - 1) & ~never);
    assert_in_range(fine, ROUNDS / 20, ROUNDS * 9 / 10);
    trace_free(&trace);
}

static void one_call_in_four_is_blind(void **state)
{
    (void)state;
    unsigned calls = 0;
    for (unsigned seed = 0; seed < 4000; seed++) {
        uint8_t room[MAX];
        memcpy(room, masked, sizeof(masked));
        last_max = 0;
        mutate_stream(room, sizeof(masked), MAX, seed, blind);
        calls += last_max == MAX;
    }
    assert_in_range(calls, 800, 1200);
}

static void crosses_frames(void **state)
{
    (void)state;
    static const uint8_t pong[] = {0x8a, 0x81, 1, 1, 1, 1, 0x41};
    static const struct slow_profile server = {.from_client = true};
    struct trace trace = {0};
    unsigned both = 0;
    for (unsigned seed = 0; seed < 100; seed++) {
        uint8_t out[MAX];
        size_t size = mutate_cross(masked, sizeof(masked), pong, sizeof(pong), out, MAX, seed);
        assert_int_equal(size, sizeof(masked) + sizeof(pong));
        slow_parse(&trace, &server, bytes_of(out, size));
        for (size_t i = 0; i < trace.count; i++)
            both += trace.events[i].kind == TRACE_PONG;
        assert_true(mutate_cross(masked, sizeof(masked), pong, sizeof(pong), out, 9, seed) <= 9);
        mutate_cross(NULL, 0, NULL, 0, out, MAX, seed);
    }
    assert_int_equal(both, 100);
    trace_free(&trace);
}

static void a_head_in_front_stays_or_changes_alone(void **state)
{
    (void)state;
    static const char head[] = "GET / HTTP/1.1\r\nA: b\r\n\r\n";
    unsigned kept = 0;
    for (unsigned seed = 0; seed < 400; seed++) {
        uint8_t room[1000];
        size_t len = sizeof(head) - 1;
        memcpy(room, head, len);
        memcpy(room + len, masked, sizeof(masked));
        size_t size = mutate_stream(room, len + sizeof(masked), sizeof(room), seed, NULL);
        bool same_head = size >= len && memcmp(room, head, len) == 0;
        bool same_frames = size >= sizeof(masked) &&
                           memcmp(room + size - sizeof(masked), masked, sizeof(masked)) == 0;
        /* An end that was cut off is neither. */
        kept += same_head || same_frames;
    }
    assert_in_range(kept, 370, 400);
}

static void heads_stay_within_bounds(void **state)
{
    (void)state;
    uint8_t room[MAX + 1] = "HTTP/1.1 101 x\r\nA: b\r\n\r\n";
    size_t size = 24;
    room[MAX] = 0xee;
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        size = mutate_head(room, size, MAX, seed, seed % 2 == 0 ? blind : NULL);
        assert_true(size <= MAX);
        assert_int_equal(room[MAX], 0xee);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stays_within_bounds),
        cmocka_unit_test(repeats_itself),
        cmocka_unit_test(reaches_every_rule),
        cmocka_unit_test(one_call_in_four_is_blind),
        cmocka_unit_test(crosses_frames),
        cmocka_unit_test(a_head_in_front_stays_or_changes_alone),
        cmocka_unit_test(heads_stay_within_bounds),
    };
    return cmocka_run_group_tests_name("fuzz/mutate", tests, NULL, NULL);
}
