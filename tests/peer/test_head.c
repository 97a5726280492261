/* SPDX-License-Identifier: MIT */
#include "peer/head.h"

#include "quirks.h"

static void replaces_everywhere(void **state)
{
    (void)state;
    struct buffer head = {0};
    buffer_append_text(&head, "a: b\r\nb: a\r\n\r\n");
    peer_head_replace(&head, "\r\n", "\n");
    assert_string_equal(buffer_text(&head), "a: b\nb: a\n\n");
    peer_head_replace(&head, "b", "");
    assert_string_equal(buffer_text(&head), "a: \n: a\n\n");
    buffer_free(&head);
}

static void adds_in_front_of_the_empty_line(void **state)
{
    (void)state;
    struct buffer head = {0};
    buffer_append_text(&head, "a: b\r\n\r\nrest\r\n\r\n");
    peer_head_add(&head, "c: d\r\n");
    assert_string_equal(buffer_text(&head), "a: b\r\nc: d\r\n\r\nrest\r\n\r\n");
    buffer_free(&head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_everywhere),
        cmocka_unit_test(adds_in_front_of_the_empty_line),
    };
    return cmocka_run_group_tests_name("peer/head", tests, NULL, NULL);
}
