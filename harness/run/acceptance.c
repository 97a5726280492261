/* SPDX-License-Identifier: MIT */
#include "run/acceptance.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/memory.h"
#include "ws/request.h"

enum { REQUEST_MAX = 64 * 1024 }; /* octets of a request's head */

static void keep_agent(struct run_acceptance *acceptance, const struct ws_http_head *request)
{
    const struct ws_http_field *field = ws_http_find(request, "User-Agent");
    if (field == NULL)
        return;
    struct buffer text = {0};
    hex_escape(&text, field->value);
    snprintf(acceptance->agent, sizeof(acceptance->agent), "%s", buffer_text(&text));
    buffer_free(&text);
}

static void note_key(const struct run_settings *settings, const struct ws_http_head *request)
{
    const struct ws_http_field *key = ws_http_find(request, "Sec-WebSocket-Key");
    if (key != NULL && settings->keys != NULL)
        judge_keys_add_nonce(settings->keys, key->value);
}

static void answer(struct run_acceptance *acceptance, const struct ws_http_head *request,
                   const struct case_spec *spec, struct run_script *script, struct random *random,
                   struct run_transcript *transcript, uint64_t now)
{
    size_t start = script->octets.len;
    struct buffer extensions = {0};
    run_agreement_choose(&acceptance->agreement, spec, request, &extensions);
    run_head_answer(script, request, &spec->response, buffer_text(&extensions), random);
    buffer_free(&extensions);
    run_transcript_head(transcript, true,
                        bytes_of(script->octets.data + start, script->octets.len - start), now);
    acceptance->answered = true;
}

enum ws_status run_acceptance_take(struct run_acceptance *acceptance, struct bytes octets,
                                   const struct run_settings *settings,
                                   const struct case_spec *spec, struct run_script *script,
                                   struct random *random, struct run_transcript *transcript,
                                   uint64_t now, ws_handshake_report *report, void *context)
{
    const struct ws_request_expected expected = {.host = settings->target->host};
    buffer_append(&acceptance->in, octets);
    struct ws_http_head *head = memory_zeroed(1, sizeof(*head));
    struct bytes in = buffer_bytes(&acceptance->in);
    enum ws_status status = ws_http_read(head, in, REQUEST_MAX, &acceptance->scanned);
    if (status == WS_BAD)
        run_transcript_head(transcript, false, in, now);
    if (status == WS_ITEM) {
        size_t size = head->size;
        run_transcript_head(transcript, false, bytes_of(in.data, size), now);
        keep_agent(acceptance, head);
        note_key(settings, head);
        ws_request_check(head, &expected, report, context);
        ws_permessage_judge_request(head, report, context);
        answer(acceptance, head, spec, script, random, transcript, now);
        buffer_consume(&acceptance->in, size);
    }
    free(head);
    return status;
}

struct buffer *run_acceptance_rest(struct run_acceptance *acceptance)
{
    return &acceptance->in;
}

void run_acceptance_free(struct run_acceptance *acceptance)
{
    run_agreement_free(&acceptance->agreement);
    buffer_free(&acceptance->in);
}
