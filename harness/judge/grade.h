/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_JUDGE_GRADE_H
#define WSCONFORM_JUDGE_GRADE_H

#include "judge/match.h"
#include "judge/outcome.h"
#include "judge/verdict.h"

/* The judgement calls of the RFC, all in one place: how well what was seen on a connection fits an
 * outcome. The letters in the comments of grade.c (A01 and so on) are the places where endpoints
 * may legally differ; docs/verdicts.md explains each. */

enum judge_end {
    JUDGE_END_OPEN, /* the connection stands */
    JUDGE_END_FIN,
    JUDGE_END_RESET,
    JUDGE_END_HTTP /* a client that was refused goes on with another request on the connection */
};

/* All that is known of a connection when it is judged. */
struct judge_seen {
    bool of_client; /* the endpoint is a client */
    unsigned
        status; /* of the handshake's answer; 0: none came. Of a client: 101 once ours is out */
    uint64_t frames; /* that came */
    const struct judge_ledger *ledger;
    const struct judge_match *match;
    enum ws_violation close_violation; /* what was wrong with their Close, or WS_FINE */
    enum judge_end end;
    bool waited;    /* a deadline passed before this was judged */
    bool alive;     /* the fence behind the last step came back */
    uint64_t limit; /* octets of a message that this endpoint is known to refuse; UINT64_MAX */
};

struct judge_judgement {
    enum judge_grade grade;
    bool lenient;        /* an alternative other than the first, or a lenient form of it */
    char diagnosis[256]; /* what was seen, as a sentence without a full stop */
};

/* Judges what was seen against the outcome. */
struct judge_judgement judge_grade(const struct judge_outcome *outcome,
                                   const struct judge_seen *seen);

/* Writes what was seen into `text`, as a sentence without a full stop. */
void judge_grade_describe(const struct judge_seen *seen, char *text, size_t size);

/* How well a Close code answers a violation for which `wanted` is the best code (A02). 1005 stands
 * for a Close without a code. */
enum judge_grade judge_grade_failure_code(unsigned wanted, uint16_t code);

/* How well a Close code answers a Close of ours with the code `sent`, 1005 for one without a code
 * and 0 for a body of one octet (A03, A04, A07, A08, A64). */
enum judge_grade judge_grade_reply_code(uint16_t sent, uint16_t code);

#endif
