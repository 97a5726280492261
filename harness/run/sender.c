/* SPDX-License-Identifier: MIT */
#include "run/sender.h"

#include <stdio.h>
#include <string.h>

/* Octets that are sent at most to complete an unfinished frame. */
enum { COMPLETE_MAX = 1024 * 1024 };

void run_sender_init(struct run_sender *sender, struct random random,
                     struct run_transcript *transcript, bool as_client)
{
    *sender = (struct run_sender){.random = random,
                                  .transcript = transcript,
                                  .as_client = as_client,
                                  .marker_item = SIZE_MAX};
    judge_ledger_init(&sender->ledger, as_client);
}

void run_sender_free(struct run_sender *sender)
{
    run_compose_free(&sender->script);
    buffer_free(&sender->urgent);
    buffer_free(&sender->outgoing);
    judge_ledger_free(&sender->ledger);
}

void run_sender_agree(struct run_sender *sender, struct ws_deflate_packer *packer,
                      struct ws_deflate_unpacker *unpacker)
{
    sender->packer = packer;
    ws_reader_agree(&sender->ledger.reader, unpacker);
}

void run_sender_load_steps(struct run_sender *sender, const struct case_spec *spec)
{
    run_compose_free(&sender->script);
    sender->part = 0;
    sender->sent = 0;
    sender->given_up = false;
    run_compose_steps(&sender->script, spec, sender->as_client, &sender->random, sender->packer);
}

void run_sender_join_steps(struct run_sender *sender, const struct case_spec *spec)
{
    struct run_script *script = &sender->script;
    size_t last = script->count - 1;
    run_compose_steps(script, spec, sender->as_client, &sender->random, sender->packer);
    if (last + 1 >= script->count || script->parts[last + 1].kind != RUN_PART_WRITE)
        return;
    script->parts[last].len += script->parts[last + 1].len;
    memmove(&script->parts[last + 1], &script->parts[last + 2],
            (script->count - last - 2) * sizeof(*script->parts));
    script->count--;
}

bool run_sender_done(const struct run_sender *sender)
{
    if (sender->part >= sender->script.count)
        return true;
    const struct ws_reader *reader = &sender->ledger.reader;
    return sender->given_up &&
           !(ws_reader_in_frame(reader) && ws_reader_missing(reader) <= COMPLETE_MAX &&
             run_sender_part(sender).kind == RUN_PART_WRITE);
}

void run_sender_give_up(struct run_sender *sender)
{
    sender->given_up = true;
}

struct run_part run_sender_part(const struct run_sender *sender)
{
    return sender->script.parts[sender->part];
}

void run_sender_pass(struct run_sender *sender)
{
    sender->part++;
}

static void record(void *context, const struct ws_event *event)
{
    struct run_sender *sender = context;
    run_transcript_event(sender->transcript, true, event, sender->now);
}

static void book(struct run_sender *sender, struct bytes wire, uint64_t now)
{
    sender->now = now;
    judge_ledger_sent(&sender->ledger, wire, record, sender);
}

struct bytes run_sender_write(struct run_sender *sender, uint64_t now)
{
    size_t len = run_sender_part(sender).len;
    struct bytes wire = bytes_of(sender->script.octets.data + sender->sent, len);
    size_t head =
        sender->script.unframed > sender->sent ? sender->script.unframed - sender->sent : 0;
    sender->sent += len;
    sender->part++;
    if (len > head)
        book(sender, bytes_of(wire.data + head, len - head), now);
    return wire;
}

bool run_sender_in_header(const struct run_sender *sender)
{
    const struct ws_reader *reader = &sender->ledger.reader;
    return ws_reader_in_frame(reader) && ws_reader_missing(reader) == 0;
}

void run_sender_queue(struct run_sender *sender, uint8_t opcode, struct bytes payload)
{
    run_compose_frame(&sender->urgent, opcode, true, payload, sender->as_client, &sender->random);
}

void run_sender_mark(struct run_sender *sender, uint8_t opcode)
{
    char text[64];
    snprintf(text, sizeof(text), "\"wsconform-%016llx-%u\"",
             (unsigned long long)random_next(&sender->random), ++sender->markers);
    sender->marker_opcode = opcode;
    sender->marker_item = SIZE_MAX;
    run_sender_queue(sender, opcode, bytes_text(text));
}

void run_sender_unmark(struct run_sender *sender)
{
    sender->marker_opcode = 0;
    sender->marker_item = SIZE_MAX;
}

bool run_sender_marker_back(const struct run_sender *sender, const struct judge_match *match)
{
    if (sender->marker_item == SIZE_MAX)
        return false;
    size_t next = sender->marker_opcode == WS_TEXT ? match->next_message : match->next_pong;
    return next > sender->marker_item;
}

/* What is queued already, a pong perhaps, must not go out inside the unfinished frame. */
static void put_in_front(struct run_sender *sender, size_t missing)
{
    struct buffer urgent = {0};
    memset(buffer_extend(&urgent, missing), 0, missing);
    buffer_append(&urgent, buffer_bytes(&sender->urgent));
    buffer_free(&sender->urgent);
    sender->urgent = urgent;
    sender->completes = true;
}

bool run_sender_complete(struct run_sender *sender)
{
    const struct ws_reader *reader = &sender->ledger.reader;
    uint64_t missing = ws_reader_missing(reader);
    if (run_sender_in_header(sender) || missing > COMPLETE_MAX)
        return false;
    if (missing > 0)
        put_in_front(sender, (size_t)missing);
    if (ws_reader_in_message(reader))
        run_sender_queue(sender, WS_CONTINUATION, bytes_of(NULL, 0));
    return true;
}

bool run_sender_urgent(const struct run_sender *sender)
{
    bool between = sender->completes || !ws_reader_in_frame(&sender->ledger.reader);
    return between && sender->urgent.len > 0;
}

struct bytes run_sender_write_urgent(struct run_sender *sender, uint64_t now)
{
    buffer_clear(&sender->outgoing);
    buffer_append(&sender->outgoing, buffer_bytes(&sender->urgent));
    buffer_clear(&sender->urgent);
    sender->completes = false;
    book(sender, buffer_bytes(&sender->outgoing), now);
    /* A marker is queued last, so it is the last item that these octets made. */
    if (sender->marker_opcode != 0 && sender->marker_item == SIZE_MAX && sender->ledger.count > 0)
        sender->marker_item = sender->ledger.count - 1;
    return buffer_bytes(&sender->outgoing);
}
