/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_ECHO_H
#define WSCONFORM_PEER_ECHO_H

#include "base/buffer.h"
#include "ws/url.h"

/* One connection of a strict echo endpoint, server or client, without I/O: octets of the other side
 * in, octets for it and the wish to end out. It sends each message back whole, in one frame of the
 * same type, and only when it is known to be valid. */
struct peer_echo;
struct peer_quirk;
struct peer_mask_source;

/* Which side it plays; together a set. */
enum peer_role { PEER_SERVER = 1, PEER_CLIENT = 2 };

struct peer_echo_options {
    enum peer_role role;
    size_t head_max;                /* octets in the head of the other side's handshake */
    uint64_t message_max;           /* octets in a message; more is refused with 1009 */
    const struct peer_quirk *quirk; /* what it does otherwise; NULL: nothing. Borrowed */
    /* A client's: */
    const struct ws_url *url;        /* whom it asks for what. Borrowed */
    uint64_t seed;                   /* of its key and of its masking keys */
    uint64_t number;                 /* connections of this client that came before */
    struct peer_mask_source *source; /* a quirk's, which all its connections share. Borrowed */
    struct buffer *heard;            /* messages go there and not back; NULL: back. Borrowed */
};

/* A server; 64 KiB and 64 MiB */
extern const struct peer_echo_options peer_echo_defaults;

/* The caller frees it with peer_echo_free (NULL is fine). */
struct peer_echo *peer_echo_new(const struct peer_echo_options *options);
void peer_echo_free(struct peer_echo *echo);

enum peer_echo_wish {
    PEER_ECHO_MORE, /* go on feeding */
    PEER_ECHO_END,  /* send what is in `out`, then a FIN; what still comes is ignored */
    PEER_ECHO_WAIT, /* of a client: as PEER_ECHO_END, but leave the first FIN to the server */
    /* only with a quirk: */
    PEER_ECHO_END_LATE, /* as PEER_ECHO_END, but let time go by before the FIN */
    PEER_ECHO_RESET,    /* send what is in `out`, then an RST */
    PEER_ECHO_DIE       /* end the process */
};

/* Appends what it has to say unasked when TCP is there: a client's request. */
void peer_echo_start(struct peer_echo *echo, struct buffer *out);

/* Takes octets of the other side, which it changes, and appends the answers to `out`. How the
 * octets are cut makes no difference to the answers. */
enum peer_echo_wish peer_echo_feed(struct peer_echo *echo, uint8_t *data, size_t len,
                                   struct buffer *out);

/* True if the answers to what was fed last should wait, as a quirk wants it. */
bool peer_echo_take_slow(struct peer_echo *echo);

/* True until the opening handshake is over. */
bool peer_echo_in_handshake(const struct peer_echo *echo);

/* True if the opening handshake ended well. */
bool peer_echo_opened(const struct peer_echo *echo);

/* What a client does not like about the answer, as half a sentence; NULL: nothing. */
const char *peer_echo_complaint(const struct peer_echo *echo);

/* True if a quirk leaves TCP open at its end, whatever the other side does. */
bool peer_echo_lingers(const struct peer_echo *echo);

#endif
