/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_HANDSHAKE_H
#define WSCONFORM_WS_HANDSHAKE_H

#include "base/buffer.h"
#include "ws/http.h"

/* The opening handshake (RFC 6455, section 4), both sides. */

enum { WS_KEY_SIZE = 24, WS_ACCEPT_SIZE = 28 };

/* The key for 16 octets of nonce: base64, 24 characters and a NUL (RFC 6455, 4.1 item 7). */
void ws_handshake_key(char out[WS_KEY_SIZE + 1], const uint8_t nonce[16]);

/* The proof for a key as it was received (RFC 6455, 4.2.2 item 5.4): base64 of the SHA-1 of the
 * key and the GUID, 28 characters and a NUL. */
void ws_handshake_accept(char out[WS_ACCEPT_SIZE + 1], struct bytes key);

/* True if `key` is base64 of exactly 16 octets with zero pad bits (4.2.1 item 5, erratum 3150). */
bool ws_handshake_key_valid(struct bytes key);

/* The 16 octets that such a key stands for. Returns false if it is none. */
bool ws_handshake_nonce(uint8_t out[16], struct bytes key);

/* True for the base64-value-non-empty of 4.3. */
bool ws_handshake_base64_valid(struct bytes text);

/* A strict server's answer to a request: 101, or the status of the refusal and the rule of the
 * requirement catalogue that the request broke. */
struct ws_handshake_decision {
    unsigned status;  /* 101, 400, 405, 426 or 505 */
    const char *rule; /* "RFC6455-4.2.1-14", NULL with 101. Static */
    const char *text; /* half a sentence for people, NULL with 101. Static */
    struct bytes key; /* with 101; borrowed from the head */
};
struct ws_handshake_decision ws_handshake_judge_request(const struct ws_http_head *request);

/* Appends the answer of a server that names no subprotocol and no extension. A refusal with 426
 * says the version and the protocol that it wants (4.4; RFC 9110, 15.5.22); any refusal closes. */
void ws_handshake_write_answer(struct buffer *out, const struct ws_handshake_decision *decision);

/* What a client offered, for the checks of an answer. */
struct ws_handshake_offer {
    struct bytes key;
    const struct ws_http_head *request; /* its Sec-WebSocket-Protocol and -Extensions count */
};

/* Called for each sentence that an answer breaks: the rule and half a sentence. */
typedef void ws_handshake_report(void *context, const char *rule, const char *text);

/* Checks a 101 answer as a strict client and a harness do (4.1, checks 1 to 6, and the rules of
 * 4.2.2 for the server) and reports everything that is wrong. Returns true if nothing is that
 * would make a client fail the connection (4.1). */
bool ws_handshake_judge_answer(const struct ws_http_head *answer,
                               const struct ws_handshake_offer *offer, ws_handshake_report *report,
                               void *context);

/* Checks an answer that refuses, and reports what is wrong with it: a 426 without Upgrade, a 401
 * without a challenge, and,
 * when the request named a version other than 13, the lack of a Sec-WebSocket-Version that lists 13
 * (4.4). */
void ws_handshake_judge_refusal(const struct ws_http_head *answer, bool version_was_wrong,
                                ws_handshake_report *report, void *context);

#endif
