/* SPDX-License-Identifier: MIT */
/* libwebsockets as an adapter. Its parser cannot be had without its connections, so a server of it
 * adopts one end of a socket pair, is asked for the opening handshake, and is then fed at the other
 * end. That costs a connection for each run: some hundred inputs a second.
 *
 * Messages and Closes come by callback; how it fails is read from what it sends. */
#include "fuzz/adapters/adapter.h"

#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "ws/reader.h"

static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
static const char accepted[] = "HTTP/1.1 101 ";

/* So often its loop is turned without anything happening before it is taken to be idle. */
enum { IDLE_TURNS = 3 };

static struct {
    struct wsconform_sink *sink;
    struct lws_context *context;
    struct lws *wsi; /* NULL: it is gone */
    int fd;          /* our end */
    struct buffer message;
    struct buffer close; /* the body of the Close that it got */
    struct buffer fed;   /* what it was sent */
    struct buffer wire;  /* what it sent */
    size_t happened;
    bool open;
    bool closed; /* it got a Close */
    bool over;
} self;

/* What stands behind a Close in the same chunk it hands out all the same, which mixes up its
 * answers; RFC 6455, 1.4, which says that it is discarded, binds nobody. It does not tell of pings,
 * of several that wait it answers one, and of empty pongs it does not tell either. Where it is
 * wrong (masks, Closes of one octet, text cut inside a character) docs/FINDINGS.md has the octets;
 * for the rest the RFC leaves receivers a choice. */
const char *wsconform_profile(void)
{
    return "server nothing-behind-close no-pings no-pongs not-minimal? close-code? close-reason? "
           "loose-close-codes any-code right-masks-only close-length utf8-cut?";
}

/* --- what it says ---------------------------------------------------------------------------- */

static void take_message(struct lws *wsi, const void *octets, size_t len)
{
    buffer_append(&self.message, bytes_of(len == 0 ? NULL : octets, len));
    if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
        return;
    wsconform_sink_message(self.sink, !lws_frame_is_binary(wsi), self.message.data,
                           self.message.len);
    buffer_clear(&self.message);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *data,
                    size_t len)
{
    (void)user;
    self.happened++;
    switch (reason) {
    case LWS_CALLBACK_RECEIVE:
        take_message(wsi, data, len);
        return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        buffer_append(&self.close, bytes_of(len == 0 ? NULL : data, len));
        self.closed = true;
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        self.wsi = NULL;
        return 0;
    default:
        self.happened--;
        return 0;
    }
}

/* --- the connection -------------------------------------------------------------------------- */

static void hear(void)
{
    enum { READ_SIZE = 4096 };
    ssize_t len;
    do {
        uint8_t *to = buffer_extend(&self.wire, READ_SIZE);
        len = recv(self.fd, to, READ_SIZE, MSG_DONTWAIT);
        self.wire.len -= READ_SIZE - (size_t)(len > 0 ? len : 0);
        self.happened += len > 0;
    } while (len > 0);
    if (len == 0)
        self.open = false;
}

/* Octets that it was sent and has not read. */
static int unread(void)
{
    int count = 0;
    if (self.wsi != NULL)
        ioctl(lws_get_socket_fd(self.wsi), FIONREAD, &count);
    return count;
}

/* Lets it work until it has nothing more to do. */
static void settle(void)
{
    for (int idle = 0; idle < IDLE_TURNS; idle++) {
        size_t before = self.happened;
        int waiting = unread();
        lws_service(self.context, -1);
        hear();
        if (self.happened != before || unread() != waiting)
            idle = 0;
    }
}

static void create_context(void)
{
    static const struct lws_protocols protocols[] = {{.name = "fuzz", .callback = on_event}, {0}};
    struct lws_context_creation_info info = {.port = CONTEXT_PORT_NO_LISTEN_SERVER,
                                             .protocols = protocols,
                                             .options = LWS_SERVER_OPTION_VALIDATE_UTF8};
    signal(SIGPIPE, SIG_IGN);
    lws_set_log_level(0, NULL);
    self.context = lws_create_context(&info);
    if (self.context == NULL)
        abort();
}

