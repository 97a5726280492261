/* SPDX-License-Identifier: MIT */
#include "ws/reader.h"

#include <assert.h>
#include <string.h>

#include "ws/mask.h"

enum phase {
    PHASE_HEADER,
    PHASE_DATA,
    PHASE_CONTROL,
    PHASE_CONTROL_JUDGED, /* whole, and what is wrong with it has been said */
    PHASE_SKIP            /* a payload that belongs to no message */
};

/* What one step came to: an event, a wish for more input, or nothing to tell. */
enum step { STEP_EVENT, STEP_STARVED, STEP_ON };

struct input {
    uint8_t *data;
    size_t len;
    size_t used;
};

void ws_reader_init(struct ws_reader *reader, enum ws_reader_mode mode, bool from_client,
                    uint64_t message_max)
{
    *reader = (struct ws_reader){
        .mode = mode,
        .from_client = from_client,
        .message_max = message_max,
        .phase = PHASE_HEADER,
    };
}

void ws_reader_agree(struct ws_reader *reader, struct ws_deflate_unpacker *unpacker)
{
    reader->unpacker = unpacker;
}

static enum step give(const struct ws_reader *reader, struct ws_event *event,
                      enum ws_event_kind kind)
{
    /* Field by field: `close` is large and means something with one kind only. */
    event->kind = kind;
    event->violation = WS_FINE;
    event->opcode = reader->frame.opcode;
    event->frame = reader->frame;
    event->payload = bytes_of(NULL, 0);
    event->inflated = false;
    event->message_length = 0;
    return STEP_EVENT;
}

static void blame(struct ws_reader *reader, enum ws_violation violation)
{
    assert(reader->pending_count < sizeof(reader->pending) / sizeof(reader->pending[0]));
    reader->pending[reader->pending_count++] = violation;
}

static void blame_if(struct ws_reader *reader, bool wrong, enum ws_violation violation)
{
    if (wrong)
        blame(reader, violation);
}

static enum step give_violation(struct ws_reader *reader, struct ws_event *event)
{
    give(reader, event, WS_EVENT_VIOLATION);
    event->violation = reader->pending[reader->pending_next++];
    if (reader->pending_next == reader->pending_count)
        reader->pending_next = reader->pending_count = 0;
    reader->ended = reader->mode == WS_READER_STRICT;
    return STEP_EVENT;
}

/* RFC 6455, 5.2: "the most significant bit MUST be 0". */
static bool has_top_bit(const struct ws_frame *frame)
{
    return frame->length >> 63 != 0;
}

static bool is_reserved_data(uint8_t opcode)
{
    return opcode > WS_BINARY && opcode < WS_CLOSE;
}

/* RFC 7692, 6.1: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and
 * non-first fragments of a data message." */
static void judge_rsv1(struct ws_reader *reader)
{
    uint8_t opcode = reader->frame.opcode;
    if (reader->unpacker == NULL)
        blame(reader, WS_BAD_RSV1);
    else if (opcode != WS_TEXT && opcode != WS_BINARY)
        blame(reader, WS_BAD_RSV1_PLACE);
}

static void judge_first_octets(struct ws_reader *reader)
{
    const struct ws_frame *frame = &reader->frame;
    bool control = ws_frame_is_control(frame->opcode);
    /* RFC 6455, 5.2: "If a nonzero value is received and none of the negotiated extensions
     * defines the meaning of such a nonzero value, the receiving endpoint MUST _Fail the
     * WebSocket Connection_." */
    if (frame->rsv & WS_RSV1)
        judge_rsv1(reader);
    blame_if(reader, frame->rsv & WS_RSV2, WS_BAD_RSV2);
    blame_if(reader, frame->rsv & WS_RSV3, WS_BAD_RSV3);
    /* 5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket
     * Connection_." */
    blame_if(reader, is_reserved_data(frame->opcode), WS_BAD_OPCODE_DATA);
    blame_if(reader, frame->opcode > WS_PONG, WS_BAD_OPCODE_CONTROL);
    /* 5.1: "The server MUST close the connection upon receiving a frame that is not masked." */
    blame_if(reader, reader->from_client && !frame->masked, WS_BAD_UNMASKED);
    /* 5.1: "A client MUST close a connection if it detects a masked frame." */
    blame_if(reader, !reader->from_client && frame->masked, WS_BAD_MASKED);
    /* 5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be
     * fragmented." */
    blame_if(reader, control && !frame->fin, WS_BAD_CONTROL_FRAGMENTED);
}

