/* SPDX-License-Identifier: MIT */
#include "run/sender.h"

#include "play.h"

struct bench {
    struct case_set set;
    struct run_transcript transcript;
    struct run_sender sender;
    struct judge_match match;
};

static void begin(struct bench *b, const char *steps)
{
    *b = (struct bench){0};
    run_sender_init(&b->sender, random_start(1, bytes_text("test")), &b->transcript, true);
    judge_match_init(&b->match, &b->sender.ledger, true, 0);
    if (steps == NULL)
        return;
    char rest[512];
    snprintf(rest, sizeof(rest), "\"steps\": [%s], \"outcome\": \"survive\"", steps);
    run_sender_load_steps(&b->sender, play_case(&b->set, "x/case", "RFC6455-5.5-03", rest));
}

static void end(struct bench *b)
{
    run_sender_free(&b->sender);
    run_transcript_free(&b->transcript);
    case_spec_free_set(&b->set);
}

static void answer(struct bench *b, uint8_t opcode, struct bytes payload)
{
    struct ws_event event = {.kind = WS_EVENT_CONTROL, .opcode = opcode, .payload = payload};
    if (opcode == WS_TEXT) {
        event.kind = WS_EVENT_DATA;
        judge_match_event(&b->match, &event);
        event.kind = WS_EVENT_MESSAGE;
    }
    judge_match_event(&b->match, &event);
}

/* Copies the payload of the last item that was booked. */
static struct bytes last_payload(const struct bench *b, char *room, size_t size)
{
    const struct judge_ledger *ledger = &b->sender.ledger;
    struct bytes payload = judge_ledger_payload(ledger, &ledger->items[ledger->count - 1]);
    assert_true(payload.len < size);
    memcpy(room, payload.data, payload.len);
    room[payload.len] = '\0';
    return bytes_of(room, payload.len);
}

static void the_script_goes_out_part_by_part(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, "{\"message\": {\"type\": \"text\", \"payload\": \"one\"}}, {\"await\": \"echo\"},"
              "{\"message\": {\"type\": \"text\", \"payload\": \"four\"}}");
    assert_false(run_sender_done(&b.sender));
    assert_int_equal(run_sender_part(&b.sender).kind, RUN_PART_WRITE);
    assert_int_equal(run_sender_write(&b.sender, 5).len, 6 + 3);
    assert_int_equal(b.sender.ledger.count, 1);
    assert_int_equal(run_sender_part(&b.sender).kind, RUN_PART_AWAIT_ECHO);
    run_sender_pass(&b.sender);
    assert_int_equal(run_sender_write(&b.sender, 6).len, 6 + 4);
    assert_true(run_sender_done(&b.sender));
    assert_int_equal(b.sender.ledger.count, 2);
    support_expect_text(judge_ledger_payload(&b.sender.ledger, &b.sender.ledger.items[1]), "four");
    assert_int_equal(b.transcript.count, 2);
    assert_true(b.transcript.entries[0].ours);
    assert_int_equal(b.transcript.entries[1].time_us, 6);
    end(&b);
}

/* The head of the opening handshake is no frame; what stands behind it in the same write is one. */
static void a_head_is_not_booked(void **state)
{
    (void)state;
    for (size_t head = 0; head <= 6; head++) {
        struct bench b;
        begin(&b, "{\"raw\": \"c1 c1 c1 c1 c1 c1 8a 80 00000000\"}");
        b.sender.script.unframed = head;
        assert_int_equal(run_sender_write(&b.sender, 0).len, 12);
        assert_int_equal(b.sender.ledger.violation == WS_FINE, head == 6);
        if (head == 6)
            assert_int_equal(b.transcript.count, 1);
        end(&b);
    }
}

static void a_head_in_pieces_is_not_booked(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, "{\"raw\": \"c1 c1 c1 c1 c1 c1 8a 80 00000000\"}");
    b.sender.script.unframed = 6;
    b.sender.script.count = 0;
    run_compose_writes(&b.sender.script, 0, 4); /* the second write holds of both */
    while (!run_sender_done(&b.sender))
        assert_int_equal(run_sender_write(&b.sender, 0).len, 4);
    assert_int_equal(b.sender.ledger.violation, WS_FINE);
    assert_int_equal(b.transcript.count, 1);
    assert_int_equal(b.transcript.entries[0].frame.opcode, WS_PONG);
    end(&b);
}

