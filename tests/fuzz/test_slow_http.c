/* SPDX-License-Identifier: MIT */
#include "fuzz/slow_http.h"

#include "support.h"

static struct slow_http_head head;

static void read_head(const char *text)
{
    if (!slow_http_head(&head, bytes_text(text)))
        fail_msg("not whole: %s", text);
}

static void takes_heads_apart(void **state)
{
    (void)state;
    read_head("\r\nGET / HTTP/1.1\r\nA:  b \r\nC : d\n  e\r\nnone\r\n\r\nrest");
    assert_int_equal(head.count, 3);
    support_expect_text(head.start, "GET / HTTP/1.1");
    support_expect_text(head.fields[0].value, "b");
    support_expect_text(head.fields[1].name, "C");
    support_expect_text(head.fields[1].value, "d\n  e");
    assert_true(head.leading && head.bare_lf && head.folded && head.name_blank && head.bad_name);
    assert_false(head.bad_value || head.too_many);
    assert_false(slow_http_head(&head, bytes_text("GET / HTTP/1.1\r\nA: b\r\n")));
    assert_false(slow_http_head(&head, bytes_text("\r\n\r\n")));
}

#define LINE "GET /chat HTTP/1.1\r\n"
#define HOST "Host: a\r\n"
#define REST                                                                                       \
    "Upgrade: WebSocket, h2c\r\nConnection: keep-alive, Upgrade\r\n"                               \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
#define END "\r\n"

static void judges_requests(void **state)
{
    (void)state;
    static const struct {
        unsigned statuses;
        const char *text;
    } rows[] = {
        {0, LINE HOST REST END},
        {0, "GET http://a:80?x HTTP/1.1\r\n" HOST REST END},
        {0, LINE HOST REST "Content-Length: 0\r\n" END},
        {SLOW_HTTP_400, LINE REST END},
        {SLOW_HTTP_400, LINE HOST HOST REST END},
        {SLOW_HTTP_405, "POST /chat HTTP/1.1\r\n" HOST REST END},
        {SLOW_HTTP_505, "GET /chat HTTP/1.0\r\n" HOST REST END},
        {SLOW_HTTP_400, "GET /#x HTTP/1.1\r\n" HOST REST END},
        {SLOW_HTTP_400, "GET  / HTTP/1.1\r\n" HOST REST END},
        {SLOW_HTTP_400, LINE HOST REST "Content-Length: 0\r\nContent-Length: 1\r\n" END},
        {SLOW_HTTP_400, LINE HOST REST "Sec-WebSocket-Protocol: a, a\r\n" END},
        {SLOW_HTTP_400, LINE HOST REST "Sec-WebSocket-Extensions: a;\r\n" END},
        {SLOW_HTTP_400, LINE HOST REST "A : b\r\n" END},
        {SLOW_HTTP_400, LINE "Host: [:]\r\n" REST END},
        {SLOW_HTTP_426 | SLOW_HTTP_400, LINE HOST END},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        read_head(rows[i].text);
        if (slow_http_request(&head) != rows[i].statuses)
            fail_msg("%x for %s", slow_http_request(&head), rows[i].text);
    }
}

static void judges_keys(void **state)
{
    (void)state;
    static const char *const bad[] = {"dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZQ=",
                                      "dGhlIHNhbXBsZSBub25jZQ=A", "", "dGhl-HNhbXBsZSBub25jZQ=="};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct buffer text = {0};
        buffer_printf(&text,
                      LINE HOST "Upgrade: websocket\r\nConnection: upgrade\r\n"
                                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n",
                      bad[i]);
        read_head(buffer_text(&text));
        assert_int_equal(slow_http_request(&head), SLOW_HTTP_400);
        buffer_free(&text);
    }
}

#define ANSWER                                                                                     \
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"                                                \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

static void judges_answers(void **state)
{
    (void)state;
    static const char *const protocols[] = {"chat", NULL};
    static const char *const extensions[] = {"foo", NULL};
    static const struct slow_http_offer offer = {"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", protocols,
                                                 extensions};
    static const struct {
        bool taken;
        const char *text;
    } rows[] = {
        {true, "HTTP/1.1 101 Switching Protocols\r\n" ANSWER END},
        {true, "HTTP/1.1 101\n" ANSWER "Sec-WebSocket-Protocol: chat\r\n" END},
        {true, "HTTP/1.1 101 x\r\n" ANSWER "Sec-WebSocket-Extensions: FOO; a=\"b\"\r\n" END},
        {false, "HTTP/1.1 200 OK\r\n" ANSWER END},
        {false, "HTTP/1.0 101 x\r\n" ANSWER END},
        {false, "HTTP/1.1 101 x\r\n" ANSWER "Upgrade: websocket\r\n" END},
        {false, "HTTP/1.1 101 x\r\n" ANSWER "Sec-WebSocket-Protocol: Chat\r\n" END},
        {false, "HTTP/1.1 101 x\r\n" ANSWER "Sec-WebSocket-Extensions: bar\r\n" END},
        {false, "HTTP/1.1 101 x\r\n" ANSWER "Sec-WebSocket-Extensions:\r\n" END},
        {false, "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" END},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        read_head(rows[i].text);
        if (slow_http_answer(&head, &offer) != rows[i].taken)
            fail_msg("wrong about %s", rows[i].text);
    }
}

static void judges_extensions(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "a, b", ",a,,", "a;b", "a ; b = c , d", "a;b=\"c\\d\""};
    static const char *const bad[] = {
        "",      ",",        "a;",          "a b",     "a;b=", "a=b;c",
        "\"a\"", "a;b=\"\"", "a;b=\"c d\"", "a;b=\"c", "a;;b", "a;b=\"c,d\""};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(slow_http_extensions(bytes_text(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (slow_http_extensions(bytes_text(bad[i])))
            fail_msg("taken: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_heads_apart), cmocka_unit_test(judges_requests),
        cmocka_unit_test(judges_keys),       cmocka_unit_test(judges_answers),
        cmocka_unit_test(judges_extensions),
    };
    return cmocka_run_group_tests_name("fuzz/slow_http", tests, NULL, NULL);
}
