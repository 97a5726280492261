/* SPDX-License-Identifier: MIT */
#include "fuzz/reader.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/wslay.h"
#include "ws/mask.h"
#include "ws/reader.h"

/* The costly oracles run on one input in so many. */
enum { SPLITS_EVERY = 128, OBSERVE_EVERY = 256, HELD_EVERY = 512, WSLAY_EVERY = 512 };

static struct self {
    struct ws_reader reader;
    struct ws_deflate_unpacker *unpacker; /* NULL: permessage-deflate is not agreed on */
    struct trace *sink;
    uint64_t taken; /* octets of all chunks so far */
} self;

static const uint8_t slow_rules[WS_VIOLATION_COUNT] = {
    [WS_BAD_RSV1] = SLOW_RSV,
    [WS_BAD_RSV2] = SLOW_RSV,
    [WS_BAD_RSV3] = SLOW_RSV,
    [WS_BAD_OPCODE_DATA] = SLOW_OPCODE,
    [WS_BAD_OPCODE_CONTROL] = SLOW_OPCODE,
    [WS_BAD_UNMASKED] = SLOW_UNMASKED,
    [WS_BAD_MASKED] = SLOW_MASKED,
    [WS_BAD_LENGTH_NOT_MINIMAL] = SLOW_NOT_MINIMAL,
    [WS_BAD_LENGTH_TOP_BIT] = SLOW_TOP_BIT,
    [WS_BAD_CONTROL_LENGTH] = SLOW_CONTROL_LONG,
    [WS_BAD_CONTROL_LENGTH_FORM] = SLOW_CONTROL_FORM,
    [WS_BAD_CONTROL_FRAGMENTED] = SLOW_CONTROL_FRAGMENTED,
    [WS_BAD_CONTINUATION] = SLOW_ORPHAN,
    [WS_BAD_INTERLEAVED] = SLOW_INTERLEAVED,
    [WS_BAD_UTF8] = SLOW_UTF8,
    [WS_BAD_UTF8_CUT] = SLOW_UTF8_CUT,
    [WS_BAD_CLOSE_LENGTH] = SLOW_CLOSE_LENGTH,
    [WS_BAD_CLOSE_CODE_UNUSED] = SLOW_CLOSE_CODE,
    [WS_BAD_CLOSE_CODE_1004] = SLOW_CLOSE_CODE,
    [WS_BAD_CLOSE_CODE_1005] = SLOW_CLOSE_CODE,
    [WS_BAD_CLOSE_CODE_1006] = SLOW_CLOSE_CODE,
    [WS_BAD_CLOSE_CODE_1010] = SLOW_CLOSE_CODE,
    [WS_BAD_CLOSE_CODE_1015] = SLOW_CLOSE_CODE,
    [WS_BAD_CLOSE_CODE_UNASSIGNED] = SLOW_CLOSE_CODE,
    [WS_BAD_CLOSE_CODE_OUTSIDE] = SLOW_CLOSE_CODE,
    [WS_BAD_CLOSE_REASON] = SLOW_CLOSE_REASON,
    [WS_BAD_DATA_AFTER_CLOSE] = SLOW_DATA_AFTER_CLOSE,
    [WS_BAD_SECOND_CLOSE] = SLOW_SECOND_CLOSE,
    [WS_TOO_BIG] = SLOW_TOO_BIG,
    [WS_BAD_RSV1_PLACE] = SLOW_RSV,
    [WS_BAD_DEFLATE] = SLOW_DEFLATE,
};

static void *open_reader(struct trace *sink, const struct slow_profile *profile,
                         enum ws_reader_mode mode)
{
    self.sink = sink;
    self.taken = 0;
    uint64_t max = profile->message_max > 0 ? profile->message_max : UINT64_MAX;
    ws_reader_init(&self.reader, mode, profile->from_client, max);
    if (profile->deflate) {
        self.unpacker = ws_deflate_new_unpacker(profile->window_bits, profile->takeover);
        ws_reader_agree(&self.reader, self.unpacker);
    }
    return &self;
}

static void close_reader(void *ignored)
{
    (void)ignored;
    ws_deflate_free_unpacker(self.unpacker);
    self.unpacker = NULL;
}

