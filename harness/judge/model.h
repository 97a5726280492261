/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_JUDGE_MODEL_H
#define WSCONFORM_JUDGE_MODEL_H

#include "base/bytes.h"

/* An executable model of RFC 6455: what an endpoint that was sent these octets after the opening
 * handshake owes, and what it may do. Written from the RFC alone, one frame after the other over
 * the whole input, and deliberately without ws/: the two check each other, and the cases check
 * both. It knows no extension. */

enum judge_model_end {
    JUDGE_MODEL_LIVES,    /* nothing ends the connection */
    JUDGE_MODEL_FAILS,    /* it must fail the connection: 7.1.7 */
    JUDGE_MODEL_CLOSES,   /* it received a Close and owes one: 5.5.1 */
    JUDGE_MODEL_ODD_CLOSE /* a Close that it may answer or fail: A07, A08, A09 */
};

enum { JUDGE_MODEL_MESSAGES_MAX = 2048 };

struct judge_model_message {
    bool text;
    uint64_t length;
    uint64_t hash; /* FNV-1a of the payload */
    bool odd;      /* behind a length that is not minimal, which it may refuse (A36) */
};

struct judge_model {
    enum judge_model_end end;
    unsigned code;    /* FAILS: the Close code that fits best (7.4.1) */
    const char *rule; /* FAILS: the sentence that was broken, as an id of the catalogue */
    size_t at;        /* FAILS: octets up to and including the frame that breaks it */
    /* Echoes that it owes, in order, before the end. */
    struct judge_model_message messages[JUDGE_MODEL_MESSAGES_MAX];
    size_t message_count;
    size_t pings;     /* received before the end; the last of them needs a pong (5.5.3) */
    bool may_fail;    /* something was received that it may refuse or overlook (A36) */
    bool unfinished;  /* the octets end inside a frame or a message */
    bool more_behind; /* octets stand behind a Close: ignored, or a reason to fail (A14) */
};

/* Fills the model. `to_server`: the octets are a client's, which must be masked (5.1). */
void judge_model_derive(struct judge_model *model, struct bytes octets, bool to_server);

#endif
