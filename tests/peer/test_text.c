/* SPDX-License-Identifier: MIT */
#include "peer/text.h"

#include "quirks.h"

/* Without classes to overlook it must say what the reference says. */
static void is_strict_without_classes(void **state)
{
    (void)state;
    uint8_t text[4];
    for (unsigned i = 0; i < 0x10000; i++)
        for (size_t len = 1; len <= 4; len++) {
            memcpy(text, (uint8_t[]){(uint8_t)(i >> 8), (uint8_t)i, 0x80, 0xbf}, sizeof text);
            assert_int_equal(peer_text_valid(bytes_of(text, len), 0),
                             ws_utf8_valid(bytes_of(text, len)));
        }
}

static void takes_each_class_alone(void **state)
{
    (void)state;
    static const struct {
        unsigned class;
        const char *text;
    } rows[] = {
        {PEER_TEXT_OVERLONG_2, "\xc0\x80"},
        {PEER_TEXT_OVERLONG_3, "\xe0\x80\x80"},
        {PEER_TEXT_OVERLONG_4, "\xf0\x80\x80\x80"},
        {PEER_TEXT_SURROGATE, "\xed\xa0\x80"},
        {PEER_TEXT_BEYOND, "\xf4\x90\x80\x80"},
        {PEER_TEXT_FIVE, "\xf8\x88\x80\x80\x80"},
        {PEER_TEXT_NEVER, "\xff"},
        {PEER_TEXT_LONE_TAIL, "\x80"},
        {PEER_TEXT_CUT, "\xe2\x82"},
        {PEER_TEXT_BROKEN, "\xe2\x82"
                           "a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t class = 0; class < sizeof rows / sizeof rows[0]; class ++)
            assert_int_equal(peer_text_valid(bytes_text(rows[i].text), rows[class].class),
                             i == class);
}

static void judges_fragments_apart(void **state)
{
    (void)state;
    struct talk talk =
        talk_open(peer_quirk_find_fault("utf8-restarts-in-each-fragment", PEER_SERVER));
    talk_text(&talk, 0x01, "\xe2\x82");
    talk_expect(&talk, "", 0);
    talk_text(&talk, 0x80, "\xac");
    talk_expect(&talk, "\x88\x02\x03\xef", 4);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_strict_without_classes),
        cmocka_unit_test(takes_each_class_alone),
        cmocka_unit_test(judges_fragments_apart),
    };
    return cmocka_run_group_tests_name("peer/text", tests, NULL, NULL);
}
