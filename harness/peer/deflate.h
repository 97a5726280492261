/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_DEFLATE_H
#define WSCONFORM_PEER_DEFLATE_H

#include "peer/quirk.h"

/* permessage-deflate (RFC 7692) of the built-in endpoints: a server takes the first offer that it
 * may take, a client offers it, and once it is agreed on echoes are compressed. */

/* Quirks of it: peer_quirk.deflate. */
enum peer_deflate {
    PEER_DEFLATE_NEVER = 1,   /* it is neither offered nor taken */
    PEER_DEFLATE_LAX,         /* offers are taken that the requirement is about */
    PEER_DEFLATE_IDLE,        /* echoes go out as they are */
    PEER_DEFLATE_FORGETS,     /* each message is inflated by itself */
    PEER_DEFLATE_REMEMBERS,   /* echoes refer to earlier ones in any case */
    PEER_DEFLATE_WIDE,        /* its window has 15 bits in any case */
    PEER_DEFLATE_KEEPS_TAIL,  /* the octets that 7.2.1 cuts off go out */
    PEER_DEFLATE_WITHOUT_BIT, /* compressed echoes have no RSV1 */
    PEER_DEFLATE_BIT_ONLY,    /* echoes with RSV1 are not compressed */
    PEER_DEFLATE_PIECES,      /* echoes go out in two fragments */
    PEER_DEFLATE_BITS,        /* both of them with RSV1 */
    PEER_DEFLATE_TAILS        /* the first of them is compressed by itself, and its tail cut off */
};

/* Adds the offer to a client's request. */
void peer_deflate_offer(struct peer_echo *echo);

/* Adds the answer to a request that is accepted. */
void peer_deflate_accept(struct peer_echo *echo, const struct ws_http_head *request,
                         struct buffer *answer);

/* Reads the answer to a client's request. False, with a complaint, if the client must fail the
 * connection. */
bool peer_deflate_read(struct peer_echo *echo, const struct ws_http_head *answer,
                       const struct ws_http_head *request);

/* Sends a message, compressed if that was agreed on. */
void peer_deflate_send(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                       struct bytes message);

void peer_deflate_free(struct peer_echo *echo);

#endif
