/* SPDX-License-Identifier: MIT */
#include "peer/opening.h"

#include <ctype.h>
#include <string.h>

#include "peer/head.h"

static const char key_name[] = "Sec-WebSocket-Key";
static const char protocol_name[] = "Sec-WebSocket-Protocol";

static struct bytes text_of(const struct peer_quirk *quirk)
{
    if (quirk->text_len > 0)
        return bytes_of(quirk->text, quirk->text_len);
    return bytes_text(quirk->text);
}

static void accept(const struct ws_http_head *request, struct ws_handshake_decision *decision)
{
    const struct ws_http_field *key = ws_http_find(request, key_name);
    *decision = (struct ws_handshake_decision){.status = 101, .key = bytes_text("")};
    if (key != NULL)
        decision->key = key->value;
}

static void refuse(const struct peer_quirk *quirk, struct ws_handshake_decision *decision)
{
    *decision = (struct ws_handshake_decision){
        .status = quirk->code != 0 ? quirk->code : 400,
        .rule = quirk->requirement,
        .text = "this server does not like it",
    };
}

static bool broke(const struct ws_handshake_decision *decision, const char *rule)
{
    return decision->rule != NULL && strcmp(decision->rule, rule) == 0;
}

void peer_opening_accept(const struct peer_quirk *quirk, const struct ws_http_head *request,
                         struct bytes raw, struct ws_handshake_decision *decision)
{
    if (broke(decision, quirk->rule) && (!quirk->text || bytes_contain(raw, text_of(quirk))))
        accept(request, decision);
}

void peer_opening_accept_key(const struct peer_quirk *quirk, const struct ws_http_head *request,
                             struct bytes raw, struct ws_handshake_decision *decision)
{
    const struct ws_http_field *key = ws_http_find(request, key_name);
    (void)quirk;
    (void)raw;
    bool odd = broke(decision, "RFC6455-4.2.1-15") || broke(decision, "RFC6455-4.2.1-16") ||
               broke(decision, "RFC6455-4.1-29");
    if (odd && key->value.len > 0)
        accept(request, decision);
}

void peer_opening_join_folds(const struct peer_quirk *quirk, const struct ws_http_head *request,
                             struct bytes raw, struct ws_handshake_decision *decision)
{
    (void)quirk;
    (void)raw;
    struct ws_http_head joined = *request;
    joined.flaws &= ~(unsigned)WS_HTTP_FOLDED;
    *decision = ws_handshake_judge_request(&joined);
}

void peer_opening_accept_protocols(const struct peer_quirk *quirk,
                                   const struct ws_http_head *request, struct bytes raw,
                                   struct ws_handshake_decision *decision)
{
    (void)quirk;
    (void)raw;
    if (broke(decision, "RFC6455-4.1-37") || broke(decision, "RFC6455-4.1-38") ||
        broke(decision, "RFC6455-4.1-39"))
        accept(request, decision);
}

void peer_opening_accept_equal(const struct peer_quirk *quirk, const struct ws_http_head *request,
                               struct bytes raw, struct ws_handshake_decision *decision)
{
    const struct ws_http_field *first = ws_http_find(request, quirk->text);
    (void)raw;
    if (!broke(decision, quirk->rule))
        return;
    for (size_t i = 0; i < request->field_count; i++)
        if (bytes_equal_nocase(request->fields[i].name, bytes_text(quirk->text)) &&
            !bytes_equal(request->fields[i].value, first->value))
            return;
    accept(request, decision);
}

void peer_opening_refuse(const struct peer_quirk *quirk, const struct ws_http_head *request,
                         struct bytes raw, struct ws_handshake_decision *decision)
{
    (void)request;
    if (bytes_contain(raw, text_of(quirk)))
        refuse(quirk, decision);
}

void peer_opening_demand(const struct peer_quirk *quirk, const struct ws_http_head *request,
                         struct bytes raw, struct ws_handshake_decision *decision)
{
    (void)request;
    if (decision->status == 101 && !bytes_contain(raw, text_of(quirk)))
        refuse(quirk, decision);
}

void peer_opening_demand_order(const struct peer_quirk *quirk, const struct ws_http_head *request,
                               struct bytes raw, struct ws_handshake_decision *decision)
{
    (void)raw;
    if (decision->status == 101 && !bytes_equal_nocase(request->fields[0].name, bytes_text("Host")))
        refuse(quirk, decision);
}

