/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_WSLAY_H
#define WSCONFORM_FUZZ_WSLAY_H

#include "fuzz/oracle.h"

/* A parser of somebody else's: libwslay. Where the build found none, nothing is compared. */

/* libwslay as a parser that the oracles can drive; NULL without libwslay. */
extern const struct oracle_parser *const wslay_parser;

/* What libwslay lets pass and says otherwise, where the RFC leaves it room. */
struct slow_profile wslay_profile(bool from_client);

/* Runs the frames through libwslay and compares what it says with the slow parser, as closely as
 * its profile allows. `profile`: whose frames they are. */
void wslay_compare(const struct slow_profile *profile, struct bytes in);

#endif
