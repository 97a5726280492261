/* SPDX-License-Identifier: MIT */
/* ws/handshake.h, the server's half, and ws/request.h: a request is judged, answered and examined.
 *
 * Oracles: reference (slow_http_request: accepted or refused, and with which status); round trip
 * (the answer that is written is read back as a head without a flaw; a client that sent the request
 * takes a 101; the nonce of a key, written as a key, is that key); a refusal names its rule; what a
 * server refuses for its head is also reported of the client. Chunks and work are for ws_http and
 * ws_server. */
#include <stdlib.h>

#include "fuzz/connection.h"
#include "ws/handshake.h"
#include "ws/request.h"

const char fuzz_target_name[] = "ws_request";

static unsigned bit_of(unsigned status)
{
    return status == 400   ? SLOW_HTTP_400
           : status == 405 ? SLOW_HTTP_405
           : status == 426 ? SLOW_HTTP_426
           : status == 505 ? SLOW_HTTP_505
                           : 0;
}

/* The answer is HTTP, and says what was decided. */
static void check_answer(const struct ws_http_head *request,
                         const struct ws_handshake_decision *decision)
{
    static struct buffer out;
    static struct ws_http_head answer;
    struct ws_http_status_line line;
    size_t scanned = 0;
    buffer_clear(&out);
    ws_handshake_write_answer(&out, decision);
    if (ws_http_read(&answer, buffer_bytes(&out), out.len, &scanned) != WS_ITEM ||
        answer.flaws != 0 || !ws_http_split_status(answer.start_line, &line) ||
        line.code != decision->status)
        oracle_violation("round-trip", "RFC6455-4.2.2-17", "the answer is not what was decided");
    struct ws_handshake_offer offer = {.key = decision->key, .request = request};
    if (decision->status == 101 && !ws_handshake_judge_answer(&answer, &offer, NULL, NULL))
        oracle_violation("round-trip", "RFC6455-4.1-43", "the client would not take the answer");
    if (decision->status != 101 && decision->status != 401)
        ws_handshake_judge_refusal(&answer, decision->status == 426, NULL, NULL);
}

static void check_key(struct bytes key)
{
    uint8_t nonce[16];
    char again[WS_KEY_SIZE + 1];
    bool valid = ws_handshake_nonce(nonce, key);
    if (valid)
        ws_handshake_key(again, nonce);
    if (!valid || !bytes_equal(bytes_text(again), key))
        oracle_violation("round-trip", "RFC6455-4.1-29", "the nonce of a key is another");
}

static void check_decision(const struct ws_handshake_decision *decision, unsigned statuses)
{
    bool accepted = decision->status == 101;
    if (accepted != (statuses == 0) || (!accepted && (bit_of(decision->status) & statuses) == 0))
        oracle_violation("reference", accepted ? "RFC6455-4.2.1-01" : decision->rule,
                         "status %u (%s); by the RFC one of %x", decision->status,
                         accepted ? "accepted" : decision->text, statuses);
    if (accepted != (decision->rule == NULL) || accepted != (decision->text == NULL))
        oracle_violation("contract", "RFC6455-4.2.1-01", "status %u with%s a rule",
                         decision->status, decision->rule == NULL ? "out" : "");
    if (accepted)
        check_key(decision->key);
}

static void count(void *context, const char *rule, const char *text)
{
    size_t *reports = context;
    ++*reports;
    if (rule == NULL || text == NULL || rule[0] == '\0' || text[0] == '\0')
        oracle_violation("contract", "RFC6455-4.1-19", "a report without a rule or a text");
}

/* Who knows less about what the client was told reports no more. */
static void examine(const struct ws_http_head *head, unsigned statuses)
{
    static const struct ws_request_expected known = {.host = "localhost", .target = "/"};
    static const struct ws_request_expected unknown = {NULL, NULL};
    size_t with = 0;
    size_t without = 0;
    ws_request_check(head, &known, count, &with);
    ws_request_check(head, &unknown, count, &without);
    if (without > with)
        oracle_violation("contract", "RFC6455-4.1-22", "%zu reports, with less to go by %zu", with,
                         without);
    /* Content breaks no rule of the client's. */
    bool content = ws_http_find(head, "Content-Length") != NULL ||
                   ws_http_find(head, "Transfer-Encoding") != NULL;
    if (statuses != 0 && without == 0 && !content)
        oracle_violation("reference", "RFC6455-4.1-19", "refused with %x, but nothing is reported",
                         statuses);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ws_http_head head;
    static struct slow_http_head slow;
    struct bytes in = bytes_of(data, size);
    size_t scanned = 0;
    uint8_t *chunk = oracle_chunk(in);
    if (ws_http_read(&head, bytes_of(chunk, size), CONNECTION_HEAD_MAX, &scanned) == WS_ITEM) {
        slow_http_head(&slow, in);
        struct ws_handshake_decision decision = ws_handshake_judge_request(&head);
        unsigned statuses = slow_http_request(&slow);
        check_decision(&decision, statuses);
        examine(&head, statuses);
        check_answer(&head, &decision);
    }
    free(chunk);
    return 0;
}
