/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_TEXT_H
#define WSCONFORM_PEER_TEXT_H

#include "peer/quirk.h"

/* Quirks of checking text. */

/* Classes of octets that are no UTF-8 (RFC 3629, 3 and 4), as a set. */
enum peer_text_class {
    PEER_TEXT_OVERLONG_2 = 1, /* C0 and C1 */
    PEER_TEXT_OVERLONG_3 = 2, /* E0 80 to E0 9F */
    PEER_TEXT_OVERLONG_4 = 4, /* F0 80 to F0 8F */
    PEER_TEXT_SURROGATE = 8,  /* ED A0 to ED BF */
    PEER_TEXT_BEYOND = 16,    /* F4 90 and above, F5 to F7 */
    PEER_TEXT_FIVE = 32,      /* F8 to FB begin sequences of five */
    PEER_TEXT_SIX = 64,       /* FC and FD of six */
    PEER_TEXT_NEVER = 128,    /* FE and FF alone */
    PEER_TEXT_LONE_TAIL = 256,
    PEER_TEXT_CUT = 512,    /* the text ends inside a sequence */
    PEER_TEXT_BROKEN = 1024 /* another octet stands where a tail should be */
};

/* peer_quirk_event: judges text messages by quirk->text_valid, when they are whole. */
peer_quirk_event peer_text_event;

/* peer_quirk_event: fails on binary messages that are not UTF-8. */
peer_quirk_event peer_text_binary;

/* Takes the classes `kind` for valid. */
peer_quirk_text peer_text_lax;

/* Does not look at the octet `n`; at any from `n` on. */
peer_quirk_text peer_text_skips_octet;
peer_quirk_text peer_text_stops_at;

/* Looks at blocks of `n` octets, each by itself, and not at what they leave over. */
peer_quirk_text peer_text_skips_tail;

/* Looks at the first fragment only; at the last; not at fragmented messages; at each fragment by
 * itself. */
peer_quirk_text peer_text_first_fragment;
peer_quirk_text peer_text_last_fragment;
peer_quirk_text peer_text_unfragmented;
peer_quirk_text peer_text_each_fragment;

/* Wants valid text without the octets `text`. */
peer_quirk_text peer_text_without;

/* Wants valid text of at most three octets a character. */
peer_quirk_text peer_text_three_octets;

/* Wants ASCII. */
peer_quirk_text peer_text_ascii;

/* Takes everything. */
peer_quirk_text peer_text_anything;

/* True if `text` is UTF-8, or breaks it only in the classes `lax`. */
bool peer_text_valid(struct bytes text, unsigned lax);

#endif
