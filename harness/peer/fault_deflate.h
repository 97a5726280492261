/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_FAULT_DEFLATE_H
#define WSCONFORM_PEER_FAULT_DEFLATE_H

#include "peer/quirk.h"

/* Faults of permessage-deflate. */
struct peer_quirk_list peer_fault_deflate(void);

#endif
