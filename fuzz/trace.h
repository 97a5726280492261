/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_TRACE_H
#define WSCONFORM_FUZZ_TRACE_H

#include "base/buffer.h"

/* What a parser of frames said about its input, in one form for all parsers, so that two of them
 * can be compared. Payload is kept joined: in how many pieces it came does not show. A zeroed
 * struct is an empty trace; its memory is kept from one use to the next. */

enum trace_kind {
    TRACE_OPEN,    /* the opening handshake is done: `code` is the status of its answer */
    TRACE_FRAME,   /* a header was read; only parsers that tell of headers have it */
    TRACE_MESSAGE, /* a message is whole: `opcode`; its octets are data[from, from + len) */
    TRACE_PING,    /* control frames are whole; their octets are control[from, from + len) */
    TRACE_PONG,
    TRACE_CLOSE, /* `code`: 1005 without a body, 0 for a body of one octet */
    TRACE_FAIL   /* the connection is failed; nothing follows */
};

struct trace_header {
    size_t at; /* where in the input it begins */
    uint8_t first;
    bool masked;
    uint8_t form; /* 7, 16, 64: how wide the length is written */
    uint8_t key[4];
    uint64_t length;
};

struct trace_event {
    enum trace_kind kind;
    uint8_t opcode; /* FRAME: as it stands; MESSAGE: 1 or 2; control frames: 8, 9, 10 */
    uint16_t
        code; /* OPEN: 101; CLOSE: its code; FAIL: the code it fails with, 0 if it does not say */
    uint32_t
        rules; /* FAIL: the rules that may be the reason, bits 1 << enum slow_rule; 0: unsaid */
    size_t from;
    size_t len;
    size_t given;               /* octets of messages that were given before this event */
    struct trace_header header; /* FRAME */
};

struct trace {
    struct trace_event *events;
    size_t count;
    size_t capacity;
    size_t message_from;    /* where in `data` the message begins that is not whole yet */
    struct buffer data;     /* octets of messages, one behind the other, unfinished ones too */
    struct buffer control;  /* octets of control frames */
    struct buffer deflated; /* octets of compressed messages as they came, unmasked */
};

/* Forgets the events, keeps the memory. */
void trace_clear(struct trace *trace);
void trace_free(struct trace *trace);

/* The opening handshake was accepted. */
void trace_open(struct trace *trace);

void trace_frame(struct trace *trace, const struct trace_header *header);

/* Octets of a message, unmasked; then its end. A parser that has whole messages calls both. */
void trace_data(struct trace *trace, struct bytes octets);
void trace_message(struct trace *trace, uint8_t opcode);

/* Octets of a compressed message as they came, unmasked; what they make goes to trace_data. */
void trace_deflated(struct trace *trace, struct bytes octets);

/* A control frame with its whole payload. For CLOSE the code is read from it. */
void trace_control(struct trace *trace, enum trace_kind kind, struct bytes payload);

/* The same for a payload that was appended to `control` already, from `from` on. */
void trace_control_end(struct trace *trace, enum trace_kind kind, size_t from);

/* The parser fails the connection: `code` and `rules` as in struct trace_event. */
void trace_fail(struct trace *trace, uint16_t code, uint32_t rules);

/* True after trace_fail. */
bool trace_failed(const struct trace *trace);

/* The index of the first event that the two do not share; `count` of both if they are equal. */
size_t trace_differ(const struct trace *a, const struct trace *b);

/* True if all that `head` says is also the beginning of what `whole` says. */
bool trace_is_prefix(const struct trace *head, const struct trace *whole);

/* True if both say the same, pieces of unfinished messages included. How much of a compressed
 * message was read when it was refused is nobody's concern. */
bool trace_equal(const struct trace *a, const struct trace *b);

/* Appends event `index` as text, "nothing" behind the last: `text of 5 octets: hello`. */
void trace_print(struct buffer *out, const struct trace *trace, size_t index);

#endif
