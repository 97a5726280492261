/* SPDX-License-Identifier: MIT */
#include "ws/reader.h"

#include "base/hex.h"
#include "base/random.h"
#include "support.h"
#include "ws/mask.h"

/* A run of the reader is written down as a line of words, one for each event:
 *   [text 5]           the header of a frame with FIN and 5 octets; [text 5..] without FIN
 *   data=48656c6c6f    DATA pieces with nothing between them, joined
 *   text(5)            a whole message
 *   inflated=48656c..  DATA pieces of a compressed message
 *   <f248cdc9c90700>   behind it, what stood on the wire
 *   ping=ff            a control frame;  close(1000)=  with the code that was read
 *   !rsv1              a violation
 *   END                strict mode: the reader has ended */
static const char *const violation_names[WS_VIOLATION_COUNT] = {
    [WS_BAD_RSV1] = "rsv1",
    [WS_BAD_RSV2] = "rsv2",
    [WS_BAD_RSV3] = "rsv3",
    [WS_BAD_RSV1_PLACE] = "rsv1-place",
    [WS_BAD_DEFLATE] = "deflate",
    [WS_BAD_OPCODE_DATA] = "opcode-data",
    [WS_BAD_OPCODE_CONTROL] = "opcode-control",
    [WS_BAD_UNMASKED] = "unmasked",
    [WS_BAD_MASKED] = "masked",
    [WS_BAD_LENGTH_NOT_MINIMAL] = "not-minimal",
    [WS_BAD_LENGTH_TOP_BIT] = "top-bit",
    [WS_BAD_CONTROL_LENGTH] = "control-length",
    [WS_BAD_CONTROL_LENGTH_FORM] = "control-form",
    [WS_BAD_CONTROL_FRAGMENTED] = "control-fragmented",
    [WS_BAD_CONTINUATION] = "continuation",
    [WS_BAD_INTERLEAVED] = "interleaved",
    [WS_BAD_UTF8] = "utf8",
    [WS_BAD_UTF8_CUT] = "utf8-cut",
    [WS_BAD_CLOSE_LENGTH] = "close-length",
    [WS_BAD_CLOSE_CODE_UNUSED] = "close-unused",
    [WS_BAD_CLOSE_CODE_1004] = "close-1004",
    [WS_BAD_CLOSE_CODE_1005] = "close-1005",
    [WS_BAD_CLOSE_CODE_1006] = "close-1006",
    [WS_BAD_CLOSE_CODE_1010] = "close-1010",
    [WS_BAD_CLOSE_CODE_1015] = "close-1015",
    [WS_BAD_CLOSE_CODE_UNASSIGNED] = "close-unassigned",
    [WS_BAD_CLOSE_CODE_OUTSIDE] = "close-outside",
    [WS_BAD_CLOSE_REASON] = "close-reason",
    [WS_BAD_DATA_AFTER_CLOSE] = "data-after-close",
    [WS_BAD_SECOND_CLOSE] = "second-close",
    [WS_TOO_BIG] = "too-big",
};

struct trace {
    struct buffer text;
    struct buffer wire; /* of a compressed message */
    bool in_data;
};

static void write_control(struct buffer *text, const struct ws_event *event)
{
    buffer_printf(text, " %s", ws_frame_opcode_name(event->opcode));
    if (event->opcode == WS_CLOSE)
        buffer_printf(text, "(%u)", event->close.code);
    buffer_append_text(text, "=");
    hex_write(text, event->payload);
}

static void write_message(struct trace *trace, const struct ws_event *event)
{
    buffer_printf(&trace->text, " %s(%llu)", ws_frame_opcode_name(event->opcode),
                  (unsigned long long)event->message_length);
    if (trace->wire.len == 0)
        return;
    buffer_append_text(&trace->text, " <");
    hex_write(&trace->text, buffer_bytes(&trace->wire));
    buffer_append_text(&trace->text, ">");
    buffer_clear(&trace->wire);
}

static void write_event(struct trace *trace, const struct ws_event *event)
{
    struct buffer *text = &trace->text;
    const char *name = ws_frame_opcode_name(event->opcode);
    if (event->kind == WS_EVENT_DEFLATED) {
        assert_true(event->payload.len > 0);
        buffer_append(&trace->wire, event->payload);
        return;
    }
    if (event->kind == WS_EVENT_DATA) {
        assert_true(event->payload.len > 0);
        buffer_append_text(text, trace->in_data ? "" : event->inflated ? " inflated=" : " data=");
        hex_write(text, event->payload);
        trace->in_data = true;
        return;
    }
    trace->in_data = false;
    if (event->kind == WS_EVENT_FRAME)
        buffer_printf(text, " [%s %llu%s]", name, (unsigned long long)event->frame.length,
                      event->frame.fin ? "" : "..");
    else if (event->kind == WS_EVENT_MESSAGE)
        write_message(trace, event);
    else if (event->kind == WS_EVENT_CONTROL)
        write_control(text, event);
    else
        buffer_printf(text, " !%s", violation_names[event->violation]);
}

