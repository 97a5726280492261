/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_JUDGE_OUTCOME_H
#define WSCONFORM_JUDGE_OUTCOME_H

#include "base/error.h"
#include "case/spec.h"

/* The words in which a case says what may happen; docs/verdicts.md lists what each permits. */
enum judge_word {
    JUDGE_ECHO,
    JUDGE_PONG,
    JUDGE_SURVIVE,
    JUDGE_FAIL,
    JUDGE_CLOSE,
    JUDGE_ACCEPT,
    JUDGE_REJECT,
    JUDGE_ANSWER,
    JUDGE_WAIT,
    JUDGE_SPARE
};

enum { JUDGE_ALTERNATIVES_MAX = 4 };

/* "fail(1002) | echo": the first alternative is what the RFC asks for, the rest it permits. */
struct judge_outcome {
    struct {
        enum judge_word word;
        unsigned code; /* of FAIL, and of REJECT if it is a server's; else 0 */
    } alternatives[JUDGE_ALTERNATIVES_MAX];
    size_t count;
};

/* Reads the text of an outcome. Returns 0, or -1 with a sentence in `error`. */
int judge_outcome_parse(struct judge_outcome *outcome, const char *text, struct error *error);

/* True if one of the alternatives is that word. */
bool judge_outcome_allows(const struct judge_outcome *outcome, enum judge_word word);

/* True if an alternative lets the endpoint process all that was sent and live: echo, pong,
 * survive or accept. */
bool judge_outcome_allows_life(const struct judge_outcome *outcome);

/* True if all alternatives are about the answer to the handshake, and none of them is a 101. */
bool judge_outcome_refuses(const struct judge_outcome *outcome);

/* Looks for mistakes that a case's author can make: an outcome that cannot be read, an `echo`
 * without a message, a `pong` without a ping, a `close` without a Close, a `fail` without steps, a
 * `reject` with a status for a client or without one for a server, a `wait` for a client.
 * Returns 0, or -1 with a sentence in `error`. */
int judge_outcome_check(const struct case_spec *spec, struct error *error);

#endif
