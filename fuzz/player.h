/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_PLAYER_H
#define WSCONFORM_FUZZ_PLAYER_H

#include "fuzz/oracle.h"
#include "run/party.h"

/* An endpoint whose behaviour is the input: each octet is something to do (fuzz/player.c lists
 * what), some with octets of the input behind it. Behind the end of the input it is silent for
 * ever. Time is a number that jumps from deadline to deadline. */
struct player_outcome {
    uint64_t now;   /* when the party was done; it began at PLAYER_START */
    uint64_t waits; /* deadlines that passed */
};

enum { PLAYER_START = 1000000 };

/* Plays until the party is done, and checks what run/party.h promises: that it waits for something
 * that is still to come, writes something when it writes and not while a write is under way, is
 * done at last, and wants nothing any more then. `of_client`: the endpoint is a client, so it
 * begins. `idle` (may be NULL) is called whenever the party waits. */
struct player_outcome player_play(struct run_party party, bool of_client, struct bytes input,
                                  void (*idle)(void *context), void *context);

/* Behind the end of player_play: octets and an end that come late must not bring the party back to
 * life. */
void player_disturb(uint64_t now);

#endif
