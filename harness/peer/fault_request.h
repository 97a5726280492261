/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_FAULT_REQUEST_H
#define WSCONFORM_PEER_FAULT_REQUEST_H

#include "peer/quirk.h"

/* Faults of a client's request. */
struct peer_quirk_list peer_fault_request(void);

#endif
