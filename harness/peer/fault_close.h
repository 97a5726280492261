/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_FAULT_CLOSE_H
#define WSCONFORM_PEER_FAULT_CLOSE_H

#include "peer/quirk.h"

/* Faults of the closing handshake and of failing a connection. */
struct peer_quirk_list peer_fault_close(void);

#endif
