/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_PERMESSAGE_H
#define WSCONFORM_WS_PERMESSAGE_H

#include "base/buffer.h"
#include "ws/handshake.h"
#include "ws/http.h"

/* What the two sides agree on about permessage-deflate (RFC 7692, 7.1). */

#define WS_PERMESSAGE_NAME "permessage-deflate"

struct ws_permessage {
    bool server_no_context_takeover;
    bool client_no_context_takeover;
    unsigned server_max_window_bits; /* 8 to 15; 0: not named, which means 15 */
    unsigned client_max_window_bits; /* the same; in an offer also WS_PERMESSAGE_NO_VALUE */
};
enum { WS_PERMESSAGE_NO_VALUE = 1 }; /* client_max_window_bits of an offer without a value */

/* Appends the element as it stands in Sec-WebSocket-Extensions. */
void ws_permessage_write(struct buffer *out, const struct ws_permessage *element);

/* The next offer of permessage-deflate in a request that 7 and 7.1 let a server accept; from a
 * zeroed cursor on. False: there is none left. */
bool ws_permessage_next_offer(const struct ws_http_head *request, struct ws_http_cursor *cursor,
                              struct ws_permessage *offer);

/* What a server that supports everything answers to an offer: what was asked of it, and no more.
 */
struct ws_permessage ws_permessage_accept(const struct ws_permessage *offer);

/* Checks the permessage-deflate elements of a request (`rule` and `text` as for
 * ws_handshake_judge_answer): 7.1.2.1, 7.1.2.2 and 7 bind the client. Returns true if nothing is
 * wrong or there is no such element. */
bool ws_permessage_judge_request(const struct ws_http_head *request, ws_handshake_report *report,
                                 void *context);

/* Checks the permessage-deflate element of a 101 answer to a request, and reports what is wrong (5,
 * 7, 7.1). True: the extension is agreed on and `agreed` says how. False: it is not named, or so
 * wrongly that a client fails the connection. Not reported: that it was not offered at all
 * (ws_handshake_judge_answer does). Reported with True: that the offers were to be declined, or
 * that a server_max_window_bits of 15 is not returned. */
bool ws_permessage_judge_answer(const struct ws_http_head *answer,
                                const struct ws_http_head *request, struct ws_permessage *agreed,
                                ws_handshake_report *report, void *context);

#endif