static void *open_strict(struct trace *sink, const struct slow_profile *profile)
{
    return open_reader(sink, profile, WS_READER_STRICT);
}

static void *open_observing(struct trace *sink, const struct slow_profile *profile)
{
    return open_reader(sink, profile, WS_READER_OBSERVING);
}

void reader_skip(size_t head)
{
    self.taken = head;
}

/* `end`: the octets behind the header, counted from the start of the connection. */
static void note_frame(struct trace *sink, const struct ws_frame *frame, uint64_t end)
{
    /* Two octets, the length and the key (RFC 6455, 5.2). */
    size_t size = 2 + (frame->form == WS_LENGTH_7 ? 0 : (size_t)frame->form / 8) +
                  (frame->masked ? sizeof(frame->key) : 0);
    struct trace_header header = {
        .at = (size_t)end - size,
        .first = (uint8_t)((frame->fin ? 0x80 : 0) | frame->rsv << 4 | frame->opcode),
        .masked = frame->masked,
        .form = (uint8_t)frame->form,
        .length = frame->length,
    };
    memcpy(header.key, frame->key, sizeof(header.key));
    trace_frame(sink, &header);
    /* An observer can see a message begin inside another one. */
    if (frame->opcode == WS_TEXT || frame->opcode == WS_BINARY)
        sink->message_from = sink->data.len;
}

static void note_message(struct trace *sink, const struct ws_event *event)
{
    trace_message(sink, event->opcode);
    size_t len = sink->events[sink->count - 1].len;
    if (self.reader.mode == WS_READER_STRICT && event->message_length != len)
        oracle_violation("contract", "RFC6455-5.4-01", "message_length is %llu, %zu octets came",
                         (unsigned long long)event->message_length, len);
}

static void note_control(struct trace *sink, const struct ws_event *event)
{
    static const enum trace_kind kinds[] = {TRACE_CLOSE, TRACE_PING, TRACE_PONG};
    /* An observer tells of reserved ones too. */
    if (event->opcode <= WS_PONG)
        trace_control(sink, kinds[event->opcode - WS_CLOSE], event->payload);
    if (event->payload.len > WS_CONTROL_MAX)
        oracle_violation("contract", "RFC6455-5.5-03", "a control frame of %zu octets",
                         event->payload.len);
    if (event->opcode != WS_CLOSE)
        return;
    const struct trace_event *last = &sink->events[sink->count - 1];
    size_t reason = event->payload.len < 2 ? 0 : event->payload.len - 2;
    if (event->close.code != last->code || event->close.reason.len != reason)
        oracle_violation("contract", "RFC6455-5.5.1-03", "the Close was taken apart wrongly");
}

static void note_violation(struct trace *sink, enum ws_violation violation)
{
    trace_fail(sink, ws_violation_close_code(violation),
               SLOW_BIT((enum slow_rule)slow_rules[violation]));
    const char *rule = ws_violation_receiver_rule(violation);
    if (ws_violation_sender_rule(violation) == NULL && violation != WS_TOO_BIG)
        oracle_violation("contract", rule, "%s without a rule", ws_violation_text(violation));
    if (ws_violation_text(violation)[0] == '\0')
        oracle_violation("contract", rule, "a violation without a text");
}

static void note(const struct ws_event *event, uint64_t taken)
{
    struct trace *sink = self.sink;
    switch (event->kind) {
    case WS_EVENT_FRAME:
        note_frame(sink, &event->frame, taken);
        break;
    case WS_EVENT_DATA:
        if (event->payload.len == 0)
            oracle_violation("contract", "RFC6455-5.4-01", "an empty piece of a message");
        trace_data(sink, event->payload);
        break;
    case WS_EVENT_DEFLATED:
        if (self.unpacker == NULL)
            oracle_violation("contract", "RFC6455-5.2-06",
                             "compressed, though nobody agreed to it");
        if (event->payload.len == 0)
            oracle_violation("contract", "RFC7692-7.2.2-01", "an empty piece of a message");
        trace_deflated(sink, event->payload);
        break;
    case WS_EVENT_MESSAGE:
        note_message(sink, event);
        break;
    case WS_EVENT_CONTROL:
        note_control(sink, event);
        break;
    case WS_EVENT_VIOLATION:
        note_violation(sink, event->violation);
        break;
    }
}

