/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_FAULT_MESSAGE_H
#define WSCONFORM_PEER_FAULT_MESSAGE_H

#include "peer/quirk.h"

/* Faults of messages, of text, and of pings and pongs. */
struct peer_quirk_list peer_fault_message(void);

#endif
