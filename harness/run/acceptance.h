/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_ACCEPTANCE_H
#define WSCONFORM_RUN_ACCEPTANCE_H

#include "run/head.h"
#include "run/opening.h"
#include "run/transcript.h"
#include "ws/handshake.h"

/* The opening handshake of one connection, as the server: the request of a client under test, and
 * our answer to it. A zeroed struct is ready. */
struct run_acceptance {
    struct buffer in; /* octets that are not read yet */
    size_t scanned;
    char agent[RUN_OPENING_AGENT_MAX]; /* the User-Agent field, escaped, or "" */
    bool answered;                     /* the answer stands in the script */
    struct run_agreement agreement;    /* what it agrees to */
};

/* Reads on in the request and, when it is whole, appends the answer that the case wants to
 * `script`, and to the transcript both. Broken sentences of the request are reported. WS_ITEM:
 * run_acceptance_rest holds what came behind the request. WS_BAD: it is no request at all. */
enum ws_status run_acceptance_take(struct run_acceptance *acceptance, struct bytes octets,
                                   const struct run_settings *settings,
                                   const struct case_spec *spec, struct run_script *script,
                                   struct random *random, struct run_transcript *transcript,
                                   uint64_t now, ws_handshake_report *report, void *context);

/* Octets that a client sent behind its request: frames. They may be changed. */
struct buffer *run_acceptance_rest(struct run_acceptance *acceptance);

void run_acceptance_free(struct run_acceptance *acceptance);

#endif
