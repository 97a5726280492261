/* SPDX-License-Identifier: MIT */
#include "peer/echo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ws/frame.h"
#include "ws/handshake.h"
#include "ws/mask.h"

static const char request[] = "GET /chat HTTP/1.1\r\n"
                              "Host: localhost\r\n"
                              "Upgrade: websocket\r\n"
                              "Connection: Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "Sec-WebSocket-Version: 13\r\n\r\n";
/* RFC 6455, 1.3 */
static const char accept[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/* FIN and opcode, as they stand in the first octet */
enum {
    TEXT = 0x81,
    BINARY = 0x82,
    CLOSE = 0x88,
    PING = 0x89,
    PONG = 0x8a,
    FIRST_TEXT = 1,
    LAST = 0x80
};

static void add_frame(struct buffer *out, unsigned first, const void *payload, size_t len)
{
    struct ws_frame frame = {
        .fin = first & 0x80,
        .rsv = (uint8_t)(first >> 4 & 7),
        .opcode = first & 15,
        .masked = true,
        .key = {0x37, 0xfa, 0x21, 0x3d},
        .length = len,
        .form = ws_frame_minimal_form(len),
    };
    uint8_t header[WS_FRAME_HEADER_MAX];
    buffer_append(out, bytes_of(header, ws_frame_write(&frame, header)));
    if (len > 0)
        ws_mask_apply(memcpy(buffer_extend(out, len), payload, len), len, frame.key, 0);
}

static void add_text(struct buffer *out, unsigned first, const char *payload)
{
    add_frame(out, first, payload, strlen(payload));
}

/* Feeds all of `in` in pieces that end at `cut` and `cut + step`, `cut + 2 * step`, ... */
static enum peer_echo_wish feed(struct peer_echo *echo, const struct buffer *in, size_t cut,
                                size_t step, struct buffer *out)
{
    enum peer_echo_wish wish = PEER_ECHO_MORE;
    for (size_t at = 0, end = cut; at < in->len; at = end, end += step) {
        if (end > in->len)
            end = in->len;
        /* A block of its own for each piece, so that a step beyond its end is seen. */
        uint8_t *piece = malloc(end - at + 1);
        memcpy(piece, in->data + at, end - at);
        wish = peer_echo_feed(echo, piece, end - at, out);
        free(piece);
    }
    return wish;
}

/* What a server says to the request and then `in`, without the head of its answer. */
static enum peer_echo_wish converse(const struct peer_echo_options *options,
                                    const struct buffer *in, size_t cut, size_t step,
                                    struct buffer *out)
{
    struct peer_echo *echo = peer_echo_new(options);
    struct buffer all = {0};
    buffer_append_text(&all, request);
    buffer_append(&all, buffer_bytes(in));
    enum peer_echo_wish wish = feed(echo, &all, cut, step, out);
    const char *end = strstr(buffer_text(out), "\r\n\r\n");
    assert_non_null(end);
    buffer_consume(out, (size_t)(end + 4 - (const char *)out->data));
    assert_false(peer_echo_in_handshake(echo));
    peer_echo_free(echo);
    buffer_free(&all);
    return wish;
}

static void expect(const struct buffer *in, const void *answer, size_t len,
                   enum peer_echo_wish wish)
{
    struct buffer out = {0};
    assert_int_equal(converse(&peer_echo_defaults, in, SIZE_MAX, 1, &out), wish);
    assert_int_equal(out.len, len);
    assert_memory_equal(out.data, answer, len);
    buffer_free(&out);
}

static void answers_the_request(void **state)
{
    (void)state;
    struct peer_echo *echo = peer_echo_new(&peer_echo_defaults);
    struct buffer out = {0};
    struct buffer in = {0};
    buffer_append_text(&in, request);
    assert_true(peer_echo_in_handshake(echo));
    assert_int_equal(feed(echo, &in, in.len - 1, 1, &out), PEER_ECHO_MORE);
    assert_memory_equal(buffer_text(&out), "HTTP/1.1 101 ", 13);
    assert_non_null(strstr(buffer_text(&out), accept));
    peer_echo_free(echo);
    buffer_free(&out);
    buffer_free(&in);
}

static void expect_refusal(const char *text, const struct peer_echo_options *options,
                           const char *answer)
{
    struct peer_echo *echo = peer_echo_new(options);
    struct buffer out = {0};
    struct buffer in = {0};
    buffer_append_text(&in, text);
    add_text(&in, TEXT, "this is not read");
    assert_int_equal(feed(echo, &in, SIZE_MAX, 1, &out), PEER_ECHO_END);
    assert_memory_equal(buffer_text(&out), answer, strlen(answer));
    const char *end = strstr(buffer_text(&out), "\r\n\r\n");
    assert_non_null(end);
    assert_null(strstr(end, "not read"));
    peer_echo_free(echo);
    buffer_free(&out);
    buffer_free(&in);
}

static void refuses_bad_requests(void **state)
{
    (void)state;
    expect_refusal("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", &peer_echo_defaults, "HTTP/1.1 4");
    expect_refusal("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                   "Sec-WebSocket-Version: 12\r\n\r\n",
                   &peer_echo_defaults, "HTTP/1.1 426 ");
    struct peer_echo_options narrow = {.role = PEER_SERVER, .head_max = 100, .message_max = 1};
    expect_refusal(request, &narrow, "HTTP/1.1 400 ");
}

static void echoes_messages(void **state)
{
    (void)state;
    struct buffer in = {0};
    add_text(&in, TEXT, "Hello");
    add_frame(&in, BINARY, "\xff\0", 2);
    add_frame(&in, TEXT, "", 0);
    expect(&in, "\x81\5Hello\x82\2\xff\0\x81\0", 13, PEER_ECHO_MORE);
    buffer_free(&in);
}

static void puts_fragments_together(void **state)
{
    (void)state;
    struct buffer in = {0};
    add_text(&in, FIRST_TEXT, "\xe2\x82");
    add_text(&in, PING, "p");
    add_text(&in, 0, "\xac");
    add_text(&in, PONG, "nobody asked");
    add_text(&in, LAST, "!");
    expect(&in, "\x8a\1p\x81\4\xe2\x82\xac!", 9, PEER_ECHO_MORE);
    buffer_free(&in);
}

static void uses_the_shortest_length(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        const char *header;
        size_t header_len;
    } rows[] = {
        {125, "\x82\x7d", 2},
        {126, "\x82\x7e\0\x7e", 4},
        {65535, "\x82\x7e\xff\xff", 4},
        {65536, "\x82\x7f\0\0\0\0\0\1\0\0", 10},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *payload = calloc(rows[i].len, 1);
        struct buffer in = {0};
        struct buffer answer = {0};
        add_frame(&in, BINARY, payload, rows[i].len);
        buffer_append(&answer, bytes_of(rows[i].header, rows[i].header_len));
        buffer_append(&answer, bytes_of(payload, rows[i].len));
        expect(&in, answer.data, answer.len, PEER_ECHO_MORE);
        buffer_free(&in);
        buffer_free(&answer);
        free(payload);
    }
}