static bool feed(void *ignored, uint8_t *data, size_t len)
{
    (void)ignored;
    struct ws_event event;
    size_t used;
    for (size_t done = 0;;) {
        enum ws_status status =
            ws_reader_next(&self.reader, data + done, len - done, &used, &event);
        if (used > len - done)
            oracle_violation("consumption", "RFC6455-5.2-25", "%zu octets taken of %zu", used,
                             len - done);
        done += used;
        self.taken += used;
        if (status == WS_BAD)
            return false;
        if (status == WS_ITEM)
            note(&event, self.taken);
        else if (done < len)
            oracle_violation("consumption", "RFC6455-5.2-25", "%zu octets left, more wanted",
                             len - done);
        else
            return true;
    }
}

const struct oracle_parser reader_strict = {
    .rule = "reference", .open = open_strict, .feed = feed, .close = close_reader};

const struct oracle_parser reader_observing = {
    .rule = "observer", .open = open_observing, .feed = feed, .close = close_reader};

struct slow_profile reader_profile(bool from_client, uint64_t message_max)
{
    return (struct slow_profile){.from_client = from_client,
                                 .message_max = message_max,
                                 .headers = true,
                                 .pieces = true,
                                 .codes = true};
}

struct slow_profile reader_profile_deflate(bool from_client, uint64_t message_max, bool takeover,
                                           unsigned window_bits)
{
    struct slow_profile profile = reader_profile(from_client, message_max);
    profile.deflate = true;
    profile.takeover = takeover;
    profile.window_bits = window_bits;
    return profile;
}

/* --- round trip ------------------------------------------------------------------------------ */

/* Writes the header again; returns its size. */
static size_t check_header(const struct trace_header *header, struct bytes in)
{
    struct ws_frame frame = {
        .fin = header->first >= 128,
        .masked = header->masked,
        .rsv = header->first / 16 % 8,
        .opcode = header->first % 16,
        .length = header->length,
        .form = (enum ws_length_form)header->form,
    };
    memcpy(frame.key, header->key, sizeof(frame.key));
    uint8_t written[WS_FRAME_HEADER_MAX];
    size_t size = ws_frame_write(&frame, written);
    if (size > in.len - header->at || memcmp(written, in.data + header->at, size) != 0)
        oracle_violation("round-trip", "RFC6455-5.2-01",
                         "the header at %zu, written again, is another one", header->at);
    return size;
}

/* What was given of the payload, masked again in two pieces, is what came. */
static void check_payload(const struct trace_header *header, size_t size, struct bytes given,
                          struct bytes in)
{
    static uint8_t copy[512];
    size_t len = given.len < sizeof(copy) ? given.len : sizeof(copy);
    const uint8_t *again = given.data;
    if (header->masked) {
        size_t cut = len / 3;
        again = memcpy(copy, given.data, len);
        ws_mask_apply(copy, cut, header->key, 0);
        ws_mask_apply(copy + cut, len - cut, header->key, cut);
    }
    if (memcmp(again, in.data + header->at + size, len) != 0)
        oracle_violation("round-trip", "RFC6455-5.3-06",
                         "the payload of the frame at %zu, masked again, is another one",
                         header->at);
}

static struct bytes given_of(const struct trace *trace, size_t index)
{
    const struct trace_event *event = &trace->events[index];
    const struct trace_event *next = index + 1 < trace->count ? event + 1 : NULL;
    if (event->opcode >= WS_CLOSE) {
        bool whole = next != NULL && next->kind != TRACE_FRAME && next->kind != TRACE_FAIL;
        if (!whole || next->len == 0)
            return bytes_of(NULL, 0);
        return bytes_of(trace->control.data + next->from, next->len);
    }
    size_t end = next != NULL ? next->given : trace->data.len;
    if (end == event->given)
        return bytes_of(NULL, 0);
    return bytes_of(trace->data.data + event->given, end - event->given);
}

