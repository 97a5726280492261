/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_ADAPTER_H
#define WSCONFORM_ADAPTER_H

/* How any parser of WebSocket frames is fuzzed with the oracles of this room. An adapter is a
 * source that defines the four functions and the profile below, calls the sink, and is linked with
 * the parser, the driver (`make fuzz-driver`) and libFuzzer. ws.c is the shortest one.
 * docs/fuzzing.md tells it step by step. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where the parser's events go, in the order in which it gives them. The octets are copied. */
struct wsconform_sink;

/* A message is whole, joined from its fragments and unmasked. */
void wsconform_sink_message(struct wsconform_sink *sink, bool is_text, const void *octets,
                            size_t len);
void wsconform_sink_ping(struct wsconform_sink *sink, const void *payload, size_t len);
void wsconform_sink_pong(struct wsconform_sink *sink, const void *payload, size_t len);

/* A Close frame came. `code` is 1005 if it has no body. A parser that puts up with a body of one
 * octet gives 0 and the octet as the reason. */
void wsconform_sink_close(struct wsconform_sink *sink, unsigned code, const void *reason,
                          size_t len);

/* The parser fails the connection, with this close code. 0 if it does not say: then the profile
 * has `any-code`. */
void wsconform_sink_fail(struct wsconform_sink *sink, unsigned code);

/* --- what the adapter defines ------------------------------------------------------------------
 */

/* Words with blanks between them: where the parser differs from the strictest reading of the RFC
 * and the RFC lets it, or where it is known to be wrong and the search shall go on behind that.
 * The list is in docs/fuzzing.md; "" is the strictest parser of both roles. Asked once. */
const char *wsconform_profile(void);

/* A parser for the frames behind a finished opening handshake, without extensions. A server's
 * parser reads what a client sends: masked frames. Never NULL. */
void *wsconform_open(bool is_server, struct wsconform_sink *sink);

/* Octets came from the other side, at least one. They may be changed in place and are freed after
 * the call. All events that they cause are given before wsconform_close returns. After a failure
 * or a Close more octets may come, and nothing may come of them. */
void wsconform_feed(void *parser, uint8_t *octets, size_t len);

/* The other side ended TCP. Failing without a Close frame, or reporting code 1006, is what parsers
 * do then and is no event; anything else that it makes of its input now is. */
void wsconform_eof(void *parser);

/* Frees the parser. */
void wsconform_close(void *parser);

#ifdef __cplusplus
}
#endif

#endif
