/* SPDX-License-Identifier: MIT */
#include "ws/close.h"

#include <string.h>

#include "ws/utf8.h"

/* RFC 6455, 7.4.1: codes without a name in enum ws_close_code. */
enum { CODE_RESERVED = 1004, CODE_TLS = 1015 };

/* The ranges of 7.4.2, and inside the first one the codes of 7.4.1 and of IANA's registry. */
static const struct range {
    uint16_t last;
    enum ws_close_class class;
} ranges[] = {
    {999, WS_CLOSE_CLASS_UNUSED},
    {WS_CLOSE_UNSUPPORTED_DATA, WS_CLOSE_CLASS_DEFINED},
    {CODE_RESERVED, WS_CLOSE_CLASS_RESERVED},
    {WS_CLOSE_ABNORMAL, WS_CLOSE_CLASS_LOCAL},
    {WS_CLOSE_INTERNAL_ERROR, WS_CLOSE_CLASS_DEFINED},
    {1014, WS_CLOSE_CLASS_REGISTERED},
    {CODE_TLS, WS_CLOSE_CLASS_LOCAL},
    {2999, WS_CLOSE_CLASS_UNASSIGNED},
    {3999, WS_CLOSE_CLASS_LIBRARY},
    {4999, WS_CLOSE_CLASS_PRIVATE},
    {UINT16_MAX, WS_CLOSE_CLASS_OUTSIDE},
};

enum ws_close_class ws_close_classify(uint16_t code)
{
    const struct range *range = ranges;
    while (code > range->last)
        range++;
    return range->class;
}

static enum ws_violation judge_local(uint16_t code)
{
    if (code == WS_CLOSE_NO_STATUS)
        return WS_BAD_CLOSE_CODE_1005;
    return code == WS_CLOSE_ABNORMAL ? WS_BAD_CLOSE_CODE_1006 : WS_BAD_CLOSE_CODE_1015;
}

static enum ws_violation judge_code(uint16_t code, bool sender_is_client)
{
    switch (ws_close_classify(code)) {
    case WS_CLOSE_CLASS_UNUSED:
        return WS_BAD_CLOSE_CODE_UNUSED;
    case WS_CLOSE_CLASS_RESERVED:
        return WS_BAD_CLOSE_CODE_1004;
    case WS_CLOSE_CLASS_LOCAL:
        return judge_local(code);
    case WS_CLOSE_CLASS_UNASSIGNED:
        return WS_BAD_CLOSE_CODE_UNASSIGNED;
    case WS_CLOSE_CLASS_OUTSIDE:
        return WS_BAD_CLOSE_CODE_OUTSIDE;
    case WS_CLOSE_CLASS_DEFINED:
    case WS_CLOSE_CLASS_REGISTERED:
    case WS_CLOSE_CLASS_LIBRARY:
    case WS_CLOSE_CLASS_PRIVATE:
        break;
    }
    /* RFC 6455, 7.4.1: 1010 "is not used by the server, because it can fail the WebSocket
     * handshake instead". */
    if (code == WS_CLOSE_MANDATORY_EXTENSION && !sender_is_client)
        return WS_BAD_CLOSE_CODE_1010;
    return WS_FINE;
}

enum ws_violation ws_close_read(struct ws_close *close, struct bytes payload, bool sender_is_client)
{
    *close = (struct ws_close){.code = WS_CLOSE_NO_STATUS};
    if (payload.len == 0)
        return WS_FINE;
    /* RFC 6455, 5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte
     * unsigned integer (in network byte order) representing a status code". */
    if (payload.len == 1) {
        close->code = 0;
        return WS_BAD_CLOSE_LENGTH;
    }
    close->code = (uint16_t)(payload.data[0] << 8 | payload.data[1]);
    close->reason = bytes_of(payload.data + 2, payload.len - 2);
    enum ws_violation violation = judge_code(close->code, sender_is_client);
    if (violation != WS_FINE)
        return violation;
    return ws_utf8_valid(close->reason) ? WS_FINE : WS_BAD_CLOSE_REASON;
}

size_t ws_close_write(uint8_t *out, uint16_t code, struct bytes reason)
{
    out[0] = (uint8_t)(code >> 8);
    out[1] = (uint8_t)code;
    if (reason.len > 0)
        memcpy(out + 2, reason.data, reason.len);
    return 2 + reason.len;
}
