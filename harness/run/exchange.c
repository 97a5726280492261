/* SPDX-License-Identifier: MIT */
#include "run/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/opening.h"
#include "run/sender.h"

/* Longer than this is not "as soon as is practical" (5.5.1, 5.5.2) on a connection that is idle. */
static const uint64_t late_answer_us = 1000 * 1000;

enum {
    FLOOD_MAX = 1024 * 1024,            /* octets that may come beyond four times what was sent */
    BULK_OCTETS_PER_SECOND = 256 * 1024 /* that the slowest endpoint is expected to handle */
};

enum phase {
    PHASE_OPENING, /* the request goes out, the answer is awaited */
    PHASE_CONTROL, /* a marker proves that the connection works */
    PHASE_STEPS,
    PHASE_SETTLE,  /* all is sent: what does the endpoint make of it? */
    PHASE_FENCE,   /* a marker is out that shows that all before it was read */
    PHASE_CLOSING, /* the verdict stands; the connection is ended in good order */
    PHASE_OVER
};

struct run_exchange {
    const struct case_spec *spec;
    const struct run_settings *settings;
    struct judge_outcome outcome;
    enum phase phase;
    uint64_t patience_us;
    uint64_t linger_us;
    uint64_t born;
    uint64_t now;
    uint64_t since;  /* the last progress */
    uint64_t cap_us; /* what the whole exchange may take */
    struct run_opening opening;
    struct run_sender sender;
    bool half_closed;
    struct ws_reader reader;
    struct judge_match match;
    enum ws_violation close_violation;
    enum judge_end end;
    uint64_t received;
    uint64_t closed_at;   /* when their Close came */
    uint64_t wrote_at;    /* our last write */
    bool closing;         /* our Close is out or queued */
    bool alive;           /* the fence came back */
    const char *own_text; /* how it broke the sentence that this very case is about, or NULL */
    struct run_result result;
};

/* --- small questions --------------------------------------------------------------------- */

static bool allows_failure(const struct run_exchange *x)
{
    return judge_outcome_allows(&x->outcome, JUDGE_FAIL);
}

static bool is_about_handshake(const struct run_exchange *x)
{
    return judge_outcome_refuses(&x->outcome) || judge_outcome_allows(&x->outcome, JUDGE_ACCEPT);
}

/* What it says unasked on each connection has come, so that no echo can be mistaken for it. */
static bool is_greeted(const struct run_exchange *x)
{
    const struct run_profile *profile = x->settings->profile;
    return !profile->echoes || profile->broadcasts || x->match.foreign == 0;
}

/* A marker came back, if one was sent. */
static bool is_controlled(struct run_exchange *x)
{
    return x->sender.marker_opcode == 0 || run_sender_marker_back(&x->sender, &x->match);
}

static bool all_answered(const struct run_exchange *x)
{
    return judge_match_echoes_done(&x->match) && judge_match_pongs_done(&x->match);
}

/* Nothing but the end of the connection can tell what the endpoint makes of a Close. */
static bool is_ending(const struct run_exchange *x)
{
    return x->sender.ledger.close_sent || x->half_closed || x->match.close_seen;
}

/* --- what was seen ----------------------------------------------------------------------- */

static bool is_about(const struct case_spec *spec, const char *rule)
{
    for (size_t i = 0; i < spec->require_count; i++)
        if (strcmp(spec->requires[i] -> id, rule) == 0)
            return true;
    return false;
}

/* Notes a broken sentence. If the case is about it, it decides the case; what a plain handshake
 * already broke is charged to the run alone. */
static void sight(void *context, const char *rule, const char *text)
{
    struct run_exchange *x = context;
    struct run_result *result = &x->result;
    if (is_about(x->spec, rule) &&
        judge_observation_find(&x->settings->profile->known, rule) == NULL) {
        x->own_text = x->own_text != NULL ? x->own_text : text;
        return;
    }
    for (size_t i = 0; i < result->sighting_count; i++)
        if (strcmp(result->sightings[i].rule, rule) == 0)
            return;
    if (result->sighting_count < RUN_SIGHTINGS_MAX)
        result->sightings[result->sighting_count++] = (struct run_sighting){rule, text};
}

