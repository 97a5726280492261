/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_TRANSCRIPT_H
#define WSCONFORM_RUN_TRANSCRIPT_H

#include "base/arena.h"
#include "judge/grade.h"

/* What went over one connection, for people and for the report. Long payloads and long lists are
 * cut, and say so. */

enum {
    RUN_TRANSCRIPT_FIRST = 64,    /* entries that are kept from the start; behind them the last: */
    RUN_TRANSCRIPT_ENTRIES = 96,  /* kept in all; those between are only counted */
    RUN_TRANSCRIPT_PAYLOAD = 128, /* octets of a frame's payload that are kept */
    RUN_TRANSCRIPT_HEAD = 4096    /* octets of a handshake that are kept */
};

enum run_transcript_kind {
    RUN_TRANSCRIPT_HEAD_TEXT, /* a request or an answer: `octets` */
    RUN_TRANSCRIPT_FRAME,     /* `frame`; `octets`: its payload, unmasked */
    RUN_TRANSCRIPT_NOTE       /* `note`: an end, a wait */
};

struct run_transcript_entry {
    enum run_transcript_kind kind;
    bool ours;        /* we sent it */
    uint64_t time_us; /* since the connection began */
    struct ws_frame frame;
    struct bytes octets;   /* as far as it was kept */
    uint64_t total;        /* octets that there were */
    uint64_t hash;         /* FNV-1a of all of them */
    const char *violation; /* id of the sentence that the sender broke, or NULL */
    const char *note;
};

struct run_transcript {
    struct arena arena;
    bool of_client; /* with a client, and we are the server */
    struct run_transcript_entry *entries;
    size_t count;
    size_t capacity;
    size_t dropped; /* entries that were not kept: they stood behind the first ones */
    uint8_t *spare; /* memory for the payload of a dropped entry, to be used again */
    uint64_t start;
    /* The frame whose payload comes now, theirs and ours, and whether it is an entry. */
    struct run_transcript_side {
        bool kept;
        size_t entry;
    } side[2];
};

void run_transcript_free(struct run_transcript *transcript);

void run_transcript_head(struct run_transcript *transcript, bool ours, struct bytes text,
                         uint64_t now);
void run_transcript_event(struct run_transcript *transcript, bool ours,
                          const struct ws_event *event, uint64_t now);
/* `note` is static. */
void run_transcript_note(struct run_transcript *transcript, bool ours, const char *note,
                         uint64_t now);

#endif