/* Feeds one piece, flush against the guard page. Returns false if the reader has ended. */
static bool feed(struct trace *trace, struct ws_reader *reader, struct bytes piece)
{
    uint8_t *in = support_flush(piece);
    size_t at = 0;
    for (;;) {
        struct ws_event event;
        size_t used = SIZE_MAX;
        enum ws_status status = ws_reader_next(reader, in + at, piece.len - at, &used, &event);
        assert_true(used <= piece.len - at);
        at += used;
        if (status == WS_BAD) {
            /* What was not taken is left as it came. */
            assert_memory_equal(in + at, piece.data + at, piece.len - at);
            return false;
        }
        if (status == WS_MORE) {
            assert_int_equal(at, piece.len);
            return true;
        }
        write_event(trace, &event);
    }
}

struct setting {
    enum ws_reader_mode mode;
    bool from_client;
    uint64_t max;
    bool deflate;
};

/* Reads `octets` in pieces whose sizes `size_of` chooses, and writes down what came of it. */
typedef size_t piece_size(void *context, size_t at);

static struct buffer run(const struct setting *setting, struct bytes octets, piece_size *size_of,
                         void *context)
{
    struct trace trace = {0};
    struct ws_reader reader;
    ws_reader_init(&reader, setting->mode, setting->from_client, setting->max);
    struct ws_deflate_unpacker *unpacker =
        setting->deflate ? ws_deflate_new_unpacker(15, true) : NULL;
    ws_reader_agree(&reader, unpacker);
    for (size_t at = 0; at < octets.len;) {
        size_t size = size_of(context, at);
        size = size < octets.len - at ? size : octets.len - at;
        if (!feed(&trace, &reader, bytes_of(octets.data + at, size))) {
            buffer_append_text(&trace.text, " END");
            break;
        }
        at += size;
    }
    ws_deflate_free_unpacker(unpacker);
    buffer_free(&trace.wire);
    return trace.text;
}

static size_t whole(void *context, size_t at)
{
    (void)context;
    (void)at;
    return SIZE_MAX;
}

static size_t octet(void *context, size_t at)
{
    (void)context;
    (void)at;
    return 1;
}

static size_t cut_at(void *context, size_t at)
{
    size_t cut = *(size_t *)context;
    return at < cut ? cut - at : SIZE_MAX;
}

static size_t by_chance(void *context, size_t at)
{
    (void)at;
    uint64_t bits = random_next(context);
    return bits & 1 ? 1 + (bits >> 8) % 6 : 1 + (bits >> 8) % 200;
}

static void expect_run(const struct setting *setting, struct bytes octets, piece_size *size_of,
                       void *context, const char *expected)
{
    struct buffer got = run(setting, octets, size_of, context);
    support_expect_text(buffer_bytes(&got), expected);
    buffer_free(&got);
}

/* The same whole, octet by octet and at every split. */
static void expect_octets(const struct setting *setting, struct bytes octets, const char *expected)
{
    expect_run(setting, octets, whole, NULL, expected);
    expect_run(setting, octets, octet, NULL, expected);
    for (size_t cut = 1; cut < octets.len; cut++)
        expect_run(setting, octets, cut_at, &cut, expected);
}

static void expect_hex(struct setting setting, const char *hex, const char *expected)
{
    struct buffer octets = {0};
    support_hex(&octets, hex);
    expect_octets(&setting, buffer_bytes(&octets), expected);
    buffer_free(&octets);
}

static const struct setting strict_server = {WS_READER_STRICT, false, UINT64_MAX, false};
static const struct setting strict_client = {WS_READER_STRICT, true, UINT64_MAX, false};
static const struct setting seeing_server = {WS_READER_OBSERVING, false, UINT64_MAX, false};
static const struct setting seeing_client = {WS_READER_OBSERVING, true, UINT64_MAX, false};
static const struct setting inflating_client = {WS_READER_STRICT, true, UINT64_MAX, true};
static const struct setting inflating_server = {WS_READER_STRICT, false, UINT64_MAX, true};
static const struct setting inflating = {WS_READER_OBSERVING, false, UINT64_MAX, true};

