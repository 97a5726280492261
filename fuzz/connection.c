/* SPDX-License-Identifier: MIT */
#include "fuzz/connection.h"

#include <stdlib.h>
#include <string.h>

#include "ws/handshake.h"

/* The costly oracles run on one input in so many. */
enum { SPLITS_EVERY = 128 };

/* The key of RFC 6455, 1.3, and its proof. */
static const char request_text[] = "GET /chat HTTP/1.1\r\n"
                                   "Host: example.com\r\n"
                                   "Upgrade: websocket\r\n"
                                   "Connection: Upgrade\r\n"
                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                   "Sec-WebSocket-Version: 13\r\n"
                                   "Sec-WebSocket-Protocol: chat, superchat\r\n"
                                   "Sec-WebSocket-Extensions: permessage-deflate; x=1, foo\r\n"
                                   "\r\n";

static const char *const protocols[] = {"chat", "superchat", NULL};
static const char *const extensions[] = {"permessage-deflate", "foo", NULL};
const struct slow_http_offer connection_offer = {
    .accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", .protocols = protocols, .extensions = extensions};

struct bytes connection_request(void)
{
    return bytes_of(request_text, sizeof(request_text) - 1);
}

bool connection_has_head(struct bytes in)
{
    return in.len > 0 && in.data[0] >= 'A' && in.data[0] <= 'Z';
}

/* --- the parsers ----------------------------------------------------------------------------- */

enum phase { PHASE_START, PHASE_HEAD, PHASE_FRAMES, PHASE_OVER };

static struct self {
    bool as_server;
    enum phase phase;
    struct trace *sink;
    const struct slow_profile *profile;
    struct buffer head;
    size_t scanned;
} self;

static void *open_connection(struct trace *sink, const struct slow_profile *profile, bool as_server)
{
    self.as_server = as_server;
    self.phase = PHASE_START;
    self.sink = sink;
    self.profile = profile;
    self.scanned = 0;
    buffer_clear(&self.head);
    return reader_strict.open(sink, profile);
}

static void *open_server(struct trace *sink, const struct slow_profile *profile)
{
    return open_connection(sink, profile, true);
}

static void *open_client(struct trace *sink, const struct slow_profile *profile)
{
    return open_connection(sink, profile, false);
}

/* What connection_request offers, read once: it is the same for every input. */
static const struct ws_handshake_offer *offered(void)
{
    static struct ws_http_head request;
    static struct ws_handshake_offer offer;
    if (offer.request == NULL) {
        size_t scanned = 0;
        ws_http_read(&request, connection_request(), SIZE_MAX, &scanned);
        offer.key = ws_http_find(&request, "Sec-WebSocket-Key")->value;
        offer.request = &request;
    }
    return &offer;
}

/* 101 if the connection is open, else the status of the refusal; a client has none: 0. */
static unsigned judge(const struct ws_http_head *head)
{
    if (self.as_server)
        return ws_handshake_judge_request(head).status;
    return ws_handshake_judge_answer(head, offered(), NULL, NULL) ? 101 : 0;
}

static bool refuse(unsigned status)
{
    trace_fail(self.sink, (uint16_t)status, 0);
    self.phase = PHASE_OVER;
    return false;
}

/* Reads the head in `text`; if it is whole, `*size` is its size and `*answer` what is said to it.
 */
static enum ws_status read_head(struct bytes text, size_t *size, unsigned *answer)
{
    static struct ws_http_head head;
    enum ws_status status = ws_http_read(&head, text, CONNECTION_HEAD_MAX, &self.scanned);
    *size = status == WS_ITEM ? head.size : 0;
    *answer = status == WS_ITEM ? judge(&head) : 0;
    return status;
}

/* What came behind the head in its last chunk belongs to the frames. */
static bool feed_head(void *reader, uint8_t *data, size_t len)
{
    size_t before = self.head.len;
    size_t size;
    unsigned answer;
    buffer_append(&self.head, bytes_of(data, len));
    /* The first chunk is an allocation that ends where the input ends; all of them need one. */
    uint8_t *text = before > 0 ? oracle_chunk(buffer_bytes(&self.head)) : NULL;
    enum ws_status status =
        read_head(bytes_of(before > 0 ? text : data, self.head.len), &size, &answer);
    free(text);
    if (status == WS_MORE)
        return true;
    if (status == WS_BAD || answer != 101)
        return refuse(answer);
    trace_open(self.sink);
    self.phase = PHASE_FRAMES;
    reader_skip(size);
    size_t taken = size - before;
    return taken == len || reader_strict.feed(reader, data + taken, len - taken);
}

static bool feed(void *reader, uint8_t *data, size_t len)
{
    if (self.phase == PHASE_START)
        self.phase = connection_has_head(bytes_of(data, len)) ? PHASE_HEAD : PHASE_FRAMES;
    if (self.phase == PHASE_HEAD)
        return feed_head(reader, data, len);
    return self.phase == PHASE_FRAMES && reader_strict.feed(reader, data, len);
}

const struct oracle_parser connection_server = {
    .rule = "reference", .open = open_server, .feed = feed};
const struct oracle_parser connection_client = {
    .rule = "reference", .open = open_client, .feed = feed};

/* --- the oracles ----------------------------------------------------------------------------- */

static void compare_text(const char *what, struct bytes is, struct bytes wanted)
{
    if (!bytes_equal(is, wanted))
        oracle_violation("reference", "RFC6455-4.2.2-17", "%s is %zu octets, by the RFC %zu", what,
                         is.len, wanted.len);
}

void connection_compare_head(const struct ws_http_head *head, const struct slow_http_head *wanted)
{
    unsigned flaws =
        (wanted->bare_lf ? WS_HTTP_BARE_LF : 0U) | (wanted->folded ? WS_HTTP_FOLDED : 0U) |
        (wanted->name_blank ? WS_HTTP_NAME_BLANK : 0U) |
        (wanted->bad_name ? WS_HTTP_BAD_NAME : 0U) | (wanted->bad_value ? WS_HTTP_BAD_VALUE : 0U) |
        (wanted->leading ? WS_HTTP_LEADING_LINE : 0U);
    if (head->flaws != flaws)
        oracle_violation("reference", "RFC9112-5.1-02", "flaws %x, by the RFC %x", head->flaws,
                         flaws);
    if (head->size != wanted->size || head->field_count != wanted->count)
        oracle_violation("reference", "RFC9112-2.2-02",
                         "a head of %zu octets with %zu fields, by the RFC %zu with %zu",
                         head->size, head->field_count, wanted->size, wanted->count);
    compare_text("the start line", head->start_line, wanted->start);
    for (size_t i = 0; i < wanted->count; i++) {
        compare_text("a name", head->fields[i].name, wanted->fields[i].name);
        compare_text("a value", head->fields[i].value, wanted->fields[i].value);
    }
}

/* The statuses that a refusal may have, as bits of slow_http_request. */
static unsigned status_bit(unsigned status)
{
    switch (status) {
    case 400:
        return SLOW_HTTP_400;
    case 405:
        return SLOW_HTTP_405;
    case 426:
        return SLOW_HTTP_426;
    case 505:
        return SLOW_HTTP_505;
    default:
        return 0;
    }
}

/* What came of the head; true if frames follow. */
static bool compare_opening(const struct trace *trace, bool from_client,
                            const struct slow_http_head *head, bool whole)
{
    if (!whole && trace->count > 0 && trace->events[0].kind == TRACE_OPEN)
        oracle_violation("reference", "RFC6455-4.2.1-01", "a head is taken that is not whole");
    bool too_long = !whole || head->too_many || head->size > CONNECTION_HEAD_MAX;
    unsigned statuses = from_client && whole ? slow_http_request(head) : 0;
    bool accepted =
        !too_long && (from_client ? statuses == 0 : slow_http_answer(head, &connection_offer));
    bool opened = trace->count > 0 && trace->events[0].kind == TRACE_OPEN;
    if (opened != accepted)
        oracle_violation("reference", from_client ? "RFC6455-4.2.1-01" : "RFC6455-4.1-54",
                         "the handshake is %s, by the RFC %s (statuses %x)",
                         opened ? "accepted" : "refused", accepted ? "accepted" : "refused",
                         statuses);
    if (!opened && !too_long && from_client && (status_bit(trace->events[0].code) & statuses) == 0)
        oracle_violation("reference", "RFC6455-4.2.1-01", "status %u, by the RFC one of %x",
                         trace->events[0].code, statuses);
    return opened;
}

void connection_stream(const struct oracle_parser *parser, bool from_client, struct bytes in)
{
    struct slow_profile profile = reader_profile(from_client, 0);
    uint64_t hash = oracle_hash(in);
    if (!connection_has_head(in)) {
        reader_stream(&profile, in, hash);
        return;
    }
    static struct trace trace;
    static struct slow_http_head head;
    oracle_run(parser, &profile, in, ORACLE_WHOLE, hash, &trace);
    oracle_hide();
    bool whole = slow_http_head(&head, in);
    if (compare_opening(&trace, from_client, &head, whole)) {
        profile.head = head.size;
        oracle_compare(parser->rule, &trace, &profile, in);
        reader_round_trip(in, &trace);
    }
    oracle_splits(parser, &profile, in, hash, SPLITS_EVERY, &trace);
    oracle_show();
}
