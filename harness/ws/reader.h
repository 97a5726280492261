/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_READER_H
#define WSCONFORM_WS_READER_H

#include "ws/close.h"
#include "ws/deflate.h"
#include "ws/frame.h"
#include "ws/utf8.h"
#include "ws/violation.h"

/* Reads the frames of one direction of a connection, after the opening handshake.
 *
 * Strict: the first violation ends it, as it ends the connection of a conforming endpoint.
 * Observing: a violation is named and reading goes on, since a harness wants to know all. */
enum ws_reader_mode { WS_READER_STRICT, WS_READER_OBSERVING };

enum ws_event_kind {
    WS_EVENT_FRAME,    /* a header was read: `frame` */
    WS_EVENT_DATA,     /* a piece of a message: `payload`; never empty */
    WS_EVENT_DEFLATED, /* a piece of a compressed message as it came: `payload`, unmasked; never
                          empty. What it makes comes as DATA behind it */
    WS_EVENT_MESSAGE,  /* the message is whole: `opcode` is its type, `message_length` its size,
                          that of what was inflated if it came compressed */
    WS_EVENT_CONTROL,  /* a control frame is whole: `opcode`, `payload` (at most 125 octets) */
    WS_EVENT_VIOLATION /* `violation`; in strict mode the last event */
};

struct ws_event {
    enum ws_event_kind kind;
    enum ws_violation violation;
    uint8_t opcode; /* DATA, DEFLATED and MESSAGE: WS_TEXT or WS_BINARY, that of the first
                       fragment */
    struct ws_frame frame;
    struct bytes payload;  /* unmasked and inflated; borrowed from the input, the reader or its
                              unpacker */
    bool inflated;         /* DATA: what was deflated on the wire */
    struct ws_close close; /* CONTROL with WS_CLOSE only: the payload taken apart */
    uint64_t message_length;
};

struct ws_reader {
    enum ws_reader_mode mode;
    bool from_client;     /* whose frames: a client's are masked, a server's are not */
    uint64_t message_max; /* octets in a message; more is WS_TOO_BIG. UINT64_MAX: no limit */
    /* the rest is the reader's own */
    struct ws_deflate_unpacker *unpacker;
    struct bytes held; /* inflated and not given yet */
    bool compressed;   /* the message came with RSV1 */
    bool inflated;     /* nothing more comes out of it */
    bool draining;     /* the unpacker may have more to give of what it took */
    bool too_big;
    uint8_t header[WS_FRAME_HEADER_MAX];
    uint8_t header_len;
    uint8_t phase;
    uint8_t message_opcode;
    uint8_t pending_count;
    uint8_t pending_next;
    uint8_t control_len;
    bool message_open;
    bool closed;
    bool ended;
    bool text_bad;
    enum ws_violation pending[8];
    struct ws_frame frame;
    uint64_t frame_read;
    uint64_t message_length;
    struct ws_utf8 utf8;
    uint8_t control[WS_CONTROL_MAX];
};

/* Makes it ready. No memory is owned and nothing is allocated, ever. */
void ws_reader_init(struct ws_reader *reader, enum ws_reader_mode mode, bool from_client,
                    uint64_t message_max);

/* permessage-deflate was agreed on: RSV1 marks a compressed message (RFC 7692, 6), which is given
 * inflated. `unpacker` is borrowed as long as the reader lives. */
void ws_reader_agree(struct ws_reader *reader, struct ws_deflate_unpacker *unpacker);

/* Reads on in `in`, which it unmasks in place. `*used` is how many octets it took.
 * WS_ITEM: `event` is filled; call again with the rest.
 * WS_MORE: all of `in` was taken (`*used == len`) and nothing more can be said.
 * WS_BAD: strict mode only, after the violation event was given: the reader has ended.
 * The sequence of events does not depend on how the input is split, except that the payload of
 * one frame may come in any number of DATA pieces. */
enum ws_status ws_reader_next(struct ws_reader *reader, uint8_t *in, size_t len, size_t *used,
                              struct ws_event *event);

/* True in the middle of a frame: its header or payload is not whole. */
bool ws_reader_in_frame(const struct ws_reader *reader);

/* What has come of a header that is not whole; empty anywhere else. Borrowed until more is read. */
struct bytes ws_reader_header(const struct ws_reader *reader);

/* True between the first and the last fragment of a message. */
bool ws_reader_in_message(const struct ws_reader *reader);

/* Payload octets that the frame being read still lacks; 0 outside a frame's payload. */
uint64_t ws_reader_missing(const struct ws_reader *reader);

#endif