static void reads_the_examples_of_the_rfc(void **state)
{
    (void)state;
    /* RFC 6455, 5.7 */
    expect_hex(strict_server, "810548656c6c6f", " [text 5] data=48656c6c6f text(5)");
    expect_hex(strict_client, "818537fa213d7f9f4d5158", " [text 5] data=48656c6c6f text(5)");
    expect_hex(strict_server, "010348656c 80026c6f",
               " [text 3..] data=48656c [continuation 2] data=6c6f text(5)");
    expect_hex(strict_server, "890548656c6c6f", " [ping 5] ping=48656c6c6f");
    expect_hex(strict_client, "8a8537fa213d7f9f4d5158", " [pong 5] pong=48656c6c6f");
}

static void reads_long_payloads(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t length;
    } rows[] = {{"827e0100", 256}, {"827f0000000000010000", 65536}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer octets = {0};
        struct buffer expected = {0};
        support_hex(&octets, rows[i].header);
        memset(buffer_extend(&octets, rows[i].length), 0xab, rows[i].length);
        buffer_printf(&expected, " [binary %zu] data=", rows[i].length);
        for (size_t k = 0; k < rows[i].length; k++)
            buffer_append_text(&expected, "ab");
        buffer_printf(&expected, " binary(%zu)", rows[i].length);
        struct random random = random_start(i, bytes_text("long"));
        expect_run(&strict_server, buffer_bytes(&octets), whole, NULL, buffer_text(&expected));
        expect_run(&strict_server, buffer_bytes(&octets), octet, NULL, buffer_text(&expected));
        expect_run(&strict_server, buffer_bytes(&octets), by_chance, &random,
                   buffer_text(&expected));
        buffer_free(&octets);
        buffer_free(&expected);
    }
}

static void reads_empty_frames_and_messages(void **state)
{
    (void)state;
    expect_hex(strict_server, "8100 8200 8900 8800",
               " [text 0] text(0) [binary 0] binary(0) [ping 0] ping= [close 0] close(1005)=");
    expect_hex(strict_client, "818001020304", " [text 0] text(0)");
    expect_hex(strict_server, "0200 0000 000161 8000",
               " [binary 0..] [continuation 0..] [continuation 1..] data=61 [continuation 0] "
               "binary(1)");
}

static void takes_control_frames_between_fragments(void **state)
{
    (void)state;
    expect_hex(strict_server, "0101e2 8901ff 000182 8a00 8001ac",
               " [text 1..] data=e2 [ping 1] ping=ff [continuation 1..] data=82 [pong 0] pong= "
               "[continuation 1] data=ac text(3)");
}

static void unmasks_each_frame_from_its_start(void **state)
{
    (void)state;
    expect_hex(strict_client, "028301020304 6060 60 808501020304 6567656369 8981aabbccdd 00",
               " [binary 3..] data=616263 [continuation 5] data=6465666768 binary(8) [ping 1] "
               "ping=aa");
}

