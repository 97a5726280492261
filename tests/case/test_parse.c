/* SPDX-License-Identifier: MIT */
#include "case/parse.h"

#include "case/payload.h"
#include "support.h"

static const char table[] = "head\nR-1\t5.5\tboth\tmust\tyes\t\tx\nR-2\t5.5\tboth\tmay\tyes\t\tx\n";

struct spot {
    struct arena arena;
    struct case_catalogue catalogue;
    struct error error;
    json_t *json;
    struct case_spec spec;
    int status;
};

static void parse(struct spot *s, const char *text)
{
    json_error_t bad;
    *s = (struct spot){.json = json_loads(text, JSON_ALLOW_NUL, &bad)};
    if (s->json == NULL)
        fail_msg("%s: %s", text, bad.text);
    assert_int_equal(case_catalogue_read(&s->catalogue, "t", bytes_text(table), NULL), 0);
    const struct case_place place = {
        .file = "f.json", .json = s->json, .arena = &s->arena, .error = &s->error};
    s->status = case_parse_spec(&place, &s->catalogue, &s->spec);
}

static void end(struct spot *s)
{
    json_decref(s->json);
    case_catalogue_free(&s->catalogue);
    arena_free(&s->arena);
}

/* A case with these keys beside those that it must have. */
static void parse_as(struct spot *s, const char *role, const char *keys)
{
    char text[2048];
    snprintf(text, sizeof(text),
             "{\"id\": \"5/x\", \"requires\": [\"R-1\"], \"role\": \"%s\", \"does\": \"D.\","
             "\"expects\": \"E.\", %s}",
             role, keys);
    parse(s, text);
}

/* Only one role is sent a request. */
static void parse_with(struct spot *s, const char *keys)
{
    parse_as(s, strstr(keys, "\"request\":") != NULL ? "server" : "both", keys);
}

static void parse_steps(struct spot *s, const char *steps)
{
    char keys[1024];
    snprintf(keys, sizeof(keys), "\"outcome\": \"survive\", \"steps\": [%s]", steps);
    parse_with(s, keys);
}

static void expect_fine(const struct spot *s)
{
    if (s->status != 0)
        fail_msg("%s", s->error.text);
}

static void expect_payload(const struct case_payload *payload, const char *octets)
{
    struct buffer out = {0};
    struct random random = {0};
    case_payload_write(&out, payload, &random);
    support_expect_text(buffer_bytes(&out), octets);
    buffer_free(&out);
}

static void reads_what_a_case_says_of_itself(void **state)
{
    (void)state;
    struct spot s;
    parse(&s,
          "{\"id\": \"5/x\", \"requires\": [\"R-2\", \"R-1\"], \"role\": \"server\","
          "\"autobahn\": [\"1.2\", \"\"], \"flags\": [\"big\", \"utf8\"], \"needs\": [\"echo\"],"
          "\"does\": \"D.\", \"expects\": \"E.\", \"outcome\": \"echo\", \"cut\": 7}");
    expect_fine(&s);
    assert_string_equal(s.spec.id, "5/x");
    assert_int_equal(s.spec.require_count, 2);
    assert_string_equal(s.spec.requires[0] -> id, "R-2");
    assert_string_equal(s.spec.requires[1] -> id, "R-1");
    assert_int_equal(s.spec.role, CASE_ROLE_SERVER);
    assert_int_equal(s.spec.autobahn.count, 1);
    assert_int_equal(s.spec.flags.count, 2);
    assert_true(s.spec.big);
    assert_true(s.spec.needs_echo);
    assert_string_equal(s.spec.does, "D.");
    assert_string_equal(s.spec.expects, "E.");
    assert_string_equal(s.spec.outcome, "echo");
    assert_int_equal(s.spec.cut.kind, CASE_CUT_SIZE);
    assert_int_equal(s.spec.cut.size, 7);
    assert_int_equal(s.spec.step_count, 0);
    end(&s);

    parse_with(&s, "\"observe\": [\"R-1\", \"R-2\"]");
    expect_fine(&s);
    assert_null(s.spec.outcome);
    assert_int_equal(s.spec.observe.count, 2);
    assert_int_equal(s.spec.role, CASE_ROLE_BOTH);
    assert_false(s.spec.big);
    assert_false(s.spec.exhaust);
    assert_false(s.spec.needs_echo);
    assert_int_equal(s.spec.cut.kind, CASE_CUT_NONE);
    end(&s);
}

