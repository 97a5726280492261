/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_PEER_QUIRKS_H
#define WSCONFORM_TESTS_PEER_QUIRKS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "peer/quirk.h"
#include "ws/mask.h"

/* What the tests of quirks share: a connection to a server with a quirk. */

static const char plain_request[] = "GET /chat HTTP/1.1\r\n"
                                    "Host: localhost\r\n"
                                    "Upgrade: websocket\r\n"
                                    "Connection: Upgrade\r\n"
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    "Sec-WebSocket-Version: 13\r\n";

struct talk {
    struct peer_echo *echo;
    struct buffer out; /* since the last look */
    enum peer_echo_wish wish;
};

/* Feeds octets from a block of their own, so that a step beyond their end is seen. */
static inline void talk_raw(struct talk *talk, const void *data, size_t len)
{
    uint8_t *copy = malloc(len + 1);
    memcpy(copy, data, len);
    talk->wish = peer_echo_feed(talk->echo, copy, len, &talk->out);
    free(copy);
}

/* Sends the plain request with `lines` at its end. */
static inline struct talk talk_request(const struct peer_quirk *quirk, const char *lines)
{
    struct peer_echo_options options = peer_echo_defaults;
    options.quirk = quirk;
    struct talk talk = {.echo = peer_echo_new(&options)};
    struct buffer request = {0};
    buffer_printf(&request, "%s%s\r\n", plain_request, lines);
    talk_raw(&talk, request.data, request.len);
    buffer_free(&request);
    return talk;
}

static inline bool talk_said(struct talk *talk, const char *text)
{
    return bytes_contain(buffer_bytes(&talk->out), bytes_text(text));
}

/* Opens a connection and forgets the answer. */
static inline struct talk talk_open(const struct peer_quirk *quirk)
{
    struct talk talk = talk_request(quirk, "");
    assert_true(talk_said(&talk, "101"));
    buffer_clear(&talk.out);
    return talk;
}

/* Sends a masked frame; the first octet is FIN, reserved bits and opcode. */
static inline void talk_frame(struct talk *talk, unsigned octet, const void *payload, size_t len)
{
    struct buffer wire = {0};
    struct ws_frame frame = {
        .fin = octet & 0x80,
        .rsv = (uint8_t)(octet >> 4 & 7),
        .opcode = octet & 15,
        .masked = true,
        .key = {0x37, 0xfa, 0x21, 0x3d},
        .length = len,
        .form = ws_frame_minimal_form(len),
    };
    uint8_t header[WS_FRAME_HEADER_MAX];
    buffer_append(&wire, bytes_of(header, ws_frame_write(&frame, header)));
    if (len > 0)
        ws_mask_apply(memcpy(buffer_extend(&wire, len), payload, len), len, frame.key, 0);
    talk_raw(talk, wire.data, wire.len);
    buffer_free(&wire);
}

static inline void talk_text(struct talk *talk, unsigned octet, const char *payload)
{
    talk_frame(talk, octet, payload, strlen(payload));
}

/* Asserts what the server said since the last look. */
static inline void talk_expect(struct talk *talk, const void *octets, size_t len)
{
    assert_int_equal(talk->out.len, len);
    if (len > 0)
        assert_memory_equal(talk->out.data, octets, len);
    buffer_clear(&talk->out);
}

static inline void talk_end(struct talk *talk)
{
    peer_echo_free(talk->echo);
    buffer_free(&talk->out);
}

/* Asserts that a table is fit to be read by people and scripts. */
static inline void check_table(struct peer_quirk_list list)
{
    assert_true(list.count > 0);
    for (size_t i = 0; i < list.count; i++) {
        const struct peer_quirk *quirk = &list.items[i];
        assert_int_equal(strspn(quirk->name, "abcdefghijklmnopqrstuvwxyz0123456789.-"),
                         strlen(quirk->name));
        assert_int_equal(strncmp(quirk->requirement, "RFC", 3), 0);
        assert_null(strpbrk(quirk->sentence, "\t\n|"));
        assert_int_not_equal(quirk->sentence[strlen(quirk->sentence) - 1], '.');
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(list.items[other].name, quirk->name);
    }
}

#endif
