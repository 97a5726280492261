/* SPDX-License-Identifier: MIT */
#include "fuzz/slow.h"

#include "support.h"

/* --- headers --------------------------------------------------------------------------------- */

static void reads_headers(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        size_t size;
        uint64_t length;
        unsigned form;
        bool masked;
    } rows[] = {
        {"8105", 2, 5, 7, false},
        {"81850102030468", 6, 5, 7, true},
        {"827e0100", 4, 256, 16, false},
        {"827f0000000000010000", 10, 65536, 64, false},
        {"82ff800000000000000001020304", 14, UINT64_C(1) << 63, 64, true},
        {"81", 0, 0, 0, false},
        {"8185010203", 0, 0, 0, false},
        {"827e01", 0, 0, 0, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer in = {0};
        struct trace_header header;
        support_hex(&in, rows[i].hex);
        assert_int_equal(slow_header(&header, buffer_bytes(&in)), rows[i].size);
        if (rows[i].size > 0) {
            assert_true(header.length == rows[i].length);
            assert_int_equal(header.form, rows[i].form);
            assert_int_equal(header.masked, rows[i].masked);
        }
        buffer_free(&in);
    }
}

/* --- UTF-8 ----------------------------------------------------------------------------------- */

static void judges_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        size_t good;
        bool whole;
    } rows[] = {
        {"", 0, true},
        {"00417f", 3, true},
        {"c280dfbf", 4, true},
        {"e0a080ed9fbfee8080efbfbf", 12, true},
        {"f0908080f48fbfbf", 8, true},
        {"41c3", 2, false},
        {"e282", 2, false},
        {"f09f98", 3, false},
        {"80", 0, true},
        {"41bf", 1, true},
        {"c080", 0, true},
        {"c1bf", 0, true},
        {"e09fbf", 1, true},
        {"eda080", 1, true},
        {"f08fbfbf", 1, true},
        {"f4908080", 1, true},
        {"f5808080", 0, true},
        {"fe", 0, true},
        {"e28241", 2, true},
        {"c3c3", 1, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer text = {0};
        bool whole;
        support_hex(&text, rows[i].hex);
        size_t good = slow_utf8(buffer_bytes(&text), &whole);
        assert_int_equal(good, rows[i].good);
        if (good == text.len)
            assert_int_equal(whole, rows[i].whole);
        buffer_free(&text);
    }
}

/* --- Close ----------------------------------------------------------------------------------- */

static uint32_t close_with(unsigned code, bool from_client)
{
    const uint8_t payload[] = {(uint8_t)(code >> 8), (uint8_t)code};
    return slow_close(bytes_of(payload, 2), from_client);
}

static void judges_close_codes(void **state)
{
    (void)state;
    static const unsigned good[] = {1000, 1001, 1002, 1003, 1007, 1008,
                                    1009, 1011, 1012, 1014, 3000, 4999};
    static const unsigned bad[] = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_int_equal(close_with(good[i], false), 0);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(close_with(bad[i], true), SLOW_BIT(SLOW_CLOSE_CODE));
    assert_int_equal(close_with(1010, true), 0);
    assert_int_equal(close_with(1010, false), SLOW_BIT(SLOW_CLOSE_CODE));
}

static void judges_close_bodies(void **state)
{
    (void)state;
    assert_int_equal(slow_close(bytes_of(NULL, 0), true), 0);
    assert_int_equal(slow_close(bytes_of("\x03", 1), true), SLOW_BIT(SLOW_CLOSE_LENGTH));
    assert_int_equal(slow_close(bytes_of("\x03\xe8ok", 4), true), 0);
    assert_int_equal(slow_close(bytes_of("\x03\xe8\xc3", 3), true), SLOW_BIT(SLOW_CLOSE_REASON));
    assert_int_equal(slow_close(bytes_of("\x03\xed\xff", 3), true),
                     SLOW_BIT(SLOW_CLOSE_REASON) | SLOW_BIT(SLOW_CLOSE_CODE));
}