static void judge_length(struct ws_reader *reader)
{
    const struct ws_frame *frame = &reader->frame;
    bool control = ws_frame_is_control(frame->opcode);
    bool minimal = frame->form == ws_frame_minimal_form(frame->length);
    blame_if(reader, has_top_bit(frame), WS_BAD_LENGTH_TOP_BIT);
    if (control && frame->length > WS_CONTROL_MAX)
        blame(reader, WS_BAD_CONTROL_LENGTH);
    else if (control && !minimal)
        blame(reader, WS_BAD_CONTROL_LENGTH_FORM);
    /* RFC 6455, 5.2: "in all cases, the minimal number of bytes MUST be used to encode the
     * length". */
    else if (!minimal)
        blame(reader, WS_BAD_LENGTH_NOT_MINIMAL);
}

static void judge_sequence(struct ws_reader *reader)
{
    uint8_t opcode = reader->frame.opcode;
    bool begins = opcode == WS_TEXT || opcode == WS_BINARY;
    bool orphan = opcode == WS_CONTINUATION && !reader->message_open;
    blame_if(reader, orphan, WS_BAD_CONTINUATION);
    /* RFC 6455, 5.4: "The fragments of one message MUST NOT be interleaved between the fragments
     * of another message". */
    blame_if(reader, begins && reader->message_open, WS_BAD_INTERLEAVED);
    /* 5.5.1: "The application MUST NOT send any more data frames after sending a Close frame." */
    blame_if(reader, reader->closed && !ws_frame_is_control(opcode), WS_BAD_DATA_AFTER_CLOSE);
    blame_if(reader, reader->closed && opcode == WS_CLOSE, WS_BAD_SECOND_CLOSE);
}

static void begin_message(struct ws_reader *reader)
{
    const struct ws_frame *frame = &reader->frame;
    reader->message_opcode = frame->opcode;
    reader->message_open = !frame->fin;
    reader->message_length = 0;
    reader->text_bad = false;
    reader->utf8 = (struct ws_utf8){0};
    reader->compressed = reader->unpacker != NULL && frame->rsv & WS_RSV1;
    reader->inflated = !reader->compressed;
    reader->draining = false;
    reader->too_big = false;
    if (reader->compressed)
        ws_deflate_begin(reader->unpacker);
}

static void begin_data(struct ws_reader *reader)
{
    const struct ws_frame *frame = &reader->frame;
    reader->phase = PHASE_DATA;
    if (frame->opcode != WS_CONTINUATION)
        begin_message(reader);
    if (reader->compressed)
        return;
    /* No overflow: a length is below 2^63, and what stands before was really received. */
    uint64_t before = reader->message_length;
    uint64_t after = before + frame->length;
    /* Said once, at the frame that passes the limit, and before its payload is read. */
    blame_if(reader, before <= reader->message_max && after > reader->message_max, WS_TOO_BIG);
    reader->message_length = after;
}

static void begin_payload(struct ws_reader *reader)
{
    uint8_t opcode = reader->frame.opcode;
    bool orphan = opcode == WS_CONTINUATION && !reader->message_open;
    if (has_top_bit(&reader->frame) || is_reserved_data(opcode) || orphan)
        reader->phase = PHASE_SKIP;
    else if (ws_frame_is_control(opcode))
        reader->phase = PHASE_CONTROL;
    else
        begin_data(reader);
}

/* A header that lies in the input as a whole, or else one that is put together from pieces. */
static enum ws_status take_header(struct ws_reader *reader, struct input *input)
{
    size_t have = reader->header_len;
    size_t rest = input->len - input->used;
    size_t size;
    struct bytes there = bytes_of(input->data + input->used, rest);
    if (have == 0 && ws_frame_read(&reader->frame, there, &size) == WS_ITEM) {
        input->used += size;
        return WS_ITEM;
    }
    size_t room = sizeof(reader->header) - have;
    size_t taken = rest < room ? rest : room;
    memcpy(reader->header + have, input->data + input->used, taken);
    if (ws_frame_read(&reader->frame, bytes_of(reader->header, have + taken), &size) == WS_MORE) {
        reader->header_len = (uint8_t)(have + taken);
        input->used += taken;
        return WS_MORE;
    }
    input->used += size - have;
    reader->header_len = 0;
    return WS_ITEM;
}

static enum step read_header(struct ws_reader *reader, struct input *input, struct ws_event *event)
{
    if (take_header(reader, input) == WS_MORE)
        return STEP_STARVED;
    reader->frame_read = 0;
    reader->control_len = 0;
    judge_first_octets(reader);
    judge_length(reader);
    judge_sequence(reader);
    begin_payload(reader);
    return give(reader, event, WS_EVENT_FRAME);
}

