/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_VARIANT_CLIENT_H
#define WSCONFORM_PEER_VARIANT_CLIENT_H

#include "peer/quirk.h"

/* Variants of a client. The letters (A01 and so on) are those of docs/verdicts.md. */
struct peer_quirk_list peer_variant_client(void);

#endif
