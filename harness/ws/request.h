/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_REQUEST_H
#define WSCONFORM_WS_REQUEST_H

#include "ws/handshake.h"

/* The opening request of a client, held against RFC 6455, 4.1. */

/* What the client was told; NULL where nobody knows (it may have come through a proxy, or under
 * another name). */
struct ws_request_expected {
    const char *host;   /* the Host field: "127.0.0.1:9001", "[::1]:9001", "example.org" */
    const char *target; /* the resource name: "/chat?a=b" */
};

/* Reports each sentence that the request breaks, by the row of the requirement catalogue that says
 * it most narrowly, and only that one: a key that is missing is not also malformed. The names of
 * the loopback interface stand for each other in Host. What a client may send or leave out is not
 * reported (an Origin of its own choice, unknown fields and extensions, content). Rules and texts
 * are static. */
void ws_request_check(const struct ws_http_head *request,
                      const struct ws_request_expected *expected, ws_handshake_report *report,
                      void *context);

#endif
