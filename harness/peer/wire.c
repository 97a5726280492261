/* SPDX-License-Identifier: MIT */
#include "peer/wire.h"

#include <string.h>

static size_t smaller(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

/* After the last octet of a frame. */
static void end_frame(struct peer_wire *wire)
{
    bool control = ws_frame_is_control(wire->frame.opcode);
    wire->in_payload = false;
    wire->before = wire->frame;
    wire->frames++;
    if (control)
        return;
    wire->in_message = !wire->frame.fin;
    wire->fragments = wire->in_message ? wire->fragments + 1 : 0;
    wire->message_len = wire->in_message ? wire->message_len + wire->frame.length : 0;
}

static void begin_frame(const struct peer_quirk *quirk, struct peer_wire *wire, struct buffer *out)
{
    wire->in_payload = true;
    wire->offset = 0;
    wire->read_offset = 0;
    struct ws_frame frame = wire->frame;
    wire->lost = quirk->frame != NULL && !quirk->frame(quirk, wire, &frame);
    /* The length as the quirk reads it is how far the frame goes. */
    wire->frame.length = frame.length;
    if (wire->lost)
        return;
    uint8_t header[WS_FRAME_HEADER_MAX];
    buffer_append(out, bytes_of(header, ws_frame_write(&frame, header)));
}

/* Returns the octets that it took; the frame has begun if wire->in_payload is set. */
static size_t read_header(const struct peer_quirk *quirk, struct peer_wire *wire,
                          struct bytes input, struct buffer *out)
{
    size_t have = wire->header_len;
    size_t taken = smaller(input.len, sizeof wire->header - have);
    memcpy(wire->header + have, input.data, taken);
    size_t size;
    struct bytes header = bytes_of(wire->header, have + taken);
    if (ws_frame_read(&wire->frame, header, &size) == WS_MORE) {
        wire->header_len = have + taken;
        return taken;
    }
    wire->header_len = 0;
    begin_frame(quirk, wire, out);
    return size - have;
}

static size_t read_payload(const struct peer_quirk *quirk, struct peer_wire *wire, uint8_t *data,
                           size_t len, struct buffer *out)
{
    size_t taken = smaller(wire->frame.length - wire->offset, len);
    if (quirk->payload != NULL)
        quirk->payload(quirk, wire, data, taken);
    if (!wire->lost)
        buffer_append(out, bytes_of(data, taken));
    wire->offset += taken;
    return taken;
}

void peer_wire_feed(const struct peer_quirk *quirk, struct peer_wire *wire, uint8_t *data,
                    size_t len, struct buffer *out)
{
    size_t at = 0;
    wire->read_offset = wire->offset;
    while (at < len || (wire->in_payload && wire->offset == wire->frame.length)) {
        if (!wire->in_payload)
            at += read_header(quirk, wire, bytes_of(data + at, len - at), out);
        else if (wire->offset < wire->frame.length)
            at += read_payload(quirk, wire, data + at, len - at, out);
        else
            end_frame(wire);
    }
    if (quirk->frame == peer_wire_lose_header && wire->header_len == quirk->n)
        wire->header_len = 0;
}

static uint64_t swap_16(uint64_t length)
{
    return (length & 0xff) << 8 | length >> 8;
}

static uint64_t swap_64(uint64_t length)
{
    uint64_t swapped = 0;
    for (unsigned shift = 0; shift < 64; shift += 8)
        swapped = swapped << 8 | (length >> shift & 0xff);
    return swapped;
}

static uint64_t misread_16(enum peer_wire_length kind, uint64_t length)
{
    switch (kind) {
    case PEER_LENGTH_16_SWAPPED:
        return swap_16(length);
    case PEER_LENGTH_16_SIGNED:
        return length > INT16_MAX ? 0 : length;
    case PEER_LENGTH_16_ONE_OCTET:
        return length & 0xff;
    case PEER_LENGTH_16_IS_126:
        return 126;
    default:
        return length;
    }
}

static uint64_t misread_64(enum peer_wire_length kind, uint64_t length)
{
    switch (kind) {
    case PEER_LENGTH_64_SWAPPED:
        return swap_64(length);
    case PEER_LENGTH_64_TO_32:
        return (uint32_t)length;
    case PEER_LENGTH_64_TO_16:
        return (uint16_t)length;
    case PEER_LENGTH_64_TO_63:
        return length & INT64_MAX;
    case PEER_LENGTH_64_IS_127:
        return 127;
    case PEER_LENGTH_64_NEGATIVE_IS_0:
        return length > INT64_MAX ? 0 : length;
    default:
        return length;
    }
}

bool peer_wire_length(const struct peer_quirk *quirk, struct peer_wire *wire,
                      struct ws_frame *frame)
{
    uint64_t length = frame->length;
    if (frame->form == WS_LENGTH_16)
        length = misread_16(quirk->kind, length);
    else if (frame->form == WS_LENGTH_64)
        length = misread_64(quirk->kind, length);
    if (peer_quirk_matches(quirk, frame, wire->in_message, wire->frames)) {
        if (quirk->kind == PEER_LENGTH_ONE_LESS)
            length--;
        else if (quirk->kind == PEER_LENGTH_ONE_MORE)
            length++;
    }
    if (length == frame->length)
        return true;
    frame->length = length;
    frame->form = ws_frame_minimal_form(length);
    return true;
}

bool peer_wire_refuse(const struct peer_quirk *quirk, struct peer_wire *wire,
                      struct ws_frame *frame)
{
    if (peer_quirk_matches(quirk, frame, wire->in_message, wire->frames))
        frame->rsv = WS_RSV1;
    return true;
}

bool peer_wire_refuse_zero_key(const struct peer_quirk *quirk, struct peer_wire *wire,
                               struct ws_frame *frame)
{
    static const uint8_t zeros[4];
    (void)quirk;
    (void)wire;
    if (frame->masked && memcmp(frame->key, zeros, sizeof zeros) == 0)
        frame->rsv = WS_RSV1;
    return true;
}

bool peer_wire_lose(const struct peer_quirk *quirk, struct peer_wire *wire, struct ws_frame *frame)
{
    return !peer_quirk_matches(quirk, frame, wire->in_message, wire->frames);
}

bool peer_wire_lose_fragments(const struct peer_quirk *quirk, struct peer_wire *wire,
                              struct ws_frame *frame)
{
    return wire->fragments < quirk->n ||
           !peer_quirk_matches(quirk, frame, wire->in_message, wire->frames);
}

bool peer_wire_take_for(const struct peer_quirk *quirk, struct peer_wire *wire,
                        struct ws_frame *frame)
{
    if (peer_quirk_matches(quirk, frame, wire->in_message, wire->frames))
        frame->opcode = (uint8_t)quirk->kind;
    return true;
}

bool peer_wire_finish(const struct peer_quirk *quirk, struct peer_wire *wire,
                      struct ws_frame *frame)
{
    if (peer_quirk_matches(quirk, frame, wire->in_message, wire->frames))
        frame->fin = true;
    return true;
}

bool peer_wire_finish_behind_control(const struct peer_quirk *quirk, struct peer_wire *wire,
                                     struct ws_frame *frame)
{
    if (!ws_frame_is_control(wire->before.opcode))
        return true;
    return peer_wire_finish(quirk, wire, frame);
}

bool peer_wire_lose_header(const struct peer_quirk *quirk, struct peer_wire *wire,
                           struct ws_frame *frame)
{
    (void)quirk;
    (void)wire;
    (void)frame;
    return true;
}

/* The octet that is XORed with octet `i` of the payload instead of key octet i mod 4. */
static uint8_t wrong_key(const struct peer_quirk *quirk, const struct peer_wire *wire, uint64_t i)
{
    const struct ws_frame *frame = &wire->frame;
    uint8_t right = frame->key[i % 4];
    switch ((enum peer_wire_unmask_kind)quirk->kind) {
    case PEER_UNMASK_IGNORED:
        return 0;
    case PEER_UNMASK_RUNS_OVER_FRAGMENTS:
        return ws_frame_is_control(frame->opcode) ? right : frame->key[(i + wire->message_len) % 4];
    case PEER_UNMASK_RESTARTS_IN_READ:
        return frame->key[(i - wire->read_offset) % 4];
    case PEER_UNMASK_TAIL:
        return i < frame->length - frame->length % quirk->n ? right : frame->key[(i + 1) % 4];
    case PEER_UNMASK_OF_FRAME_BEFORE:
        return wire->frames > 0 ? wire->before.key[i % 4] : right;
    case PEER_UNMASK_FIRST_OCTET:
        return frame->key[0];
    case PEER_UNMASK_REVERSED:
        return frame->key[3 - i % 4];
    case PEER_UNMASK_UP_TO:
        return i < quirk->n ? right : 0;
    case PEER_UNMASK_CONTROL_IGNORED:
        return ws_frame_is_control(frame->opcode) ? 0 : right;
    case PEER_UNMASK_SEVEN_BITS:
        return right & 0x7f;
    }
    return right;
}

void peer_wire_unmask(const struct peer_quirk *quirk, struct peer_wire *wire, uint8_t *data,
                      size_t len)
{
    if (!wire->frame.masked)
        return;
    for (size_t i = 0; i < len; i++) {
        uint64_t at = wire->offset + i;
        data[i] ^= wire->frame.key[at % 4] ^ wrong_key(quirk, wire, at);
    }
}

void peer_wire_spoil_read(const struct peer_quirk *quirk, struct peer_wire *wire, uint8_t *data,
                          size_t len)
{
    (void)quirk;
    if (len > 0 && wire->offset > 0)
        data[0] ^= 1;
}
