/* SPDX-License-Identifier: MIT */
#include "run/head.h"

#include "play.h"

static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";

static const struct run_target plain = {.host = "localhost:9001", .target = "/chat?x=1"};

/* The script of a case's request. */
static struct run_script compose(const char *rest)
{
    struct case_set set = {0};
    const struct case_spec *spec = play_case(&set, "x/case", "RFC6455-5.5-03", rest);
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text("test"));
    run_head_request(&script, &plain, &spec->request, key, "", &random);
    case_spec_free_set(&set);
    return script;
}

/* --- the request ---------------------------------------------------------------------------- */

#define FIELDS                                                                                     \
    "Host: localhost:9001\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                        \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"

static void the_plain_request_is_legal(void **state)
{
    (void)state;
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text("test"));
    run_head_request(&script, &plain, NULL, key, "", &random);
    support_expect_text(buffer_bytes(&script.octets), "GET /chat?x=1 HTTP/1.1\r\n" FIELDS "\r\n");
    assert_int_equal(script.count, 1);
    play_expect_covered(&script);
    run_compose_free(&script);
    assert_int_equal(script.count, 0);
}

static void the_target_may_want_more_fields(void **state)
{
    (void)state;
    static const char *const protocols[] = {"chat", "superchat"};
    static const char *const fields[] = {"Cookie: a=b"};
    const struct run_target target = {.host = "h",
                                      .target = "/",
                                      .origin = "http://example.org",
                                      .subprotocols = {protocols, 2},
                                      .fields = {fields, 1}};
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text("test"));
    run_head_request(&script, &target, NULL, "K", "", &random);
    support_expect_text(buffer_bytes(&script.octets),
                        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: K\r\nSec-WebSocket-Version: 13\r\n"
                        "Origin: http://example.org\r\n"
                        "Sec-WebSocket-Protocol: chat, superchat\r\nCookie: a=b\r\n\r\n");
    run_compose_free(&script);
}

