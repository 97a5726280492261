/* SPDX-License-Identifier: MIT */
#include "fuzz/trace.h"

#include "support.h"

static void say(struct trace *trace, const char *first, const char *second)
{
    trace_clear(trace);
    trace_data(trace, bytes_text(first));
    trace_control(trace, TRACE_PING, bytes_text("p"));
    trace_data(trace, bytes_text(second));
    trace_message(trace, 1);
}

static void pieces_do_not_show(void **state)
{
    (void)state;
    struct trace a = {0};
    struct trace b = {0};
    say(&a, "ab", "cd");
    say(&b, "ab", "c");
    assert_false(trace_equal(&a, &b));
    trace_clear(&b);
    trace_data(&b, bytes_text("a"));
    trace_data(&b, bytes_text("b"));
    trace_control(&b, TRACE_PING, bytes_text("p"));
    trace_data(&b, bytes_text("cd"));
    trace_message(&b, 1);
    assert_true(trace_equal(&a, &b));
    trace_free(&a);
    trace_free(&b);
}

/* The same events, but the ping stood elsewhere in the message. */
static void the_place_of_an_event_shows(void **state)
{
    (void)state;
    struct trace a = {0};
    struct trace b = {0};
    say(&a, "ab", "cd");
    say(&b, "abc", "d");
    assert_int_equal(trace_differ(&a, &b), 0);
    trace_free(&a);
    trace_free(&b);
}

static void knows_prefixes(void **state)
{
    (void)state;
    struct trace head = {0};
    struct trace whole = {0};
    say(&whole, "ab", "cd");
    trace_fail(&whole, 1002, 1);
    say(&head, "ab", "cd");
    assert_true(trace_is_prefix(&head, &whole));
    assert_false(trace_is_prefix(&whole, &head));
    assert_false(trace_failed(&head));
    assert_true(trace_failed(&whole));
    trace_data(&head, bytes_text("e"));
    assert_false(trace_is_prefix(&head, &whole));
    trace_free(&head);
    trace_free(&whole);
}

static void reads_the_code_of_a_close(void **state)
{
    (void)state;
    struct trace trace = {0};
    trace_control(&trace, TRACE_CLOSE, bytes_text(""));
    trace_control(&trace, TRACE_CLOSE, bytes_text("x"));
    trace_control(&trace, TRACE_CLOSE, bytes_of("\x03\xe8why", 5));
    assert_int_equal(trace.events[0].code, 1005);
    assert_int_equal(trace.events[1].code, 0);
    assert_int_equal(trace.events[2].code, 1000);
    trace_free(&trace);
}

static void what_came_compressed_shows(void **state)
{
    (void)state;
    struct trace a = {0};
    struct trace b = {0};
    trace_deflated(&a, bytes_text("ab"));
    trace_deflated(&b, bytes_text("a"));
    assert_true(trace_is_prefix(&b, &a));
    assert_false(trace_is_prefix(&a, &b));
    assert_false(trace_equal(&a, &b));
    /* How much of it was read before the failure is no difference, another octet is. */
    trace_fail(&a, 1007, 0);
    trace_fail(&b, 1007, 0);
    assert_true(trace_equal(&a, &b) && trace_equal(&b, &a));
    trace_deflated(&b, bytes_text("c"));
    assert_false(trace_equal(&a, &b));
    trace_free(&a);
    trace_free(&b);
}

static void prints_events(void **state)
{
    (void)state;
    struct trace trace = {0};
    struct buffer text = {0};
    struct trace_header header = {.at = 3, .first = 0x81, .form = 7, .length = 5};
    trace_frame(&trace, &header);
    trace_data(&trace, bytes_text("hello"));
    trace_message(&trace, 1);
    trace_print(&text, &trace, 0);
    buffer_append_text(&text, "\n");
    trace_print(&text, &trace, 1);
    buffer_append_text(&text, "\n");
    trace_print(&text, &trace, 2);
    support_expect_text(buffer_bytes(&text),
                        "a header at 3: 81, not masked, 5 octets in 7 bits (behind 0 octets of "
                        "messages)\n"
                        "a message with opcode 1 of 5 octets: hello (behind 5 octets of "
                        "messages)\n"
                        "nothing (5 octets given)");
    buffer_free(&text);
    trace_free(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_show),
        cmocka_unit_test(the_place_of_an_event_shows),
        cmocka_unit_test(knows_prefixes),
        cmocka_unit_test(reads_the_code_of_a_close),
        cmocka_unit_test(what_came_compressed_shows),
        cmocka_unit_test(prints_events),
    };
    return cmocka_run_group_tests_name("fuzz/trace", tests, NULL, NULL);
}
