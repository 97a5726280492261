/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_REQUEST_H
#define WSCONFORM_PEER_REQUEST_H

#include "peer/quirk.h"

/* Quirks of a client's request. In their texts {host} stands for what the Host field says, {name}
 * for the same without the port, {key} for the key. */

/* peer_quirk_ask: puts `instead` for `text`. */
peer_quirk_ask peer_request_replace;

/* peer_quirk_ask: puts `instead` in front of the empty line. */
peer_quirk_ask peer_request_add;

/* peer_quirk_ask: keeps `n` characters of the key and puts `instead` behind them. */
peer_quirk_ask peer_request_key;

/* peer_quirk_ask: the key is the number of the connection. */
peer_quirk_ask peer_request_count;

/* peer_quirk_ask: sends a frame with the opcode `n` behind the request at once. */
peer_quirk_ask peer_request_hurry;

#endif