static void some_flags_are_more_than_words(void **state)
{
    (void)state;
    static const struct {
        const char *flags;
        bool big;
        bool exhaust;
    } rows[] = {
        {"[]", false, false},
        {"[\"security\", \"exhaust\"]", false, true},
        {"[\"big\"]", true, false},
        {"[\"big\", \"exhaust\"]", true, true},
        {"[\"exhausting\", \"bigger\"]", false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char keys[128];
        struct spot s;
        snprintf(keys, sizeof(keys), "\"outcome\": \"spare\", \"flags\": %s", rows[i].flags);
        parse_with(&s, keys);
        expect_fine(&s);
        assert_int_equal(s.spec.big, rows[i].big);
        assert_int_equal(s.spec.exhaust, rows[i].exhaust);
        end(&s);
    }
}

static void reads_frames(void **state)
{
    (void)state;
    struct spot s;
    parse_steps(&s,
                "{\"send\": {\"opcode\": \"ping\"}},"
                "{\"send\": {\"opcode\": 11, \"fin\": false, \"rsv\": 5, \"mask\": \"01020304\","
                "\"form\": 64, \"length\": \"0xffffffffffffffff\", \"payload\": \"a\\u0000b\"}},"
                "{\"send\": {\"opcode\": \"text\", \"mask\": true, \"length\": 0}},"
                "{\"send\": {\"opcode\": \"text\", \"mask\": false}},"
                "{\"close\": {\"code\": 1000, \"reason\": \"bye\"}}, {\"close\": {}}");
    expect_fine(&s);
    assert_int_equal(s.spec.step_count, 6);
    const struct case_step *step = s.spec.steps;
    assert_int_equal(step[0].kind, CASE_STEP_SEND);
    assert_int_equal(step[0].frame.opcode, WS_PING);
    assert_true(step[0].frame.fin);
    assert_int_equal(step[0].frame.mask, CASE_MASK_AS_DUE);
    assert_false(step[0].frame.has_length);
    assert_int_equal(step[0].frame.form, 0);
    assert_int_equal(step[1].frame.opcode, 11);
    assert_false(step[1].frame.fin);
    assert_int_equal(step[1].frame.rsv, 5);
    assert_int_equal(step[1].frame.mask, CASE_MASK_KEY);
    assert_int_equal(step[1].frame.key[3], 4);
    assert_int_equal(step[1].frame.form, 64);
    assert_true(step[1].frame.length == UINT64_MAX);
    assert_int_equal(case_payload_size(&step[1].frame.payload), 3);
    assert_int_equal(step[2].frame.mask, CASE_MASK_ON);
    assert_true(step[2].frame.has_length);
    assert_int_equal(step[3].frame.mask, CASE_MASK_OFF);
    assert_int_equal(step[4].frame.opcode, WS_CLOSE);
    expect_payload(&step[4].frame.payload, "\x03\xe8"
                                           "bye");
    expect_payload(&step[5].frame.payload, "");
    end(&s);
}

static void reads_the_other_steps(void **state)
{
    (void)state;
    struct spot s;
    parse_steps(&s, "{\"message\": {\"type\": \"binary\", \"payload\": \"abcd\","
                    "\"fragments\": [1, 0, 3]}},"
                    "{\"message\": {\"type\": \"text\", \"fragment\": 64}},"
                    "{\"raw\": \"81 00\"}, {\"await\": \"echo\"}, {\"await\": \"pong\"},"
                    "{\"await\": \"end\"}, {\"half-close\": true}");
    expect_fine(&s);
    static const int kinds[] = {CASE_STEP_MESSAGE,    CASE_STEP_MESSAGE,    CASE_STEP_RAW,
                                CASE_STEP_AWAIT_ECHO, CASE_STEP_AWAIT_PONG, CASE_STEP_AWAIT_END,
                                CASE_STEP_HALF_CLOSE};
    assert_int_equal(s.spec.step_count, COUNT_OF(kinds));
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        assert_int_equal(s.spec.steps[i].kind, kinds[i]);
    assert_int_equal(s.spec.steps[0].message.opcode, WS_BINARY);
    assert_int_equal(s.spec.steps[0].message.size_count, 3);
    assert_int_equal(s.spec.steps[0].message.sizes[2], 3);
    assert_int_equal(s.spec.steps[1].message.fragment, 64);
    assert_int_equal(s.spec.steps[2].raw.len, 2);
    end(&s);
}

static void reads_payloads(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        const char *octets;
    } rows[] = {
        {"\"\\u00e4\"", "\xc3\xa4"},
        {"\"\"", ""},
        {"{\"hex\": \"61 62\"}", "ab"},
        {"{\"repeat\": \"6162\", \"times\": 2}", "abab"},
        {"{\"repeat\": \"61\", \"times\": 0}", ""},
        {"{\"json\": 4}", "\"bc\""},
        {"{\"random\": 0}", ""},
        {"{\"concat\": [\"x\", {\"concat\": [{\"hex\": \"79\"}]}, \"\"]}", "xy"},
        {"{\"concat\": []}", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char step[256];
        struct spot s;
        snprintf(step, sizeof(step), "{\"send\": {\"opcode\": \"text\", \"payload\": %s}}",
                 rows[i].json);
        parse_steps(&s, step);
        expect_fine(&s);
        expect_payload(&s.spec.steps[0].frame.payload, rows[i].octets);
        end(&s);
    }
}

static void reads_corpora(void **state)
{
    (void)state;
    static const char *const names[] = {"json", "html", "prose", "bitmap", "pdf"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char step[256];
        struct spot s;
        snprintf(step, sizeof(step),
                 "{\"message\": {\"type\": \"binary\", \"payload\": {\"corpus\": \"%s\","
                 "\"octets\": %zu}}}",
                 names[i], 100 * i);
        parse_steps(&s, step);
        expect_fine(&s);
        const struct case_payload *payload = &s.spec.steps[0].message.payload;
        assert_int_equal(payload->kind, CASE_PAYLOAD_CORPUS);
        assert_int_equal(payload->corpus, i);
        assert_int_equal(case_payload_size(payload), 100 * i);
        end(&s);
    }
}

static void a_message_may_be_sent_many_times(void **state)
{
    (void)state;
    struct spot s;
    parse_steps(&s, "{\"message\": {\"type\": \"text\"}},"
                    "{\"message\": {\"type\": \"text\", \"times\": 1}},"
                    "{\"message\": {\"type\": \"text\", \"times\": 1000000}}");
    expect_fine(&s);
    assert_int_equal(s.spec.steps[0].message.times, 1);
    assert_int_equal(s.spec.steps[1].message.times, 1);
    assert_int_equal(s.spec.steps[2].message.times, 1000000);
    end(&s);
}

static void reads_what_is_asked_of_a_compressor(void **state)
{
    (void)state;
    struct spot s;
    parse_with(&s, "\"outcome\": \"echo\", \"deflate\": [{}, {\"takeover\": false},"
                   "{\"takeover\": true, \"window\": 8}, {\"window\": 15},"
                   "{\"takeover\": false, \"window\": 0}]");
    expect_fine(&s);
    static const struct case_deflate wanted[] = {
        {true, 0}, {false, 0}, {true, 8}, {true, 15}, {false, 0}};
    assert_int_equal(s.spec.deflate_count, COUNT_OF(wanted));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        assert_int_equal(s.spec.deflate[i].takeover, wanted[i].takeover);
        assert_int_equal(s.spec.deflate[i].window, wanted[i].window);
    }
    end(&s);

    parse_with(&s, "\"outcome\": \"echo\"");
    expect_fine(&s);
    assert_int_equal(s.spec.deflate_count, 0);
    end(&s);
}

