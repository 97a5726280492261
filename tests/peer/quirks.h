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

/* What the tests of quirks share: a connection to a server or a client with a quirk. */

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

static const struct ws_url talk_url = {
    .host = "localhost", .field = "localhost:9001", .port = 9001, .target = "/chat"};

static const char right_answer[] = "HTTP/1.1 101 Switching Protocols\r\n"
                                   "Upgrade: websocket\r\n"
                                   "Connection: Upgrade\r\n"
                                   "Sec-WebSocket-Accept: {accept}\r\n\r\n";

/* A client that has said its request. */
static inline struct talk talk_ask_as(const struct peer_echo_options *options)
{
    struct talk talk = {.echo = peer_echo_new(options)};
    peer_echo_start(talk.echo, &talk.out);
    return talk;
}

static inline struct peer_echo_options talk_client(const struct peer_quirk *quirk)
{
    struct peer_echo_options options = peer_echo_defaults;
    options.role = PEER_CLIENT;
    options.quirk = quirk;
    options.url = &talk_url;
    options.seed = 1;
    return options;
}

static inline struct talk talk_ask(const struct peer_quirk *quirk)
{
    struct peer_echo_options options = talk_client(quirk);
    return talk_ask_as(&options);
}

/* The key that stands in the request; valid until the next call. */
static inline const char *talk_key(struct talk *talk)
{
    static char key[64];
    static const char name[] = "Sec-WebSocket-Key: ";
    const char *at = strstr(buffer_text(&talk->out), name);
    assert_non_null(at);
    at += strlen(name);
    size_t len = strcspn(at, "\r\n");
    assert_true(len < sizeof key);
    memcpy(key, at, len);
    key[len] = '\0';
    return key;
}

/* An answer with the proof for {accept}; the caller frees it. */
static inline struct buffer talk_proven(struct talk *talk, const char *answer)
{
    static const char mark[] = "{accept}";
    char proof[WS_ACCEPT_SIZE + 1];
    struct buffer out = {0};
    const char *at = strstr(answer, mark);
    ws_handshake_accept(proof, bytes_text(talk_key(talk)));
    buffer_append(&out, bytes_of(answer, at != NULL ? (size_t)(at - answer) : strlen(answer)));
    if (at != NULL)
        buffer_printf(&out, "%s%s", proof, at + strlen(mark));
    return out;
}

/* Answers a request and forgets it. */
static inline void talk_answer(struct talk *talk, const char *answer)
{
    struct buffer proven = talk_proven(talk, answer);
    buffer_clear(&talk->out);
    talk_raw(talk, proven.data, proven.len);
    buffer_free(&proven);
}

/* A client whose connection is open. */
static inline struct talk talk_open_client(const struct peer_quirk *quirk)
{
    struct talk talk = talk_ask(quirk);
    talk_answer(&talk, right_answer);
    assert_true(peer_echo_opened(talk.echo));
    return talk;
}

/* True if a client with the quirk opens the connection for that answer. */
static inline bool talk_opens(const struct peer_quirk *quirk, const char *answer)
{
    struct talk talk = talk_ask(quirk);
    talk_answer(&talk, answer);
    bool opened = peer_echo_opened(talk.echo);
    assert_int_equal(opened, peer_echo_complaint(talk.echo) == NULL);
    talk_end(&talk);
    return opened;
}

/* Takes the next frame that a client sent, and unmasks its payload. */
static inline struct ws_frame talk_take(struct talk *talk, struct buffer *payload)
{
    struct ws_frame frame;
    size_t used;
    assert_int_equal(ws_frame_read(&frame, buffer_bytes(&talk->out), &used), WS_ITEM);
    assert_true(talk->out.len - used >= frame.length);
    buffer_clear(payload);
    buffer_append(payload, bytes_of(talk->out.data + used, (size_t)frame.length));
    if (frame.masked && payload->len > 0)
        ws_mask_apply(payload->data, payload->len, frame.key, 0);
    buffer_consume(&talk->out, used + (size_t)frame.length);
    return frame;
}

/* Asserts that the next frame of a client is this one, masked. */
static inline void talk_expect_masked(struct talk *talk, unsigned octet, const void *text,
                                      size_t len)
{
    struct buffer payload = {0};
    struct ws_frame frame = talk_take(talk, &payload);
    assert_true(frame.masked);
    assert_int_equal(frame.fin, octet >> 7);
    assert_int_equal(frame.rsv, octet >> 4 & 7);
    assert_int_equal(frame.opcode, octet & 15);
    assert_true(bytes_equal(buffer_bytes(&payload), bytes_of(text, len)));
    buffer_free(&payload);
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
        /* One for each role is fine. */
        for (size_t other = 0; other < i; other++)
            if ((list.items[other].only & quirk->only) != 0 || quirk->only == 0)
                assert_string_not_equal(list.items[other].name, quirk->name);
    }
}

#endif