/* A request that is to be refused may get any 101: that it was accepted is what is wrong. */
static void sight_in_handshake(void *context, const char *rule, const char *text)
{
    const struct run_exchange *x = context;
    bool unwanted = x->opening.status == 101 && judge_outcome_refuses(&x->outcome);
    if (!unwanted || is_about(x->spec, rule))
        sight(context, rule, text);
}

static struct judge_seen look(const struct run_exchange *x)
{
    return (struct judge_seen){.status = x->opening.status,
                               .ledger = &x->sender.ledger,
                               .match = &x->match,
                               .close_violation = x->close_violation,
                               .end = x->end,
                               .waited = x->result.hang != RUN_HANG_NONE,
                               .alive = x->alive,
                               .limit = x->settings->profile->limit};
}

/* RFC 6455, 7.1.1: the server closes first and immediately, which is a should (A06); never to
 * close is another matter. */
static void sight_late_end(struct run_exchange *x)
{
    if (x->result.hang == RUN_HANG_TCP_FAILED)
        sight(x, RUN_LEFT_OPEN_FAILED_RULE,
              "TCP was left open after a Close that failed the connection");
    if (x->result.hang == RUN_HANG_TCP)
        sight(x, RUN_LEFT_OPEN_RULE, "TCP was left open after both Close frames");
    if (x->end != JUDGE_END_OPEN && x->match.close_seen &&
        x->now >= x->closed_at + x->settings->short_us) {
        x->result.late = true;
        sight(x, RUN_LATE_RULE, RUN_LATE_TEXT);
    }
}

/* Only the last write can have been answered late: everything before it was answered in time, or
 * the run would not have gone on. */
static void sight_late_answer(struct run_exchange *x, const struct ws_event *event)
{
    bool late = event->kind == WS_EVENT_CONTROL && x->now >= x->wrote_at + late_answer_us;
    if (late && event->opcode == WS_CLOSE && x->sender.ledger.close_sent)
        sight(x, "RFC6455-5.5.1-14", "a Close was answered more than a second later");
    if (late && event->opcode == WS_PONG && x->sender.ledger.pings > 0)
        sight(x, "RFC6455-5.5.2-04", "a ping was answered more than a second later");
}

/* A02 */
static bool claims_normal_end(const struct judge_match *match)
{
    return match->close_seen && !match->close_replies &&
           (match->close.code == WS_CLOSE_NORMAL || match->close.code == WS_CLOSE_GOING_AWAY);
}

/* How the endpoint ends connections is judged once for the run, not in each case. */
static void sight_behaviour(struct run_exchange *x)
{
    const struct judge_ledger *ledger = &x->sender.ledger;
    if (x->opening.status == 0 && x->end != JUDGE_END_OPEN && judge_outcome_refuses(&x->outcome))
        sight(x, "RFC6455-10.7-04", "a handshake was refused without an HTTP answer");
    if (x->opening.status != 101)
        return;
    if (ledger->violation != WS_FINE && !x->match.close_seen && x->end == JUDGE_END_FIN)
        sight(x, "RFC6455-7.1.7-05", "a connection was failed without a Close frame");
    if (ledger->violation != WS_FINE && claims_normal_end(&x->match))
        sight(x, "RFC6455-7.1.7-05", "a connection was failed with a code for a normal end");
    sight_late_end(x);
    if (x->end == JUDGE_END_RESET && x->match.close_seen && ledger->close_sent &&
        ledger->violation == WS_FINE && ledger->oddity == WS_FINE)
        sight(x, "RFC6455-7.1.1-01", "TCP was reset after a closing handshake without fault");
}

/* --- the verdict ------------------------------------------------------------------------- */

static void settle_close(struct run_exchange *x)
{
    struct run_result *result = &x->result;
    result->close_seen = x->match.close_seen;
    result->close_code = x->match.close.code;
    result->clean = x->match.close_seen && x->sender.ledger.close_sent && x->end == JUDGE_END_FIN;
}

static void give_verdict(struct run_exchange *x, enum judge_verdict verdict)
{
    x->result.verdict = verdict;
    x->result.duration_us = x->now - x->born;
    x->since = x->now;
    settle_close(x);
}

static void skip(struct run_exchange *x, const char *why)
{
    struct judge_seen seen = look(x);
    char what[160];
    judge_grade_describe(&seen, what, sizeof(what));
    snprintf(x->result.judgement.diagnosis, sizeof(x->result.judgement.diagnosis), "%s: %s", why,
             what);
    give_verdict(x, JUDGE_SKIP);
    x->phase = PHASE_OVER;
}

