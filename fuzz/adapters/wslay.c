/* SPDX-License-Identifier: MIT */
/* libwslay as an adapter: a library that asks for octets instead of being given them, and that
 * answers by itself. */
#include "fuzz/adapters/adapter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <wslay/wslay.h>

struct parser {
    struct wsconform_sink *sink;
    wslay_event_context_ptr context;
    const uint8_t *octets;
    size_t len;
    bool over;
};

/* RFC 6455, 5.5.1 names no consequence of a Close body of one octet. Most of a header is judged
 * only when the payload begins. */
const char *wsconform_profile(void)
{
    return "close-length loose-close-codes late any-code";
}

static ssize_t receive(wslay_event_context_ptr context, uint8_t *to, size_t len, int flags,
                       void *self)
{
    struct parser *parser = self;
    (void)flags;
    if (parser->len == 0) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    if (len > parser->len)
        len = parser->len;
    memcpy(to, parser->octets, len);
    parser->octets += len;
    parser->len -= len;
    return (ssize_t)len;
}

/* What it answers is not looked at, only that it was sent. */
static ssize_t swallow(wslay_event_context_ptr context, const uint8_t *octets, size_t len,
                       int flags, void *self)
{
    (void)context;
    (void)octets;
    (void)flags;
    (void)self;
    return (ssize_t)len;
}

static int make_key(wslay_event_context_ptr context, uint8_t *key, size_t len, void *self)
{
    (void)context;
    (void)self;
    memset(key, 0, len);
    return 0;
}

static void take_close(struct parser *parser, const struct wslay_event_on_msg_recv_arg *arg)
{
    if (arg->msg_length < 2)
        wsconform_sink_close(parser->sink, arg->msg_length == 0 ? WSLAY_CODE_NO_STATUS_RCVD : 0,
                             arg->msg, arg->msg_length);
    else
        wsconform_sink_close(parser->sink, arg->status_code, arg->msg + 2, arg->msg_length - 2);
    parser->over = true;
}

static void take(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *arg,
                 void *self)
{
    struct parser *parser = self;
    (void)context;
    if (arg->opcode == WSLAY_PING)
        wsconform_sink_ping(parser->sink, arg->msg, arg->msg_length);
    else if (arg->opcode == WSLAY_PONG)
        wsconform_sink_pong(parser->sink, arg->msg, arg->msg_length);
    else if (arg->opcode == WSLAY_CONNECTION_CLOSE)
        take_close(parser, arg);
    else
        wsconform_sink_message(parser->sink, arg->opcode == WSLAY_TEXT_FRAME, arg->msg,
                               arg->msg_length);
}

void *wsconform_open(bool is_server, struct wsconform_sink *sink)
{
    static const struct wslay_event_callbacks callbacks = {.recv_callback = receive,
                                                           .send_callback = swallow,
                                                           .genmask_callback = make_key,
                                                           .on_msg_recv_callback = take};
    struct parser *parser = calloc(1, sizeof(*parser));
    if (parser == NULL)
        abort();
    parser->sink = sink;
    int status = is_server ? wslay_event_context_server_init(&parser->context, &callbacks, parser)
                           : wslay_event_context_client_init(&parser->context, &callbacks, parser);
    if (status != 0)
        abort();
    return parser;
}

/* It fails by reading no more and queueing a Close, whose code it tells once that is sent. */
static void look_for_failure(struct parser *parser, int status)
{
    if (parser->over || (status == 0 && wslay_event_get_read_enabled(parser->context)))
        return;
    unsigned code = 0;
    if (wslay_event_send(parser->context) == 0)
        code = wslay_event_get_status_code_sent(parser->context);
    wsconform_sink_fail(parser->sink, code);
    parser->over = true;
}

void wsconform_feed(void *self, uint8_t *octets, size_t len)
{
    struct parser *parser = self;
    if (parser->over)
        return;
    parser->octets = octets;
    parser->len = len;
    look_for_failure(parser, wslay_event_recv(parser->context));
}

void wsconform_eof(void *self)
{
    (void)self;
}

void wsconform_close(void *self)
{
    struct parser *parser = self;
    wslay_event_context_free(parser->context);
    free(parser);
}
