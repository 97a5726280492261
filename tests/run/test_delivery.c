/* SPDX-License-Identifier: MIT */
#include "run/delivery.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "support.h"

/* A script of one write for each text of hex digits; "-" stands for a place to wait. */
static struct run_script script_of(const char *const *writes)
{
    struct run_script script = {0};
    static struct run_part parts[8];
    for (; *writes != NULL; writes++) {
        size_t start = script.octets.len;
        enum run_part_kind kind = **writes == '-' ? RUN_PART_AWAIT_ECHO : RUN_PART_WRITE;
        if (kind == RUN_PART_WRITE)
            assert_int_equal(hex_read(&script.octets, bytes_text(*writes)), 0);
        parts[script.count++] = (struct run_part){kind, script.octets.len - start};
    }
    script.capacity = script.count;
    script.parts = malloc(sizeof(parts));
    memcpy(script.parts, parts, script.count * sizeof(parts[0]));
    return script;
}

/* The sizes of the writes; a place to wait is 0. */
static void expect(const char *const *writes, enum run_delivery delivery, bool framed,
                   const size_t *sizes, size_t count)
{
    struct run_script script = script_of(writes);
    size_t before = script.octets.len;
    run_delivery_cut(&script, delivery, framed);
    assert_int_equal(script.count, count);
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(script.parts[i].len, sizes[i]);
        assert_int_equal(script.parts[i].kind, sizes[i] > 0 ? RUN_PART_WRITE : RUN_PART_AWAIT_ECHO);
        sum += script.parts[i].len;
    }
    assert_int_equal(sum, before);
    run_compose_free(&script);
}

/* "hello", masked; a wait; an empty ping. */
static const char *const two_frames[] = {"8185 01020304 6967686869", "-", "8980 00000000", NULL};

static void whole_changes_nothing(void **state)
{
    (void)state;
    const size_t sizes[] = {11, 0, 6};
    expect(two_frames, RUN_DELIVERY_WHOLE, true, sizes, COUNT_OF(sizes));
    expect(two_frames, RUN_DELIVERY_SLOW, true, sizes, COUNT_OF(sizes));
}

static void octets_go_one_by_one_and_waits_stay(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1};
    expect(two_frames, RUN_DELIVERY_OCTETS, true, sizes, COUNT_OF(sizes));
}

static void headers_are_cut_at_each_field(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 1, 4, 5, 0, 1, 1, 4};
    expect(two_frames, RUN_DELIVERY_HEADERS, true, sizes, COUNT_OF(sizes));
    /* An extended length is a field of its own; a request has no frame headers. */
    static const char *const longer[] = {"82fe 0002 00000000 6162", NULL};
    const size_t fields[] = {1, 1, 2, 4, 2};
    expect(longer, RUN_DELIVERY_HEADERS, true, fields, COUNT_OF(fields));
    const size_t request[] = {10};
    expect(longer, RUN_DELIVERY_HEADERS, false, request, COUNT_OF(request));
}

static void an_unfinished_frame_is_no_trap(void **state)
{
    (void)state;
    static const char *const cut[] = {"82ff 80", NULL};
    const size_t all[] = {3};
    expect(cut, RUN_DELIVERY_HEADERS, true, all, COUNT_OF(all));
    static const char *const promised[] = {"82ff 8000000000000000 00000000 61", NULL};
    const size_t fields[] = {1, 1, 8, 4, 1};
    expect(promised, RUN_DELIVERY_HEADERS, true, fields, COUNT_OF(fields));
}

static void fits_where_it_makes_a_difference(void **state)
{
    (void)state;
    const struct case_step step = {.kind = CASE_STEP_SEND};
    struct case_spec frames = {.outcome = "echo", .steps = &step, .step_count = 1};
    struct case_spec request = {.outcome = "accept"};
    struct case_spec run_level = {0};
    struct case_spec big = frames;
    big.big = true;
    assert_true(run_delivery_fits(RUN_DELIVERY_WHOLE, &run_level));
    assert_false(run_delivery_fits(RUN_DELIVERY_OCTETS, &run_level));
    assert_false(run_delivery_fits(RUN_DELIVERY_OCTETS, &big));
    struct case_spec exhausting = frames;
    exhausting.exhaust = true;
    assert_true(run_delivery_fits(RUN_DELIVERY_WHOLE, &exhausting));
    assert_false(run_delivery_fits(RUN_DELIVERY_OCTETS, &exhausting));
    assert_true(run_delivery_fits(RUN_DELIVERY_OCTETS, &request));
    assert_false(run_delivery_fits(RUN_DELIVERY_HEADERS, &request));
    assert_false(run_delivery_fits(RUN_DELIVERY_SLOW, &request));
    assert_true(run_delivery_fits(RUN_DELIVERY_SLOW, &frames));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_changes_nothing),
        cmocka_unit_test(octets_go_one_by_one_and_waits_stay),
        cmocka_unit_test(headers_are_cut_at_each_field),
        cmocka_unit_test(an_unfinished_frame_is_no_trap),
        cmocka_unit_test(fits_where_it_makes_a_difference),
    };
    return cmocka_run_group_tests_name("run/delivery", tests, NULL, NULL);
}