/* Judges what was seen so far, once and for all. */
static void judge(struct run_exchange *x)
{
    struct judge_seen seen = look(x);
    struct judge_judgement *judgement = &x->result.judgement;
    sight_behaviour(x);
    *judgement = judge_grade(&x->outcome, &seen);
    if (x->own_text != NULL && judgement->grade != JUDGE_VIOLATION) {
        judgement->grade = JUDGE_VIOLATION;
        judgement->lenient = false;
        snprintf(judgement->diagnosis, sizeof(judgement->diagnosis), "%s", x->own_text);
    }
    give_verdict(x, judge_verdict_for_case(x->spec, judgement->grade));
    bool can_close = x->opening.status == 101 && x->end == JUDGE_END_OPEN &&
                     x->result.hang == RUN_HANG_NONE && x->linger_us > 0;
    x->phase = can_close ? PHASE_CLOSING : PHASE_OVER;
}

/* --- receiving --------------------------------------------------------------------------- */

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

static void take_violation(struct run_exchange *x, enum ws_violation violation)
{
    bool of_close = violation >= WS_BAD_CLOSE_LENGTH && violation <= WS_BAD_CLOSE_REASON;
    if (of_close && !x->match.close_seen && x->close_violation == WS_FINE)
        x->close_violation = violation;
    const char *rule = ws_violation_sender_rule(violation);
    if (rule != NULL && !repeats_us(x, violation))
        sight(x, rule, ws_violation_text(violation));
}

/* RFC 6455, 5.5.1: a Close is answered with a Close; 5.5.2: a ping with a pong. */
static void answer_control(struct run_exchange *x, const struct ws_event *event)
{
    if (x->half_closed || x->closing)
        return;
    if (event->opcode == WS_PING)
        run_sender_queue(&x->sender, WS_PONG, event->payload);
    if (event->opcode == WS_CLOSE && !x->sender.ledger.close_sent) {
        x->closing = true;
        x->result.close_first = true;
        size_t len = event->payload.len >= 2 && x->close_violation == WS_FINE ? 2 : 0;
        run_sender_queue(&x->sender, WS_CLOSE, bytes_of(event->payload.data, len));
    }
}

static void take_frames(struct run_exchange *x, uint8_t *data, size_t len)
{
    struct ws_event event;
    for (size_t done = 0;;) {
        size_t used = 0;
        enum ws_status status = ws_reader_next(&x->reader, data + done, len - done, &used, &event);
        done += used;
        if (status != WS_ITEM)
            return;
        run_transcript_event(&x->result.transcript, false, &event, x->now);
        if (event.kind == WS_EVENT_VIOLATION)
            take_violation(x, event.violation);
        if (event.kind == WS_EVENT_CONTROL)
            answer_control(x, &event);
        if (!x->match.close_seen)
            x->closed_at = x->now;
        sight_late_answer(x, &event);
        judge_match_event(&x->match, &event);
    }
}

/* The answer to the request is there: is this a connection, and is it what the case asks for? */
static void open_or_judge(struct run_exchange *x)
{
    if (x->opening.status < 100)
        snprintf(x->match.wrong, sizeof(x->match.wrong), "the answer to the handshake is not HTTP");
    if (x->opening.status == 101 && !judge_outcome_refuses(&x->outcome)) {
        x->phase = PHASE_CONTROL;
        if (allows_failure(x))
            run_sender_mark(&x->sender, x->settings->profile->echoes ? WS_TEXT : WS_PING);
    } else if (is_about_handshake(x)) {
        judge(x);
    } else {
        skip(x, "a plain handshake was refused");
    }
}

static void take_answer(struct run_exchange *x, uint8_t *data, size_t len)
{
    if (!run_opening_take(&x->opening, bytes_of(data, len), &x->result.transcript, x->now,
                          sight_in_handshake, x))
        return;
    open_or_judge(x);
    struct buffer *rest = run_opening_rest(&x->opening);
    if (x->phase == PHASE_CONTROL && rest->len > 0)
        take_frames(x, rest->data, rest->len);
}

static void check_flood(struct run_exchange *x)
{
    uint64_t most = FLOOD_MAX + 4 * (uint64_t)x->sender.script.octets.len;
    if (x->received > most && x->match.wrong[0] == '\0')
        snprintf(x->match.wrong, sizeof(x->match.wrong),
                 "the endpoint sends far more than it was sent (over %llu octets)",
                 (unsigned long long)most);
}

