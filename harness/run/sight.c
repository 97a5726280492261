/* SPDX-License-Identifier: MIT */
#include "run/sight.h"

#include <string.h>

/* Longer than this is not "as soon as is practical" (5.5.1, 5.5.2) on a connection that is idle. */
static const uint64_t late_answer_us = 1000 * 1000;

static bool is_about(const struct case_spec *spec, const char *rule)
{
    for (size_t i = 0; i < spec->require_count; i++)
        if (strcmp(spec->requires[i] -> id, rule) == 0)
            return true;
    return false;
}

/* A handshake that is to be refused was accepted: that is what is wrong, whatever the 101 says, and
 * what follows need not even be frames of the RFC. */
static bool is_unwanted(const struct run_exchange *x)
{
    bool accepted = x->settings->of_client ? x->opened : x->opening.status == 101;
    return accepted && judge_outcome_refuses(&x->outcome);
}

/* Notes a broken sentence for the run. */
static void charge(struct run_exchange *x, const char *rule, const char *text)
{
    struct run_result *result = &x->result;
    for (size_t i = 0; i < result->sighting_count; i++)
        if (strcmp(result->sightings[i].rule, rule) == 0)
            return;
    if (result->sighting_count < RUN_SIGHTINGS_MAX)
        result->sightings[result->sighting_count++] =
            (struct run_sighting){rule, arena_strdup(&result->transcript.arena, text)};
}

void run_sight_rule(void *context, const char *rule, const char *text)
{
    struct run_exchange *x = context;
    bool known = judge_observation_find(&x->settings->profile->known, rule) != NULL;
    if (!is_about(x->spec, rule) || known) {
        if (!is_unwanted(x))
            charge(x, rule, text);
    } else if (x->own_text == NULL) {
        x->own_text = arena_strdup(&x->result.transcript.arena, text);
    }
}

void run_sight_in_answer(void *context, const char *rule, const char *text)
{
    const struct run_exchange *x = context;
    bool unwanted = x->opening.status == 101 && judge_outcome_refuses(&x->outcome);
    if (!unwanted || is_about(x->spec, rule))
        run_sight_rule(context, rule, text);
}

/* RFC 6455, 7.1.1: the server closes first and immediately, which is a should (A06); never to
 * close is another matter. */
static void sight_late_end(struct run_exchange *x)
{
    if (x->result.hang == RUN_HANG_TCP_FAILED)
        run_sight_rule(x, RUN_LEFT_OPEN_FAILED_RULE,
                       "TCP was left open after a Close that failed the connection");
    bool may_wait = !x->sender.ledger.close_sent && x->sender.ledger.violation == WS_FINE;
    if (x->result.hang == RUN_HANG_TCP && !may_wait)
        run_sight_rule(x, RUN_LEFT_OPEN_RULE, "TCP was left open after both Close frames");
    if (x->end != JUDGE_END_OPEN && x->match.close_seen && !may_wait &&
        x->now >= x->closed_at + x->settings->short_us) {
        x->result.late = true;
        run_sight_rule(x, RUN_LATE_RULE, RUN_LATE_TEXT);
    }
}

/* Only the last write can have been answered late: everything before it was answered in time, or
 * the run would not have gone on. */
void run_sight_late_answer(struct run_exchange *x, const struct ws_event *event)
{
    bool late = event->kind == WS_EVENT_CONTROL && x->now >= x->wrote_at + late_answer_us;
    if (late && event->opcode == WS_CLOSE && x->sender.ledger.close_sent)
        run_sight_rule(x, "RFC6455-5.5.1-14", "a Close was answered more than a second later");
    if (late && event->opcode == WS_PONG && x->sender.ledger.pings > 0)
        run_sight_rule(x, "RFC6455-5.5.2-04", "a ping was answered more than a second later");
}

/* Neither side can be blamed for how it went. What we say behind our Close reaches an endpoint that
 * has ended TCP already, whose system answers it with a reset. */
