/* SPDX-License-Identifier: MIT */
#include "judge/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/random.h"
#include "judge/ledger.h"
#include "support.h"
#include "ws/mask.h"

static struct judge_model *derive(const char *hex, bool to_server)
{
    struct buffer octets = {0};
    assert_int_equal(hex_read(&octets, bytes_text(hex)), 0);
    struct judge_model *model = malloc(sizeof(*model));
    judge_model_derive(model, buffer_bytes(&octets), to_server);
    buffer_free(&octets);
    return model;
}

static void names_what_is_broken(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        unsigned code;
        const char *rule;
    } rows[] = {
        {"c180 00000000", 1002, "RFC6455-5.2-06"},
        {"8380 00000000", 1002, "RFC6455-5.2-07"},
        {"8b80 00000000", 1002, "RFC6455-5.2-08"},
        {"8100", 1002, "RFC6455-5.1-02"},
        {"82ff 8000000000000000 00000000", 1002, "RFC6455-5.2-18"},
        {"0980 00000000", 1002, "RFC6455-5.4-08"},
        {"89fe 007e 00000000", 1002, "RFC6455-5.5-03"},
        {"89fe 0000 00000000", 1002, "RFC6455-5.5-05"},
        {"8080 00000000", 1002, "RFC6455-5.4-04"},
        {"0180 00000000 8180 00000000", 1002, "RFC6455-5.4-10"},
        {"8181 00000000 ff", 1007, "RFC6455-8.1-01"},
        {"0181 00000000 c3 8080 00000000", 1007, "RFC6455-8.1-01"},
        {"8183 00000000 eda080", 1007, "RFC6455-8.1-01"},
        {"8184 00000000 f4908080", 1007, "RFC6455-8.1-01"},
        {"8182 00000000 c080", 1007, "RFC6455-8.1-01"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct judge_model *model = derive(rows[i].hex, true);
        assert_int_equal(model->end, JUDGE_MODEL_FAILS);
        assert_int_equal(model->code, rows[i].code);
        assert_string_equal(model->rule, rows[i].rule);
        free(model);
    }
}

static void masks_are_for_clients(void **state)
{
    (void)state;
    struct judge_model *model = derive("8100", false);
    assert_int_equal(model->end, JUDGE_MODEL_LIVES);
    free(model);
    model = derive("8180 00000000", false);
    assert_string_equal(model->rule, "RFC6455-5.1-05");
    free(model);
}

static void tells_the_closes_apart(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum judge_model_end end;
        bool may_fail;
        bool more_behind;
    } rows[] = {
        {"8880 00000000", JUDGE_MODEL_CLOSES, false, false},
        {"8882 00000000 03e8", JUDGE_MODEL_CLOSES, false, false},
        {"8882 00000000 03e8 8980 00000000", JUDGE_MODEL_CLOSES, false, true},
        {"8882 00000000 03f4", JUDGE_MODEL_CLOSES, true, false}, /* 1012 */
        {"8881 00000000 03", JUDGE_MODEL_ODD_CLOSE, false, false},
        {"8882 00000000 03ec", JUDGE_MODEL_ODD_CLOSE, false, false}, /* 1004 */
        {"8882 00000000 03e7", JUDGE_MODEL_ODD_CLOSE, false, false}, /* 999 */
        {"8883 00000000 03e8ff", JUDGE_MODEL_ODD_CLOSE, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct judge_model *model = derive(rows[i].hex, true);
        assert_int_equal(model->end, rows[i].end);
        assert_int_equal(model->may_fail, rows[i].may_fail);
        assert_int_equal(model->more_behind, rows[i].more_behind);
        free(model);
    }
}

static void owes_messages_and_pongs(void **state)
{
    (void)state;
    /* "He" + ping + "llo", then an empty binary message whose length is not minimal. */
    struct judge_model *model =
        derive("0182 00000000 4865 8980 00000000 8083 00000000 6c6c6f 82fe 0000 00000000", true);
    assert_int_equal(model->end, JUDGE_MODEL_LIVES);
    assert_int_equal(model->message_count, 2);
    assert_int_equal(model->messages[0].length, 5);
    assert_true(model->messages[0].text);
    assert_false(model->messages[0].odd);
    assert_int_equal(model->messages[0].hash, bytes_hash(BYTES_HASH_START, bytes_text("Hello")));
    assert_true(model->messages[1].odd);
    assert_true(model->may_fail);
    assert_int_equal(model->pings, 1);
    assert_false(model->unfinished);
    free(model);
    model = derive("0180 00000000", true);
    assert_true(model->unfinished);
    free(model);
}