void peer_opening_refuse_long(const struct peer_quirk *quirk, const struct ws_http_head *request,
                              struct bytes raw, struct ws_handshake_decision *decision)
{
    (void)request;
    if (decision->status == 101 && raw.len > quirk->n)
        refuse(quirk, decision);
}

void peer_opening_refuse_many(const struct peer_quirk *quirk, const struct ws_http_head *request,
                              struct bytes raw, struct ws_handshake_decision *decision)
{
    (void)raw;
    if (decision->status == 101 && request->field_count > quirk->n)
        refuse(quirk, decision);
}

void peer_opening_die(const struct peer_quirk *quirk, const struct ws_http_head *request,
                      struct bytes raw, struct ws_handshake_decision *decision)
{
    bool deadly =
        quirk->n > 0 ? request->field_count > quirk->n : bytes_contain(raw, text_of(quirk));
    if (deadly)
        decision->status = PEER_OPENING_DEATH;
}

void peer_opening_die_without(const struct peer_quirk *quirk, const struct ws_http_head *request,
                              struct bytes raw, struct ws_handshake_decision *decision)
{
    (void)request;
    if (!bytes_contain(raw, text_of(quirk)))
        decision->status = PEER_OPENING_DEATH;
}

void peer_opening_refuse_with(const struct peer_quirk *quirk, const struct ws_http_head *request,
                              struct bytes raw, struct ws_handshake_decision *decision)
{
    (void)request;
    (void)raw;
    /* A server that does not know the version still has to say which it knows (4.2.2). */
    if (decision->status != 101 && decision->status != 426)
        decision->status = quirk->code;
}

static bool applies(const struct peer_quirk *quirk, const struct ws_http_head *request,
                    const struct ws_handshake_decision *decision)
{
    if (quirk->field != NULL && ws_http_find(request, quirk->field) == NULL)
        return false;
    return quirk->code == 0 || quirk->code == decision->status;
}

void peer_opening_replace(const struct peer_quirk *quirk, const struct ws_http_head *request,
                          const struct ws_handshake_decision *decision, struct buffer *answer)
{
    if (applies(quirk, request, decision))
        peer_head_replace(answer, quirk->text, quirk->instead);
}

void peer_opening_add(const struct peer_quirk *quirk, const struct ws_http_head *request,
                      const struct ws_handshake_decision *decision, struct buffer *answer)
{
    if (applies(quirk, request, decision))
        peer_head_add(answer, quirk->instead);
}

void peer_opening_append(const struct peer_quirk *quirk, const struct ws_http_head *request,
                         const struct ws_handshake_decision *decision, struct buffer *answer)
{
    if (applies(quirk, request, decision))
        buffer_append_text(answer, quirk->instead);
}

void peer_opening_bare_lf(const struct peer_quirk *quirk, const struct ws_http_head *request,
                          const struct ws_handshake_decision *decision, struct buffer *answer)
{
    (void)quirk;
    (void)request;
    (void)decision;
    peer_head_replace(answer, "\r\n", "\n");
}

void peer_opening_silent(const struct peer_quirk *quirk, const struct ws_http_head *request,
                         const struct ws_handshake_decision *decision, struct buffer *answer)
{
    (void)request;
    if (decision->status != 101 && (quirk->rule == NULL || broke(decision, quirk->rule)))
        buffer_clear(answer);
}

/* Everything between the colon and the end of the line. */
static struct bytes with_blanks(struct bytes value)
{
    while (value.data[-1] != ':')
        value = bytes_of(value.data - 1, value.len + 1);
    if (value.len > 0 && value.data[0] == ' ') /* the one that is usual */
        value = bytes_of(value.data + 1, value.len - 1);
    while (value.data[value.len] != '\r')
        value.len++;
    return value;
}

static struct bytes last_key(const struct ws_http_head *request)
{
    struct bytes value = bytes_text("");
    for (size_t i = 0; i < request->field_count; i++)
        if (bytes_equal_nocase(request->fields[i].name, bytes_text(key_name)))
            value = request->fields[i].value;
    return value;
}