static void answers_a_close(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        size_t len;
        const char *answer;
        size_t answer_len;
    } rows[] = {
        {"", 0, "\x88\0", 2},
        {"\x03\xe8", 2, "\x88\2\x03\xe8", 4},
        {"\x03\xe9going", 7, "\x88\2\x03\xe9", 4},
        {"\x0f\xa0", 2, "\x88\2\x0f\xa0", 4},
        {"\x03\xed", 2, "\x88\2\x03\xea", 4}, /* 1005 is an error: 1002 */
        {"\x03", 1, "\x88\2\x03\xea", 4},
        {"\x03\xe8\xff", 3, "\x88\2\x03\xef", 4}, /* a reason that is not UTF-8: 1007 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buffer in = {0};
        add_frame(&in, CLOSE, rows[i].payload, rows[i].len);
        add_text(&in, PING, "nothing behind it is read");
        expect(&in, rows[i].answer, rows[i].answer_len, PEER_ECHO_END);
        buffer_free(&in);
    }
}

/* Octets as they come from the client, and the code of the Close that they earn. */
struct fault {
    const char *octets;
    size_t len;
    unsigned code;
};

static const struct fault faults[] = {
    {"\xc1\x80\1\2\3\4", 6, 1002},                        /* RSV1 */
    {"\xa1\x80\1\2\3\4", 6, 1002},                        /* RSV2 */
    {"\x91\x80\1\2\3\4", 6, 1002},                        /* RSV3 */
    {"\x83\x80\1\2\3\4", 6, 1002},                        /* opcode 3 */
    {"\x8b\x80\1\2\3\4", 6, 1002},                        /* opcode B */
    {"\x81\1x", 3, 1002},                                 /* no mask */
    {"\x82\xfe\0\1\1\2\3\4x", 9, 1002},                   /* 16 bits for 1 */
    {"\x82\xff\0\0\0\0\0\0\0\1\1\2\3\4x", 15, 1002},      /* 64 bits for 1 */
    {"\x82\xff\x80\0\0\0\0\0\0\1\1\2\3\4", 14, 1002},     /* the top bit */
    {"\x89\xfe\0\x7e\1\2\3\4", 8, 1002},                  /* a ping of 126 */
    {"\x09\x80\1\2\3\4", 6, 1002},                        /* a ping in fragments */
    {"\x80\x80\1\2\3\4", 6, 1002},                        /* nothing to continue */
    {"\1\x80\1\2\3\4\x81\x80\1\2\3\4", 12, 1002},         /* a text inside a text */
    {"\x81\x81\0\0\0\0\xff", 7, 1007},                    /* no UTF-8 */
    {"\x81\x81\0\0\0\0\xc3", 7, 1007},                    /* half a character */
    {"\x81\xff\0\0\0\0\0\x10\0\1\0\0\0\0\xff", 15, 1007}, /* before the message is whole */
    {"\x82\xff\0\0\0\0\x04\0\0\1\1\2\3\4", 14, 1009},     /* over 64 MiB */
};

static void fails_with_the_right_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct buffer in = {0};
        add_text(&in, TEXT, "ok");
        buffer_append(&in, bytes_of(faults[i].octets, faults[i].len));
        add_text(&in, TEXT, "not read");
        add_text(&in, CLOSE, "");
        uint8_t answer[] = {
            TEXT, 2, 'o', 'k', CLOSE, 2, (uint8_t)(faults[i].code >> 8), (uint8_t)faults[i].code};
        expect(&in, answer, sizeof answer, PEER_ECHO_END);
        buffer_free(&in);
    }
}

