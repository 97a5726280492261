/* SPDX-License-Identifier: MIT */
#include "run/opening.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/memory.h"

enum { ANSWER_MAX = 64 * 1024 }; /* octets of an answer's head */

void run_opening_init(struct run_opening *opening, struct run_script *script,
                      const struct run_target *target, const struct case_spec *spec,
                      struct random *random)
{
    uint8_t nonce[16];
    struct buffer offers = {0};
    *opening = (struct run_opening){0};
    random_fill(random, nonce, sizeof(nonce));
    ws_handshake_key(opening->key, nonce);
    size_t start = script->octets.len;
    if (spec != NULL)
        run_agreement_offer(&offers, spec);
    run_head_request(script, target, spec != NULL ? &spec->request : NULL, opening->key,
                     buffer_text(&offers), random);
    buffer_free(&offers);
    buffer_append(&opening->request,
                  bytes_of(script->octets.data + start, script->octets.len - start));
}

/* True if our request asked for a version that is not 13, and was without fault otherwise. */
static bool asked_for_another_version(const struct ws_http_head *request)
{
    return ws_handshake_judge_request(request).status == 426 &&
           ws_http_find(request, "Sec-WebSocket-Version") != NULL;
}

static void judge_answer(struct run_opening *opening, const struct ws_http_head *answer,
                         ws_handshake_report *report, void *context)
{
    /* A request that a case has broken may not even be a head; then nothing was offered. */
    struct ws_http_head *request = memory_zeroed(1, sizeof(*request));
    size_t scanned = 0;
    struct bytes sent = buffer_bytes(&opening->request);
    bool readable = ws_http_read(request, sent, sent.len, &scanned) == WS_ITEM;
    if (opening->status == 101) {
        const struct ws_http_field *key =
            readable ? ws_http_find(request, "Sec-WebSocket-Key") : NULL;
        struct ws_handshake_offer offer = {
            .key = key != NULL ? key->value : bytes_text(opening->key), .request = request};
        ws_handshake_judge_answer(answer, &offer, report, context);
        run_agreement_read(&opening->agreement, answer, request, report, context);
    } else {
        bool version_was_wrong = readable && asked_for_another_version(request);
        ws_handshake_judge_refusal(answer, version_was_wrong, report, context);
    }
    free(request);
}

static void keep_agent(struct run_opening *opening, const struct ws_http_head *answer)
{
    const struct ws_http_field *server = ws_http_find(answer, "Server");
    if (server == NULL)
        return;
    struct buffer text = {0};
    hex_escape(&text, server->value);
    snprintf(opening->agent, sizeof(opening->agent), "%s", buffer_text(&text));
    buffer_free(&text);
}

bool run_opening_take(struct run_opening *opening, struct bytes octets,
                      struct run_transcript *transcript, uint64_t now, ws_handshake_report *report,
                      void *context)
{
    buffer_append(&opening->answer, octets);
    struct ws_http_head *head = memory_zeroed(1, sizeof(*head));
    while (opening->status == 0) {
        enum ws_status status =
            ws_http_read(head, buffer_bytes(&opening->answer), ANSWER_MAX, &opening->scanned);
        if (status == WS_MORE)
            break;
        struct ws_http_status_line line = {0};
        if (status == WS_BAD || !ws_http_split_status(head->start_line, &line)) {
            run_transcript_head(transcript, false, buffer_bytes(&opening->answer), now);
            opening->status = RUN_OPENING_NOT_HTTP;
            break;
        }
        run_transcript_head(transcript, false, bytes_of(opening->answer.data, head->size), now);
        if (line.code >= 200 || line.code == 101) {
            opening->status = line.code;
            keep_agent(opening, head);
            judge_answer(opening, head, report, context);
        }
        buffer_consume(&opening->answer, head->size);
        opening->scanned = 0;
    }
    free(head);
    return opening->status != 0;
}

struct buffer *run_opening_rest(struct run_opening *opening)
{
    return &opening->answer;
}

void run_opening_free(struct run_opening *opening)
{
    run_agreement_free(&opening->agreement);
    buffer_free(&opening->request);
    buffer_free(&opening->answer);
}
