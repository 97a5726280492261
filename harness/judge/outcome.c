/* SPDX-License-Identifier: MIT */
#include "judge/outcome.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum judge_word word;
    bool has_code;
} words[] = {
    {"echo", JUDGE_ECHO, false},       {"pong", JUDGE_PONG, false},
    {"survive", JUDGE_SURVIVE, false}, {"fail", JUDGE_FAIL, true},
    {"close", JUDGE_CLOSE, false},     {"accept", JUDGE_ACCEPT, false},
    {"reject", JUDGE_REJECT, true},    {"answer", JUDGE_ANSWER, false},
    {"wait", JUDGE_WAIT, false},       {"spare", JUDGE_SPARE, false},
};

/* Reads one alternative, "fail(1002)" or "echo"; returns the length read, or 0. */
static size_t read_alternative(struct judge_outcome *outcome, const char *text)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t len = strlen(words[i].name);
        if (strncmp(text, words[i].name, len) != 0)
            continue;
        unsigned long code = 0;
        /* Without a code `reject` is for clients, which have no status to say. */
        if (words[i].has_code && (text[len] == '(' || words[i].word != JUDGE_REJECT)) {
            char *end;
            if (text[len] != '(' || !isdigit((unsigned char)text[len + 1]))
                return 0;
            code = strtoul(text + len + 1, &end, 10);
            if (*end != ')' || code < 100 || code > 4999)
                return 0;
            len = (size_t)(end + 1 - text);
        }
        outcome->alternatives[outcome->count].word = words[i].word;
        outcome->alternatives[outcome->count].code = (unsigned)code;
        outcome->count++;
        return len;
    }
    return 0;
}

int judge_outcome_parse(struct judge_outcome *outcome, const char *text, struct error *error)
{
    const char *next = text;
    *outcome = (struct judge_outcome){.count = 0};
    while (outcome->count < JUDGE_ALTERNATIVES_MAX) {
        size_t len = read_alternative(outcome, next);
        if (len == 0)
            break;
        next += len;
        if (*next == '\0')
            return 0;
        if (strncmp(next, " | ", 3) != 0)
            break;
        next += 3;
    }
    return error_set(error, "'%s' is no outcome (a list of words such as fail(1002) | echo)", text);
}

bool judge_outcome_allows(const struct judge_outcome *outcome, enum judge_word word)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->alternatives[i].word == word)
            return true;
    return false;
}

bool judge_outcome_allows_life(const struct judge_outcome *outcome)
{
    return judge_outcome_allows(outcome, JUDGE_ECHO) || judge_outcome_allows(outcome, JUDGE_PONG) ||
           judge_outcome_allows(outcome, JUDGE_SURVIVE) ||
           judge_outcome_allows(outcome, JUDGE_ACCEPT);
}

bool judge_outcome_refuses(const struct judge_outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->alternatives[i].word != JUDGE_REJECT &&
            outcome->alternatives[i].word != JUDGE_ANSWER &&
            outcome->alternatives[i].word != JUDGE_WAIT)
            return false;
    return true;
}

/* What the steps send, as far as an author must get it right. */
struct sent {
    bool message;
    bool ping;
    bool close;
    bool anything;
};

static struct sent look(const struct case_spec *spec)
{
    struct sent sent = {0};
    for (size_t i = 0; i < spec->step_count; i++) {
        const struct case_step *step = &spec->steps[i];
        bool frame = step->kind == CASE_STEP_SEND;
        sent.message = sent.message || step->kind == CASE_STEP_MESSAGE ||
                       step->kind == CASE_STEP_RAW ||
                       (frame && !ws_frame_is_control(step->frame.opcode));
        sent.ping =
            sent.ping || step->kind == CASE_STEP_RAW || (frame && step->frame.opcode == WS_PING);
        sent.close =
            sent.close || step->kind == CASE_STEP_RAW || (frame && step->frame.opcode == WS_CLOSE);
        sent.anything = true;
    }
    return sent;
}

int judge_outcome_check(const struct case_spec *spec, struct error *error)
{
    struct judge_outcome outcome;
    if (case_spec_is_run_level(spec))
        return 0;
    if (judge_outcome_parse(&outcome, spec->outcome, error) != 0)
        return -1;
    struct sent sent = look(spec);
    for (size_t i = 0; i < outcome.count; i++)
        if (outcome.alternatives[i].word == JUDGE_REJECT &&
            (outcome.alternatives[i].code == 0) != (spec->role == CASE_ROLE_CLIENT))
            return error_set(error, "a server rejects with a status, a client without: reject(400)"
                                    " or reject");
    if (judge_outcome_allows(&outcome, JUDGE_WAIT) && spec->role != CASE_ROLE_SERVER)
        return error_set(error, "only a server can wait for the end of a request");
    if (judge_outcome_allows(&outcome, JUDGE_ECHO) && !sent.message)
        return error_set(error, "the outcome is 'echo', but no step sends a message");
    if (judge_outcome_allows(&outcome, JUDGE_PONG) && !sent.ping)
        return error_set(error, "the outcome is 'pong', but no step sends a ping");
    if (judge_outcome_allows(&outcome, JUDGE_CLOSE) && !sent.close)
        return error_set(error, "the outcome is 'close', but no step sends a Close");
    if (judge_outcome_allows(&outcome, JUDGE_FAIL) && !sent.anything)
        return error_set(error, "the outcome is 'fail', but there is no step");
    return 0;
}
