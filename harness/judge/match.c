/* SPDX-License-Identifier: MIT */
#include "judge/match.h"

#include <stdio.h>
#include <string.h>

void judge_match_init(struct judge_match *match, const struct judge_ledger *ledger, bool echoes,
                      unsigned foreign)
{
    *match = (struct judge_match){
        .ledger = ledger, .echoes = echoes, .foreign = foreign, .hash = BYTES_HASH_START};
}

static bool is_owed(const struct judge_item *item, enum judge_item_kind kind)
{
    return item->kind == kind && !item->open && !item->after_close &&
           item->zone != JUDGE_ZONE_VIOLATED;
}

/* The next message of the ledger, whole or not, from `index` on; `count` if there is none. */
static size_t find_message(const struct judge_ledger *ledger, size_t index)
{
    while (index < ledger->count && ledger->items[index].kind != JUDGE_ITEM_MESSAGE)
        index++;
    return index;
}

static void set_wrong(struct judge_match *match, const char *text)
{
    if (match->wrong[0] == '\0')
        snprintf(match->wrong, sizeof(match->wrong), "%s", text);
}

static void take_data(struct judge_match *match, struct bytes piece)
{
    match->hash = bytes_hash(match->hash, piece);
    size_t due = find_message(match->ledger, match->next_message);
    if (due < match->ledger->count && match->same == match->received) {
        struct bytes want = judge_ledger_payload(match->ledger, &match->ledger->items[due]);
        size_t i = 0;
        while (i < piece.len && match->same < want.len && want.data[match->same] == piece.data[i]) {
            match->same++;
            i++;
        }
    }
    match->received += piece.len;
}

/* An item with the same octets as the message that came, other than the one that was due. */
static size_t find_same(const struct judge_match *match)
{
    const struct judge_ledger *ledger = match->ledger;
    for (size_t i = 0; i < ledger->count; i++) {
        const struct judge_item *item = &ledger->items[i];
        if (item->kind == JUDGE_ITEM_MESSAGE && item->len == match->received &&
            item->hash == match->hash)
            return i;
    }
    return ledger->count;
}

static void name_difference(struct judge_match *match, const struct judge_item *due, uint8_t opcode)
{
    char text[sizeof(match->wrong)];
    if (match->same == due->len && match->received == due->len)
        snprintf(text, sizeof(text), "the echo of a %s message came back as %s",
                 ws_frame_opcode_name(due->opcode), ws_frame_opcode_name(opcode));
    else if (match->same == match->received)
        snprintf(text, sizeof(text), "the echo ends after %llu of %zu octets",
                 (unsigned long long)match->received, due->len);
    else
        snprintf(text, sizeof(text), "the echo differs from what was sent at octet %llu",
                 (unsigned long long)match->same);
    set_wrong(match, text);
}

static void take_odd_message(struct judge_match *match, size_t due, uint8_t opcode)
{
    const struct judge_ledger *ledger = match->ledger;
    size_t other = find_same(match);
    bool due_differs = due < ledger->count && ledger->items[due].zone != JUDGE_ZONE_VIOLATED &&
                       !ledger->items[due].open;
    if (other < ledger->count && ledger->items[other].zone == JUDGE_ZONE_VIOLATED)
        match->processed = true;
    else if (other < ledger->count && other != due)
        set_wrong(match,
                  other > due ? "an echo is missing before this one" : "a message came back twice");
    else if (match->foreign > 0 && other == ledger->count)
        match->foreign--;
    else if (due_differs)
        name_difference(match, &ledger->items[due], opcode);
    else
        set_wrong(match, "a message came that echoes nothing");
}

static bool is_echo(const struct judge_match *match, const struct judge_item *item, uint8_t opcode)
{
    return !item->open && item->opcode == opcode && match->received == item->len &&
           match->same == item->len;
}

static void accept_echo(struct judge_match *match, size_t due)
{
    const struct judge_item *item = &match->ledger->items[due];
    match->next_message = due + 1;
    match->processed = match->processed || item->zone == JUDGE_ZONE_VIOLATED;
    match->late = match->late || item->after_close;
}

static void take_message(struct judge_match *match, const struct ws_event *event)
{
    const struct judge_ledger *ledger = match->ledger;
    size_t due = find_message(ledger, match->next_message);
    match->messages++;
    if (match->echoes && due < ledger->count && is_echo(match, &ledger->items[due], event->opcode))
        accept_echo(match, due);
    else if (match->echoes)
        take_odd_message(match, due, event->opcode);
    match->received = 0;
    match->same = 0;
    match->hash = BYTES_HASH_START;
}

/* The ping that a pong answers, or `count`. Of several pings with the same payload it is the last
 * one that the endpoint had to answer, since it may answer only the latest (RFC 6455, 5.5.3). */
static size_t find_ping(const struct judge_match *match, struct bytes payload)
{
    const struct judge_ledger *ledger = match->ledger;
    size_t found = ledger->count;
    for (size_t i = match->next_pong; i < ledger->count; i++) {
        const struct judge_item *item = &ledger->items[i];
        if (item->kind == JUDGE_ITEM_PING &&
            bytes_equal(judge_ledger_payload(ledger, item), payload) &&
            (found == ledger->count || is_owed(item, JUDGE_ITEM_PING)))
            found = i;
    }
    return found;
}

/* A pong that answers no ping is legal (RFC 6455, 5.5.3) and says nothing. */
static void take_pong(struct judge_match *match, struct bytes payload)
{
    size_t i = find_ping(match, payload);
    if (i == match->ledger->count)
        return;
    const struct judge_item *item = &match->ledger->items[i];
    match->next_pong = i + 1;
    match->processed = match->processed || item->zone == JUDGE_ZONE_VIOLATED;
    match->late = match->late || item->after_close;
}

static void take_close(struct judge_match *match, const struct ws_close *close)
{
    if (match->close_seen)
        return;
    match->close_seen = true;
    match->close_replies = match->ledger->close_sent;
    match->close = *close;
    if (close->reason.len > 0)
        memcpy(match->reason, close->reason.data, close->reason.len);
    match->close.reason = bytes_of(match->reason, close->reason.len);
}

void judge_match_event(struct judge_match *match, const struct ws_event *event)
{
    if (event->kind == WS_EVENT_DATA)
        take_data(match, event->payload);
    else if (event->kind == WS_EVENT_MESSAGE)
        take_message(match, event);
    else if (event->kind == WS_EVENT_VIOLATION && event->violation == WS_BAD_DEFLATE)
        set_wrong(match, ws_violation_text(event->violation));
    else if (event->kind == WS_EVENT_CONTROL && event->opcode == WS_PONG)
        take_pong(match, event->payload);
    else if (event->kind == WS_EVENT_CONTROL && event->opcode == WS_CLOSE)
        take_close(match, &event->close);
}

bool judge_match_echoes_done(const struct judge_match *match)
{
    if (!match->echoes)
        return true;
    for (size_t i = match->next_message; i < match->ledger->count; i++)
        if (is_owed(&match->ledger->items[i], JUDGE_ITEM_MESSAGE))
            return false;
    return true;
}

bool judge_match_pongs_done(const struct judge_match *match)
{
    /* RFC 6455, 5.5.3: only the ping processed last needs an answer. */
    for (size_t i = match->ledger->count; i > match->next_pong; i--)
        if (is_owed(&match->ledger->items[i - 1], JUDGE_ITEM_PING))
            return false;
    return true;
}
