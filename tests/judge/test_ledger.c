/* SPDX-License-Identifier: MIT */
#include "judge/ledger.h"

#include "base/hex.h"
#include "support.h"
#include "wire.h"

enum {
    TEXT = 0x81,
    BINARY = 0x82,
    BEGIN = 0x01, /* the first of several fragments of a text message */
    MORE = 0x00,
    LAST = 0x80,
    PING = 0x89,
    PONG = 0x8a
};

/* A script is booked whole, octet by octet, and in two pieces at every place: the ledger must say
 * the same each time. */
struct script {
    struct buffer wire;
    struct judge_ledger ledger;
};

static void begin(struct script *script)
{
    *script = (struct script){0};
}

static void book(struct script *script)
{
    judge_ledger_init(&script->ledger, true);
    judge_ledger_sent(&script->ledger, buffer_bytes(&script->wire), NULL, NULL);
}

static void expect_same(const struct judge_ledger *a, const struct judge_ledger *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->violation, b->violation);
    assert_int_equal(a->oddity, b->oddity);
    assert_int_equal(a->close_sent, b->close_sent);
    assert_int_equal(a->largest, b->largest);
    assert_int_equal(a->fragments, b->fragments);
    assert_int_equal(a->pings, b->pings);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->items[i].kind, b->items[i].kind);
        assert_int_equal(a->items[i].zone, b->items[i].zone);
        assert_int_equal(a->items[i].open, b->items[i].open);
        assert_int_equal(a->items[i].after_close, b->items[i].after_close);
        assert_true(a->items[i].hash == b->items[i].hash);
        assert_true(bytes_equal(judge_ledger_payload(a, &a->items[i]),
                                judge_ledger_payload(b, &b->items[i])));
    }
}

static void end(struct script *script)
{
    struct bytes wire = buffer_bytes(&script->wire);
    for (size_t cut = 0; cut <= wire.len; cut++) {
        struct judge_ledger other;
        judge_ledger_init(&other, true);
        judge_ledger_sent(&other, bytes_of(wire.data, cut), NULL, NULL);
        judge_ledger_sent(&other, bytes_of(wire.data + cut, wire.len - cut), NULL, NULL);
        expect_same(&script->ledger, &other);
        judge_ledger_free(&other);
    }
    struct judge_ledger slow;
    judge_ledger_init(&slow, true);
    for (size_t i = 0; i < wire.len; i++)
        judge_ledger_sent(&slow, bytes_of(wire.data + i, 1), NULL, NULL);
    expect_same(&script->ledger, &slow);
    judge_ledger_free(&slow);
    judge_ledger_free(&script->ledger);
    buffer_free(&script->wire);
}

static void expect_item(const struct script *script, size_t i, enum judge_item_kind kind,
                        enum judge_zone zone, const char *payload)
{
    assert_true(i < script->ledger.count);
    const struct judge_item *item = &script->ledger.items[i];
    assert_int_equal(item->kind, kind);
    assert_int_equal(item->zone, zone);
    support_expect_text(judge_ledger_payload(&script->ledger, item), payload);
    assert_true(item->hash == bytes_hash(BYTES_HASH_START, bytes_text(payload)));
}

static void books_messages_and_pings(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, TEXT, "one");
    wire_client(&s.wire, PING, "two");
    wire_client(&s.wire, PONG, "nobody asked");
    wire_client(&s.wire, BINARY, "");
    book(&s);
    assert_int_equal(s.ledger.count, 3);
    expect_item(&s, 0, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VALID, "one");
    expect_item(&s, 1, JUDGE_ITEM_PING, JUDGE_ZONE_VALID, "two");
    expect_item(&s, 2, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VALID, "");
    assert_int_equal(s.ledger.items[0].opcode, WS_TEXT);
    assert_int_equal(s.ledger.items[2].opcode, WS_BINARY);
    assert_false(s.ledger.items[2].open);
    assert_int_equal(s.ledger.violation, WS_FINE);
    assert_int_equal(s.ledger.pings, 1);
    assert_int_equal(s.ledger.largest, 3);
    assert_int_equal(s.ledger.fragments, 1);
    end(&s);
}

