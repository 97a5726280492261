/* SPDX-License-Identifier: MIT */
#include "run/intake.h"

#include <stdio.h>

#include "run/conclude.h"
#include "run/delivery.h"
#include "run/sight.h"

enum {
    MASKS_MAX = 64 * 1024,  /* octets of masking keys that are looked at */
    FLOOD_MAX = 1024 * 1024 /* octets that may come beyond four times what was sent */
};

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

static void take_header(struct run_exchange *x, const struct ws_frame *frame)
{
    x->frames++;
    if (frame->masked && x->settings->keys != NULL && x->masks.len < MASKS_MAX)
        buffer_append(&x->masks, bytes_of(frame->key, sizeof(frame->key)));
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
        if (event.kind == WS_EVENT_FRAME)
            take_header(x, &event.frame);
        if (event.kind == WS_EVENT_DATA && event.inflated) /* a flood may come compressed */
            x->received += event.payload.len;
        if (event.kind == WS_EVENT_VIOLATION)
            run_sight_violation(x, event.violation);
        if (event.kind == WS_EVENT_CONTROL)
            answer_control(x, &event);
        if (!x->match.close_seen)
            x->closed_at = x->now;
        run_sight_late_answer(x, &event);
        judge_match_event(&x->match, &event);
    }
}

/* The connection stands: is it to prove that it works before the case begins? */
static void begin_control(struct run_exchange *x)
{
    x->opened = true;
    x->phase = PHASE_CONTROL;
    if (judge_outcome_allows(&x->outcome, JUDGE_FAIL) && !x->spec->response.join)
        run_sender_mark(&x->sender, x->settings->profile->echoes ? WS_TEXT : WS_PING);
}

/* What the case wants to be agreed on, and what came of it. */
static void begin_agreed(struct run_exchange *x, const struct run_agreement *agreement)
{
    ws_reader_agree(&x->reader, agreement->received);
    run_sender_agree(&x->sender, agreement->packer, agreement->sent);
    if (x->spec->deflate_count > 0 && agreement->packer == NULL)
        run_conclude_unagreed(x);
    else
        begin_control(x);
}

/* The answer to the request is there: is this a connection, and is it what the case asks for? */
static void open_or_judge(struct run_exchange *x)
{
    if (x->opening.status < 100)
        snprintf(x->match.wrong, sizeof(x->match.wrong), "the answer to the handshake is not HTTP");
    x->opened = x->opening.status == 101;
    if (x->opened && !judge_outcome_refuses(&x->outcome))
        begin_agreed(x, &x->opening.agreement);
    else if (run_conclude_is_about_handshake(x))
        run_conclude_judge(x);
    else
        run_conclude_skip(x, "a plain handshake was refused");
}

/* RFC 9110, 7.8: a client cannot go over to frames before its whole request is out, content
 * included, be it accepted sooner. */
static void begin_as_client(struct run_exchange *x)
{
    if (x->opening.status == 0)
        return;
    x->hold_until = 0;
    if (x->opening.status == 101 && !run_sender_done(&x->sender))
        return;
    open_or_judge(x);
    struct buffer *rest = run_opening_rest(&x->opening);
    if ((x->phase == PHASE_CONTROL || x->phase == PHASE_CLOSING) && rest->len > 0)
        take_frames(x, rest->data, rest->len);
}

static void take_answer(struct run_exchange *x, const uint8_t *data, size_t len)
{
    run_opening_take(&x->opening, bytes_of(data, len), &x->result.transcript, x->now,
                     run_sight_in_answer, x);
    begin_as_client(x);
}

/* The answer of a client's case may carry the first frames in its last segment. */
static void load_answer(struct run_exchange *x)
{
    struct run_script *script = &x->sender.script;
    const struct run_agreement *agreement = &x->acceptance.agreement;
    run_sender_agree(&x->sender, agreement->packer, agreement->sent);
    run_delivery_cut(script, x->result.delivery, false);
    if (x->spec->response.join)
        run_sender_join_steps(&x->sender, x->spec);
    if (x->spec->response.hold)
        x->hold_until = x->now + x->settings->grace_us;
}

/* RFC 6455, 4.1: behind its request a client waits for the answer. */
static void take_request(struct run_exchange *x, const uint8_t *data, size_t len)
{
    struct run_acceptance *acceptance = &x->acceptance;
    if (acceptance->answered) {
        buffer_append(run_acceptance_rest(acceptance), bytes_of(data, len));
    } else {
        enum ws_status status = run_acceptance_take(
            acceptance, bytes_of(data, len), x->settings, x->spec, &x->sender.script,
            &x->sender.random, &x->result.transcript, x->now, run_sight_rule, x);
        if (status == WS_BAD)
            run_conclude_skip(x, "the request cannot be read");
        if (status != WS_ITEM)
            return;
        load_answer(x);
    }
    if (run_acceptance_rest(acceptance)->len > 0 && x->sender.sent == 0)
        run_sight_rule(x, "RFC6455-4.1-42", "something was sent before the handshake was answered");
}

/* Our whole answer is out. */
static void begin_as_server(struct run_exchange *x)
{
    if (run_conclude_refuses(x)) {
        x->opened = true;
        x->phase = PHASE_REFUSAL;
        run_sender_mark(&x->sender, WS_PING);
        run_sender_mark(&x->sender, WS_TEXT);
    } else {
        begin_agreed(x, &x->acceptance.agreement);
    }
    x->since = x->now;
    struct buffer *early = run_acceptance_rest(&x->acceptance);
    if (early->len > 0)
        take_frames(x, early->data, early->len);
}

static void check_flood(struct run_exchange *x)
{
    uint64_t most = FLOOD_MAX + 4 * (x->sender.script.octets.len + x->sender.script.volume);
    if (x->received > most && x->match.wrong[0] == '\0')
        snprintf(x->match.wrong, sizeof(x->match.wrong),
                 "the endpoint sends far more than it was sent (over %llu octets)",
                 (unsigned long long)most);
}

void run_intake_take(struct run_exchange *x, uint8_t *data, size_t len)
{
    x->received += len;
    if (x->phase == PHASE_OPENING && x->settings->of_client)
        take_request(x, data, len);
    else if (x->phase == PHASE_OPENING)
        take_answer(x, data, len);
    else
        take_frames(x, data, len);
    check_flood(x);
}

void run_intake_begin(struct run_exchange *x)
{
    if (!x->settings->of_client)
        begin_as_client(x);
    else if (x->acceptance.answered && x->sender.sent >= x->sender.script.unframed)
        begin_as_server(x);
}
