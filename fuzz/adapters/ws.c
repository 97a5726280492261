/* SPDX-License-Identifier: MIT */
/* Our own reader as an adapter: the shortest example, and the proof that the driver is quiet about
 * a parser without faults. */
#include "fuzz/adapters/adapter.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "ws/reader.h"

struct parser {
    struct wsconform_sink *sink;
    struct ws_reader reader;
    struct buffer message; /* the reader gives messages in pieces */
    bool over;
};

const char *wsconform_profile(void)
{
    return "";
}

void *wsconform_open(bool is_server, struct wsconform_sink *sink)
{
    struct parser *parser = memory_zeroed(1, sizeof(*parser));
    parser->sink = sink;
    ws_reader_init(&parser->reader, WS_READER_STRICT, is_server, UINT64_MAX);
    return parser;
}

static void take_control(struct parser *parser, const struct ws_event *event)
{
    if (event->opcode == WS_PING) {
        wsconform_sink_ping(parser->sink, event->payload.data, event->payload.len);
    } else if (event->opcode == WS_PONG) {
        wsconform_sink_pong(parser->sink, event->payload.data, event->payload.len);
    } else {
        wsconform_sink_close(parser->sink, event->close.code, event->close.reason.data,
                             event->close.reason.len);
        parser->over = true;
    }
}

static void take(struct parser *parser, const struct ws_event *event)
{
    switch (event->kind) {
    case WS_EVENT_FRAME:
    case WS_EVENT_DEFLATED: /* not without an agreement */
        break;
    case WS_EVENT_DATA:
        buffer_append(&parser->message, event->payload);
        break;
    case WS_EVENT_MESSAGE:
        wsconform_sink_message(parser->sink, event->opcode == WS_TEXT, parser->message.data,
                               parser->message.len);
        buffer_clear(&parser->message);
        break;
    case WS_EVENT_CONTROL:
        take_control(parser, event);
        break;
    case WS_EVENT_VIOLATION:
        wsconform_sink_fail(parser->sink, ws_violation_close_code(event->violation));
        parser->over = true;
        break;
    }
}

void wsconform_feed(void *self, uint8_t *octets, size_t len)
{
    struct parser *parser = self;
    struct ws_event event;
    size_t used;
    while (!parser->over &&
           ws_reader_next(&parser->reader, octets, len, &used, &event) == WS_ITEM) {
        take(parser, &event);
        octets += used;
        len -= used;
    }
}

void wsconform_eof(void *self)
{
    (void)self;
}

void wsconform_close(void *self)
{
    struct parser *parser = self;
    buffer_free(&parser->message);
    free(parser);
}
