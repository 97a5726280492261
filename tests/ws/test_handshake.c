/* SPDX-License-Identifier: MIT */
#include "ws/handshake.h"

#include "support.h"

static struct ws_http_head read_text(const char *text)
{
    struct ws_http_head head;
    size_t scanned = 0;
    if (ws_http_read(&head, bytes_text(text), 100000, &scanned) != WS_ITEM)
        fail_msg("no head: %s", text);
    return head;
}

static void makes_keys(void **state)
{
    (void)state;
    char key[WS_KEY_SIZE + 1];
    ws_handshake_key(key, (const uint8_t *)"the sample nonce");
    assert_string_equal(key, "dGhlIHNhbXBsZSBub25jZQ==");
    uint8_t nonce[16];
    for (size_t i = 0; i < sizeof(nonce); i++)
        nonce[i] = (uint8_t)(i + 1);
    ws_handshake_key(key, nonce);
    /* RFC 6455, 4.1, as corrected by erratum 3150 */
    assert_string_equal(key, "AQIDBAUGBwgJCgsMDQ4PEA==");
    memset(nonce, 0xff, sizeof(nonce));
    ws_handshake_key(key, nonce);
    assert_string_equal(key, "/////////////////////w==");
}

static void reads_nonces(void **state)
{
    (void)state;
    uint8_t nonce[16];
    uint8_t back[16];
    char key[WS_KEY_SIZE + 1];
    for (unsigned round = 0; round < 256; round++) {
        for (size_t i = 0; i < sizeof(nonce); i++)
            nonce[i] = (uint8_t)(round * (2 * i + 1) + 37 * i);
        ws_handshake_key(key, nonce);
        assert_true(ws_handshake_nonce(back, bytes_text(key)));
        assert_memory_equal(back, nonce, sizeof(nonce));
    }
    assert_false(ws_handshake_nonce(back, bytes_text("dGhlIHNhbXBsZSBub25jZR==")));
    assert_false(ws_handshake_nonce(back, bytes_text("")));
}

