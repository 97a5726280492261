/* SPDX-License-Identifier: MIT */
#include "ws/http.h"

#include "base/hex.h"
#include "base/random.h"
#include "support.h"

enum { MAX = 4096 };

/* Feeds `text` in growing prefixes that end at `first`, `first + step`, ..., each flush against
 * the guard page. `head` borrows from the guarded copy. */
static enum ws_status read_growing(struct ws_http_head *head, struct bytes text, size_t first,
                                   size_t step)
{
    size_t scanned = 0;
    for (size_t len = first;; len += step) {
        len = len < text.len ? len : text.len;
        struct bytes in = bytes_of(support_flush(bytes_of(text.data, len)), len);
        enum ws_status status = ws_http_read(head, in, MAX, &scanned);
        if (status != WS_MORE || len == text.len)
            return status;
        /* Linear: nothing is left to be read again. */
        assert_int_equal(scanned, len);
    }
}

/* What was read, as a line: the start line, then |name=value for each field, then the flaws and
 * the size. */
static struct buffer describe(enum ws_status status, const struct ws_http_head *head)
{
    struct buffer text = {0};
    if (status != WS_ITEM) {
        buffer_append_text(&text, status == WS_MORE ? "more" : "bad");
        return text;
    }
    hex_escape(&text, head->start_line);
    for (size_t i = 0; i < head->field_count; i++) {
        buffer_append_text(&text, "|");
        hex_escape(&text, head->fields[i].name);
        buffer_append_text(&text, "=");
        hex_escape(&text, head->fields[i].value);
    }
    buffer_printf(&text, "|flaws %u|%zu", head->flaws, head->size);
    return text;
}

static void expect_growing(struct bytes in, size_t first, size_t step, const char *expected)
{
    struct ws_http_head head;
    enum ws_status status = read_growing(&head, in, first, step);
    struct buffer got = describe(status, &head);
    support_expect_text(buffer_bytes(&got), expected);
    buffer_free(&got);
}

/* The same whole, octet by octet and in two pieces of all sizes. */
static void expect_head(struct bytes in, const char *expected)
{
    expect_growing(in, in.len, 1, expected);
    expect_growing(in, 0, 1, expected);
    for (size_t cut = 0; cut < in.len; cut++)
        expect_growing(in, cut, in.len, expected);
}

static void reads_heads(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *expected;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1|Host=a|flaws 0|27"},
        {"GET / HTTP/1.1\r\n\r\n\x81\x00", "GET / HTTP/1.1|flaws 0|18"},
        {"a\r\nb:\r\nc:d:e\r\n\r\nrest\r\n\r\n", "a|b=|c=d:e|flaws 0|16"},
        {"a\r\nb: \t c d \t\r\n\r\n", "a|b=c d|flaws 0|17"},
        {"a\r\nb: \xc3\xa9\r\n\r\n", "a|b=\\xc3\\xa9|flaws 0|12"},
        /* WS_HTTP_BARE_LF */
        {"a\nb: c\n\n", "a|b=c|flaws 1|8"},
        {"a\r\nb: c\n\r\n", "a|b=c|flaws 1|10"},
        {"a\r\nb: c\r\n\n", "a|b=c|flaws 1|10"},
        /* WS_HTTP_FOLDED */
        {"a\r\nb: c,\r\n d\r\n\r\n", "a|b=c,\\r\\n d|flaws 2|16"},
        {"a\r\nb:\r\n\td\r\n \r\ne: f\r\n\r\n", "a|b=d|e=f|flaws 2|22"},
        /* WS_HTTP_NAME_BLANK */
        {"a\r\nb : c\r\n\r\n", "a|b=c|flaws 4|12"},
        /* WS_HTTP_BAD_NAME */
        {"a\r\nb\r\n\r\n", "a|=b|flaws 8|8"},
        {"a\r\n: c\r\n\r\n", "a|=c|flaws 8|10"},
        {"a\r\nb b: c\r\n\r\n", "a|b b=c|flaws 8|13"},
        {"a\r\n b: c\r\n\r\n", "a| b=c|flaws 8|12"},
        {"a\r\nb\xc3\xa9: c\r\n\r\n", "a|b\\xc3\\xa9=c|flaws 8|13"},
        /* WS_HTTP_BAD_VALUE */
        {"a\r\nb: c\rd\r\n\r\n", "a|b=c\\rd|flaws 16|13"},
        {"a\r\nb: \x7f\r\n\r\n", "a|b=\\x7f|flaws 16|11"},
        {"a\r\nb: c\r\n \x01\r\n\r\n", "a|b=c\\r\\n \\x01|flaws 18|15"},
        {"a\r\nb: c\r\r\n\r\n", "a|b=c\\r|flaws 16|12"},
        /* WS_HTTP_LEADING_LINE */
        {"\r\na\r\n\r\n", "a|flaws 32|7"},
        {"\r\n\r\n\r\na\r\nb:c\r\n\r\n", "a|b=c|flaws 32|16"},
        {"\n\na\n\n", "a|flaws 33|5"},
        {"\r\r\n\r\n", "\\r|flaws 0|5"},
        /* not whole */
        {"", "more"},
        {"\r\n\r\n\r\n", "more"},
        {"a\r\nb: c\r\n", "more"},
        {"a\r\nb: c\r\n\r", "more"},
        {"a\r\nb: c\r\n\r\r\n", "more"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_head(bytes_text(rows[i].in), rows[i].expected);
    expect_head(bytes_of("a\r\nb: c\0d\r\n\r\n", 13), "a|b=c\\x00d|flaws 16|13");
}

static void limits_the_size(void **state)
{
    (void)state;
    struct bytes in = bytes_text("a\r\nb: c\r\n\r\nmore");
    struct ws_http_head head;
    for (size_t max = 0; max <= in.len; max++) {
        size_t scanned = 0;
        enum ws_status expected = max < 11 ? WS_BAD : WS_ITEM;
        assert_int_equal(ws_http_read(&head, in, max, &scanned), expected);
        scanned = 0;
        enum ws_status status = WS_MORE;
        for (size_t len = 0; len <= in.len && status == WS_MORE; len++)
            status = ws_http_read(&head, bytes_of(in.data, len), max, &scanned);
        assert_int_equal(status, expected);
    }
    size_t scanned = 0;
    assert_int_equal(ws_http_read(&head, (struct bytes){NULL, 0}, 0, &scanned), WS_MORE);
}

static void limits_the_fields(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        struct buffer text = {0};
        buffer_append_text(&text, "a\r\n");
        for (size_t i = 0; i < WS_HTTP_FIELDS_MAX + extra; i++)
            buffer_append_text(&text, "b: c\r\n");
        buffer_append_text(&text, "\r\n");
        struct ws_http_head head;
        size_t scanned = 0;
        assert_int_equal(ws_http_read(&head, buffer_bytes(&text), MAX, &scanned),
                         extra > 0 ? WS_BAD : WS_ITEM);
        buffer_free(&text);
    }
}

