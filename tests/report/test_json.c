/* SPDX-License-Identifier: MIT */
#include "report/json.h"

#include <jansson.h>

#include "sample.h"

/* Renders and reads back; the caller frees it with json_decref. */
static json_t *render(const struct sample *s, bool show_secrets)
{
    struct buffer out = {0};
    const struct report_options options = {.show_secrets = show_secrets};
    report_json_write(&out, &s->record, &options);
    for (size_t i = 0; i < out.len; i++)
        assert_true(out.data[i] == '\n' || (out.data[i] >= 0x20 && out.data[i] < 0x7f));
    assert_int_equal(out.data[out.len - 1], '\n');
    json_error_t error;
    json_t *root = json_loads(buffer_text(&out), JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        fail_msg("%s", error.text);
    buffer_free(&out);
    return root;
}

/* The value behind a path such as "cases/0/id". Borrowed. */
static json_t *at(json_t *value, const char *path)
{
    while (*path != '\0') {
        char key[32];
        size_t len = strcspn(path, "/");
        assert_true(len < sizeof(key));
        memcpy(key, path, len);
        key[len] = '\0';
        value = json_is_array(value) ? json_array_get(value, (size_t)(key[0] - '0'))
                                     : json_object_get(value, key);
        path += len + (path[len] == '/');
    }
    return value;
}

static void expect_text(json_t *root, const char *path, const char *expected)
{
    const char *text = json_string_value(at(root, path));
    if (text == NULL)
        fail_msg("no text at %s", path);
    assert_string_equal(text, expected);
}

static void expect_number(json_t *root, const char *path, json_int_t expected)
{
    assert_true(json_is_integer(at(root, path)));
    assert_int_equal(json_integer_value(at(root, path)), expected);
}

static void expect_null(json_t *root, const char *path)
{
    assert_true(json_is_null(at(root, path)));
}

static void expect_keys(json_t *object, const char *expected)
{
    struct buffer keys = {0};
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) buffer_printf(&keys, "%s ", key);
    support_expect_text(buffer_bytes(&keys), expected);
    buffer_free(&keys);
}

static void has_the_keys_of_version_1(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    sample_add(&s, "RFC6455-5.5-02", JUDGE_PASS, "fine");
    json_t *root = render(&s, false);
    expect_keys(root, "schema tool run endpoint summary requirements cases ");
    expect_keys(at(root, "run"), "started duration_ms seed argv role waits ");
    expect_keys(at(root, "endpoint"), "url agent command profile features ");
    expect_keys(at(root, "summary"), "pass warn fail info skip error total ");
    expect_keys(at(root, "requirements"), "covered violated ");
    expect_keys(at(root, "cases/0"),
                "id verdict requires level outcome expected lenient delivery close duration_us "
                "diagnosis transcript autobahn flags ");
    json_decref(root);
    sample_free(&s);
}

static void tells_of_run_and_endpoint(void **state)
{
    (void)state;
    static const char *const argv[] = {"server", "-H", "Cookie: a=b", "x\033", NULL};
    static const char *const command[] = {"./server", "{port}", NULL};
    struct sample s;
    sample_init(&s);
    s.record.waits = 3;
    s.record.argv = argv;
    s.record.command = command;
    s.record.agent = "Acme\xff";
    s.record.ended_early = "the endpoint is gone";
    s.profile.limit = 65536;
    json_t *root = render(&s, false);
    expect_text(root, "schema", "wsconform-report/1");
    expect_text(root, "tool/version", REPORT_VERSION);
    expect_text(root, "run/started", "2023-11-14T22:13:20Z");
    expect_number(root, "run/duration_ms", 935);
    expect_text(root, "run/seed", "18446744073709551615");
    expect_text(root, "run/argv/2", "Cookie: ***");
    expect_text(root, "run/argv/3", "x\\x1b");
    expect_number(root, "run/waits", 3);
    expect_text(root, "run/ended_early", "the endpoint is gone");
    expect_text(root, "endpoint/url", "ws://127.0.0.1:9001/");
    expect_text(root, "endpoint/agent", "Acme\\xff");
    expect_text(root, "endpoint/command/1", "{port}");
    expect_text(root, "endpoint/profile", "echo");
    expect_number(root, "endpoint/features/message_limit", 65536);
    expect_number(root, "endpoint/features/round_trip_us", 120);
    json_decref(root);
    root = render(&s, true);
    expect_text(root, "run/argv/2", "Cookie: a=b");
    json_decref(root);
    sample_free(&s);
}

