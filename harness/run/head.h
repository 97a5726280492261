/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_HEAD_H
#define WSCONFORM_RUN_HEAD_H

#include "run/compose.h"
#include "ws/http.h"

/* The heads of the opening handshake as we send them: legal ones (RFC 6455, 4.1 and 4.2.2) with
 * the edits of a case. */

/* Appends the request to `target`, cut into writes. `edits` may be NULL; `key` is the value of
 * Sec-WebSocket-Key, `extensions` that of Sec-WebSocket-Extensions ("": there is none). */
void run_head_request(struct run_script *script, const struct run_target *target,
                      const struct case_head *edits, const char *key, const char *extensions,
                      struct random *random);

/* Appends the answer to `request`, cut into writes. It names the first subprotocol that was
 * offered, since browsers insist on one, and the `extensions` that were agreed on ("": none). A
 * request without a key gets the proof of an empty one. */
void run_head_answer(struct run_script *script, const struct ws_http_head *request,
                     const struct case_head *edits, const char *extensions, struct random *random);

#endif