static void on_bytes(void *self, uint8_t *data, size_t len, uint64_t now)
{
    struct run_exchange *x = self;
    x->now = now;
    if (x->phase == PHASE_OVER)
        return;
    if (x->phase != PHASE_CLOSING)
        x->since = now;
    x->received += len;
    if (x->phase == PHASE_OPENING)
        take_answer(x, data, len);
    else
        take_frames(x, data, len);
    check_flood(x);
}

static void on_opened(void *self, uint64_t now)
{
    struct run_exchange *x = self;
    x->now = now;
    x->born = now;
    x->since = now;
    x->result.transcript.start = now;
    run_transcript_head(&x->result.transcript, true, buffer_bytes(&x->opening.request), now);
}

static void report_unreachable(struct run_exchange *x)
{
    x->result.unreachable = true;
    snprintf(x->result.judgement.diagnosis, sizeof(x->result.judgement.diagnosis),
             "no connection could be made");
    x->born = x->now;
    give_verdict(x, JUDGE_ERROR);
    x->phase = PHASE_OVER;
}

static void on_ended(void *self, enum judge_end end, uint64_t now)
{
    struct run_exchange *x = self;
    x->now = now;
    if (x->phase == PHASE_OVER)
        return;
    if (end == JUDGE_END_OPEN) {
        report_unreachable(x);
        return;
    }
    x->end = end;
    run_transcript_note(&x->result.transcript, false,
                        end == JUDGE_END_FIN ? "ends TCP (FIN)" : "resets TCP (RST)", now);
    if (x->phase == PHASE_CLOSING) {
        settle_close(x);
        x->phase = PHASE_OVER;
    } else if (x->phase == PHASE_CONTROL) {
        skip(x, "the positive control failed");
    } else if (x->phase == PHASE_OPENING && !is_about_handshake(x)) {
        skip(x, "a plain handshake was refused");
    } else {
        judge(x);
    }
}

/* --- going on ---------------------------------------------------------------------------- */

static void enter(struct run_exchange *x, enum phase phase)
{
    x->phase = phase;
    x->since = x->now;
}

static void enter_steps(struct run_exchange *x)
{
    enter(x, PHASE_STEPS);
    run_sender_unmark(&x->sender);
    run_sender_load_steps(&x->sender, x->spec);
    run_delivery_cut(&x->sender.script, x->result.delivery, true);
    x->cap_us += (uint64_t)x->sender.script.octets.len * 1000000 / BULK_OCTETS_PER_SECOND +
                 (uint64_t)x->sender.script.count * x->patience_us / 4;
}

/* Which fence proves that the endpoint overlooked a violation? An endpoint may take what is wrong
 * for the start of a message, in which no text frame is legal, but a ping always is (5.4). UTF-8,
 * however, may be judged behind the place where pings are answered, so there only the echo of a
 * later message is a proof. */
static uint8_t fence_opcode(const struct run_exchange *x)
{
    const struct run_profile *profile = x->settings->profile;
    enum ws_violation violation = x->sender.ledger.violation;
    bool framing = violation != WS_FINE && violation != WS_BAD_UTF8 && violation != WS_BAD_UTF8_CUT;
    if (!profile->echoes || (framing && profile->pongs))
        return WS_PING;
    return WS_TEXT;
}

static void raise_fence(struct run_exchange *x)
{
    enter(x, PHASE_FENCE);
    if (run_sender_complete(&x->sender))
        run_sender_mark(&x->sender, fence_opcode(x));
}

static bool grace_is_over(const struct run_exchange *x)
{
    return x->now >= x->since + x->settings->grace_us;
}

/* All is sent: may the fence follow? After invalid input it must not at once, since it would turn
 * the endpoint's close into a reset that destroys its Close frame. */
static void advance_settle(struct run_exchange *x)
{
    if (is_ending(x))
        return;
    bool ready;
    if (!judge_outcome_allows_life(&x->outcome))
        ready = grace_is_over(x);
    else if (allows_failure(x))
        ready = all_answered(x) || grace_is_over(x);
    else /* a later pong may replace an earlier one (5.5.3): a ping waits until they are in */
        ready = x->settings->profile->echoes || judge_match_pongs_done(&x->match);
    if (ready)
        raise_fence(x);
}