/* RFC 6455, 5.4: control frames may stand between the fragments; the message stays one. */
static void pings_between_fragments_leave_the_message_whole(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, BEGIN, "fra");
    wire_client(&s.wire, PING, "a");
    wire_client(&s.wire, MORE, "gme");
    wire_client(&s.wire, PING, "b");
    wire_client(&s.wire, LAST, "nts");
    book(&s);
    assert_int_equal(s.ledger.count, 3);
    expect_item(&s, 0, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VALID, "fragments");
    expect_item(&s, 1, JUDGE_ITEM_PING, JUDGE_ZONE_VALID, "a");
    expect_item(&s, 2, JUDGE_ITEM_PING, JUDGE_ZONE_VALID, "b");
    assert_int_equal(s.ledger.fragments, 3);
    assert_int_equal(s.ledger.largest, 9);
    end(&s);
}

static void an_unfinished_message_is_open(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, BEGIN, "half");
    book(&s);
    expect_item(&s, 0, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VALID, "half");
    assert_true(s.ledger.items[0].open);
    end(&s);
}

/* An endpoint may refuse a message as soon as what it has of it is too much (10.4), so the octets
 * of an unfinished message count. */
static void the_largest_message_may_be_unfinished(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, TEXT, "1234");
    wire_client(&s.wire, BEGIN, "12345");
    wire_client(&s.wire, MORE, "678");
    book(&s);
    assert_int_equal(s.ledger.largest, 8);
    assert_int_equal(judge_ledger_largest(&s.ledger), 8);
    end(&s);
}

/* ... and it may refuse one of which it has half a header. */
static void the_largest_message_may_be_half_announced(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        uint64_t largest;
    } rows[] = {{"82", 5},       {"82 fe", 126}, {"82 fe 02 00", 512}, {"80", 5},
                {"80 84 00", 9}, {"89 fe", 5},   {"82 83", 5}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct script s;
        begin(&s);
        wire_client(&s.wire, BEGIN, "12345");
        assert_int_equal(hex_read(&s.wire, bytes_text(rows[i].header)), 0);
        book(&s);
        assert_int_equal(s.ledger.largest, 5);
        assert_int_equal(judge_ledger_largest(&s.ledger), rows[i].largest);
        end(&s);
    }
}

/* An endpoint may have ended TCP by then, so it is told from a Close that was our last word. */
static void more_behind_our_close_is_seen(void **state)
{
    (void)state;
    static const char *const behind[] = {"", "81", "88 80 00000000", "c3"};
    for (size_t i = 0; i < COUNT_OF(behind); i++) {
        struct script s;
        begin(&s);
        wire_client(&s.wire, TEXT, "1");
        wire_client(&s.wire, 0x88, "");
        assert_int_equal(hex_read(&s.wire, bytes_text(behind[i])), 0);
        book(&s);
        assert_true(s.ledger.close_sent);
        assert_int_equal(s.ledger.more_sent, i > 0);
        end(&s);
    }
}

/* What stands at or behind a violation must not be processed. */
static void a_violation_ends_the_valid_zone(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum ws_violation violation;
    } rows[] = {
        {"c1 80 00000000", WS_BAD_RSV1},
        {"a1 80 00000000", WS_BAD_RSV2},
        {"91 80 00000000", WS_BAD_RSV3},
        {"83 80 00000000", WS_BAD_OPCODE_DATA},
        {"8b 80 00000000", WS_BAD_OPCODE_CONTROL},
        {"81 00", WS_BAD_UNMASKED},
        {"09 80 00000000", WS_BAD_CONTROL_FRAGMENTED},
        {"89 fe 0000 00000000", WS_BAD_CONTROL_LENGTH_FORM},
        {"80 80 00000000", WS_BAD_CONTINUATION},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct script s;
        begin(&s);
        wire_client(&s.wire, TEXT, "before");
        support_hex(&s.wire, rows[i].hex);
        wire_client(&s.wire, TEXT, "behind");
        wire_client(&s.wire, PING, "behind");
        book(&s);
        assert_int_equal(s.ledger.violation, rows[i].violation);
        assert_int_equal(s.ledger.oddity, WS_FINE);
        expect_item(&s, 0, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VALID, "before");
        expect_item(&s, s.ledger.count - 2, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VIOLATED, "behind");
        expect_item(&s, s.ledger.count - 1, JUDGE_ITEM_PING, JUDGE_ZONE_VIOLATED, "behind");
        /* A frame that is wrong itself must not be answered either. */
        for (size_t j = 1; j < s.ledger.count; j++)
            assert_int_equal(s.ledger.items[j].zone, JUDGE_ZONE_VIOLATED);
        end(&s);
    }
}