/* The case's frames behind a head of ours: the first write of theirs goes out with our last. */
static void join(struct bench *b, const char *steps, const char *more)
{
    char rest[512];
    begin(b, NULL);
    b->sender.as_client = false;
    buffer_append_text(&b->sender.script.octets, "head");
    run_compose_writes(&b->sender.script, 0, 3);
    b->sender.script.unframed = 4;
    snprintf(rest, sizeof(rest), "\"steps\": [%s]%s, \"outcome\": \"survive\"", steps, more);
    run_sender_join_steps(&b->sender, play_case(&b->set, "x/case", "RFC6455-5.5-03", rest));
}

static void expect_writes(const struct bench *b, const char *wanted)
{
    struct buffer text = {0};
    const struct run_script *script = &b->sender.script;
    for (size_t i = 0; i < script->count; i++)
        buffer_printf(&text, script->parts[i].kind == RUN_PART_WRITE ? "%zu " : "- ",
                      script->parts[i].len);
    support_expect_text(buffer_bytes(&text), wanted);
    buffer_free(&text);
}

static void joined_steps_share_a_write_with_the_head(void **state)
{
    (void)state;
    static const struct {
        const char *steps;
        const char *more;
        const char *writes;
    } rows[] = {
        {"{\"raw\": \"8a 00\"}", "", "3 3 "},
        {"{\"raw\": \"8a 00\"}, {\"raw\": \"8a 01 61\"}", ", \"cut\": \"octets\"", "3 2 1 1 1 1 "},
        {"{\"raw\": \"8a 00\"}, {\"await\": \"echo\"}, {\"raw\": \"8a 01 61\"}", "", "3 3 - 3 "},
        {"{\"await\": \"pong\"}, {\"raw\": \"8a 00\"}", "", "3 1 - 2 "},
        {"", "", "3 1 "},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        join(&b, rows[i].steps, rows[i].more);
        expect_writes(&b, rows[i].writes);
        play_expect_covered(&b.sender.script);
        end(&b);
    }
}

static void joined_frames_are_booked(void **state)
{
    (void)state;
    struct bench b;
    join(&b, "{\"message\": {\"type\": \"text\", \"payload\": \"one\"}}", "");
    assert_int_equal(run_sender_write(&b.sender, 0).len, 3);
    support_expect_text(run_sender_write(&b.sender, 1), "d\x81\x03one");
    assert_int_equal(b.sender.ledger.items[0].kind, JUDGE_ITEM_MESSAGE);
    support_expect_text(judge_ledger_payload(&b.sender.ledger, &b.sender.ledger.items[0]), "one");
    assert_true(run_sender_done(&b.sender));
    end(&b);
}

/* RFC 6455, 5.1: "A server MUST NOT mask any frames that it sends to the client." */
static void a_server_masks_nothing(void **state)
{
    (void)state;
    for (int as_client = 0; as_client < 2; as_client++) {
        struct bench b = {0};
        run_sender_init(&b.sender, random_start(1, bytes_text("test")), &b.transcript,
                        as_client != 0);
        run_sender_queue(&b.sender, WS_PONG, bytes_text("p"));
        run_sender_mark(&b.sender, WS_TEXT);
        struct bytes octets = run_sender_write_urgent(&b.sender, 0);
        assert_int_equal(octets.data[1] >> 7, as_client);
        assert_int_equal(b.sender.ledger.violation, WS_FINE); /* it knows who is to mask */
        assert_int_equal(b.sender.ledger.count, 1);
        end(&b);
    }
}

/* RFC 7692: what is booked is what is to come back. */
static void compressed_messages_are_booked_as_they_were(void **state)
{
    (void)state;
    struct bench b;
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(WS_DEFLATE_WINDOW_MAX, true);
    begin(&b, NULL);
    run_sender_agree(&b.sender, packer, unpacker);
    run_sender_load_steps(&b.sender,
                          play_case(&b.set, "x/case", "RFC6455-5.5-03",
                                    "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": "
                                    "{\"repeat\": \"61\", \"times\": 1000}, \"fragment\": 3}},"
                                    "{\"send\": {\"opcode\": \"text\", \"payload\": \"plain\"}}],"
                                    "\"outcome\": \"survive\""));
    while (!run_sender_done(&b.sender))
        assert_true(run_sender_write(&b.sender, 0).len < 200);
    run_sender_mark(&b.sender, WS_TEXT);
    run_sender_write_urgent(&b.sender, 0);
    const struct judge_ledger *ledger = &b.sender.ledger;
    assert_int_equal(ledger->violation, WS_FINE);
    assert_int_equal(ledger->count, 3);
    assert_int_equal(ledger->items[0].len, 1000);
    assert_int_equal(ledger->largest, 1000);
    support_expect_text(judge_ledger_payload(ledger, &ledger->items[1]), "plain");
    assert_int_equal(ledger->items[2].opcode, WS_TEXT); /* markers go out as they are */
    assert_int_equal(b.transcript.entries[0].frame.rsv, WS_RSV1);
    assert_int_equal(b.transcript.entries[0].octets.len, 3);
    assert_int_equal(b.transcript.entries[b.transcript.count - 1].frame.rsv, 0);
    end(&b);
    ws_deflate_free_packer(packer);
    ws_deflate_free_unpacker(unpacker);
}