static void proves_keys(void **state)
{
    (void)state;
    char proof[WS_ACCEPT_SIZE + 1];
    /* RFC 6455, 1.3 */
    ws_handshake_accept(proof, bytes_text("dGhlIHNhbXBsZSBub25jZQ=="));
    assert_string_equal(proof, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    /* A key is a string here; its sense does not matter. */
    ws_handshake_accept(proof, (struct bytes){NULL, 0});
    assert_string_equal(proof, "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=");
}

static void knows_valid_keys(void **state)
{
    (void)state;
    static const char *const valid[] = {"dGhlIHNhbXBsZSBub25jZQ==", "AQIDBAUGBwgJCgsMDQ4PEA==",
                                        "AAAAAAAAAAAAAAAAAAAAAA==", "/+/+/+/+/+/+/+/+/+/+/w=="};
    static const char *const invalid[] = {
        "",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZR==",
        "AQIDBAUGBwgJCgsMDQ4PEC==",
        "dGhlIHNhbXBsZSBub25j====",
        "dGhlIHNhbXBsZSBub25jZSE=",
        "dGhlIHNhbXBsZSBub25jZSEh",
        "dGhlIHNhbXBsZSBub2-jZQ==",
        "dGhlIHNh=XBsZSBub25jZQ==",
        "dGhlIHNhbXBsZSBub25jZQ=A",
        "dGhlIHNhbXBsZSBub25jZQA=",
    };
    for (size_t i = 0; i < COUNT_OF(valid); i++)
        assert_true(ws_handshake_key_valid(bytes_text(valid[i])));
    for (size_t i = 0; i < COUNT_OF(invalid); i++) {
        struct bytes key = bytes_text(invalid[i]);
        if (ws_handshake_key_valid(bytes_of(support_flush(key), key.len)))
            fail_msg("%s was taken as valid", invalid[i]);
    }
}

#define LINE "GET /chat HTTP/1.1\r\n"
#define HOST "Host: example.com\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
/* All but the start line and Host. */
#define REST UPGRADE CONNECTION KEY VERSION "\r\n"

static struct ws_handshake_decision judge_request(const char *text)
{
    struct ws_http_head request = read_text(text);
    return ws_handshake_judge_request(&request);
}

static void accepts_legal_requests(void **state)
{
    (void)state;
    static const char *const rows[] = {
        LINE HOST REST,
        "\r\n" LINE HOST REST,
        "GET / HTTP/1.1\r\n" HOST REST,
        "GET /a/b;c?d=e%20f&g=/? HTTP/1.1\r\n" HOST REST,
        "GET http://example.com/chat HTTP/1.1\r\n" HOST REST,
        "GET HTTPS://[::1]:443?a HTTP/1.1\r\n" HOST REST,
        "GET / HTTP/1.2\r\n" HOST REST,
        LINE "Host: 127.0.0.1:9001\r\n" REST,
        LINE "Host: [2001:db8::1]:80\r\n" REST,
        LINE "HOST: a:\r\n" REST,
        LINE VERSION KEY CONNECTION UPGRADE HOST "\r\n",
        LINE HOST "uPGRADE: h2c, WebSocket\r\n" CONNECTION KEY VERSION "\r\n",
        LINE HOST UPGRADE "Connection: keep-alive\r\nConnection:,\tuPGRADE ,x\r\n" KEY VERSION
                          "\r\n",
        LINE HOST "sec-websocket-KEY: \t dGhlIHNhbXBsZSBub25jZQ== \t\r\n" UPGRADE CONNECTION VERSION
                  "\r\n",
        LINE HOST "X-Unknown: \xff\r\nOrigin: null\r\n" REST,
        LINE HOST
        "Sec-WebSocket-Protocol: chat, super.chat\r\nSec-WebSocket-Protocol: Chat\r\n" REST,
        LINE HOST "Sec-WebSocket-Extensions: a, b; c=d; e=\"f\"; g\r\n"
                  "Sec-WebSocket-Extensions:\r\n" REST,
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ws_handshake_decision decision = judge_request(rows[i]);
        if (decision.status != 101)
            fail_msg("row %zu: %u, %s", i, decision.status, decision.text);
        assert_null(decision.rule);
        assert_null(decision.text);
        support_expect_text(decision.key, "dGhlIHNhbXBsZSBub25jZQ==");
    }
}

static const struct refusal {
    unsigned status;
    const char *rule;
    const char *text;
} refusals[] = {
    {400, "RFC6455-4.2.1-01", "GET /chat HTTP/1.1\n" HOST REST},
    {400, "RFC9112-5.2-01", LINE HOST "X: a\r\n b\r\n" REST},
    {400, "RFC9112-5.1-01", LINE "Host : a\r\n" REST},
    {400, "RFC9112-5.1-02", LINE HOST "no colon\r\n" REST},
    {400, "RFC9112-2.2-03", LINE HOST "X: a\rb\r\n" REST},
    {400, "RFC6455-4.2.1-05", "GET /chat\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET  /chat HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "G@T /chat HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET /chat HTTP/1\r\n" HOST REST},
    {405, "RFC6455-4.2.1-02", "POST /chat HTTP/1.1\r\n" HOST REST},
    {405, "RFC6455-4.2.1-02", "get /chat HTTP/1.1\r\n" HOST REST},
    {505, "RFC6455-4.2.1-03", "GET /chat HTTP/1.0\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET chat HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET * HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET example.com:80 HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET /chat#here HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET /%2 HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET /\xc3\xa9 HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET ws://example.com/chat HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET http:///chat HTTP/1.1\r\n" HOST REST},
    {400, "RFC6455-4.2.1-05", "GET http://a@b/ HTTP/1.1\r\n" HOST REST},
    {400, "RFC9110-7.8-07", LINE HOST "Content-Length: 5\r\n" REST},
    {400, "RFC9110-7.8-07", LINE HOST "Content-Length: 0\r\nContent-Length: 5\r\n" REST},
    {400, "RFC9110-7.8-07", LINE HOST "Transfer-Encoding: chunked\r\n" REST},
    {400, "RFC6455-4.2.1-06", LINE REST},
    {400, "RFC9112-3.2-01", LINE HOST HOST REST},
    {400, "RFC9112-3.2-01", LINE "Host:\r\n" REST},
    {400, "RFC9112-3.2-01", LINE "Host: a/b\r\n" REST},
    {400, "RFC9112-3.2-01", LINE "Host: a:b\r\n" REST},
    {400, "RFC9112-3.2-01", LINE "Host: a b\r\n" REST},
    {400, "RFC9112-3.2-01", LINE "Host: [::1\r\n" REST},
    {400, "RFC9112-3.2-01", LINE "Host: []\r\n" REST},
    {426, "RFC6455-4.2.1-08", LINE HOST CONNECTION KEY VERSION "\r\n"},
    {426, "RFC6455-4.2.1-08",
     LINE HOST "Upgrade: websocket2, h2c\r\n" CONNECTION KEY VERSION "\r\n"},
    /* The Kelvin sign is no letter k (RFC 6455, 2.1). */
    {426, "RFC6455-4.2.1-08",
     LINE HOST "Upgrade: websoc\xe2\x84\xaa"
               "et\r\n" CONNECTION KEY VERSION "\r\n"},
    {400, "RFC6455-4.2.1-11", LINE HOST UPGRADE KEY VERSION "\r\n"},
    {400, "RFC6455-4.2.1-11", LINE HOST UPGRADE "Connection: not-upgrade\r\n" KEY VERSION "\r\n"},
    {400, "RFC6455-4.2.1-17", LINE HOST UPGRADE CONNECTION KEY "\r\n"},
    {400, "RFC6455-11.3.5-03", LINE HOST VERSION REST},
    {426, "RFC6455-4.2.1-18", LINE HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 8\r\n\r\n"},
    {426, "RFC6455-4.2.1-18",
     LINE HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 013\r\n\r\n"},
    {400, "RFC6455-4.2.1-14", LINE HOST UPGRADE CONNECTION VERSION "\r\n"},
    {400, "RFC6455-11.3.1-02", LINE HOST KEY REST},
    {400, "RFC6455-4.2.1-16",
     LINE HOST UPGRADE CONNECTION VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n\r\n"},
    {400, "RFC6455-4.2.1-16", LINE HOST UPGRADE CONNECTION VERSION "Sec-WebSocket-Key:\r\n\r\n"},
    {400, "RFC6455-4.2.1-15",
     LINE HOST UPGRADE CONNECTION VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n\r\n"},
    {400, "RFC6455-4.1-29",
     LINE HOST UPGRADE CONNECTION VERSION "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==\r\n\r\n"},
    {400, "RFC6455-4.1-39", LINE HOST "Sec-WebSocket-Protocol: ,\r\n" REST},
    {400, "RFC6455-4.1-37", LINE HOST "Sec-WebSocket-Protocol: a, b c\r\n" REST},
    {400, "RFC6455-4.1-38", LINE HOST "Sec-WebSocket-Protocol: a,b,a\r\n" REST},
    {400, "RFC6455-4.1-38",
     LINE HOST "Sec-WebSocket-Protocol: x,a\r\nSec-WebSocket-Protocol: a\r\n" REST},
    {400, "RFC6455-9.1-01", LINE HOST "Sec-WebSocket-Extensions:\r\n" REST},
    {400, "RFC6455-9.1-01", LINE HOST "Sec-WebSocket-Extensions: a;\r\n" REST},
};

static void refuses_illegal_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct ws_handshake_decision decision = judge_request(refusals[i].text);
        if (decision.status != refusals[i].status || strcmp(decision.rule, refusals[i].rule) != 0)
            fail_msg("%u %s instead of %u %s for:\n%s", decision.status, decision.rule,
                     refusals[i].status, refusals[i].rule, refusals[i].text);
        assert_non_null(decision.text);
        assert_null(decision.key.data);
    }
}

static void count_report(void *context, const char *rule, const char *text)
{
    (void)rule;
    (void)text;
    ++*(int *)context;
}

static void writes_answers_that_it_accepts(void **state)
{
    (void)state;
    struct ws_http_head request = read_text(LINE HOST REST);
    struct ws_handshake_decision decision = ws_handshake_judge_request(&request);
    struct buffer out = {0};
    ws_handshake_write_answer(&out, &decision);
    support_expect_text(buffer_bytes(&out), "HTTP/1.1 101 Switching Protocols\r\n"
                                            "Upgrade: websocket\r\n"
                                            "Connection: Upgrade\r\n"
                                            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
                                            "\r\n\r\n");
    struct ws_http_head answer = read_text(buffer_text(&out));
    struct ws_handshake_offer offer = {decision.key, &request};
    int reports = 0;
    assert_true(ws_handshake_judge_answer(&answer, &offer, count_report, &reports));
    assert_int_equal(reports, 0);
    buffer_free(&out);
}

static void check_refusal(const struct refusal *refusal)
{
    struct ws_handshake_decision decision = judge_request(refusal->text);
    struct buffer out = {0};
    ws_handshake_write_answer(&out, &decision);
    struct ws_http_head answer = read_text(buffer_text(&out));
    struct ws_http_status_line line;
    assert_true(ws_http_split_status(answer.start_line, &line));
    assert_int_equal(line.code, refusal->status);
    assert_true(ws_http_list_has(&answer, "Connection", "close"));
    assert_true(ws_http_list_has(&answer, "Upgrade", "websocket") == (line.code == 426));
    assert_true(ws_http_list_has(&answer, "Allow", "GET") == (line.code == 405));
    int reports = 0;
    ws_handshake_judge_refusal(&answer, line.code == 426, count_report, &reports);
    assert_int_equal(reports, 0);
    /* The announced length is that of the body. */
    char length[16];
    snprintf(length, sizeof(length), "%zu", out.len - answer.size);
    support_expect_text(ws_http_find(&answer, "Content-Length")->value, length);
    buffer_free(&out);
}

static void writes_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        check_refusal(&refusals[i]);
}

#define STATUS "HTTP/1.1 101 Switching Protocols\r\n"
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define FINE UPGRADE CONNECTION ACCEPT

/* Writes the rules down as a line of words. */
static void write_rule(void *context, const char *rule, const char *text)
{
    assert_non_null(text);
    buffer_printf(context, " %s", rule + strlen("RFC6455-"));
}

static const struct answer {
    const char *text;
    const char *rules;
    bool opens;
} answers[] = {
    {STATUS FINE "\r\n", "", true},
    {STATUS FINE "\r\n\x81\x05Hello", "", true},
    {"HTTP/1.1 101 \r\n" FINE "\r\n", "", true},
    {STATUS ACCEPT "CONNECTION: x, upgrade\r\nupgrade: WebSocket\r\n\r\n", "", true},
    {STATUS UPGRADE CONNECTION "sec-websocket-accept:\t s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \r\n\r\n", "",
     true},
    {STATUS FINE "Sec-WebSocket-Protocol: chat\r\n\r\n", "", true},
    {STATUS FINE "Sec-WebSocket-Extensions: x-one; a\r\nSec-WebSocket-Extensions: x-two\r\n\r\n",
     "", true},
    {STATUS FINE "Set-Cookie: a=b\r\n\r\n", "", true},
    /* what a recipient may put up with */
    {"HTTP/1.1 101\r\n" FINE "\r\n", " 4.2.2-17", true},
    {"\r\n" STATUS FINE "\r\n", " 4.2.2-17", true},
    {STATUS UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\r\n",
     " 4.2.2-17", true},
    {STATUS FINE "X: a\r\n b\r\n\r\n", " 4.2.2-17", true},
    /* what it may not */
    {STATUS FINE "X : a\r\n\r\n", " 4.2.2-17", false},
    {STATUS FINE "X\r\n\r\n", " 4.2.2-17", false},
    {STATUS FINE "X: \x01\r\n\r\n", " 4.2.2-17", false},
    {"HTTP/1.0 101 Switching Protocols\r\n" FINE "\r\n", " 4.2.2-17", false},
    {"HTTP/2.1 101 Switching Protocols\r\n" FINE "\r\n", " 4.2.2-17", false},
    {"HTTP 101\r\n" FINE "\r\n", " 4.2.2-17", false},
    {"HTTP/1.1 200 OK\r\n" FINE "\r\n", " 4.2.2-18", false},
    {STATUS CONNECTION ACCEPT "\r\n", " 4.2.2-19", false},
    {STATUS CONNECTION ACCEPT "Upgrade: h2c\r\n\r\n", " 4.2.2-19", false},
    {STATUS CONNECTION ACCEPT "Upgrade: websocket, h2c\r\n\r\n", " 4.2.2-19", false},
    {STATUS UPGRADE FINE "\r\n", " 4.2.2-19", false},
    {STATUS UPGRADE ACCEPT "\r\n", " 4.2.2-20", false},
    {STATUS UPGRADE ACCEPT "Connection: upgraded\r\n\r\n", " 4.2.2-20", false},
    {STATUS UPGRADE CONNECTION "\r\n", " 4.2.2-21", false},
    {STATUS ACCEPT FINE "\r\n", " 11.3.3-01", false},
    {STATUS UPGRADE CONNECTION "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
     " 4.2.2-21", false},
    {STATUS UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo\r\n\r\n",
     " 4.2.2-22 4.2.2-21", false},
    {STATUS UPGRADE CONNECTION "Sec-WebSocket-Accept:\r\n\r\n", " 4.2.2-22 4.2.2-21", false},
    {STATUS FINE "Sec-WebSocket-Protocol: Chat\r\n\r\n", " 4.2.2-11", false},
    {STATUS FINE "Sec-WebSocket-Protocol: other\r\n\r\n", " 4.2.2-11", false},
    {STATUS FINE "Sec-WebSocket-Protocol: chat, superchat\r\n\r\n", " 4.2.2-14", false},
    {STATUS FINE "Sec-WebSocket-Protocol:\r\n\r\n", " 4.2.2-14", false},
    {STATUS FINE "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n\r\n",
     " 11.3.4-02", false},
    {STATUS FINE "Sec-WebSocket-Extensions: x-three\r\n\r\n", " 9-03", false},
    {STATUS FINE "Sec-WebSocket-Extensions: x-one, x-three\r\n\r\n", " 9-03", false},
    {STATUS FINE "Sec-WebSocket-Extensions: x-one;\r\n\r\n", " 9.1-01", false},
    {STATUS FINE "Sec-WebSocket-Extensions:\r\n\r\n", " 9.1-09", false},
    /* all of it, in order */
    {"\n" STATUS "Upgrade: x\r\nSec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: x\r\n"
     "Sec-WebSocket-Extensions: x\r\n\r\n",
     " 4.2.2-17 4.2.2-17 4.2.2-19 4.2.2-20 4.2.2-22 4.2.2-21 4.2.2-11 9-03", false},
};

static void judges_answers(void **state)
{
    (void)state;
    struct ws_http_head request =
        read_text(LINE HOST UPGRADE CONNECTION KEY VERSION
                  "Sec-WebSocket-Protocol: superchat, chat\r\n"
                  "Sec-WebSocket-Extensions: x-one; a; b=c\r\nSec-WebSocket-Extensions: X-Two"
                  "\r\n\r\n");
    struct ws_handshake_offer offer = {bytes_text("dGhlIHNhbXBsZSBub25jZQ=="), &request};
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct ws_http_head answer = read_text(answers[i].text);
        struct buffer rules = {0};
        bool opens = ws_handshake_judge_answer(&answer, &offer, write_rule, &rules);
        if (opens != answers[i].opens || strcmp(buffer_text(&rules), answers[i].rules) != 0)
            fail_msg("'%s' instead of '%s' for:\n%s", buffer_text(&rules), answers[i].rules,
                     answers[i].text);
        assert_true(ws_handshake_judge_answer(&answer, &offer, NULL, NULL) == opens);
        buffer_free(&rules);
    }
}

static void judges_answers_to_no_offer(void **state)
{
    (void)state;
    struct ws_http_head request = read_text(LINE HOST REST);
    struct ws_handshake_offer offer = {bytes_text("dGhlIHNhbXBsZSBub25jZQ=="), &request};
    struct ws_http_head answer = read_text(STATUS FINE "Sec-WebSocket-Protocol: chat\r\n"
                                                       "Sec-WebSocket-Extensions: a\r\n\r\n");
    struct buffer rules = {0};
    assert_false(ws_handshake_judge_answer(&answer, &offer, write_rule, &rules));
    assert_string_equal(buffer_text(&rules), " 4.2.2-12 9-03");
    buffer_free(&rules);
}

static void judges_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool version_was_wrong;
        const char *rules;
    } rows[] = {
        {"HTTP/1.1 400 Bad Request\r\n\r\n", false, ""},
        {"HTTP/1.1 400 Bad Request\r\n\r\n", true, " 4.2.2-09"},
        {"HTTP/1.1 426 x\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
         "Sec-WebSocket-Version: 7, 13\r\n\r\n",
         true, ""},
        {"HTTP/1.1 426 x\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8, 130\r\n\r\n", true,
         " 4.2.2-09"},
        {"HTTP/1.1 426 x\r\nSec-WebSocket-Version: 13\r\n\r\n", true, " 7.8-03"},
        {"HTTP/1.1 401 x\r\n\r\n", false, " 4.2.2-04"},
        {"HTTP/1.1 401 x\r\nwww-authenticate: Basic\r\n\r\n", false, ""},
        /* RFC 6455 asks for a valid HTTP answer only where the server accepts. */
        {"HTTP/1.0 400 x\nX : a\r\n\r\n", false, ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ws_http_head answer = read_text(rows[i].text);
        struct buffer rules = {0};
        ws_handshake_judge_refusal(&answer, rows[i].version_was_wrong, write_rule, &rules);
        assert_string_equal(buffer_text(&rules), rows[i].rules);
        buffer_free(&rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_keys),
        cmocka_unit_test(reads_nonces),
        cmocka_unit_test(proves_keys),
        cmocka_unit_test(knows_valid_keys),
        cmocka_unit_test(accepts_legal_requests),
        cmocka_unit_test(refuses_illegal_requests),
        cmocka_unit_test(writes_answers_that_it_accepts),
        cmocka_unit_test(writes_refusals),
        cmocka_unit_test(judges_answers),
        cmocka_unit_test(judges_answers_to_no_offer),
        cmocka_unit_test(judges_refusals),
    };
    return cmocka_run_group_tests_name("ws/handshake", tests, NULL, NULL);
}