static void every_edit_shows(void **state)
{
    (void)state;
    static const struct {
        const char *edits;
        const char *octets;
    } rows[] = {
        {"\"method\": \"POST\"", "POST /chat?x=1 HTTP/1.1\r\n" FIELDS "\r\n"},
        {"\"target\": \"http://$host$target\"",
         "GET http://localhost:9001/chat?x=1 HTTP/1.1\r\n" FIELDS "\r\n"},
        {"\"version\": \"HTTP/1.0\"", "GET /chat?x=1 HTTP/1.0\r\n" FIELDS "\r\n"},
        {"\"line\": \"GET  $target\"", "GET  /chat?x=1\r\n" FIELDS "\r\n"},
        {"\"remove\": [\"host\", \"UPGRADE\", \"Nothing\"]",
         "GET /chat?x=1 HTTP/1.1\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"},
        {"\"set\": {\"upgrade\": \"WebSocket\", \"X\": \"$key$\"}",
         "GET /chat?x=1 HTTP/1.1\r\nHost: localhost:9001\r\nupgrade: WebSocket\r\n"
         "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Version: 13\r\nX: dGhlIHNhbXBsZSBub25jZQ==$\r\n\r\n"},
        {"\"add\": [\"Sec-WebSocket-Key: $key\", \"no colon\"]",
         "GET /chat?x=1 HTTP/1.1\r\n" FIELDS
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nno colon\r\n\r\n"},
        {"\"order\": \"reverse\"",
         "GET /chat?x=1 HTTP/1.1\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nConnection: Upgrade\r\n"
         "Upgrade: websocket\r\nHost: localhost:9001\r\n\r\n"},
        {"\"case\": \"upper\", \"remove\": [\"Sec-WebSocket-Key\", \"Sec-WebSocket-Version\"]",
         "GET /chat?x=1 HTTP/1.1\r\nHOST: localhost:9001\r\nUPGRADE: websocket\r\n"
         "CONNECTION: Upgrade\r\n\r\n"},
        {"\"case\": \"lower\", \"remove\": [\"Sec-WebSocket-Key\", \"Sec-WebSocket-Version\"]",
         "GET /chat?x=1 HTTP/1.1\r\nhost: localhost:9001\r\nupgrade: websocket\r\n"
         "connection: Upgrade\r\n\r\n"},
        {"\"eol\": \"\\n\", \"remove\": [\"Sec-WebSocket-Key\", \"Sec-WebSocket-Version\"]",
         "GET /chat?x=1 HTTP/1.1\nHost: localhost:9001\nUpgrade: websocket\n"
         "Connection: Upgrade\n\n"},
        {"\"body\": \"body\"", "GET /chat?x=1 HTTP/1.1\r\n" FIELDS "\r\nbody"},
        /* in this order: remove, set, add */
        {"\"add\": [\"Host: b\"], \"set\": {\"Host\": \"a\"}, \"remove\": [\"Host\", \"Upgrade\","
         "\"Connection\", \"Sec-WebSocket-Key\", \"Sec-WebSocket-Version\"]",
         "GET /chat?x=1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char rest[512];
        snprintf(rest, sizeof(rest), "\"request\": {%s}, \"outcome\": \"accept\"", rows[i].edits);
        struct run_script script = compose(rest);
        support_expect_text(buffer_bytes(&script.octets), rows[i].octets);
        assert_int_equal(script.count, 1);
        play_expect_covered(&script);
        run_compose_free(&script);
    }
}

static void a_request_is_cut_as_told(void **state)
{
    (void)state;
    static const struct {
        const char *cut;
        size_t parts;
        size_t first;
    } rows[] = {
        {"\"octets\"", 164, 1}, {"100", 2, 100}, {"164", 1, 164},
        {"\"lines\"", 8, 24}, /* request line, five fields, empty line, body */
        {"\"body\"", 2, 161},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char rest[256];
        snprintf(rest, sizeof(rest),
                 "\"request\": {\"body\": \"123\", \"cut\": %s}, \"outcome\": \"accept\"",
                 rows[i].cut);
        struct run_script script = compose(rest);
        play_expect_covered(&script);
        assert_int_equal(script.parts[0].len, rows[i].first);
        if (script.octets.len != 164 || script.count != rows[i].parts)
            fail_msg("row %zu: %zu octets in %zu parts", i, script.octets.len, script.count);
        run_compose_free(&script);
    }
}

/* --- the answer ----------------------------------------------------------------------------- */

#define PROOF "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" /* RFC 6455, 1.3 */
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define ANSWER UPGRADE "Sec-WebSocket-Accept: " PROOF "\r\n"

/* The script of the answer to a request with these lines more. `edits` NULL: none. */
static struct run_script answer_to(const char *lines, const char *edits)
{
    struct case_set set = {0};
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text("test"));
    struct ws_http_head request;
    struct buffer text = {0};
    size_t scanned = 0;
    const struct case_spec *spec = NULL;
    if (edits != NULL) {
        buffer_printf(&text, "\"response\": {%s}, \"outcome\": \"reject\"", edits);
        spec = play_case(&set, "x/case", "RFC6455-5.5-03", buffer_text(&text));
    }
    buffer_clear(&text);
    buffer_printf(&text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", lines);
    assert_int_equal(ws_http_read(&request, buffer_bytes(&text), 65536, &scanned), WS_ITEM);
    run_head_answer(&script, &request, spec != NULL ? &spec->response : NULL, "", &random);
    assert_int_equal(script.unframed, script.octets.len);
    play_expect_covered(&script);
    buffer_free(&text);
    case_spec_free_set(&set);
    return script;
}

#define KEY_LINE "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static void expect_answer(const char *lines, const char *edits, const char *wanted)
{
    struct run_script script = answer_to(lines, edits);
    support_expect_text(buffer_bytes(&script.octets), wanted);
    assert_int_equal(script.count, 1);
    run_compose_free(&script);
}

/* RFC 6455, 4.2.2 */
static void the_plain_answer_is_legal(void **state)
{
    (void)state;
    expect_answer(KEY_LINE, NULL, "HTTP/1.1 101 Switching Protocols\r\n" ANSWER "\r\n");
}

/* 4.2.2 item 5.5: the server takes one of those that were offered, or none. */
static void the_first_subprotocol_is_named(void **state)
{
    (void)state;
    expect_answer(KEY_LINE "Sec-WebSocket-Protocol: chat , superchat\r\n", NULL,
                  "HTTP/1.1 101 Switching Protocols\r\n" ANSWER
                  "Sec-WebSocket-Protocol: chat\r\n\r\n");
    expect_answer(KEY_LINE "Sec-WebSocket-Protocol: \r\nSec-WebSocket-Protocol: b\r\n", NULL,
                  "HTTP/1.1 101 Switching Protocols\r\n" ANSWER
                  "Sec-WebSocket-Protocol: b\r\n\r\n");
    expect_answer(KEY_LINE "Sec-WebSocket-Protocol: \r\n", NULL,
                  "HTTP/1.1 101 Switching Protocols\r\n" ANSWER "\r\n");
    /* An extension is never agreed. */
    expect_answer(KEY_LINE "Sec-WebSocket-Extensions: permessage-deflate\r\n", NULL,
                  "HTTP/1.1 101 Switching Protocols\r\n" ANSWER "\r\n");
}

static void a_request_without_a_key_is_answered_too(void **state)
{
    (void)state;
    expect_answer("", NULL,
                  "HTTP/1.1 101 Switching Protocols\r\n" UPGRADE
                  "Sec-WebSocket-Accept: Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=\r\n\r\n");
}

static void every_edit_of_an_answer_shows(void **state)
{
    (void)state;
    static const struct {
        const char *edits;
        const char *octets;
    } rows[] = {
        {"\"status\": \"200 OK\"", "HTTP/1.1 200 OK\r\n" ANSWER "\r\n"},
        {"\"version\": \"HTTP/1.0\"", "HTTP/1.0 101 Switching Protocols\r\n" ANSWER "\r\n"},
        {"\"line\": \"ICY $key\"", "ICY dGhlIHNhbXBsZSBub25jZQ==\r\n" ANSWER "\r\n"},
        {"\"remove\": [\"UPGRADE\", \"connection\", \"Nothing\"]",
         "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " PROOF "\r\n\r\n"},
        {"\"set\": {\"upgrade\": \"WebSocket\", \"X\": \"y\"}",
         "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " PROOF "\r\nX: y\r\n\r\n"},
        {"\"add\": [\"Sec-WebSocket-Accept: $accept\", \"no colon\"]",
         "HTTP/1.1 101 Switching Protocols\r\n" ANSWER "Sec-WebSocket-Accept: " PROOF
         "\r\nno colon\r\n\r\n"},
        {"\"order\": \"reverse\"",
         "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " PROOF
         "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"},
        {"\"case\": \"upper\"", "HTTP/1.1 101 Switching Protocols\r\nUPGRADE: websocket\r\n"
                                "CONNECTION: Upgrade\r\nSEC-WEBSOCKET-ACCEPT: " PROOF "\r\n\r\n"},
        {"\"case\": \"lower\"", "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n"
                                "connection: Upgrade\r\nsec-websocket-accept: " PROOF "\r\n\r\n"},
        {"\"eol\": \"\\n\"", "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n"
                             "Connection: Upgrade\nSec-WebSocket-Accept: " PROOF "\n\n"},
        {"\"before\": \"HTTP/1.1 100 Continue\\r\\n\\r\\n\"",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n" ANSWER "\r\n"},
        {"\"before\": {\"concat\": [{\"hex\": \"61\"}, {\"repeat\": \"62\", \"times\": 3}]},"
         "\"body\": {\"hex\": \"63\"}",
         "abbbHTTP/1.1 101 Switching Protocols\r\n" ANSWER "\r\nc"},
        /* in this order: remove, set, add */
        {"\"add\": [\"Upgrade: b\"], \"set\": {\"Upgrade\": \"a\"}, \"remove\": [\"Upgrade\","
         "\"Connection\", \"Sec-WebSocket-Accept\"]",
         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nUpgrade: b\r\n\r\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_answer(KEY_LINE, rows[i].edits, rows[i].octets);
}

/* The longest word counts: $accept_cut is not $accept and "_cut". */
static void words_stand_for_what_was_asked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *filled;
    } rows[] = {
        {"$accept", PROOF},
        {"$accept_lower", "s3pplmbitxaq9kygzzhzrbk+xoo="},
        {"$accept_upper", "S3PPLMBITXAQ9KYGZZHZRBK+XOO="},
        {"$accept_cut", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo"},
        {"$accept_other", "ICX+Yqv66kxgM0FcWaLWlFLwTAI="},
        {"$key", "dGhlIHNhbXBsZSBub25jZQ=="},
        {"$protocol-2", "chat-2"},
        {"<$extension>", "<x-ext>"},
        {"$accept$accept_x", PROOF PROOF "_x"},
        {"$host $ $$key $acce", "$host $ $dGhlIHNhbXBsZSBub25jZQ== $acce"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char edits[256];
        char wanted[512];
        snprintf(edits, sizeof(edits),
                 "\"remove\": [\"Upgrade\", \"Connection\", \"Sec-WebSocket-Accept\","
                 "\"Sec-WebSocket-Protocol\"], \"set\": {\"X\": \"%s\"}",
                 rows[i].text);
        snprintf(wanted, sizeof(wanted), "HTTP/1.1 101 Switching Protocols\r\nX: %s\r\n\r\n",
                 rows[i].filled);
        expect_answer(KEY_LINE "Sec-WebSocket-Protocol: chat, b\r\n"
                               "Sec-WebSocket-Extensions: x-ext; a=1, y-ext\r\n",
                      edits, wanted);
    }
}

/* What was not offered is an empty word. */
static void a_word_without_an_offer_stands_for_a_name_of_ours(void **state)
{
    (void)state;
    expect_answer(KEY_LINE,
                  "\"remove\": [\"Upgrade\", \"Connection\", \"Sec-WebSocket-Accept\"],"
                  "\"add\": [\"X: <$protocol><$extension><$agreed>\"]",
                  "HTTP/1.1 101 Switching Protocols\r\n"
                  "X: <x-wsconform-a><x-wsconform-a><>\r\n\r\n");
}

static void an_answer_is_cut_as_told(void **state)
{
    (void)state;
    enum { SIZE = 6 + 132 }; /* `before`, and the head with its body */
    static const struct {
        const char *cut;
        size_t parts;
        size_t first;
    } rows[] = {
        {"\"octets\"", SIZE, 1},
        {"100", 2, 100},
        {"\"lines\"", 7, 6}, /* before, status line, three fields, empty line, body */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char edits[256];
        snprintf(edits, sizeof(edits), "\"before\": \"before\", \"body\": \"123\", \"cut\": %s",
                 rows[i].cut);
        struct run_script script = answer_to(KEY_LINE, edits);
        assert_int_equal(script.parts[0].len, rows[i].first);
        if (script.octets.len != SIZE || script.count != rows[i].parts)
            fail_msg("row %zu: %zu octets in %zu parts", i, script.octets.len, script.count);
        run_compose_free(&script);
    }
}

/* What a header names may be longer than any buffer that a careless author would give it. */
static void a_long_key_is_kept_whole(void **state)
{
    (void)state;
    char lines[4200] = "Sec-WebSocket-Key: ";
    size_t len = strlen(lines);
    memset(lines + len, 'k', 4000);
    memcpy(lines + len + 4000, "\r\n", 3);
    struct run_script script = answer_to(lines, "\"body\": \"\", \"add\": [\"X: $key\"]");
    assert_true(script.octets.len > 4000);
    assert_true(bytes_contain(buffer_bytes(&script.octets), bytes_of(lines + len, 4000)));
    run_compose_free(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_request_is_legal),
        cmocka_unit_test(the_target_may_want_more_fields),
        cmocka_unit_test(every_edit_shows),
        cmocka_unit_test(a_request_is_cut_as_told),
        cmocka_unit_test(the_plain_answer_is_legal),
        cmocka_unit_test(the_first_subprotocol_is_named),
        cmocka_unit_test(a_request_without_a_key_is_answered_too),
        cmocka_unit_test(every_edit_of_an_answer_shows),
        cmocka_unit_test(words_stand_for_what_was_asked),
        cmocka_unit_test(a_word_without_an_offer_stands_for_a_name_of_ours),
        cmocka_unit_test(an_answer_is_cut_as_told),
        cmocka_unit_test(a_long_key_is_kept_whole),
    };
    return cmocka_run_group_tests_name("run/head", tests, NULL, NULL);
}