static void a_script_may_be_given_up(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, "{\"raw\": \"89 80 00000000\"}, {\"await\": \"pong\"}");
    run_sender_give_up(&b.sender);
    assert_true(run_sender_done(&b.sender));
    end(&b);
}

/* In writes of one octet each, `sent` of which are out when the script is given up. */
static size_t ends_at(const char *steps, size_t sent)
{
    struct bench b;
    begin(&b, steps);
    b.sender.script.count = 0;
    run_compose_writes(&b.sender.script, 0, 1);
    for (size_t i = 0; i < sent; i++)
        run_sender_write(&b.sender, 0);
    run_sender_give_up(&b.sender);
    while (!run_sender_done(&b.sender))
        run_sender_write(&b.sender, 0);
    size_t end_of_it = b.sender.sent;
    end(&b);
    return end_of_it;
}

/* RFC 6455, 5.5.1: nothing but a whole frame can stand before the Close that is to follow. */
static void what_is_given_up_ends_with_its_frame(void **state)
{
    (void)state;
    static const char two[] = "{\"raw\": \"89 81 00000000 61 89 80 00000000\"}";
    static const size_t ends[] = {0, 7, 7, 7, 7, 7, 7, 7, 13, 13, 13, 13, 13, 13};
    for (size_t sent = 0; sent < COUNT_OF(ends); sent++)
        assert_int_equal(ends_at(two, sent), ends[sent]);
    static const char large[] = "{\"raw\": \"82 ff 0000000000200000 00000000 61 61 61\"}";
    assert_int_equal(ends_at(large, 13), 14); /* what it announces is not waited for */
    assert_int_equal(ends_at(large, 15), 15);
}

/* What waits for an answer inside a frame may wait for ever. */
static void what_is_given_up_waits_for_nothing(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, "{\"raw\": \"89\"}, {\"await\": \"pong\"}, {\"raw\": \"80 00000000\"}");
    run_sender_write(&b.sender, 0);
    run_sender_give_up(&b.sender);
    assert_true(run_sender_done(&b.sender));
    end(&b);
}

static void a_text_marker_comes_back_as_echo(void **state)
{
    (void)state;
    struct bench b;
    char text[128];
    begin(&b, NULL);
    assert_false(run_sender_urgent(&b.sender));
    run_sender_mark(&b.sender, WS_TEXT);
    assert_true(run_sender_urgent(&b.sender));
    assert_false(run_sender_marker_back(&b.sender, &b.match));
    assert_true(run_sender_write_urgent(&b.sender, 0).len > 0);
    assert_false(run_sender_urgent(&b.sender));
    struct bytes marker = last_payload(&b, text, sizeof(text));
    assert_int_equal(text[0], '"'); /* a JSON string */
    assert_int_equal(text[marker.len - 1], '"');
    assert_false(run_sender_marker_back(&b.sender, &b.match));
    answer(&b, WS_PONG, marker);
    assert_false(run_sender_marker_back(&b.sender, &b.match));
    answer(&b, WS_TEXT, marker);
    assert_true(run_sender_marker_back(&b.sender, &b.match));
    run_sender_unmark(&b.sender);
    assert_false(run_sender_marker_back(&b.sender, &b.match));

    /* The next one is another. */
    char other[128];
    run_sender_mark(&b.sender, WS_PING);
    run_sender_write_urgent(&b.sender, 0);
    struct bytes second = last_payload(&b, other, sizeof(other));
    assert_string_not_equal(text, other);
    answer(&b, WS_PONG, marker);
    assert_false(run_sender_marker_back(&b.sender, &b.match));
    answer(&b, WS_PONG, second);
    assert_true(run_sender_marker_back(&b.sender, &b.match));
    end(&b);
}

/* A marker is the last of what is queued with it. */
static void a_marker_is_told_from_what_stands_before_it(void **state)
{
    (void)state;
    struct bench b;
    char text[128];
    begin(&b, NULL);
    run_sender_queue(&b.sender, WS_PING, bytes_text("early"));
    run_sender_mark(&b.sender, WS_PING);
    run_sender_write_urgent(&b.sender, 0);
    assert_int_equal(b.sender.ledger.count, 2);
    answer(&b, WS_PONG, bytes_text("early"));
    assert_false(run_sender_marker_back(&b.sender, &b.match));
    answer(&b, WS_PONG, last_payload(&b, text, sizeof(text)));
    assert_true(run_sender_marker_back(&b.sender, &b.match));
    end(&b);
}

