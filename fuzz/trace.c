/* SPDX-License-Identifier: MIT */
#include "fuzz/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/memory.h"

enum {
    PRINTED_OCTETS = 24,
    NO_STATUS = 1005,
    /* RFC 6455, 7.4.1 */ SWITCHING_PROTOCOLS = 101 /* 4.2.2 */
};

void trace_clear(struct trace *trace)
{
    trace->count = 0;
    trace->message_from = 0;
    buffer_clear(&trace->data);
    buffer_clear(&trace->control);
    buffer_clear(&trace->deflated);
}

void trace_free(struct trace *trace)
{
    free(trace->events);
    buffer_free(&trace->data);
    buffer_free(&trace->control);
    buffer_free(&trace->deflated);
    *trace = (struct trace){0};
}

static struct trace_event *add(struct trace *trace, enum trace_kind kind)
{
    if (trace->count == trace->capacity)
        trace->events = memory_grow(trace->events, &trace->capacity, trace->count + 1,
                                    sizeof(trace->events[0]));
    struct trace_event *event = &trace->events[trace->count++];
    *event = (struct trace_event){.kind = kind, .given = trace->data.len};
    return event;
}

void trace_open(struct trace *trace)
{
    add(trace, TRACE_OPEN)->code = SWITCHING_PROTOCOLS;
}

void trace_frame(struct trace *trace, const struct trace_header *header)
{
    struct trace_event *event = add(trace, TRACE_FRAME);
    event->opcode = header->first & 15;
    event->header = *header;
}

void trace_data(struct trace *trace, struct bytes octets)
{
    buffer_append(&trace->data, octets);
}

void trace_deflated(struct trace *trace, struct bytes octets)
{
    buffer_append(&trace->deflated, octets);
}

void trace_message(struct trace *trace, uint8_t opcode)
{
    struct trace_event *event = add(trace, TRACE_MESSAGE);
    event->opcode = opcode;
    event->from = trace->message_from;
    event->len = trace->data.len - trace->message_from;
    trace->message_from = trace->data.len;
}

static uint16_t code_of(struct bytes payload)
{
    if (payload.len == 0)
        return NO_STATUS;
    return payload.len == 1 ? 0 : (uint16_t)(payload.data[0] * 256 + payload.data[1]);
}

void trace_control_end(struct trace *trace, enum trace_kind kind, size_t from)
{
    struct bytes payload = {NULL, trace->control.len - from};
    if (payload.len > 0)
        payload.data = trace->control.data + from;
    struct trace_event *event = add(trace, kind);
    event->opcode = kind == TRACE_PING ? 9 : kind == TRACE_PONG ? 10 : 8;
    event->code = kind == TRACE_CLOSE ? code_of(payload) : 0;
    event->from = from;
    event->len = payload.len;
}

void trace_control(struct trace *trace, enum trace_kind kind, struct bytes payload)
{
    size_t from = trace->control.len;
    buffer_append(&trace->control, payload);
    trace_control_end(trace, kind, from);
}

void trace_fail(struct trace *trace, uint16_t code, uint32_t rules)
{
    struct trace_event *event = add(trace, TRACE_FAIL);
    event->code = code;
    event->rules = rules;
}

bool trace_failed(const struct trace *trace)
{
    return trace->count > 0 && trace->events[trace->count - 1].kind == TRACE_FAIL;
}

static bool same_header(const struct trace_header *a, const struct trace_header *b)
{
    return a->at == b->at && a->first == b->first && a->masked == b->masked && a->form == b->form &&
           a->length == b->length && memcmp(a->key, b->key, sizeof(a->key)) == 0;
}

static struct bytes payload_of(const struct trace *trace, const struct trace_event *event)
{
    const struct buffer *from = event->kind == TRACE_MESSAGE ? &trace->data : &trace->control;
    return event->len == 0 ? bytes_of(NULL, 0) : bytes_of(from->data + event->from, event->len);
}

static bool same_event(const struct trace *a, const struct trace *b, size_t index)
{
    const struct trace_event *x = &a->events[index];
    const struct trace_event *y = &b->events[index];
    return x->kind == y->kind && x->opcode == y->opcode && x->code == y->code &&
           x->rules == y->rules && x->given == y->given && same_header(&x->header, &y->header) &&
           bytes_equal(payload_of(a, x), payload_of(b, y));
}

size_t trace_differ(const struct trace *a, const struct trace *b)
{
    size_t shared = a->count < b->count ? a->count : b->count;
    size_t i = 0;
    while (i < shared && same_event(a, b, i))
        i++;
    return i;
}

/* True if `text` begins with `with`. */
static bool begins(const struct buffer *text, const struct buffer *with)
{
    return with->len == 0 ||
           (with->len <= text->len && memcmp(text->data, with->data, with->len) == 0);
}

bool trace_is_prefix(const struct trace *head, const struct trace *whole)
{
    return trace_differ(head, whole) == head->count && begins(&whole->data, &head->data) &&
           (begins(&whole->deflated, &head->deflated) ||
            (trace_failed(whole) && begins(&head->deflated, &whole->deflated)));
}

bool trace_equal(const struct trace *a, const struct trace *b)
{
    return a->count == b->count && a->data.len == b->data.len && trace_is_prefix(a, b) &&
           (a->deflated.len == b->deflated.len || trace_failed(b));
}

static void print_header(struct buffer *out, const struct trace_header *header)
{
    buffer_printf(out, "a header at %zu: %02x, %s, %llu octets in %u bits", header->at,
                  header->first, header->masked ? "masked" : "not masked",
                  (unsigned long long)header->length, header->form);
}

static void print_payload(struct buffer *out, const struct trace *trace,
                          const struct trace_event *event)
{
    struct bytes payload = payload_of(trace, event);
    buffer_printf(out, " of %zu octets", payload.len);
    if (payload.len == 0)
        return;
    buffer_append_text(out, ": ");
    hex_escape(out,
               bytes_of(payload.data, payload.len < PRINTED_OCTETS ? payload.len : PRINTED_OCTETS));
}

void trace_print(struct buffer *out, const struct trace *trace, size_t index)
{
    static const char *const names[] = {
        "the connection is open", "", "a message", "a ping", "a pong", "a Close", ""};
    if (index >= trace->count) {
        buffer_printf(out, "nothing (%zu octets given)", trace->data.len);
        return;
    }
    const struct trace_event *event = &trace->events[index];
    if (event->kind == TRACE_FRAME)
        print_header(out, &event->header);
    else if (event->kind == TRACE_FAIL)
        buffer_printf(out, "failure with code %u (rules %x)", event->code, event->rules);
    else
        buffer_append_text(out, names[event->kind]);
    if (event->kind == TRACE_MESSAGE)
        buffer_printf(out, " with opcode %u", event->opcode);
    if (event->kind >= TRACE_MESSAGE && event->kind <= TRACE_CLOSE)
        print_payload(out, trace, event);
    buffer_printf(out, " (behind %zu octets of messages)", event->given);
}