static void holds_an_echo_until_the_text_is_valid(void **state)
{
    (void)state;
    struct buffer in = {0};
    add_text(&in, FIRST_TEXT, "good so far");
    add_text(&in, 0, "and here");
    expect(&in, "", 0, PEER_ECHO_MORE);
    add_text(&in, LAST, "\xf8");
    expect(&in, "\x88\2\x03\xef", 4, PEER_ECHO_END);
    buffer_free(&in);
}

static void keeps_its_own_limit(void **state)
{
    (void)state;
    struct peer_echo_options small = peer_echo_defaults;
    small.message_max = 4;
    struct buffer in = {0};
    struct buffer out = {0};
    add_text(&in, TEXT, "four");
    add_text(&in, FIRST_TEXT, "fo");
    add_text(&in, LAST, "ive");
    assert_int_equal(converse(&small, &in, SIZE_MAX, 1, &out), PEER_ECHO_END);
    assert_true(bytes_equal(buffer_bytes(&out), bytes_of("\x81\4four\x88\2\x03\xf1", 10)));
    buffer_free(&in);
    buffer_free(&out);
}

static struct buffer long_conversation(void)
{
    struct buffer in = {0};
    char payload[300];
    memset(payload, 'y', sizeof payload);
    add_text(&in, TEXT, "Hello");
    add_text(&in, FIRST_TEXT, "\xe2");
    add_frame(&in, PING, payload, 125);
    add_text(&in, LAST, "\x82\xac");
    add_frame(&in, BINARY, payload, sizeof payload);
    add_text(&in, CLOSE, "\x03\xe8why");
    add_text(&in, TEXT, "too late");
    return in;
}

static void does_not_care_for_cuts(void **state)
{
    (void)state;
    struct buffer in = long_conversation();
    struct buffer whole = {0};
    assert_int_equal(converse(&peer_echo_defaults, &in, SIZE_MAX, 1, &whole), PEER_ECHO_END);
    assert_true(whole.len > 300);
    size_t total = strlen(request) + in.len;
    for (size_t cut = 1; cut <= total; cut++) {
        struct buffer out = {0};
        /* Two pieces; the first round goes octet by octet. */
        size_t step = cut == 1 ? 1 : SIZE_MAX - cut;
        assert_int_equal(converse(&peer_echo_defaults, &in, cut, step, &out), PEER_ECHO_END);
        assert_true(bytes_equal(buffer_bytes(&out), buffer_bytes(&whole)));
        buffer_free(&out);
    }
    buffer_free(&whole);
    buffer_free(&in);
}

static const struct ws_url url = {
    .host = "localhost", .field = "localhost", .port = 80, .target = "/"};

