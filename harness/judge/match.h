/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_JUDGE_MATCH_H
#define WSCONFORM_JUDGE_MATCH_H

#include "judge/ledger.h"

/* What came back, held against the ledger: echoes in order and octet by octet (RFC 6455, 5.4 and
 * 6.2), pongs as 5.5.3 allows (in order, all but the last may be missing), a Close. */
struct judge_match {
    const struct judge_ledger *ledger;
    bool echoes;         /* the endpoint returns messages; if not, its messages mean nothing */
    unsigned foreign;    /* messages that may come unasked: a greeting, other people's */
    size_t next_message; /* index of the item whose echo is due */
    size_t next_pong;    /* pings before this index were answered, or need it no more */
    /* the message that is being received */
    uint64_t received;
    uint64_t same; /* octets equal to the item that is due, from its start */
    uint64_t hash;
    /* what was found */
    uint64_t messages;
    bool close_seen;
    bool close_replies;    /* a Close of ours was sent before it */
    struct ws_close close; /* their first Close; the reason is borrowed from `reason` */
    uint8_t reason[WS_CONTROL_MAX];
    bool processed;  /* answered something at or behind our violation */
    bool late;       /* answered something that was sent behind our Close */
    char wrong[160]; /* the first thing that no endpoint may send here, or "" */
};

/* `ledger` is borrowed and may go on growing. */
void judge_match_init(struct judge_match *match, const struct judge_ledger *ledger, bool echoes,
                      unsigned foreign);

/* Takes an event of the reader that observes what the endpoint sends. */
void judge_match_event(struct judge_match *match, const struct ws_event *event);

/* True if every complete message of the ledger that may be processed was echoed. */
bool judge_match_echoes_done(const struct judge_match *match);

/* True if the last such ping was answered. */
bool judge_match_pongs_done(const struct judge_match *match);

#endif
