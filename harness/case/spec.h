/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_SPEC_H
#define WSCONFORM_CASE_SPEC_H

#include "base/arena.h"
#include "case/catalogue.h"
#include "ws/frame.h"

/* A case as docs/case-language.md describes it, read and expanded. Everything is owned by the
 * arena of its set. */

enum case_role { CASE_ROLE_SERVER = 1, CASE_ROLE_CLIENT = 2, CASE_ROLE_BOTH = 3 };

/* Kinds of files, for what compresses well or badly. */
enum case_corpus {
    CASE_CORPUS_JSON,
    CASE_CORPUS_HTML,
    CASE_CORPUS_PROSE,
    CASE_CORPUS_BITMAP,
    CASE_CORPUS_PDF,
    CASE_CORPUS_COUNT
};

struct case_payload {
    enum {
        CASE_PAYLOAD_OCTETS, /* octets */
        CASE_PAYLOAD_REPEAT, /* octets, `count` times */
        CASE_PAYLOAD_JSON,   /* a JSON string literal of `count` octets */
        CASE_PAYLOAD_RANDOM, /* `count` seeded random octets */
        CASE_PAYLOAD_CORPUS, /* `count` octets out of such a file as people send */
        CASE_PAYLOAD_CONCAT  /* parts, `count` of them */
    } kind;
    struct bytes octets;
    size_t count;
    enum case_corpus corpus;
    const struct case_payload *parts;
};

struct case_frame {
    uint8_t opcode;
    uint8_t rsv;
    bool fin;
    enum { CASE_MASK_AS_DUE, CASE_MASK_ON, CASE_MASK_OFF, CASE_MASK_KEY } mask;
    uint8_t key[4];
    unsigned form; /* 7, 16, 64; 0: the shortest */
    bool has_length;
    uint64_t length; /* what the header says, if has_length */
    struct case_payload payload;
};

struct case_message {
    uint8_t opcode; /* WS_TEXT or WS_BINARY */
    struct case_payload payload;
    size_t fragment; /* octets in each fragment; 0: see sizes */
    const size_t *sizes;
    size_t size_count;
    size_t times; /* so many messages; 1 or more */
};

struct case_step {
    enum {
        CASE_STEP_SEND,
        CASE_STEP_MESSAGE,
        CASE_STEP_RAW,
        CASE_STEP_AWAIT_ECHO,
        CASE_STEP_AWAIT_PONG,
        CASE_STEP_AWAIT_END,
        CASE_STEP_HALF_CLOSE
    } kind;
    struct case_frame frame;     /* SEND; a "close" step is one */
    struct case_message message; /* MESSAGE */
    struct bytes raw;            /* RAW */
};

enum case_cut_kind {
    CASE_CUT_NONE,
    CASE_CUT_SIZE,
    CASE_CUT_FIRST, /* the first write has `size` octets, the next has the rest */
    CASE_CUT_FRAMES,
    CASE_CUT_LINES,
    CASE_CUT_BODY /* what stands behind the head goes out by itself */
};

struct case_cut {
    enum case_cut_kind kind;
    size_t size; /* octets in a write, with CASE_CUT_SIZE and CASE_CUT_FIRST */
};

struct case_field {
    const char *name;
    const char *value;
};

/* What is asked of the endpoint's compressor (RFC 7692, 7.1). */
struct case_deflate {
    bool takeover;   /* it may refer to earlier messages */
    unsigned window; /* bits of its window, 8 to 15; 0: not named */
};

struct case_names {
    const char *const *items;
    size_t count;
};

/* Edits to a legal head of the opening handshake, the request or the answer; NULL and 0 mean "as
 * it is". */
struct case_head {
    const char *method; /* of a request, and target */
    const char *target;
    const char *status; /* of an answer: "101 Switching Protocols" */
    const char *version;
    const char *line;
    struct case_names remove;
    const struct case_field *set;
    size_t set_count;
    struct case_names add;
    bool reverse;
    enum { CASE_LETTERS_AS_IS, CASE_LETTERS_UPPER, CASE_LETTERS_LOWER } letters;
    const char *eol;
    bool has_before; /* an answer has `before` in front of it */
    struct case_payload before;
    bool has_body;
    struct case_payload body;
    struct case_cut cut;
    bool join; /* what follows an answer goes out in its last write */
    bool hold; /* an answer comes only after a pause, in which nothing may come */
};

struct case_spec {
    const char *file; /* where it stands */
    const char *section;
    const char *id;
    const struct case_requirement *const *requires; /* at least one; the first names a failure */
    size_t require_count;
    enum case_role role;
    struct case_names autobahn;
    struct case_names flags;
    bool big;
    bool exhaust; /* it goes for the endpoint's resources */
    bool needs_echo;
    const char *does;
    const char *expects;
    struct case_head request;  /* if a server is tested */
    struct case_head response; /* if a client is */
    /* permessage-deflate is to be agreed on, in one of these forms, the first that the endpoint
     * takes; none: it is not named. Messages are compressed then. */
    const struct case_deflate *deflate;
    size_t deflate_count;
    const struct case_step *steps;
    size_t step_count;
    struct case_cut cut;
    const char *outcome;       /* NULL for a run-level case */
    struct case_names observe; /* only for a run-level case */
};

/* The cases of one run, in the order of the files, and the catalogue that they refer to. */
struct case_set {
    struct arena arena;
    struct case_catalogue catalogue;
    struct case_spec *cases;
    size_t count;
    size_t capacity;
};

/* A zeroed struct is an empty set; this frees what it holds. */
void case_spec_free_set(struct case_set *set);

/* The case of that id, or NULL. */
const struct case_spec *case_spec_find(const struct case_set *set, const char *id);

/* True if the case has that flag. */
bool case_spec_has_flag(const struct case_spec *spec, const char *flag);

/* Octets and frames that the steps of the case send, about. */
struct case_volume {
    uint64_t octets;
    uint64_t frames;
};
struct case_volume case_spec_volume(const struct case_spec *spec);

/* True for a case that is judged by what is seen on all connections of a run. */
bool case_spec_is_run_level(const struct case_spec *spec);

#endif
