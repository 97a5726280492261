/* SPDX-License-Identifier: MIT */
#include "run/compose.h"

#include "play.h"

/* The script of a case's steps. */
static struct run_script compose_packed(const char *rest, bool as_client,
                                        struct ws_deflate_packer *packer)
{
    struct case_set set = {0};
    const struct case_spec *spec = play_case(&set, "x/case", "RFC6455-5.5-03", rest);
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text("test"));
    run_compose_steps(&script, spec, as_client, &random, packer);
    case_spec_free_set(&set);
    return script;
}

static struct run_script compose(const char *rest, bool as_client)
{
    return compose_packed(rest, as_client, NULL);
}

/* --- frames --------------------------------------------------------------------------------- */

static void expect_hex(const struct buffer *octets, const char *hex)
{
    struct buffer wanted = {0};
    support_hex(&wanted, hex);
    if (!bytes_equal(buffer_bytes(octets), buffer_bytes(&wanted)))
        fail_msg("not %s", hex);
    buffer_free(&wanted);
}

/* As a server would send them, since those can be read with the eye. */
static void every_step_has_its_octets(void **state)
{
    (void)state;
    static const struct {
        const char *step;
        const char *hex;
    } rows[] = {
        {"{\"send\": {\"opcode\": \"text\", \"payload\": \"Hello\"}}", "81 05 48656c6c6f"},
        {"{\"send\": {\"opcode\": \"binary\", \"fin\": false}}", "02 00"},
        {"{\"send\": {\"opcode\": \"continuation\", \"payload\": {\"hex\": \"00\"}}}", "80 01 00"},
        {"{\"send\": {\"opcode\": 15, \"rsv\": 7}}", "ff 00"},
        {"{\"send\": {\"opcode\": \"ping\", \"rsv\": 4}}", "c9 00"},
        {"{\"send\": {\"opcode\": \"ping\", \"rsv\": 1}}", "99 00"},
        {"{\"send\": {\"opcode\": \"pong\", \"form\": 16, \"payload\": \"a\"}}", "8a 7e 0001 61"},
        {"{\"send\": {\"opcode\": \"text\", \"form\": 64}}", "81 7f 0000000000000000"},
        {"{\"send\": {\"opcode\": \"text\", \"length\": 3, \"payload\": \"a\"}}", "81 03 61"},
        {"{\"send\": {\"opcode\": \"text\", \"length\": 0, \"payload\": \"a\"}}", "81 00 61"},
        {"{\"send\": {\"opcode\": \"text\", \"length\": 126}}", "81 7e 007e"},
        {"{\"send\": {\"opcode\": \"text\", \"length\": \"0x8000000000000000\"}}",
         "81 7f 8000000000000000"},
        {"{\"send\": {\"opcode\": \"text\", \"length\": \"0xffffffffffffffff\"}}",
         "81 7f ffffffffffffffff"},
        {"{\"send\": {\"opcode\": \"text\", \"mask\": \"37fa213d\", \"payload\": \"Hello\"}}",
         "81 85 37fa213d 7f9f4d5158"}, /* RFC 6455, 5.7 */
        {"{\"close\": {}}", "88 00"},
        {"{\"close\": {\"code\": 1000}}", "88 02 03e8"},
        {"{\"close\": {\"code\": 0, \"reason\": \"bye\"}}", "88 05 0000 627965"},
        {"{\"raw\": \"81 85 00\"}", "81 85 00"},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"Hello\"}}", "81 05 48656c6c6f"},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"\"}}", "81 00"},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"\", \"fragment\": 3}}", "81 00"},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"\", \"fragments\": [0, 0]}}",
         "01 00 80 00"},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"Hello\", \"fragments\": [3, 0, 2]}}",
         "01 03 48656c 00 00 80 02 6c6f"},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"Hello\", \"fragments\": [3, 0]}}",
         "01 03 48656c 00 00 80 02 6c6f"},
        {"{\"message\": {\"type\": \"binary\", \"payload\": \"Hello\", \"fragment\": 2}}",
         "02 02 4865 00 02 6c6c 80 01 6f"},
        {"{\"message\": {\"type\": \"binary\", \"payload\": \"Hell\", \"fragment\": 2}}",
         "02 02 4865 80 02 6c6c"},
        {"{\"message\": {\"type\": \"binary\", \"payload\": \"He\", \"fragments\": [2, 0]}}",
         "02 02 4865 80 00"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char rest[256];
        snprintf(rest, sizeof(rest), "\"steps\": [%s], \"outcome\": \"survive\"", rows[i].step);
        struct run_script script = compose(rest, false);
        expect_hex(&script.octets, rows[i].hex);
        assert_int_equal(script.count, 1);
        play_expect_covered(&script);
        run_compose_free(&script);
    }
}

