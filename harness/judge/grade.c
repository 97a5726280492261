/* SPDX-License-Identifier: MIT */
#include "judge/grade.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    /* Fragments of one message that an endpoint must take before it may call it abuse (A57). */
    FRAGMENTS_MUST_PASS = 1000,
    /* Pings on one connection, likewise: 10.4 names no number, and npm's ws, for one, allows 60
     * that wait for their pong. */
    PINGS_MUST_PASS = 50
};

static bool never_on_the_wire(uint16_t code, bool empty)
{
    enum ws_close_class class = ws_close_classify(code);
    return !empty && (class == WS_CLOSE_CLASS_LOCAL || class == WS_CLOSE_CLASS_UNUSED);
}

enum judge_grade judge_grade_failure_code(unsigned wanted, uint16_t code)
{
    if (code == wanted)
        return JUDGE_STRICT;
    switch (code) {
    case WS_CLOSE_PROTOCOL_ERROR:
    case WS_CLOSE_UNSUPPORTED_DATA:
    case WS_CLOSE_INVALID_PAYLOAD:
    case WS_CLOSE_POLICY:
    case WS_CLOSE_TOO_BIG:
    case WS_CLOSE_INTERNAL_ERROR:
    case WS_CLOSE_NO_STATUS:
        return JUDGE_LENIENT;
    case WS_CLOSE_NORMAL:
    case WS_CLOSE_GOING_AWAY:
        return JUDGE_WARNING; /* A02: they claim a normal end */
    default:
        break;
    }
    switch (ws_close_classify(code)) {
    case WS_CLOSE_CLASS_LIBRARY:
    case WS_CLOSE_CLASS_PRIVATE:
        return JUDGE_LENIENT;
    case WS_CLOSE_CLASS_REGISTERED:
    case WS_CLOSE_CLASS_UNASSIGNED:
    case WS_CLOSE_CLASS_DEFINED:
        return JUDGE_WARNING;
    default:
        return JUDGE_VIOLATION;
    }
}

/* A03: the RFC says only that the code is "typically" echoed; but an error code for a legal Close
 * is none of what 5.5.1 describes. */
static enum judge_grade reply_to_legal(uint16_t sent, uint16_t code)
{
    if (code == sent)
        return JUDGE_STRICT;
    if (code == WS_CLOSE_NORMAL || code == WS_CLOSE_NO_STATUS)
        return JUDGE_LENIENT;
    enum ws_close_class class = ws_close_classify(code);
    bool unusable = class == WS_CLOSE_CLASS_RESERVED || class == WS_CLOSE_CLASS_OUTSIDE;
    return code == WS_CLOSE_PROTOCOL_ERROR || unusable ? JUDGE_VIOLATION : JUDGE_WARNING;
}

/* A07, A08, A64: no sentence says what the receiver of a code that should not be sent must do, so
 * failing, a neutral end and any other legal code are all within its rights. */
static enum judge_grade reply_to_illegal(uint16_t sent, uint16_t code)
{
    if (code == WS_CLOSE_PROTOCOL_ERROR)
        return JUDGE_STRICT;
    if (code != sent)
        return JUDGE_LENIENT;
    return ws_close_classify(sent) == WS_CLOSE_CLASS_UNASSIGNED ? JUDGE_LENIENT : JUDGE_OPEN;
}

enum judge_grade judge_grade_reply_code(uint16_t sent, uint16_t code)
{
    if (never_on_the_wire(code, code == WS_CLOSE_NO_STATUS))
        return JUDGE_VIOLATION;     /* 7.4.1, 7.4.2 */
    if (sent == WS_CLOSE_NO_STATUS) /* A04 */
        return code == WS_CLOSE_NO_STATUS ? JUDGE_STRICT : JUDGE_LENIENT;
    switch (ws_close_classify(sent)) {
    case WS_CLOSE_CLASS_DEFINED:
    case WS_CLOSE_CLASS_LIBRARY:
    case WS_CLOSE_CLASS_PRIVATE:
        return reply_to_legal(sent, code);
    case WS_CLOSE_CLASS_REGISTERED: /* A08: at IANA only after the RFC */
        return code == sent ? JUDGE_STRICT : JUDGE_LENIENT;
    default:
        return reply_to_illegal(sent, code);
    }
}

