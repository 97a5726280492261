/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_OPENING_H
#define WSCONFORM_RUN_OPENING_H

#include "run/agreement.h"
#include "run/head.h"
#include "run/transcript.h"
#include "ws/handshake.h"

/* The opening handshake of one connection, as the client: the request as it is sent, and the
 * answer as it comes in. */
enum { RUN_OPENING_AGENT_MAX = 128, RUN_OPENING_NOT_HTTP = 1 /* stands for a status */ };

struct run_opening {
    char key[WS_KEY_SIZE + 1];
    struct buffer request;
    struct buffer answer; /* octets that are not read yet */
    size_t scanned;
    char agent[RUN_OPENING_AGENT_MAX]; /* the Server field of the final answer, escaped, or "" */
    unsigned status;                /* of the final answer; 0: none yet, or RUN_OPENING_NOT_HTTP */
    struct run_agreement agreement; /* what the answer agrees to */
};

/* Appends the writes of the request that a case wants (NULL: a plain one) to `script`. */
void run_opening_init(struct run_opening *opening, struct run_script *script,
                      const struct run_target *target, const struct case_spec *spec,
                      struct random *random);

/* Reads on in the answer, past informational ones (RFC 9110, 15.2), and records its heads in the
 * transcript. Broken sentences of the final answer are reported. Returns true once `status` is
 * known; run_opening_rest then holds what came behind the answer. */
bool run_opening_take(struct run_opening *opening, struct bytes octets,
                      struct run_transcript *transcript, uint64_t now, ws_handshake_report *report,
                      void *context);

/* Octets behind the final answer's head: the first frames, or an HTTP body. They may be changed. */
struct buffer *run_opening_rest(struct run_opening *opening);

void run_opening_free(struct run_opening *opening);

#endif