/* Two heads cannot be told apart by how they came, whatever they hold. */
static void does_not_depend_on_splits(void **state)
{
    (void)state;
    static const char *const parts[] = {"\r\n", "\n", "\r",  "a",       ": ",
                                        " ",    "\t", "b:c", "\r\n\r\n"};
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct random random = random_start(seed, bytes_text("http"));
        struct buffer text = {0};
        for (int i = 0; i < 12; i++)
            buffer_append_text(&text, parts[random_next(&random) % COUNT_OF(parts)]);
        struct bytes in = buffer_bytes(&text);
        struct ws_http_head head;
        enum ws_status status = read_growing(&head, in, in.len, 1);
        struct buffer expected = describe(status, &head);
        expect_growing(in, 0, 1, buffer_text(&expected));
        expect_growing(in, random_next(&random) % in.len, 3, buffer_text(&expected));
        buffer_free(&expected);
        buffer_free(&text);
    }
}

static struct ws_http_head read_text(const char *text)
{
    struct ws_http_head head;
    size_t scanned = 0;
    assert_int_equal(ws_http_read(&head, bytes_text(text), MAX, &scanned), WS_ITEM);
    return head;
}

static void finds_fields(void **state)
{
    (void)state;
    struct ws_http_head head = read_text("a\r\nUpgrade: 1\r\nHOST: 2\r\nupgrade: 3\r\n\r\n");
    support_expect_text(ws_http_find(&head, "upgrade")->value, "1");
    support_expect_text(ws_http_find(&head, "Host")->value, "2");
    assert_null(ws_http_find(&head, "Upgrad"));
    assert_int_equal(ws_http_count(&head, "UPGRADE"), 2);
    assert_int_equal(ws_http_count(&head, "nothing"), 0);
}

static void walks_lists(void **state)
{
    (void)state;
    struct ws_http_head head = read_text("a\r\nl: ,a , b;c=\"d,\\\",e\" ,,\r\nm: x\r\nL:\r\n"
                                         "l: f,\r\n g\r\nl: \"open, h\r\n\r\n");
    static const char *const members[] = {"a", "b;c=\"d,\\\",e\"", "f", "g", "\"open, h"};
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        assert_true(ws_http_next_member(&head, "l", &cursor, &member));
        support_expect_text(member, members[i]);
    }
    assert_false(ws_http_next_member(&head, "l", &cursor, &member));
    assert_false(ws_http_next_member(&head, "l", &cursor, &member));
    assert_true(ws_http_list_has(&head, "l", "G"));
    assert_false(ws_http_list_has(&head, "l", "x"));
    assert_false(ws_http_list_has(&head, "l", "d"));
    assert_false(ws_http_list_has(&head, "n", ""));
}

