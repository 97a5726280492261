/* SPDX-License-Identifier: MIT */
#include "run/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void run_transcript_free(struct run_transcript *transcript)
{
    free(transcript->entries);
    arena_free(&transcript->arena);
    *transcript = (struct run_transcript){0};
}

/* Makes room for a new last entry: the oldest behind the first ones goes. */
static void drop_one(struct run_transcript *transcript)
{
    struct run_transcript_entry *gone = &transcript->entries[RUN_TRANSCRIPT_FIRST];
    if (gone->kind == RUN_TRANSCRIPT_FRAME)
        transcript->spare = (uint8_t *)(uintptr_t)gone->octets.data;
    transcript->count--;
    memmove(gone, gone + 1, (transcript->count - RUN_TRANSCRIPT_FIRST) * sizeof(*gone));
    for (size_t i = 0; i < 2; i++) {
        struct run_transcript_side *side = &transcript->side[i];
        side->kept = side->kept && side->entry != RUN_TRANSCRIPT_FIRST;
        side->entry -= side->entry > RUN_TRANSCRIPT_FIRST;
    }
    transcript->dropped++;
}

static struct run_transcript_entry *add(struct run_transcript *transcript,
                                        enum run_transcript_kind kind, bool ours, uint64_t now)
{
    if (transcript->count >= RUN_TRANSCRIPT_ENTRIES)
        drop_one(transcript);
    transcript->entries = memory_grow(transcript->entries, &transcript->capacity,
                                      transcript->count + 1, sizeof(*transcript->entries));
    struct run_transcript_entry *entry = &transcript->entries[transcript->count++];
    *entry = (struct run_transcript_entry){
        .kind = kind, .ours = ours, .time_us = now - transcript->start, .hash = BYTES_HASH_START};
    return entry;
}

void run_transcript_head(struct run_transcript *transcript, bool ours, struct bytes text,
                         uint64_t now)
{
    struct run_transcript_entry *entry = add(transcript, RUN_TRANSCRIPT_HEAD_TEXT, ours, now);
    size_t kept = text.len < RUN_TRANSCRIPT_HEAD ? text.len : RUN_TRANSCRIPT_HEAD;
    entry->octets = arena_copy(&transcript->arena, bytes_of(text.data, kept));
    entry->total = text.len;
    entry->hash = bytes_hash(BYTES_HASH_START, text);
}

void run_transcript_note(struct run_transcript *transcript, bool ours, const char *note,
                         uint64_t now)
{
    add(transcript, RUN_TRANSCRIPT_NOTE, ours, now)->note = note;
}

static void begin_frame(struct run_transcript *transcript, bool ours, const struct ws_frame *frame,
                        uint64_t now)
{
    struct run_transcript_side *side = &transcript->side[ours];
    struct run_transcript_entry *entry = add(transcript, RUN_TRANSCRIPT_FRAME, ours, now);
    side->kept = true;
    side->entry = transcript->count - 1;
    entry->frame = *frame;
    entry->total = frame->length;
    /* Entries that may be dropped have payloads of one size, which the next can use. */
    size_t room = RUN_TRANSCRIPT_PAYLOAD;
    if (transcript->count <= RUN_TRANSCRIPT_FIRST && frame->length < room)
        room = (size_t)frame->length;
    uint8_t *data = transcript->spare;
    transcript->spare = NULL;
    entry->octets.data = data != NULL ? data : arena_alloc(&transcript->arena, room);
}

static void add_payload(struct run_transcript *transcript, bool ours, struct bytes payload)
{
    struct run_transcript_side *side = &transcript->side[ours];
    if (!side->kept)
        return;
    struct run_transcript_entry *entry = &transcript->entries[side->entry];
    entry->hash = bytes_hash(entry->hash, payload);
    size_t room = RUN_TRANSCRIPT_PAYLOAD - entry->octets.len;
    size_t len = payload.len < room ? payload.len : room;
    if (len > 0)
        memcpy((uint8_t *)(uintptr_t)entry->octets.data + entry->octets.len, payload.data, len);
    entry->octets.len += len;
}

static void add_violation(struct run_transcript *transcript, bool ours, enum ws_violation violation)
{
    struct run_transcript_side *side = &transcript->side[ours];
    if (!side->kept || transcript->entries[side->entry].violation != NULL)
        return;
    transcript->entries[side->entry].violation = ws_violation_sender_rule(violation);
}

void run_transcript_event(struct run_transcript *transcript, bool ours,
                          const struct ws_event *event, uint64_t now)
{
    switch (event->kind) {
    case WS_EVENT_FRAME:
        begin_frame(transcript, ours, &event->frame, now);
        return;
    case WS_EVENT_DATA: /* what was inflated did not stand on the wire */
        if (!event->inflated)
            add_payload(transcript, ours, event->payload);
        return;
    case WS_EVENT_DEFLATED:
    case WS_EVENT_CONTROL:
        add_payload(transcript, ours, event->payload);
        return;
    case WS_EVENT_VIOLATION:
        add_violation(transcript, ours, event->violation);
        return;
    case WS_EVENT_MESSAGE:
        return;
    }
}
