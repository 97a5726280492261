/* SPDX-License-Identifier: MIT */
#include "ws/frame.h"

#include <string.h>

/* RFC 6455, 5.2: the fields of the first two octets, and the two values of the 7-bit length that
 * say that a longer one follows. */
enum {
    BIT_FIN = 0x80,
    SHIFT_RSV = 4,
    BITS_RSV = 7,
    BITS_OPCODE = 15,
    BIT_MASK = 0x80,
    BITS_LENGTH = 0x7f,
    LENGTH_IN_16 = 126,
    LENGTH_IN_64 = 127
};

/* RFC 6455, 5.2: "Multibyte length quantities are expressed in network byte order." */
static uint64_t read_number(const uint8_t *data, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | data[i];
    return number;
}

static void write_number(uint8_t *out, size_t size, uint64_t number)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
}

static enum ws_length_form form_of(uint8_t field)
{
    if (field == LENGTH_IN_16)
        return WS_LENGTH_16;
    return field == LENGTH_IN_64 ? WS_LENGTH_64 : WS_LENGTH_7;
}

static size_t extended_size(enum ws_length_form form)
{
    return form == WS_LENGTH_7 ? 0 : (size_t)form / 8;
}

enum ws_status ws_frame_read(struct ws_frame *frame, struct bytes in, size_t *used)
{
    *used = 0;
    if (in.len < 2)
        return WS_MORE;
    uint8_t field = in.data[1] & BITS_LENGTH;
    enum ws_length_form form = form_of(field);
    size_t extended = extended_size(form);
    bool masked = (in.data[1] & BIT_MASK) != 0;
    size_t key_size = masked ? sizeof(frame->key) : 0;
    if (in.len < 2 + extended + key_size)
        return WS_MORE;

    *frame = (struct ws_frame){
        .fin = (in.data[0] & BIT_FIN) != 0,
        .masked = masked,
        .rsv = in.data[0] >> SHIFT_RSV & BITS_RSV,
        .opcode = in.data[0] & BITS_OPCODE,
        .length = extended == 0 ? field : read_number(in.data + 2, extended),
        .form = form,
    };
    if (masked)
        memcpy(frame->key, in.data + 2 + extended, sizeof(frame->key));
    *used = 2 + extended + key_size;
    return WS_ITEM;
}

static uint8_t length_field(const struct ws_frame *frame)
{
    if (frame->form == WS_LENGTH_16)
        return LENGTH_IN_16;
    return frame->form == WS_LENGTH_64 ? LENGTH_IN_64 : (uint8_t)(frame->length & BITS_LENGTH);
}

size_t ws_frame_write(const struct ws_frame *frame, uint8_t out[WS_FRAME_HEADER_MAX])
{
    size_t extended = extended_size(frame->form);
    out[0] = (uint8_t)((frame->fin ? BIT_FIN : 0) | (frame->rsv & BITS_RSV) << SHIFT_RSV |
                       (frame->opcode & BITS_OPCODE));
    out[1] = (uint8_t)((frame->masked ? BIT_MASK : 0) | length_field(frame));
    write_number(out + 2, extended, frame->length);
    if (!frame->masked)
        return 2 + extended;
    memcpy(out + 2 + extended, frame->key, sizeof(frame->key));
    return 2 + extended + sizeof(frame->key);
}

enum ws_length_form ws_frame_minimal_form(uint64_t length)
{
    if (length < LENGTH_IN_16)
        return WS_LENGTH_7;
    return length <= UINT16_MAX ? WS_LENGTH_16 : WS_LENGTH_64;
}

uint64_t ws_frame_least_length(struct bytes start)
{
    if (start.len < 2)
        return 0;
    uint8_t field = start.data[1] & BITS_LENGTH;
    size_t size = extended_size(form_of(field));
    if (size == 0)
        return field;
    size_t have = start.len - 2 < size ? start.len - 2 : size;
    uint64_t number = have == 0 ? 0 : read_number(start.data + 2, have) << (8 * (size - have));
    uint64_t floor = size == 2 ? LENGTH_IN_16 : UINT16_MAX + 1;
    return have < size && number < floor ? floor : number;
}

bool ws_frame_is_control(uint8_t opcode)
{
    return (opcode & 8) != 0;
}

const char *ws_frame_opcode_name(uint8_t opcode)
{
    static const char *const names[16] = {
        "continuation", "text",      "binary",    "opcode 3",  "opcode 4", "opcode 5",
        "opcode 6",     "opcode 7",  "close",     "ping",      "pong",     "opcode 11",
        "opcode 12",    "opcode 13", "opcode 14", "opcode 15",
    };
    return names[opcode & BITS_OPCODE];
}
