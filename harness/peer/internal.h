/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_INTERNAL_H
#define WSCONFORM_PEER_INTERNAL_H

#include "base/random.h"
#include "peer/quirk.h"
#include "peer/wire.h"

/* An echo connection, for the files of this room only. */

enum { PEER_BORDERS_MAX = 64 };

struct peer_echo {
    struct peer_echo_options options;
    enum { PEER_IN_HANDSHAKE, PEER_OPEN, PEER_ENDED } phase;
    enum peer_quirk_end ended; /* why, once it has */
    bool opened;
    bool close_sent;
    struct buffer head; /* the other side's part of the handshake as far as it has come */
    size_t scanned;
    struct ws_reader reader;
    struct buffer message;
    struct ws_deflate_packer *packer; /* NULL: no compression */
    struct ws_deflate_unpacker *unpacker;

    /* A client's. */
    struct random random;
    struct buffer request;
    char key[WS_KEY_SIZE + 1];
    char proof[WS_ACCEPT_SIZE + 1]; /* of the key, where a quirk puts it into the answer */
    char complaint[80];             /* the first thing that is wrong with the answer */
    uint64_t sent;                  /* frames */
    uint8_t first_mask[4];          /* the masking keys of its first frame and of the last one */
    uint8_t last_mask[4];

    /* The rest is for quirks. */
    struct peer_wire wire;
    struct buffer cooked; /* the other side's octets as the wire hooks leave them */
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

/* ws_handshake_report with a connection as the context: keeps the first sentence. */
void peer_echo_complain(void *echo, const char *rule, const char *text);

/* Writes a frame of any kind. Its length is taken from the payload. A client masks it with a fresh
 * key; a server only if the frame says so. */
void peer_echo_send_frame(struct peer_echo *echo, struct buffer *out, struct ws_frame frame,
                          struct bytes payload);

/* Writes a whole frame that is fit to send. */
void peer_echo_send(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                    struct bytes payload);

/* Writes a Close; 1005 makes one without a body. */
void peer_echo_send_close(struct peer_echo *echo, struct buffer *out, uint16_t code);

/* Fails the connection (RFC 6455, 7.1.7). */
void peer_echo_fail(struct peer_echo *echo, uint16_t code, struct buffer *out);

/* Does with an event what the strict endpoint does. */
void peer_echo_answer(struct peer_echo *echo, const struct ws_event *event, struct buffer *out);

/* Reads octets behind the other side's part of the handshake. */
void peer_echo_read(struct peer_echo *echo, uint8_t *data, size_t len, struct buffer *out);

#endif
