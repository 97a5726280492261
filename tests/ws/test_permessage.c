/* SPDX-License-Identifier: MIT */
#include "ws/permessage.h"

#include "support.h"

#define FIELD "Sec-WebSocket-Extensions: "

/* A head with the value in its field, or without that field if it is NULL. It borrows from `text`,
 * which the caller frees. */
static struct ws_http_head head_with(const char *start_line, const char *value, struct buffer *text)
{
    buffer_printf(text, "%s\r\nHost: a\r\n", start_line);
    if (value != NULL)
        buffer_printf(text, FIELD "%s\r\n", value);
    buffer_append_text(text, "\r\n");
    struct ws_http_head head;
    size_t scanned = 0;
    assert_int_equal(ws_http_read(&head, buffer_bytes(text), 4096, &scanned), WS_ITEM);
    return head;
}

static void write_rule(void *context, const char *rule, const char *text)
{
    assert_true(strlen(text) > 10);
    bool own = strncmp(rule, "RFC7692-", 8) == 0;
    buffer_printf(context, " %s", own ? rule + strlen("RFC7692-") : rule);
}

static void writes_elements(void **state)
{
    (void)state;
    static const struct {
        struct ws_permessage element;
        const char *expected;
    } rows[] = {
        {{false, false, 0, 0}, "permessage-deflate"},
        {{true, false, 0, 0}, "permessage-deflate; server_no_context_takeover"},
        {{false, true, 0, 0}, "permessage-deflate; client_no_context_takeover"},
        {{false, false, 8, 0}, "permessage-deflate; server_max_window_bits=8"},
        {{false, false, 0, 15}, "permessage-deflate; client_max_window_bits=15"},
        {{false, false, 0, WS_PERMESSAGE_NO_VALUE}, "permessage-deflate; client_max_window_bits"},
        {{true, true, 9, 10},
         "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
         "server_max_window_bits=9; client_max_window_bits=10"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer out = {0};
        ws_permessage_write(&out, &rows[i].element);
        support_expect_text(buffer_bytes(&out), rows[i].expected);
        buffer_free(&out);
    }
}

/* The offers that a server may accept, short: [s][c][S<bits>][C<bits>] for each. */
static struct buffer describe_offers(const struct ws_http_head *request)
{
    struct buffer out = {0};
    struct ws_http_cursor cursor = {0, 0};
    struct ws_permessage offer;
    while (ws_permessage_next_offer(request, &cursor, &offer)) {
        buffer_printf(&out, "[%s%s", offer.server_no_context_takeover ? "s" : "",
                      offer.client_no_context_takeover ? "c" : "");
        if (offer.server_max_window_bits != 0)
            buffer_printf(&out, "S%u", offer.server_max_window_bits);
        if (offer.client_max_window_bits != 0)
            buffer_printf(&out, "C%u", offer.client_max_window_bits);
        buffer_append_text(&out, "]");
    }
    return out;
}

#define PMD "permessage-deflate"

static void finds_acceptable_offers(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *expected;
    } rows[] = {
        {NULL, ""},
        {"x-other", ""},
        {PMD, "[]"},
        {"Permessage-Deflate; Server_No_Context_Takeover", "[s]"},
        {PMD "; server_no_context_takeover; client_no_context_takeover", "[sc]"},
        {PMD "; client_max_window_bits", "[C1]"},
        {PMD "; client_max_window_bits=8; server_max_window_bits=15", "[S15C8]"},
        {PMD "; server_max_window_bits=\"10\"", "[S10]"}, /* A27 */
        {"x-other, " PMD "; server_max_window_bits=9, x-other, " PMD, "[S9][]"},
        {PMD "; server_max_window_bits=12\r\n" FIELD PMD, "[S12][]"},
        /* RFC 7692, 7: an undefined parameter, an invalid value, a name twice */
        {PMD "; foo", ""},
        {PMD "; foo=1, " PMD, "[]"},
        {PMD "; server_no_context_takeover=1", ""},
        {PMD "; server_no_context_takeover=true", ""},
        {PMD "; client_no_context_takeover=\"0\"", ""},
        {PMD "; server_max_window_bits", ""},
        {PMD "; server_max_window_bits=0", ""},
        {PMD "; server_max_window_bits=7", ""},
        {PMD "; server_max_window_bits=16", ""},
        {PMD "; server_max_window_bits=08", ""},
        {PMD "; server_max_window_bits=010", ""},
        {PMD "; server_max_window_bits=100", ""},
        {PMD "; server_max_window_bits=800", ""},
        {PMD "; server_max_window_bits=1.", ""},
        {PMD "; server_max_window_bits=-8", ""},
        {PMD "; server_max_window_bits=+8", ""},
        {PMD "; server_max_window_bits=1x", ""},
        {PMD "; server_max_window_bits=abc", ""},
        {PMD "; client_max_window_bits=7", ""},
        {PMD "; client_max_window_bits=16", ""},
        {PMD "; client_max_window_bits=09", ""},
        {PMD "; server_no_context_takeover; server_no_context_takeover", ""},
        {PMD "; client_max_window_bits=10; client_max_window_bits=10", ""},
        {PMD "; client_max_window_bits; client_max_window_bits=10, " PMD "; client_max_window_bits",
         "[C1]"},
        /* the grammar of RFC 6455, 9.1 */
        {PMD "; server_max_window_bits=", ""},
        {PMD ";, " PMD, "[]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer text = {0};
        struct ws_http_head request = head_with("GET / HTTP/1.1", rows[i].value, &text);
        struct buffer got = describe_offers(&request);
        support_expect_text(buffer_bytes(&got), rows[i].expected);
        buffer_free(&got);
        buffer_free(&text);
    }
}

static void accepts_what_was_asked(void **state)
{
    (void)state;
    struct ws_permessage offer = {true, true, 10, 12};
    struct ws_permessage answer = ws_permessage_accept(&offer);
    assert_true(answer.server_no_context_takeover);
    assert_int_equal(answer.server_max_window_bits, 10);
    /* These are hints (7.1.1.2, 7.1.2.2). */
    assert_false(answer.client_no_context_takeover);
    assert_int_equal(answer.client_max_window_bits, 0);
    offer = (struct ws_permessage){.client_max_window_bits = WS_PERMESSAGE_NO_VALUE};
    answer = ws_permessage_accept(&offer);
    assert_false(answer.server_no_context_takeover);
    assert_int_equal(answer.server_max_window_bits, 0);
    assert_int_equal(answer.client_max_window_bits, 0);
}

static void judges_requests(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *rules;
    } rows[] = {
        {NULL, ""},
        {"x-other; server_max_window_bits=7", ""},
        {PMD "; client_max_window_bits", ""},
        {PMD "; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=8; "
             "server_max_window_bits=15, " PMD,
         ""},
        {PMD "; server_max_window_bits", " 7.1.2.1-02"},
        {PMD "; server_max_window_bits=16", " 7.1.2.1-02"},
        {PMD ", " PMD "; server_max_window_bits=08", " 7.1.2.1-02"},
        {PMD "; client_max_window_bits=7", " 7.1.2.2-02"},
        {PMD "; client_max_window_bits=\"\\1\\6\"", " 7.1.2.2-02"},
        {PMD "; server_no_context_takeover=1", " 7.1.1.1-02"},
        {PMD "; client_max_window_bits=0; server_max_window_bits=0; server_no_context_takeover=0",
         " 7.1.1.1-02 7.1.2.1-02 7.1.2.2-02"},
        {PMD "; foo", " RFC6455-9.1-05"},
        /* to be declined, yet no sentence says this to the client */
        {PMD "; client_no_context_takeover=1", ""},
        {PMD "; client_max_window_bits; client_max_window_bits", ""},
        /* the grammar is judged elsewhere */
        {PMD "; server_max_window_bits=;", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer text = {0};
        struct buffer rules = {0};
        struct ws_http_head request = head_with("GET / HTTP/1.1", rows[i].value, &text);
        bool good = ws_permessage_judge_request(&request, write_rule, &rules);
        support_expect_text(buffer_bytes(&rules), rows[i].rules);
        assert_int_equal(good, rules.len == 0);
        assert_int_equal(ws_permessage_judge_request(&request, NULL, NULL), good);
        buffer_free(&rules);
        buffer_free(&text);
    }
}

static const struct answer_row {
    const char *offer;
    const char *answer;
    const char *rules;
    bool agreed;
} answer_rows[] = {
    {PMD, PMD, "", true},
    {PMD, NULL, "", false},
    {PMD, "x-other", "", false},
    {PMD, "PERMESSAGE-DEFLATE", "", true},
    {PMD ", x-other", "x-other, " PMD, "", true},
    /* reported elsewhere: it was not offered, or breaks the grammar */
    {NULL, PMD, "", false},
    {"x-other", PMD "; foo", "", false},
    {PMD, PMD "; server_max_window_bits=", "", false},
    /* unasked (A31) */
    {PMD, PMD "; server_no_context_takeover", "", true},
    {PMD, PMD "; client_no_context_takeover; server_max_window_bits=8", "", true},
    /* hints may be ignored, also with a larger value (A67) */
    {PMD "; client_no_context_takeover; client_max_window_bits=10", PMD, "", true},
    {PMD "; client_max_window_bits=10", PMD "; client_max_window_bits=9", "", true},
    {PMD "; client_max_window_bits=10", PMD "; client_max_window_bits=15", "", true},
    {PMD "; client_max_window_bits", PMD "; client_max_window_bits=\"15\"", "", true},
    /* requests may not */
    {PMD "; server_no_context_takeover", PMD "; server_no_context_takeover", "", true},
    {PMD "; server_no_context_takeover", PMD, " 7.1.1.1-04", false},
    {PMD "; server_max_window_bits=10", PMD "; server_max_window_bits=10", "", true},
    {PMD "; server_max_window_bits=10", PMD "; server_max_window_bits=8", "", true},
    {PMD "; server_max_window_bits=10", PMD "; server_max_window_bits=11", " 7-05", false},
    {PMD "; server_max_window_bits=15", PMD, " 7.1.2.1-04", true},
    {PMD "; server_max_window_bits=10", PMD "; server_max_window_bits", " 7.1.2.1-05", false},
    {PMD "; server_max_window_bits=10; server_no_context_takeover", PMD, " 7.1.1.1-04 7-05", false},
    {PMD, PMD "; client_max_window_bits=15", " 7.1.2.2-05", false},
    {PMD, PMD "; client_max_window_bits", " 7.1.2.2-04 7.1.2.2-05", false},
    /* any of several offers will do */
    {PMD "; server_max_window_bits=10, " PMD, PMD, "", true},
    {PMD "; server_no_context_takeover, " PMD "; client_max_window_bits",
     PMD "; client_max_window_bits=9", "", true},
    {PMD "; server_no_context_takeover, " PMD "; server_max_window_bits=9", PMD, " 7.1.1.1-04",
     false},
    {PMD "; server_no_context_takeover; client_max_window_bits, " PMD,
     PMD "; client_max_window_bits=9", " 7.1.1.1-04", false},
    {PMD "; foo, " PMD "; server_no_context_takeover", PMD, " 7.1.1.1-04", false},
    /* RFC 7692, 7: what makes a client fail */
    {PMD, PMD "; foo", " RFC6455-9.1-05", false},
    {PMD, PMD "; server_no_context_takeover; server_no_context_takeover", " 7-09", false},
    {PMD, PMD "; server_no_context_takeover=1", " 7.1.1.1-02", false},
    {PMD, PMD "; client_no_context_takeover=1", " 7-08", false},
    {PMD, PMD "; server_max_window_bits=7", " 7.1.2.1-05", false},
    {PMD "; server_max_window_bits=10", PMD "; server_max_window_bits=16", " 7.1.2.1-05", false},
    {PMD "; server_max_window_bits=10", PMD "; server_max_window_bits=7", " 7.1.2.1-05", false},
    {PMD "; client_max_window_bits", PMD "; client_max_window_bits", " 7.1.2.2-04", false},
    {PMD "; client_max_window_bits", PMD "; client_max_window_bits=08", " 7.1.2.2-04", false},
    /* RFC 7692, 5 */
    {PMD ", " PMD, PMD ", " PMD, " 5-15", false},
    {PMD, PMD "\r\n" FIELD PMD, " 5-15", false},
    {PMD ", x-webkit-deflate-frame", PMD ", X-WebKit-Deflate-Frame; no_context_takeover", " 5-09",
     false},
    /* offers that must be declined; a client cannot see that from the answer */
    {PMD "; foo", PMD, " 7-02", true},
    {PMD "; server_max_window_bits=16", PMD, " 7-03", true},
    {PMD "; server_no_context_takeover=1", PMD "; server_no_context_takeover", " 7-03", true},
    {PMD "; client_max_window_bits; client_max_window_bits", PMD, " 7-04", true},
    {PMD "; foo, " PMD, PMD, "", true},
    {PMD "; foo; ", PMD, "", true}, /* A28: RFC 7692 says nothing of it */
};

static void judges_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(answer_rows); i++) {
        const struct answer_row *row = &answer_rows[i];
        struct buffer asked = {0};
        struct buffer answered = {0};
        struct buffer rules = {0};
        struct ws_http_head request = head_with("GET / HTTP/1.1", row->offer, &asked);
        struct ws_http_head answer = head_with("HTTP/1.1 101 x", row->answer, &answered);
        struct ws_permessage agreed;
        bool good = ws_permessage_judge_answer(&answer, &request, &agreed, write_rule, &rules);
        if (strcmp(buffer_text(&rules), row->rules) != 0 || good != row->agreed)
            fail_msg("'%s' to '%s': %d,%s", row->answer, row->offer, good, buffer_text(&rules));
        assert_int_equal(ws_permessage_judge_answer(&answer, &request, &agreed, NULL, NULL), good);
        buffer_free(&asked);
        buffer_free(&answered);
        buffer_free(&rules);
    }
}

