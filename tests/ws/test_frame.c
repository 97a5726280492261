/* SPDX-License-Identifier: MIT */
#include "ws/frame.h"

#include "base/hex.h"
#include "support.h"

static struct ws_frame read_hex(const char *hex, size_t size)
{
    struct buffer octets = {0};
    struct ws_frame frame;
    size_t used = 99;
    support_hex(&octets, hex);
    assert_int_equal(ws_frame_read(&frame, buffer_bytes(&octets), &used), WS_ITEM);
    assert_int_equal(used, size);
    buffer_free(&octets);
    return frame;
}

static void reads_the_examples_of_the_rfc(void **state)
{
    (void)state;
    /* RFC 6455, 5.7 */
    struct ws_frame hello = read_hex("81 05 48 65 6c 6c 6f", 2);
    assert_true(hello.fin && !hello.masked);
    assert_int_equal(hello.opcode, WS_TEXT);
    assert_int_equal(hello.rsv, 0);
    assert_true(hello.length == 5 && hello.form == WS_LENGTH_7);
    assert_memory_equal(hello.key, "\0\0\0\0", 4);

    struct ws_frame masked = read_hex("81 85 37 fa 21 3d 7f 9f 4d 51 58", 6);
    assert_true(masked.masked && masked.length == 5);
    assert_memory_equal(masked.key, "\x37\xfa\x21\x3d", 4);

    assert_false(read_hex("01 03 48 65 6c", 2).fin);
    assert_int_equal(read_hex("80 02 6c 6f", 2).opcode, WS_CONTINUATION);
    assert_int_equal(read_hex("89 05", 2).opcode, WS_PING);
    assert_int_equal(read_hex("8a 85 37 fa 21 3d", 6).opcode, WS_PONG);
    assert_true(read_hex("82 7e 01 00", 4).length == 256);
    assert_true(read_hex("82 7f 00 00 00 00 00 01 00 00", 10).length == 65536);
}

static void reads_what_is_illegal(void **state)
{
    (void)state;
    struct ws_frame frame = read_hex("7f ff ff ff ff ff ff ff ff fe 01 02 03 04", 14);
    assert_false(frame.fin);
    assert_int_equal(frame.rsv, WS_RSV1 | WS_RSV2 | WS_RSV3);
    assert_int_equal(frame.opcode, 15);
    assert_true(frame.length == UINT64_MAX - 1 && frame.form == WS_LENGTH_64);
    assert_int_equal(read_hex("c0 00", 2).rsv, WS_RSV1);
    assert_int_equal(read_hex("a0 00", 2).rsv, WS_RSV2);
    assert_int_equal(read_hex("90 00", 2).rsv, WS_RSV3);
    assert_true(read_hex("82 7e 00 01", 4).length == 1);
}

static void wants_the_whole_header(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "8100",         "817e0001",         "817f0000000000000001",
        "818001020304", "81fe000101020304", "81ff000000000000000101020304"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer octets = {0};
        support_hex(&octets, rows[i]);
        for (size_t len = 0; len < octets.len; len++) {
            struct ws_frame frame;
            size_t used = 99;
            struct bytes part = bytes_of(octets.data, len);
            part.data = support_flush(part);
            assert_int_equal(ws_frame_read(&frame, part, &used), WS_MORE);
            assert_int_equal(used, 0);
        }
        assert_int_equal(read_hex(rows[i], octets.len).opcode, WS_TEXT);
        buffer_free(&octets);
    }
}

static void check_round_trip(const struct ws_frame *frame)
{
    uint8_t out[WS_FRAME_HEADER_MAX];
    size_t size = ws_frame_write(frame, out);
    struct ws_frame again;
    size_t used;
    struct bytes copy = bytes_of(support_flush(bytes_of(out, size)), size);
    assert_int_equal(ws_frame_read(&again, copy, &used), WS_ITEM);
    assert_int_equal(used, size);
    assert_true(again.fin == frame->fin && again.masked == frame->masked);
    assert_int_equal(again.rsv, frame->rsv);
    assert_int_equal(again.opcode, frame->opcode);
    assert_memory_equal(again.key, frame->key, 4);
    assert_true(again.length == frame->length);
    assert_int_equal(again.form, frame->form);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    static const struct {
        uint64_t length;
        enum ws_length_form form;
    } lengths[] = {
        {0, WS_LENGTH_7},          {125, WS_LENGTH_7},         {0, WS_LENGTH_16},
        {125, WS_LENGTH_16},       {126, WS_LENGTH_16},        {65535, WS_LENGTH_16},
        {0, WS_LENGTH_64},         {65535, WS_LENGTH_64},      {65536, WS_LENGTH_64},
        {INT64_MAX, WS_LENGTH_64}, {UINT64_MAX, WS_LENGTH_64},
    };
    for (unsigned first = 0; first < 256; first++)
        for (size_t i = 0; i < COUNT_OF(lengths); i++)
            for (int masked = 0; masked < 2; masked++) {
                struct ws_frame frame = {
                    .fin = first >> 7 != 0,
                    .masked = masked != 0,
                    .rsv = first >> 4 & 7,
                    .opcode = first & 15,
                    .length = lengths[i].length,
                    .form = lengths[i].form,
                };
                if (masked)
                    memcpy(frame.key, "\x01\x02\x03\x04", 4);
                check_round_trip(&frame);
            }
}

