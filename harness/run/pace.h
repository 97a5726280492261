/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_PACE_H
#define WSCONFORM_RUN_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The pauses between the pieces of what was cut on purpose. TCP keeps no borders: an endpoint that
 * has not read the first piece when the second comes reads both at once, and the case has shown
 * nothing (RFC 6455, 5.2: frames carry no alignment to segments). So each piece gets the time that
 * this endpoint needed for the opening handshake, a millisecond at least. Headers, where a parser
 * loses its place, have most of what a connection may spend. */
struct run_pace {
    uint64_t pause_us; /* one pause */
    uint64_t spent_us; /* in all pauses but the last */
    uint64_t since;    /* the last began */
    uint64_t until;    /* no piece before this; 0: there was no pause behind the last one */
};

/* The opening handshake took that long; 0: not known. */
void run_pace_init(struct run_pace *pace, uint64_t opening_us);

/* A piece of `len` octets went out at `now` and another follows; `in_header`: the first ends inside
 * the header of a frame. */
void run_pace_between(struct run_pace *pace, size_t len, bool in_header, uint64_t now);

/* True while the next piece has to wait. */
bool run_pace_holds(const struct run_pace *pace, uint64_t now);

#endif
