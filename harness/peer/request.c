/* SPDX-License-Identifier: MIT */
#include "peer/request.h"

#include <stdio.h>
#include <string.h>

#include "peer/head.h"
#include "peer/internal.h"

static const struct peer_quirk *quirk_of(const struct peer_echo *echo)
{
    return echo->options.quirk;
}

/* A text of the quirk with what its braces stand for; the caller frees it. */
static struct buffer expanded(const struct peer_echo *echo, const char *text)
{
    const char *host = echo->options.url->field;
    const char *colon = strrchr(host, ':');
    bool has_port = colon != NULL && strchr(colon, ']') == NULL;
    char name[sizeof echo->options.url->field];
    struct buffer out = {0};
    snprintf(name, sizeof name, "%.*s", (int)(has_port ? (size_t)(colon - host) : strlen(host)),
             host);
    buffer_append_text(&out, text);
    peer_head_replace(&out, "{host}", host);
    peer_head_replace(&out, "{name}", name);
    peer_head_replace(&out, "{key}", echo->key);
    return out;
}

void peer_request_replace(struct peer_echo *echo)
{
    struct buffer text = expanded(echo, quirk_of(echo)->text);
    struct buffer instead = expanded(echo, quirk_of(echo)->instead);
    peer_head_replace(&echo->request, buffer_text(&text), buffer_text(&instead));
    buffer_free(&text);
    buffer_free(&instead);
}

void peer_request_add(struct peer_echo *echo)
{
    struct buffer lines = expanded(echo, quirk_of(echo)->instead);
    peer_head_add(&echo->request, buffer_text(&lines));
    buffer_free(&lines);
}

void peer_request_key(struct peer_echo *echo)
{
    char key[2 * WS_KEY_SIZE + 1];
    snprintf(key, sizeof key, "%.*s%s", (int)quirk_of(echo)->n, echo->key, quirk_of(echo)->instead);
    peer_head_replace(&echo->request, echo->key, key);
}

void peer_request_count(struct peer_echo *echo)
{
    uint8_t nonce[16] = {0};
    char key[WS_KEY_SIZE + 1];
    for (size_t i = 0; i < sizeof echo->options.number; i++)
        nonce[sizeof nonce - 1 - i] = (uint8_t)(echo->options.number >> (8 * i));
    ws_handshake_key(key, nonce);
    peer_head_replace(&echo->request, echo->key, key);
}

void peer_request_hurry(struct peer_echo *echo)
{
    peer_echo_send(echo, &echo->request, (uint8_t)quirk_of(echo)->n, bytes_text("\"early\""));
}
