/* SPDX-License-Identifier: MIT */
#include "peer/text.h"

#include "peer/internal.h"

/* The octets of the sequence that begins with `lead`; 0: none does. */
static size_t sequence_len(uint8_t lead, unsigned lax)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xc0)
        return lax & PEER_TEXT_LONE_TAIL ? 1 : 0;
    if (lead < 0xc2)
        return lax & PEER_TEXT_OVERLONG_2 ? 2 : 0;
    if (lead < 0xe0)
        return 2;
    if (lead < 0xf0)
        return 3;
    if (lead < 0xf5)
        return 4;
    if (lead < 0xf8)
        return lax & PEER_TEXT_BEYOND ? 4 : 0;
    if (lead < 0xfc)
        return lax & PEER_TEXT_FIVE ? 5 : 0;
    if (lead < 0xfe)
        return lax & PEER_TEXT_SIX ? 6 : 0;
    return lax & PEER_TEXT_NEVER ? 1 : 0;
}

/* The class that a lead and its second octet belong to; 0 if they are as they should be. */
static unsigned class_of_pair(uint8_t lead, uint8_t second)
{
    if (lead == 0xe0 && second < 0xa0)
        return PEER_TEXT_OVERLONG_3;
    if (lead == 0xed && second >= 0xa0)
        return PEER_TEXT_SURROGATE;
    if (lead == 0xf0 && second < 0x90)
        return PEER_TEXT_OVERLONG_4;
    return lead == 0xf4 && second >= 0x90 ? PEER_TEXT_BEYOND : 0;
}

static bool is_tail(uint8_t octet)
{
    return (octet & 0xc0) == 0x80;
}

/* Returns the octets of the sequence at the start of `text`, 0 if it is not valid. */
static size_t read_sequence(struct bytes text, unsigned lax)
{
    size_t len = sequence_len(text.data[0], lax);
    for (size_t i = 1; i < len; i++) {
        if (i == text.len)
            return lax & PEER_TEXT_CUT ? i : 0;
        if (!is_tail(text.data[i]))
            return lax & PEER_TEXT_BROKEN ? i : 0;
    }
    unsigned odd = len > 1 ? class_of_pair(text.data[0], text.data[1]) : 0;
    return odd == 0 || (odd & lax) != 0 ? len : 0;
}

bool peer_text_valid(struct bytes text, unsigned lax)
{
    while (text.len > 0) {
        size_t len = read_sequence(text, lax);
        if (len == 0)
            return false;
        text = bytes_of(text.data + len, text.len - len);
    }
    return true;
}

bool peer_text_lax(const struct peer_echo *echo, struct bytes text)
{
    return peer_text_valid(text, echo->options.quirk->kind);
}

bool peer_text_skips_octet(const struct peer_echo *echo, struct bytes text)
{
    struct ws_utf8 utf8 = {0};
    size_t good = ws_utf8_feed(&utf8, text);
    return (good < text.len && good == echo->options.quirk->n) || ws_utf8_valid(text);
}

bool peer_text_stops_at(const struct peer_echo *echo, struct bytes text)
{
    uint64_t n = echo->options.quirk->n;
    struct ws_utf8 utf8 = {0};
    size_t good = ws_utf8_feed(&utf8, text);
    return good >= n || ws_utf8_valid(text);
}

bool peer_text_skips_tail(const struct peer_echo *echo, struct bytes text)
{
    uint64_t n = echo->options.quirk->n;
    struct ws_utf8 utf8 = {0};
    size_t good = ws_utf8_feed(&utf8, text);
    return (text.len >= n && good >= text.len - text.len % n) || ws_utf8_valid(text);
}

/* The fragment of that index, 0 being the first. */
static struct bytes fragment(const struct peer_echo *echo, struct bytes text, size_t index)
{
    size_t from = index == 0 ? 0 : echo->borders[index - 1];
    size_t to = index < echo->border_count ? echo->borders[index] : text.len;
    return bytes_of(text.data + from, to - from);
}

bool peer_text_first_fragment(const struct peer_echo *echo, struct bytes text)
{
    unsigned lax = echo->border_count > 0 ? PEER_TEXT_CUT : 0;
    return peer_text_valid(fragment(echo, text, 0), lax);
}

bool peer_text_last_fragment(const struct peer_echo *echo, struct bytes text)
{
    struct bytes last = fragment(echo, text, echo->border_count);
    while (echo->border_count > 0 && last.len > 0 && is_tail(last.data[0]))
        last = bytes_of(last.data + 1, last.len - 1);
    return peer_text_valid(last, 0);
}

bool peer_text_unfragmented(const struct peer_echo *echo, struct bytes text)
{
    return echo->border_count > 0 || ws_utf8_valid(text);
}

bool peer_text_each_fragment(const struct peer_echo *echo, struct bytes text)
{
    for (size_t i = 0; i <= echo->border_count; i++)
        if (!ws_utf8_valid(fragment(echo, text, i)))
            return false;
    return true;
}

bool peer_text_without(const struct peer_echo *echo, struct bytes text)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    return ws_utf8_valid(text) && !bytes_contain(text, bytes_of(quirk->text, quirk->text_len));
}

bool peer_text_three_octets(const struct peer_echo *echo, struct bytes text)
{
    (void)echo;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= 0xf0)
            return false;
    return ws_utf8_valid(text);
}

bool peer_text_ascii(const struct peer_echo *echo, struct bytes text)
{
    (void)echo;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= 0x80)
            return false;
    return true;
}

bool peer_text_anything(const struct peer_echo *echo, struct bytes text)
{
    (void)echo;
    (void)text;
    return true;
}

bool peer_text_event(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    bool about_text = event->violation == WS_BAD_UTF8 || event->violation == WS_BAD_UTF8_CUT;
    if (event->kind == WS_EVENT_VIOLATION)
        return about_text;
    if (event->kind != WS_EVENT_MESSAGE || event->opcode != WS_TEXT)
        return false;
    if (echo->options.quirk->text_valid(echo, buffer_bytes(&echo->message)))
        return false;
    peer_echo_fail(echo, WS_CLOSE_INVALID_PAYLOAD, out);
    return true;
}

bool peer_text_binary(struct peer_echo *echo, const struct ws_event *event, struct buffer *out)
{
    if (event->kind != WS_EVENT_MESSAGE || event->opcode != WS_BINARY ||
        ws_utf8_valid(buffer_bytes(&echo->message)))
        return false;
    peer_echo_fail(echo, WS_CLOSE_INVALID_PAYLOAD, out);
    return true;
}