/* RFC 6455, 5.1: "a client MUST mask all frames that it sends to the server". */
static void masks_follow_the_role_and_the_case(void **state)
{
    (void)state;
    static const struct {
        const char *mask;
        bool as_client;
        bool masked;
    } rows[] = {{"", true, true},
                {"", false, false},
                {", \"mask\": true", false, true},
                {", \"mask\": false", true, false},
                {", \"mask\": \"00000000\"", false, true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char rest[256];
        snprintf(rest, sizeof(rest),
                 "\"steps\": [{\"send\": {\"opcode\": \"text\", \"payload\": \"Hi\"%s}}],"
                 "\"outcome\": \"survive\"",
                 rows[i].mask);
        struct run_script script = compose(rest, rows[i].as_client);
        struct ws_frame frame;
        size_t used;
        assert_int_equal(ws_frame_read(&frame, buffer_bytes(&script.octets), &used), WS_ITEM);
        assert_int_equal(frame.masked, rows[i].masked);
        if (frame.masked)
            ws_mask_apply(script.octets.data + used, 2, frame.key, 0);
        support_expect_text(bytes_of(script.octets.data + used, 2), "Hi");
        run_compose_free(&script);
    }
}

static void two_frames_have_two_keys(void **state)
{
    (void)state;
    struct run_script script =
        compose("\"steps\": [{\"send\": {\"opcode\": \"ping\"}}, {\"close\": {}}],"
                "\"outcome\": \"survive\"",
                true);
    assert_int_equal(script.octets.len, 12);
    assert_memory_not_equal(script.octets.data + 2, script.octets.data + 8, 4);
    run_compose_free(&script);
}

/* --- cuts and waits ------------------------------------------------------------------------- */

static void expect_parts(const char *cut, const char *wanted)
{
    char rest[512];
    snprintf(
        rest, sizeof(rest),
        "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": \"abc\", \"fragment\": 2}},"
        "{\"raw\": \"89 00\"}, {\"await\": \"pong\"}, {\"await\": \"echo\"},"
        "{\"send\": {\"opcode\": \"ping\"}}, {\"await\": \"end\"}, {\"half-close\": true}]%s,"
        "\"outcome\": \"survive\"",
        cut);
    struct run_script script = compose(rest, false);
    struct buffer text = {0};
    static const char *const names[] = {"", "echo", "pong", "end", "half"};
    for (size_t i = 0; i < script.count; i++) {
        if (script.parts[i].kind == RUN_PART_WRITE)
            buffer_printf(&text, "%zu ", script.parts[i].len);
        else
            buffer_printf(&text, "%s ", names[script.parts[i].kind]);
    }
    support_expect_text(buffer_bytes(&text), wanted);
    play_expect_covered(&script);
    buffer_free(&text);
    run_compose_free(&script);
}

static void what_need_not_wait_goes_out_at_once(void **state)
{
    (void)state;
    expect_parts("", "9 pong echo 2 end half ");
    expect_parts(", \"cut\": \"frames\"", "4 3 2 pong echo 2 end half ");
    expect_parts(", \"cut\": 4", "4 4 1 pong echo 2 end half ");
    expect_parts(", \"cut\": {\"first\": 4}", "4 5 pong echo 2 end half ");
    expect_parts(", \"cut\": {\"first\": 9}", "9 pong echo 2 end half ");
    expect_parts(", \"cut\": \"octets\"", "1 1 1 1 1 1 1 1 1 pong echo 1 1 end half ");
}

static void a_legal_frame_has_the_shortest_length(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        size_t header;
    } rows[] = {{0, 2}, {125, 2}, {126, 4}, {65535, 4}, {65536, 10}};
    static const uint8_t zeros[65536];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer out = {0};
        struct random random = random_start(1, bytes_text("test"));
        run_compose_frame(&out, WS_BINARY, true, bytes_of(zeros, rows[i].size), false, &random);
        assert_int_equal(out.len, rows[i].header + rows[i].size);
        buffer_clear(&out);
        run_compose_frame(&out, WS_BINARY, false, bytes_of(zeros, rows[i].size), true, &random);
        assert_int_equal(out.len, rows[i].header + 4 + rows[i].size);
        assert_int_equal(out.data[0], WS_BINARY);
        buffer_free(&out);
    }
}

/* --- many messages -------------------------------------------------------------------------- */

/* Those of one step are all drawn anew, and leave in writes of some size, while a single message
 * leaves whole. */