/* A36: a receiver may overlook a length that could be shorter. */
static void a_tolerable_fault_makes_a_tolerable_zone(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, TEXT, "before");
    support_hex(&s.wire, "81 fe 0001 00000000 61");
    wire_client(&s.wire, PING, "behind");
    book(&s);
    assert_int_equal(s.ledger.violation, WS_FINE);
    assert_int_equal(s.ledger.oddity, WS_BAD_LENGTH_NOT_MINIMAL);
    expect_item(&s, 0, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VALID, "before");
    expect_item(&s, 1, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_TOLERABLE, "a");
    expect_item(&s, 2, JUDGE_ITEM_PING, JUDGE_ZONE_TOLERABLE, "behind");
    end(&s);
}

/* A10: an endpoint may judge a text when it is whole, so a ping inside it is still owed a pong. */
static void utf8_counts_from_the_end_of_the_message(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, BEGIN, "bad\xff");
    wire_client(&s.wire, PING, "inside");
    book(&s);
    assert_int_equal(s.ledger.violation, WS_FINE);
    assert_true(s.ledger.text_bad);
    end(&s);

    begin(&s);
    wire_client(&s.wire, BEGIN, "bad\xff");
    wire_client(&s.wire, PING, "inside");
    wire_client(&s.wire, LAST, "");
    wire_client(&s.wire, PING, "behind");
    book(&s);
    assert_int_equal(s.ledger.violation, WS_BAD_UTF8);
    expect_item(&s, 0, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VIOLATED, "bad\xff");
    expect_item(&s, 1, JUDGE_ITEM_PING, JUDGE_ZONE_VALID, "inside");
    expect_item(&s, 2, JUDGE_ITEM_PING, JUDGE_ZONE_VIOLATED, "behind");
    end(&s);
}

static void a_cut_character_counts_at_the_end_too(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, BEGIN, "\xe2\x82");
    wire_client(&s.wire, LAST, "\xac"); /* whole over two frames: fine */
    wire_client(&s.wire, TEXT, "\xe2\x82");
    book(&s);
    assert_int_equal(s.ledger.violation, WS_BAD_UTF8_CUT);
    expect_item(&s, 0, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VALID, "\xe2\x82\xac");
    expect_item(&s, 1, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VIOLATED, "\xe2\x82");
    end(&s);
}

/* The bad octets of binary messages are nobody's business. */
static void binary_messages_hold_anything(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, BINARY, "\xff\xfe");
    book(&s);
    assert_int_equal(s.ledger.violation, WS_FINE);
    assert_false(s.ledger.text_bad);
    end(&s);
}

/* RFC 6455, 5.4: fragments of messages are not interleaved; the first is never finished. */
static void an_interleaved_message_violates_both(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, BEGIN, "first");
    wire_client(&s.wire, TEXT, "second");
    wire_client(&s.wire, LAST, "more");
    book(&s);
    assert_int_equal(s.ledger.violation, WS_BAD_INTERLEAVED);
    for (size_t i = 0; i < s.ledger.count; i++) {
        assert_int_equal(s.ledger.items[i].zone, JUDGE_ZONE_VIOLATED);
        assert_false(s.ledger.items[i].open);
    }
    end(&s);
}

static void what_follows_our_close_is_marked(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    wire_client(&s.wire, TEXT, "before");
    wire_client(&s.wire, 0x88,
                "\x03\xe8"
                "bye");
    wire_client(&s.wire, TEXT, "behind");
    wire_client(&s.wire, PING, "behind");
    wire_close(&s.wire, true, 1002);
    book(&s);
    assert_true(s.ledger.close_sent);
    assert_int_equal(s.ledger.close.code, 1000);
    support_expect_text(s.ledger.close.reason, "bye");
    assert_false(s.ledger.close_odd);
    assert_int_equal(s.ledger.violation, WS_FINE);
    assert_false(s.ledger.items[0].after_close);
    assert_true(s.ledger.items[1].after_close);
    assert_true(s.ledger.items[2].after_close);
    end(&s);
}