/* Clears the pad bits, as decoding and encoding again does. */
static struct bytes reencoded(struct bytes key, uint8_t copy[WS_KEY_SIZE])
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum { LAST = WS_KEY_SIZE - 3 };
    if (key.len != WS_KEY_SIZE)
        return key;
    memcpy(copy, key.data, WS_KEY_SIZE);
    const char *at = strchr(alphabet, copy[LAST]);
    if (at != NULL && *at != '\0')
        copy[LAST] = (uint8_t)alphabet[(at - alphabet) & ~15];
    return bytes_of(copy, WS_KEY_SIZE);
}

static struct bytes wrong_key(enum peer_opening_proof kind, const struct ws_http_head *request,
                              struct bytes key, uint8_t copy[WS_KEY_SIZE])
{
    switch (kind) {
    case PEER_PROOF_KEY_WITH_BLANKS:
        return with_blanks(key);
    case PEER_PROOF_KEY_OCTETS:
        return reencoded(key, copy);
    case PEER_PROOF_OF_EXAMPLE:
        return bytes_text("dGhlIHNhbXBsZSBub25jZQ==");
    case PEER_PROOF_UP_TO_PLUS:
        for (size_t i = 0; i < key.len; i++)
            if (key.data[i] == '+')
                return bytes_of(key.data, i);
        return key;
    case PEER_PROOF_LAST_KEY:
        return last_key(request);
    default:
        return key;
    }
}

void peer_opening_prove(const struct peer_quirk *quirk, const struct ws_http_head *request,
                        const struct ws_handshake_decision *decision, struct buffer *answer)
{
    if (decision->status != 101)
        return;
    uint8_t copy[WS_KEY_SIZE];
    char right[WS_ACCEPT_SIZE + 1];
    char wrong[WS_ACCEPT_SIZE + 1];
    enum peer_opening_proof kind = (enum peer_opening_proof)quirk->kind;
    ws_handshake_accept(right, decision->key);
    ws_handshake_accept(wrong, wrong_key(kind, request, decision->key, copy));
    if (kind == PEER_PROOF_LOWER_CASE)
        for (size_t i = 0; wrong[i] != '\0'; i++)
            wrong[i] = (char)tolower((unsigned char)wrong[i]);
    if (kind == PEER_PROOF_NO_GUID)
        memcpy(wrong, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", WS_ACCEPT_SIZE);
    if (kind == PEER_PROOF_IS_KEY && decision->key.len == WS_KEY_SIZE) {
        memcpy(wrong, decision->key.data, WS_KEY_SIZE);
        wrong[WS_KEY_SIZE] = '\0';
    }
    peer_head_replace(answer, right, wrong);
}

void peer_opening_name_all(const struct peer_quirk *quirk, const struct ws_http_head *request,
                           const struct ws_handshake_decision *decision, struct buffer *answer)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    (void)quirk;
    if (decision->status != 101)
        return;
    struct buffer line = {0};
    while (ws_http_next_member(request, protocol_name, &cursor, &member)) {
        buffer_append_text(&line, line.len == 0 ? "Sec-WebSocket-Protocol: " : ", ");
        buffer_append(&line, member);
    }
    if (line.len > 0) {
        buffer_append_text(&line, "\r\n");
        peer_head_add(answer, buffer_text(&line));
    }
    buffer_free(&line);
}

void peer_opening_name_first(const struct peer_quirk *quirk, const struct ws_http_head *request,
                             const struct ws_handshake_decision *decision, struct buffer *answer)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    if (decision->status != 101 || !ws_http_next_member(request, protocol_name, &cursor, &member) ||
        !ws_http_is_token(member))
        return;
    struct buffer line = {0};
    buffer_append_text(&line, "Sec-WebSocket-Protocol: ");
    buffer_append(&line, member);
    for (size_t i = 0; quirk->kind == 1 && i < line.len; i++)
        line.data[i] = (uint8_t)toupper(line.data[i]);
    buffer_append_text(&line, "\r\n");
    peer_head_add(answer, buffer_text(&line));
    buffer_free(&line);
}

void peer_opening_return_field(const struct peer_quirk *quirk, const struct ws_http_head *request,
                               const struct ws_handshake_decision *decision, struct buffer *answer)
{
    const struct ws_http_field *field = ws_http_find(request, quirk->text);
    if (decision->status != 101 || field == NULL)
        return;
    struct buffer line = {0};
    buffer_printf(&line, "%s: ", quirk->text);
    buffer_append(&line, field->value);
    buffer_append_text(&line, "\r\n");
    peer_head_add(answer, buffer_text(&line));
    buffer_free(&line);
}