/* One stream for each violation: it comes first, and with its code. */
static const struct {
    enum ws_violation violation;
    bool from_client;
    const char *hex;
    const char *observed;
} violations[] = {
    {WS_BAD_RSV1, false, "c10161", " [text 1] !rsv1 data=61 text(1)"},
    {WS_BAD_RSV2, false, "a10161", " [text 1] !rsv2 data=61 text(1)"},
    {WS_BAD_RSV3, false, "990161", " [ping 1] !rsv3 ping=61"},
    {WS_BAD_OPCODE_DATA, false, "830261628100", " [opcode 3 2] !opcode-data [text 0] text(0)"},
    {WS_BAD_OPCODE_DATA, false, "070161", " [opcode 7 1..] !opcode-data"},
    {WS_BAD_OPCODE_CONTROL, false, "8b026162", " [opcode 11 2] !opcode-control opcode 11=6162"},
    {WS_BAD_OPCODE_CONTROL, false, "8f00", " [opcode 15 0] !opcode-control opcode 15="},
    {WS_BAD_UNMASKED, true, "810161", " [text 1] !unmasked data=61 text(1)"},
    {WS_BAD_MASKED, false, "818101020304 60", " [text 1] !masked data=61 text(1)"},
    {WS_BAD_LENGTH_NOT_MINIMAL, false, "827e0001ff", " [binary 1] !not-minimal data=ff binary(1)"},
    {WS_BAD_LENGTH_NOT_MINIMAL, false, "827f0000000000000000",
     " [binary 0] !not-minimal binary(0)"},
    {WS_BAD_LENGTH_TOP_BIT, false, "827f8000000000000000 8100 ff",
     " [binary 9223372036854775808] !top-bit"},
    {WS_BAD_CONTROL_LENGTH_FORM, false, "897e0001ff", " [ping 1] !control-form ping=ff"},
    {WS_BAD_CONTROL_LENGTH_FORM, false, "8a7f0000000000000000", " [pong 0] !control-form pong="},
    {WS_BAD_CONTROL_FRAGMENTED, false, "090161 8000",
     " [ping 1..] !control-fragmented ping=61 [continuation 0] !continuation"},
    {WS_BAD_CONTINUATION, false, "8001ff", " [continuation 1] !continuation"},
    {WS_BAD_CONTINUATION, false, "000161 8100",
     " [continuation 1..] !continuation [text 0] text(0)"},
    {WS_BAD_CONTINUATION, false, "8100 8000", " [text 0] text(0) [continuation 0] !continuation"},
    {WS_BAD_INTERLEAVED, false, "0102c3a9 020100 8001ff",
     " [text 2..] data=c3a9 [binary 1..] !interleaved data=00 [continuation 1] data=ff binary(2)"},
    {WS_BAD_INTERLEAVED, false, "0101c3 810161 8000",
     " [text 1..] data=c3 [text 1] !interleaved data=61 text(1) [continuation 0] !continuation"},
    {WS_BAD_UTF8, false, "810361ff62", " [text 3] data=61 !utf8 data=ff62 text(3)"},
    {WS_BAD_UTF8, false, "0101e2 0001a0 8002ffff 8101ff",
     " [text 1..] data=e2 [continuation 1..] data=a0 [continuation 2] !utf8 data=ffff text(4) "
     "[text 1] !utf8 data=ff text(1)"},
    {WS_BAD_UTF8, true, "818401020304 60 fd 60 9c", " [text 4] data=61 !utf8 data=ff6398 text(4)"},
    {WS_BAD_UTF8_CUT, false, "8101c3 8100", " [text 1] data=c3 !utf8-cut text(1) [text 0] text(0)"},
    {WS_BAD_UTF8_CUT, false, "0101e2 800182",
     " [text 1..] data=e2 [continuation 1] data=82 !utf8-cut text(2)"},
    {WS_BAD_CLOSE_LENGTH, false, "880103", " [close 1] !close-length close(0)=03"},
    {WS_BAD_CLOSE_CODE_UNUSED, false, "880203e7", " [close 2] !close-unused close(999)=03e7"},
    {WS_BAD_CLOSE_CODE_1004, false, "880203ec", " [close 2] !close-1004 close(1004)=03ec"},
    {WS_BAD_CLOSE_CODE_1005, false, "880203ed", " [close 2] !close-1005 close(1005)=03ed"},
    {WS_BAD_CLOSE_CODE_1006, false, "880203ee", " [close 2] !close-1006 close(1006)=03ee"},
    {WS_BAD_CLOSE_CODE_1010, false, "880203f2", " [close 2] !close-1010 close(1010)=03f2"},
    {WS_BAD_CLOSE_CODE_1015, false, "880203f7", " [close 2] !close-1015 close(1015)=03f7"},
    {WS_BAD_CLOSE_CODE_UNASSIGNED, false, "880207d0",
     " [close 2] !close-unassigned close(2000)=07d0"},
    {WS_BAD_CLOSE_CODE_OUTSIDE, false, "88021388", " [close 2] !close-outside close(5000)=1388"},
    {WS_BAD_CLOSE_REASON, false, "880303e8ff", " [close 3] !close-reason close(1000)=03e8ff"},
    {WS_BAD_DATA_AFTER_CLOSE, false, "8800 8900 8100",
     " [close 0] close(1005)= [ping 0] ping= [text 0] !data-after-close text(0)"},
    {WS_BAD_DATA_AFTER_CLOSE, false, "0100 8800 8000",
     " [text 0..] [close 0] close(1005)= [continuation 0] !data-after-close text(0)"},
    {WS_BAD_SECOND_CLOSE, false, "8800 8a00 880203e8",
     " [close 0] close(1005)= [pong 0] pong= [close 2] !second-close close(1000)=03e8"},
};

/* The trace of strict mode is that of observing mode up to the first violation. */
static struct buffer cut_behind_violation(const char *observed)
{
    struct buffer text = {0};
    const char *mark = strchr(observed, '!');
    if (mark == NULL) {
        buffer_append_text(&text, observed);
        return text;
    }
    size_t len = (size_t)(mark - observed) + strcspn(mark, " ");
    buffer_append(&text, bytes_of(observed, len));
    buffer_append_text(&text, " END");
    return text;
}

static void names_violations_and_reads_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(violations); i++) {
        expect_hex(violations[i].from_client ? seeing_client : seeing_server, violations[i].hex,
                   violations[i].observed);
        char name[32];
        snprintf(name, sizeof(name), "!%s", violation_names[violations[i].violation]);
        assert_memory_equal(strchr(violations[i].observed, '!'), name, strlen(name));
    }
}