static void odd_closes_are_tolerable(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint16_t code;
        enum ws_violation oddity;
    } rows[] = {
        {"88 80 00000000", 1005, WS_FINE},
        {"88 81 00000000 03", 0, WS_BAD_CLOSE_LENGTH},
        {"88 82 00000000 03ed", 1005, WS_BAD_CLOSE_CODE_1005},
        {"88 82 00000000 03e7", 999, WS_BAD_CLOSE_CODE_UNUSED},
        {"88 83 00000000 03e8 ff", 1000, WS_BAD_CLOSE_REASON},
        {"88 82 00000000 03f2", 1010, WS_FINE}, /* a client may send it */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct script s;
        begin(&s);
        support_hex(&s.wire, rows[i].hex);
        book(&s);
        assert_true(s.ledger.close_sent);
        assert_int_equal(s.ledger.close.code, rows[i].code);
        assert_int_equal(s.ledger.oddity, rows[i].oddity);
        assert_int_equal(s.ledger.close_odd, rows[i].oddity != WS_FINE);
        assert_int_equal(s.ledger.violation, WS_FINE);
        end(&s);
    }
}

static void count_event(void *context, const struct ws_event *event)
{
    unsigned *counts = context;
    counts[event->kind]++;
}

static void the_tap_sees_events_and_the_wire_stays_as_it_is(void **state)
{
    (void)state;
    struct buffer wire = {0};
    struct judge_ledger ledger;
    unsigned counts[WS_EVENT_VIOLATION + 1] = {0};
    wire_client(&wire, TEXT, "some text");
    wire_client(&wire, PING, "?");
    wire_client(&wire, 0xc1, "");
    uint64_t before = bytes_hash(BYTES_HASH_START, buffer_bytes(&wire));
    judge_ledger_init(&ledger, true);
    judge_ledger_sent(&ledger, buffer_bytes(&wire), count_event, counts);
    assert_int_equal(counts[WS_EVENT_FRAME], 3);
    assert_int_equal(counts[WS_EVENT_MESSAGE], 2);
    assert_int_equal(counts[WS_EVENT_CONTROL], 1);
    assert_int_equal(counts[WS_EVENT_VIOLATION], 1);
    assert_true(before == bytes_hash(BYTES_HASH_START, buffer_bytes(&wire)));
    judge_ledger_free(&ledger);
    buffer_free(&wire);
}

/* More than the ledger reads at once. */
static void long_messages_are_kept_whole(void **state)
{
    (void)state;
    enum { LONG = 40000 };
    struct buffer wire = {0};
    struct buffer payload = {0};
    memset(buffer_extend(&payload, LONG), 'x', LONG);
    payload.data[LONG - 1] = '!';
    wire_put(&wire, TEXT, true, buffer_bytes(&payload));
    struct judge_ledger ledger;
    judge_ledger_init(&ledger, true);
    judge_ledger_sent(&ledger, buffer_bytes(&wire), NULL, NULL);
    assert_int_equal(ledger.count, 1);
    assert_true(
        bytes_equal(judge_ledger_payload(&ledger, &ledger.items[0]), buffer_bytes(&payload)));
    assert_int_equal(ledger.largest, LONG);
    judge_ledger_free(&ledger);
    buffer_free(&payload);
    buffer_free(&wire);
}

/* --- compressed messages (RFC 7692) --------------------------------------------------------- */

/* Books the octets in two pieces, with a context of their own. */
static void book_inflated(struct judge_ledger *ledger, struct bytes wire, size_t cut)
{
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(WS_DEFLATE_WINDOW_MAX, true);
    judge_ledger_init(ledger, true);
    ws_reader_agree(&ledger->reader, unpacker);
    judge_ledger_sent(ledger, bytes_of(wire.data, cut), NULL, NULL);
    judge_ledger_sent(ledger, bytes_of(wire.data + cut, wire.len - cut), NULL, NULL);
    ws_reader_agree(&ledger->reader, NULL);
    ws_deflate_free_unpacker(unpacker);
}

