/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_REPLY_H
#define WSCONFORM_DRIVE_REPLY_H

#include "base/buffer.h"
#include "base/random.h"
#include "run/party.h"
#include "ws/http.h"

/* Our answer to a client that wants to know or have something, and is not tested by it: a WebSocket
 * connection with at most one text message and an empty Close, or a page over HTTP. */
struct drive_reply;

/* What the message is to say, as soon as that is known: appends it to `text` and returns true.
 * Asked again after each drive_connection_poke. */
typedef bool drive_reply_ask(void *context, struct buffer *text);

/* A WebSocket connection: the handshake, the message that `ask` gives (NULL: none), an empty Close,
 * the end. The caller frees it with drive_reply_free. */
struct drive_reply *drive_reply_new_message(const struct ws_http_head *request,
                                            drive_reply_ask *ask, void *context);

/* An HTTP answer and the end. `status` is as in "404 Not Found". */
struct drive_reply *drive_reply_new_page(const char *status, const char *type, struct bytes body);

/* The reply as a party, which is to see all octets of the connection, the request too. */
struct run_party drive_reply_party(struct drive_reply *reply);

void drive_reply_free(struct drive_reply *reply); /* NULL is fine */

#endif
