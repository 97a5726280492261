/* SPDX-License-Identifier: MIT */
#include "peer/accept.h"

#include "peer/deflate.h"
#include "peer/internal.h"
#include "peer/opening.h"

static void write_answer(struct peer_echo *echo, const struct ws_http_head *request,
                         const struct ws_handshake_decision *decision, struct buffer *out)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    struct buffer answer = {0};
    ws_handshake_write_answer(&answer, decision);
    if (decision->status == 101)
        peer_deflate_accept(echo, request, &answer);
    if (quirk != NULL && quirk->answer != NULL)
        quirk->answer(quirk, request, decision, &answer);
    buffer_append(out, buffer_bytes(&answer));
    buffer_free(&answer);
}

static void answer_request(struct peer_echo *echo, const struct ws_http_head *request,
                           struct ws_handshake_decision decision, struct buffer *out)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    bool alone = echo->head.len == request->size;
    if (quirk != NULL && quirk->judge != NULL && (alone || !quirk->lone_head))
        quirk->judge(quirk, request, bytes_of(echo->head.data, request->size), &decision);
    write_answer(echo, request, &decision, out);
    if (quirk != NULL && quirk->greet != NULL && decision.status == 101)
        quirk->greet(echo, out);
    echo->opened = decision.status == 101;
    echo->phase = decision.status == 101 ? PEER_OPEN : PEER_ENDED;
    echo->ended = decision.status == PEER_OPENING_DEATH ? PEER_AFTER_DEATH : PEER_AFTER_REFUSAL;
}

static const struct ws_handshake_decision too_big = {
    .status = 400,
    .rule = "RFC6455-4.2.1-01",
    .text = "the head is too big",
};

static bool refuses_parts(const struct peer_echo *echo)
{
    return echo->options.quirk != NULL && echo->options.quirk->whole_head;
}

void peer_accept_read(struct peer_echo *echo, struct bytes octets, struct buffer *out)
{
    struct ws_http_head request;
    request.size = 0;
    request.field_count = 0;
    buffer_append(&echo->head, octets);
    enum ws_status status =
        ws_http_read(&request, buffer_bytes(&echo->head), echo->options.head_max, &echo->scanned);
    if (status == WS_MORE && !refuses_parts(echo))
        return;
    struct ws_handshake_decision decision = too_big;
    if (status == WS_ITEM)
        decision = ws_handshake_judge_request(&request);
    answer_request(echo, &request, decision, out);
    if (echo->phase == PEER_OPEN)
        peer_echo_read(echo, echo->head.data + request.size, echo->head.len - request.size, out);
    buffer_free(&echo->head);
}