/* --- against the reader that the harness uses ----------------------------------------------- */

static void append_frame(struct buffer *out, struct random *random)
{
    static const uint8_t opcodes[] = {0, 0, 0, 1, 1, 1, 2, 2, 9, 9, 10, 8, 3, 11};
    static const char *const texts[] = {"", "abc", "\xc3", "\xa9", "\xff", "\xe2\x82", "\xac"};
    uint64_t dice = random_next(random);
    const char *text = texts[dice % COUNT_OF(texts)];
    struct ws_frame frame = {.fin = (dice >> 8) % 3 != 0,
                             .masked = (dice >> 12) % 40 != 0,
                             .rsv = (dice >> 20) % 40 == 0 ? 4 : 0,
                             .opcode = opcodes[(dice >> 28) % COUNT_OF(opcodes)],
                             .length = strlen(text),
                             .form = (dice >> 36) % 12 == 0 ? WS_LENGTH_16 : WS_LENGTH_7};
    if (frame.masked)
        random_fill(random, frame.key, sizeof(frame.key));
    uint8_t header[WS_FRAME_HEADER_MAX];
    buffer_append(out, bytes_of(header, ws_frame_write(&frame, header)));
    size_t start = out->len;
    buffer_append_text(out, text);
    if (frame.masked)
        ws_mask_apply(out->data + start, out->len - start, frame.key, 0);
}

static size_t owed_messages(const struct judge_ledger *ledger)
{
    size_t count = 0;
    for (size_t i = 0; i < ledger->count; i++) {
        const struct judge_item *item = &ledger->items[i];
        count += item->kind == JUDGE_ITEM_MESSAGE && !item->open && !item->after_close &&
                 item->zone != JUDGE_ZONE_VIOLATED;
    }
    return count;
}

static void agrees_with_the_reader(void **state)
{
    (void)state;
    struct random random = random_start(20261121, bytes_text("model"));
    struct judge_model *model = malloc(sizeof(*model));
    size_t failures = 0;
    for (int i = 0; i < 20000; i++) {
        struct buffer octets = {0};
        for (uint64_t frames = 1 + random_next(&random) % 6; frames > 0; frames--)
            append_frame(&octets, &random);
        struct judge_ledger ledger;
        judge_ledger_init(&ledger, true);
        judge_ledger_sent(&ledger, buffer_bytes(&octets), NULL, NULL);
        judge_model_derive(model, buffer_bytes(&octets), true);
        bool failed = model->end == JUDGE_MODEL_FAILS;
        failures += failed;
        /* What stands behind a Close is booked by the ledger and ignored by the model. */
        if (model->end == JUDGE_MODEL_LIVES || failed) {
            assert_int_equal(failed, ledger.violation != WS_FINE);
            if (failed)
                assert_int_equal(ws_violation_close_code(ledger.violation), model->code);
        }
        if (owed_messages(&ledger) != model->message_count) {
            struct buffer hex = {0};
            hex_write(&hex, buffer_bytes(&octets));
            fail_msg("%s: %zu and %zu messages", buffer_text(&hex), owed_messages(&ledger),
                     model->message_count);
        }
        judge_ledger_free(&ledger);
        buffer_free(&octets);
    }
    free(model);
    /* The dice must throw both kinds often enough to mean something. */
    assert_in_range(failures, 5000, 19000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_is_broken),   cmocka_unit_test(masks_are_for_clients),
        cmocka_unit_test(tells_the_closes_apart), cmocka_unit_test(owes_messages_and_pongs),
        cmocka_unit_test(agrees_with_the_reader),
    };
    return cmocka_run_group_tests_name("judge/model", tests, NULL, NULL);
}