static void an_unfinished_message_is_completed(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, "{\"send\": {\"opcode\": \"text\", \"fin\": false, \"payload\": \"a\"}}");
    run_sender_write(&b.sender, 0);
    assert_true(run_sender_complete(&b.sender));
    run_sender_mark(&b.sender, WS_TEXT);
    run_sender_write_urgent(&b.sender, 0);
    assert_int_equal(b.sender.ledger.violation, WS_FINE);
    assert_int_equal(b.sender.ledger.count, 2);
    assert_false(b.sender.ledger.items[0].open);
    support_expect_text(judge_ledger_payload(&b.sender.ledger, &b.sender.ledger.items[0]), "a");
    end(&b);
}

/* What was queued while a frame was unfinished goes out behind its end. */
static void an_unfinished_frame_is_completed_first(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, "{\"send\": {\"opcode\": \"text\", \"fin\": false, \"length\": 5,"
              "\"mask\": \"00000000\", \"payload\": \"abc\"}}");
    run_sender_write(&b.sender, 0);
    run_sender_queue(&b.sender, WS_PONG, bytes_text("p"));
    assert_false(run_sender_urgent(&b.sender));
    assert_true(run_sender_complete(&b.sender));
    run_sender_mark(&b.sender, WS_TEXT);
    assert_true(run_sender_urgent(&b.sender));
    run_sender_write_urgent(&b.sender, 0);
    const struct judge_ledger *ledger = &b.sender.ledger;
    assert_int_equal(ledger->violation, WS_FINE);
    assert_false(ws_reader_in_frame(&ledger->reader));
    assert_int_equal(ledger->count, 2);
    assert_true(
        bytes_equal(judge_ledger_payload(ledger, &ledger->items[0]), bytes_of("abc\0\0", 5)));
    assert_false(ledger->items[0].open);
    assert_int_equal(b.transcript.count, 4); /* frame, pong, continuation, marker */
    assert_int_equal(b.transcript.entries[1].frame.opcode, WS_PONG);
    assert_int_equal(b.transcript.entries[2].frame.opcode, WS_CONTINUATION);
    end(&b);
}

static void some_frames_cannot_be_completed(void **state)
{
    (void)state;
    static const char *const steps[] = {
        "{\"raw\": \"81\"}", /* who knows what follows? */
        "{\"raw\": \"81 fe 00\"}",
        "{\"raw\": \"81 85 000000\"}",
        "{\"raw\": \"81 ff 0000000000200000 00000000 61\"}", /* too much */
        "{\"raw\": \"81 ff 7fffffffffffffff 00000000 61\"}",
    };
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        struct bench b;
        begin(&b, steps[i]);
        run_sender_write(&b.sender, 0);
        if (run_sender_complete(&b.sender))
            fail_msg("%s", steps[i]);
        run_sender_queue(&b.sender, WS_PONG, bytes_text("p"));
        assert_false(run_sender_urgent(&b.sender));
        end(&b);
    }
}

static void what_is_whole_needs_no_completion(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, "{\"message\": {\"type\": \"text\", \"payload\": \"a\"}}");
    assert_true(run_sender_complete(&b.sender));
    run_sender_write(&b.sender, 0);
    assert_true(run_sender_complete(&b.sender));
    assert_false(run_sender_urgent(&b.sender));
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_script_goes_out_part_by_part),
        cmocka_unit_test(a_head_is_not_booked),
        cmocka_unit_test(a_head_in_pieces_is_not_booked),
        cmocka_unit_test(joined_steps_share_a_write_with_the_head),
        cmocka_unit_test(joined_frames_are_booked),
        cmocka_unit_test(a_server_masks_nothing),
        cmocka_unit_test(compressed_messages_are_booked_as_they_were),
        cmocka_unit_test(a_script_may_be_given_up),
        cmocka_unit_test(what_is_given_up_ends_with_its_frame),
        cmocka_unit_test(what_is_given_up_waits_for_nothing),
        cmocka_unit_test(a_text_marker_comes_back_as_echo),
        cmocka_unit_test(a_marker_is_told_from_what_stands_before_it),
        cmocka_unit_test(an_unfinished_message_is_completed),
        cmocka_unit_test(an_unfinished_frame_is_completed_first),
        cmocka_unit_test(some_frames_cannot_be_completed),
        cmocka_unit_test(what_is_whole_needs_no_completion),
    };
    return cmocka_run_group_tests_name("run/sender", tests, NULL, NULL);
}