/* --- streams --------------------------------------------------------------------------------- */

static void parse(struct trace *trace, const struct slow_profile *profile, const char *hex)
{
    struct buffer in = {0};
    support_hex(&in, hex);
    slow_parse(trace, profile, buffer_bytes(&in));
    buffer_free(&in);
}

/* What is said of the stream: a failure by this rule, or none. */
static void expect_of(const struct slow_profile *profile, const char *hex, int rule)
{
    struct trace trace = {0};
    parse(&trace, profile, hex);
    assert_int_equal(trace_failed(&trace), rule >= 0);
    if (rule >= 0) {
        const struct trace_event *last = &trace.events[trace.count - 1];
        if (last->rules != SLOW_BIT((enum slow_rule)rule))
            fail_msg("%s: rules %x, not rule %d", hex, last->rules, rule);
        assert_int_equal(last->code, slow_rule_code((enum slow_rule)rule));
    }
    trace_free(&trace);
}

/* Of a strict client. */
static void expect(const char *hex, int rule)
{
    static const struct slow_profile client = {.message_max = 70000};
    expect_of(&client, hex, rule);
}

static void knows_each_rule(void **state)
{
    (void)state;
    expect("810568656c6c6f", -1);
    expect("0101618900800162", -1);
    expect("c10161", SLOW_RSV);
    expect("8300", SLOW_OPCODE);
    expect("8b00", SLOW_OPCODE);
    expect("818000000000", SLOW_MASKED);
    expect("817e0001", SLOW_NOT_MINIMAL);
    expect("827f000000000000ffff", SLOW_NOT_MINIMAL);
    expect("897e0001", SLOW_CONTROL_FORM);
    expect("897e007e", SLOW_CONTROL_LONG);
    expect("0900", SLOW_CONTROL_FRAGMENTED);
    expect("8000", SLOW_ORPHAN);
    expect("01008100", SLOW_INTERLEAVED);
    expect("8102c328", SLOW_UTF8);
    expect("810561ff", SLOW_UTF8);
    expect("8101c3", SLOW_UTF8_CUT);
    expect("0101c38901788001a9", -1);
    expect("0101c3800162", SLOW_UTF8);
    expect("880100", SLOW_CLOSE_LENGTH);
    expect("880203e7", SLOW_CLOSE_CODE);
    expect("880303e8ff", SLOW_CLOSE_REASON);
    expect("88008100", SLOW_DATA_AFTER_CLOSE);
    expect("88008800", SLOW_SECOND_CLOSE);
    expect("88008900", -1);
    expect("827f0000000000011171", SLOW_TOO_BIG);
    expect("827f0000000000011170", -1);
}

static void a_server_wants_masks(void **state)
{
    (void)state;
    static const struct slow_profile server = {.from_client = true};
    struct trace trace = {0};
    parse(&trace, &server, "81850102030469676f686e");
    assert_int_equal(trace.count, 1);
    support_expect_text(buffer_bytes(&trace.data), "hello");
    parse(&trace, &server, "8100");
    assert_int_equal(trace.events[0].rules, SLOW_BIT(SLOW_UNMASKED));
    trace_free(&trace);
}

static const struct slow_profile inflating = {
    .message_max = 5, .pieces = true, .deflate = true, .takeover = true, .window_bits = 15};

static void inflates_messages(void **state)
{
    (void)state;
    struct trace trace = {0};
    /* RFC 7692, 7.2.3.1 and 7.2.3.2, the first in fragments, and a message without RSV1. */
    parse(&trace, &inflating, "4103f248cd89008004c9c90700810178c105f200110000");
    assert_int_equal(trace.count, 4);
    support_expect_text(buffer_bytes(&trace.data), "HelloxHello");
    assert_int_equal(trace.deflated.len, 12);
    assert_int_equal(trace.events[0].given, 2);
    assert_int_equal(trace.events[3].from, 6);
    /* A piece of it, and then nothing. */
    parse(&trace, &inflating, "c107f248cd");
    assert_int_equal(trace.count, 0);
    support_expect_text(buffer_bytes(&trace.data), "He");
    trace_free(&trace);
}