static void describe_close(const struct judge_seen *seen, char *text, size_t size)
{
    if (seen->close_violation == WS_BAD_CLOSE_LENGTH)
        snprintf(text, size, "a Close with a body of one octet");
    else if (seen->match->close.code == WS_CLOSE_NO_STATUS &&
             seen->close_violation != WS_BAD_CLOSE_CODE_1005)
        snprintf(text, size, "a Close without a code");
    else
        snprintf(text, size, "Close %u%s", seen->match->close.code,
                 seen->close_violation == WS_BAD_CLOSE_REASON ? " with a reason that is not UTF-8"
                                                              : "");
}

static const char *describe_end(const struct judge_seen *seen)
{
    if (seen->end == JUDGE_END_FIN)
        return "the end of TCP";
    if (seen->end == JUDGE_END_RESET)
        return "a reset";
    if (seen->end == JUDGE_END_HTTP)
        return "another HTTP request";
    return seen->waited ? "TCP left open" : "TCP still open";
}

static void describe_silence(const struct judge_seen *seen, char *text, size_t size)
{
    const char *alive = seen->alive ? ", and it went on to answer what came later" : "";
    if (!judge_match_echoes_done(seen->match))
        snprintf(text, size, "the connection stays open and the echo does not come%s", alive);
    else if (!judge_match_pongs_done(seen->match))
        snprintf(text, size, "the connection stays open and the pong does not come%s", alive);
    else if (seen->ledger->violation != WS_FINE || seen->ledger->close_sent)
        snprintf(text, size, "the connection stays open%s", alive);
    else if (seen->alive)
        snprintf(text, size, "all was answered and the connection lives");
    else
        snprintf(text, size, "the connection stays open, but nothing more is answered");
}

void judge_grade_describe(const struct judge_seen *seen, char *text, size_t size)
{
    if (seen->match->wrong[0] != '\0')
        snprintf(text, size, "%s", seen->match->wrong);
    else if (seen->status == 0)
        snprintf(text, size, "no answer to the handshake, %s", describe_end(seen));
    else if (seen->status != 101)
        snprintf(text, size, "the handshake was answered with %u", seen->status);
    else if (seen->match->processed)
        snprintf(text, size, "it processed the violation or what stands behind it");
    else if (seen->match->close_seen) {
        char close[64];
        describe_close(seen, close, sizeof(close));
        snprintf(text, size, "%s, then %s", close, describe_end(seen));
    } else if (seen->end != JUDGE_END_OPEN)
        snprintf(text, size, "%s without a Close", describe_end(seen));
    else
        describe_silence(seen, text, size);
}

/* More was sent than everybody must take. */
static bool is_large(const struct judge_seen *seen)
{
    const struct judge_ledger *ledger = seen->ledger;
    return judge_ledger_largest(ledger) >= seen->limit || ledger->fragments > FRAGMENTS_MUST_PASS ||
           ledger->pings > PINGS_MUST_PASS;
}

/* A38, A46, A57, 10.4: an endpoint may have limits, and a type that it does not serve. */
static bool within_its_limits(const struct judge_seen *seen)
{
    if (!seen->match->close_seen)
        return is_large(seen) && seen->end != JUDGE_END_OPEN;
    uint16_t code = seen->match->close.code;
    return code == WS_CLOSE_UNSUPPORTED_DATA ||
           (is_large(seen) && (code == WS_CLOSE_TOO_BIG || code == WS_CLOSE_POLICY));
}

