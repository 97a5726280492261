/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_PATIENCE_H
#define WSCONFORM_RUN_PATIENCE_H

#include "run/exchange.h"

/* How long the endpoint is waited for, and which hangs are believed. A deadline that passes makes a
 * suspect. When enough hangs of a kind have lasted for the long deadline, the kind is believed:
 * further ones get the short deadline only.
 *
 * A client that asks for its cases one after the other, and hangs in all of them, would still take
 * the short deadline for each. After RUN_PATIENCE_ROW hangs in a row, without an answer between
 * them, the deadline for what is believed is a haste: several times the longest that the endpoint
 * has ever taken to answer. Three things keep an endpoint that is only slow from being blamed:
 * any case that does not hang ends the haste; every RUN_PATIENCE_ROWth case is waited for as usual;
 * and if an answer is seen to take longer than the haste, the hangs that were said in haste since
 * the last one that was waited for as usual are taken back. */

enum { RUN_PATIENCE_ROW = 20 };

/* Ready with `settings` alone. */
struct run_patience {
    const struct run_settings *settings;
    unsigned confirmed[RUN_HANG_COUNT]; /* lasted for the long deadline, or came late */
    unsigned never[RUN_HANG_COUNT];     /* of these: it did not happen at all */
    unsigned row;                       /* cases that hung one behind the other */
    uint64_t answer_us;                 /* the longest that it took to answer, or 0 */
    uint64_t request_us;                /* and to send its request once it was connected */
    uint64_t haste_us;                  /* the shortest deadline of `hasty` and `unproved` */
    bool has_hasty;
    size_t hasty;                      /* the case that runs in haste */
    size_t unproved[RUN_PATIENCE_ROW]; /* hangs that were said in haste */
    size_t unproved_count;
};

/* True for the hangs in which TCP is not ended. */
bool run_patience_is_about_tcp(enum run_hang hang);

/* The deadline that confirms a hang of that kind. */
uint64_t run_patience_to_confirm(const struct run_patience *patience, enum run_hang hang);

/* A hang was tried again with that deadline. `never`: it lasted; else what was awaited came late.
 */
void run_patience_confirm(struct run_patience *patience, enum run_hang hang, bool never);

/* True if more hangs of that kind should be tried again while `under_way` of them are. */
bool run_patience_wants_more(const struct run_patience *patience, enum run_hang hang,
                             unsigned under_way);

/* True if no more proof is needed for hangs of that kind. */
bool run_patience_believes(const struct run_patience *patience, enum run_hang hang);

/* True if a suspect of that kind, not tried again itself, is to be taken for late: where TCP did
 * end in the long run. */
bool run_patience_takes_for_late(const struct run_patience *patience, enum run_hang hang);

/* The deadline of believed hangs for the case of that index, which a client has asked for. `alone`:
 * no other case runs. */
uint64_t run_patience_claim(struct run_patience *patience, size_t index, bool alone);

/* A case that a client asked for has ended. Returns how many hangs are taken back, whose indices
 * are in `refuted`. */
size_t run_patience_take(struct run_patience *patience, size_t index,
                         const struct run_result *result, size_t refuted[RUN_PATIENCE_ROW]);

#endif
