/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_ASK_H
#define WSCONFORM_PEER_ASK_H

#include "peer/echo.h"

/* The client's opening. */

/* Appends the request. */
void peer_ask_send(struct peer_echo *echo, struct buffer *out);

/* Reads the answer and, if it is the right one, the frames behind it. */
void peer_ask_read(struct peer_echo *echo, struct bytes octets, struct buffer *out);

#endif
