/* SPDX-License-Identifier: MIT */
#include "ws/utf8.h"

#include <string.h>

/* RFC 3629, section 4, as a state machine. Four lead octets narrow the range of the second octet
 * (no overlong forms, no surrogates, nothing above U+10FFFF), so each has a state of its own. */
enum state {
    START,
    TAIL_1,
    TAIL_2,
    TAIL_3,
    AFTER_E0,
    AFTER_ED,
    AFTER_F0,
    AFTER_F4,
    FAILED,
    STATES
};

enum octet_class {
    ASCII,
    TAIL_80, /* 80 to 8F */
    TAIL_90, /* 90 to 9F */
    TAIL_A0, /* A0 to BF */
    NEVER,   /* C0, C1, F5 to FF */
    LEAD_2,  /* C2 to DF */
    LEAD_E0,
    LEAD_3, /* E1 to EC, EE, EF */
    LEAD_ED,
    LEAD_F0,
    LEAD_4, /* F1 to F3 */
    LEAD_F4,
    CLASSES
};

/* The class of octet 0x80 + i; all below are ASCII. */
static const uint8_t class_of[128] = {
    TAIL_80, TAIL_80, TAIL_80, TAIL_80, TAIL_80, TAIL_80, TAIL_80, TAIL_80, /* 80 */
    TAIL_80, TAIL_80, TAIL_80, TAIL_80, TAIL_80, TAIL_80, TAIL_80, TAIL_80, /* 88 */
    TAIL_90, TAIL_90, TAIL_90, TAIL_90, TAIL_90, TAIL_90, TAIL_90, TAIL_90, /* 90 */
    TAIL_90, TAIL_90, TAIL_90, TAIL_90, TAIL_90, TAIL_90, TAIL_90, TAIL_90, /* 98 */
    TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, /* A0 */
    TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, /* A8 */
    TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, /* B0 */
    TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, TAIL_A0, /* B8 */
    NEVER,   NEVER,   LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  /* C0 */
    LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  /* C8 */
    LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  /* D0 */
    LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  LEAD_2,  /* D8 */
    LEAD_E0, LEAD_3,  LEAD_3,  LEAD_3,  LEAD_3,  LEAD_3,  LEAD_3,  LEAD_3,  /* E0 */
    LEAD_3,  LEAD_3,  LEAD_3,  LEAD_3,  LEAD_3,  LEAD_ED, LEAD_3,  LEAD_3,  /* E8 */
    LEAD_F0, LEAD_4,  LEAD_4,  LEAD_4,  LEAD_F4, NEVER,   NEVER,   NEVER,   /* F0 */
    NEVER,   NEVER,   NEVER,   NEVER,   NEVER,   NEVER,   NEVER,   NEVER,   /* F8 */
};

/* next_state[state][class] */
static const uint8_t next_state[STATES][CLASSES] = {
    /*            ASCII   80      90      A0      NEVER   2       E0        3       ED        F0
                  4       F4 */
    [START] = {START, FAILED, FAILED, FAILED, FAILED, TAIL_1, AFTER_E0, TAIL_2, AFTER_ED, AFTER_F0,
               TAIL_3, AFTER_F4},
    [TAIL_1] = {FAILED, START, START, START, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED,
                FAILED},
    [TAIL_2] = {FAILED, TAIL_1, TAIL_1, TAIL_1, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED,
                FAILED, FAILED},
    [TAIL_3] = {FAILED, TAIL_2, TAIL_2, TAIL_2, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED,
                FAILED, FAILED},
    [AFTER_E0] = {FAILED, FAILED, FAILED, TAIL_1, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED,
                  FAILED, FAILED},
    [AFTER_ED] = {FAILED, TAIL_1, TAIL_1, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED,
                  FAILED, FAILED},
    [AFTER_F0] = {FAILED, FAILED, TAIL_2, TAIL_2, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED,
                  FAILED, FAILED},
    [AFTER_F4] = {FAILED, TAIL_2, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED,
                  FAILED, FAILED},
    [FAILED] = {FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED,
                FAILED, FAILED},
};

/* How many of the octets from `i` on are ASCII, counted in steps of eight. */
static size_t ascii_run(struct bytes text, size_t i)
{
    size_t start = i;
    for (; text.len - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, text.data + i, sizeof(word));
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return i - start;
}

size_t ws_utf8_feed(struct ws_utf8 *utf8, struct bytes text)
{
    uint8_t state = utf8->state;
    size_t i = 0;
    while (i < text.len) {
        if (state == START && text.data[i] < 0x80) {
            i += ascii_run(text, i);
            /* What the run left over: fewer than eight octets, or some before a longer sequence. */
            while (i < text.len && text.data[i] < 0x80)
                i++;
            continue;
        }
        uint8_t octet = text.data[i];
        state = next_state[state][octet < 0x80 ? ASCII : class_of[octet - 0x80]];
        if (state == FAILED)
            break;
        i++;
    }
    utf8->state = state;
    return i;
}

bool ws_utf8_complete(const struct ws_utf8 *utf8)
{
    return utf8->state == START;
}

bool ws_utf8_valid(struct bytes text)
{
    struct ws_utf8 utf8 = {START};
    return ws_utf8_feed(&utf8, text) == text.len && ws_utf8_complete(&utf8);
}