/* How much of the frame's payload lies in the input. */
static size_t available(const struct ws_reader *reader, const struct input *input)
{
    size_t rest = input->len - input->used;
    uint64_t missing = ws_reader_missing(reader);
    return rest < missing ? rest : (size_t)missing;
}

static void take(struct ws_reader *reader, struct input *input, size_t len)
{
    input->used += len;
    reader->frame_read += len;
}

static void unmask(const struct ws_reader *reader, uint8_t *data, size_t len, uint64_t offset)
{
    if (reader->frame.masked)
        ws_mask_apply(data, len, reader->frame.key, offset);
}

static bool checks_text(const struct ws_reader *reader)
{
    return reader->message_opcode == WS_TEXT && !reader->text_bad;
}

static enum step give_piece(const struct ws_reader *reader, struct ws_event *event,
                            enum ws_event_kind kind, struct bytes piece)
{
    give(reader, event, kind);
    event->opcode = reader->message_opcode;
    event->payload = piece;
    return STEP_EVENT;
}

static enum step read_data(struct ws_reader *reader, struct input *input, struct ws_event *event)
{
    uint8_t *piece = input->data + input->used;
    size_t len = available(reader, input);
    if (len == 0)
        return STEP_STARVED;
    unmask(reader, piece, len, reader->frame_read);
    if (checks_text(reader)) {
        size_t good = ws_utf8_feed(&reader->utf8, bytes_of(piece, len));
        if (good < len) {
            /* The rest is not taken yet and must be found as it came. */
            unmask(reader, piece + good, len - good, reader->frame_read + good);
            reader->text_bad = true;
            blame(reader, WS_BAD_UTF8);
            len = good;
        }
    }
    if (len == 0)
        return STEP_ON;
    take(reader, input, len);
    return give_piece(reader, event, WS_EVENT_DATA, bytes_of(piece, len));
}

/* What was inflated, up to the limit, or to the octet that no text has. */
static enum step give_held(struct ws_reader *reader, struct ws_event *event)
{
    struct bytes piece = reader->held;
    uint64_t room = reader->message_max - reader->message_length;
    if (!reader->too_big && piece.len > room) {
        reader->too_big = room == 0;
        blame_if(reader, room == 0, WS_TOO_BIG);
        piece.len = (size_t)room;
    }
    if (checks_text(reader)) {
        size_t good = ws_utf8_feed(&reader->utf8, piece);
        reader->text_bad = good < piece.len;
        blame_if(reader, good < piece.len, WS_BAD_UTF8);
        piece.len = good;
    }
    if (piece.len == 0)
        return STEP_ON;
    reader->held = bytes_of(piece.data + piece.len, reader->held.len - piece.len);
    reader->message_length += piece.len;
    give_piece(reader, event, WS_EVENT_DATA, piece);
    event->inflated = true;
    return STEP_EVENT;
}

/* RFC 7692 names no code and no sentence; what cannot be inflated cannot be delivered. */
static void give_up_inflating(struct ws_reader *reader)
{
    reader->inflated = true;
    reader->text_bad = true; /* one fault is enough */
    blame(reader, WS_BAD_DEFLATE);
}

static void unpack(struct ws_reader *reader, struct bytes in, size_t *used)
{
    enum ws_status status = ws_deflate_unpack(reader->unpacker, in, used, &reader->held);
    if (status == WS_BAD)
        give_up_inflating(reader);
    reader->draining = status == WS_ITEM && *used == in.len;
}

/* What the unpacker still has of a frame, or knows against it, is told ahead of the next frame. */
static enum step drain(struct ws_reader *reader)
{
    size_t used;
    unpack(reader, bytes_of(NULL, 0), &used);
    return STEP_ON;
}

/* RFC 7692, 6.2: the payloads of all fragments are one DEFLATE stream. */
static enum step read_deflated(struct ws_reader *reader, struct input *input,
                               struct ws_event *event)
{
    uint8_t *data = input->data + input->used;
    size_t len = available(reader, input);
    size_t used = len;
    if (len == 0)
        return STEP_STARVED;
    unmask(reader, data, len, reader->frame_read);
    if (!reader->inflated)
        unpack(reader, bytes_of(data, len), &used);
    /* The rest is not taken yet and must be found as it came. */
    unmask(reader, data + used, len - used, reader->frame_read + used);
    take(reader, input, used);
    if (used == 0)
        return STEP_ON;
    return give_piece(reader, event, WS_EVENT_DEFLATED, bytes_of(data, used));
}

static enum step end_inflating(struct ws_reader *reader)
{
    enum ws_status status = ws_deflate_end(reader->unpacker, &reader->held);
    if (status == WS_BAD)
        give_up_inflating(reader);
    reader->inflated = status != WS_ITEM;
    return STEP_ON;
}