static void reads_requests(void **state)
{
    (void)state;
    struct spot s;
    parse_with(&s,
               "\"outcome\": \"accept\", \"request\": {\"method\": \"POST\", \"target\": \"/t\","
               "\"version\": \"HTTP/1.0\", \"line\": \"L\", \"remove\": [\"Host\"],"
               "\"set\": {\"A\": \"1\", \"B\": \"2\"}, \"add\": [\"C: 3\"],"
               "\"order\": \"reverse\", \"case\": \"upper\", \"eol\": \"\\n\", \"body\": \"b\","
               "\"cut\": \"lines\"}");
    expect_fine(&s);
    const struct case_head *request = &s.spec.request;
    assert_string_equal(request->method, "POST");
    assert_string_equal(request->target, "/t");
    assert_string_equal(request->version, "HTTP/1.0");
    assert_string_equal(request->line, "L");
    assert_string_equal(request->remove.items[0], "Host");
    assert_int_equal(request->set_count, 2);
    assert_string_equal(request->set[1].name, "B");
    assert_string_equal(request->set[1].value, "2");
    assert_string_equal(request->add.items[0], "C: 3");
    assert_true(request->reverse);
    assert_int_equal(request->letters, CASE_LETTERS_UPPER);
    assert_string_equal(request->eol, "\n");
    assert_true(request->has_body);
    expect_payload(&request->body, "b");
    assert_int_equal(request->cut.kind, CASE_CUT_LINES);
    end(&s);

    parse_with(&s,
               "\"outcome\": \"accept\", \"request\": {\"cut\": \"octets\", \"case\": \"lower\"},"
               "\"cut\": \"frames\"");
    expect_fine(&s);
    assert_int_equal(s.spec.request.cut.kind, CASE_CUT_SIZE);
    assert_int_equal(s.spec.request.cut.size, 1);
    assert_int_equal(s.spec.request.letters, CASE_LETTERS_LOWER);
    assert_false(s.spec.request.has_body);
    assert_int_equal(s.spec.cut.kind, CASE_CUT_FRAMES);
    end(&s);

    parse_with(&s, "\"outcome\": \"accept\", \"request\": {\"body\": \"b\", \"cut\": \"body\"}");
    expect_fine(&s);
    assert_int_equal(s.spec.request.cut.kind, CASE_CUT_BODY);
    end(&s);
}

