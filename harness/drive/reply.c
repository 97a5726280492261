/* SPDX-License-Identifier: MIT */
#include "drive/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/head.h"
#include "ws/reader.h"

/* How long a client may take to close its side. */
static const uint64_t patience_us = 2000 * 1000;

struct drive_reply {
    drive_reply_ask *ask;
    void *context;
    bool complete; /* all that is to be said stands in `out`, or went */
    struct buffer out;
    struct buffer going;
    struct ws_reader reader;
    size_t skip; /* octets of the request that are still to come by */
    bool speaks_frames;
    bool closed; /* the client's Close came */
    bool ended;
    bool half_closed;
    uint64_t since;
};

static void on_opened(void *self, uint64_t now)
{
    struct drive_reply *r = self;
    r->since = now;
}

static void on_bytes(void *self, uint8_t *data, size_t len, uint64_t now)
{
    struct drive_reply *r = self;
    (void)now;
    struct ws_event event;
    size_t used = 0;
    size_t skipped = r->skip < len ? r->skip : len;
    r->skip -= skipped;
    for (size_t done = skipped; r->speaks_frames; done += used) {
        if (ws_reader_next(&r->reader, data + done, len - done, &used, &event) != WS_ITEM)
            return;
        if (event.kind == WS_EVENT_CONTROL && event.opcode == WS_CLOSE)
            r->closed = true;
    }
}

static void on_ended(void *self, enum judge_end end, uint64_t now)
{
    struct drive_reply *r = self;
    (void)end;
    (void)now;
    r->ended = true;
}

/* RFC 6455, 5.5.1: an empty Close, as drivers of Autobahn's are used to. */
static void complete(struct drive_reply *r, uint64_t now)
{
    struct random random = {0};
    struct buffer text = {0};
    if (r->complete || (r->ask != NULL && !r->ask(r->context, &text)))
        return;
    if (r->ask != NULL)
        run_compose_frame(&r->out, WS_TEXT, true, buffer_bytes(&text), false, &random);
    if (r->speaks_frames)
        run_compose_frame(&r->out, WS_CLOSE, true, bytes_of(NULL, 0), false, &random);
    buffer_free(&text);
    r->complete = true;
    r->since = now;
}

static struct run_action on_next(void *self, uint64_t now, bool can_write)
{
    struct drive_reply *r = self;
    complete(r, now);
    bool late = r->complete && now >= r->since + patience_us;
    if (r->ended || late)
        return (struct run_action){.want = RUN_WANT_CLOSE};
    if (can_write && r->out.len > 0) {
        buffer_clear(&r->going);
        buffer_append(&r->going, buffer_bytes(&r->out));
        buffer_clear(&r->out);
        return (struct run_action){.want = RUN_WANT_WRITE, .octets = buffer_bytes(&r->going)};
    }
    if (can_write && r->complete && r->closed)
        return (struct run_action){.want = RUN_WANT_CLOSE};
    if (can_write && r->complete && !r->speaks_frames && !r->half_closed) {
        r->half_closed = true;
        return (struct run_action){.want = RUN_WANT_HALF_CLOSE};
    }
    return (struct run_action){.want = RUN_WANT_WAIT,
                               .deadline = r->complete ? r->since + patience_us : UINT64_MAX};
}

struct drive_reply *drive_reply_new_message(const struct ws_http_head *request,
                                            drive_reply_ask *ask, void *context)
{
    struct drive_reply *r = memory_zeroed(1, sizeof(*r));
    struct run_script script = {0};
    struct random random = {0};
    r->ask = ask;
    r->context = context;
    r->speaks_frames = true;
    r->skip = request->size;
    ws_reader_init(&r->reader, WS_READER_OBSERVING, true, UINT64_MAX);
    run_head_answer(&script, request, NULL, "", &random);
    buffer_append(&r->out, buffer_bytes(&script.octets));
    run_compose_free(&script);
    return r;
}

struct drive_reply *drive_reply_new_page(const char *status, const char *type, struct bytes body)
{
    struct drive_reply *r = memory_zeroed(1, sizeof(*r));
    buffer_printf(&r->out,
                  "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                  "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
                  status, type, body.len);
    buffer_append(&r->out, body);
    return r;
}

struct run_party drive_reply_party(struct drive_reply *r)
{
    return (struct run_party){
        .self = r, .opened = on_opened, .bytes = on_bytes, .ended = on_ended, .next = on_next};
}

void drive_reply_free(struct drive_reply *r)
{
    if (r == NULL)
        return;
    buffer_free(&r->out);
    buffer_free(&r->going);
    free(r);
}