static enum judge_grade grade_life(const struct judge_seen *seen)
{
    if (seen->status != 101)
        return JUDGE_VIOLATION;
    if (seen->alive && judge_match_echoes_done(seen->match) && judge_match_pongs_done(seen->match))
        return JUDGE_STRICT;
    return within_its_limits(seen) ? JUDGE_OPEN : JUDGE_VIOLATION;
}

/* A body of one octet and a reason that is not UTF-8 are wrong in any Close (5.5.1). */
static bool is_malformed(enum ws_violation close_violation)
{
    return close_violation == WS_BAD_CLOSE_LENGTH || close_violation == WS_BAD_CLOSE_REASON;
}

/* 7.1.7: "... including a responding Close frame": an endpoint that returns the code of a Close
 * that stands behind our violation has processed it. */
static bool answers_our_close(const struct judge_seen *seen)
{
    uint16_t code = seen->match->close.code;
    return seen->ledger->violation != WS_FINE && seen->match->close_replies &&
           code == seen->ledger->close.code && code != WS_CLOSE_NO_STATUS &&
           code != WS_CLOSE_NORMAL;
}

static enum judge_grade grade_failure(const struct judge_seen *seen, unsigned wanted)
{
    if (seen->status != 101)
        return JUDGE_VIOLATION;
    if (!seen->match->close_seen)
        return seen->end != JUDGE_END_OPEN ? JUDGE_LENIENT : JUDGE_VIOLATION; /* A01 */
    bool empty = seen->close_violation == WS_FINE;
    if (is_malformed(seen->close_violation) || never_on_the_wire(seen->match->close.code, empty) ||
        (answers_our_close(seen) && seen->match->close.code != wanted))
        return JUDGE_VIOLATION;
    return judge_grade_failure_code(wanted, seen->match->close.code);
}

static enum judge_grade grade_reply(const struct judge_seen *seen)
{
    if (seen->status != 101 || !seen->ledger->close_sent)
        return JUDGE_VIOLATION;
    /* A message before our Close was too large for it. */
    if (is_large(seen) && within_its_limits(seen) &&
        (!seen->match->close_seen || seen->match->close.code != seen->ledger->close.code))
        return JUDGE_OPEN;
    if (seen->match->close_seen) {
        if (is_malformed(seen->close_violation) || seen->close_violation == WS_BAD_CLOSE_CODE_1005)
            return JUDGE_VIOLATION; /* A07, A09, A04 */
        return judge_grade_reply_code(seen->ledger->close.code, seen->match->close.code);
    }
    /* A44: a reset may have destroyed the Close. */
    return seen->end == JUDGE_END_RESET ? JUDGE_OPEN : JUDGE_VIOLATION;
}

/* RFC 6455, 4.1: after an answer that is not as it must be, the client fails the connection: it
 * sends nothing more, since "WebSocket frames will not be sent" (1.3), and TCP ends, be it that it
 * waits for the server to do that (7.1.1). That TCP is left open is charged to the run. */
static enum judge_grade grade_client_refusal(const struct judge_seen *seen)
{
    if (seen->frames > 0)
        return JUDGE_VIOLATION;
    return seen->end != JUDGE_END_OPEN ? JUDGE_STRICT : JUDGE_LENIENT;
}

static enum judge_grade grade_refusal(const struct judge_seen *seen, unsigned wanted)
{
    if (seen->of_client)
        return grade_client_refusal(seen);
    if (seen->status == 101)
        return JUDGE_VIOLATION;
    if (seen->status == 0)
        return seen->end != JUDGE_END_OPEN ? JUDGE_LENIENT : JUDGE_VIOLATION; /* A16 */
    if (wanted == 0 || seen->status == wanted)
        return JUDGE_STRICT;
    /* 4.2.1: the server answers "with an appropriate error code". */
    return seen->status >= 400 ? JUDGE_LENIENT : JUDGE_WARNING;
}

