/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_INTERNAL_H
#define WSCONFORM_RUN_INTERNAL_H

#include "run/acceptance.h"
#include "run/exchange.h"
#include "run/opening.h"
#include "run/pace.h"
#include "run/sender.h"

/* An exchange, for the files of this room only. */

enum run_phase {
    PHASE_OPENING, /* request and answer of the opening handshake */
    PHASE_CONTROL, /* a marker proves that the connection works */
    PHASE_STEPS,
    PHASE_SETTLE,  /* all is sent: what does the endpoint make of it? */
    PHASE_FENCE,   /* a marker is out that shows that all before it was read */
    PHASE_REFUSAL, /* a client got an answer that it must not take: does it? */
    PHASE_PARTING, /* our direction is ended, for a client that waits for that */
    PHASE_CLOSING, /* the verdict stands; the connection is ended in good order */
    PHASE_OVER
};

struct run_exchange {
    const struct case_spec *spec;
    const struct run_settings *settings;
    struct judge_outcome outcome;
    enum run_phase phase;
    uint64_t patience_us;
    uint64_t linger_us;
    uint64_t born;
    uint64_t now;
    uint64_t since;                   /* the last progress */
    uint64_t cap_us;                  /* what the whole exchange may take */
    struct run_opening opening;       /* if a server is tested */
    struct run_acceptance acceptance; /* if a client is */
    bool opened;                      /* the 101 came, or our answer is out */
    uint64_t hold_until;              /* nothing more of our answer, or of our request, goes out */
    struct run_sender sender;
    struct run_pace pace;
    bool half_closed;
    struct ws_reader reader;
    struct judge_match match;
    enum ws_violation close_violation;
    enum judge_end end;
    uint64_t received;
    uint64_t frames;      /* that came */
    struct buffer masks;  /* their masking keys, one behind the other */
    uint64_t closed_at;   /* when their Close came */
    uint64_t wrote_at;    /* our last write */
    bool watch;           /* who ends TCP after both Closes */
    bool closing;         /* our Close is out or queued */
    bool alive;           /* the fence came back */
    const char *own_text; /* how it broke the sentence that this very case is about, or NULL */
    struct run_result result;
};

#endif