static void many_messages_leave_in_several_writes(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        size_t messages;
        size_t size; /* of each, its frame and all */
        size_t writes;
    } rows[] = {
        {"\"payload\": {\"random\": 1000}, \"times\": 1", 1, 1004, 1},
        {"\"payload\": {\"random\": 40000}, \"times\": 1", 1, 40004, 1},
        {"\"payload\": {\"random\": 1000}, \"times\": 16", 16, 1004, 1},
        {"\"payload\": {\"random\": 1000}, \"times\": 17", 17, 1004, 1},
        {"\"payload\": {\"random\": 1000}, \"times\": 100", 100, 1004, 6},
        {"\"payload\": {\"random\": 20000}, \"times\": 3", 3, 20004, 3},
        {"\"payload\": \"\", \"times\": 1000", 1000, 2, 1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char rest[256];
        snprintf(rest, sizeof(rest),
                 "\"steps\": [{\"message\": {\"type\": \"binary\", %s}}],"
                 "\"outcome\": \"survive\"",
                 rows[i].message);
        struct run_script script = compose(rest, false);
        assert_int_equal(script.octets.len, rows[i].messages * rows[i].size);
        assert_int_equal(script.count, rows[i].writes);
        play_expect_covered(&script);
        for (size_t k = 1; k < script.count; k++)
            assert_in_range(script.parts[k - 1].len, 16384, 16384 + rows[i].size);
        if (rows[i].messages > 1 && rows[i].size > 2)
            assert_memory_not_equal(script.octets.data, script.octets.data + rows[i].size, 1004);
        run_compose_free(&script);
    }
}

/* What follows a single message goes out with it, however large that is. */
static void one_large_message_does_not_cut(void **state)
{
    (void)state;
    struct run_script script = compose(
        "\"steps\": [{\"message\": {\"type\": \"binary\", \"payload\": {\"random\": 40000}}},"
        "{\"send\": {\"opcode\": \"ping\"}}], \"outcome\": \"survive\"",
        false);
    assert_int_equal(script.count, 1);
    play_expect_covered(&script);
    run_compose_free(&script);
}

static void many_messages_keep_the_cut_of_the_case(void **state)
{
    (void)state;
    struct run_script script =
        compose("\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": \"abc\","
                "\"fragment\": 2, \"times\": 2}}, {\"await\": \"echo\"}, {\"send\": {\"opcode\": "
                "\"ping\"}}], \"cut\": \"frames\", \"outcome\": \"survive\"",
                false);
    expect_hex(&script.octets, "01 02 6162 80 01 63 01 02 6162 80 01 63 89 00");
    assert_int_equal(script.count, 6);
    assert_int_equal(script.parts[4].kind, RUN_PART_AWAIT_ECHO);
    play_expect_covered(&script);
    run_compose_free(&script);
}

/* --- compressed messages (RFC 7692) --------------------------------------------------------- */

/* Reads all messages of a script; pings are passed over. */
struct reading {
    struct buffer text;    /* what they inflate to, each with a stroke behind it */
    struct buffer headers; /* the first octet of each frame, in hex */
};

static struct reading read_script(struct run_script *script, bool as_client)
{
    struct reading r = {{0}, {0}};
    struct ws_reader reader;
    struct ws_event event;
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(WS_DEFLATE_WINDOW_MAX, true);
    ws_reader_init(&reader, WS_READER_STRICT, as_client, UINT64_MAX);
    ws_reader_agree(&reader, unpacker);
    uint8_t *data = script->octets.data;
    size_t used;
    for (size_t done = 0;
         ws_reader_next(&reader, data + done, script->octets.len - done, &used, &event) == WS_ITEM;
         done += used) {
        assert_int_not_equal(event.kind, WS_EVENT_VIOLATION);
        if (event.kind == WS_EVENT_FRAME)
            buffer_printf(&r.headers, "%02x ",
                          (unsigned)event.frame.fin << 7 | (unsigned)event.frame.rsv << 4 |
                              (unsigned)event.frame.opcode);
        if (event.kind == WS_EVENT_DATA)
            buffer_append(&r.text, event.payload);
        if (event.kind == WS_EVENT_MESSAGE)
            buffer_append_text(&r.text, "|");
    }
    ws_deflate_free_unpacker(unpacker);
    return r;
}

static void expect_packed(const char *steps, bool as_client, const char *headers, const char *text)
{
    char rest[512];
    snprintf(rest, sizeof(rest), "\"steps\": [%s], \"outcome\": \"survive\"", steps);
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    struct run_script script = compose_packed(rest, as_client, packer);
    struct reading r = read_script(&script, as_client);
    support_expect_text(buffer_bytes(&r.headers), headers);
    support_expect_text(buffer_bytes(&r.text), text);
    buffer_free(&r.headers);
    buffer_free(&r.text);
    run_compose_free(&script);
    ws_deflate_free_packer(packer);
}

