/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_SLOW_H
#define WSCONFORM_FUZZ_SLOW_H

#include "fuzz/trace.h"

/* Slow parsers, written from the text of the RFCs and not from harness/ws, of which they share not
 * a line: they see the whole input at once, hold no state between calls and prefer arithmetic to
 * tables. What they say is what the fast ones must say. */

enum slow_rule {
    SLOW_RSV,
    SLOW_OPCODE,
    SLOW_UNMASKED,
    SLOW_MASKED,
    SLOW_NOT_MINIMAL,
    SLOW_TOP_BIT,
    SLOW_CONTROL_LONG,
    SLOW_CONTROL_FORM,
    SLOW_CONTROL_FRAGMENTED,
    SLOW_ORPHAN,
    SLOW_INTERLEAVED,
    SLOW_UTF8,
    SLOW_UTF8_CUT,
    SLOW_CLOSE_LENGTH,
    SLOW_CLOSE_CODE,
    SLOW_CLOSE_REASON,
    SLOW_DATA_AFTER_CLOSE,
    SLOW_SECOND_CLOSE,
    SLOW_TOO_BIG,
    SLOW_DEFLATE, /* a compressed message that cannot be inflated (RFC 7692, 7.2.2) */
    SLOW_RULE_COUNT
};

#define SLOW_BIT(rule) (UINT32_C(1) << (rule))

/* All rules that concern the body of a Close. */
#define SLOW_CLOSE_BODY                                                                            \
    (SLOW_BIT(SLOW_CLOSE_LENGTH) | SLOW_BIT(SLOW_CLOSE_CODE) | SLOW_BIT(SLOW_CLOSE_REASON))

/* The sentence that tells the receiver to fail the connection: "RFC6455-5.2-06". Static. */
const char *slow_rule_clause(enum slow_rule rule);

/* The code that a receiver fails the connection with. */
uint16_t slow_rule_code(enum slow_rule rule);

enum slow_utf8 {
    SLOW_UTF8_AT_ONCE,   /* at the first octet that no text can have */
    SLOW_UTF8_AT_FRAME,  /* when the frame is whole */
    SLOW_UTF8_AT_MESSAGE /* when the message is whole */
};

/* Whose frames are read, and what the parser that it is compared with does differently where the
 * RFC lets it. A zeroed struct is a strict client without limits. */
struct slow_profile {
    bool from_client;     /* masked frames: the parser is a server's */
    uint64_t message_max; /* octets in a message; 0: no limit */
    size_t head;   /* octets of an accepted opening handshake in front of the frames; 0: none */
    bool deflate;  /* permessage-deflate was agreed on; a message_max is wanted with it */
    bool takeover; /* of this direction (RFC 7692, 7.1.1) */
    unsigned window_bits; /* of this direction, 8 to 15 (7.1.2) */
    uint32_t tolerated;   /* rules whose breach it overlooks, SLOW_BIT(...) */
    enum slow_utf8 utf8;
    bool stops_at_close; /* it reads nothing behind a Close (RFC 6455, 1.4: discards it) */
    /* How closely the traces must agree (oracle_compare). */
    bool headers;     /* it tells of headers */
    bool pieces;      /* it gives the octets of messages that are not whole yet */
    bool codes;       /* it says with which code it fails */
    bool early;       /* it may fail at a header or a Close that is not whole yet */
    bool loose_codes; /* it may take or refuse a Close with a code of 1004 to 2999 as it likes, but
                         1007 to 1009 and 1011 (RFC 6455, 7.4: receivers are told nothing) */
    bool late;        /* it may fail only when the frame is whole, so perhaps not at all */
};

/* Reads a stream of frames. `trace` is cleared first. Returns the rules that the octets of an
 * unfinished header or Close at the end of the input break already. */
uint32_t slow_parse(struct trace *trace, const struct slow_profile *profile, struct bytes in);

/* Reads one header (RFC 6455, 5.2) and returns its size; 0 if it is not whole. */
size_t slow_header(struct trace_header *header, struct bytes in);

/* The index of the first octet that no UTF-8 text can have there (RFC 3629), text.len if there is
 * none. `*whole`: the text does not end inside a character. */
size_t slow_utf8(struct bytes text, bool *whole);

/* The rules that the body of a Close breaks, SLOW_BIT(...); 0: none. */
uint32_t slow_close(struct bytes payload, bool sender_is_client);

#endif
