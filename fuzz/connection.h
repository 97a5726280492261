/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_CONNECTION_H
#define WSCONFORM_FUZZ_CONNECTION_H

#include "fuzz/reader.h"
#include "fuzz/slow_http.h"
#include "ws/http.h"

/* One direction of a whole connection, from the opening handshake on: ws/http.h, ws/handshake.h and
 * then ws/reader.h, joined as an endpoint joins them. */

enum { CONNECTION_HEAD_MAX = 4096 };

/* Heads begin with a capital letter ("GET", "HTTP"). A frame that did would have a reserved bit set
 * and no FIN; an input that does not begin so is taken for the frames of an open connection. */
bool connection_has_head(struct bytes in);

/* A server that reads a request and then a client's frames. */
extern const struct oracle_parser connection_server;

/* A client that reads the answer to connection_request and then a server's frames. */
extern const struct oracle_parser connection_client;

/* The request of that client, whole, and what it offers. Static. */
struct bytes connection_request(void);
extern const struct slow_http_offer connection_offer;

/* Compares a head as ws/http.h read it with the slow parser's. */
void connection_compare_head(const struct ws_http_head *head, const struct slow_http_head *wanted);

/* All oracles for one direction of a connection. */
void connection_stream(const struct oracle_parser *parser, bool from_client, struct bytes in);

#endif