void reader_round_trip(struct bytes in, const struct trace *trace)
{
    bool compressed = false;
    for (size_t i = 0; i < trace->count; i++) {
        if (trace->events[i].kind != TRACE_FRAME)
            continue;
        const struct trace_header *header = &trace->events[i].header;
        size_t size = check_header(header, in);
        struct bytes given = given_of(trace, i);
        uint8_t opcode = trace->events[i].opcode;
        if (opcode == WS_TEXT || opcode == WS_BINARY)
            compressed = header->first / 64 % 2 == 1;
        /* What was inflated is nowhere in the input. */
        if (given.len > 0 && (opcode >= WS_CLOSE || !compressed))
            check_payload(header, size, given, in);
    }
}

/* --- the rest -------------------------------------------------------------------------------- */

void reader_check_state(const struct trace *trace, struct bytes in)
{
    if (trace_failed(trace))
        return;
    uint64_t end = 0;
    for (size_t i = trace->count; i-- > 0;) {
        if (trace->events[i].kind != TRACE_FRAME)
            continue;
        struct trace_header header = trace->events[i].header;
        end = slow_header(&header, bytes_of(in.data + header.at, in.len - header.at));
        end += trace->events[i].header.at + header.length;
        break;
    }
    uint64_t missing = end > in.len ? end - in.len : 0;
    if (ws_reader_missing(&self.reader) != missing)
        oracle_violation("contract", "RFC6455-5.2-19", "%llu octets are missing, not %llu",
                         (unsigned long long)missing,
                         (unsigned long long)ws_reader_missing(&self.reader));
    if (ws_reader_in_frame(&self.reader) != (end != in.len && trace->count > 0) && trace->count > 0)
        oracle_violation("contract", "RFC6455-5.2-19", "inside a frame or not?");
}

void reader_observe(const struct slow_profile *profile, struct bytes in, uint64_t hash,
                    unsigned every, const struct trace *strict)
{
    static struct trace observed;
    oracle_run(&reader_observing, profile, in, ORACLE_WHOLE, hash, &observed);
    if (!trace_is_prefix(strict, &observed)) {
        struct buffer text = {0};
        size_t at = trace_differ(strict, &observed);
        trace_print(&text, strict, at);
        buffer_append_text(&text, "; the observer: ");
        trace_print(&text, &observed, at);
        oracle_violation("observer", "RFC6455-5.2-01", "%s", buffer_text(&text));
    }
    oracle_splits(&reader_observing, profile, in, hash, every, &observed);
}

void reader_check_held(const struct slow_profile *profile, struct bytes in)
{
    static struct trace unused;
    open_strict(&unused, profile);
    uint8_t *chunk = oracle_chunk(in);
    size_t before = oracle_heap();
    enum ws_status status;
    size_t done = 0;
    do {
        struct ws_event event;
        size_t used;
        status = ws_reader_next(&self.reader, chunk + done, in.len - done, &used, &event);
        done += used;
    } while (status == WS_ITEM);
    /* Nothing but the window (RFC 7692, 7.1.2). */
    size_t allowed = profile->deflate ? (size_t)1 << profile->window_bits : 0;
    if (oracle_heap() < before || oracle_heap() - before > allowed)
        oracle_violation("held", "RFC6455-10.4-01", "the reader holds %zu octets",
                         oracle_heap() - before);
    free(chunk);
    close_reader(NULL);
}

void reader_stream(const struct slow_profile *profile, struct bytes in, uint64_t hash)
{
    static struct trace trace;
    oracle_run(&reader_strict, profile, in, ORACLE_WHOLE, hash, &trace);
    oracle_hide();
    reader_check_state(&trace, in);
    oracle_compare(reader_strict.rule, &trace, profile, in);
    reader_round_trip(in, &trace);
    oracle_splits(&reader_strict, profile, in, hash, SPLITS_EVERY, &trace);
    if (oracle_sample(hash, 10, OBSERVE_EVERY))
        reader_observe(profile, in, hash, 4, &trace);
    if (in.len > 0 && oracle_sample(hash, 11, HELD_EVERY))
        reader_check_held(profile, in);
    if (!profile->deflate && oracle_sample(hash, 12, WSLAY_EVERY))
        wslay_compare(profile, in);
    oracle_show();
}
