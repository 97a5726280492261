/* SPDX-License-Identifier: MIT */
#include "run/conclude.h"

#include <stdio.h>

#include "run/sight.h"

bool run_conclude_is_about_handshake(const struct run_exchange *x)
{
    return judge_outcome_refuses(&x->outcome) || judge_outcome_allows(&x->outcome, JUDGE_ACCEPT);
}

bool run_conclude_refuses(const struct run_exchange *x)
{
    return x->settings->of_client && judge_outcome_refuses(&x->outcome);
}

static struct judge_seen look(const struct run_exchange *x)
{
    bool of_client = x->settings->of_client;
    return (struct judge_seen){.of_client = of_client,
                               .status = of_client && x->opened ? 101 : x->opening.status,
                               .frames = x->frames,
                               .ledger = &x->sender.ledger,
                               .match = &x->match,
                               .close_violation = x->close_violation,
                               .end = x->end,
                               .waited = x->result.hang != RUN_HANG_NONE,
                               .alive = x->alive,
                               .limit = x->settings->profile->limit};
}

void run_conclude_close(struct run_exchange *x)
{
    struct run_result *result = &x->result;
    result->close_seen = x->match.close_seen;
    result->close_code = x->match.close.code;
    /* 7.1.1: it is the server that ends TCP, so with a client that is for us to do. */
    bool ended = x->settings->of_client ? x->end != JUDGE_END_RESET : x->end == JUDGE_END_FIN;
    result->clean = x->match.close_seen && x->sender.ledger.close_sent && ended;
}

void run_conclude_give(struct run_exchange *x, enum judge_verdict verdict)
{
    x->result.verdict = verdict;
    x->result.duration_us = x->now - x->born;
    x->since = x->now;
    x->result.controlled =
        !run_conclude_refuses(x) && (x->match.next_message > 0 || x->match.next_pong > 0);
    run_conclude_close(x);
}

void run_conclude_skip(struct run_exchange *x, const char *why)
{
    struct judge_seen seen = look(x);
    char what[160];
    judge_grade_describe(&seen, what, sizeof(what));
    snprintf(x->result.judgement.diagnosis, sizeof(x->result.judgement.diagnosis), "%s: %s", why,
             what);
    run_conclude_give(x, JUDGE_SKIP);
    x->phase = PHASE_OVER;
}

void run_conclude_unagreed(struct run_exchange *x)
{
    struct judge_judgement *judgement = &x->result.judgement;
    snprintf(judgement->diagnosis, sizeof(judgement->diagnosis),
             "permessage-deflate was not agreed on");
    run_conclude_give(x, JUDGE_SKIP);
    x->phase = x->linger_us > 0 ? PHASE_CLOSING : PHASE_OVER;
}

void run_conclude_judge(struct run_exchange *x)
{
    struct judge_seen seen = look(x);
    struct judge_judgement *judgement = &x->result.judgement;
    run_sight_behaviour(x);
    *judgement = judge_grade(&x->outcome, &seen);
    if (x->own_text != NULL && judgement->grade != JUDGE_VIOLATION) {
        judgement->grade = JUDGE_VIOLATION;
        judgement->lenient = false;
        snprintf(judgement->diagnosis, sizeof(judgement->diagnosis), "%s", x->own_text);
    }
    run_conclude_give(x, judge_verdict_for_case(x->spec, judgement->grade));
    bool spared = judge_outcome_allows(&x->outcome, JUDGE_SPARE);
    bool can_close = !spared && x->opened && !run_conclude_refuses(x) && x->end == JUDGE_END_OPEN &&
                     x->result.hang == RUN_HANG_NONE && x->linger_us > 0;
    x->phase = can_close ? PHASE_CLOSING : PHASE_OVER;
}
