/* SPDX-License-Identifier: MIT */
#include "fuzz/slow.h"

#include "fuzz/slow_inflate.h"

/* --- what the sentences are called ----------------------------------------------------------- */

static const struct row {
    const char *clause;
    uint16_t code; /* RFC 6455, 7.4.1 */
} rows[SLOW_RULE_COUNT] = {
    [SLOW_RSV] = {"RFC6455-5.2-06", 1002},
    [SLOW_OPCODE] = {"RFC6455-5.2-07", 1002},
    [SLOW_UNMASKED] = {"RFC6455-5.1-02", 1002},
    [SLOW_MASKED] = {"RFC6455-5.1-05", 1002},
    [SLOW_NOT_MINIMAL] = {"RFC6455-5.2-16", 1002},
    [SLOW_TOP_BIT] = {"RFC6455-5.2-18", 1002},
    [SLOW_CONTROL_LONG] = {"RFC6455-5.5-03", 1002},
    [SLOW_CONTROL_FORM] = {"RFC6455-5.5-05", 1002},
    [SLOW_CONTROL_FRAGMENTED] = {"RFC6455-5.4-08", 1002},
    [SLOW_ORPHAN] = {"RFC6455-5.4-04", 1002},
    [SLOW_INTERLEAVED] = {"RFC6455-5.4-10", 1002},
    [SLOW_UTF8] = {"RFC6455-8.1-01", 1007},
    [SLOW_UTF8_CUT] = {"RFC6455-8.1-06", 1007},
    [SLOW_CLOSE_LENGTH] = {"RFC6455-5.5.1-04", 1002},
    [SLOW_CLOSE_CODE] = {"RFC6455-7.4.2-02", 1002},
    [SLOW_CLOSE_REASON] = {"RFC6455-5.5.1-07", 1007},
    [SLOW_DATA_AFTER_CLOSE] = {"RFC6455-1.4-01", 1002},
    [SLOW_SECOND_CLOSE] = {"RFC6455-1.4-01", 1002},
    [SLOW_TOO_BIG] = {"RFC6455-10.4-01", 1009},
    [SLOW_DEFLATE] = {"RFC7692-7.2.2-12", 1007},
};

const char *slow_rule_clause(enum slow_rule rule)
{
    return rows[rule].clause;
}

uint16_t slow_rule_code(enum slow_rule rule)
{
    return rows[rule].code;
}

/* --- headers --------------------------------------------------------------------------------- */

/* RFC 6455, 5.2: "If 126, the following 2 bytes interpreted as a 16-bit unsigned integer are the
 * payload length. If 127, the following 8 bytes interpreted as a 64-bit unsigned integer". */
static size_t length_octets(uint8_t second)
{
    unsigned field = second % 128;
    return field == 126 ? 2 : field == 127 ? 8 : 0;
}

static size_t key_octets(uint8_t second)
{
    return second >= 128 ? 4 : 0;
}

/* Reads all but the key; the octets of the length must be there. */
static void read_length(struct trace_header *header, struct bytes in)
{
    uint8_t second = in.data[1];
    size_t wide = length_octets(second);
    *header = (struct trace_header){.first = in.data[0], .masked = second >= 128};
    header->form = wide == 0 ? 7 : (uint8_t)(8 * wide);
    header->length = wide == 0 ? second % 128 : 0;
    for (size_t i = 2; i < 2 + wide; i++)
        header->length = header->length * 256 + in.data[i];
}

size_t slow_header(struct trace_header *header, struct bytes in)
{
    if (in.len < 2)
        return 0;
    size_t wide = length_octets(in.data[1]);
    size_t size = 2 + wide + key_octets(in.data[1]);
    if (in.len < size)
        return 0;
    read_length(header, in);
    for (size_t i = 2 + wide; i < size; i++)
        header->key[i - 2 - wide] = in.data[i];
    return size;
}

/* --- UTF-8 ----------------------------------------------------------------------------------- */

/* How many octets the character has that begins with `lead`, by RFC 3629's table in section 3; 0 if
 * none begins so. */
static unsigned character_size(uint8_t lead)
{
    if (lead < 128)
        return 1;
    if (lead < 192) /* 10xxxxxx */
        return 0;
    return lead < 224 ? 2 : lead < 240 ? 3 : lead < 248 ? 4 : 0;
}

/* True if one of the numbers from `low` to `high` is a character that takes `size` octets (RFC
 * 3629, 3: the shortest form only, no surrogates, nothing above 10FFFF). */
