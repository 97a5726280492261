/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_INTERNAL_H
#define WSCONFORM_PEER_INTERNAL_H

#include "peer/quirk.h"
#include "peer/wire.h"

/* An echo connection, for the files of this room only. */

enum { PEER_BORDERS_MAX = 64 };

struct peer_echo {
    struct peer_echo_options options;
    enum { PEER_IN_HANDSHAKE, PEER_OPEN, PEER_ENDED } phase;
    enum peer_quirk_end ended; /* why, once it has */
    struct buffer head;        /* the request as far as it has come */
    size_t scanned;
    struct ws_reader reader;
    struct buffer message;

    /* The rest is for quirks. */
    struct peer_wire wire;
    struct buffer cooked; /* the client's octets as the wire hooks leave them */
    struct buffer held;   /* answers that are held back */
    bool in_message;
    bool holds; /* something is in `held`, or is to be */
    bool slow;
    uint64_t fragments;
    uint64_t frames;
    uint64_t messages;
    uint64_t pings; /* in this read */
    size_t border_count;
    size_t borders[PEER_BORDERS_MAX]; /* where fragments of the message begin */
};

/* Writes a frame of any kind. Its length is taken from the payload; a masked one has its payload
 * masked. */
void peer_echo_send_frame(struct buffer *out, struct ws_frame frame, struct bytes payload);

/* Writes a whole frame that is fit to send. */
void peer_echo_send(struct buffer *out, uint8_t opcode, struct bytes payload);

/* Writes a Close; 1005 makes one without a body. */
void peer_echo_send_close(struct buffer *out, uint16_t code);

/* Fails the connection (RFC 6455, 7.1.7). */
void peer_echo_fail(struct peer_echo *echo, uint16_t code, struct buffer *out);

/* Does with an event what the strict server does. */
void peer_echo_answer(struct peer_echo *echo, const struct ws_event *event, struct buffer *out);

#endif
