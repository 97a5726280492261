/* SPDX-License-Identifier: MIT */
#include "peer/fault_request.h"

#include "quirks.h"
#include "ws/request.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_fault_request());
}

/* What the request of a client breaks. */
struct findings {
    const char *rule;
    size_t count;
};

static void note(void *context, const char *rule, const char *text)
{
    struct findings *findings = context;
    (void)text;
    findings->rule = rule;
    findings->count++;
}

static struct findings examine(const struct peer_quirk *quirk)
{
    static const struct ws_request_expected expected = {.host = "localhost:9001",
                                                        .target = "/chat"};
    struct findings findings = {NULL, 0};
    struct talk talk = talk_ask(quirk);
    struct ws_http_head head;
    size_t scanned = 0;
    assert_int_equal(ws_http_read(&head, buffer_bytes(&talk.out), talk.out.len, &scanned), WS_ITEM);
    ws_request_check(&head, &expected, note, &findings);
    talk_end(&talk);
    return findings;
}

/* What the head of one request does not show. */
static bool is_hidden(const char *name)
{
    static const char *const hidden[] = {"key-of-example", "key-of-zeros", "key-counts",
                                         "frame-before-answer", "ping-before-answer"};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (strcmp(hidden[i], name) == 0)
            return true;
    return false;
}

static void breaks_the_one_sentence_that_it_names(void **state)
{
    (void)state;
    struct peer_quirk_list list = peer_fault_request();
    assert_int_equal(examine(NULL).count, 0);
    for (size_t i = 0; i < list.count; i++) {
        struct findings findings = examine(&list.items[i]);
        bool hidden = is_hidden(list.items[i].name);
        if (findings.count != (hidden ? 0 : 1))
            fail_msg("%s breaks %zu sentences", list.items[i].name, findings.count);
        if (!hidden && strcmp(findings.rule, list.items[i].requirement) != 0)
            fail_msg("%s breaks %s", list.items[i].name, findings.rule);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(breaks_the_one_sentence_that_it_names),
    };
    return cmocka_run_group_tests_name("peer/fault_request", tests, NULL, NULL);
}
