/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_QUIRK_H
#define WSCONFORM_PEER_QUIRK_H

#include "peer/echo.h"
#include "ws/handshake.h"
#include "ws/reader.h"

/* Ways in which the built-in server and the built-in client differ from the strict ones: faults,
 * each of which breaks exactly one sentence of the RFC, and variants, which are unusual and break
 * none. A suite that finds every fault and complains of no variant is known to work.
 *
 * A quirk is a row of a table: hooks that take the place of what the strict endpoint does at a few
 * points of a connection, and parameters that the hooks understand. Most rows fit both roles. */

struct peer_quirk;
struct peer_wire;

/* Hooks of a server's opening. */

/* Changes the judgement of a request; `raw` is its head as it came. */
typedef void peer_quirk_judge(const struct peer_quirk *quirk, const struct ws_http_head *request,
                              struct bytes raw, struct ws_handshake_decision *decision);

/* Changes the answer to a request, of which `answer` holds nothing else. */
typedef void peer_quirk_answer(const struct peer_quirk *quirk, const struct ws_http_head *request,
                               const struct ws_handshake_decision *decision, struct buffer *answer);

/* Hooks of a client. */

/* Changes echo->request before it is sent. */
typedef void peer_quirk_ask(struct peer_echo *echo);

/* Changes an answer, of which `raw` is the head as it came, to what a client with this quirk takes
 * it for. */
typedef void peer_quirk_mend(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer);

/* Changes how a frame is masked that is about to be sent: frame->masked, frame->key, and `used`,
 * the key with which the payload is transformed. */
typedef void peer_quirk_mask(struct peer_echo *echo, struct ws_frame *frame, uint8_t used[4]);

/* Hooks of both. */

/* Says something right after the 101; or, as a farewell, right after an answer that is none. */
typedef void peer_quirk_greet(struct peer_echo *echo, struct buffer *out);

/* Looks at the header of a frame before the reader does, and may change it. Returns false if the
 * whole frame is lost. */
typedef bool peer_quirk_frame(const struct peer_quirk *quirk, struct peer_wire *wire,
                              struct ws_frame *frame);

/* Changes payload octets, masked if they came so, of the frame wire->frame from wire->offset on. */
typedef void peer_quirk_payload(const struct peer_quirk *quirk, struct peer_wire *wire,
                                uint8_t *data, size_t len);

/* Takes an event of the reader instead of the strict endpoint; false leaves it to that one. */
typedef bool peer_quirk_event(struct peer_echo *echo, const struct ws_event *event,
                              struct buffer *out);

/* Says whether a text message is taken for UTF-8. */
typedef bool peer_quirk_text(const struct peer_echo *echo, struct bytes text);

/* Called when all octets of a read were handled. */
typedef void peer_quirk_read(struct peer_echo *echo, struct buffer *out);

/* How a connection ends, as a set. */
enum peer_quirk_end {
    PEER_AFTER_CLOSE = 1,   /* after the Closes were exchanged */
    PEER_AFTER_FAILURE = 2, /* after a violation of the other side */
    PEER_AFTER_REFUSAL = 4, /* after a handshake that was refused */
    PEER_AFTER_DEATH = 8    /* the whole process goes */
};

/* Where a frame stands, as a set; 0: anywhere. */
enum peer_quirk_place {
    PEER_INSIDE_MESSAGE = 1,
    PEER_OUTSIDE_MESSAGE = 2,
    PEER_NOT_FIRST = 4, /* a frame came before */
    PEER_NOT_FINAL = 8, /* FIN is clear */
    PEER_IS_FINAL = 16,
    PEER_IS_FRAGMENTED = 32, /* of messages */
    PEER_IS_EMPTY = 64       /* of Closes */
};

struct peer_quirk {
    const char *name;
    const char *requirement; /* the sentence that is broken; of a variant: that permits it */
    const char *sentence;    /* "answers a POST with 101" */

    peer_quirk_judge *judge;
    peer_quirk_answer *answer;
    peer_quirk_ask *ask;
    peer_quirk_mend *mend;
    peer_quirk_mask *mask;
    peer_quirk_greet *farewell; /* a client's */
    peer_quirk_greet *greet;
    peer_quirk_frame *frame;
    peer_quirk_payload *payload;
    peer_quirk_event *event;
    peer_quirk_text *text_valid;
    peer_quirk_read *read;

    /* What the hooks want to know; each says which it uses. */
    const char *rule;
    const char *field; /* only if the head has it */
    const char *text;
    const char *instead;
    size_t text_len;     /* when `text` may hold a NUL; 0: it ends with the first */
    uint64_t violations; /* 1 << enum ws_violation, ... */
    unsigned opcodes;    /* 1 << opcode, ...; 0: any */
    unsigned places;     /* of enum peer_quirk_place */
    uint64_t least;      /* octets of payload */
    uint64_t below;      /* 0: no bound */
    uint64_t n;
    size_t write_size; /* octets in a write, while few are waiting; 0: all */
    unsigned kind;
    unsigned deflate; /* an enum peer_deflate; 0: as it should be */
    unsigned only;    /* of enum peer_role; 0: whoever has its hooks */

    uint16_t code;   /* of a Close, or a status */
    bool whole_head; /* one that comes in several reads is refused */
    bool lone_head;  /* judge: only a request that comes with nothing behind it */
    bool loses_rest; /* what came in one read with the head of the handshake is lost */

    /* Sets of enum peer_quirk_end. */
    unsigned hangs;  /* TCP stays open */
    unsigned resets; /* TCP is reset */
    unsigned late;   /* TCP ends after `end_ms` */
    unsigned first;  /* a client does not wait for the server to end TCP */

    unsigned end_ms;
    unsigned answer_ms;    /* answers wait so long */
    unsigned slow_opcodes; /* 1 << opcode, ... of the control frames whose answers do; 0: all */
};

/* A table and its length. */
struct peer_quirk_list {
    const struct peer_quirk *items;
    size_t count;
};

/* The tables one after the other; `index` 0 is the first, a list of no items ends them. */
struct peer_quirk_list peer_quirk_faults(size_t index);
struct peer_quirk_list peer_quirk_variants(size_t index);

/* True if an endpoint of that role can have the quirk. */
bool peer_quirk_fits(const struct peer_quirk *quirk, enum peer_role role);

/* The fault or the variant of that name which fits the role, or NULL. */
const struct peer_quirk *peer_quirk_find_fault(const char *name, enum peer_role role);
const struct peer_quirk *peer_quirk_find_variant(const char *name, enum peer_role role);

/* True if a frame has one of the quirk's opcodes, at least `least` and less than `below` octets,
 * and stands in one of its places. */
bool peer_quirk_matches(const struct peer_quirk *quirk, const struct ws_frame *frame,
                        bool in_message, uint64_t frames_before);

#endif
