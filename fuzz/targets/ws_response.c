/* SPDX-License-Identifier: MIT */
/* ws/handshake.h, the client's half: an answer to connection_request is judged.
 *
 * Oracles: reference (slow_http_answer: taken or not); what is reported (an answer that is not
 * taken has a report, each with a rule and a text; without anybody to report to the judgement is
 * the same); refusals are judged without harm. Chunks and work are for ws_http and ws_client. */
#include <stdlib.h>

#include "fuzz/connection.h"
#include "ws/handshake.h"

const char fuzz_target_name[] = "ws_response";

static void count(void *context, const char *rule, const char *text)
{
    size_t *reports = context;
    ++*reports;
    if (rule == NULL || text == NULL || rule[0] == '\0' || text[0] == '\0')
        oracle_violation("contract", "RFC6455-4.1-43", "a report without a rule or a text");
}

static void check(const struct ws_http_head *head, struct bytes in)
{
    static struct ws_http_head request;
    static struct slow_http_head slow;
    size_t scanned = 0;
    size_t reports = 0;
    ws_http_read(&request, connection_request(), SIZE_MAX, &scanned);
    struct ws_handshake_offer offer = {.key = ws_http_find(&request, "Sec-WebSocket-Key")->value,
                                       .request = &request};
    bool taken = ws_handshake_judge_answer(head, &offer, count, &reports);
    slow_http_head(&slow, in);
    if (taken != slow_http_answer(&slow, &connection_offer))
        oracle_violation("reference", "RFC6455-4.1-43", "the answer is %s; by the RFC it is not",
                         taken ? "taken" : "refused");
    struct ws_http_status_line line;
    bool readable = ws_http_split_status(head->start_line, &line);
    if (!taken && reports == 0)
        oracle_violation("contract", "RFC6455-4.1-43", "not taken, and nothing said");
    if (ws_handshake_judge_answer(head, &offer, NULL, NULL) != taken)
        oracle_violation("determinism", "RFC6455-4.1-43", "judged twice with two results");
    if (readable && line.code != 101)
        ws_handshake_judge_refusal(head, line.code == 426, count, &reports);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ws_http_head head;
    size_t scanned = 0;
    uint8_t *chunk = oracle_chunk(bytes_of(data, size));
    if (ws_http_read(&head, bytes_of(chunk, size), CONNECTION_HEAD_MAX, &scanned) == WS_ITEM)
        check(&head, bytes_of(data, size));
    free(chunk);
    return 0;
}