static void reads_responses(void **state)
{
    (void)state;
    struct spot s;
    parse_as(&s, "client",
             "\"outcome\": \"reject\", \"response\": {\"status\": \"200 OK\","
             "\"version\": \"HTTP/1.0\", \"line\": \"L\", \"remove\": [\"Upgrade\"],"
             "\"set\": {\"A\": \"1\", \"B\": \"2\"}, \"add\": [\"C: $accept\"],"
             "\"order\": \"reverse\", \"case\": \"lower\", \"eol\": \"\\n\", \"body\": \"b\","
             "\"before\": {\"repeat\": \"61\", \"times\": 3}, \"cut\": \"lines\","
             "\"join\": true, \"hold\": true}");
    expect_fine(&s);
    const struct case_head *response = &s.spec.response;
    assert_string_equal(response->status, "200 OK");
    assert_string_equal(response->version, "HTTP/1.0");
    assert_string_equal(response->line, "L");
    assert_string_equal(response->remove.items[0], "Upgrade");
    assert_int_equal(response->set_count, 2);
    assert_string_equal(response->set[1].value, "2");
    assert_string_equal(response->add.items[0], "C: $accept");
    assert_true(response->reverse);
    assert_int_equal(response->letters, CASE_LETTERS_LOWER);
    assert_string_equal(response->eol, "\n");
    assert_true(response->has_body && response->has_before);
    expect_payload(&response->body, "b");
    expect_payload(&response->before, "aaa");
    assert_int_equal(response->cut.kind, CASE_CUT_LINES);
    assert_true(response->join);
    assert_true(response->hold);
    assert_null(response->method);
    assert_null(response->target);
    assert_null(s.spec.request.line); /* the other head is as it is */
    end(&s);

    parse_as(&s, "client", "\"outcome\": \"accept\", \"response\": {\"join\": false}");
    expect_fine(&s);
    assert_false(s.spec.response.join || s.spec.response.hold || s.spec.response.has_before ||
                 s.spec.response.has_body || s.spec.response.reverse);
    assert_null(s.spec.response.status);
    end(&s);
}

