/* SPDX-License-Identifier: MIT */
#include "judge/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void judge_ledger_init(struct judge_ledger *ledger, bool to_server)
{
    *ledger = (struct judge_ledger){0};
    ws_reader_init(&ledger->reader, WS_READER_OBSERVING, to_server, UINT64_MAX);
}

void judge_ledger_free(struct judge_ledger *ledger)
{
    buffer_free(&ledger->octets);
    free(ledger->items);
    *ledger = (struct judge_ledger){0};
}

static enum judge_zone zone(const struct judge_ledger *ledger)
{
    if (ledger->violation != WS_FINE)
        return JUDGE_ZONE_VIOLATED;
    return ledger->oddity != WS_FINE ? JUDGE_ZONE_TOLERABLE : JUDGE_ZONE_VALID;
}

static struct judge_item *add(struct judge_ledger *ledger, enum judge_item_kind kind,
                              uint8_t opcode)
{
    ledger->items =
        memory_grow(ledger->items, &ledger->capacity, ledger->count + 1, sizeof(*ledger->items));
    struct judge_item *item = &ledger->items[ledger->count++];
    *item = (struct judge_item){.kind = kind,
                                .zone = zone(ledger),
                                .opcode = opcode,
                                .after_close = ledger->close_sent,
                                .start = ledger->octets.len,
                                .hash = BYTES_HASH_START};
    return item;
}

/* The message that is being sent. A ping may have been booked since it began, so it need not be
 * the last item. */
static struct judge_item *open_message(struct judge_ledger *ledger)
{
    for (size_t i = ledger->count; ledger->item_open && i > 0; i--)
        if (ledger->items[i - 1].open)
            return &ledger->items[i - 1];
    return NULL;
}

static struct judge_item *begin_message(struct judge_ledger *ledger, uint8_t opcode)
{
    struct judge_item *item = open_message(ledger);
    if (item != NULL)
        return item;
    item = add(ledger, JUDGE_ITEM_MESSAGE, opcode);
    item->open = true;
    ledger->item_open = true;
    return item;
}

/* Payloads of pings that stand between fragments are booked in a place of their own, so that a
 * message's octets stay in one run: the message is moved behind them. */
static void append_payload(struct judge_ledger *ledger, struct judge_item *item, struct bytes b)
{
    if (item->start + item->len != ledger->octets.len) {
        size_t start = ledger->octets.len;
        uint8_t *room = buffer_extend(&ledger->octets, item->len);
        memcpy(room, ledger->octets.data + item->start, item->len);
        item->start = start;
    }
    buffer_append(&ledger->octets, b);
    item->len += b.len;
    item->hash = bytes_hash(item->hash, b);
}

static void end_message(struct judge_ledger *ledger, const struct ws_event *event)
{
    struct judge_item *item = begin_message(ledger, event->opcode);
    if (event->message_length > ledger->largest)
        ledger->largest = event->message_length;
    if (ledger->text_bad && ledger->violation == WS_FINE)
        ledger->violation = WS_BAD_UTF8;
    item->open = false;
    item->zone = zone(ledger);
    /* A59: a message that our Close interrupts may be dropped, whatever follows. */
    item->after_close = ledger->close_sent;
    ledger->item_open = false;
}

static void book_control(struct judge_ledger *ledger, const struct ws_event *event)
{
    ledger->pings += event->opcode == WS_PING;
    if (event->opcode == WS_PING)
        append_payload(ledger, add(ledger, JUDGE_ITEM_PING, WS_PING), event->payload);
    if (event->opcode != WS_CLOSE || ledger->close_sent)
        return;
    ledger->close_sent = true;
    ledger->close = event->close;
    ledger->close_odd = ledger->oddity != WS_FINE;
    if (event->close.reason.len > 0)
        memcpy(ledger->reason, event->close.reason.data, event->close.reason.len);
    ledger->close.reason = bytes_of(ledger->reason, event->close.reason.len);
}