static bool some_character(uint32_t low, uint32_t high, unsigned size)
{
    static const uint32_t first[] = {0, 0, 0x80, 0x800, 0x10000};
    static const uint32_t last[] = {0, 0x7f, 0x7ff, 0xffff, 0x10ffff};
    if (low < first[size])
        low = first[size];
    if (high > last[size])
        high = last[size];
    if (low > high)
        return false;
    return low < 0xd800 || high > 0xdfff;
}

/* True if a character can begin with these octets, at most 4. */
static bool some_begins(const uint8_t *octets, unsigned count)
{
    unsigned size = character_size(octets[0]);
    if (size == 0 || count > size)
        return false;
    uint32_t low = size == 1 ? octets[0] : octets[0] % (1U << (7 - size));
    for (unsigned i = 1; i < count; i++) {
        if (octets[i] / 64 != 2) /* 10xxxxxx */
            return false;
        low = low * 64 + octets[i] % 64;
    }
    /* What is still to come can be all zeros or all ones. */
    uint32_t high = low;
    for (unsigned i = count; i < size; i++) {
        low = low * 64;
        high = high * 64 + 63;
    }
    return some_character(low, high, size);
}

size_t slow_utf8(struct bytes text, bool *whole)
{
    size_t at = 0;
    unsigned count = 0; /* octets of the character that begins at `at` */
    *whole = true;
    while (at + count < text.len) {
        count++;
        if (!some_begins(text.data + at, count))
            return at + count - 1;
        if (count == character_size(text.data[at])) {
            at += count;
            count = 0;
        }
    }
    *whole = count == 0;
    return text.len;
}

/* --- Close ----------------------------------------------------------------------------------- */

