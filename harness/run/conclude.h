/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_CONCLUDE_H
#define WSCONFORM_RUN_CONCLUDE_H

#include "run/internal.h"

/* The verdict of an exchange. */

/* Judges what was seen so far, once and for all; what remains is to close the connection. */
void run_conclude_judge(struct run_exchange *x);

/* The case could not be asked. `why` is half a sentence; what was seen is added. */
void run_conclude_skip(struct run_exchange *x, const char *why);

/* The endpoint does without what the case is about: the connection is closed in good order. */
void run_conclude_unagreed(struct run_exchange *x);

/* Ends with a verdict that nothing on the connection led to. */
void run_conclude_give(struct run_exchange *x, enum judge_verdict verdict);

/* Notes how the closing handshake stands. */
void run_conclude_close(struct run_exchange *x);

/* True if the case is about the answer to the handshake, be it good or bad. */
bool run_conclude_is_about_handshake(const struct run_exchange *x);

/* True if the case gives a client an answer that it must not take. */
bool run_conclude_refuses(const struct run_exchange *x);

#endif
