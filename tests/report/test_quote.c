/* SPDX-License-Identifier: MIT */
#include "report/quote.h"

#include "support.h"

static void plain_lets_nothing_out(void **state)
{
    (void)state;
    struct buffer out = {0};
    report_quote_plain(&out, "a\\x1b 'b'\033[2J\r\n\xc3\xa9\x7f");
    support_expect_text(buffer_bytes(&out), "a\\x1b 'b'\\x1b[2J\\r\\n\\xc3\\xa9\\x7f");
    buffer_free(&out);
}

static void quotes_for_a_shell(void **state)
{
    (void)state;
    static const struct {
        const char *argument;
        const char *quoted;
    } rows[] = {
        {"ws://[::1]:9001/", "'ws://[::1]:9001/'"},
        {"ws://127.0.0.1:9001/a_b-c", "ws://127.0.0.1:9001/a_b-c"},
        {"", "''"},
        {"two words", "'two words'"},
        {"$HOME `id` \"x\" \\ *", "'$HOME `id` \"x\" \\ *'"},
        {"it's", "'it'\\''s'"},
        {"it's\033[2J\n\\", "$'it\\'s\\x1b[2J\\n\\\\'"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer out = {0};
        report_quote_shell(&out, bytes_text(rows[i].argument));
        support_expect_text(buffer_bytes(&out), rows[i].quoted);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_lets_nothing_out),
        cmocka_unit_test(quotes_for_a_shell),
    };
    return cmocka_run_group_tests_name("report/quote", tests, NULL, NULL);
}