static void ends_at_the_first_violation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(violations); i++) {
        struct buffer expected = cut_behind_violation(violations[i].observed);
        expect_hex(violations[i].from_client ? strict_client : strict_server, violations[i].hex,
                   buffer_text(&expected));
        buffer_free(&expected);
    }
}

/* A stream with a ping of 126 octets, which no hex string should spell. */
static void cuts_long_control_frames(void **state)
{
    (void)state;
    struct buffer octets = {0};
    struct buffer expected = {0};
    support_hex(&octets, "897e007e");
    memset(buffer_extend(&octets, 126), 0xfe, 126);
    support_hex(&octets, "8900");
    buffer_append_text(&expected, " [ping 126] !control-length ping=");
    for (int i = 0; i < WS_CONTROL_MAX; i++)
        buffer_append_text(&expected, "fe");
    buffer_append_text(&expected, " [ping 0] ping=");
    expect_octets(&seeing_server, buffer_bytes(&octets), buffer_text(&expected));
    expect_octets(&strict_server, buffer_bytes(&octets), " [ping 126] !control-length END");
    buffer_free(&octets);
    buffer_free(&expected);
}

/* The reason is valid as a whole; that the reader keeps only a part of it must not be charged to
 * the sender. */
static void does_not_blame_a_reason_that_it_cut(void **state)
{
    (void)state;
    struct buffer octets = {0};
    struct buffer expected = {0};
    support_hex(&octets, "887e007e 03e8");
    buffer_append_text(&expected, " [close 126] !control-length close(1000)=03e8");
    for (int i = 0; i < 62; i++) {
        support_hex(&octets, "c3a9");
        buffer_append_text(&expected, i < 61 ? "c3a9" : "c3");
    }
    expect_octets(&seeing_server, buffer_bytes(&octets), buffer_text(&expected));
    buffer_free(&octets);
    buffer_free(&expected);
}

static void names_all_that_is_wrong_with_a_header(void **state)
{
    (void)state;
    expect_hex(seeing_server, "8800 0100 f1fe0001 01020304 60",
               " [close 0] close(1005)= [text 0..] !data-after-close [text 1] !rsv1 !rsv2 !rsv3 "
               "!masked !not-minimal !interleaved !data-after-close data=61 text(1)");
    expect_hex(seeing_client, "7f7f8000000000000000",
               " [opcode 15 9223372036854775808..] !rsv1 !rsv2 !rsv3 !opcode-control !unmasked "
               "!control-fragmented !top-bit !control-length");
    expect_hex(seeing_client, "8880 00000000 787e0001ff",
               " [close 0] close(1005)= [close 1..] !rsv1 !rsv2 !rsv3 !unmasked "
               "!control-fragmented !control-form !second-close !close-length close(0)=ff");
    expect_hex((struct setting){WS_READER_OBSERVING, true, 1, false},
               "8880 00000000 0280 00000000 727e0002 ffff",
               " [close 0] close(1005)= [binary 0..] !data-after-close [binary 2..] !rsv1 !rsv2 "
               "!rsv3 !unmasked !not-minimal !interleaved !data-after-close !too-big data=ffff");
}

static void limits_messages(void **state)
{
    (void)state;
    struct setting strict = {WS_READER_STRICT, false, 3, false};
    struct setting seeing = {WS_READER_OBSERVING, false, 3, false};
    expect_hex(strict, "8203616263 890461626364",
               " [binary 3] data=616263 binary(3) [ping 4] ping=61626364");
    expect_hex(strict, "820461626364", " [binary 4] !too-big END");
    expect_hex(strict, "02026162 0002", " [binary 2..] data=6162 [continuation 2..] !too-big END");
    expect_hex(seeing, "02026162 00026364 800165 8100",
               " [binary 2..] data=6162 [continuation 2..] !too-big data=6364 [continuation 1] "
               "data=65 binary(5) [text 0] text(0)");
    expect_hex(strict, "827f7fffffffffffffff", " [binary 9223372036854775807] !too-big END");
}