/* What comes back is what was compressed, so that is what is booked. */
static void compressed_messages_are_booked_inflated(void **state)
{
    (void)state;
    enum { LONG = 5000 };
    struct buffer wire = {0};
    struct buffer text = {0};
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    memset(buffer_extend(&text, LONG), 'x', LONG);
    wire_packed(&wire, packer, WS_TEXT, true, bytes_text("one"));
    wire_packed(&wire, packer, WS_BINARY, true, buffer_bytes(&text));
    wire_client(&wire, PING, "two");
    assert_true(wire.len < 100);
    for (size_t cut = 0; cut <= wire.len; cut++) {
        struct script s = {0};
        book_inflated(&s.ledger, buffer_bytes(&wire), cut);
        assert_int_equal(s.ledger.violation, WS_FINE);
        assert_int_equal(s.ledger.count, 3);
        expect_item(&s, 0, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VALID, "one");
        expect_item(&s, 1, JUDGE_ITEM_MESSAGE, JUDGE_ZONE_VALID, buffer_text(&text));
        expect_item(&s, 2, JUDGE_ITEM_PING, JUDGE_ZONE_VALID, "two");
        assert_int_equal(s.ledger.largest, LONG);
        assert_int_equal(s.ledger.fragments, 1);
        judge_ledger_free(&s.ledger);
    }
    ws_deflate_free_packer(packer);
    buffer_free(&text);
    buffer_free(&wire);
}

/* A receiver may refuse a message for what its headers announce, too. */
static void what_grows_counts_as_it_went_out(void **state)
{
    (void)state;
    struct buffer wire = {0};
    struct judge_ledger ledger;
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    wire_packed(&wire, packer, WS_BINARY, true, bytes_text("\x91\xf3\x07"));
    book_inflated(&ledger, buffer_bytes(&wire), 0);
    assert_int_equal(ledger.items[0].len, 3);
    assert_int_equal(ledger.largest, wire.len - 6);
    assert_true(ledger.largest > 3);
    judge_ledger_free(&ledger);
    ws_deflate_free_packer(packer);
    buffer_free(&wire);
}

static void what_cannot_be_inflated_is_a_violation(void **state)
{
    (void)state;
    struct buffer wire = {0};
    struct judge_ledger ledger;
    wire_client(&wire, 0xc1, "\xff\xff\xff\xff");
    wire_client(&wire, PING, "?");
    for (size_t cut = 0; cut <= wire.len; cut++) {
        book_inflated(&ledger, buffer_bytes(&wire), cut);
        assert_int_equal(ledger.violation, WS_BAD_DEFLATE);
        assert_int_equal(ledger.items[ledger.count - 1].zone, JUDGE_ZONE_VIOLATED);
        judge_ledger_free(&ledger);
    }
    buffer_free(&wire);
}

static void towards_a_client_a_mask_is_a_fault(void **state)
{
    (void)state;
    struct buffer wire = {0};
    struct judge_ledger ledger;
    wire_server(&wire, TEXT, "plain");
    wire_client(&wire, TEXT, "masked");
    judge_ledger_init(&ledger, false);
    judge_ledger_sent(&ledger, buffer_bytes(&wire), NULL, NULL);
    assert_int_equal(ledger.violation, WS_BAD_MASKED);
    assert_int_equal(ledger.items[0].zone, JUDGE_ZONE_VALID);
    assert_int_equal(ledger.items[1].zone, JUDGE_ZONE_VIOLATED);
    judge_ledger_free(&ledger);
    buffer_free(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_messages_and_pings),
        cmocka_unit_test(pings_between_fragments_leave_the_message_whole),
        cmocka_unit_test(an_unfinished_message_is_open),
        cmocka_unit_test(the_largest_message_may_be_unfinished),
        cmocka_unit_test(the_largest_message_may_be_half_announced),
        cmocka_unit_test(more_behind_our_close_is_seen),
        cmocka_unit_test(a_violation_ends_the_valid_zone),
        cmocka_unit_test(a_tolerable_fault_makes_a_tolerable_zone),
        cmocka_unit_test(utf8_counts_from_the_end_of_the_message),
        cmocka_unit_test(a_cut_character_counts_at_the_end_too),
        cmocka_unit_test(binary_messages_hold_anything),
        cmocka_unit_test(an_interleaved_message_violates_both),
        cmocka_unit_test(what_follows_our_close_is_marked),
        cmocka_unit_test(odd_closes_are_tolerable),
        cmocka_unit_test(the_tap_sees_events_and_the_wire_stays_as_it_is),
        cmocka_unit_test(long_messages_are_kept_whole),
        cmocka_unit_test(compressed_messages_are_booked_inflated),
        cmocka_unit_test(what_grows_counts_as_it_went_out),
        cmocka_unit_test(what_cannot_be_inflated_is_a_violation),
        cmocka_unit_test(towards_a_client_a_mask_is_a_fault),
    };
    return cmocka_run_group_tests_name("judge/ledger", tests, NULL, NULL);
}