static void mistakes_in_responses_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *role;
        const char *keys;
        const char *sentence;
    } rows[] = {
        {"server", "\"response\": {}", "5/x: /response: only a client is sent a response"},
        {"both", "\"response\": {}", "only a client is sent a response"},
        {"both", "\"request\": {}", "5/x: /request: only a server is sent a request"},
        {"client", "\"request\": {}", "only a server is sent a request"},
        {"client", "\"response\": {\"method\": \"GET\"}", "'method' is not known here"},
        {"client", "\"response\": {\"target\": \"/\"}", "'target' is not known here"},
        {"client", "\"response\": {\"status\": 101}", "/response/status: text is needed here"},
        {"client", "\"response\": {\"join\": 1}", "/response/join: "},
        {"client", "\"response\": {\"hold\": \"yes\"}", "/response/hold: "},
        {"client", "\"response\": {\"before\": 5}", "/response/before: "},
        {"client", "\"response\": {\"cut\": \"words\"}", "/response/cut: "},
        {"server", "\"request\": {\"status\": \"x\"}", "'status' is not known here"},
        {"server", "\"request\": {\"join\": true}", "'join' is not known here"},
        {"server", "\"request\": {\"before\": \"x\"}", "'before' is not known here"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char keys[256];
        struct spot s;
        snprintf(keys, sizeof(keys), "\"outcome\": \"accept\", %s", rows[i].keys);
        parse_as(&s, rows[i].role, keys);
        assert_int_equal(s.status, -1);
        if (strstr(s.error.text, rows[i].sentence) == NULL)
            fail_msg("%s: %s", rows[i].keys, s.error.text);
        end(&s);
    }
}

