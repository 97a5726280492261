/* SPDX-License-Identifier: MIT */
#include "ws/violation.h"

#include <assert.h>
#include <stddef.h>

#include "ws/close.h"

static const struct entry {
    const char *sender_rule;
    const char *receiver_rule;
    uint16_t close_code;
    bool tolerable;
    const char *text;
} table[WS_VIOLATION_COUNT] = {
    [WS_FINE] = {NULL, NULL, WS_CLOSE_NORMAL, true, "nothing is wrong"},
    [WS_BAD_RSV1] = {"RFC6455-5.2-03", "RFC6455-5.2-06", WS_CLOSE_PROTOCOL_ERROR, false,
                     "a frame has RSV1 set"},
    [WS_BAD_RSV2] = {"RFC6455-5.2-04", "RFC6455-5.2-06", WS_CLOSE_PROTOCOL_ERROR, false,
                     "a frame has RSV2 set"},
    [WS_BAD_RSV3] = {"RFC6455-5.2-05", "RFC6455-5.2-06", WS_CLOSE_PROTOCOL_ERROR, false,
                     "a frame has RSV3 set"},
    [WS_BAD_RSV1_PLACE] = {"RFC7692-6.1-03", "RFC7692-6.1-04", WS_CLOSE_PROTOCOL_ERROR, false,
                           "a frame that begins no message has RSV1 set"},
    [WS_BAD_DEFLATE] = {"RFC7692-7.2.1-01", "RFC7692-7.2.2-12", WS_CLOSE_INVALID_PAYLOAD, false,
                        "a compressed message cannot be inflated as agreed"},
    [WS_BAD_OPCODE_DATA] = {"RFC6455-11.8-01", "RFC6455-5.2-07", WS_CLOSE_PROTOCOL_ERROR, false,
                            "a frame has a reserved data opcode"},
    [WS_BAD_OPCODE_CONTROL] = {"RFC6455-11.8-01", "RFC6455-5.2-08", WS_CLOSE_PROTOCOL_ERROR, false,
                               "a frame has a reserved control opcode"},
    [WS_BAD_UNMASKED] = {"RFC6455-5.1-01", "RFC6455-5.1-02", WS_CLOSE_PROTOCOL_ERROR, false,
                         "a client's frame is not masked"},
    [WS_BAD_MASKED] = {"RFC6455-5.1-04", "RFC6455-5.1-05", WS_CLOSE_PROTOCOL_ERROR, false,
                       "a server's frame is masked"},
    [WS_BAD_LENGTH_NOT_MINIMAL] = {"RFC6455-5.2-15", "RFC6455-5.2-16", WS_CLOSE_PROTOCOL_ERROR,
                                   true, "a length is written with more octets than it needs"},
    [WS_BAD_LENGTH_TOP_BIT] = {"RFC6455-5.2-17", "RFC6455-5.2-18", WS_CLOSE_PROTOCOL_ERROR, false,
                               "a 64-bit length has its top bit set"},
    [WS_BAD_CONTROL_LENGTH] = {"RFC6455-5.5-02", "RFC6455-5.5-03", WS_CLOSE_PROTOCOL_ERROR, false,
                               "a control frame is longer than 125 octets"},
    [WS_BAD_CONTROL_LENGTH_FORM] = {"RFC6455-5.2-15", "RFC6455-5.5-05", WS_CLOSE_PROTOCOL_ERROR,
                                    false, "a control frame has an extended length"},
    [WS_BAD_CONTROL_FRAGMENTED] = {"RFC6455-5.4-07", "RFC6455-5.4-08", WS_CLOSE_PROTOCOL_ERROR,
                                   false, "a control frame is fragmented"},
    [WS_BAD_CONTINUATION] = {"RFC6455-5.4-03", "RFC6455-5.4-04", WS_CLOSE_PROTOCOL_ERROR, false,
                             "a continuation frame has no message to continue"},
    [WS_BAD_INTERLEAVED] = {"RFC6455-5.4-10", "RFC6455-5.4-10", WS_CLOSE_PROTOCOL_ERROR, false,
                            "a new message begins inside an unfinished one"},
    [WS_BAD_UTF8] = {"RFC6455-5.6-03", "RFC6455-8.1-01", WS_CLOSE_INVALID_PAYLOAD, false,
                     "a text message holds an octet that UTF-8 does not allow there"},
    [WS_BAD_UTF8_CUT] = {"RFC6455-5.6-03", "RFC6455-8.1-06", WS_CLOSE_INVALID_PAYLOAD, false,
                         "a text message ends inside a character"},
    [WS_BAD_CLOSE_LENGTH] = {"RFC6455-5.5.1-03", "RFC6455-5.5.1-04", WS_CLOSE_PROTOCOL_ERROR, true,
                             "a Close has a body of one octet"},
    [WS_BAD_CLOSE_CODE_UNUSED] = {"RFC6455-7.4.2-01", "RFC6455-7.4.2-01", WS_CLOSE_PROTOCOL_ERROR,
                                  true, "a Close has a code below 1000"},
    [WS_BAD_CLOSE_CODE_1004] = {"RFC6455-7.4.1-06", "RFC6455-7.4.1-06", WS_CLOSE_PROTOCOL_ERROR,
                                true, "a Close has the reserved code 1004"},
    [WS_BAD_CLOSE_CODE_1005] = {"RFC6455-7.4.1-07", "RFC6455-7.4.1-07", WS_CLOSE_PROTOCOL_ERROR,
                                true, "a Close has code 1005, which is never sent"},
    [WS_BAD_CLOSE_CODE_1006] = {"RFC6455-7.4.1-08", "RFC6455-7.4.1-08", WS_CLOSE_PROTOCOL_ERROR,
                                true, "a Close has code 1006, which is never sent"},
    [WS_BAD_CLOSE_CODE_1010] = {"RFC6455-7.4.1-12", "RFC6455-7.4.1-12", WS_CLOSE_PROTOCOL_ERROR,
                                true, "a server's Close has code 1010, which is for clients"},
    [WS_BAD_CLOSE_CODE_1015] = {"RFC6455-7.4.1-15", "RFC6455-7.4.1-15", WS_CLOSE_PROTOCOL_ERROR,
                                true, "a Close has code 1015, which is never sent"},
    [WS_BAD_CLOSE_CODE_UNASSIGNED] = {"RFC6455-7.4.2-02", "RFC6455-7.4.2-02",
                                      WS_CLOSE_PROTOCOL_ERROR, true,
                                      "a Close has an unassigned code of 1016 to 2999"},
    [WS_BAD_CLOSE_CODE_OUTSIDE] = {"RFC6455-7.4.2-05", "RFC6455-7.4.2-05", WS_CLOSE_PROTOCOL_ERROR,
                                   true, "a Close has a code above 4999"},
    [WS_BAD_CLOSE_REASON] = {"RFC6455-5.5.1-06", "RFC6455-5.5.1-07", WS_CLOSE_INVALID_PAYLOAD, true,
                             "the reason of a Close is not UTF-8"},
    [WS_BAD_DATA_AFTER_CLOSE] = {"RFC6455-5.5.1-10", "RFC6455-1.4-01", WS_CLOSE_PROTOCOL_ERROR,
                                 false, "a data frame follows a Close"},
    [WS_BAD_SECOND_CLOSE] = {"RFC6455-5.5.1-13", "RFC6455-1.4-01", WS_CLOSE_PROTOCOL_ERROR, false,
                             "a second Close follows the first"},
    [WS_TOO_BIG] = {NULL, "RFC6455-10.4-01", WS_CLOSE_TOO_BIG, false,
                    "a message is bigger than the limit"},
};

static const struct entry *entry_of(enum ws_violation violation)
{
    assert((size_t)violation < WS_VIOLATION_COUNT);
    return &table[violation];
}

const char *ws_violation_sender_rule(enum ws_violation violation)
{
    return entry_of(violation)->sender_rule;
}

const char *ws_violation_receiver_rule(enum ws_violation violation)
{
    return entry_of(violation)->receiver_rule;
}

uint16_t ws_violation_close_code(enum ws_violation violation)
{
    return entry_of(violation)->close_code;
}

const char *ws_violation_text(enum ws_violation violation)
{
    return entry_of(violation)->text;
}

bool ws_violation_is_tolerable(enum ws_violation violation)
{
    return entry_of(violation)->tolerable;
}
