/* SPDX-License-Identifier: MIT */
#include "ws/extension.h"

#include "base/hex.h"
#include "support.h"

static void knows_valid_lists(void **state)
{
    (void)state;
    static const char *const valid[] = {
        "a",
        "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
        "a;b;c=d",
        "a ; b = c ;\td",
        "a;b=\"c\"",
        "a;b=\"\\c\\d\"",
        "a;b=\"c\" ; d",
        ",a,,b,",
        "foo,\r\n bar; baz=2",
    };
    static const char *const invalid[] = {
        "",
        " , ",
        ";",
        "a;",
        "a;;b",
        "a;b=",
        "a;=c",
        "a b",
        "a;b c",
        "a;b=c d",
        "a;b=\"\"",
        "a;b=\"c",
        "a;b=\"c d\"",
        "a;b=\"c\"d",
        "a;b=\"\\",
        "a;b=\"\\\"",
        "a;b=\"c,d\"",
        "a=b",
        "a/b",
        "\"a\"",
        "a, ;b",
        "a;b=c=d",
        "a;b=\xc3\xa9",
        "a;b=\"\\\\\"",
    };
    for (size_t i = 0; i < COUNT_OF(valid); i++)
        if (!ws_extension_list_valid(bytes_text(valid[i])))
            fail_msg("'%s' was refused", valid[i]);
    for (size_t i = 0; i < COUNT_OF(invalid); i++) {
        struct bytes value = bytes_text(invalid[i]);
        if (ws_extension_list_valid(bytes_of(support_flush(value), value.len)))
            fail_msg("'%s' was accepted", invalid[i]);
    }
    assert_false(ws_extension_list_valid((struct bytes){NULL, 0}));
}

/* What was read, as a line: the name, then |name or |name=value for each parameter. */
static struct buffer describe(struct bytes member)
{
    struct buffer text = {0};
    struct ws_extension extension;
    if (!ws_extension_read(&extension, member)) {
        buffer_append_text(&text, "bad ");
        hex_escape(&text, extension.name);
        return text;
    }
    hex_escape(&text, extension.name);
    struct ws_extension_parameter parameter;
    while (ws_extension_next(&extension, &parameter)) {
        buffer_append_text(&text, "|");
        hex_escape(&text, parameter.name);
        if (parameter.has_value)
            buffer_printf(&text, "=%s", parameter.value);
    }
    assert_false(ws_extension_next(&extension, &parameter));
    return text;
}

static void takes_members_apart(void **state)
{
    (void)state;
    static const struct {
        const char *member;
        const char *expected;
    } rows[] = {
        {"a", "a"},
        {"a ", "a"},
        {"a;b", "a|b"},
        {"a;b=c", "a|b=c"},
        {"a ;\tb = c\r\n ; d;e=\"f\" ", "a|b=c|d|e=f"},
        {"A;B=C", "A|B=C"},
        {"a;b=cde;f=g", "a|b=cde|f=g"},
        /* A27 */
        {"a;b=\"10\"", "a|b=10"},
        {"a;b=\"\\1\\0\";c", "a|b=10|c"},
        /* WS_EXTENSION_VALUE_MAX */
        {"a;b=1234567890123456789012345678901", "a|b=1234567890123456789012345678901"},
        {"a;b=12345678901234567890123456789012;c", "a|b=1234567890123456789012345678901|c"},
        {"a;b=\"12345678901234567890123456789\\0\\1\\2\"", "a|b=1234567890123456789012345678901"},
        {"", "bad "},
        {";a", "bad "},
        {"\"a\"", "bad "},
        {"a;", "bad a"},
        {"a b", "bad a"},
        {"a;b=", "bad a"},
        {"a;b;c=\"", "bad a"},
        {"a;b=\"c d\"", "bad a"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bytes member = bytes_text(rows[i].member);
        struct buffer got = describe(bytes_of(support_flush(member), member.len));
        support_expect_text(buffer_bytes(&got), rows[i].expected);
        buffer_free(&got);
    }
    struct buffer got = describe((struct bytes){NULL, 0});
    support_expect_text(buffer_bytes(&got), "bad ");
    buffer_free(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_valid_lists),
        cmocka_unit_test(takes_members_apart),
    };
    return cmocka_run_group_tests_name("ws/extension", tests, NULL, NULL);
}