/* Each mistake that an author can make in the keys of a case. */
static void mistakes_in_a_case_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        const char *sentence;
    } rows[] = {
        {"\"outcom\": \"echo\"", "'outcom' is not known here"},
        {"\"steps\": []", "either 'outcome' or 'observe' is needed"},
        {"\"outcome\": \"echo\", \"observe\": [\"R-1\"]", "either 'outcome' or 'observe'"},
        {"\"observe\": [\"R-9\"]", "5/x: : 'R-9' is not in the requirement catalogue"},
        {"\"observe\": [\"R-1\"], \"steps\": [{\"raw\": \"00\"}]", "observes the run has no steps"},
        {"\"observe\": [\"R-1\"], \"deflate\": [{}]", "observes the run has no steps"},
        {"\"outcome\": \"echo\", \"deflate\": []", "/deflate: a list of at least one object"},
        {"\"outcome\": \"echo\", \"deflate\": {}", "/deflate: a list of at least one object"},
        {"\"outcome\": \"echo\", \"deflate\": true", "/deflate: a list of at least one object"},
        {"\"outcome\": \"echo\", \"deflate\": [{}, 15]", "/deflate/1: an object is needed here"},
        {"\"outcome\": \"echo\", \"deflate\": [{\"bits\": 9}]", "'bits' is not known here"},
        {"\"outcome\": \"echo\", \"deflate\": [{\"window\": 7}]", "/deflate/0: a window has 8 to"},
        {"\"outcome\": \"echo\", \"deflate\": [{\"window\": 1}]", "/deflate/0: a window has 8 to"},
        {"\"outcome\": \"echo\", \"deflate\": [{\"window\": 16}]",
         "/deflate/0/window: a whole number from 0 to 15"},
        {"\"outcome\": \"echo\", \"deflate\": [{\"window\": \"9\"}]", "/deflate/0/window: "},
        {"\"outcome\": \"echo\", \"deflate\": [{\"takeover\": 1}]",
         "/deflate/0/takeover: true or false"},
        {"\"outcome\": 5", "/outcome: text is needed here"},
        {"\"outcome\": \"echo\", \"steps\": {}", "/steps: a list of steps is needed here"},
        {"\"outcome\": \"echo\", \"steps\": [5]", "/steps/0: a step is an object with one key"},
        {"\"outcome\": \"echo\", \"steps\": [{}]", "a step is an object with one key"},
        {"\"outcome\": \"echo\", \"steps\": [{\"raw\": \"\", \"close\": {}}]", "with one key"},
        {"\"outcome\": \"echo\", \"steps\": [{\"wait\": 1}]", "/steps/0: 'wait' is no step"},
        {"\"outcome\": \"echo\", \"needs\": [\"tea\"]", "'tea' is nothing that a case can need"},
        {"\"outcome\": \"echo\", \"cut\": 0", "/cut: \"octets\", \"frames\" or a number"},
        {"\"outcome\": \"echo\", \"cut\": {\"first\": 0}", "/cut: a write has at least one octet"},
        {"\"outcome\": \"echo\", \"cut\": {\"last\": 1}", "/cut: 'last' is not known here"},
        {"\"outcome\": \"echo\", \"cut\": \"lines\"", "/cut: \"octets\", \"frames\" or a number"},
        {"\"outcome\": \"echo\", \"cut\": \"body\"", "/cut: \"octets\", \"frames\" or a number"},
        {"\"outcome\": \"echo\", \"request\": 5", "/request: an object is needed here"},
        {"\"outcome\": \"echo\", \"request\": {\"colour\": 5}", "'colour' is not known here"},
        {"\"outcome\": \"echo\", \"request\": {\"set\": []}", "/request/set: an object of field"},
        {"\"outcome\": \"echo\", \"request\": {\"set\": {\"A\": 1}}", "/request/set/A: text"},
        {"\"outcome\": \"echo\", \"request\": {\"add\": \"A: b\"}", "/request/add: a list"},
        {"\"outcome\": \"echo\", \"request\": {\"order\": \"random\"}", "can only be \"reverse\""},
        {"\"outcome\": \"echo\", \"request\": {\"case\": \"camel\"}", "\"upper\" or \"lower\""},
        {"\"outcome\": \"echo\", \"request\": {\"cut\": \"frames\"}",
         "/request/cut: \"octets\", \"lines\", \"body\" or a number"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct spot s;
        parse_with(&s, rows[i].keys);
        assert_int_equal(s.status, -1);
        if (strncmp(s.error.text, "f.json: ", 8) != 0 ||
            strstr(s.error.text, rows[i].sentence) == NULL)
            fail_msg("%s: %s", rows[i].keys, s.error.text);
        end(&s);
    }
}

