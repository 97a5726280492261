/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_JUDGE_LEDGER_H
#define WSCONFORM_JUDGE_LEDGER_H

#include "base/buffer.h"
#include "ws/reader.h"

/* What was sent to the endpoint, read as frames: the messages and pings that it owes an answer
 * to, and the place from which on it owes nothing because we broke a rule. */

enum judge_item_kind { JUDGE_ITEM_MESSAGE, JUDGE_ITEM_PING };

enum judge_zone {
    JUDGE_ZONE_VALID,     /* nothing was wrong up to here */
    JUDGE_ZONE_TOLERABLE, /* behind something that a receiver may overlook (A36) */
    JUDGE_ZONE_VIOLATED   /* at or behind a violation: must not be processed */
};

struct judge_item {
    enum judge_item_kind kind;
    enum judge_zone zone;
    uint8_t opcode;   /* of a message: WS_TEXT or WS_BINARY */
    bool open;        /* a message whose last fragment was not sent yet */
    bool after_close; /* sent behind a Close of ours */
    size_t start;     /* where its payload lies in the ledger's octets */
    size_t len;
    uint64_t hash;
};

struct judge_ledger {
    struct ws_reader reader;
    struct buffer octets;
    struct judge_item *items;
    size_t count;
    size_t capacity;
    bool item_open;
    bool text_bad;               /* an open or finished text message holds an impossible octet */
    enum ws_violation violation; /* the first that no receiver may overlook, or WS_FINE */
    enum ws_violation oddity;    /* the first that it may overlook, or WS_FINE */
    bool close_sent;
    bool more_sent;        /* anything behind our first Close */
    struct ws_close close; /* our first Close; the reason is borrowed from `reason` */
    uint8_t reason[WS_CONTROL_MAX];
    bool close_odd;     /* that Close has a code or a body that it should not have */
    uint64_t largest;   /* octets that the whole frame headers of the largest message announce */
    uint64_t fragments; /* frames of the message with the most */
    uint64_t message_frames;
    uint64_t message_octets;
    uint64_t pings;
};

/* Makes an empty ledger for octets that go to a server (`to_server`) or to a client. */
void judge_ledger_init(struct judge_ledger *ledger, bool to_server);
void judge_ledger_free(struct judge_ledger *ledger);

/* Books octets that are sent, in any pieces. They are copied. `tap`, if not NULL, is shown each
 * event that the octets make. */
typedef void judge_ledger_tap(void *context, const struct ws_event *event);
void judge_ledger_sent(struct judge_ledger *ledger, struct bytes wire, judge_ledger_tap *tap,
                       void *context);

/* The octets of the largest message, as far as a receiver can know: of those that its frame headers
 * announce, the last of which may not be whole. */
uint64_t judge_ledger_largest(const struct judge_ledger *ledger);

/* The payload of an item, borrowed until the next octets are booked. */
struct bytes judge_ledger_payload(const struct judge_ledger *ledger, const struct judge_item *item);

#endif
