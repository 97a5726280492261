/* SPDX-License-Identifier: MIT */
#include "fuzz/slow_permessage.h"

#include "support.h"

static void reads_elements(void **state)
{
    (void)state;
    static const char value[] =
        "foo, Permessage-Deflate; CLIENT_max_window_bits; server_max_window_bits=\"1\\0\", "
        "permessage-deflate; x; server_no_context_takeover; server_no_context_takeover=1, "
        "permessage-deflate;";
    struct slow_permessage elements[3];
    bool named;
    struct bytes values = bytes_text(value);
    assert_int_equal(slow_permessage_read(&values, 1, elements, 3, &named), 2);
    assert_true(named);
    assert_int_equal(elements[0].named[SLOW_PERMESSAGE_CLIENT_WINDOW], 1);
    assert_true(elements[0].bare);
    assert_int_equal(elements[0].bits[SLOW_PERMESSAGE_SERVER_WINDOW], 10);
    assert_true(slow_permessage_acceptable(&elements[0]));
    assert_int_equal(elements[1].named[SLOW_PERMESSAGE_SERVER_NO_TAKEOVER], 2);
    assert_true(elements[1].wrong[SLOW_PERMESSAGE_SERVER_NO_TAKEOVER] && elements[1].unknown);
    assert_false(slow_permessage_acceptable(&elements[1]));
    values = bytes_text("permessage-deflate;");
    assert_int_equal(slow_permessage_read(&values, 1, elements, 3, &named), 0);
    assert_true(named);
    values = bytes_text("permessage-deflat, foo");
    slow_permessage_read(&values, 1, elements, 3, &named);
    assert_false(named);
}

static void knows_good_offers(void **state)
{
    (void)state;
    static const struct {
        const char *parameters;
        bool acceptable;
        bool good;
    } rows[] = {
        {"", true, true},
        {"; client_max_window_bits=8; server_max_window_bits=15", true, true},
        {"; client_no_context_takeover; server_no_context_takeover", true, true},
        {"; client_no_context_takeover=1", false, true},
        {"; client_max_window_bits; client_max_window_bits=9", false, true},
        {"; server_no_context_takeover=1", false, false},
        {"; server_max_window_bits", false, false},
        {"; server_max_window_bits=08", false, false},
        {"; server_max_window_bits=16", false, false},
        {"; server_max_window_bits=7; server_max_window_bits=8", false, false},
        {"; client_max_window_bits=7", false, false},
        {"; x", false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer text = {0};
        struct slow_permessage offer;
        bool named;
        buffer_printf(&text, "permessage-deflate%s", rows[i].parameters);
        struct bytes value = buffer_bytes(&text);
        assert_int_equal(slow_permessage_read(&value, 1, &offer, 1, &named), 1);
        if (slow_permessage_acceptable(&offer) != rows[i].acceptable ||
            slow_permessage_good_offers(&value, 1) != rows[i].good)
            fail_msg("wrong about %s", buffer_text(&text));
        buffer_free(&text);
    }
}

#define NAME "permessage-deflate"

static void knows_good_answers(void **state)
{
    (void)state;
    static const struct {
        bool agreed;
        const char *offers;
        const char *answer;
    } rows[] = {
        {true, NAME, NAME},
        {true, NAME, NAME "; server_no_context_takeover; client_no_context_takeover"},
        {true, NAME, NAME "; server_max_window_bits=9"},
        {false, NAME, NAME "; client_max_window_bits=9"},
        {true, NAME "; client_max_window_bits", NAME "; client_max_window_bits=9"},
        {true, NAME "; client_max_window_bits=8", NAME "; client_max_window_bits=9"},
        {false, NAME "; client_max_window_bits", NAME "; client_max_window_bits"},
        {false, NAME "; server_no_context_takeover", NAME},
        {true, NAME "; server_no_context_takeover, " NAME, NAME},
        {false, NAME "; server_max_window_bits=10", NAME},
        {false, NAME "; server_max_window_bits=10", NAME "; server_max_window_bits=11"},
        {true, NAME "; server_max_window_bits=10", NAME "; server_max_window_bits=10"},
        {true, NAME "; server_max_window_bits=15", NAME},
        {true, NAME "; x", NAME}, /* the server's fault, but a client can go on */
        {true, NAME ";", NAME},
        {false, "foo", NAME},
        {false, NAME, "foo"},
        {false, NAME, NAME ", " NAME},
        {false, NAME, NAME ", deflate-frame"},
        {false, NAME, NAME "; x"},
        {false, NAME, NAME "; server_max_window_bits"},
        {false, NAME, NAME "; client_no_context_takeover=1"},
        {false, NAME, NAME "; client_no_context_takeover; client_no_context_takeover"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bytes offers = bytes_text(rows[i].offers);
        struct bytes answer = bytes_text(rows[i].answer);
        if (slow_permessage_agreed(&offers, 1, &answer, 1) != rows[i].agreed)
            fail_msg("wrong about %s to %s", rows[i].answer, rows[i].offers);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_elements),
        cmocka_unit_test(knows_good_offers),
        cmocka_unit_test(knows_good_answers),
    };
    return cmocka_run_group_tests_name("fuzz/slow_permessage", tests, NULL, NULL);
}
