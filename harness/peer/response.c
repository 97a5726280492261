/* SPDX-License-Identifier: MIT */
#include "peer/response.h"

#include "peer/internal.h"

static const char accept_name[] = "Sec-WebSocket-Accept";
static const char right_line[] = "HTTP/1.1 101 Switching Protocols";

static const struct peer_quirk *quirk_of(const struct peer_echo *echo)
{
    return echo->options.quirk;
}

/* 0: the answer has none. */
static unsigned status_of(const struct ws_http_head *answer)
{
    struct ws_http_status_line line;
    return ws_http_split_status(answer->start_line, &line) ? line.code : 0;
}

static bool has_status(const struct peer_quirk *quirk, const struct ws_http_head *answer)
{
    return quirk->code == 0 || quirk->code == status_of(answer);
}

/* Nobody takes such an answer for right. */
static void spoil(struct ws_http_head *answer)
{
    answer->start_line = bytes_text("");
}

static bool contains_nocase(struct bytes hay, const char *needle)
{
    struct bytes wanted = bytes_text(needle);
    for (size_t i = 0; i + wanted.len <= hay.len; i++)
        if (bytes_equal_nocase(bytes_of(hay.data + i, wanted.len), wanted))
            return true;
    return false;
}

static bool is_named(const struct ws_http_field *field, const char *name)
{
    return bytes_equal_nocase(field->name, bytes_text(name));
}

/* Leaves `kept` fields of the name. */
static void drop(struct ws_http_head *answer, const char *name, size_t kept)
{
    size_t count = 0;
    size_t seen = 0;
    for (size_t i = 0; i < answer->field_count; i++)
        if (!is_named(&answer->fields[i], name) || seen++ < kept)
            answer->fields[count++] = answer->fields[i];
    answer->field_count = count;
}

/* Puts one field in the place of all of the name. */
static void put(struct ws_http_head *answer, const char *name, struct bytes value)
{
    drop(answer, name, 0);
    if (answer->field_count < WS_HTTP_FIELDS_MAX)
        answer->fields[answer->field_count++] =
            (struct ws_http_field){.name = bytes_text(name), .value = value};
}

void peer_response_status(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    (void)raw;
    /* Without a proof it is just an answer, be it an interim one. */
    if (has_status(quirk_of(echo), answer) && ws_http_find(answer, accept_name) != NULL)
        answer->start_line = bytes_text(right_line);
}

void peer_response_version(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    (void)echo;
    (void)raw;
    if (status_of(answer) == 101)
        answer->start_line = bytes_text(right_line);
}

void peer_response_status_line(struct peer_echo *echo, struct bytes raw,
                               struct ws_http_head *answer)
{
    (void)echo;
    (void)raw;
    if (bytes_contain(answer->start_line, bytes_text("101")))
        answer->start_line = bytes_text(right_line);
}

void peer_response_assume(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    (void)raw;
    if (ws_http_find(answer, quirk->field) == NULL)
        put(answer, quirk->field, bytes_text(quirk->instead));
}

void peer_response_believe(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    bool found = false;
    (void)raw;
    for (size_t i = 0; i < answer->field_count; i++)
        found |= is_named(&answer->fields[i], quirk->field) &&
                 (quirk->text == NULL || contains_nocase(answer->fields[i].value, quirk->text));
    if (found)
        put(answer, quirk->field, bytes_text(quirk->instead));
}

void peer_response_ignore(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    (void)raw;
    if (has_status(quirk_of(echo), answer))
        drop(answer, quirk_of(echo)->field, 0);
}

void peer_response_first_only(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    (void)raw;
    if (has_status(quirk_of(echo), answer))
        drop(answer, quirk_of(echo)->field, 1);
}

static bool begins_with(struct bytes text, struct bytes start)
{
    return text.len >= start.len && bytes_equal(bytes_of(text.data, start.len), start);
}

static bool is_proven(const struct peer_quirk *quirk, struct bytes value, const char *key,
                      const char *right)
{
    char other[WS_ACCEPT_SIZE + 1];
    struct bytes proof = bytes_text(right);
    switch ((enum peer_response_proof)quirk->kind) {
    case PEER_PROVEN_BY_ANYTHING:
    case PEER_PROVEN_BY_NOTHING:
        return true;
    case PEER_PROVEN_BY_LENGTH:
        return value.len == WS_ACCEPT_SIZE;
    case PEER_PROVEN_IN_ANY_CASE:
        return bytes_equal_nocase(value, proof);
    case PEER_PROVEN_BY_PREFIX:
        return begins_with(value, bytes_of(right, (size_t)quirk->n));
    case PEER_PROVEN_BY_BEGINNING:
        return begins_with(value, proof);
    case PEER_PROVEN_BY_KEY:
        return bytes_equal(value, bytes_text(key));
    case PEER_PROVEN_FOR_EXAMPLE:
        ws_handshake_accept(other, bytes_text("dGhlIHNhbXBsZSBub25jZQ=="));
        return bytes_equal(value, bytes_text(other));
    case PEER_PROVEN_WITHOUT_PADDING:
        return bytes_equal(value, bytes_of(right, WS_ACCEPT_SIZE - 1));
    default:
        return false;
    }
}

static struct bytes last_value(const struct ws_http_head *answer, const char *name)
{
    struct bytes value = bytes_text("");
    for (size_t i = 0; i < answer->field_count; i++)
        if (is_named(&answer->fields[i], name))
            value = answer->fields[i].value;
    return value;
}

void peer_response_proof(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    const struct peer_quirk *quirk = quirk_of(echo);
    struct bytes last = last_value(answer, accept_name);
    (void)raw;
    if (ws_http_find(answer, accept_name) == NULL && quirk->kind != PEER_PROVEN_BY_NOTHING)
        return;
    ws_handshake_accept(echo->proof, bytes_text(echo->key));
    if (quirk->kind == PEER_PROVEN_BY_LAST)
        put(answer, accept_name, last);
    else if (is_proven(quirk, last, echo->key, echo->proof))
        put(answer, accept_name, bytes_text(echo->proof));
}

void peer_response_flaws(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    (void)raw;
    answer->flaws &= ~(unsigned)quirk_of(echo)->n;
}

void peer_response_refuse(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    if (bytes_contain(raw, bytes_text(quirk_of(echo)->text)))
        spoil(answer);
}

void peer_response_refuse_interim(struct peer_echo *echo, struct bytes raw,
                                  struct ws_http_head *answer)
{
    unsigned status = status_of(answer);
    (void)echo;
    (void)raw;
    if (status < 200 && status != 101)
        spoil(answer);
}

void peer_response_demand(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    if (status_of(answer) == 101 && !bytes_contain(raw, bytes_text(quirk_of(echo)->text)))
        spoil(answer);
}

void peer_response_refuse_long(struct peer_echo *echo, struct bytes raw,
                               struct ws_http_head *answer)
{
    if (raw.len > quirk_of(echo)->n)
        spoil(answer);
}

void peer_response_refuse_many(struct peer_echo *echo, struct bytes raw,
                               struct ws_http_head *answer)
{
    (void)raw;
    if (answer->field_count > quirk_of(echo)->n)
        spoil(answer);
}

void peer_response_die(struct peer_echo *echo, struct bytes raw, struct ws_http_head *answer)
{
    if (!bytes_contain(raw, bytes_text(quirk_of(echo)->text)))
        return;
    echo->ended = PEER_AFTER_DEATH;
    spoil(answer);
}
