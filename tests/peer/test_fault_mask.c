/* SPDX-License-Identifier: MIT */
#include "peer/fault_mask.h"

#include "peer/mask.h"
#include "quirks.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_fault_mask());
}

/* What a client says to frames of all kinds, some of them masked. */
static struct buffer conversation(const struct peer_quirk *quirk)
{
    static const char text[] = "\x81\1x\x82\1y\x89\1p\x89\0\x81\0";
    static const struct {
        unsigned octet;
        size_t len;
    } masked[] = {{0x89, 1}, {0x8a, 0}, {0x81, 200}, {0x80, 1}, {0x88, 0}};
    struct buffer all = {0};
    uint8_t *payload = calloc(1, 65536);
    struct peer_mask_source source = {0};
    struct peer_echo_options options = talk_client(quirk);
    options.source = &source;
    for (size_t i = 0; i <= sizeof masked / sizeof masked[0]; i++) {
        struct talk talk = talk_ask_as(&options);
        talk_answer(&talk, right_answer);
        talk_raw(&talk, text, sizeof text - 1);
        talk_raw(&talk, "\x82\x7e\0\x7e", 4);
        talk_raw(&talk, payload, 126);
        talk_raw(&talk, "\x82\x7f\0\0\0\0\0\1\0\0", 10);
        talk_raw(&talk, payload, 65536);
        if (i == 3)
            talk_raw(&talk, "\1\1a", 3);
        if (i < sizeof masked / sizeof masked[0])
            talk_frame(&talk, masked[i].octet, payload, masked[i].len);
        talk_raw(&talk, "\x88\0", 2);
        buffer_printf(&all, "%d", talk.wish);
        buffer_append(&all, buffer_bytes(&talk.out));
        talk_end(&talk);
    }
    free(payload);
    return all;
}

static void differs_from_the_strict_client(void **state)
{
    (void)state;
    struct peer_quirk_list list = peer_fault_mask();
    struct buffer strict = conversation(NULL);
    for (size_t i = 0; i < list.count; i++) {
        struct buffer other = conversation(&list.items[i]);
        if (bytes_equal(buffer_bytes(&strict), buffer_bytes(&other)))
            fail_msg("%s", list.items[i].name);
        buffer_free(&other);
    }
    buffer_free(&strict);
}

static void sends_unmasked_frames_of_its_kind(void **state)
{
    (void)state;
    struct buffer payload = {0};
    struct talk talk = talk_open_client(peer_quirk_find_fault("sends-unmasked-pong", PEER_CLIENT));
    talk_raw(&talk, "\x81\1x\x89\1y", 6);
    talk_expect_masked(&talk, 0x81, "x", 1);
    assert_false(talk_take(&talk, &payload).masked);
    assert_memory_equal(payload.data, "y", 1);
    buffer_free(&payload);
    talk_end(&talk);
}

static void accepts_masked_frames_of_its_kind(void **state)
{
    (void)state;
    struct talk talk = talk_open_client(peer_quirk_find_fault("accepts-masked-ping", PEER_CLIENT));
    talk_text(&talk, 0x89, "p");
    talk_expect_masked(&talk, 0x8a, "p", 1);
    talk_text(&talk, 0x81, "t");
    talk_expect_masked(&talk, 0x88, "\x03\xea", 2);
    talk_end(&talk);
}

static void freezes(void **state)
{
    (void)state;
    struct talk talk =
        talk_open_client(peer_quirk_find_fault("freezes-on-masked-frame", PEER_CLIENT));
    talk_text(&talk, 0x81, "t");
    assert_int_equal(talk.out.len, 0);
    assert_int_equal(talk.wish, PEER_ECHO_MORE);
    assert_true(peer_echo_lingers(talk.echo));
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(differs_from_the_strict_client),
        cmocka_unit_test(sends_unmasked_frames_of_its_kind),
        cmocka_unit_test(accepts_masked_frames_of_its_kind),
        cmocka_unit_test(freezes),
    };
    return cmocka_run_group_tests_name("peer/fault_mask", tests, NULL, NULL);
}
