/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_FAULT_MASK_H
#define WSCONFORM_PEER_FAULT_MASK_H

#include "peer/quirk.h"

/* Faults of a client in masking. */
struct peer_quirk_list peer_fault_mask(void);

#endif
