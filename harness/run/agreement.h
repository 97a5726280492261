/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_AGREEMENT_H
#define WSCONFORM_RUN_AGREEMENT_H

#include "case/spec.h"
#include "ws/deflate.h"
#include "ws/permessage.h"

/* permessage-deflate on one connection (RFC 7692): what a case asks of the endpoint, what came of
 * it, and what compresses and inflates accordingly. A zeroed struct has no agreement. */
struct run_agreement {
    struct ws_permessage terms;
    struct ws_deflate_packer *packer;     /* of our messages; NULL: nothing is agreed on */
    struct ws_deflate_unpacker *sent;     /* reads what we sent */
    struct ws_deflate_unpacker *received; /* reads what the endpoint sends */
};

/* Appends the offers of a case to a server under test, as the value of Sec-WebSocket-Extensions;
 * nothing if it has none. Whatever the server asks of our own compressor is welcome. */
void run_agreement_offer(struct buffer *out, const struct case_spec *spec);

/* Reads the answer of a server. Broken sentences are reported. */
void run_agreement_read(struct run_agreement *agreement, const struct ws_http_head *answer,
                        const struct ws_http_head *request, ws_handshake_report *report,
                        void *context);

/* Chooses among the offers of a client under test the first form of the case that one of them
 * allows, and appends our answer to it as the value of Sec-WebSocket-Extensions; nothing if there
 * is none. */
void run_agreement_choose(struct run_agreement *agreement, const struct case_spec *spec,
                          const struct ws_http_head *request, struct buffer *out);

/* As if the endpoint had taken the first form of the case, if it has one. */
void run_agreement_assume(struct run_agreement *agreement, const struct case_spec *spec,
                          bool as_client);

void run_agreement_free(struct run_agreement *agreement);

#endif