/* RFC 6455, 7.4.1 and 7.4.2, and the codes 1012 to 1014 of IANA's registry. */
static bool is_close_code(unsigned code, bool sender_is_client)
{
    if (code >= 3000 && code <= 4999)
        return true;
    /* 7.4.1: 1010 "is not used by the server". */
    if (code == 1010)
        return sender_is_client;
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

uint32_t slow_close(struct bytes payload, bool sender_is_client)
{
    if (payload.len == 0)
        return 0;
    if (payload.len == 1)
        return SLOW_BIT(SLOW_CLOSE_LENGTH);
    uint32_t broken = 0;
    if (!is_close_code(payload.data[0] * 256U + payload.data[1], sender_is_client))
        broken |= SLOW_BIT(SLOW_CLOSE_CODE);
    struct bytes reason = bytes_of(payload.data + 2, payload.len - 2);
    bool whole;
    if (slow_utf8(reason, &whole) < reason.len || !whole)
        broken |= SLOW_BIT(SLOW_CLOSE_REASON);
    return broken;
}

/* --- the stream ------------------------------------------------------------------------------ */

struct walk {
    const struct slow_profile *profile;
    struct bytes in;
    size_t at;
    struct trace *trace;
    bool over;
    bool closed;
    bool open;        /* between the first and the last fragment of a message */
    uint8_t type;     /* of that message: 1 or 2 */
    size_t inflated;  /* messages so far */
    uint32_t partial; /* see slow_parse */
    bool compressed;  /* that message is */
    size_t text_at;   /* up to here its text is known to be good, whole characters only */
};

static bool is_control(uint8_t opcode)
{
    return opcode >= 8;
}

static uint32_t when(bool broken, enum slow_rule rule)
{
    return broken ? SLOW_BIT(rule) : 0;
}

/* RFC 7692, 6: the bit says that the message is compressed; 6.1: "An endpoint MUST NOT set the
 * "Per-Message Compressed" bit of control frames and non-first fragments of a data message." */
static bool is_compressed(const struct walk *w, uint8_t first)
{
    bool begins = first % 16 == 1 || first % 16 == 2;
    return w->profile->deflate && begins && first / 64 % 2 == 1;
}

/* What the first two octets tell already. */
static uint32_t judge_start(const struct walk *w, uint8_t first, uint8_t second)
{
    uint8_t opcode = first % 16;
    bool masked = second >= 128;
    bool control = is_control(opcode);
    bool begins = opcode == 1 || opcode == 2;
    unsigned rsv = first / 16 % 8 - (is_compressed(w, first) ? 4U : 0);
    return when(rsv != 0, SLOW_RSV) | when((opcode > 2 && opcode < 8) || opcode > 10, SLOW_OPCODE) |
           when(w->profile->from_client && !masked, SLOW_UNMASKED) |
           when(!w->profile->from_client && masked, SLOW_MASKED) |
           when(control && first < 128, SLOW_CONTROL_FRAGMENTED) |
           when(opcode == 0 && !w->open, SLOW_ORPHAN) | when(begins && w->open, SLOW_INTERLEAVED) |
           when(w->closed && !control, SLOW_DATA_AFTER_CLOSE) |
           when(w->closed && opcode == 8, SLOW_SECOND_CLOSE);
}

static uint32_t judge_length(const struct walk *w, const struct trace_header *header)
{
    uint64_t length = header->length;
    uint8_t opcode = header->first % 16;
    uint64_t max = w->profile->message_max;
    uint64_t before = opcode == 0 ? w->trace->data.len - w->trace->message_from : 0;
    bool wide = header->form != 7;
    /* How much it comes to shows when it is inflated. */
    if (opcode == 0 ? w->compressed : is_compressed(w, header->first))
        max = 0;
    uint32_t broken = when(length >= UINT64_C(1) << 63, SLOW_TOP_BIT);
    if (is_control(opcode))
        return broken | when(length > 125, SLOW_CONTROL_LONG) |
               when(wide && length <= 125, SLOW_CONTROL_FORM);
    return broken |
           when((wide && length < 126) || (header->form == 64 && length < 65536),
                SLOW_NOT_MINIMAL) |
           when(max > 0 && opcode <= 2 && (length > max || before > max - length), SLOW_TOO_BIG);
}

/* What an unfinished header breaks already. */
static uint32_t judge_unfinished(const struct walk *w, struct bytes in)
{
    if (in.len < 2)
        return 0;
    uint8_t field = in.data[1] % 128;
    uint32_t broken = judge_start(w, in.data[0], in.data[1]) |
                      when(is_control(in.data[0] % 16) && field > 125, SLOW_CONTROL_FORM);
    if (in.len < 2 + length_octets(in.data[1]))
        return broken;
    struct trace_header header;
    read_length(&header, in);
    return broken | judge_length(w, &header);
}

/* Fails if a rule is broken that is not tolerated; the first of them gives the code. */
static bool fail_if(struct walk *w, uint32_t broken)
{
    uint32_t left = broken & ~w->profile->tolerated;
    if (left == 0)
        return false;
    unsigned rule = 0;
    while ((left & SLOW_BIT(rule)) == 0)
        rule++;
    trace_fail(w->trace, slow_rule_code((enum slow_rule)rule), left);
    w->over = true;
    return true;
}

/* RFC 6455, 5.3: "transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4)". */
static void append_unmasked(struct buffer *out, const struct trace_header *header,
                            struct bytes payload)
{
    if (payload.len == 0)
        return;
    uint8_t *to = buffer_extend(out, payload.len);
    for (size_t i = 0; i < payload.len; i++)
        to[i] = header->masked ? payload.data[i] ^ header->key[i % 4] : payload.data[i];
}

/* What an unfinished Close breaks already. */
static uint32_t judge_partial(const struct trace_header *header, struct bytes payload)
{
    static struct buffer plain;
    if (header->first % 16 != 8 || payload.len <= 2)
        return 0;
    buffer_clear(&plain);
    append_unmasked(&plain, header, payload);
    bool whole;
    struct bytes reason = bytes_of(plain.data + 2, plain.len - 2);
    return when(slow_utf8(reason, &whole) < reason.len, SLOW_CLOSE_REASON);
}

static void take_control(struct walk *w, const struct trace_header *header, struct bytes payload)
{
    static const enum trace_kind kinds[] = {TRACE_CLOSE, TRACE_PING, TRACE_PONG};
    uint8_t opcode = header->first % 16;
    if (payload.len < header->length)
        w->partial = judge_partial(header, payload);
    if (payload.len < header->length || opcode > 10)
        return;
    struct buffer *control = &w->trace->control;
    size_t from = control->len;
    append_unmasked(control, header, payload);
    struct bytes plain = bytes_of(payload.len == 0 ? NULL : control->data + from, payload.len);
    if (opcode == 8 && fail_if(w, slow_close(plain, w->profile->from_client))) {
        control->len = from;
        return;
    }
    trace_control_end(w->trace, kinds[opcode - 8], from);
    if (opcode == 8) {
        w->closed = true;
        w->over = w->profile->stops_at_close;
    }
}

/* Judges the text as far as it has come; what follows a bad octet was not given to anybody. */
static void judge_text(struct walk *w, bool at_end)
{
    struct buffer *data = &w->trace->data;
    if (data->len == w->text_at)
        return;
    struct bytes text = bytes_of(data->data + w->text_at, data->len - w->text_at);
    bool whole;
    size_t good = slow_utf8(text, &whole);
    if (good < text.len) {
        if (w->profile->utf8 == SLOW_UTF8_AT_ONCE)
            data->len = w->text_at + good;
        fail_if(w, SLOW_BIT(SLOW_UTF8));
        return;
    }
    if (at_end && !whole)
        fail_if(w, SLOW_BIT(SLOW_UTF8_CUT));
    /* Next time go on behind the last whole character. */
    while (w->text_at < data->len &&
           character_size(data->data[w->text_at]) <= data->len - w->text_at)
        w->text_at += character_size(data->data[w->text_at]);
}

/* What messages came to, for the next one to refer to. */
static void slide_window(struct buffer *window, const struct slow_profile *profile,
                         struct bytes text)
{
    if (!profile->takeover)
        return;
    buffer_append(window, text);
    /* RFC 1951, 2: a distance is 32768 at most. */
    if (window->len > 32768)
        buffer_consume(window, window->len - 32768);
}

/* RFC 7692, 6.2: the payloads of all fragments are one stream. It is inflated from its start each
 * time that some of it comes. */
static void take_deflated(struct walk *w, const struct trace_header *header, struct bytes payload,
                          bool at_end)
{
    static struct buffer packed;
    static struct buffer window;
    static struct buffer all;
    const struct slow_profile *profile = w->profile;
    if (w->inflated == 0)
        buffer_clear(&window);
    if (header->first % 16 != 0)
        buffer_clear(&packed);
    append_unmasked(&packed, header, payload);
    append_unmasked(&w->trace->deflated, header, payload);
    buffer_clear(&all);
    buffer_append(&all, buffer_bytes(&window));
    enum slow_inflate result = slow_inflate(&all, buffer_bytes(&packed), profile->window_bits,
                                            (size_t)profile->message_max);
    struct bytes text = bytes_of(NULL, 0);
    if (all.len > window.len)
        text = bytes_of(all.data + window.len, all.len - window.len);
    w->trace->data.len = w->trace->message_from;
    buffer_append(&w->trace->data, text);
    if (w->type == 1)
        judge_text(w, false);
    bool bad = result == SLOW_INFLATE_BAD || (at_end && result == SLOW_INFLATE_CUT);
    if (w->over || fail_if(w, when(result == SLOW_INFLATE_LONG, SLOW_TOO_BIG)) ||
        fail_if(w, when(bad, SLOW_DEFLATE)))
        return;
    if (w->type == 1 && at_end)
        judge_text(w, true);
    if (at_end)
        slide_window(&window, profile, text);
    w->inflated += at_end;
}

static void take_data(struct walk *w, const struct trace_header *header, struct bytes payload)
{
    uint8_t opcode = header->first % 16;
    bool fin = header->first >= 128;
    bool whole = payload.len == header->length;
    if (opcode != 0) {
        w->type = opcode;
        w->compressed = is_compressed(w, header->first);
        w->trace->message_from = w->text_at = w->trace->data.len;
    }
    w->open = true;
    if (w->compressed)
        take_deflated(w, header, payload, whole && fin);
    else
        append_unmasked(&w->trace->data, header, payload);
    bool due = w->profile->utf8 == SLOW_UTF8_AT_ONCE ||
               (whole && (fin || w->profile->utf8 == SLOW_UTF8_AT_FRAME));
    if (w->type == 1 && !w->compressed && due && (w->profile->tolerated & SLOW_BIT(SLOW_UTF8)) == 0)
        judge_text(w, whole && fin);
    if (w->over || !whole || !fin)
        return;
    trace_message(w->trace, w->type);
    w->open = false;
}

static void take_payload(struct walk *w, const struct trace_header *header)
{
    size_t rest = w->in.len - w->at;
    size_t len = header->length < rest ? (size_t)header->length : rest;
    uint8_t opcode = header->first % 16;
    struct bytes payload = bytes_of(w->in.data + w->at, len);
    w->at += len;
    if (is_control(opcode))
        take_control(w, header, payload);
    else if (opcode == 1 || opcode == 2 || (opcode == 0 && w->open))
        take_data(w, header, payload);
}

uint32_t slow_parse(struct trace *trace, const struct slow_profile *profile, struct bytes in)
{
    trace_clear(trace);
    struct walk w = {.profile = profile, .in = in, .at = profile->head, .trace = trace};
    if (profile->head > 0)
        trace_open(trace);
    while (!w.over && w.at < in.len) {
        struct trace_header header;
        struct bytes rest = bytes_of(in.data + w.at, in.len - w.at);
        size_t size = slow_header(&header, rest);
        if (size == 0)
            return judge_unfinished(&w, rest);
        header.at = w.at;
        w.at += size;
        if (profile->headers)
            trace_frame(trace, &header);
        if (!fail_if(&w, judge_start(&w, header.first, rest.data[1]) | judge_length(&w, &header)))
            take_payload(&w, &header);
    }
    return w.partial;
}
