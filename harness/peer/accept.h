/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_ACCEPT_H
#define WSCONFORM_PEER_ACCEPT_H

#include "peer/echo.h"

/* The server's opening: reads the request and, as soon as it is whole, answers it and reads the
 * frames behind it. */
void peer_accept_read(struct peer_echo *echo, struct bytes octets, struct buffer *out);

#endif