static enum judge_grade grade_alternative(enum judge_word word, unsigned code,
                                          const struct judge_seen *seen)
{
    switch (word) {
    case JUDGE_ECHO:
    case JUDGE_PONG:
    case JUDGE_SURVIVE:
    case JUDGE_ACCEPT:
        return grade_life(seen);
    case JUDGE_FAIL:
        return grade_failure(seen, code);
    case JUDGE_CLOSE:
        return grade_reply(seen);
    case JUDGE_REJECT:
        return grade_refusal(seen, code);
    case JUDGE_ANSWER:
        return grade_refusal(seen, 0);
    case JUDGE_WAIT: /* what ends the request to us may not end it to the server */
        return seen->status == 0 && seen->end == JUDGE_END_OPEN ? JUDGE_LENIENT : JUDGE_VIOLATION;
    case JUDGE_SPARE: /* whatever becomes of this connection */
        return seen->status == 101 ? JUDGE_STRICT : JUDGE_VIOLATION;
    }
    return JUDGE_VIOLATION;
}

/* What no outcome permits, whatever else is seen. */
static bool certainly_wrong(const struct judge_seen *seen)
{
    return seen->match->wrong[0] != '\0' || seen->match->processed;
}

static void describe_refusal(const struct judge_seen *seen, char *text, size_t size)
{
    if (!seen->of_client && seen->status == 101)
        snprintf(text, size, "the handshake was accepted with 101");
    else if (seen->of_client && seen->match->close_seen && seen->frames == 1)
        snprintf(text, size, "the client sent Close %u, though no connection was established",
                 seen->match->close.code);
    else if (seen->of_client && seen->frames > 0)
        snprintf(text, size, "the client took the answer for good and went on with frames");
    else if (seen->of_client && seen->end != JUDGE_END_OPEN)
        snprintf(text, size, "the client sent no frame, and the connection was over");
    else if (seen->of_client)
        snprintf(text, size, "the client leaves TCP open, even after we ended our side");
}

/* Where a client may both take an answer and refuse it, it may also take it and see only then that
 * something is wrong. */
static bool opened_and_failed(const struct judge_outcome *outcome, const struct judge_seen *seen)
{
    uint16_t code = seen->match->close.code;
    bool fails = code == WS_CLOSE_MANDATORY_EXTENSION || /* A47 */
                 judge_grade_failure_code(WS_CLOSE_PROTOCOL_ERROR, code) <= JUDGE_LENIENT;
    return seen->of_client && judge_outcome_allows_life(outcome) &&
           judge_outcome_allows(outcome, JUDGE_REJECT) && seen->match->close_seen &&
           !seen->match->close_replies && fails;
}

struct judge_judgement judge_grade(const struct judge_outcome *outcome,
                                   const struct judge_seen *seen)
{
    struct judge_judgement judgement = {.grade = JUDGE_VIOLATION};
    judge_grade_describe(seen, judgement.diagnosis, sizeof(judgement.diagnosis));
    if (judge_outcome_refuses(outcome))
        describe_refusal(seen, judgement.diagnosis, sizeof(judgement.diagnosis));
    if (certainly_wrong(seen))
        return judgement;
    if (opened_and_failed(outcome, seen))
        judgement.grade = JUDGE_OPEN;
    for (size_t i = 0; i < outcome->count; i++) {
        enum judge_grade grade =
            grade_alternative(outcome->alternatives[i].word, outcome->alternatives[i].code, seen);
        if (grade == JUDGE_STRICT && i > 0)
            grade = JUDGE_LENIENT;
        if (grade < judgement.grade)
            judgement.grade = grade;
    }
    /* A14: a side that received a Close "discards" what follows (1.4), which binds nobody. */
    if (seen->match->late && judgement.grade <= JUDGE_LENIENT)
        judgement.grade = JUDGE_OPEN;
    judgement.lenient = judgement.grade == JUDGE_LENIENT;
    return judgement;
}
