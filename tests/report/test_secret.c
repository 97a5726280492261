/* SPDX-License-Identifier: MIT */
#include "report/secret.h"

#include "support.h"

static void masks_heads(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        const char *masked;
    } rows[] = {
        {"", ""},
        {"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n",
         "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: ***\r\n\r\n"},
        {"COOKIE:a=b\r\nX: y", "COOKIE: ***\r\nX: y"},
        {"Proxy-Authorization : x\nset-cookie: y\rHost: a",
         "Proxy-Authorization : ***\nset-cookie: ***\rHost: a"},
        {"Cookie: a\r\n\tb\r\n c\r\nHost: x\r\n y", "Cookie: ***\r\n ***\r\n ***\r\nHost: x\r\n y"},
        {" Cookie: a", " Cookie: ***"},
        {"X-Cookie: a\r\nCookies: b", "X-Cookie: a\r\nCookies: b"},
        {"Cookie: cut of", "Cookie: ***"},
        {"Cookie", "Cookie"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer out = {0};
        struct bytes head = bytes_text(rows[i].head);
        head.data = support_flush(head);
        report_secret_head(&out, head);
        support_expect_text(buffer_bytes(&out), rows[i].masked);
        buffer_free(&out);
    }
}

static void masks_arguments(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Authorization: Bearer x", "Authorization: ***"},
        {"-HCookie: a=b", "-HCookie: ***"},
        {"--header=Cookie: a=b", "--header=Cookie: ***"},
        {"--header", "--header"},
        {"ws://127.0.0.1:9001/", "ws://127.0.0.1:9001/"},
        {"X: y\r\nCookie: z", "X: y\r\nCookie: ***"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer out = {0};
        report_secret_argument(&out, rows[i][0]);
        support_expect_text(buffer_bytes(&out), rows[i][1]);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_heads),
        cmocka_unit_test(masks_arguments),
    };
    return cmocka_run_group_tests_name("report/secret", tests, NULL, NULL);
}
