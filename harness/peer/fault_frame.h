/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_FAULT_FRAME_H
#define WSCONFORM_PEER_FAULT_FRAME_H

#include "peer/quirk.h"

/* Faults of reading frames. */
struct peer_quirk_list peer_fault_frame(void);

#endif