static void mistakes_in_steps_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *step;
        const char *sentence;
    } rows[] = {
        {"{\"send\": 5}", "/steps/0/send: an object is needed here"},
        {"{\"send\": {}}", "/steps/0/send/opcode: an opcode is a name"},
        {"{\"send\": {\"opcode\": \"txt\"}}", "an opcode is a name"},
        {"{\"send\": {\"opcode\": 16}}", "an opcode is 0 to 15"},
        {"{\"send\": {\"opcode\": -1}}", "an opcode is 0 to 15"},
        {"{\"send\": {\"opcode\": 1, \"fine\": 1}}", "'fine' is not known here"},
        {"{\"send\": {\"opcode\": 1, \"fin\": 1}}", "/send/fin: true or false"},
        {"{\"send\": {\"opcode\": 1, \"rsv\": 8}}", "/send/rsv: a whole number from 0 to 7"},
        {"{\"send\": {\"opcode\": 1, \"form\": 8}}", "the form 7, 16 or 64"},
        {"{\"send\": {\"opcode\": 1, \"mask\": \"010203\"}}", "/mask: a masking key has 4 octets"},
        {"{\"send\": {\"opcode\": 1, \"mask\": 5}}", "/mask: text of hex digits"},
        {"{\"send\": {\"opcode\": 1, \"length\": -1}}", "/length: a length is a number or text"},
        {"{\"send\": {\"opcode\": 1, \"length\": \"8\"}}", "/length: a length is a number"},
        {"{\"send\": {\"opcode\": 1, \"length\": \"0x\"}}", "/length: a length is a number"},
        {"{\"send\": {\"opcode\": 1, \"length\": \"0x-1\"}}", "/length: a length is a number"},
        {"{\"send\": {\"opcode\": 1, \"length\": \"0x0x1\"}}", "/length: a length is a number"},
        {"{\"send\": {\"opcode\": 1, \"length\": \"0x1g\"}}", "/length: a length is a number"},
        {"{\"send\": {\"opcode\": 1, \"length\": \"0x10000000000000000\"}}",
         "/length: a length is"},
        {"{\"send\": {\"opcode\": 1, \"payload\": 5}}", "/send/payload: an object is needed"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {}}}", "a payload is text, or one of"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"zeros\": 1}}}", "'zeros' is not known here"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"hex\": \"0\"}}}",
         "/payload/hex: pairs of hex"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"json\": 1}}}", "at least 2 octets"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"random\": -1}}}", "/payload/random: a whole"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"random\": 99999999999}}}", "/payload/random"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"repeat\": \"00\"}}}", "times"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"hex\": \"00\", \"times\": 2}}}", "one of"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"hex\": \"00\", \"json\": 2}}}", "one of"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"concat\": 5}}}", "a list of payloads"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"times\": 5}}}", "a list of payloads"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"concat\": [\"a\", 5]}}}",
         "/payload/concat/1: an object is needed"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"corpus\": \"gif\", \"octets\": 1}}}",
         "/payload: 'gif' is no corpus"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"corpus\": 5, \"octets\": 1}}}",
         "/payload/corpus: text is needed here"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"corpus\": \"pdf\", \"octets\": -1}}}",
         "/payload/octets: a whole number"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"corpus\": \"pdf\"}}}", "corpus with octets"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"corpus\": \"pdf\", \"times\": 2}}}",
         "corpus with octets"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"corpus\": \"pdf\", \"octets\": 1,"
         "\"hex\": \"00\"}}}",
         "corpus with octets"},
        {"{\"send\": {\"opcode\": 1, \"payload\": {\"octets\": 5}}}", "a list of payloads"},
        {"{\"message\": {\"type\": \"text\", \"times\": 0}}", "a message is sent at least once"},
        {"{\"message\": {\"type\": \"text\", \"times\": 1000001}}",
         "/message/times: a whole number from 0 to 1000000"},
        {"{\"send\": {\"opcode\": 1, \"times\": 2}}", "'times' is not known here"},
        {"{\"message\": {\"type\": \"ping\"}}", "/message/type: a message is"},
        {"{\"message\": {\"payload\": \"x\"}}", "/message/type: an opcode is"},
        {"{\"message\": {\"type\": \"text\", \"fragments\": 5}}", "/fragments: a list of sizes"},
        {"{\"message\": {\"type\": \"text\", \"fragments\": [-1]}}", "a size is a whole number"},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"a\", \"fragments\": [2]}}",
         "the fragments are longer than the payload"},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"a\","
         "\"fragments\": [9223372036854775807, 9223372036854775807, 2]}}",
         "the fragments are longer than the payload"},
        {"{\"message\": {\"type\": \"text\", \"payload\": \"abc\", \"fragments\": [1],"
         "\"fragment\": 1}}",
         "fragments"},
        {"{\"close\": {\"reason\": \"x\"}}", "/steps/0/close: a reason needs a code"},
        {"{\"close\": {\"code\": 65536}}", "/close/code: a whole number from 0 to 65535"},
        {"{\"close\": {\"cod\": 1000}}", "'cod' is not known here"},
        {"{\"await\": \"tea\"}", "/steps/0/await: \"echo\", \"pong\" or \"end\""},
        {"{\"await\": 5}", "/steps/0/await: \"echo\", \"pong\" or \"end\""},
        {"{\"raw\": \"8\"}", "/steps/0/raw: pairs of hex digits"},
        {"{\"half-close\": false}", "'half-close' is no step"},
    };
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct spot s;
        parse_steps(&s, rows[i].step);
        if (s.status == 0 || strncmp(s.error.text, "f.json: 5/x: /steps/0", 20) != 0 ||
            strstr(s.error.text, rows[i].sentence) == NULL) {
            print_message("%s: %s\n", rows[i].step, s.status == 0 ? "was read" : s.error.text);
            wrong++;
        }
        end(&s);
    }
    assert_int_equal(wrong, 0);
}

