/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_INTAKE_H
#define WSCONFORM_RUN_INTAKE_H

#include "run/internal.h"

/* What comes in on the connection of an exchange: the answer of a server or the request of a
 * client, and then frames, which may stand in the same segment. */

/* Takes octets, which are unmasked in place. Control frames are answered; a flood is a finding. */
void run_intake_take(struct run_exchange *x, uint8_t *data, size_t len);

/* Leaves PHASE_OPENING if the opening handshake is done on both sides: with a server, when its
 * answer has come and our request is out, with a client, when our answer is out. */
void run_intake_begin(struct run_exchange *x);

#endif
