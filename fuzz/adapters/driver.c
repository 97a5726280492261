/* SPDX-License-Identifier: MIT */
/* The driver of all adapters: libFuzzer's functions on one side, the four functions of adapter.h on
 * the other. Input: octets as they come over the wire, frames only. Oracles: comparison with the
 * slow parser under the adapter's profile, chunk invariance, prefixes, nothing after a failure. */
#include "fuzz/adapters/adapter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/oracle.h"

const char fuzz_target_name[] = "adapter";

/* RFC 6455, 7.4.1 */
enum { PROTOCOL_ERROR = 1002, NO_STATUS = 1005, TOO_BIG = 1009 };

/* One input in so many is read in the role that its masking does not fit. */
enum { WRONG_ROLE = 16 };

/* So many octets are filled in where a frame is not whole and must be. */
enum { FILLED_MAX = 1024 };

struct wsconform_sink {
    struct trace *trace;
    bool wants_protocol_error; /* and puts up with 1009 instead */
};

/* The profile's words, understood. */
static struct {
    struct slow_profile slow;
    uint32_t sometimes; /* rules whose breach it overlooks or not, as it likes */
    bool server;
    bool client;
    bool late;
    bool sooner; /* it may fail at bad text before the message is whole */
    bool ends_at_close;
    bool right_masks;
    bool unheard[TRACE_FAIL + 1]; /* events that it does not tell of */
    bool too_big_for_protocol_error;
} settings;

/* What the slow parser makes of the input. */
static struct trace wanted;

/* --- the sink -------------------------------------------------------------------------------- */

static struct bytes octets_of(const void *octets, size_t len)
{
    return bytes_of(len == 0 ? NULL : octets, len);
}

static struct bytes payload_of(const struct trace *trace, const struct trace_event *event)
{
    const struct buffer *from = event->kind == TRACE_MESSAGE ? &trace->data : &trace->control;
    return octets_of(event->len == 0 ? NULL : from->data + event->from, event->len);
}

/* Of a parser that does not tell of pings or pongs it is believed that it saw those that were due.
 */
static void add_unheard(struct trace *trace)
{
    while (trace->count < wanted.count) {
        const struct trace_event *due = &wanted.events[trace->count];
        if (!settings.unheard[due->kind])
            return;
        trace_control(trace, due->kind, payload_of(&wanted, due));
    }
}

void wsconform_sink_message(struct wsconform_sink *sink, bool is_text, const void *octets,
                            size_t len)
{
    add_unheard(sink->trace);
    trace_data(sink->trace, octets_of(octets, len));
    trace_message(sink->trace, is_text ? 1 : 2);
}

void wsconform_sink_ping(struct wsconform_sink *sink, const void *payload, size_t len)
{
    trace_control(sink->trace, TRACE_PING, octets_of(payload, len));
}

void wsconform_sink_pong(struct wsconform_sink *sink, const void *payload, size_t len)
{
    add_unheard(sink->trace);
    trace_control(sink->trace, TRACE_PONG, octets_of(payload, len));
}

void wsconform_sink_close(struct wsconform_sink *sink, unsigned code, const void *reason,
                          size_t len)
{
    add_unheard(sink->trace);
    struct buffer payload = {0};
    if (code != NO_STATUS && code != 0) {
        uint8_t *to = buffer_extend(&payload, 2);
        to[0] = (uint8_t)(code >> 8);
        to[1] = (uint8_t)code;
    }
    buffer_append(&payload, octets_of(reason, len));
    trace_control(sink->trace, TRACE_CLOSE, buffer_bytes(&payload));
    buffer_free(&payload);
}

void wsconform_sink_fail(struct wsconform_sink *sink, unsigned code)
{
    add_unheard(sink->trace);
    if (sink->wants_protocol_error && code == TOO_BIG)
        code = PROTOCOL_ERROR;
    /* A code that nobody looks at may depend on the chunks, too. */
    trace_fail(sink->trace, settings.slow.codes ? (uint16_t)code : 0, 0);
}

/* --- the profile ----------------------------------------------------------------------------- */