static void send_octets(const void *octets, size_t len)
{
    /* What comes behind the end of the connection is lost, as it should. */
    ssize_t sent = write(self.fd, octets, len);
    if (sent >= 0 && (size_t)sent < len)
        abort();
}

/* --- the adapter ----------------------------------------------------------------------------- */

void *wsconform_open(bool is_server, struct wsconform_sink *sink)
{
    int ends[2];
    (void)is_server;
    if (self.context == NULL)
        create_context();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        abort();
    self.sink = sink;
    self.fd = ends[0];
    self.closed = self.over = false;
    self.open = true;
    buffer_clear(&self.message);
    buffer_clear(&self.close);
    buffer_clear(&self.fed);
    buffer_clear(&self.wire);
    self.wsi = lws_adopt_socket(self.context, ends[1]);
    send_octets(request, strlen(request));
    settle();
    const char *end = strstr(buffer_text(&self.wire), "\r\n\r\n");
    if (end == NULL || strncmp(buffer_text(&self.wire), accepted, strlen(accepted)) != 0)
        abort();
    buffer_consume(&self.wire, (size_t)(end + 4 - buffer_text(&self.wire)));
    return &self;
}

/* The first Close in a stream of frames: true if there is one. */
static bool find_close(struct buffer *stream, bool from_client, struct ws_event *event,
                       struct ws_reader *reader)
{
    size_t at = 0;
    size_t used;
    ws_reader_init(reader, WS_READER_OBSERVING, from_client, UINT64_MAX);
    while (stream->len > 0 &&
           ws_reader_next(reader, stream->data + at, stream->len - at, &used, event) == WS_ITEM) {
        if (event->kind == WS_EVENT_CONTROL && event->opcode == WS_CLOSE)
            return true;
        at += used;
    }
    return false;
}

static void tell_close(void)
{
    const uint8_t *body = self.close.data;
    size_t len = self.close.len;
    if (len < 2)
        wsconform_sink_close(self.sink, len == 0 ? WS_CLOSE_NO_STATUS : 0, body, len);
    else
        wsconform_sink_close(self.sink, body[0] * 256U + body[1], body + 2, len - 2);
}

/* It tells of a Close before it has looked at its reason, and of one whose code it does not like
 * with 1002 in the place of the code. That it refuses it shows in these two; the rest of its answer
 * may be spoilt (docs/FINDINGS.md). */
static bool is_refused(bool answered, const struct ws_event *sent)
{
    struct ws_reader reader;
    struct ws_event got;
    if (find_close(&self.fed, true, &got, &reader) && self.close.len >= 2 &&
        memcmp(got.payload.data, self.close.data, 2) != 0)
        return true;
    return answered &&
           (sent->close.code == WS_CLOSE_PROTOCOL_ERROR ||
            sent->close.code == WS_CLOSE_INVALID_PAYLOAD) &&
           !bytes_equal(sent->payload, buffer_bytes(&self.close));
}

static void look_for_end(void)
{
    struct ws_reader reader;
    struct ws_event sent;
    bool answered = find_close(&self.wire, false, &sent, &reader);
    if (self.over || (self.open && !answered))
        return;
    if (self.closed && !is_refused(answered, &sent))
        tell_close();
    else
        wsconform_sink_fail(self.sink, answered ? sent.close.code : 0);
    self.over = true;
}

void wsconform_feed(void *parser, uint8_t *octets, size_t len)
{
    (void)parser;
    buffer_append(&self.fed, bytes_of(octets, len));
    send_octets(octets, len);
    settle();
    look_for_end();
}

void wsconform_eof(void *parser)
{
    (void)parser;
    self.over = true;
    shutdown(self.fd, SHUT_WR);
    settle();
}

void wsconform_close(void *parser)
{
    (void)parser;
    close(self.fd);
    for (int turns = 0; self.wsi != NULL && turns < 1000; turns++)
        lws_service(self.context, -1);
    if (self.wsi != NULL)
        abort();
}