/* RFC 7692, 6.1: RSV1 stands on the first frame only; what a case sends as a frame is its own. */
static void messages_are_compressed_and_frames_are_not(void **state)
{
    (void)state;
    static const char text[] = "{\"message\": {\"type\": \"text\", \"payload\": \"Hello\"}}";
    static const char cut[] =
        "{\"message\": {\"type\": \"binary\", \"payload\": \"Hello\", \"fragment\": 3}}";
    static const char empty[] = "{\"message\": {\"type\": \"text\", \"payload\": \"\"}}";
    static const char sizes[] = "{\"message\": {\"type\": \"text\", \"payload\": \"Hello\","
                                "\"fragments\": [1, 0, 2]}}";
    static const char many[] =
        "{\"message\": {\"type\": \"text\", \"payload\": \"Hello\", \"times\": 3}}";
    static const char others[] =
        "{\"send\": {\"opcode\": \"text\", \"payload\": \"Hello\"}},"
        "{\"message\": {\"type\": \"text\", \"payload\": \"Hi\"}}, {\"send\": {\"opcode\": "
        "\"ping\", \"payload\": \"p\"}}";
    for (int as_client = 0; as_client < 2; as_client++) {
        expect_packed(text, as_client, "c1 ", "Hello|");
        expect_packed(cut, as_client, "42 00 80 ", "Hello|"); /* 7 octets, like 7.2.3.1 */
        expect_packed(empty, as_client, "c1 ", "|");
        expect_packed(sizes, as_client, "41 00 00 80 ", "Hello|");
        expect_packed(many, as_client, "c1 c1 c1 ", "Hello|Hello|Hello|");
        expect_packed(others, as_client, "81 c1 89 ", "Hello|Hi|");
    }
}

/* RFC 7692, 7.2.3.1 and 7.2.3.2 give the octets: the second message refers to the first. */
static void the_context_lasts_from_message_to_message(void **state)
{
    (void)state;
    static const char rest[] = "\"steps\": [{\"message\": {\"type\": \"text\", \"payload\": "
                               "\"Hello\", \"times\": 2}}], \"outcome\": \"survive\"";
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    struct run_script script = compose_packed(rest, false, packer);
    expect_hex(&script.octets, "c1 07 f248cdc9c90700 c1 05 f200110000");
    run_compose_free(&script);
    ws_deflate_free_packer(packer);
    packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, false);
    script = compose_packed(rest, false, packer);
    expect_hex(&script.octets, "c1 07 f248cdc9c90700 c1 07 f248cdc9c90700");
    run_compose_free(&script);
    ws_deflate_free_packer(packer);
}

/* How long an endpoint takes goes by what the messages are, not by what goes out. */
static void the_volume_is_that_before_compression(void **state)
{
    (void)state;
    static const struct {
        const char *steps;
        uint64_t octets;
        uint64_t messages;
    } rows[] = {
        {"{\"send\": {\"opcode\": \"ping\"}}", 0, 0},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"\"}}", 0, 1},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"abc\", \"fragment\": 1}}", 3, 1},
        {"{\"message\": {\"type\": \"text\", \"payload\": {\"json\": 1000}, \"times\": 50}}", 50000,
         50},
    };
    uint64_t each = 0;
    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        char rest[256];
        bool packs = i % 2 != 0;
        snprintf(rest, sizeof(rest), "\"steps\": [%s], \"outcome\": \"survive\"",
                 rows[i / 2].steps);
        struct ws_deflate_packer *packer =
            packs ? ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true) : NULL;
        struct run_script script = compose_packed(rest, true, packer);
        if (i / 2 == 1)
            each = script.volume;
        assert_int_equal(script.volume, rows[i / 2].octets + rows[i / 2].messages * each);
        run_compose_free(&script);
        ws_deflate_free_packer(packer);
    }
    assert_int_equal(each, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_has_its_octets),
        cmocka_unit_test(masks_follow_the_role_and_the_case),
        cmocka_unit_test(two_frames_have_two_keys),
        cmocka_unit_test(what_need_not_wait_goes_out_at_once),
        cmocka_unit_test(a_legal_frame_has_the_shortest_length),
        cmocka_unit_test(many_messages_leave_in_several_writes),
        cmocka_unit_test(one_large_message_does_not_cut),
        cmocka_unit_test(many_messages_keep_the_cut_of_the_case),
        cmocka_unit_test(messages_are_compressed_and_frames_are_not),
        cmocka_unit_test(the_context_lasts_from_message_to_message),
        cmocka_unit_test(the_volume_is_that_before_compression),
    };
    return cmocka_run_group_tests_name("run/compose", tests, NULL, NULL);
}
