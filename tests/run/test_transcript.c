/* SPDX-License-Identifier: MIT */
#include "run/transcript.h"

#include "support.h"
#include "wire.h"

static void add_frame(struct run_transcript *t, bool ours, uint64_t length, uint64_t now)
{
    struct ws_event event = {.kind = WS_EVENT_FRAME,
                             .frame = {.fin = true, .opcode = WS_TEXT, .length = length}};
    run_transcript_event(t, ours, &event, now);
}

static void add_data(struct run_transcript *t, bool ours, const void *data, size_t len)
{
    struct ws_event event = {.kind = WS_EVENT_DATA, .payload = bytes_of(data, len)};
    run_transcript_event(t, ours, &event, 0);
}

static void keeps_heads_frames_and_notes(void **state)
{
    (void)state;
    struct run_transcript t = {.start = 1000};
    run_transcript_head(&t, true, bytes_text("GET / HTTP/1.1\r\n\r\n"), 1000);
    add_frame(&t, false, 5, 1250);
    add_data(&t, false, "he", 2);
    add_data(&t, false, "llo", 3);
    run_transcript_note(&t, false, "ends TCP", 1300);
    assert_int_equal(t.count, 3);
    assert_int_equal(t.entries[0].kind, RUN_TRANSCRIPT_HEAD_TEXT);
    assert_true(t.entries[0].ours);
    support_expect_text(t.entries[0].octets, "GET / HTTP/1.1\r\n\r\n");
    assert_int_equal(t.entries[0].total, 18);
    assert_int_equal(t.entries[1].kind, RUN_TRANSCRIPT_FRAME);
    assert_int_equal(t.entries[1].time_us, 250);
    assert_int_equal(t.entries[1].frame.length, 5);
    support_expect_text(t.entries[1].octets, "hello");
    assert_true(t.entries[1].hash == bytes_hash(BYTES_HASH_START, bytes_text("hello")));
    assert_null(t.entries[1].violation);
    assert_string_equal(t.entries[2].note, "ends TCP");
    assert_int_equal(t.dropped, 0);
    run_transcript_free(&t);
    assert_int_equal(t.count, 0);
}

/* The frames of both directions may be under way at the same time. */
static void tells_the_sides_apart(void **state)
{
    (void)state;
    struct run_transcript t = {0};
    add_frame(&t, true, 4, 0);
    add_data(&t, true, "ou", 2);
    add_frame(&t, false, 6, 0);
    add_data(&t, false, "the", 3);
    add_data(&t, true, "rs", 2);
    add_data(&t, false, "irs", 3);
    support_expect_text(t.entries[0].octets, "ours");
    support_expect_text(t.entries[1].octets, "theirs");
    run_transcript_free(&t);
}

static void cuts_long_payloads_and_says_so(void **state)
{
    (void)state;
    enum { LONG = 1000 };
    uint8_t payload[LONG];
    memset(payload, 'x', sizeof(payload));
    struct run_transcript t = {0};
    add_frame(&t, false, LONG, 0);
    add_data(&t, false, payload, 100);
    add_data(&t, false, payload + 100, LONG - 100);
    assert_int_equal(t.entries[0].octets.len, RUN_TRANSCRIPT_PAYLOAD);
    assert_int_equal(t.entries[0].total, LONG);
    assert_true(t.entries[0].hash == bytes_hash(BYTES_HASH_START, bytes_of(payload, LONG)));
    run_transcript_free(&t);

    static char head[RUN_TRANSCRIPT_HEAD + 100];
    memset(head, 'h', sizeof(head));
    run_transcript_head(&t, false, bytes_of(head, sizeof(head)), 0);
    assert_int_equal(t.entries[0].octets.len, RUN_TRANSCRIPT_HEAD);
    assert_int_equal(t.entries[0].total, sizeof(head));
    run_transcript_free(&t);
}

/* A header may announce anything; it must not make us allocate it. */
static void a_huge_length_costs_nothing(void **state)
{
    (void)state;
    struct run_transcript t = {0};
    add_frame(&t, false, UINT64_MAX, 0);
    add_data(&t, false, "x", 1);
    assert_true(t.entries[0].total == UINT64_MAX);
    support_expect_text(t.entries[0].octets, "x");
    add_frame(&t, false, 0, 0);
    assert_int_equal(t.entries[1].octets.len, 0);
    run_transcript_free(&t);
}

/* What matters most is how it ended. */
static void keeps_the_first_and_the_last(void **state)
{
    (void)state;
    struct run_transcript t = {0};
    enum { MORE = 1000 };
    for (unsigned i = 0; i < RUN_TRANSCRIPT_ENTRIES + MORE; i++) {
        char text[16];
        add_frame(&t, false, 8, i);
        snprintf(text, sizeof(text), "%08u", i);
        add_data(&t, false, text, 8);
    }
    run_transcript_note(&t, true, "note", 0);
    assert_int_equal(t.count, RUN_TRANSCRIPT_ENTRIES);
    assert_int_equal(t.dropped, MORE + 1);
    support_expect_text(t.entries[RUN_TRANSCRIPT_FIRST - 1].octets, "00000063");
    support_expect_text(t.entries[RUN_TRANSCRIPT_ENTRIES - 2].octets, "00001095");
    assert_string_equal(t.entries[RUN_TRANSCRIPT_ENTRIES - 1].note, "note");
    run_transcript_free(&t);
}

