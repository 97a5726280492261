/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_WIRE_H
#define WSCONFORM_PEER_WIRE_H

#include "peer/quirk.h"

/* Quirks of reading frames: the octets of the other side are changed in front of the strict reader,
 * so that it sees what a reader with that quirk would have made of them. */

struct peer_wire {
    uint8_t header[WS_FRAME_HEADER_MAX];
    size_t header_len;
    struct ws_frame frame;
    struct ws_frame before; /* the frame in front of it */
    bool in_payload;
    bool lost;            /* the frame is */
    bool in_message;      /* before the frame: fragments came, the last one did not */
    uint64_t offset;      /* octets of the frame's payload that went by */
    uint64_t read_offset; /* the offset at which this read began */
    uint64_t message_len; /* payload octets in the fragments before */
    uint64_t fragments;
    uint64_t frames;
};

/* Reads octets of the other side, which it may change, and appends what is left to `out`. */
void peer_wire_feed(const struct peer_quirk *quirk, struct peer_wire *wire, uint8_t *data,
                    size_t len, struct buffer *out);

/* How peer_wire_length misreads a length. */
enum peer_wire_length {
    PEER_LENGTH_16_SWAPPED, /* the octets of the 16-bit form in the wrong order */
    PEER_LENGTH_16_SIGNED,  /* negative from 32768 on, and so no payload */
    PEER_LENGTH_16_ONE_OCTET,
    PEER_LENGTH_16_IS_126, /* the 126 itself is the length */
    PEER_LENGTH_64_SWAPPED,
    PEER_LENGTH_64_TO_32, /* all but the last 32 bits cut off */
    PEER_LENGTH_64_TO_16,
    PEER_LENGTH_64_TO_63,  /* the top bit cut off */
    PEER_LENGTH_64_IS_127, /* the 127 itself is the length */
    PEER_LENGTH_64_NEGATIVE_IS_0,
    PEER_LENGTH_ONE_LESS, /* where peer_quirk_matches */
    PEER_LENGTH_ONE_MORE
};

/* How peer_wire_unmask goes wrong. */
enum peer_wire_unmask_kind {
    PEER_UNMASK_IGNORED,
    PEER_UNMASK_RUNS_OVER_FRAGMENTS, /* octet i of the message, not of the frame */
    PEER_UNMASK_RESTARTS_IN_READ,
    PEER_UNMASK_TAIL, /* behind the last multiple of `n` octets */
    PEER_UNMASK_OF_FRAME_BEFORE,
    PEER_UNMASK_FIRST_OCTET, /* its first octet for all */
    PEER_UNMASK_REVERSED,
    PEER_UNMASK_UP_TO,           /* only the first `n` octets */
    PEER_UNMASK_CONTROL_IGNORED, /* on control frames */
    PEER_UNMASK_SEVEN_BITS       /* of each octet of the key */
};

/* peer_quirk_frame: misreads the length; `kind` is an enum peer_wire_length. */
bool peer_wire_length(const struct peer_quirk *quirk, struct peer_wire *wire,
                      struct ws_frame *frame);

/* peer_quirk_frame: refuses what peer_quirk_matches, as if a reserved bit were set. */
bool peer_wire_refuse(const struct peer_quirk *quirk, struct peer_wire *wire,
                      struct ws_frame *frame);

/* peer_quirk_frame: refuses a masking key of zeros. */
bool peer_wire_refuse_zero_key(const struct peer_quirk *quirk, struct peer_wire *wire,
                               struct ws_frame *frame);

/* peer_quirk_frame: loses what peer_quirk_matches. */
bool peer_wire_lose(const struct peer_quirk *quirk, struct peer_wire *wire, struct ws_frame *frame);

/* peer_quirk_frame: loses what peer_quirk_matches of the fragments behind the first `n`. */
bool peer_wire_lose_fragments(const struct peer_quirk *quirk, struct peer_wire *wire,
                              struct ws_frame *frame);

/* peer_quirk_frame: takes what peer_quirk_matches for frames with the opcode `kind`. */
bool peer_wire_take_for(const struct peer_quirk *quirk, struct peer_wire *wire,
                        struct ws_frame *frame);

/* peer_quirk_frame: sets FIN on what peer_quirk_matches. */
bool peer_wire_finish(const struct peer_quirk *quirk, struct peer_wire *wire,
                      struct ws_frame *frame);

/* The same on what follows a control frame. */
bool peer_wire_finish_behind_control(const struct peer_quirk *quirk, struct peer_wire *wire,
                                     struct ws_frame *frame);

/* peer_quirk_frame: does nothing; `n` octets of a header that are the end of a read are lost, as
 * they are in any quirk with this hook. */
bool peer_wire_lose_header(const struct peer_quirk *quirk, struct peer_wire *wire,
                           struct ws_frame *frame);

/* peer_quirk_payload: unmasks wrongly; `kind` is an enum peer_wire_unmask_kind. */
void peer_wire_unmask(const struct peer_quirk *quirk, struct peer_wire *wire, uint8_t *data,
                      size_t len);

/* peer_quirk_payload: changes the first octet of each read that begins inside a payload. */
void peer_wire_spoil_read(const struct peer_quirk *quirk, struct peer_wire *wire, uint8_t *data,
                          size_t len);

#endif