static void tells_where_it_stands(void **state)
{
    (void)state;
    struct ws_reader reader;
    struct ws_event event;
    size_t used;
    uint8_t octets[] = {0x01, 0x03, 'a', 'b', 'c', 0x80, 0x00};
    ws_reader_init(&reader, WS_READER_STRICT, false, UINT64_MAX);
    assert_false(ws_reader_in_frame(&reader) || ws_reader_in_message(&reader));
    assert_int_equal(ws_reader_next(&reader, NULL, 0, &used, &event), WS_MORE);
    assert_int_equal(ws_reader_next(&reader, octets, 1, &used, &event), WS_MORE);
    assert_true(ws_reader_in_frame(&reader));
    assert_true(ws_reader_missing(&reader) == 0);
    assert_int_equal(ws_reader_header(&reader).len, 1);
    assert_int_equal(ws_reader_header(&reader).data[0], 0x01);
    assert_int_equal(ws_reader_next(&reader, octets + 1, 2, &used, &event), WS_ITEM);
    assert_int_equal(used, 1);
    assert_true(ws_reader_missing(&reader) == 3);
    assert_int_equal(ws_reader_header(&reader).len, 0);
    assert_int_equal(ws_reader_next(&reader, octets + 2, 1, &used, &event), WS_ITEM);
    assert_ptr_equal(event.payload.data, octets + 2);
    assert_true(ws_reader_missing(&reader) == 2 && ws_reader_in_frame(&reader));
    assert_true(ws_reader_in_message(&reader));
    assert_int_equal(ws_reader_next(&reader, octets + 3, 2, &used, &event), WS_ITEM);
    assert_int_equal(ws_reader_next(&reader, NULL, 0, &used, &event), WS_MORE);
    assert_false(ws_reader_in_frame(&reader));
    assert_true(ws_reader_in_message(&reader));
    assert_int_equal(ws_reader_next(&reader, octets + 5, 2, &used, &event), WS_ITEM);
    assert_int_equal(ws_reader_next(&reader, NULL, 0, &used, &event), WS_ITEM);
    assert_int_equal(event.kind, WS_EVENT_MESSAGE);
    assert_false(ws_reader_in_frame(&reader) || ws_reader_in_message(&reader));
    /* A message of one frame has no first and last fragment to be between. */
    uint8_t lone[] = {0x81, 0x01};
    assert_int_equal(ws_reader_next(&reader, lone, 2, &used, &event), WS_ITEM);
    assert_true(ws_reader_in_frame(&reader));
    assert_false(ws_reader_in_message(&reader));
}

static void stays_ended(void **state)
{
    (void)state;
    struct ws_reader reader;
    struct ws_event event;
    size_t used = 9;
    uint8_t octets[] = {0xf1, 0x00, 0x81, 0x00};
    ws_reader_init(&reader, WS_READER_STRICT, false, UINT64_MAX);
    assert_int_equal(ws_reader_next(&reader, octets, 4, &used, &event), WS_ITEM);
    assert_int_equal(ws_reader_next(&reader, octets + 2, 2, &used, &event), WS_ITEM);
    assert_int_equal(event.violation, WS_BAD_RSV1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ws_reader_next(&reader, octets + 2, 2, &used, &event), WS_BAD);
        assert_int_equal(used, 0);
    }
}

/* A frame with anything in its header, more often legal than not. */
static void append_random_frame(struct buffer *out, struct random *random, bool from_client)
{
    static const uint8_t opcodes[] = {0, 0, 1, 1, 2, 2, 8, 9, 10, 9, 1, 0, 3, 7, 11, 15};
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 plain ascii text";
    uint64_t bits = random_next(random);
    struct ws_frame frame = {
        .fin = (bits & 3) != 0,
        .masked = from_client != ((bits >> 2 & 31) == 0),
        .rsv = (bits >> 7 & 31) == 0 ? bits >> 12 & 7 : 0,
        .opcode = opcodes[bits >> 15 & 15],
        .length = (bits >> 19 & 15) == 0 ? 120 + (bits >> 23) % 20 : (bits >> 23) % 12,
    };
    frame.form = ws_frame_minimal_form(frame.length);
    if ((bits >> 30 & 31) == 0)
        frame.form = bits >> 35 & 1 ? WS_LENGTH_16 : WS_LENGTH_64;
    if (frame.masked)
        random_fill(random, frame.key, 4);
    uint8_t header[WS_FRAME_HEADER_MAX];
    buffer_append(out, bytes_of(header, ws_frame_write(&frame, header)));
    uint8_t *payload = buffer_extend(out, frame.length);
    for (size_t i = 0; i < frame.length; i++)
        payload[i] = (uint8_t)text[i % (sizeof(text) - 1)];
    if ((bits >> 36 & 7) == 0 && frame.length > 0)
        payload[(bits >> 39) % frame.length] = (uint8_t)(bits >> 56);
    if (frame.opcode == WS_CLOSE && frame.length > 1)
        ws_close_write(payload, WS_CLOSE_NORMAL, (struct bytes){NULL, 0});
    if (frame.masked)
        ws_mask_apply(payload, frame.length, frame.key, 0);
}

