/* SPDX-License-Identifier: MIT */
#include "ws/close.h"

#include "support.h"

static void classifies_every_code(void **state)
{
    (void)state;
    static const struct {
        unsigned first;
        unsigned last;
        enum ws_close_class class;
    } ranges[] = {
        {0, 999, WS_CLOSE_CLASS_UNUSED},
        {1000, 1003, WS_CLOSE_CLASS_DEFINED},
        {1004, 1004, WS_CLOSE_CLASS_RESERVED},
        {1005, 1006, WS_CLOSE_CLASS_LOCAL},
        {1007, 1011, WS_CLOSE_CLASS_DEFINED},
        {1012, 1014, WS_CLOSE_CLASS_REGISTERED},
        {1015, 1015, WS_CLOSE_CLASS_LOCAL},
        {1016, 2999, WS_CLOSE_CLASS_UNASSIGNED},
        {3000, 3999, WS_CLOSE_CLASS_LIBRARY},
        {4000, 4999, WS_CLOSE_CLASS_PRIVATE},
        {5000, UINT16_MAX, WS_CLOSE_CLASS_OUTSIDE},
    };
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        for (unsigned code = ranges[i].first; code <= ranges[i].last; code++)
            assert_int_equal(ws_close_classify((uint16_t)code), ranges[i].class);
}

static enum ws_violation read_hex(struct ws_close *close, const char *hex, bool from_client)
{
    struct buffer octets = {0};
    support_hex(&octets, hex);
    struct bytes payload = buffer_bytes(&octets);
    payload.data = support_flush(payload);
    enum ws_violation violation = ws_close_read(close, payload, from_client);
    buffer_free(&octets);
    return violation;
}

static void judges_payloads(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint16_t code;
        enum ws_violation violation;
    } rows[] = {
        {"", 1005, WS_FINE},
        {"03", 0, WS_BAD_CLOSE_LENGTH},
        {"03e8", 1000, WS_FINE},
        {"0000", 0, WS_BAD_CLOSE_CODE_UNUSED},
        {"03e7", 999, WS_BAD_CLOSE_CODE_UNUSED},
        {"03eb", 1003, WS_FINE},
        {"03ec", 1004, WS_BAD_CLOSE_CODE_1004},
        {"03ed", 1005, WS_BAD_CLOSE_CODE_1005},
        {"03ee", 1006, WS_BAD_CLOSE_CODE_1006},
        {"03ef", 1007, WS_FINE},
        {"03f3", 1011, WS_FINE},
        {"03f4", 1012, WS_FINE},
        {"03f6", 1014, WS_FINE},
        {"03f7", 1015, WS_BAD_CLOSE_CODE_1015},
        {"03f8", 1016, WS_BAD_CLOSE_CODE_UNASSIGNED},
        {"0bb7", 2999, WS_BAD_CLOSE_CODE_UNASSIGNED},
        {"0bb8", 3000, WS_FINE},
        {"1387", 4999, WS_FINE},
        {"1388", 5000, WS_BAD_CLOSE_CODE_OUTSIDE},
        {"ffff", 65535, WS_BAD_CLOSE_CODE_OUTSIDE},
        {"03e8 ff", 1000, WS_BAD_CLOSE_REASON},
        {"03e8 c3", 1000, WS_BAD_CLOSE_REASON},
        {"03e8 c3a9", 1000, WS_FINE},
        /* The code is named before the reason. */
        {"03ed ff", 1005, WS_BAD_CLOSE_CODE_1005},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ws_close close;
        assert_int_equal(read_hex(&close, rows[i].hex, true), rows[i].violation);
        assert_int_equal(close.code, rows[i].code);
    }
}

static void keeps_1010_for_clients(void **state)
{
    (void)state;
    struct ws_close close;
    assert_int_equal(read_hex(&close, "03f2", true), WS_FINE);
    assert_int_equal(read_hex(&close, "03f2", false), WS_BAD_CLOSE_CODE_1010);
    assert_int_equal(close.code, WS_CLOSE_MANDATORY_EXTENSION);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    uint8_t out[10];
    assert_int_equal(ws_close_write(out, 0x1234, (struct bytes){NULL, 0}), 2);
    assert_memory_equal(out, "\x12\x34", 2);
    size_t size = ws_close_write(out, 1001, bytes_text("away"));
    struct ws_close close;
    assert_int_equal(ws_close_read(&close, bytes_of(out, size), false), WS_FINE);
    assert_int_equal(close.code, 1001);
    assert_true(bytes_equal(close.reason, bytes_text("away")));
    assert_ptr_equal(close.reason.data, out + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classifies_every_code),
        cmocka_unit_test(judges_payloads),
        cmocka_unit_test(keeps_1010_for_clients),
        cmocka_unit_test(writes_what_it_reads),
    };
    return cmocka_run_group_tests_name("ws/close", tests, NULL, NULL);
}