static const struct {
    const char *word;
    uint32_t rules;
} tolerances[] = {
    {"rsv", SLOW_BIT(SLOW_RSV)},
    {"opcode", SLOW_BIT(SLOW_OPCODE)},
    {"unmasked", SLOW_BIT(SLOW_UNMASKED)},
    {"masked", SLOW_BIT(SLOW_MASKED)},
    {"not-minimal", SLOW_BIT(SLOW_NOT_MINIMAL)},
    {"top-bit", SLOW_BIT(SLOW_TOP_BIT)},
    {"control-long", SLOW_BIT(SLOW_CONTROL_LONG)},
    {"control-form", SLOW_BIT(SLOW_CONTROL_FORM)},
    {"control-fragmented", SLOW_BIT(SLOW_CONTROL_FRAGMENTED)},
    {"orphan", SLOW_BIT(SLOW_ORPHAN)},
    {"interleaved", SLOW_BIT(SLOW_INTERLEAVED)},
    {"utf8", SLOW_BIT(SLOW_UTF8) | SLOW_BIT(SLOW_UTF8_CUT)},
    {"utf8-cut", SLOW_BIT(SLOW_UTF8_CUT)},
    {"close-length", SLOW_BIT(SLOW_CLOSE_LENGTH)},
    {"close-code", SLOW_BIT(SLOW_CLOSE_CODE)},
    {"close-reason", SLOW_BIT(SLOW_CLOSE_REASON)},
};

static bool is_word(struct bytes word, const char *text)
{
    return bytes_equal(word, bytes_of(text, strlen(text)));
}

/* True if it is a word for what the parser overlooks; with a question mark, overlooks at times. */
static bool tolerate(struct bytes word)
{
    bool sometimes = word.len > 0 && word.data[word.len - 1] == '?';
    if (sometimes)
        word.len--;
    for (size_t i = 0; i < sizeof(tolerances) / sizeof(tolerances[0]); i++)
        if (is_word(word, tolerances[i].word)) {
            settings.slow.tolerated |= tolerances[i].rules;
            settings.sometimes |= sometimes ? tolerances[i].rules : 0;
            return true;
        }
    return false;
}

static void expect_utf8_by_message(void)
{
    settings.slow.utf8 = SLOW_UTF8_AT_MESSAGE;
    settings.sometimes |= SLOW_BIT(SLOW_UTF8) | SLOW_BIT(SLOW_UTF8_CUT);
    settings.sooner = true;
}

static bool understand(struct bytes word)
{
    static const char max[] = "max=";
    if (word.len > strlen(max) && memcmp(word.data, max, strlen(max)) == 0) {
        settings.slow.message_max = strtoull((const char *)word.data + strlen(max), NULL, 10);
        return settings.slow.message_max > 0;
    }
    if (is_word(word, "server"))
        settings.client = false;
    else if (is_word(word, "client"))
        settings.server = false;
    else if (is_word(word, "any-code"))
        settings.slow.codes = false;
    else if (is_word(word, "1009-for-1002"))
        settings.too_big_for_protocol_error = true;
    else if (is_word(word, "loose-close-codes"))
        settings.slow.loose_codes = true;
    else if (is_word(word, "late"))
        settings.late = true;
    else if (is_word(word, "nothing-behind-close"))
        settings.ends_at_close = true;
    else if (is_word(word, "right-masks-only"))
        settings.right_masks = true;
    else if (is_word(word, "no-pings"))
        settings.unheard[TRACE_PING] = true;
    else if (is_word(word, "no-pongs"))
        settings.unheard[TRACE_PONG] = true;
    else if (is_word(word, "utf8-at-frame"))
        settings.slow.utf8 = SLOW_UTF8_AT_FRAME;
    else if (is_word(word, "utf8-at-message"))
        settings.slow.utf8 = SLOW_UTF8_AT_MESSAGE;
    else if (is_word(word, "utf8-by-message"))
        expect_utf8_by_message();
    else if (is_word(word, "reads-behind-close"))
        settings.slow.stops_at_close = false;
    else
        return tolerate(word);
    return true;
}

static _Noreturn void refuse(const char *what, struct bytes word)
{
    fprintf(stderr, "adapter: %s: %.*s\n", what, (int)word.len, (const char *)word.data);
    exit(2);
}

static void read_profile(const char *words)
{
    settings.slow.stops_at_close = settings.slow.codes = settings.slow.early = true;
    settings.server = settings.client = true;
    while (*(words += strspn(words, " ")) != '\0') {
        struct bytes word = bytes_of(words, strcspn(words, " "));
        if (!understand(word))
            refuse("the profile has an unknown word", word);
        words += word.len;
    }
    if (!settings.server && !settings.client)
        refuse("the profile leaves no role", bytes_of(words, 0));
}

/* --- the parser ------------------------------------------------------------------------------ */

static struct session {
    struct wsconform_sink sink;
    void *parser;
} session;

static void *session_open(struct trace *trace, const struct slow_profile *profile)
{
    session.sink.trace = trace;
    session.parser = wsconform_open(profile->from_client, &session.sink);
    return session.parser;
}

/* Behind a Close it is fed on: nothing may come of it. */
static bool session_feed(void *self, uint8_t *data, size_t len)
{
    wsconform_feed(self, data, len);
    return !trace_failed(session.sink.trace);
}