static void advance_fence(struct run_exchange *x)
{
    if (!run_sender_marker_back(&x->sender, &x->match))
        return;
    x->alive = true;
    if (!judge_outcome_allows_life(&x->outcome) || all_answered(x))
        judge(x);
}

/* Something that no later octet can mend. */
static bool is_decided(const struct run_exchange *x)
{
    bool must_live = !allows_failure(x) && !x->sender.ledger.close_sent;
    return x->match.wrong[0] != '\0' || x->match.processed || (must_live && x->match.close_seen);
}

/* Moves on as far as what was seen allows. */
static void advance(struct run_exchange *x)
{
    if (x->phase == PHASE_OPENING || x->phase == PHASE_CLOSING || x->phase == PHASE_OVER)
        return;
    if (is_decided(x) && x->phase == PHASE_CONTROL && x->sender.marker_opcode != 0) {
        skip(x, "the positive control failed");
        return;
    }
    if (is_decided(x)) {
        judge(x);
        return;
    }
    if (x->phase == PHASE_CONTROL && is_controlled(x) && is_greeted(x))
        enter_steps(x);
    if (x->phase == PHASE_STEPS && x->match.close_seen)
        run_sender_give_up(&x->sender);
    if (x->phase == PHASE_STEPS && run_sender_done(&x->sender))
        enter(x, PHASE_SETTLE);
    if (x->phase == PHASE_SETTLE)
        advance_settle(x);
    if (x->phase == PHASE_FENCE)
        advance_fence(x);
}

static enum run_hang name_hang(const struct run_exchange *x)
{
    if (x->match.close_seen)
        return x->sender.ledger.violation != WS_FINE ? RUN_HANG_TCP_FAILED : RUN_HANG_TCP;
    if (x->sender.ledger.close_sent)
        return RUN_HANG_CLOSE;
    bool must_end = !judge_outcome_allows_life(&x->outcome) && x->phase != PHASE_STEPS;
    return must_end ? RUN_HANG_FAILURE : RUN_HANG_ANSWER;
}

static void on_deadline(struct run_exchange *x)
{
    x->result.waits++;
    run_transcript_note(&x->result.transcript, true, "waited in vain", x->now);
    if (x->phase == PHASE_CLOSING) {
        x->result.lingered = true;
        x->phase = PHASE_OVER;
    } else if (x->phase == PHASE_OPENING) {
        x->result.hang = RUN_HANG_HANDSHAKE;
        if (is_about_handshake(x))
            judge(x);
        else
            skip(x, "a plain handshake was not answered");
    } else if (x->phase == PHASE_CONTROL && is_controlled(x)) {
        enter_steps(x); /* it does not greet on every connection */
    } else if (x->phase == PHASE_CONTROL) {
        x->result.hang = RUN_HANG_CONTROL;
        skip(x, "the positive control failed");
    } else {
        x->result.hang = name_hang(x);
        judge(x);
    }
}

static uint64_t deadline(const struct run_exchange *x)
{
    if (x->phase == PHASE_CLOSING)
        return x->since + x->linger_us;
    uint64_t patience = x->since + x->patience_us;
    uint64_t cap = x->born + x->cap_us;
    return patience < cap ? patience : cap;
}

static struct run_action wait_for_it(const struct run_exchange *x)
{
    uint64_t at = deadline(x);
    uint64_t grace = x->since + x->settings->grace_us;
    bool fence_is_due = x->phase == PHASE_SETTLE && !is_ending(x) && allows_failure(x);
    return (struct run_action){.want = RUN_WANT_WAIT,
                               .deadline = fence_is_due && grace < at ? grace : at};
}

static struct run_action write_octets(struct run_exchange *x, struct bytes octets)
{
    if (x->phase != PHASE_CLOSING)
        x->since = x->now;
    x->wrote_at = x->now;
    return (struct run_action){.want = RUN_WANT_WRITE, .octets = octets};
}

/* {"await": "end"} asks with a ping whether the endpoint still reads, so that no timer is
 * needed. Inside a frame nothing can be asked. */
