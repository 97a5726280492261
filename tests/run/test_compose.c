/* SPDX-License-Identifier: MIT */
#include "run/compose.h"

#include "play.h"

/* The script of a case's steps. */
static struct run_script compose(const char *rest, bool as_client)
{
    struct case_set set = {0};
    const struct case_spec *spec = play_case(&set, "x/case", "RFC6455-5.5-03", rest);
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text("test"));
    run_compose_steps(&script, spec, as_client, &random, NULL);
    case_spec_free_set(&set);
    return script;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_has_its_octets),
        cmocka_unit_test(masks_follow_the_role_and_the_case),
        cmocka_unit_test(two_frames_have_two_keys),
        cmocka_unit_test(what_need_not_wait_goes_out_at_once),
        cmocka_unit_test(a_legal_frame_has_the_shortest_length),
    };
    return cmocka_run_group_tests_name("run/compose", tests, NULL, NULL);
}
