/* SPDX-License-Identifier: MIT */
#include "ws/request.h"

#include "support.h"

#define KEY "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n"
#define REST "Upgrade: websocket\r\nConnection: Upgrade\r\n" KEY "Sec-WebSocket-Version: 13\r\n"
#define HOST "Host: 127.0.0.1:9001\r\n"
#define LINE "GET /chat?a=b HTTP/1.1\r\n"
#define PLAIN LINE HOST REST

static const struct ws_request_expected told = {"127.0.0.1:9001", "/chat?a=b"};
static const struct ws_request_expected untold = {NULL, NULL};

static void note(void *context, const char *rule, const char *text)
{
    struct buffer *seen = context;
    assert_non_null(text);
    buffer_printf(seen, "%s%s", seen->len > 0 ? " " : "", rule);
}

/* Fails unless the request breaks these rules and no others. */
static void expect(const char *text, const struct ws_request_expected *expected, const char *rules)
{
    struct buffer whole = {0};
    struct buffer seen = {0};
    struct ws_http_head head;
    size_t scanned = 0;
    buffer_printf(&whole, "%s\r\n", text);
    uint8_t *flush = support_flush(buffer_bytes(&whole));
    if (ws_http_read(&head, bytes_of(flush, whole.len), whole.len, &scanned) != WS_ITEM)
        fail_msg("no head: %s", text);
    ws_request_check(&head, expected, note, &seen);
    if (strcmp(buffer_text(&seen), rules) != 0)
        fail_msg("%s\nbreaks '%s', not '%s'", text, buffer_text(&seen), rules);
    buffer_free(&whole);
    buffer_free(&seen);
}

struct row {
    const char *text;
    const char *rules;
};

static void expect_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect(rows[i].text, &told, rows[i].rules);
}

/* What real clients send, shortened. */
static void lets_good_requests_pass(void **state)
{
    (void)state;
    static const char *const rows[] = {
        PLAIN,
        LINE HOST "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
                  "sec-websocket-key:AQIDBAUGBwgJCgsMDQ4PEA==\r\nSEC-WEBSOCKET-VERSION:\t13 \r\n",
        LINE "Host: localhost:9001\r\n" REST,
        "GET http://127.0.0.1:9001/chat?a=b HTTP/1.1\r\n" HOST REST,
        "GET /chat?a=b HTTP/1.2\r\n" HOST REST,
        PLAIN "Origin: http://127.0.0.1:9001\r\nUser-Agent: Mozilla/5.0 (X11)\r\n",
        PLAIN "Origin: null\r\n",
        PLAIN "Origin: file://\r\n",
        PLAIN "Origin: moz-extension://0b6f http://b\r\n",
        PLAIN "User-Agent: Python/3.11 websockets/10.4\r\n",
        PLAIN "Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Protocol: Chat\r\n",
        PLAIN "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
        PLAIN "Sec-WebSocket-Extensions: a; b=\"c\", , d;e=1\r\nSec-WebSocket-Extensions: f\r\n",
        PLAIN "Authorization: Basic YTpi\r\nCookie: a=b\r\nContent-Length: 0\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect(rows[i], &told, "");
    expect("GET / HTTP/1.1\r\nHost: b\r\n" REST, &untold, "");
    const struct ws_request_expected plain_port = {"Example.org", "/"};
    expect("GET / HTTP/1.1\r\nHost: example.org:80\r\n" REST, &plain_port, "");
    expect("GET http://example.org HTTP/1.1\r\nHost: example.org\r\n" REST, &plain_port, "");
    const struct ws_request_expected six = {"[::1]:9001", "/a|b"};
    expect("GET /a|b HTTP/1.1\r\nHost: [::1]:9001\r\n" REST, &six, "");
}

static void checks_the_grammar(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"\r\n" PLAIN, "RFC6455-4.1-19"},
        {LINE "Host: 127.0.0.1:9001\n" REST, "RFC6455-4.1-19"},
        {LINE "Host : 127.0.0.1:9001\r\n" REST, "RFC6455-4.1-19"},
        {PLAIN "a b: c\r\n", "RFC6455-4.1-19"},
        {PLAIN "a: b\rc\r\n", "RFC6455-4.1-19"},
        {PLAIN "a: b\r\n c\r\n", "RFC9112-5.2-02"},
        {"hello\r\n" HOST REST, "RFC6455-4.1-19"},
        {"GET  HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-19"},
        {"G(T /chat?a=b HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-19"},
        {"GET /chat?a=b HTTP/1\r\n" HOST REST, "RFC6455-4.1-19"},
        {"POST /chat?a=b HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-20"},
        {"GET /chat?a=b HTTP/1.0\r\n" HOST REST, "RFC6455-4.1-21"},
    };
    expect_rows(rows, COUNT_OF(rows));
}

static void checks_the_target(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"GET /chat HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-22"},
        {"GET /?a=b HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-22"},
        {"GET chat HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-22"},
        {"GET * HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-22"},
        {"GET ws://127.0.0.1:9001/chat?a=b HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-22"},
        {"GET http://127.0.0.1:9001/ HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-22"},
        {"GET http://127.0.0.1:9001 HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-22"},
        {"GET http://127.0.0.1/chat?a=b HTTP/1.1\r\n" HOST REST, "RFC6455-4.1-22"},
        {"GET /chat?a=b#c HTTP/1.1\r\n" HOST REST, "RFC6455-3-05"},
        {"GET /ch\xc3\xa4t HTTP/1.1\r\n" HOST REST, "RFC6455-11.1.1-03"},
        {"GET /chat?a=%b HTTP/1.1\r\n" HOST REST, "RFC6455-11.1.1-03"},
    };
    expect_rows(rows, COUNT_OF(rows));
    expect("GET /other HTTP/1.1\r\nHost: other\r\n" REST, &untold, "");
    expect("GET /\" HTTP/1.1\r\nHost: other\r\n" REST, &untold, "RFC6455-11.1.1-03");
}