static bool still_reads(struct run_exchange *x)
{
    if (!x->settings->profile->pongs || ws_reader_in_frame(&x->sender.ledger.reader))
        return true;
    if (x->sender.marker_opcode == 0)
        run_sender_mark(&x->sender, WS_PING);
    if (!run_sender_marker_back(&x->sender, &x->match))
        return false;
    run_sender_unmark(&x->sender);
    return true;
}

static bool may_pass(struct run_exchange *x, enum run_part_kind kind)
{
    if (kind == RUN_PART_AWAIT_ECHO)
        return judge_match_echoes_done(&x->match);
    if (kind == RUN_PART_AWAIT_PONG)
        return judge_match_pongs_done(&x->match);
    return still_reads(x);
}

static void close_in_order(struct run_exchange *x)
{
    if (x->closing || x->sender.ledger.close_sent || x->half_closed)
        return;
    x->closing = true;
    const uint8_t normal[2] = {WS_CLOSE_NORMAL >> 8, WS_CLOSE_NORMAL & 255};
    run_sender_queue(&x->sender, WS_CLOSE, bytes_of(normal, sizeof(normal)));
}

static bool may_send_urgent(const struct run_exchange *x)
{
    return run_sender_urgent(&x->sender) && x->phase != PHASE_OPENING;
}

static struct run_action on_next(void *self, uint64_t now, bool can_write)
{
    struct run_exchange *x = self;
    x->now = now;
    for (;;) {
        advance(x);
        if (x->phase != PHASE_OVER && now >= deadline(x))
            on_deadline(x);
        if (x->phase == PHASE_OVER)
            return (struct run_action){.want = RUN_WANT_CLOSE};
        if (!can_write)
            return wait_for_it(x);
        if (x->phase == PHASE_CLOSING)
            close_in_order(x);
        if (may_send_urgent(x))
            return write_octets(x, run_sender_write_urgent(&x->sender, now));
        if (x->phase == PHASE_CLOSING || run_sender_done(&x->sender))
            return wait_for_it(x);
        struct run_part part = run_sender_part(&x->sender);
        if (part.kind == RUN_PART_WRITE)
            return write_octets(x, run_sender_write(&x->sender, x->phase != PHASE_OPENING, now));
        if (part.kind == RUN_PART_HALF_CLOSE) {
            run_sender_pass(&x->sender);
            x->half_closed = true;
            return (struct run_action){.want = RUN_WANT_HALF_CLOSE};
        }
        if (may_pass(x, part.kind)) {
            run_sender_pass(&x->sender);
            x->since = now;
        } else if (!may_send_urgent(x)) {
            return wait_for_it(x);
        }
    }
}

/* --- making and freeing ------------------------------------------------------------------ */

struct run_exchange *run_exchange_new(const struct case_spec *spec, enum run_delivery delivery,
                                      const struct run_settings *settings, uint64_t patience_us,
                                      uint64_t linger_us)
{
    struct run_exchange *x = memory_zeroed(1, sizeof(*x));
    const struct run_profile *profile = settings->profile;
    x->spec = spec;
    x->result.spec = spec;
    x->result.delivery = delivery;
    x->settings = settings;
    x->patience_us = patience_us;
    x->linger_us = linger_us;
    x->cap_us = 3 * patience_us;
    judge_outcome_parse(&x->outcome, spec->outcome, NULL);
    run_sender_init(&x->sender, random_start(settings->seed, bytes_text(spec->id)),
                    &x->result.transcript);
    judge_match_init(&x->match, &x->sender.ledger, profile->echoes,
                     profile->broadcasts ? UINT32_MAX : profile->greetings);
    ws_reader_init(&x->reader, WS_READER_OBSERVING, false, UINT64_MAX);
    run_opening_init(&x->opening, &x->sender.script, settings->target, &spec->request,
                     &x->sender.random);
    run_delivery_cut(&x->sender.script, delivery, false);
    return x;
}

struct run_party run_exchange_party(struct run_exchange *x)
{
    return (struct run_party){
        .self = x, .opened = on_opened, .bytes = on_bytes, .ended = on_ended, .next = on_next};
}

struct run_result run_exchange_take(struct run_exchange *x)
{
    struct run_result result = x->result;
    x->result.transcript = (struct run_transcript){0};
    return result;
}

void run_exchange_free(struct run_exchange *x)
{
    if (x == NULL)
        return;
    run_opening_free(&x->opening);
    run_sender_free(&x->sender);
    run_transcript_free(&x->result.transcript);
    free(x);
}
