/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_DELIVERY_H
#define WSCONFORM_RUN_DELIVERY_H

#include "run/compose.h"

/* How the octets of a case reach the endpoint. A verdict must not depend on it: frames carry no
 * alignment to TCP segments (RFC 6455, 5.2). */
enum run_delivery {
    RUN_DELIVERY_WHOLE,   /* as the case says */
    RUN_DELIVERY_OCTETS,  /* octet by octet, the request too */
    RUN_DELIVERY_HEADERS, /* cut inside and behind every frame header */
    RUN_DELIVERY_SLOW,    /* to an endpoint whose answers are read slowly */
    RUN_DELIVERY_COUNT
};

/* "whole", "octets", "headers", "slow". Static. */
const char *run_delivery_name(enum run_delivery delivery);

/* True if the case can be delivered in that way and it makes a difference. */
bool run_delivery_fits(enum run_delivery delivery, const struct case_spec *spec);

/* Cuts the writes of a script anew. `framed`: it holds frames, not a request. */
void run_delivery_cut(struct run_script *script, enum run_delivery delivery, bool framed);

#endif