static void book_violation(struct judge_ledger *ledger, enum ws_violation violation)
{
    /* A13, A14: what follows our own Close is ours to send wrongly; no sentence tells the receiver
     * to fail. Items behind it are marked as such. */
    if (violation == WS_BAD_DATA_AFTER_CLOSE || violation == WS_BAD_SECOND_CLOSE)
        return;
    /* A10: a message may be judged when it is whole, so what stands between the impossible octet
     * and its end is not behind the violation yet. */
    if (violation == WS_BAD_UTF8) {
        ledger->text_bad = true;
        return;
    }
    enum ws_violation *first =
        ws_violation_is_tolerable(violation) ? &ledger->oddity : &ledger->violation;
    if (*first == WS_FINE)
        *first = violation;
    /* RFC 6455, 5.4: a message into which another one was started is never finished. */
    struct judge_item *item = open_message(ledger);
    if (violation == WS_BAD_INTERLEAVED && item != NULL) {
        item->open = false;
        item->zone = JUDGE_ZONE_VIOLATED;
        ledger->item_open = false;
    }
}

/* A receiver may refuse a message for its size as soon as a header announces it. */
static void measure(struct judge_ledger *ledger, const struct ws_frame *frame)
{
    if (ws_frame_is_control(frame->opcode))
        return;
    bool goes_on = frame->opcode == WS_CONTINUATION;
    ledger->message_frames = goes_on ? ledger->message_frames + 1 : 1;
    ledger->message_octets = goes_on ? ledger->message_octets + frame->length : frame->length;
    if (ledger->message_frames > ledger->fragments)
        ledger->fragments = ledger->message_frames;
    if (ledger->message_octets > ledger->largest)
        ledger->largest = ledger->message_octets;
}

static void book(struct judge_ledger *ledger, const struct ws_event *event)
{
    switch (event->kind) {
    case WS_EVENT_FRAME:
        ledger->more_sent = ledger->close_sent;
        measure(ledger, &event->frame);
        return;
    case WS_EVENT_DEFLATED:
        return;
    case WS_EVENT_DATA:
        append_payload(ledger, begin_message(ledger, event->opcode), event->payload);
        return;
    case WS_EVENT_MESSAGE:
        end_message(ledger, event);
        return;
    case WS_EVENT_CONTROL:
        book_control(ledger, event);
        return;
    case WS_EVENT_VIOLATION:
        book_violation(ledger, event->violation);
        return;
    }
}

void judge_ledger_sent(struct judge_ledger *ledger, struct bytes wire, judge_ledger_tap *tap,
                       void *context)
{
    /* The reader unmasks in place, and what goes out must stay as it is. */
    uint8_t copy[16384];
    while (wire.len > 0) {
        size_t len = wire.len < sizeof(copy) ? wire.len : sizeof(copy);
        memcpy(copy, wire.data, len);
        size_t done = 0;
        struct ws_event event;
        for (;;) {
            size_t used = 0;
            enum ws_status status =
                ws_reader_next(&ledger->reader, copy + done, len - done, &used, &event);
            done += used;
            if (status != WS_ITEM)
                break;
            book(ledger, &event);
            if (tap != NULL)
                tap(context, &event);
        }
        wire.data += len;
        wire.len -= len;
    }
    /* Half a header behind it is more, too. */
    if (ledger->close_sent && ws_reader_in_frame(&ledger->reader))
        ledger->more_sent = true;
}

uint64_t judge_ledger_largest(const struct judge_ledger *ledger)
{
    struct bytes header = ws_reader_header(&ledger->reader);
    uint8_t opcode = header.len > 0 ? header.data[0] & 15 : WS_CLOSE;
    if (ws_frame_is_control(opcode))
        return ledger->largest;
    uint64_t octets = ws_frame_least_length(header);
    if (opcode == WS_CONTINUATION)
        octets += ledger->message_octets;
    return octets > ledger->largest ? octets : ledger->largest;
}

struct bytes judge_ledger_payload(const struct judge_ledger *ledger, const struct judge_item *item)
{
    if (item->len == 0)
        return bytes_of(NULL, 0);
    return bytes_of(ledger->octets.data + item->start, item->len);
}
