/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_FRAME_H
#define WSCONFORM_WS_FRAME_H

#include "base/bytes.h"

/* RFC 6455, 5.2 and 11.8 */
enum ws_opcode {
    WS_CONTINUATION = 0,
    WS_TEXT = 1,
    WS_BINARY = 2,
    WS_CLOSE = 8,
    WS_PING = 9,
    WS_PONG = 10
};

/* RFC 6455, 5.2: the reserved bits as they stand in the first octet, shifted down. */
enum { WS_RSV1 = 4, WS_RSV2 = 2, WS_RSV3 = 1 };

/* RFC 6455, 5.5: control frames carry at most this many octets. */
enum { WS_CONTROL_MAX = 125 };

/* 2 octets, 8 of length, 4 of masking key */
enum { WS_FRAME_HEADER_MAX = 14 };

/* What a parser has to say: an item, a wish for more input, or that it cannot go on. */
enum ws_status { WS_ITEM, WS_MORE, WS_BAD };

/* How the length is written (RFC 6455, 5.2): in the 7-bit field, behind 126 or behind 127. */
enum ws_length_form { WS_LENGTH_7 = 7, WS_LENGTH_16 = 16, WS_LENGTH_64 = 64 };

/* The header of a frame, legal or not. */
struct ws_frame {
    bool fin;
    bool masked;
    uint8_t rsv;    /* WS_RSV1 | WS_RSV2 | WS_RSV3 */
    uint8_t opcode; /* 0 to 15 */
    uint8_t key[4]; /* zero when not masked */
    uint64_t length;
    enum ws_length_form form;
};

/* Reads one header. WS_ITEM: `frame` is filled and `*used` is the header's size in octets.
 * WS_MORE: the header is not whole yet, `*used` is 0. Any 14 octets hold a header, so it never
 * returns WS_BAD; what is illegal is for ws_reader to say. */
enum ws_status ws_frame_read(struct ws_frame *frame, struct bytes in, size_t *used);

/* Writes the header as it is told, legal or not, and returns its size in octets. A length that
 * does not fit the form is cut to the form's width. */
size_t ws_frame_write(const struct ws_frame *frame, uint8_t out[WS_FRAME_HEADER_MAX]);

/* The shortest form for a length: the only one that RFC 6455, 5.2 allows a sender. */
enum ws_length_form ws_frame_minimal_form(uint64_t length);

/* The least length that a header can announce which begins with `start`, if it is written as 5.2
 * wants it: 65536 behind 127, however few octets of the length are there. 0 if the second octet is
 * not there. */
uint64_t ws_frame_least_length(struct bytes start);

/* RFC 6455, 5.5: control frames have the top bit of the opcode set. */
bool ws_frame_is_control(uint8_t opcode);

/* "text", "ping", ...; "opcode 3" and so on for the reserved ones. Static. */
const char *ws_frame_opcode_name(uint8_t opcode);

#endif
