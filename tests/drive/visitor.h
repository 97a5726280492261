/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_DRIVE_VISITOR_H
#define WSCONFORM_TESTS_DRIVE_VISITOR_H

/* A small WebSocket client that blocks, for processes beside the test: this room may not use the
 * one that has a client. Where something is not as it must be, the process ends with 1. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"
#include "wire.h"
#include "ws/handshake.h"
#include "ws/reader.h"

#define VISITOR_REQUIRE(condition)                                                                 \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

struct visitor {
    int fd;
    unsigned status; /* of the answer to its request */
    bool good;       /* and it is as RFC 6455, 4.1 wants it */
    struct buffer in;
    struct ws_reader reader;
    struct buffer message;
    uint8_t opcode;
    bool mute; /* it returns no message */
};

static const char visitor_key[] = "dGhlIHNhbXBsZSBub25jZQ==";

static inline void visitor_close(struct visitor *v)
{
    close(v->fd);
    buffer_free(&v->in);
    buffer_free(&v->message);
}

static inline void visitor_say(const struct visitor *v, struct bytes octets)
{
    ssize_t sent = send(v->fd, octets.data, octets.len, MSG_NOSIGNAL);
    (void)sent; /* who cannot be written to is found out by reading */
}

static inline void visitor_frame(const struct visitor *v, uint8_t first, struct bytes payload)
{
    struct buffer wire = {0};
    wire_put(&wire, first, true, payload);
    visitor_say(v, buffer_bytes(&wire));
    buffer_free(&wire);
}

/* Reads on; false when the other side has ended. */
static inline bool visitor_read(struct visitor *v)
{
    uint8_t room[4096];
    ssize_t len = recv(v->fd, room, sizeof(room), 0);
    if (len <= 0)
        return false;
    buffer_append(&v->in, bytes_of(room, (size_t)len));
    return true;
}

/* True if nothing comes for so many milliseconds. */
static inline bool visitor_hears_nothing(const struct visitor *v, int ms)
{
    struct pollfd poller = {.fd = v->fd, .events = POLLIN};
    return v->in.len == 0 && poll(&poller, 1, ms) == 0;
}

static inline void visitor_note(void *context, const char *rule, const char *text)
{
    (void)context;
    (void)rule;
    (void)text;
}

static inline void visitor_read_answer(struct visitor *v, struct bytes request_text)
{
    static struct ws_http_head request;
    static struct ws_http_head answer;
    struct ws_http_status_line line;
    size_t scanned = 0;
    enum ws_status status = WS_MORE;
    while (status == WS_MORE && visitor_read(v))
        status = ws_http_read(&answer, buffer_bytes(&v->in), 65536, &scanned);
    if (status != WS_ITEM || !ws_http_split_status(answer.start_line, &line))
        return;
    scanned = 0;
    ws_http_read(&request, request_text, 65536, &scanned);
    const struct ws_handshake_offer offer = {bytes_text(visitor_key), &request};
    v->status = line.code;
    v->good = line.code == 101 && ws_handshake_judge_answer(&answer, &offer, visitor_note, NULL);
    buffer_consume(&v->in, answer.size);
}

/* Connects to "ws://127.0.0.1:PORT" and asks for a target. */
static inline struct visitor visitor_ask(const char *url, const char *target)
{
    struct visitor v = {.fd = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct buffer request = {0};
    const char *authority = url + strlen("ws://");
    unsigned long port = strtoul(strrchr(authority, ':') + 1, NULL, 10);
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    VISITOR_REQUIRE(connect(v.fd, (struct sockaddr *)&address, sizeof(address)) == 0);
    buffer_printf(&request,
                  "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%lu\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                  "Sec-WebSocket-Version: 13\r\nUser-Agent: visitor/1\r\n\r\n",
                  target, port, visitor_key);
    visitor_say(&v, buffer_bytes(&request));
    ws_reader_init(&v.reader, WS_READER_STRICT, false, UINT64_MAX);
    visitor_read_answer(&v, buffer_bytes(&request));
    buffer_free(&request);
    return v;
}

static inline void visitor_end(struct visitor *v, unsigned code)
{
    const uint8_t octets[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    visitor_frame(v, 0x88, bytes_of(octets, code == WS_CLOSE_NO_STATUS ? 0 : 2));
}

/* The next event that is a message or the end; false at the end. Pings and Closes are answered. */
static inline bool visitor_message(struct visitor *v)
{
    struct ws_event event;
    buffer_clear(&v->message);
    for (;;) {
        size_t used = 0;
        enum ws_status status = ws_reader_next(&v->reader, v->in.data, v->in.len, &used, &event);
        if (status == WS_BAD)
            return false;
        if (status == WS_ITEM && event.kind == WS_EVENT_DATA)
            buffer_append(&v->message, event.payload);
        if (status == WS_ITEM && event.kind == WS_EVENT_VIOLATION)
            visitor_end(v, ws_violation_close_code(event.violation));
        if (status == WS_ITEM && event.kind == WS_EVENT_CONTROL && event.opcode == WS_PING)
            visitor_frame(v, 0x8a, event.payload);
        if (status == WS_ITEM && event.kind == WS_EVENT_CONTROL && event.opcode == WS_CLOSE)
            visitor_end(v, event.close.code);
        bool whole = status == WS_ITEM && event.kind == WS_EVENT_MESSAGE;
        if (whole)
            v->opcode = event.opcode;
        buffer_consume(&v->in, used);
        if (whole)
            return true;
        if (status == WS_MORE && !visitor_read(v))
            return false;
    }
}

/* Returns all messages until the end, if the answer was good. */
static inline void visitor_serve(struct visitor *v)
{
    while (v->good && visitor_message(v))
        if (!v->mute)
            visitor_frame(v, (uint8_t)(0x80 | v->opcode), buffer_bytes(&v->message));
}

/* Runs one case, as a driver does. Returns the status of the answer. */
static inline unsigned visitor_run(const char *url, const char *target)
{
    struct visitor v = visitor_ask(url, target);
    unsigned status = v.status;
    visitor_serve(&v);
    visitor_close(&v);
    return status;
}

/* The only message that a target has to say, "" if it has none. Static. */
static inline const char *visitor_learn(const char *url, const char *target)
{
    static char text[1024];
    struct visitor v = visitor_ask(url, target);
    VISITOR_REQUIRE(v.good);
    bool came = visitor_message(&v);
    snprintf(text, sizeof(text), "%.*s", (int)v.message.len,
             came ? (const char *)v.message.data : "");
    VISITOR_REQUIRE(!came || !visitor_message(&v)); /* a Close follows */
    visitor_close(&v);
    return text;
}

/* All that a page sends, without a handshake of WebSocket. Static. */
static inline const char *visitor_browse(const char *url, const char *request)
{
    static char text[8192];
    struct visitor v = {.fd = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    VISITOR_REQUIRE(connect(v.fd, (struct sockaddr *)&address, sizeof(address)) == 0);
    visitor_say(&v, bytes_text(request));
    while (visitor_read(&v))
        continue;
    snprintf(text, sizeof(text), "%.*s", (int)v.in.len, (const char *)v.in.data);
    visitor_close(&v);
    return text;
}

#endif