static void knows_the_rules_for_compressed_messages(void **state)
{
    (void)state;
    struct slow_profile alone = inflating;
    alone.takeover = false;
    expect_of(&inflating, "c107f248cdc9c90700c105f200110000", -1);
    expect_of(&alone, "c107f248cdc9c90700c105f200110000", SLOW_DEFLATE);
    expect_of(&alone, "c107f248cdc9c90700810178c107f248cdc9c90700", -1);
    expect_of(&inflating, "c100", SLOW_DEFLATE);
    expect_of(&inflating, "4100c00100", SLOW_RSV);
    expect_of(&inflating, "c900", SLOW_RSV);
    expect_of(&inflating, "d10100", SLOW_RSV);
    expect_of(&inflating, "c107000100feffff00", SLOW_UTF8);
    expect_of(&inflating, "c107000100feffc300", SLOW_UTF8_CUT);
    expect_of(&inflating, "c107000600f9ff48", -1);
    expect_of(&inflating, "c10c000600f9ff48656c6c6f2100", SLOW_TOO_BIG);
    /* What comes first is told. */
    expect_of(&inflating, "c10c000600f9ff48656c6cff2100", SLOW_UTF8);
    expect_of(&inflating, "410648cdc9c90707c900", SLOW_DEFLATE);
}

static void tolerances_let_pass(void **state)
{
    (void)state;
    static const struct slow_profile loose = {.tolerated = SLOW_BIT(SLOW_NOT_MINIMAL) |
                                                           SLOW_BIT(SLOW_CLOSE_LENGTH),
                                              .utf8 = SLOW_UTF8_AT_MESSAGE,
                                              .stops_at_close = true};
    struct trace trace = {0};
    parse(&trace, &loose, "817e000161880178c30178");
    assert_int_equal(trace.count, 2);
    assert_int_equal(trace.events[1].kind, TRACE_CLOSE);
    /* The bad octet is in the first fragment, the failure comes with the last. */
    parse(&trace, &loose, "0101ff8900800161");
    assert_int_equal(trace.count, 2);
    assert_int_equal(trace.events[0].kind, TRACE_PING);
    assert_int_equal(trace.events[1].kind, TRACE_FAIL);
    trace_free(&trace);
}

static void tells_what_an_unfinished_end_breaks(void **state)
{
    (void)state;
    static const struct slow_profile server = {.from_client = true};
    struct trace trace = {0};
    assert_int_equal(slow_parse(&trace, &server, bytes_of("\x89\xfe", 2)),
                     SLOW_BIT(SLOW_CONTROL_FORM));
    assert_int_equal(slow_parse(&trace, &server, bytes_of("\x81\xfe\x00\x05", 4)),
                     SLOW_BIT(SLOW_NOT_MINIMAL));
    assert_int_equal(slow_parse(&trace, &server, bytes_of("\x88\x84\0\0\0\0\x03\xe8\xff", 9)),
                     SLOW_BIT(SLOW_CLOSE_REASON));
    assert_int_equal(trace.count, 0);
    trace_free(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_headers),
        cmocka_unit_test(judges_utf8),
        cmocka_unit_test(judges_close_codes),
        cmocka_unit_test(judges_close_bodies),
        cmocka_unit_test(knows_each_rule),
        cmocka_unit_test(a_server_wants_masks),
        cmocka_unit_test(inflates_messages),
        cmocka_unit_test(knows_the_rules_for_compressed_messages),
        cmocka_unit_test(tolerances_let_pass),
        cmocka_unit_test(tells_what_an_unfinished_end_breaks),
    };
    return cmocka_run_group_tests_name("fuzz/slow", tests, NULL, NULL);
}