/* The end of TCP comes in any case, so that it stands in each prefix too and may make no
 * difference. */
static void session_close(void *self)
{
    wsconform_eof(self);
    wsconform_close(self);
    if (!trace_failed(session.sink.trace))
        add_unheard(session.sink.trace);
}

static const struct oracle_parser parser = {
    .rule = "reference", .open = session_open, .feed = session_feed, .close = session_close};

/* Whose frames they are is seen from the first. */
static bool is_from_client(struct bytes in, uint64_t hash)
{
    bool masked = in.len > 1 && in.data[1] >= 128;
    if (!settings.server || !settings.client)
        return settings.server;
    return oracle_sample(hash, 16, WRONG_ROLE) ? !masked : masked;
}

/* True if the RFC makes the input end in a failure with 1002. */
static bool is_protocol_error(void)
{
    return trace_failed(&wanted) && wanted.events[wanted.count - 1].code == PROTOCOL_ERROR;
}

static bool is_same(const struct trace *a, const struct trace *b, size_t index)
{
    const struct trace_event *x = &a->events[index];
    const struct trace_event *y = &b->events[index];
    return x->kind == y->kind && x->opcode == y->opcode &&
           bytes_equal(payload_of(a, x), payload_of(b, y));
}

/* True if the parser fails where, or somewhere behind where, the input breaks a rule whose breach
 * it overlooks at times, and said what it should up to there. */
static bool has_lost_patience(const struct trace *trace, const struct slow_profile *profile,
                              struct bytes in)
{
    static struct trace strict;
    struct slow_profile without = *profile;
    without.tolerated &= ~settings.sometimes;
    if (settings.sooner)
        without.utf8 = SLOW_UTF8_AT_ONCE;
    if (settings.sometimes == 0 || !trace_failed(trace))
        return false;
    slow_parse(&strict, &without, in);
    size_t end = trace->count - 1;
    if (!trace_failed(&strict) || end < strict.count - 1 ||
        (strict.events[strict.count - 1].rules & settings.sometimes) == 0)
        return false;
    size_t i = 0;
    while (i < end && i < wanted.count && is_same(trace, &wanted, i))
        i++;
    return i == end;
}

/* Walks over the frames that are whole and that the parser may be given. Returns where it stopped;
 * `header` is that of the frame there, whose size `*size` is 0 if it is not whole or not for the
 * parser. */
static size_t walk(struct bytes in, bool from_client, struct trace_header *header, size_t *size)
{
    size_t at = 0;
    while (at < in.len) {
        *size = slow_header(header, bytes_of(in.data + at, in.len - at));
        if (settings.right_masks && *size > 0 && header->masked != from_client)
            *size = 0;
        if (*size == 0 || header->length > in.len - at - *size)
            return at;
        at += *size + (size_t)header->length;
        if (settings.ends_at_close && header->first % 16 == 8)
            break;
    }
    *size = 0;
    return at;
}

/* At an unfinished header a parser may fail already or wait for more: it is left out at the end. To
 * a parser that fails when a frame is whole, or somewhere in it, any unfinished frame says nothing
 * for certain: a short rest is filled up, any other is left out. */
static struct bytes trim(struct bytes in, bool from_client)
{
    static struct buffer copy;
    struct trace_header header;
    size_t size = 0;
    size_t at = walk(in, from_client, &header, &size);
    if (size == 0)
        return octets_of(in.data, at);
    if (!settings.late)
        return in;
    if (header.length > in.len - at - size + FILLED_MAX)
        return octets_of(in.data, at);
    size_t missing = at + size + (size_t)header.length - in.len;
    buffer_clear(&copy);
    buffer_append(&copy, in);
    memset(buffer_extend(&copy, missing), 0, missing);
    return buffer_bytes(&copy);
}

/* --- libFuzzer ------------------------------------------------------------------------------- */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    read_profile(wsconform_profile());
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct trace trace;
    struct bytes in = octets_of(data, size);
    uint64_t hash = oracle_hash(in);
    struct slow_profile profile = settings.slow;
    profile.from_client = is_from_client(in, hash);
    in = trim(in, profile.from_client);
    slow_parse(&wanted, &profile, in);
    session.sink.wants_protocol_error = settings.too_big_for_protocol_error && is_protocol_error();
    oracle_run(&parser, &profile, in, ORACLE_WHOLE, hash, &trace);
    if (!has_lost_patience(&trace, &profile, in))
        oracle_compare(parser.rule, &trace, &profile, in);
    oracle_splits(&parser, &profile, in, hash, 1, &trace);
    return 0;
}