static enum step end_data(struct ws_reader *reader, struct ws_event *event)
{
    if (!reader->frame.fin) {
        reader->phase = PHASE_HEADER;
        return STEP_ON;
    }
    if (!reader->inflated)
        return end_inflating(reader);
    if (checks_text(reader) && !ws_utf8_complete(&reader->utf8)) {
        reader->text_bad = true;
        blame(reader, WS_BAD_UTF8_CUT);
        return STEP_ON;
    }
    reader->phase = PHASE_HEADER;
    reader->message_open = false;
    give(reader, event, WS_EVENT_MESSAGE);
    event->opcode = reader->message_opcode;
    event->message_length = reader->message_length;
    return STEP_EVENT;
}

static enum step read_control(struct ws_reader *reader, struct input *input)
{
    size_t len = available(reader, input);
    if (len == 0)
        return STEP_STARVED;
    size_t room = sizeof(reader->control) - reader->control_len;
    size_t kept = len < room ? len : room;
    uint8_t *to = reader->control + reader->control_len;
    memcpy(to, input->data + input->used, kept);
    unmask(reader, to, kept, reader->frame_read);
    reader->control_len = (uint8_t)(reader->control_len + kept);
    take(reader, input, len);
    return STEP_ON;
}

static enum step end_control(struct ws_reader *reader)
{
    reader->phase = PHASE_CONTROL_JUDGED;
    if (reader->frame.opcode != WS_CLOSE)
        return STEP_ON;
    reader->closed = true;
    struct ws_close close;
    enum ws_violation violation =
        ws_close_read(&close, bytes_of(reader->control, reader->control_len), reader->from_client);
    /* An over-long reason was cut by us, perhaps inside a character. */
    bool cut = reader->frame.length > WS_CONTROL_MAX && violation == WS_BAD_CLOSE_REASON;
    blame_if(reader, violation != WS_FINE && !cut, violation);
    return STEP_ON;
}

static enum step give_control(struct ws_reader *reader, struct ws_event *event)
{
    reader->phase = PHASE_HEADER;
    give(reader, event, WS_EVENT_CONTROL);
    event->payload = bytes_of(reader->control, reader->control_len);
    if (reader->frame.opcode == WS_CLOSE)
        ws_close_read(&event->close, event->payload, reader->from_client);
    return STEP_EVENT;
}

static enum step skip(struct ws_reader *reader, struct input *input)
{
    take(reader, input, available(reader, input));
    if (ws_reader_missing(reader) > 0)
        return STEP_STARVED;
    reader->phase = PHASE_HEADER;
    return STEP_ON;
}

static enum step step(struct ws_reader *reader, struct input *input, struct ws_event *event)
{
    bool whole = ws_reader_missing(reader) == 0;
    if (reader->pending_next < reader->pending_count)
        return give_violation(reader, event);
    if (reader->held.len > 0)
        return give_held(reader, event);
    switch ((enum phase)reader->phase) {
    case PHASE_DATA:
        if (reader->draining)
            return drain(reader);
        if (whole)
            return end_data(reader, event);
        return reader->compressed ? read_deflated(reader, input, event)
                                  : read_data(reader, input, event);
    case PHASE_CONTROL:
        return whole ? end_control(reader) : read_control(reader, input);
    case PHASE_CONTROL_JUDGED:
        return give_control(reader, event);
    case PHASE_SKIP:
        return skip(reader, input);
    case PHASE_HEADER:
        break;
    }
    return read_header(reader, input, event);
}

enum ws_status ws_reader_next(struct ws_reader *reader, uint8_t *in, size_t len, size_t *used,
                              struct ws_event *event)
{
    /* So that pointers into an empty input need no second thought. */
    uint8_t nothing;
    struct input input = {&nothing, len, 0};
    if (in != NULL)
        input.data = in;
    *used = 0;
    if (reader->ended)
        return WS_BAD;
    enum step outcome;
    do
        outcome = step(reader, &input, event);
    while (outcome == STEP_ON);
    *used = input.used;
    return outcome == STEP_EVENT ? WS_ITEM : WS_MORE;
}

bool ws_reader_in_frame(const struct ws_reader *reader)
{
    return reader->header_len > 0 || ws_reader_missing(reader) > 0;
}

struct bytes ws_reader_header(const struct ws_reader *reader)
{
    return bytes_of(reader->header, reader->header_len);
}

bool ws_reader_in_message(const struct ws_reader *reader)
{
    return reader->message_open;
}

uint64_t ws_reader_missing(const struct ws_reader *reader)
{
    return reader->phase == PHASE_HEADER ? 0 : reader->frame.length - reader->frame_read;
}
