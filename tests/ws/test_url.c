/* SPDX-License-Identifier: MIT */
#include "ws/url.h"

#include "support.h"

static void reads_urls(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool secure;
        const char *host;
        unsigned port;
        const char *field;
        const char *target;
    } rows[] = {
        {"ws://localhost", false, "localhost", 80, "localhost", "/"},
        {"ws://localhost/", false, "localhost", 80, "localhost", "/"},
        {"ws://localhost:80/", false, "localhost", 80, "localhost", "/"},
        {"ws://localhost:443/", false, "localhost", 443, "localhost:443", "/"},
        {"wss://localhost", true, "localhost", 443, "localhost", "/"},
        {"wss://localhost:443/", true, "localhost", 443, "localhost", "/"},
        {"wss://localhost:80", true, "localhost", 80, "localhost:80", "/"},
        {"ws://127.0.0.1:9001/chat?a=b", false, "127.0.0.1", 9001, "127.0.0.1:9001", "/chat?a=b"},
        {"ws://h:65535?a=/b", false, "h", 65535, "h:65535", "/?a=/b"},
        {"ws://[::1]:9001/x", false, "::1", 9001, "[::1]:9001", "/x"},
        {"ws://[::1]", false, "::1", 80, "[::1]", "/"},
        {"wss://[fe80::1]/?", true, "fe80::1", 443, "[fe80::1]", "/?"},
        {"ws://h/a:b@c/%20", false, "h", 80, "h", "/a:b@c/%20"},
        /* RFC 3986, 3.1: schemes know no letter case; 3.2.3: a port may be empty. */
        {"WS://h/", false, "h", 80, "h", "/"},
        {"Wss://h/", true, "h", 443, "h", "/"},
        {"ws://h:/", false, "h", 80, "h", "/"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ws_url url;
        struct error why = {""};
        if (ws_url_read(&url, rows[i].text, &why) != 0)
            fail_msg("%s: %s", rows[i].text, why.text);
        assert_int_equal(url.secure, rows[i].secure);
        assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_string_equal(url.field, rows[i].field);
        assert_string_equal(url.target, rows[i].target);
    }
}

static void refuses_the_rest(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *sentence;
    } rows[] = {
        {"", "no WebSocket URL"},
        {"localhost:9001", "no WebSocket URL"},
        {"http://localhost/", "no WebSocket URL"},
        {"ws:/localhost/", "no WebSocket URL"},
        {"ws://", "no host"},
        {"ws:///path", "no host"},
        {"ws://:80/", "no host"},
        {"ws://[]/", "no host"},
        {"ws://[[]]/", "is no host"},
        {"ws://[abc]/", "is no host"},
        {"ws://a]b/", "is no host"},
        {"ws://a@b/", "is no host"},
        {"ws://h:0/", "no port"},
        {"ws://h:65536/", "no port"},
        {"ws://h:99999999999/", "no port"},
        {"ws://h:x/", "no port"},
        {"ws://h:80x/", "no port"},
        {"ws://h:-1/", "no port"},
        {"ws://h:+80/", "no port"},
        {"ws://::1/", "no port"},
        {"ws://[::1/", ""},
        {"ws://[::1]x/", "brackets"},
        {"ws://user:pass@h/", "no port"},
        {"ws://h/#x", "fragment"}, /* RFC 6455, 3: MUST NOT be used */
        {"ws://h#x", "fragment"},
        {"ws://h/a b", "percent-encoded"},
        {"ws://h/a\r\nX: y", "percent-encoded"},
        {"ws://h/\xc3\xa4", "percent-encoded"},
        {"ws://h\r\nX: y/", "percent-encoded"},
        {"ws://a b/", "percent-encoded"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ws_url url;
        struct error why = {""};
        if (ws_url_read(&url, rows[i].text, &why) != -1)
            fail_msg("'%s' was read", rows[i].text);
        if (strstr(why.text, rows[i].sentence) == NULL)
            fail_msg("'%s': %s", rows[i].text, why.text);
    }
}

static void long_parts_are_refused(void **state)
{
    (void)state;
    struct ws_url url;
    struct buffer text = {0};
    buffer_append_text(&text, "ws://");
    memset(buffer_extend(&text, WS_URL_HOST_MAX - 1), 'h', WS_URL_HOST_MAX - 1);
    assert_int_equal(ws_url_read(&url, buffer_text(&text), NULL), 0);
    buffer_append_text(&text, "h");
    assert_int_equal(ws_url_read(&url, buffer_text(&text), NULL), -1);
    buffer_clear(&text);
    buffer_append_text(&text, "ws://h/");
    memset(buffer_extend(&text, WS_URL_TARGET_MAX - 2), 't', WS_URL_TARGET_MAX - 2);
    assert_int_equal(ws_url_read(&url, buffer_text(&text), NULL), 0);
    buffer_append_text(&text, "t");
    assert_int_equal(ws_url_read(&url, buffer_text(&text), NULL), -1);
    buffer_free(&text);
}

static void knows_hosts_and_resources(void **state)
{
    (void)state;
    static const char *const hosts[] = {"h",     "h:1",     "h:",   "127.0.0.1:80",
                                        "[::1]", "[::1]:9", "a%20b"};
    static const char *const no_hosts[] = {"",     ":1",     "h:x", "::1", "[]",
                                           "[::1", "[::1]x", "h/",  "u@h"};
    static const char *const resources[] = {"", "/", "/a?b=%c3%a4", "?a&b;c", "/a:b@c"};
    static const char *const no_resources[] = {"/a b", "/#",    "/%",  "/%4",
                                               "/%gg", "/\xc3", "/\"", "/|"};
    for (size_t i = 0; i < COUNT_OF(hosts); i++)
        assert_true(ws_url_is_host(bytes_text(hosts[i])));
    for (size_t i = 0; i < COUNT_OF(no_hosts); i++)
        assert_false(ws_url_is_host(bytes_text(no_hosts[i])));
    for (size_t i = 0; i < COUNT_OF(resources); i++)
        assert_true(ws_url_is_resource(bytes_text(resources[i])));
    for (size_t i = 0; i < COUNT_OF(no_resources); i++)
        assert_false(ws_url_is_resource(bytes_text(no_resources[i])));
}

static void takes_absolute_targets_apart(void **state)
{
    (void)state;
    struct bytes authority;
    struct bytes resource;
    assert_true(ws_url_split_absolute(bytes_text("HTTP://h:80/a?b"), &authority, &resource));
    support_expect_text(authority, "h:80");
    support_expect_text(resource, "/a?b");
    assert_true(ws_url_split_absolute(bytes_text("https://h?b"), &authority, &resource));
    support_expect_text(resource, "?b");
    assert_true(ws_url_split_absolute(bytes_text("http://h"), &authority, &resource));
    support_expect_text(resource, "");
    static const char *const others[] = {"", "/", "http:/", "http://", "http:///a", "ws://h/", "h"};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(ws_url_split_absolute(bytes_text(others[i]), &authority, &resource));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_urls),
        cmocka_unit_test(refuses_the_rest),
        cmocka_unit_test(long_parts_are_refused),
        cmocka_unit_test(knows_hosts_and_resources),
        cmocka_unit_test(takes_absolute_targets_apart),
    };
    return cmocka_run_group_tests_name("ws/url", tests, NULL, NULL);
}