/* The payload of a frame that was dropped in the middle of it goes nowhere. */
static void drops_a_frame_that_is_still_coming(void **state)
{
    (void)state;
    struct run_transcript t = {0};
    for (int i = 0; i < RUN_TRANSCRIPT_FIRST; i++)
        run_transcript_note(&t, true, "first", 0);
    add_frame(&t, false, 8, 0);
    for (int i = 0; i < RUN_TRANSCRIPT_ENTRIES; i++)
        add_frame(&t, true, 1, 0);
    add_data(&t, false, "late", 4);
    for (size_t i = RUN_TRANSCRIPT_FIRST; i < t.count; i++)
        assert_int_equal(t.entries[i].octets.len, 0);
    add_data(&t, true, "x", 1);
    support_expect_text(t.entries[t.count - 1].octets, "x");
    run_transcript_free(&t);
}

static void add_deflated(struct run_transcript *t, const void *data, size_t len)
{
    struct ws_event event = {.kind = WS_EVENT_DEFLATED, .payload = bytes_of(data, len)};
    run_transcript_event(t, false, &event, 0);
}

static void add_inflated(struct run_transcript *t, size_t len)
{
    static const uint8_t zeros[4096];
    struct ws_event event = {
        .kind = WS_EVENT_DATA, .inflated = true, .payload = bytes_of(zeros, len)};
    run_transcript_event(t, false, &event, 0);
}

/* A frame of few octets may inflate to many, for which there is no room. */
static void a_compressed_frame_shows_what_stood_on_the_wire(void **state)
{
    (void)state;
    struct run_transcript t = {0};
    add_frame(&t, false, 5, 0);
    add_deflated(&t, "pac", 3);
    add_inflated(&t, 4096);
    add_deflated(&t, "ke", 2);
    for (int i = 0; i < 100; i++)
        add_inflated(&t, 4096);
    add_frame(&t, false, 1, 0);
    add_data(&t, false, "x", 1);
    assert_int_equal(t.count, 2);
    support_expect_text(t.entries[0].octets, "packe");
    assert_int_equal(t.entries[0].total, 5);
    assert_true(t.entries[0].hash == bytes_hash(BYTES_HASH_START, bytes_text("packe")));
    support_expect_text(t.entries[1].octets, "x");
    run_transcript_free(&t);
}

static void read_into(struct run_transcript *t, struct ws_reader *reader, struct bytes wire)
{
    struct ws_event event;
    uint8_t *data = support_flush(wire);
    size_t used;
    for (size_t done = 0;
         ws_reader_next(reader, data + done, wire.len - done, &used, &event) == WS_ITEM;
         done += used)
        run_transcript_event(t, false, &event, 0);
}

/* The same, as a reader tells it of real octets, in two pieces cut anywhere. */
static void a_message_that_inflates_to_much_is_kept_small(void **state)
{
    (void)state;
    enum { LONG = 100000 };
    struct buffer text = {0};
    struct buffer wire = {0};
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    memset(buffer_extend(&text, LONG), 'x', LONG);
    wire_packed(&wire, packer, WS_TEXT, false, buffer_bytes(&text));
    assert_true(wire.len < 1000);
    struct bytes payload = bytes_of(wire.data + 4, wire.len - 4);
    for (size_t cut = 0; cut <= wire.len; cut += 7) {
        struct run_transcript t = {0};
        struct ws_reader reader;
        struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(WS_DEFLATE_WINDOW_MAX, true);
        ws_reader_init(&reader, WS_READER_OBSERVING, false, UINT64_MAX);
        ws_reader_agree(&reader, unpacker);
        read_into(&t, &reader, bytes_of(wire.data, cut));
        read_into(&t, &reader, bytes_of(wire.data + cut, wire.len - cut));
        assert_int_equal(t.count, 1);
        assert_int_equal(t.entries[0].total, payload.len);
        assert_true(t.entries[0].hash == bytes_hash(BYTES_HASH_START, payload));
        assert_true(
            bytes_equal(t.entries[0].octets, bytes_of(payload.data, RUN_TRANSCRIPT_PAYLOAD)));
        ws_deflate_free_unpacker(unpacker);
        run_transcript_free(&t);
    }
    ws_deflate_free_packer(packer);
    buffer_free(&text);
    buffer_free(&wire);
}

static void names_the_first_violation_of_a_frame(void **state)
{
    (void)state;
    struct run_transcript t = {0};
    add_frame(&t, false, 0, 0);
    struct ws_event event = {.kind = WS_EVENT_VIOLATION, .violation = WS_BAD_MASKED};
    run_transcript_event(&t, false, &event, 0);
    event.violation = WS_BAD_RSV1;
    run_transcript_event(&t, false, &event, 0);
    assert_string_equal(t.entries[0].violation, "RFC6455-5.1-04");
    add_frame(&t, true, 0, 0);
    assert_null(t.entries[1].violation);
    event.kind = WS_EVENT_MESSAGE;
    run_transcript_event(&t, false, &event, 0);
    assert_int_equal(t.count, 2);
    run_transcript_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_heads_frames_and_notes),
        cmocka_unit_test(tells_the_sides_apart),
        cmocka_unit_test(cuts_long_payloads_and_says_so),
        cmocka_unit_test(a_huge_length_costs_nothing),
        cmocka_unit_test(keeps_the_first_and_the_last),
        cmocka_unit_test(drops_a_frame_that_is_still_coming),
        cmocka_unit_test(a_compressed_frame_shows_what_stood_on_the_wire),
        cmocka_unit_test(a_message_that_inflates_to_much_is_kept_small),
        cmocka_unit_test(names_the_first_violation_of_a_frame),
    };
    return cmocka_run_group_tests_name("run/transcript", tests, NULL, NULL);
}
