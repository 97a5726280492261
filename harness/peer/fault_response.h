/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_FAULT_RESPONSE_H
#define WSCONFORM_PEER_FAULT_RESPONSE_H

#include "peer/quirk.h"

/* Faults of a client in judging the answer to its request. */
struct peer_quirk_list peer_fault_response(void);

#endif
