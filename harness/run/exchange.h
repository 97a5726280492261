/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_EXCHANGE_H
#define WSCONFORM_RUN_EXCHANGE_H

#include "run/party.h"
#include "run/result.h"
#include "run/settings.h"

/* One case on one connection, with a server or a client as the endpoint under test: the opening
 * handshake, a positive control where the case needs one, the steps, the fence, the verdict, and
 * the closing handshake. */

struct run_exchange;

/* A new exchange for the case, delivered in that way; all arguments are borrowed until it is freed.
 * `patience_us` is the deadline for each thing that the endpoint owes, `linger_us` how long after
 * the verdict it may take to end TCP. The caller frees it with run_exchange_free. */
struct run_exchange *run_exchange_new(const struct case_spec *spec, enum run_delivery delivery,
                                      const struct run_settings *settings, uint64_t patience_us,
                                      uint64_t linger_us);

/* With a client: lets a moment go by after both Closes before we end TCP, to see whether the client
 * waits for that (7.1.1). */
void run_exchange_watch_end(struct run_exchange *exchange);

/* The exchange as a party of a connection; borrowed from it. */
struct run_party run_exchange_party(struct run_exchange *exchange);

/* What came of it, after it wanted to close. The transcript moves to the caller, who frees it. */
struct run_result run_exchange_take(struct run_exchange *exchange);

void run_exchange_free(struct run_exchange *exchange); /* NULL is fine */

#endif