static void what_every_case_needs(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *sentence;
    } rows[] = {
        {"{}", "'id' is needed"},
        {"{\"id\": \"x\"}", "'id' is needed, as SECTION/slug"},
        {"{\"id\": 5}", "/id: text is needed"},
        {"{\"id\": \"5/x\"}", "5/x: : 'requires' must name at least one"},
        {"{\"id\": \"5/x\", \"requires\": []}", "'requires' must name at least one"},
        {"{\"id\": \"5/x\", \"requires\": [\"R-9\"]}", "5/x: /requires: 'R-9' is not in the"},
        {"{\"id\": \"5/x\", \"requires\": [\"R-1\"]}", "'role' is \"server\""},
        {"{\"id\": \"5/x\", \"requires\": [\"R-1\"], \"role\": \"peer\"}", "'role' is \"server\""},
        {"{\"id\": \"5/x\", \"requires\": [\"R-1\"], \"role\": \"both\", \"expects\": \"E.\","
         "\"outcome\": \"echo\"}",
         "'does' and 'expects' are needed"},
        {"{\"id\": \"5/x\", \"requires\": [\"R-1\"], \"role\": \"both\", \"does\": \"E.\","
         "\"outcome\": \"echo\"}",
         "'does' and 'expects' are needed"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct spot s;
        parse(&s, rows[i].text);
        assert_int_equal(s.status, -1);
        if (strstr(s.error.text, rows[i].sentence) == NULL)
            fail_msg("%s: %s", rows[i].text, s.error.text);
        end(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_case_says_of_itself),
        cmocka_unit_test(some_flags_are_more_than_words),
        cmocka_unit_test(reads_frames),
        cmocka_unit_test(reads_the_other_steps),
        cmocka_unit_test(reads_payloads),
        cmocka_unit_test(reads_corpora),
        cmocka_unit_test(a_message_may_be_sent_many_times),
        cmocka_unit_test(reads_what_is_asked_of_a_compressor),
        cmocka_unit_test(reads_requests),
        cmocka_unit_test(reads_responses),
        cmocka_unit_test(mistakes_in_responses_are_named),
        cmocka_unit_test(mistakes_in_a_case_are_named),
        cmocka_unit_test(mistakes_in_steps_are_named),
        cmocka_unit_test(what_every_case_needs),
    };
    return cmocka_run_group_tests_name("case/parse", tests, NULL, NULL);
}