static void cuts_a_length_to_its_form(void **state)
{
    (void)state;
    uint8_t out[WS_FRAME_HEADER_MAX];
    struct ws_frame frame = {.fin = true, .opcode = WS_BINARY, .form = WS_LENGTH_16};
    frame.length = 0x12345;
    assert_int_equal(ws_frame_write(&frame, out), 4);
    assert_memory_equal(out, "\x82\x7e\x23\x45", 4);
    frame.form = WS_LENGTH_7;
    frame.length = 0x81;
    assert_int_equal(ws_frame_write(&frame, out), 2);
    assert_memory_equal(out, "\x82\x01", 2);
}

static void knows_the_minimal_form(void **state)
{
    (void)state;
    assert_int_equal(ws_frame_minimal_form(0), WS_LENGTH_7);
    assert_int_equal(ws_frame_minimal_form(125), WS_LENGTH_7);
    assert_int_equal(ws_frame_minimal_form(126), WS_LENGTH_16);
    assert_int_equal(ws_frame_minimal_form(65535), WS_LENGTH_16);
    assert_int_equal(ws_frame_minimal_form(65536), WS_LENGTH_64);
    assert_int_equal(ws_frame_minimal_form(UINT64_MAX), WS_LENGTH_64);
}

/* Of a header that is not whole a receiver knows less, but never more than the sender will say. */
static void knows_the_least_length_that_may_come(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        uint64_t least;
    } rows[] = {{"81", 0},
                {"81 00", 0},
                {"81 fd", 125},
                {"81 fe", 126},
                {"81 fe 00", 126},
                {"81 fe 01", 256},
                {"81 fe 01 02", 258},
                {"81 fe 00 07", 7}, /* not minimal, but said */
                {"81 7f", 65536},
                {"81 ff 00 00 00 00 00", 65536},
                {"81 ff 00 00 00 00 00 02 00", 131072},
                {"81 ff 00 00 00 00 00 02 00 01 aa bb", 131073},
                {"81 ff 80", UINT64_C(1) << 63}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer header = {0};
        assert_int_equal(hex_read(&header, bytes_text(rows[i].header)), 0);
        assert_true(ws_frame_least_length(buffer_bytes(&header)) == rows[i].least);
        buffer_free(&header);
    }
    assert_true(ws_frame_least_length(bytes_of(NULL, 0)) == 0);
}

static void names_opcodes(void **state)
{
    (void)state;
    assert_string_equal(ws_frame_opcode_name(WS_CONTINUATION), "continuation");
    assert_string_equal(ws_frame_opcode_name(WS_TEXT), "text");
    assert_string_equal(ws_frame_opcode_name(WS_BINARY), "binary");
    assert_string_equal(ws_frame_opcode_name(3), "opcode 3");
    assert_string_equal(ws_frame_opcode_name(7), "opcode 7");
    assert_string_equal(ws_frame_opcode_name(WS_CLOSE), "close");
    assert_string_equal(ws_frame_opcode_name(WS_PING), "ping");
    assert_string_equal(ws_frame_opcode_name(WS_PONG), "pong");
    assert_string_equal(ws_frame_opcode_name(11), "opcode 11");
    assert_string_equal(ws_frame_opcode_name(15), "opcode 15");
    for (uint8_t opcode = 0; opcode < 16; opcode++)
        assert_true(ws_frame_is_control(opcode) == (opcode >= WS_CLOSE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_examples_of_the_rfc),
        cmocka_unit_test(reads_what_is_illegal),
        cmocka_unit_test(wants_the_whole_header),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(cuts_a_length_to_its_form),
        cmocka_unit_test(knows_the_minimal_form),
        cmocka_unit_test(knows_the_least_length_that_may_come),
        cmocka_unit_test(names_opcodes),
    };
    return cmocka_run_group_tests_name("ws/frame", tests, NULL, NULL);
}
