/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_FAULT_HANDSHAKE_H
#define WSCONFORM_PEER_FAULT_HANDSHAKE_H

#include "peer/quirk.h"

/* Faults of the opening handshake. */
struct peer_quirk_list peer_fault_handshake(void);

#endif
