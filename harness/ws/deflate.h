/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_DEFLATE_H
#define WSCONFORM_WS_DEFLATE_H

#include "base/buffer.h"
#include "ws/frame.h"

/* Compressed messages (RFC 7692, 7.2), one object for each direction of a connection. */

enum { WS_DEFLATE_WINDOW_MIN = 8, WS_DEFLATE_WINDOW_MAX = 15 };

/* The sending direction. */
struct ws_deflate_packer;

/* Compresses with distances of at most 2^`window_bits` (8 to 15; zlib makes no raw stream for 8, so
 * with 8 there are none at all), and, unless `takeover`, each message by itself (7.2.1). Freed with
 * ws_deflate_free_packer. */
struct ws_deflate_packer *ws_deflate_new_packer(unsigned window_bits, bool takeover);
void ws_deflate_free_packer(struct ws_deflate_packer *packer); /* NULL is fine */

/* Appends the payload of a whole compressed message to `out`, without the four octets at its end
 * that 7.2.1 cuts off. It is never empty. */
void ws_deflate_pack(struct ws_deflate_packer *packer, struct bytes message, struct buffer *out);

/* The receiving direction. */
struct ws_deflate_unpacker;

/* Inflates messages with distances of at most 2^`window_bits` (8 to 15; less than 15 is slow);
 * unless `takeover`, a message that refers to an earlier one is bad (7.2.2). Freed with
 * ws_deflate_free_unpacker. */
struct ws_deflate_unpacker *ws_deflate_new_unpacker(unsigned window_bits, bool takeover);
void ws_deflate_free_unpacker(struct ws_deflate_unpacker *unpacker); /* NULL is fine */

/* Makes it ready for the next compressed message, whatever became of the one before. */
void ws_deflate_begin(struct ws_deflate_unpacker *unpacker);

/* Inflates on in the payload of the message.
 * WS_ITEM: `*piece` is the next piece of the message, not empty, borrowed until the next call;
 * `*used` octets were taken; call again with the rest.
 * WS_MORE: all of `in` was taken and there is nothing more to give.
 * WS_BAD: this is no DEFLATE stream, or it refers to octets that are not there. */
enum ws_status ws_deflate_unpack(struct ws_deflate_unpacker *unpacker, struct bytes in,
                                 size_t *used, struct bytes *piece);

/* Behind the last octet of the message, until it does not say WS_ITEM (`*piece` as above).
 * WS_MORE: the message is whole. WS_BAD: its end is missing, or not cut as 7.2.1 says. */
enum ws_status ws_deflate_end(struct ws_deflate_unpacker *unpacker, struct bytes *piece);

#endif