static void check_random_stream(struct setting setting, struct bytes octets, struct random *random)
{
    setting.mode = WS_READER_OBSERVING;
    struct buffer observed = run(&setting, octets, whole, NULL);
    expect_run(&setting, octets, octet, NULL, buffer_text(&observed));
    for (int i = 0; i < 4; i++)
        expect_run(&setting, octets, by_chance, random, buffer_text(&observed));
    struct buffer expected = cut_behind_violation(buffer_text(&observed));
    setting.mode = WS_READER_STRICT;
    expect_run(&setting, octets, whole, NULL, buffer_text(&expected));
    expect_run(&setting, octets, octet, NULL, buffer_text(&expected));
    for (int i = 0; i < 4; i++)
        expect_run(&setting, octets, by_chance, random, buffer_text(&expected));
    buffer_free(&observed);
    buffer_free(&expected);
}

static void does_not_depend_on_splits(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 1500; seed++) {
        struct random random = random_start(seed, bytes_text("reader"));
        struct setting setting = {WS_READER_STRICT, seed % 2 == 0, seed % 3 == 0 ? 10 : UINT64_MAX,
                                  seed % 5 < 2};
        struct buffer octets = {0};
        size_t count = 1 + random_next(&random) % 8;
        for (size_t i = 0; i < count; i++)
            append_random_frame(&octets, &random, setting.from_client);
        check_random_stream(setting, buffer_bytes(&octets), &random);
        buffer_free(&octets);
    }
}

static void does_not_depend_on_splits_of_noise(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct random random = random_start(seed, bytes_text("noise"));
        uint8_t noise[64];
        random_fill(&random, noise, sizeof(noise));
        struct setting setting = {WS_READER_STRICT, seed % 2 == 0, UINT64_MAX, seed % 5 < 2};
        check_random_stream(setting, bytes_of(noise, sizeof(noise)), &random);
    }
}

static void inflates_messages(void **state)
{
    (void)state;
    /* RFC 7692, 7.2.3.1 and 7.2.3.2; a message without RSV1 between them changes nothing. */
    expect_hex(inflating_server, "c107f248cdc9c90700 810161 c105f200110000",
               " [text 7] inflated=48656c6c6f text(5) <f248cdc9c90700> [text 1] data=61 text(1) "
               "[text 5] inflated=48656c6c6f text(5) <f200110000>");
    expect_hex(inflating_server, "4103f248cd 8900 8004c9c90700",
               " [text 3..] inflated=4865 [ping 0] ping= [continuation 4] inflated=6c6c6f text(5) "
               "<f248cdc9c90700>");
    expect_hex(inflating_client, "c18701020304 f34acecdc80503",
               " [text 7] inflated=48656c6c6f text(5) <f248cdc9c90700>");
    expect_hex(inflating_server, "c20100", " [binary 1] binary(0) <00>");
}

/* What the unpacker took of a frame but has not given yet, or knows against it, is told before the
 * next frame. */
static void inflates_a_frame_before_the_next(void **state)
{
    (void)state;
    /* The last octet of the fragment brings a literal and a distance to nowhere. */
    expect_hex(inflating_server, "4103f20011 8900", " [text 3..] inflated=48 !deflate END");
    /* More than comes out in one piece, however the message is fragmented. */
    static uint8_t plain[20000];
    struct buffer packed = {0};
    struct ws_deflate_packer *packer = ws_deflate_new_packer(15, true);
    ws_deflate_pack(packer, bytes_of(plain, sizeof(plain)), &packed);
    for (size_t cut = 0; cut <= packed.len; cut++) {
        struct buffer octets = {0};
        const uint8_t first[] = {0x42, (uint8_t)cut};
        const uint8_t second[] = {0x89, 0, 0x80, (uint8_t)(packed.len - cut)};
        buffer_append(&octets, bytes_of(first, sizeof(first)));
        buffer_append(&octets, bytes_of(packed.data, cut));
        buffer_append(&octets, bytes_of(second, sizeof(second)));
        buffer_append(&octets, bytes_of(packed.data + cut, packed.len - cut));
        struct buffer expected = run(&inflating_server, buffer_bytes(&octets), octet, NULL);
        expect_run(&inflating_server, buffer_bytes(&octets), whole, NULL, buffer_text(&expected));
        buffer_free(&octets);
        buffer_free(&expected);
    }
    ws_deflate_free_packer(packer);
    buffer_free(&packed);
}

static void inflates_much_from_little(void **state)
{
    (void)state;
    struct buffer plain = {0};
    struct buffer octets = {0};
    struct buffer expected = {0};
    struct ws_deflate_packer *packer = ws_deflate_new_packer(15, true);
    memset(buffer_extend(&plain, 20000), 'a', 20000);
    buffer_append(&octets, bytes_of("\xc1\0", 2));
    ws_deflate_pack(packer, buffer_bytes(&plain), &octets);
    assert_true(octets.len < 125 + 2);
    octets.data[1] = (uint8_t)(octets.len - 2);
    buffer_printf(&expected, " [text %zu] inflated=", octets.len - 2);
    hex_write(&expected, buffer_bytes(&plain));
    buffer_append_text(&expected, " text(20000) <");
    hex_write(&expected, bytes_of(octets.data + 2, octets.len - 2));
    buffer_append_text(&expected, ">");
    expect_octets(&inflating_server, buffer_bytes(&octets), buffer_text(&expected));
    ws_deflate_free_packer(packer);
    buffer_free(&plain);
    buffer_free(&octets);
    buffer_free(&expected);
}

