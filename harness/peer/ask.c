/* SPDX-License-Identifier: MIT */
#include "peer/ask.h"

#include <stdlib.h>

#include "base/memory.h"
#include "peer/deflate.h"
#include "peer/internal.h"

void peer_ask_send(struct peer_echo *echo, struct buffer *out)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    const struct ws_url *url = echo->options.url;
    uint8_t nonce[16];
    /* RFC 6455, 4.1 item 7: "The nonce MUST be selected randomly for each connection." */
    random_fill(&echo->random, nonce, sizeof nonce);
    ws_handshake_key(echo->key, nonce);
    buffer_printf(&echo->request,
                  "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
                  url->target, url->field, echo->key);
    peer_deflate_offer(echo);
    if (quirk != NULL && quirk->ask != NULL)
        quirk->ask(echo);
    buffer_append(out, buffer_bytes(&echo->request));
}

/* True if the answer opens the connection (RFC 6455, 4.1: the six checks). */
static bool is_right(struct peer_echo *echo, const struct ws_http_head *answer)
{
    struct ws_http_head *request = memory_zeroed(1, sizeof *request);
    struct bytes sent = buffer_bytes(&echo->request);
    struct ws_handshake_offer offer = {.key = bytes_text(echo->key), .request = request};
    size_t scanned = 0;
    /* What counts is what was sent, which a quirk may have changed. */
    if (ws_http_read(request, sent, sent.len, &scanned) == WS_ITEM) {
        const struct ws_http_field *key = ws_http_find(request, "Sec-WebSocket-Key");
        if (key != NULL)
            offer.key = key->value;
    }
    bool right = ws_handshake_judge_answer(answer, &offer, peer_echo_complain, echo) &&
                 peer_deflate_read(echo, answer, request);
    free(request);
    return right;
}

/* RFC 9110, 15.2: "A client MUST be able to parse one or more 1xx responses received prior to
 * a final response". */
static bool is_interim(const struct ws_http_head *answer)
{
    struct ws_http_status_line line;
    return ws_http_split_status(answer->start_line, &line) && line.code < 200 && line.code != 101;
}

static void refuse(struct peer_echo *echo, struct buffer *out)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    echo->phase = PEER_ENDED;
    if (echo->ended != PEER_AFTER_DEATH)
        echo->ended = PEER_AFTER_REFUSAL;
    if (quirk != NULL && quirk->farewell != NULL)
        quirk->farewell(echo, out);
}

static void open_connection(struct peer_echo *echo, struct buffer *out)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    echo->phase = PEER_OPEN;
    echo->opened = true;
    echo->complaint[0] = '\0';
    if (quirk != NULL && quirk->greet != NULL)
        quirk->greet(echo, out);
    if (echo->head.len > 0 && (quirk == NULL || !quirk->loses_rest))
        peer_echo_read(echo, echo->head.data, echo->head.len, out);
}

/* Reads the next head. Returns false if there is no whole one. */
static bool read_head(struct peer_echo *echo, struct ws_http_head *answer)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    answer->size = 0;
    answer->field_count = 0;
    enum ws_status status =
        ws_http_read(answer, buffer_bytes(&echo->head), echo->options.head_max, &echo->scanned);
    if (status == WS_ITEM)
        return true;
    bool takes_parts = quirk == NULL || !quirk->whole_head || echo->head.len == 0;
    if (status == WS_MORE && takes_parts)
        return false;
    answer->start_line = bytes_text("");
    answer->field_count = 0;
    answer->flaws = 0;
    return true;
}

void peer_ask_read(struct peer_echo *echo, struct bytes octets, struct buffer *out)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    struct ws_http_head answer;
    buffer_append(&echo->head, octets);
    while (echo->phase == PEER_IN_HANDSHAKE && read_head(echo, &answer)) {
        if (quirk != NULL && quirk->mend != NULL)
            quirk->mend(echo, bytes_of(echo->head.data, answer.size), &answer);
        bool interim = is_interim(&answer);
        bool right = !interim && is_right(echo, &answer);
        buffer_consume(&echo->head, answer.size);
        echo->scanned = 0;
        if (right)
            open_connection(echo, out);
        else if (!interim)
            refuse(echo, out);
    }
}