static void tells_what_was_agreed(void **state)
{
    (void)state;
    static const struct ws_permessage elements[] = {
        {false, false, 0, 0}, {true, false, 0, 0},  {false, true, 0, 0},
        {false, false, 9, 0}, {false, false, 0, 8}, {true, true, 15, 10},
    };
    for (size_t i = 0; i < COUNT_OF(elements); i++) {
        struct buffer value = {0};
        struct buffer asked = {0};
        struct buffer answered = {0};
        ws_permessage_write(&value, &elements[i]);
        struct ws_http_head request =
            head_with("GET / HTTP/1.1", PMD "; client_max_window_bits", &asked);
        struct ws_http_head answer = head_with("HTTP/1.1 101 x", buffer_text(&value), &answered);
        struct ws_permessage agreed;
        assert_true(ws_permessage_judge_answer(&answer, &request, &agreed, NULL, NULL));
        struct buffer again = {0};
        ws_permessage_write(&again, &agreed);
        support_expect_text(buffer_bytes(&again), buffer_text(&value));
        buffer_free(&value);
        buffer_free(&again);
        buffer_free(&asked);
        buffer_free(&answered);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_elements),        cmocka_unit_test(finds_acceptable_offers),
        cmocka_unit_test(accepts_what_was_asked), cmocka_unit_test(judges_requests),
        cmocka_unit_test(judges_answers),         cmocka_unit_test(tells_what_was_agreed),
    };
    return cmocka_run_group_tests_name("ws/permessage", tests, NULL, NULL);
}
