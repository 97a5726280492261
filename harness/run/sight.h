/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_SIGHT_H
#define WSCONFORM_RUN_SIGHT_H

#include "run/internal.h"

/* The sentences that an endpoint breaks on a connection, whatever the case is about. What it does
 * on every connection is judged once for the run, not in each case. */

/* Notes a broken sentence. If the case is about it, it decides the case; what a plain handshake
 * already broke is charged to the run alone. `context` is a struct run_exchange. */
void run_sight_rule(void *context, const char *rule, const char *text);

/* The same for the answer of a server to a handshake that was to be refused: that it was accepted
 * is what is wrong, not how. */
void run_sight_in_answer(void *context, const char *rule, const char *text);

/* A violation in what the endpoint sent. */
void run_sight_violation(struct run_exchange *x, enum ws_violation violation);

/* Notes an answer that comes long after what it answers. */
void run_sight_late_answer(struct run_exchange *x, const struct ws_event *event);

/* A client ended TCP after the closing handshake, which it should leave to the server. */
void run_sight_early_end(struct run_exchange *x);

/* How it ended the connection, when that is known. */
void run_sight_behaviour(struct run_exchange *x);

#endif
