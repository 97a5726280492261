/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_REPLY_H
#define WSCONFORM_PEER_REPLY_H

#include "peer/quirk.h"

/* Quirks of what the endpoint says to what it has read. */

/* Overlooks the violations in quirk->violations on frames that peer_quirk_matches. */
peer_quirk_event peer_reply_overlook;

/* Ends the process on these violations, or without any on frames that peer_quirk_matches. */
peer_quirk_event peer_reply_die;

/* Says nothing more after these violations, and does not end. */
peer_quirk_event peer_reply_freeze;

/* Sends a Close for a violation and reads on as if nothing were wrong. */
peer_quirk_event peer_reply_go_on;

/* Fails the connection for these violations with `code` (1005: an empty Close), or with `kind` 1
 * without a Close. */
peer_quirk_event peer_reply_fail;

/* Forgets the message so far when a control frame comes. */
peer_quirk_event peer_reply_forget_message;

/* How an echo differs; see peer_reply_echo. */
enum peer_reply_echo {
    PEER_ECHO_ALTERED, /* at octet `n` */
    PEER_ECHO_CUT,     /* behind octet `n` */
    PEER_ECHO_CUT_AT_NUL,
    PEER_ECHO_OCTET_CHANGED, /* each octet with the value `n` */
    PEER_ECHO_GROWN,         /* by a NUL */
    PEER_ECHO_OTHER_TYPE,
    PEER_ECHO_TWICE,
    PEER_ECHO_NEVER,
    PEER_ECHO_SWAPPED, /* with the next message, if that comes in the same read */
    PEER_ECHO_JOINED,  /* to that one */
    PEER_ECHO_FORM,    /* `n` is an enum ws_length_form */
    PEER_ECHO_MASKED,
    PEER_ECHO_RSV,                /* `n` is the bits */
    PEER_ECHO_OPCODE,             /* `n` is the opcode */
    PEER_ECHO_FIRST_ONLY,         /* in two fragments, of which the second has the type again */
    PEER_ECHO_FIN_EARLY,          /* in two, of which the first has FIN set */
    PEER_ECHO_PIECES,             /* in fragments of `n` octets */
    PEER_ECHO_PIECES_AND_PINGS,   /* with an empty ping and an empty pong between them */
    PEER_ECHO_PIECES_AND_NOTHING, /* an empty fragment is the last */
    PEER_ECHO_LENGTH_MORE,        /* the header says one octet more */
    PEER_ECHO_LENGTH_TOP_BIT
};

/* Echoes messages otherwise: those with a frame that peer_quirk_matches, whose length is that of
 * the message; `kind` is an enum peer_reply_echo. */
peer_quirk_event peer_reply_echo;

/* Echoes fragmented messages as binary. */
peer_quirk_event peer_reply_forget_type;

/* Does not take text messages of the type for which `opcodes` stands, but closes with `code`. */
peer_quirk_event peer_reply_unserved;

/* Fails with `code` on messages of more than `n` octets; 0: only TCP ends. */
peer_quirk_event peer_reply_limit;

/* Fails with `code` on messages of more than `n` fragments. */
peer_quirk_event peer_reply_limit_fragments;

enum peer_reply_pong {
    PEER_PONG_NEVER,
    PEER_PONG_CUT, /* behind octet `n` */
    PEER_PONG_CUT_AT_NUL,
    PEER_PONG_OTHER,      /* with another payload */
    PEER_PONG_FIRST_ONLY, /* of several in a read */
    PEER_PONG_LAST_ONLY,
    PEER_PONG_AFTER_MESSAGE, /* not before an open message has ended */
    PEER_PONG_TO_PONG,       /* pongs are answered too, with a ping */
    PEER_PONG_IF_UTF8,       /* else the connection fails */
    PEER_PONG_AS,            /* with the opcode `n` */
    PEER_PONG_FRAGMENTED,
    PEER_PONG_LONG, /* padded to 126 octets */
    PEER_PONG_FORM, /* `n` is an enum ws_length_form */
    PEER_PONG_MASKED,
    PEER_PONG_RSV,
    PEER_PONG_ADDED, /* an unasked pong goes before */
    PEER_PONG_FAIL
};

/* Answers pings that peer_quirk_matches otherwise; `kind` is an enum peer_reply_pong. */
peer_quirk_event peer_reply_pong;

enum peer_reply_close {
    PEER_CLOSE_CODE, /* with `code`; 1005: empty */
    PEER_CLOSE_SILENT,
    PEER_CLOSE_ONE_OCTET,
    PEER_CLOSE_SWAPPED, /* the octets of the code */
    PEER_CLOSE_WHOLE,   /* with the whole body of the other side's */
    PEER_CLOSE_BAD_REASON,
    PEER_CLOSE_OWN_REASON,
    PEER_CLOSE_TWICE,
    PEER_CLOSE_THEN_TEXT,
    PEER_CLOSE_BODY, /* with a body that says `code`, even 1005 */
    PEER_CLOSE_IGNORED,
    PEER_CLOSE_GO_ON, /* answers, and goes on as before */
    PEER_CLOSE_FRAGMENTED,
    PEER_CLOSE_MASKED,
    PEER_CLOSE_LONG, /* a reason of 124 octets */
    PEER_CLOSE_DIE
};

/* Answers a Close whose code is at least `least` and less than `below` otherwise; an empty
 * body counts as 1005, one of a single octet as 0. `kind` is an enum peer_reply_close; with
 * `text` only if the reason holds it. It overlooks the violations in quirk->violations. */
peer_quirk_event peer_reply_close;

/* peer_quirk_read: sends what was held back. */
peer_quirk_read peer_reply_release;

/* Holds echoes back until all octets of the read were handled, so that pongs overtake them. */
peer_quirk_event peer_reply_hold;

/* Sends an unasked ping (`kind` WS_PING) or pong before each echo. */
peer_quirk_event peer_reply_unasked;

/* peer_quirk_greet: a text message; a ping; a pong; a Close with 1002. */
peer_quirk_greet peer_reply_greet;
peer_quirk_greet peer_reply_greet_ping;
peer_quirk_greet peer_reply_greet_pong;
peer_quirk_greet peer_reply_greet_close;

#endif
