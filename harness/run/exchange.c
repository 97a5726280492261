/* SPDX-License-Identifier: MIT */
#include "run/exchange.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "run/conclude.h"
#include "run/intake.h"
#include "run/sight.h"

enum {
    WATCH_US = 100 * 1000, /* that a client may take to end TCP first, where that is watched */
    BULK_OCTETS_PER_SECOND = 256 * 1024 /* that the slowest endpoint is expected to handle */
};

/* --- small questions --------------------------------------------------------------------- */

static bool allows_failure(const struct run_exchange *x)
{
    return judge_outcome_allows(&x->outcome, JUDGE_FAIL);
}

/* An end instead of the handshake's answer means something: to a server's case about it, and to a
 * client's once there was a request. */
static bool may_be_answered(const struct run_exchange *x)
{
    return run_conclude_is_about_handshake(x) &&
           (!x->settings->of_client || x->acceptance.answered);
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

/* --- what comes in ----------------------------------------------------------------------- */

static void on_bytes(void *self, uint8_t *data, size_t len, uint64_t now)
{
    struct run_exchange *x = self;
    x->now = now;
    if (x->phase == PHASE_OVER)
        return;
    if (x->phase != PHASE_CLOSING)
        x->since = now;
    run_intake_take(x, data, len);
}

static void on_opened(void *self, uint64_t now)
{
    struct run_exchange *x = self;
    x->now = now;
    x->born = now;
    x->since = now;
    x->result.transcript.start = now;
    if (!x->settings->of_client)
        run_transcript_head(&x->result.transcript, true, buffer_bytes(&x->opening.request), now);
}

static void report_unreachable(struct run_exchange *x)
{
    x->result.unreachable = true;
    snprintf(x->result.judgement.diagnosis, sizeof(x->result.judgement.diagnosis),
             "no connection could be made");
    x->born = x->now;
    run_conclude_give(x, JUDGE_ERROR);
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
    static const char *const notes[] = {[JUDGE_END_FIN] = "ends TCP (FIN)",
                                        [JUDGE_END_RESET] = "resets TCP (RST)",
                                        [JUDGE_END_HTTP] = "goes on with another HTTP request"};
    run_transcript_note(&x->result.transcript, false, notes[end], now);
    if (x->phase == PHASE_CLOSING) {
        run_sight_early_end(x);
        run_conclude_close(x);
        x->phase = PHASE_OVER;
    } else if (x->phase == PHASE_CONTROL) {
        run_conclude_skip(x, "the positive control failed");
    } else if (x->phase == PHASE_OPENING && !may_be_answered(x)) {
        run_conclude_skip(x, x->settings->of_client ? "no opening handshake came"
                                                    : "a plain handshake was refused");
    } else {
        run_conclude_judge(x);
    }
}

/* --- going on ---------------------------------------------------------------------------- */

static void enter(struct run_exchange *x, enum run_phase phase)
{
    x->phase = phase;
    x->since = x->now;
}

static void enter_steps(struct run_exchange *x)
{
    enter(x, PHASE_STEPS);
    if (x->spec->response.join) /* they are on their way */
        return;
    run_sender_unmark(&x->sender);
    run_pace_init(&x->pace, x->now - x->born);
    run_sender_load_steps(&x->sender, x->spec);
    run_delivery_cut(&x->sender.script, x->result.delivery, true);
    x->cap_us += (uint64_t)x->sender.script.count * x->patience_us / 4;
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
    if (judge_outcome_allows(&x->outcome, JUDGE_SPARE)) {
        if (grace_is_over(x))
            run_conclude_judge(x);
        return;
    }
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
        run_conclude_judge(x);
}

/* A client that took a bad answer for good answers the marker at once. One that did not may wait
 * for us to end TCP (7.1.1). */
static void advance_refusal(struct run_exchange *x)
{
    if (x->frames > 0)
        run_conclude_judge(x);
    else if (x->phase == PHASE_REFUSAL && !run_sender_urgent(&x->sender) && grace_is_over(x))
        enter(x, PHASE_PARTING);
}

/* After both Closes a client owes nothing more: the server ends TCP (7.1.1). Inside a frame that we
 * shall never finish our own Close cannot be said, and who did not fail the connection may wait for
 * it (5.5.1). */
static bool is_closed_by_them(const struct run_exchange *x)
{
    bool cannot_answer =
        x->closing && ws_reader_in_frame(&x->sender.ledger.reader) && run_sender_done(&x->sender);
    if (!x->settings->of_client && x->sender.ledger.violation != WS_FINE)
        return false;
    return x->match.close_seen &&
           (cannot_answer || (x->settings->of_client && x->sender.ledger.close_sent));
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
    if (x->phase == PHASE_OPENING)
        run_intake_begin(x);
    if (x->phase == PHASE_OPENING || x->phase == PHASE_CLOSING || x->phase == PHASE_OVER)
        return;
    if (x->phase == PHASE_REFUSAL || (x->phase == PHASE_PARTING && run_conclude_refuses(x))) {
        advance_refusal(x);
        return;
    }
    if (x->phase == PHASE_STEPS && x->match.close_seen)
        run_sender_give_up(&x->sender);
    if (is_decided(x) && x->phase == PHASE_CONTROL && x->sender.marker_opcode != 0) {
        run_conclude_skip(x, "the positive control failed");
        return;
    }
    if (is_decided(x) || is_closed_by_them(x)) {
        run_conclude_judge(x);
        return;
    }
    if (x->phase == PHASE_CONTROL && is_controlled(x) && is_greeted(x))
        enter_steps(x);
    if (x->phase == PHASE_STEPS && run_sender_done(&x->sender))
        enter(x, PHASE_SETTLE);
    if (x->phase == PHASE_SETTLE)
        advance_settle(x);
    if (x->phase == PHASE_FENCE || x->phase == PHASE_PARTING)
        advance_fence(x);
}

/* A client that may refuse our answer and says nothing may wait for us to end TCP (7.1.1), or for
 * the rest of a head that is not whole to it. To end TCP soon does no harm, since the client is
 * right in any case. */
static bool may_part(const struct run_exchange *x)
{
    bool may_refuse = judge_outcome_allows(&x->outcome, JUDGE_REJECT);
    return x->settings->of_client && may_refuse && x->frames == 0 && x->phase == PHASE_FENCE &&
           !run_sender_urgent(&x->sender);
}

/* The thing that is awaited. */
static enum run_hang name_hang(const struct run_exchange *x)
{
    if (x->phase == PHASE_OPENING)
        return RUN_HANG_HANDSHAKE;
    if (x->phase == PHASE_CONTROL)
        return RUN_HANG_CONTROL;
    if (x->phase == PHASE_REFUSAL || x->phase == PHASE_PARTING)
        return RUN_HANG_REFUSAL;
    if (x->match.close_seen)
        return x->sender.ledger.violation != WS_FINE ? RUN_HANG_TCP_FAILED : RUN_HANG_TCP;
    if (x->sender.ledger.close_sent)
        return RUN_HANG_CLOSE;
    bool must_end = !judge_outcome_allows_life(&x->outcome) && x->phase != PHASE_STEPS;
    return must_end ? RUN_HANG_FAILURE : RUN_HANG_ANSWER;
}

static void on_deadline(struct run_exchange *x)
{
    if (may_part(x)) {
        enter(x, PHASE_PARTING);
        return;
    }
    x->result.waits++;
    run_transcript_note(&x->result.transcript, true, "waited in vain", x->now);
    if (x->phase == PHASE_CLOSING) {
        x->result.lingered = true;
        x->phase = PHASE_OVER;
    } else if (x->phase == PHASE_OPENING) {
        if (!judge_outcome_allows(&x->outcome, JUDGE_WAIT))
            x->result.hang = RUN_HANG_HANDSHAKE;
        if (x->settings->of_client)
            run_conclude_skip(x, "the request is not finished");
        else if (run_conclude_is_about_handshake(x))
            run_conclude_judge(x);
        else
            run_conclude_skip(x, "a plain handshake was not answered");
    } else if (x->phase == PHASE_CONTROL && is_controlled(x)) {
        enter_steps(x); /* it does not greet on every connection */
    } else if (x->phase == PHASE_CONTROL) {
        x->result.hang = RUN_HANG_CONTROL;
        run_conclude_skip(x, "the positive control failed");
    } else {
        x->result.hang = name_hang(x);
        run_conclude_judge(x);
    }
}

/* What the octets of the script may take. */
static uint64_t bulk_us(const struct run_exchange *x)
{
    uint64_t octets = x->sender.script.octets.len + x->sender.script.volume;
    return octets * 1000000 / BULK_OCTETS_PER_SECOND;
}

static uint64_t deadline(const struct run_exchange *x)
{
    if (x->phase == PHASE_CLOSING)
        return x->since + x->linger_us;
    if (may_part(x))
        return x->since + x->settings->grace_us + bulk_us(x);
    bool believed = (x->settings->believed >> name_hang(x) & 1) != 0;
    uint64_t patience = x->since + (believed ? x->settings->short_us : x->patience_us);
    patience += bulk_us(x);
    uint64_t cap = x->born + x->cap_us + bulk_us(x);
    return patience < cap ? patience : cap;
}

static struct run_action wait_for_it(const struct run_exchange *x)
{
    uint64_t at = deadline(x);
    if (run_pace_holds(&x->pace, x->now))
        return (struct run_action){.want = RUN_WANT_WAIT,
                                   .deadline = x->pace.until < at ? x->pace.until : at};
    if (x->watch && x->phase == PHASE_CLOSING && is_closed_by_them(x))
        return (struct run_action){.want = RUN_WANT_WAIT, .deadline = x->closed_at + WATCH_US};
    uint64_t grace = x->since + x->settings->grace_us;
    if (x->hold_until > x->now)
        grace = x->hold_until;
    bool spared = judge_outcome_allows(&x->outcome, JUDGE_SPARE);
    bool fence_is_due = (x->phase == PHASE_SETTLE && !is_ending(x) && allows_failure(x)) ||
                        (x->phase == PHASE_SETTLE && spared) || x->phase == PHASE_REFUSAL ||
                        x->hold_until > x->now;
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

/* A server that does not wait for the content answers the head alone, if it has the time to. */
static bool is_before_content(const struct run_exchange *x)
{
    return x->phase == PHASE_OPENING && !x->settings->of_client &&
           x->spec->request.cut.kind == CASE_CUT_BODY && !run_sender_done(&x->sender);
}

static struct run_action write_part(struct run_exchange *x)
{
    struct run_sender *sender = &x->sender;
    size_t len = run_sender_part(sender).len;
    struct run_action action = write_octets(x, run_sender_write(sender, x->now));
    if (is_before_content(x))
        x->hold_until = x->now + x->settings->grace_us;
    else if (!run_sender_done(sender) && run_sender_part(sender).kind == RUN_PART_WRITE)
        run_pace_between(&x->pace, len, run_sender_in_header(sender), x->now);
    return action;
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
    run_sender_give_up(&x->sender);
    if (x->closing || x->sender.ledger.close_sent || x->half_closed)
        return;
    x->closing = true;
    const uint8_t normal[2] = {WS_CLOSE_NORMAL >> 8, WS_CLOSE_NORMAL & 255};
    run_sender_queue(&x->sender, WS_CLOSE, bytes_of(normal, sizeof(normal)));
}

static bool may_send_urgent(const struct run_exchange *x)
{
    return run_sender_urgent(&x->sender) && x->phase != PHASE_OPENING && !x->half_closed;
}

static struct run_action half_close(struct run_exchange *x)
{
    x->half_closed = true;
    return (struct run_action){.want = RUN_WANT_HALF_CLOSE};
}

static bool watches_end(const struct run_exchange *x)
{
    return x->watch && x->phase == PHASE_CLOSING && is_closed_by_them(x) &&
           x->now < x->closed_at + WATCH_US;
}

/* 7.1.1: the server ends TCP. */
static bool may_end(struct run_exchange *x)
{
    if (x->phase != PHASE_CLOSING || !is_closed_by_them(x) || may_send_urgent(x) || watches_end(x))
        return false;
    x->result.watched = x->watch;
    return true;
}

static struct run_action on_next(void *self, uint64_t now, bool can_write)
{
    struct run_exchange *x = self;
    x->now = now;
    for (;;) {
        advance(x);
        if (x->phase != PHASE_OVER && now >= deadline(x))
            on_deadline(x);
        if (may_end(x)) {
            run_conclude_close(x);
            x->phase = PHASE_OVER;
        }
        if (x->phase == PHASE_OVER)
            return (struct run_action){.want = RUN_WANT_CLOSE};
        if (!can_write)
            return wait_for_it(x);
        if (x->phase == PHASE_PARTING && !x->half_closed)
            return half_close(x);
        if (x->phase == PHASE_CLOSING)
            close_in_order(x);
        if (may_send_urgent(x))
            return write_octets(x, run_sender_write_urgent(&x->sender, now));
        if (x->half_closed || run_sender_done(&x->sender) || x->hold_until > now ||
            run_pace_holds(&x->pace, now))
            return wait_for_it(x);
        struct run_part part = run_sender_part(&x->sender);
        if (part.kind == RUN_PART_WRITE)
            return write_part(x);
        if (part.kind == RUN_PART_HALF_CLOSE) {
            run_sender_pass(&x->sender);
            return half_close(x);
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
    x->result.transcript.of_client = settings->of_client;
    x->patience_us = patience_us;
    x->linger_us = linger_us;
    x->cap_us = 3 * patience_us;
    run_pace_init(&x->pace, 0);
    judge_outcome_parse(&x->outcome, spec->outcome, NULL);
    run_sender_init(&x->sender, random_start(settings->seed, bytes_text(spec->id)),
                    &x->result.transcript, !settings->of_client);
    judge_match_init(&x->match, &x->sender.ledger, profile->echoes,
                     profile->broadcasts ? UINT32_MAX : profile->greetings);
    ws_reader_init(&x->reader, WS_READER_OBSERVING, settings->of_client, UINT64_MAX);
    if (settings->of_client)
        return x;
    run_opening_init(&x->opening, &x->sender.script, settings->target, spec, &x->sender.random);
    run_delivery_cut(&x->sender.script, delivery, false);
    return x;
}

void run_exchange_watch_end(struct run_exchange *x)
{
    x->watch = true;
}

struct run_party run_exchange_party(struct run_exchange *x)
{
    return (struct run_party){
        .self = x, .opened = on_opened, .bytes = on_bytes, .ended = on_ended, .next = on_next};
}

struct run_result run_exchange_take(struct run_exchange *x)
{
    if (x->masks.len > 0)
        judge_keys_next_connection(x->settings->keys);
    for (size_t i = 0; i < x->masks.len; i += 4)
        judge_keys_add_mask(x->settings->keys, x->masks.data + i);
    buffer_clear(&x->masks);
    struct run_result result = x->result;
    x->result.transcript = (struct run_transcript){0};
    return result;
}

void run_exchange_free(struct run_exchange *x)
{
    if (x == NULL)
        return;
    run_opening_free(&x->opening);
    run_acceptance_free(&x->acceptance);
    buffer_free(&x->masks);
    run_sender_free(&x->sender);
    run_transcript_free(&x->result.transcript);
    free(x);
}