/* A client that has been answered; what it says goes to `out`. */
static struct peer_echo *open_client(struct buffer *heard, struct buffer *out)
{
    struct peer_echo_options options = peer_echo_defaults;
    struct buffer answer = {0};
    char proof[WS_ACCEPT_SIZE + 1];
    static const char name[] = "Sec-WebSocket-Key: ";
    options.role = PEER_CLIENT;
    options.url = &url;
    options.heard = heard;
    struct peer_echo *echo = peer_echo_new(&options);
    peer_echo_start(echo, out);
    const char *key = strstr(buffer_text(out), name);
    assert_non_null(key);
    ws_handshake_accept(proof, bytes_of(key + strlen(name), WS_KEY_SIZE));
    buffer_clear(out);
    buffer_printf(&answer,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                  proof);
    assert_int_equal(feed(echo, &answer, SIZE_MAX, 1, out), PEER_ECHO_MORE);
    assert_true(peer_echo_opened(echo));
    buffer_free(&answer);
    return echo;
}

/* What a client says to these octets, unmasked. */
static enum peer_echo_wish tell_client(const char *octets, size_t len, struct buffer *heard,
                                       struct buffer *plain)
{
    struct buffer out = {0};
    struct buffer in = {0};
    struct peer_echo *echo = open_client(heard, &out);
    buffer_append(&in, bytes_of(octets, len));
    enum peer_echo_wish wish = feed(echo, &in, SIZE_MAX, 1, &out);
    while (out.len > 0) {
        struct ws_frame frame;
        size_t used;
        uint8_t header[WS_FRAME_HEADER_MAX];
        assert_int_equal(ws_frame_read(&frame, buffer_bytes(&out), &used), WS_ITEM);
        assert_true(frame.masked);
        frame.masked = false;
        if (frame.length > 0)
            ws_mask_apply(out.data + used, (size_t)frame.length, frame.key, 0);
        buffer_append(plain, bytes_of(header, ws_frame_write(&frame, header)));
        buffer_append(plain, bytes_of(out.data + used, (size_t)frame.length));
        buffer_consume(&out, used + (size_t)frame.length);
    }
    buffer_free(&in);
    buffer_free(&out);
    peer_echo_free(echo);
    return wish;
}

static void expect_of_client(const char *octets, size_t len, const char *answer, size_t answer_len,
                             enum peer_echo_wish wish)
{
    struct buffer plain = {0};
    assert_int_equal(tell_client(octets, len, NULL, &plain), wish);
    assert_true(bytes_equal(buffer_bytes(&plain), bytes_of(answer, answer_len)));
    buffer_free(&plain);
}

static void is_a_client_too(void **state)
{
    (void)state;
    expect_of_client("\x81\2hi\x89\1p\1\1a\x80\1b\x8a\0", 15, "\x81\2hi\x8a\1p\x81\2ab", 11,
                     PEER_ECHO_MORE);
    /* RFC 6455, 5.1: "A client MUST close a connection if it detects a masked frame." */
    expect_of_client("\x81\x81\1\2\3\4x", 7, "\x88\2\x03\xea", 4, PEER_ECHO_WAIT);
    expect_of_client("\x81\1\xff\x81\1x", 6, "\x88\2\x03\xef", 4, PEER_ECHO_WAIT);
}

/* RFC 6455, 7.1.1: the server ends TCP. */
static void waits_for_the_server_to_end(void **state)
{
    (void)state;
    expect_of_client("\x88\2\x03\xe8", 4, "\x88\2\x03\xe8", 4, PEER_ECHO_WAIT);
    expect_of_client("\x88\0\x89\0", 4, "\x88\0", 2, PEER_ECHO_WAIT);
    /* A server does not send 1010. */
    expect_of_client("\x88\2\x03\xf2", 4, "\x88\2\x03\xea", 4, PEER_ECHO_WAIT);
}

static void listens_instead(void **state)
{
    (void)state;
    struct buffer heard = {0};
    struct buffer plain = {0};
    tell_client("\1\1a\x80\1b\x82\1c", 9, &heard, &plain);
    assert_int_equal(plain.len, 0);
    assert_string_equal(buffer_text(&heard), "abc");
    buffer_free(&heard);
    buffer_free(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_the_request),
        cmocka_unit_test(refuses_bad_requests),
        cmocka_unit_test(echoes_messages),
        cmocka_unit_test(puts_fragments_together),
        cmocka_unit_test(uses_the_shortest_length),
        cmocka_unit_test(answers_a_close),
        cmocka_unit_test(fails_with_the_right_code),
        cmocka_unit_test(holds_an_echo_until_the_text_is_valid),
        cmocka_unit_test(keeps_its_own_limit),
        cmocka_unit_test(does_not_care_for_cuts),
        cmocka_unit_test(is_a_client_too),
        cmocka_unit_test(waits_for_the_server_to_end),
        cmocka_unit_test(listens_instead),
    };
    return cmocka_run_group_tests_name("peer/echo", tests, NULL, NULL);
}
