/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_VIOLATION_H
#define WSCONFORM_WS_VIOLATION_H

#include <stdbool.h>
#include <stdint.h>

/* Everything that can be wrong with the frames of one direction. */
enum ws_violation {
    WS_FINE,
    WS_BAD_RSV1,
    WS_BAD_RSV2,
    WS_BAD_RSV3,
    WS_BAD_RSV1_PLACE,          /* the bit of compressed messages where it says nothing */
    WS_BAD_DEFLATE,             /* a compressed message that cannot be inflated */
    WS_BAD_OPCODE_DATA,         /* 3 to 7 */
    WS_BAD_OPCODE_CONTROL,      /* B to F */
    WS_BAD_UNMASKED,            /* a client's frame without mask */
    WS_BAD_MASKED,              /* a server's frame with mask */
    WS_BAD_LENGTH_NOT_MINIMAL,  /* a data frame's length could be shorter */
    WS_BAD_LENGTH_TOP_BIT,      /* 2^63 or more */
    WS_BAD_CONTROL_LENGTH,      /* over 125 octets */
    WS_BAD_CONTROL_LENGTH_FORM, /* at most 125, but written behind 126 or 127 */
    WS_BAD_CONTROL_FRAGMENTED,
    WS_BAD_CONTINUATION,      /* nothing to continue */
    WS_BAD_INTERLEAVED,       /* a new data frame inside an unfinished message */
    WS_BAD_UTF8,              /* an impossible octet in a text message */
    WS_BAD_UTF8_CUT,          /* a text message ends inside a character */
    WS_BAD_CLOSE_LENGTH,      /* a Close body of one octet */
    WS_BAD_CLOSE_CODE_UNUSED, /* 0 to 999 */
    WS_BAD_CLOSE_CODE_1004,
    WS_BAD_CLOSE_CODE_1005,
    WS_BAD_CLOSE_CODE_1006,
    WS_BAD_CLOSE_CODE_1010, /* from a server */
    WS_BAD_CLOSE_CODE_1015,
    WS_BAD_CLOSE_CODE_UNASSIGNED, /* 1016 to 2999 */
    WS_BAD_CLOSE_CODE_OUTSIDE,    /* 5000 to 65535 */
    WS_BAD_CLOSE_REASON,          /* not UTF-8 */
    WS_BAD_DATA_AFTER_CLOSE,
    WS_BAD_SECOND_CLOSE,
    WS_TOO_BIG, /* over a limit of ours: the sender broke nothing (RFC 6455, 10.4) */
    WS_VIOLATION_COUNT
};

/* The sentence that the sender of the octets broke, as an id of the requirement catalogue, such
 * as "RFC6455-5.2-03". Static; NULL for WS_FINE and WS_TOO_BIG. */
const char *ws_violation_sender_rule(enum ws_violation violation);

/* The sentence that tells the receiver to fail the connection. Static; NULL for WS_FINE. */
const char *ws_violation_receiver_rule(enum ws_violation violation);

/* The one place that says with which code an endpoint fails the connection (RFC 6455, 7.4.1). */
uint16_t ws_violation_close_code(enum ws_violation violation);

/* What happened, as half a sentence for people: "a frame has RSV1 set". Static. */
const char *ws_violation_text(enum ws_violation violation);

/* True if the rule binds only the sender, so that a receiver may read on as if nothing were wrong
 * (a length that is not minimal; the odd close codes and reasons). */
bool ws_violation_is_tolerable(enum ws_violation violation);

#endif
