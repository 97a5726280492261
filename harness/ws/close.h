/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_CLOSE_H
#define WSCONFORM_WS_CLOSE_H

#include "base/bytes.h"
#include "ws/violation.h"

/* RFC 6455, 7.4.1 */
enum ws_close_code {
    WS_CLOSE_NORMAL = 1000,
    WS_CLOSE_GOING_AWAY = 1001,
    WS_CLOSE_PROTOCOL_ERROR = 1002,
    WS_CLOSE_UNSUPPORTED_DATA = 1003,
    WS_CLOSE_NO_STATUS = 1005, /* local only: a Close without a body */
    WS_CLOSE_ABNORMAL = 1006,  /* local only: no Close at all */
    WS_CLOSE_INVALID_PAYLOAD = 1007,
    WS_CLOSE_POLICY = 1008,
    WS_CLOSE_TOO_BIG = 1009,
    WS_CLOSE_MANDATORY_EXTENSION = 1010,
    WS_CLOSE_INTERNAL_ERROR = 1011
};

/* What the registry (RFC 6455, 7.4 and 11.7, and IANA) says of a close code. */
enum ws_close_class {
    WS_CLOSE_CLASS_UNUSED,     /* 0 to 999 */
    WS_CLOSE_CLASS_DEFINED,    /* 1000 to 1003, 1007 to 1011 */
    WS_CLOSE_CLASS_RESERVED,   /* 1004: without meaning */
    WS_CLOSE_CLASS_LOCAL,      /* 1005, 1006, 1015: never on the wire */
    WS_CLOSE_CLASS_REGISTERED, /* 1012 to 1014: at IANA, after the RFC */
    WS_CLOSE_CLASS_UNASSIGNED, /* 1016 to 2999 */
    WS_CLOSE_CLASS_LIBRARY,    /* 3000 to 3999 */
    WS_CLOSE_CLASS_PRIVATE,    /* 4000 to 4999 */
    WS_CLOSE_CLASS_OUTSIDE     /* 5000 to 65535 */
};

enum ws_close_class ws_close_classify(uint16_t code);

/* A Close frame's payload taken apart. `code` is WS_CLOSE_NO_STATUS for an empty body and 0 for a
 * body of one octet; `reason` is borrowed from the payload. */
struct ws_close {
    uint16_t code;
    struct bytes reason;
};

/* Reads a payload (RFC 6455, 5.5.1). `sender_is_client` matters for 1010, which servers do not
 * send. Returns WS_FINE or the first thing that is wrong with it. */
enum ws_violation ws_close_read(struct ws_close *close, struct bytes payload,
                                bool sender_is_client);

/* Writes code and reason as a payload; `out` needs 2 + reason.len octets. Returns its length. */
size_t ws_close_write(uint8_t *out, uint16_t code, struct bytes reason);

#endif