static void says_null_for_what_is_not_known(void **state)
{
    (void)state;
    static const char *const rule[] = {"RFC6455-5.1-04"};
    struct sample s;
    sample_init(&s);
    sample_add(&s, "RFC6455-5.1-04", JUDGE_SKIP, "no connection was observed");
    sample_observe(&s, rule);
    json_t *root = render(&s, false);
    expect_null(root, "endpoint/agent");
    expect_null(root, "endpoint/command");
    expect_null(root, "endpoint/features/message_limit");
    expect_null(root, "cases/0/outcome");
    expect_null(root, "cases/0/close/by");
    expect_null(root, "cases/0/close/code");
    json_decref(root);
    s.record.profile = NULL;
    root = render(&s, false);
    expect_null(root, "endpoint/profile");
    expect_null(root, "endpoint/features");
    json_decref(root);
    sample_free(&s);
}

static void names_each_profile(void **state)
{
    (void)state;
    static const struct {
        struct run_profile profile;
        const char *word;
    } rows[] = {
        {{.echoes = true, .pongs = true}, "echo"},
        {{.answers = true, .pongs = true}, "answer"},
        {{.pongs = true}, "sink"},
        {{.pongs = false}, "handshake"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sample s;
        sample_init(&s);
        s.profile = rows[i].profile;
        json_t *root = render(&s, false);
        expect_text(root, "endpoint/profile", rows[i].word);
        json_decref(root);
        sample_free(&s);
    }
}

static void tells_of_a_case(void **state)
{
    (void)state;
    static const char *const flags[] = {"length-limit"};
    static const char *const autobahn[] = {"2.5"};
    struct sample s;
    sample_init(&s);
    struct run_result *result = sample_add(&s, "RFC6455-5.5-02", JUDGE_PASS, "Close 1002");
    result->judgement.lenient = true;
    result->duration_us = 1234;
    result->close_seen = true;
    result->close_code = 1002;
    result->clean = true;
    s.specs[0].flags = (struct case_names){flags, 1};
    s.specs[0].autobahn = (struct case_names){autobahn, 1};
    json_t *root = render(&s, false);
    json_t *one = at(root, "cases/0");
    expect_text(one, "id", "5.5/0");
    expect_text(one, "verdict", "pass");
    expect_text(one, "requires/0", "RFC6455-5.5-02");
    expect_text(one, "level", "must");
    expect_text(one, "outcome", "fail(1002)");
    expect_text(one, "expected", "The endpoint fails the connection.");
    expect_text(one, "delivery", "whole");
    expect_text(one, "diagnosis", "Close 1002");
    expect_text(one, "flags/0", "length-limit");
    expect_text(one, "autobahn/0", "2.5");
    expect_number(one, "duration_us", 1234);
    expect_text(one, "close/by", "harness");
    expect_number(one, "close/code", 1002);
    assert_true(json_is_true(at(one, "close/clean")));
    assert_true(json_is_true(at(one, "lenient")));
    json_decref(root);
    result->close_first = true;
    root = render(&s, false);
    expect_text(root, "cases/0/close/by", "endpoint");
    json_decref(root);
    sample_free(&s);
}

static void shows_frames(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    struct run_transcript *t = &sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "x")->transcript;
    struct ws_frame frame = {.fin = true,
                             .masked = true,
                             .rsv = 4,
                             .opcode = WS_CLOSE,
                             .key = {0, 1, 0xab, 0xff},
                             .length = 3,
                             .form = 16};
    sample_frame(t, true, frame, "\x1b\xff\n", 3);
    struct ws_event event = {.kind = WS_EVENT_VIOLATION, .violation = WS_BAD_RSV1};
    run_transcript_event(t, true, &event, 0);
    frame = (struct ws_frame){.opcode = WS_TEXT, .length = UINT64_MAX, .form = 64};
    sample_frame(t, false, frame, "a", 1);
    json_t *root = render(&s, false);
    json_t *ours = at(root, "cases/0/transcript/0");
    expect_number(ours, "time_us", 1234);
    expect_text(ours, "from", "harness");
    expect_text(ours, "kind", "frame");
    assert_true(json_is_true(at(ours, "fin")));
    expect_number(ours, "rsv", 4);
    expect_number(ours, "opcode", 8);
    expect_text(ours, "name", "close");
    expect_text(ours, "key", "0001abff");
    expect_number(ours, "length", 3);
    expect_number(ours, "form", 16);
    expect_text(ours, "payload/hex", "1bff0a");
    expect_text(ours, "payload/text", "\\x1b\\xff\\n");
    expect_number(ours, "payload/total", 3);
    expect_text(ours, "violation", ws_violation_sender_rule(WS_BAD_RSV1));
    json_t *theirs = at(root, "cases/0/transcript/1");
    expect_text(theirs, "from", "endpoint");
    expect_null(theirs, "key");
    expect_text(theirs, "length", "18446744073709551615");
    assert_null(at(theirs, "violation"));
    assert_null(at(theirs, "payload/fnv1a"));
    expect_text(root, "cases/0/close/by", "harness");
    json_decref(root);
    sample_free(&s);
}

