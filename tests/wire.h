/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_WIRE_H
#define WSCONFORM_TESTS_WIRE_H

/* Frames for tests, written by hand so that they do not depend on what composes them in the
 * program. */
#include "support.h"

#include "base/random.h"
#include "ws/deflate.h"
#include "ws/frame.h"
#include "ws/mask.h"

/* Appends a frame. `first` is the first octet of its header: FIN, RSV and opcode. */
static inline void wire_put(struct buffer *out, uint8_t first, bool masked, struct bytes payload)
{
    static const uint8_t key[4] = {0x37, 0xfa, 0x21, 0x3d};
    struct ws_frame frame = {.fin = first >> 7,
                             .rsv = first >> 4 & 7,
                             .opcode = first & 15,
                             .masked = masked,
                             .length = payload.len,
                             .form = ws_frame_minimal_form(payload.len)};
    if (masked)
        memcpy(frame.key, key, sizeof(key));
    uint8_t header[WS_FRAME_HEADER_MAX];
    buffer_append(out, bytes_of(header, ws_frame_write(&frame, header)));
    size_t start = out->len;
    buffer_append(out, payload);
    if (masked && payload.len > 0)
        ws_mask_apply(out->data + start, payload.len, key, 0);
}

/* A frame of a client, and one of a server. */
static inline void wire_client(struct buffer *out, uint8_t first, const char *payload)
{
    wire_put(out, first, true, bytes_text(payload));
}

static inline void wire_server(struct buffer *out, uint8_t first, const char *payload)
{
    wire_put(out, first, false, bytes_text(payload));
}

/* A Close with a code. */
static inline void wire_close(struct buffer *out, bool masked, unsigned code)
{
    const uint8_t octets[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    wire_put(out, 0x88, masked, bytes_of(octets, sizeof(octets)));
}

/* A whole message, compressed (RFC 7692, 6.1). */
static inline void wire_packed(struct buffer *out, struct ws_deflate_packer *packer, uint8_t opcode,
                               bool masked, struct bytes message)
{
    struct buffer packed = {0};
    ws_deflate_pack(packer, message, &packed);
    wire_put(out, 0xc0 | opcode, masked, buffer_bytes(&packed));
    buffer_free(&packed);
}

/* Random octets that come twice, too far from each other for a window of 10 bits, so that with it
 * nothing can be saved. The caller frees them. */
enum { WIRE_FAR = 2000 };

static inline struct buffer wire_far_apart(void)
{
    struct buffer text = {0};
    struct random random = random_start(1, bytes_text("far"));
    uint8_t *room = buffer_extend(&text, 2 * WIRE_FAR);
    random_fill(&random, room, WIRE_FAR);
    memcpy(room + WIRE_FAR, room, WIRE_FAR);
    return text;
}

/* Appends what the payload of a compressed message inflates to; false if it does not. */
static inline bool wire_inflate(struct buffer *out, struct ws_deflate_unpacker *unpacker,
                                struct bytes payload)
{
    size_t used = 0;
    struct bytes piece;
    enum ws_status status;
    ws_deflate_begin(unpacker);
    while ((status = ws_deflate_unpack(unpacker, payload, &used, &piece)) == WS_ITEM) {
        buffer_append(out, piece);
        payload = bytes_of(payload.data + used, payload.len - used);
    }
    if (status != WS_MORE)
        return false;
    while ((status = ws_deflate_end(unpacker, &piece)) == WS_ITEM)
        buffer_append(out, piece);
    return status == WS_MORE;
}

#endif
