/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_READER_H
#define WSCONFORM_FUZZ_READER_H

#include "fuzz/oracle.h"

/* ws/reader.h as a parser that the oracles can drive. One is open at a time. */

/* In strict mode, as an endpoint reads. */
extern const struct oracle_parser reader_strict;

/* In the observer's mood: it goes on behind a failure. */
extern const struct oracle_parser reader_observing;

/* The same with permessage-deflate. */
struct slow_profile reader_profile_deflate(bool from_client, uint64_t message_max, bool takeover,
                                           unsigned window_bits);

/* What strict readers say, compared as closely as can be. */
struct slow_profile reader_profile(bool from_client, uint64_t message_max);

/* Frames begin behind so many octets: what the trace says of places counts from there. */
void reader_skip(size_t head);

/* The oracles for a stream of frames that need ws/frame.h and ws/mask.h: each header that was read,
 * written again, gives the octets that were read, and each payload masked again too; the lengths
 * that were told are those that came. */
void reader_round_trip(struct bytes in, const struct trace *trace);

/* The state that the last parser was left with, having read all of the input, fits the octets. */
void reader_check_state(const struct trace *trace, struct bytes in);

/* The observing reader says what the strict one says, and then perhaps more; and it passes the
 * same oracles. */
void reader_observe(const struct slow_profile *profile, struct bytes in, uint64_t hash,
                    unsigned every, const struct trace *strict);

/* Reading holds no memory. */
void reader_check_held(const struct slow_profile *profile, struct bytes in);

/* All of these on a stream of frames, the costly ones on a sample chosen by its hash. */
void reader_stream(const struct slow_profile *profile, struct bytes in, uint64_t hash);

#endif
