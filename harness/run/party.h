/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_PARTY_H
#define WSCONFORM_RUN_PARTY_H

#include "base/bytes.h"
#include "judge/grade.h"

/* Our side of one connection, as the network sees it: octets, ends and ticks go in; octets and
 * deadlines come out. A case (run/exchange.h) and a probe (run/probe.h) are parties. Times are
 * microseconds on one clock that the caller chooses. */

enum run_want {
    RUN_WANT_WAIT,       /* until something happens, at the latest until `deadline` */
    RUN_WANT_WRITE,      /* send `octets` in one write */
    RUN_WANT_HALF_CLOSE, /* end our direction */
    RUN_WANT_CLOSE       /* close the connection: the party is done */
};

struct run_action {
    enum run_want want;
    struct bytes octets; /* WRITE: borrowed until the next call */
    uint64_t deadline;   /* WAIT */
};

struct run_party {
    void *self;
    /* The connection stands. */
    void (*opened)(void *self, uint64_t now);
    /* Octets came; they may be changed. */
    void (*bytes)(void *self, uint8_t *data, size_t len, uint64_t now);
    /* Nothing more will come; JUDGE_END_OPEN means that no connection could be made. */
    void (*ended)(void *self, enum judge_end end, uint64_t now);
    /* What to do now. Called again after each event, and after each action but WAIT was done. While
     * a write is under way (`can_write` is false) the answer is WAIT or CLOSE. */
    struct run_action (*next)(void *self, uint64_t now, bool can_write);
};

#endif
