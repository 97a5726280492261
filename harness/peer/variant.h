/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_VARIANT_H
#define WSCONFORM_PEER_VARIANT_H

#include "peer/quirk.h"

/* Variants: what the RFC permits, though few do it. The letters (A01 and so on) are those of
 * docs/verdicts.md. */
struct peer_quirk_list peer_variant(void);

#endif