static void says_what_is_cut(void **state)
{
    (void)state;
    static char octets[5000];
    memset(octets, 'x', sizeof(octets));
    struct sample s;
    sample_init(&s);
    struct run_transcript *t = &sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "x")->transcript;
    struct ws_frame frame = {.fin = true, .opcode = WS_TEXT, .length = 300, .form = 16};
    sample_frame(t, false, frame, octets, 300);
    run_transcript_head(t, false, bytes_of(octets, sizeof(octets)), 0);
    t->dropped = 7;
    json_t *root = render(&s, false);
    expect_number(root, "cases/0/transcript/0/payload/total", 300);
    assert_int_equal(json_string_length(at(root, "cases/0/transcript/0/payload/hex")),
                     2 * RUN_TRANSCRIPT_PAYLOAD);
    char hash[17];
    snprintf(hash, sizeof(hash), "%016llx",
             (unsigned long long)bytes_hash(BYTES_HASH_START, bytes_of(octets, 300)));
    expect_text(root, "cases/0/transcript/0/payload/fnv1a", hash);
    expect_number(root, "cases/0/transcript/1/total", 5000);
    expect_number(root, "cases/0/transcript/1/kept", RUN_TRANSCRIPT_HEAD);
    expect_number(root, "cases/0/transcript_dropped", 7);
    json_decref(root);
    sample_free(&s);
}

static void escapes_and_masks_heads(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    struct run_transcript *t = &sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "x\033")->transcript;
    run_transcript_head(t, false, bytes_text("HTTP/1.1 200 \xff\033\r\nSet-Cookie: a\r\n\r\n"), 0);
    run_transcript_note(t, false, "resets TCP (RST)", 0);
    json_t *root = render(&s, false);
    expect_text(root, "cases/0/diagnosis", "x\\x1b");
    expect_text(root, "cases/0/transcript/0/kind", "http");
    expect_text(root, "cases/0/transcript/0/text",
                "HTTP/1.1 200 \\xff\\x1b\\r\\nSet-Cookie: ***\\r\\n\\r\\n");
    assert_null(at(root, "cases/0/transcript/0/kept"));
    expect_text(root, "cases/0/transcript/1/kind", "note");
    expect_text(root, "cases/0/transcript/1/text", "resets TCP (RST)");
    json_decref(root);
    root = render(&s, true);
    expect_text(root, "cases/0/transcript/0/text",
                "HTTP/1.1 200 \\xff\\x1b\\r\\nSet-Cookie: a\\r\\n\\r\\n");
    json_decref(root);
    sample_free(&s);
}

static void lists_the_requirements(void **state)
{
    (void)state;
    static const char *const masking[] = {"RFC6455-5.1-04"};
    struct sample s;
    sample_init(&s);
    sample_add(&s, "RFC6455-8.1-01", JUDGE_FAILED, "x");
    struct run_result *seen = sample_add(&s, "RFC6455-5.5-02", JUDGE_PASS, "x");
    sample_add(&s, "RFC6455-5.5.1-09", JUDGE_SKIP, "x");
    sample_add(&s, "RFC6455-5.1-04", JUDGE_FAILED, "it masks");
    sample_observe(&s, masking);
    run_transcript_note(&seen->transcript, false, "ends TCP (FIN)", 0);
    seen->sightings[seen->sighting_count++] = (struct run_sighting){masking[0], "it masks"};
    json_t *root = render(&s, false);
    assert_int_equal(json_array_size(at(root, "requirements/covered")), 3);
    expect_text(root, "requirements/covered/0", "RFC6455-5.5-02"); /* as in the catalogue */
    expect_text(root, "requirements/covered/1", "RFC6455-8.1-01");
    expect_text(root, "requirements/covered/2", "RFC6455-5.1-04");
    assert_int_equal(json_array_size(at(root, "requirements/violated")), 2);
    expect_text(root, "requirements/violated/0", "RFC6455-8.1-01");
    expect_text(root, "requirements/violated/1", "RFC6455-5.1-04");
    expect_text(root, "cases/3/evidence", "5.5/1");
    expect_number(root, "summary/fail", 2);
    expect_number(root, "summary/total", 4);
    json_decref(root);
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_keys_of_version_1),
        cmocka_unit_test(tells_of_run_and_endpoint),
        cmocka_unit_test(says_null_for_what_is_not_known),
        cmocka_unit_test(names_each_profile),
        cmocka_unit_test(tells_of_a_case),
        cmocka_unit_test(shows_frames),
        cmocka_unit_test(says_what_is_cut),
        cmocka_unit_test(escapes_and_masks_heads),
        cmocka_unit_test(lists_the_requirements),
    };
    return cmocka_run_group_tests_name("report/json", tests, NULL, NULL);
}