static void checks_the_fields(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {LINE REST, "RFC9112-3.2-02"},
        {PLAIN HOST, "RFC9112-3.2-02"},
        {LINE "Host: \r\n" REST, "RFC6455-4.1-23"},
        {LINE "Host: ::1:9001\r\n" REST, "RFC6455-4.1-23"},
        {LINE "Host: 127.0.0.1\r\n" REST, "RFC6455-4.1-23"},
        {LINE "Host: 127.0.0.1:80\r\n" REST, "RFC6455-4.1-23"},
        {LINE "Host: other:9001\r\n" REST, "RFC6455-4.1-23"},
        {LINE HOST "Connection: Upgrade\r\n" KEY "Sec-WebSocket-Version: 13\r\n", "RFC6455-4.1-24"},
        {LINE HOST "Upgrade: web\r\nConnection: Upgrade\r\n" KEY "Sec-WebSocket-Version: 13\r\n",
         "RFC6455-4.1-25"},
        {LINE HOST "Upgrade: websocket\r\n" KEY "Sec-WebSocket-Version: 13\r\n", "RFC6455-4.1-26"},
        {LINE HOST "Upgrade: websocket\r\nConnection: close\r\n" KEY
                   "Sec-WebSocket-Version: 13\r\n",
         "RFC6455-4.1-27"},
        {PLAIN "Origin: http://a/b\r\n", "RFC6455-4.1-33"},
        {PLAIN "Origin: 127.0.0.1\r\n", "RFC6455-4.1-33"},
        {PLAIN "Origin: \r\n", "RFC6455-4.1-33"},
        {PLAIN "User-Agent: Mozilla/5.0\r\n", "RFC6455-4.1-31"},
        {PLAIN "Sec-WebSocket-Protocol: a b\r\n", "RFC6455-4.1-37"},
        {PLAIN "Sec-WebSocket-Protocol: a, b/c\r\n", "RFC6455-4.1-37"},
        {PLAIN "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Protocol: a\r\n", "RFC6455-4.1-38"},
        {PLAIN "Sec-WebSocket-Protocol: \r\n", "RFC6455-4.1-39"},
        {PLAIN "Sec-WebSocket-Protocol: ,\r\n", "RFC6455-4.1-39"},
        {PLAIN "Sec-WebSocket-Extensions: \r\n", "RFC6455-4.3-02"},
        {PLAIN "Sec-WebSocket-Extensions: a;\r\n", "RFC6455-4.3-02"},
        {PLAIN "Sec-WebSocket-Extensions: a, b; c=\"1 0\"\r\n", "RFC6455-4.3-02"},
    };
    expect_rows(rows, COUNT_OF(rows));
}

#define NO_KEY                                                                                     \
    LINE HOST "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
#define NO_VERSION LINE HOST "Upgrade: websocket\r\nConnection: Upgrade\r\n" KEY

static void checks_key_and_version(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {NO_KEY, "RFC6455-4.1-28"},
        {PLAIN KEY, "RFC6455-11.3.1-01"},
        {NO_KEY "Sec-WebSocket-Key: \r\n", "RFC6455-4.3-01"},
        {NO_KEY "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4P\r\n", "RFC6455-4.1-29"},
        {NO_KEY "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==\r\n", "RFC6455-4.1-29"},
        {NO_KEY "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA\r\n", "RFC6455-4.3-01"},
        {NO_KEY "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4_EA==\r\n", "RFC6455-4.3-01"},
        {NO_VERSION, "RFC6455-4.1-34"},
        {PLAIN "Sec-WebSocket-Version: 13\r\n", "RFC6455-11.3.5-02"},
        {NO_VERSION "Sec-WebSocket-Version: 8\r\n", "RFC6455-4.1-35"},
        {NO_VERSION "Sec-WebSocket-Version: 255\r\n", "RFC6455-4.1-35"},
        {NO_VERSION "Sec-WebSocket-Version: 256\r\n", "RFC6455-4.3-04"},
        {NO_VERSION "Sec-WebSocket-Version: 013\r\n", "RFC6455-4.3-04"},
        {NO_VERSION "Sec-WebSocket-Version: 13, 8\r\n", "RFC6455-4.3-04"},
        {NO_VERSION "Sec-WebSocket-Version: \r\n", "RFC6455-4.3-04"},
    };
    expect_rows(rows, COUNT_OF(rows));
}

static void names_each_fault_once(void **state)
{
    (void)state;
    expect("POST /x HTTP/1.0\r\n", &told,
           "RFC6455-4.1-20 RFC6455-4.1-21 RFC6455-4.1-22 RFC9112-3.2-02 RFC6455-4.1-24 "
           "RFC6455-4.1-26 RFC6455-4.1-28 RFC6455-4.1-34");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_good_requests_pass), cmocka_unit_test(checks_the_grammar),
        cmocka_unit_test(checks_the_target),       cmocka_unit_test(checks_the_fields),
        cmocka_unit_test(checks_key_and_version),  cmocka_unit_test(names_each_fault_once),
    };
    return cmocka_run_group_tests_name("ws/request", tests, NULL, NULL);
}