static void walks_single_values(void **state)
{
    (void)state;
    size_t offset = 0;
    struct bytes member;
    struct bytes value = bytes_text(" a,b\\,\"c\\");
    value.data = support_flush(value);
    assert_true(ws_http_next_in_value(value, &offset, &member));
    support_expect_text(member, "a");
    assert_true(ws_http_next_in_value(value, &offset, &member));
    /* Outside quotes a backslash is an octet like any other. */
    support_expect_text(member, "b\\");
    assert_true(ws_http_next_in_value(value, &offset, &member));
    support_expect_text(member, "\"c\\");
    assert_false(ws_http_next_in_value(value, &offset, &member));
    offset = 0;
    assert_false(ws_http_next_in_value((struct bytes){NULL, 0}, &offset, &member));
}

static void knows_tokens(void **state)
{
    (void)state;
    assert_true(ws_http_is_token(bytes_text("!#$%&'*+-.^_`|~09azAZ")));
    assert_false(ws_http_is_token(bytes_text("")));
    static const char separators[] = "()<>@,;:\\\"/[]?={} \t\x7f\x80\xff";
    for (size_t i = 0; i < sizeof(separators); i++)
        assert_false(ws_http_is_token(bytes_of(separators + i, 1)));
}

static void knows_versions(void **state)
{
    (void)state;
    assert_int_equal(ws_http_version(bytes_text("HTTP/1.1")), 11);
    assert_int_equal(ws_http_version(bytes_text("HTTP/1.0")), 10);
    assert_int_equal(ws_http_version(bytes_text("HTTP/2.0")), 20);
    static const char *const rows[] = {"",         "HTTP/1",   "HTTP/11",  "http/1.1", "HTTP/1.1 ",
                                       "HTTP/1.x", "HTTP/x.1", "HTTP/1,1", "HTTP/11.1"};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(ws_http_version(bytes_text(rows[i])), 0);
}

static void splits_request_lines(void **state)
{
    (void)state;
    struct ws_http_request_line line;
    assert_true(ws_http_split_request(bytes_text("GET /chat?a=b HTTP/1.1"), &line));
    support_expect_text(line.method, "GET");
    support_expect_text(line.target, "/chat?a=b");
    support_expect_text(line.version, "HTTP/1.1");
    static const char *const rows[] = {"",         "GET",      "GET ",     "GET /",    "GET / ",
                                       " / H",     "GET  H",   "GET  / H", "GET / H ", "GET / H x",
                                       "GET /  H", " GET / H", "   "};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bytes row = bytes_text(rows[i]);
        row.data = support_flush(row);
        if (ws_http_split_request(row, &line))
            fail_msg("'%s' was split", rows[i]);
    }
    assert_false(ws_http_split_request((struct bytes){NULL, 0}, &line));
}

static void splits_status_lines(void **state)
{
    (void)state;
    struct ws_http_status_line line;
    assert_true(ws_http_split_status(bytes_text("HTTP/1.1 101 Switching Protocols"), &line));
    support_expect_text(line.version, "HTTP/1.1");
    assert_int_equal(line.code, 101);
    support_expect_text(line.reason, "Switching Protocols");
    assert_true(ws_http_split_status(bytes_text("HTTP/1.0 599 "), &line));
    assert_true(line.reason.len == 0 && line.reason.data != NULL);
    assert_true(ws_http_split_status(bytes_text("HTTP/1.1 100"), &line));
    assert_null(line.reason.data);
    static const char *const rows[] = {"",
                                       "HTTP/1.1",
                                       "HTTP/1.1 ",
                                       "HTTP/1.1 10",
                                       "HTTP/1.1 099 x",
                                       "HTTP/1.1 600 x",
                                       "HTTP/1.1 1011",
                                       "HTTP/1.1 101x",
                                       "HTTP/1.1  101 x",
                                       "HTTP/1.1 1a1 x",
                                       "HTTP/1.1-101 x",
                                       "HTTP/1.1 101 \x01",
                                       "HTTP/a.1 101 x",
                                       "http/1.1 101 x",
                                       " HTTP/1.1 101 x"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bytes row = bytes_text(rows[i]);
        row.data = support_flush(row);
        if (ws_http_split_status(row, &line))
            fail_msg("'%s' was split", rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_heads),         cmocka_unit_test(limits_the_size),
        cmocka_unit_test(limits_the_fields),   cmocka_unit_test(does_not_depend_on_splits),
        cmocka_unit_test(finds_fields),        cmocka_unit_test(walks_lists),
        cmocka_unit_test(walks_single_values), cmocka_unit_test(knows_tokens),
        cmocka_unit_test(knows_versions),      cmocka_unit_test(splits_request_lines),
        cmocka_unit_test(splits_status_lines),
    };
    return cmocka_run_group_tests_name("ws/http", tests, NULL, NULL);
}