static bool is_closed_without_fault(const struct run_exchange *x)
{
    const struct judge_ledger *ledger = &x->sender.ledger;
    return x->match.close_seen && ledger->close_sent && !ledger->more_sent &&
           ledger->violation == WS_FINE && ledger->oddity == WS_FINE && !ledger->text_bad;
}

static void sight_reset(struct run_exchange *x)
{
    if (x->end == JUDGE_END_RESET && is_closed_without_fault(x))
        run_sight_rule(x, "RFC6455-7.1.1-01",
                       "TCP was reset after a closing handshake without fault");
}

/* A client that fails the connection need not wait for our Close (A05), and the reset that a Close
 * may get which nobody reads any more is no fault either (A44). */
void run_sight_early_end(struct run_exchange *x)
{
    if (!x->settings->of_client || !is_closed_without_fault(x))
        return;
    x->result.watched = x->watch;
    x->result.ended_first = x->watch;
    sight_reset(x);
}

/* A02 */
static bool claims_normal_end(const struct judge_match *match)
{
    return match->close_seen && !match->close_replies &&
           (match->close.code == WS_CLOSE_NORMAL || match->close.code == WS_CLOSE_GOING_AWAY);
}

void run_sight_behaviour(struct run_exchange *x)
{
    const struct judge_ledger *ledger = &x->sender.ledger;
    if (x->result.hang == RUN_HANG_REFUSAL && x->frames == 0)
        charge(x, "RFC6455-7.1.7-01",
               "TCP was left open after an answer that the client did not take");
    if (!x->settings->of_client && x->opening.status == 0 && x->end != JUDGE_END_OPEN &&
        judge_outcome_refuses(&x->outcome))
        run_sight_rule(x, "RFC6455-10.7-04", "a handshake was refused without an HTTP answer");
    if (!x->opened || judge_outcome_refuses(&x->outcome))
        return;
    if (ledger->violation != WS_FINE && !x->match.close_seen && x->end == JUDGE_END_FIN)
        run_sight_rule(x, "RFC6455-7.1.7-05", "a connection was failed without a Close frame");
    if (ledger->violation != WS_FINE && claims_normal_end(&x->match))
        run_sight_rule(x, "RFC6455-7.1.7-05",
                       "a connection was failed with a code for a normal end");
    if (!x->settings->of_client)
        sight_late_end(x);
    sight_reset(x);
}

/* What the endpoint says about content that we made it repeat is charged to the case that sent
 * it, not to the run. */
static bool repeats_us(const struct run_exchange *x, enum ws_violation violation)
{
    const struct judge_ledger *ledger = &x->sender.ledger;
    /* A03: whoever echoes our 1010 says nothing of his own. */
    if (violation == WS_BAD_CLOSE_CODE_1010 && ledger->close.code == WS_CLOSE_MANDATORY_EXTENSION)
        return true;
    /* An odd Close of ours may come back as it was; another oddity is the endpoint's own. */
    if (violation >= WS_BAD_CLOSE_LENGTH && violation <= WS_BAD_CLOSE_REASON)
        return ledger->oddity == violation || ledger->violation == violation;
    bool odd = ledger->violation != WS_FINE || ledger->oddity != WS_FINE || ledger->text_bad;
    return odd && (violation == WS_BAD_UTF8 || violation == WS_BAD_UTF8_CUT);
}

void run_sight_violation(struct run_exchange *x, enum ws_violation violation)
{
    bool of_close = violation >= WS_BAD_CLOSE_LENGTH && violation <= WS_BAD_CLOSE_REASON;
    if (of_close && !x->match.close_seen && x->close_violation == WS_FINE)
        x->close_violation = violation;
    const char *rule = ws_violation_sender_rule(violation);
    if (rule != NULL && !repeats_us(x, violation))
        run_sight_rule(x, rule, ws_violation_text(violation));
}