static void blames_what_compression_may_not_do(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        const char *observed;
    } rows[] = {
        /* 6.1: RSV1 on a control frame, on a later fragment */
        {"c90161", " [ping 1] !rsv1-place ping=61"},
        {"4103f248cd c004c9c90700",
         " [text 3..] inflated=4865 [continuation 4] !rsv1-place inflated=6c6c6f text(5) "
         "<f248cdc9c90700>"},
        {"010161 c00162", " [text 1..] data=61 [continuation 1] !rsv1-place data=62 text(2)"},
        /* a reserved kind of block; a stream that is cut; one that refers to what is not there */
        {"c1020700 810161", " [text 2] !deflate text(0) <0700> [text 1] data=61 text(1)"},
        {"c103f248cd 810161",
         " [text 3] inflated=4865 !deflate text(2) <f248cd> [text 1] data=61 text(1)"},
        {"c105f200110000", " [text 5] inflated=48 !deflate text(1) <f200110000>"},
        /* what was inflated is no UTF-8 */
        {"c107000100feffff00", " [text 7] !utf8 inflated=ff text(1) <000100feffff00>"},
        {"c107000100feffc300", " [text 7] inflated=c3 !utf8-cut text(1) <000100feffc300>"},
        {"c207000100feffff00", " [binary 7] inflated=ff binary(1) <000100feffff00>"},
        /* the other bits stay what they are */
        {"e10107", " [text 1] !rsv2 !deflate text(0) <07>"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_hex(inflating, rows[i].hex, rows[i].observed);
    expect_hex(inflating_server, "c1020700 810161", " [text 2] !deflate END");
}

static void limits_what_is_inflated(void **state)
{
    (void)state;
    struct setting setting = inflating;
    setting.max = 3;
    expect_hex(setting, "c107f248cdc9c90700",
               " [text 7] inflated=48656c !too-big inflated=6c6f text(5) <f248cdc9c90700>");
    setting.max = 5;
    expect_hex(setting, "c107f248cdc9c90700",
               " [text 7] inflated=48656c6c6f text(5) <f248cdc9c90700>");
    setting.mode = WS_READER_STRICT;
    setting.max = 0;
    expect_hex(setting, "c107f248cdc9c90700", " [text 7] !too-big END");
}

static void covers_every_violation(void **state)
{
    (void)state;
    /* These are in tests of their own. */
    uint64_t seen = UINT64_C(1) << WS_TOO_BIG | UINT64_C(1) << WS_BAD_CONTROL_LENGTH |
                    UINT64_C(1) << WS_BAD_RSV1_PLACE | UINT64_C(1) << WS_BAD_DEFLATE;
    for (size_t i = 0; i < COUNT_OF(violations); i++)
        seen |= UINT64_C(1) << violations[i].violation;
    for (int i = WS_FINE + 1; i < WS_VIOLATION_COUNT; i++)
        if ((seen >> i & 1) == 0)
            fail_msg("no stream shows %s", violation_names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_examples_of_the_rfc),
        cmocka_unit_test(reads_long_payloads),
        cmocka_unit_test(reads_empty_frames_and_messages),
        cmocka_unit_test(takes_control_frames_between_fragments),
        cmocka_unit_test(unmasks_each_frame_from_its_start),
        cmocka_unit_test(names_violations_and_reads_on),
        cmocka_unit_test(ends_at_the_first_violation),
        cmocka_unit_test(cuts_long_control_frames),
        cmocka_unit_test(does_not_blame_a_reason_that_it_cut),
        cmocka_unit_test(names_all_that_is_wrong_with_a_header),
        cmocka_unit_test(limits_messages),
        cmocka_unit_test(tells_where_it_stands),
        cmocka_unit_test(stays_ended),
        cmocka_unit_test(does_not_depend_on_splits),
        cmocka_unit_test(does_not_depend_on_splits_of_noise),
        cmocka_unit_test(inflates_messages),
        cmocka_unit_test(inflates_a_frame_before_the_next),
        cmocka_unit_test(inflates_much_from_little),
        cmocka_unit_test(blames_what_compression_may_not_do),
        cmocka_unit_test(limits_what_is_inflated),
        cmocka_unit_test(covers_every_violation),
    };
    return cmocka_run_group_tests_name("ws/reader", tests, NULL, NULL);
}
