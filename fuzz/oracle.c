/* SPDX-License-Identifier: MIT */
#include "fuzz/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* How much work is fine: for each octet, for each call, and for anybody. Ten times what was
 * measured; work that grows with the square of the input passes any factor soon. */
enum { WORK_PER_OCTET = 100, WORK_PER_CALL = 100, WORK_ALWAYS = 20000 };

uint64_t fuzz_work;

/* --- violations ------------------------------------------------------------------------------ */

/* Prints a JSON string. */
static void print_string(const char *text)
{
    fputc('"', stderr);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            fputc('\\', stderr);
        if ((unsigned char)*c < ' ')
            fprintf(stderr, "\\u%04x", (unsigned)*c);
        else
            fputc(*c, stderr);
    }
    fputc('"', stderr);
}

void oracle_violation(const char *rule, const char *clause, const char *format, ...)
{
    char detail[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    fputs("{\"rule\":", stderr);
    print_string(rule);
    fputs(",\"target\":", stderr);
    print_string(fuzz_target_name);
    fputs(",\"clause\":", stderr);
    print_string(clause);
    fputs(",\"detail\":", stderr);
    print_string(detail);
    fputs("}\n", stderr);
    fflush(stderr);
    abort();
}

/* --- hash and samples ------------------------------------------------------------------------ */

/* The finisher of splitmix64. */
static uint64_t stir(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

uint64_t oracle_hash(struct bytes in)
{
    uint64_t hash = in.len;
    size_t i = 0;
    for (; in.len - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, in.data + i, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    for (; i < in.len; i++)
        hash = (hash ^ in.data[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return stir(hash);
}

bool oracle_sample(uint64_t hash, unsigned salt, unsigned n)
{
    return stir(hash + salt) % n == 0;
}

/* The counters of edges that clang's -fsanitize-coverage=inline-8bit-counters puts into a section
 * of their own, whose ends the linker names; NULL in other builds. */
#ifdef __ELF__
extern uint8_t __start___sancov_cntrs[] __attribute__((weak));
extern uint8_t __stop___sancov_cntrs[] __attribute__((weak));

static unsigned hidden;
static uint8_t *counters;

static size_t counters_size(void)
{
    return (size_t)(__stop___sancov_cntrs - __start___sancov_cntrs);
}

void oracle_hide(void)
{
    if (hidden++ > 0 || counters_size() == 0)
        return;
    if (counters == NULL)
        counters = memory_alloc(counters_size());
    memcpy(counters, __start___sancov_cntrs, counters_size());
}

void oracle_show(void)
{
    if (--hidden == 0 && counters_size() > 0)
        memcpy(__start___sancov_cntrs, counters, counters_size());
}
#else
void oracle_hide(void)
{
}

void oracle_show(void)
{
}
#endif

/* --- chunks ---------------------------------------------------------------------------------- */

uint8_t *oracle_chunk(struct bytes b)
{
    if (b.len == 0)
        return NULL;
    uint8_t *chunk = memory_alloc(b.len);
    memcpy(chunk, b.data, b.len);
    return chunk;
}

size_t oracle_chunk_size(enum oracle_split split, uint64_t hash, size_t at, size_t size)
{
    size_t rest = size - at;
    if (split == ORACLE_WHOLE)
        return rest;
    if (split == ORACLE_OCTETS)
        return 1;
    /* Mostly small ones, so that headers and characters are cut. */
    uint64_t random = stir(hash ^ at);
    size_t wanted = 1 + (size_t)(random >> 8) % (random % 4 == 0 ? 256 : 7);
    return wanted < rest ? wanted : rest;
}

/* --- work and memory ------------------------------------------------------------------------- */

void oracle_work(uint64_t work, uint64_t octets, uint64_t calls)
{
    uint64_t bound = WORK_ALWAYS + WORK_PER_OCTET * octets + WORK_PER_CALL * calls;
    if (work > bound)
        oracle_violation("work", "RFC6455-10.4-01",
                         "%llu steps for %llu octets in %llu calls; %llu are the bound",
                         (unsigned long long)work, (unsigned long long)octets,
                         (unsigned long long)calls, (unsigned long long)bound);
}

/* Of the sanitizers' runtime, where there is one. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

size_t oracle_heap(void)
{
    if (__sanitizer_get_current_allocated_bytes == NULL)
        return 0;
    return __sanitizer_get_current_allocated_bytes();
}

/* --- streams of frames ----------------------------------------------------------------------- */

/* Says where two traces differ. */
static _Noreturn void differ(const char *rule, const char *clause, const char *whose,
                             const struct trace *is, const struct trace *wanted, size_t index)
{
    struct buffer text = {0};
    buffer_printf(&text, "event %zu is ", index);
    trace_print(&text, is, index);
    buffer_printf(&text, "; %s: ", whose);
    trace_print(&text, wanted, index);
    oracle_violation(rule, clause, "%s", buffer_text(&text));
}

void oracle_run(const struct oracle_parser *parser, const struct slow_profile *profile,
                struct bytes in, enum oracle_split split, uint64_t hash, struct trace *trace)
{
    trace_clear(trace);
    void *self = parser->open(trace, profile);
    bool going = true;
    uint64_t calls = 1;
    uint64_t before = fuzz_work;
    for (size_t at = 0; going && at < in.len; calls++) {
        size_t len = oracle_chunk_size(split, hash, at, in.len);
        uint8_t *chunk = oracle_chunk(bytes_of(in.data + at, len));
        going = parser->feed(self, chunk, len);
        free(chunk);
        at += len;
    }
    if (going && parser->eof != NULL)
        parser->eof(self);
    /* What is inflated is octets too. */
    oracle_work(fuzz_work - before, in.len + (profile->deflate ? trace->data.len : 0), calls);
    if (parser->close != NULL)
        parser->close(self);
}

/* The sentence behind what the slow parser says at `index`. */
static const char *clause_of(const struct trace *wanted, size_t index)
{
    if (index < wanted->count && wanted->events[index].kind == TRACE_FAIL)
        for (unsigned rule = 0; rule < SLOW_RULE_COUNT; rule++)
            if (wanted->events[index].rules & SLOW_BIT(rule))
                return slow_rule_clause((enum slow_rule)rule);
    return "RFC6455-5.2-01";
}

static bool is_subset(uint32_t rules, uint32_t of)
{
    return rules != 0 && (rules & ~of) == 0;
}

/* One of the codes that the broken rules ask for. */
static bool is_code_of(uint16_t code, uint32_t rules)
{
    for (unsigned rule = 0; rule < SLOW_RULE_COUNT; rule++)
        if ((rules & SLOW_BIT(rule)) && slow_rule_code((enum slow_rule)rule) == code)
            return true;
    return false;
}

static struct bytes payload_of(const struct trace *trace, const struct trace_event *event)
{
    const struct buffer *from = event->kind == TRACE_MESSAGE ? &trace->data : &trace->control;
    return bytes_of(event->len == 0 ? NULL : from->data + event->from, event->len);
}

static bool same_header(const struct trace_header *a, const struct trace_header *b)
{
    return a->at == b->at && a->first == b->first && a->masked == b->masked && a->form == b->form &&
           a->length == b->length && memcmp(a->key, b->key, sizeof(a->key)) == 0;
}

static bool agrees(const struct trace *is, const struct trace *wanted, size_t index,
                   const struct slow_profile *profile)
{
    const struct trace_event *a = &is->events[index];
    const struct trace_event *b = &wanted->events[index];
    if (a->kind != b->kind || (profile->pieces && a->given != b->given))
        return false;
    switch (a->kind) {
    case TRACE_FRAME:
        return same_header(&a->header, &b->header);
    case TRACE_FAIL:
        return (a->rules == 0 || is_subset(a->rules, b->rules)) &&
               (!profile->codes || is_code_of(a->code, b->rules));
    default:
        return a->opcode == b->opcode && a->code == b->code &&
               bytes_equal(payload_of(is, a), payload_of(wanted, b));
    }
}

static bool is_loose_code(uint16_t code)
{
    bool defined = (code >= 1007 && code <= 1009) || code == 1011;
    return code >= 1004 && code <= 2999 && !defined;
}

/* One parser took a Close, the other refused it for its code. */
static bool differ_in_code(const struct trace_event *a, const struct trace_event *b)
{
    const struct trace_event *taken = a->kind == TRACE_CLOSE ? a : b;
    const struct trace_event *refused = a->kind == TRACE_CLOSE ? b : a;
    return taken->kind == TRACE_CLOSE && refused->kind == TRACE_FAIL && is_loose_code(taken->code);
}

/* What a tolerance for the time of a failure allows at the end of the input. */
static bool is_excused(const struct trace *is, const struct trace *wanted, size_t index,
                       const struct slow_profile *profile, uint32_t partial)
{
    if (profile->loose_codes && index < is->count && index < wanted->count)
        return differ_in_code(&is->events[index], &wanted->events[index]);
    if (profile->early && partial != 0 && index == wanted->count && index + 1 == is->count)
        return is->events[index].kind == TRACE_FAIL;
    if (profile->late && index == is->count && index + 1 == wanted->count)
        return wanted->events[index].kind == TRACE_FAIL;
    return false;
}

void oracle_compare(const char *rule, const struct trace *trace, const struct slow_profile *profile,
                    struct bytes in)
{
    static struct trace wanted;
    uint32_t partial = slow_parse(&wanted, profile, in);
    size_t shared = trace->count < wanted.count ? trace->count : wanted.count;
    size_t i = 0;
    while (i < shared && agrees(trace, &wanted, i, profile))
        i++;
    if ((i < trace->count || i < wanted.count) && !is_excused(trace, &wanted, i, profile, partial))
        differ(rule, clause_of(&wanted, i), "by the RFC", trace, &wanted, i);
    if (profile->pieces && !bytes_equal(buffer_bytes(&trace->data), buffer_bytes(&wanted.data)))
        differ(rule, "RFC6455-5.4-01", "by the RFC (octets of messages)", trace, &wanted, i);
    /* The slow parser takes all that there is of the frame that fails. */
    size_t taken = trace->deflated.len;
    if (profile->deflate &&
        (taken > wanted.deflated.len || (taken < wanted.deflated.len && !trace_failed(trace)) ||
         (taken > 0 && memcmp(trace->deflated.data, wanted.deflated.data, taken) != 0)))
        differ(rule, "RFC7692-7.2.2-01", "by the RFC (octets that came compressed)", trace, &wanted,
               i);
}

/* Behind the end, the same octets again must not make it speak. */
static void check_silence(const struct oracle_parser *parser, const struct slow_profile *profile,
                          struct bytes in, const struct trace *trace)
{
    static struct trace again;
    trace_clear(&again);
    void *self = parser->open(&again, profile);
    uint8_t *chunk = oracle_chunk(in);
    bool going = in.len == 0 || parser->feed(self, chunk, in.len);
    free(chunk);
    chunk = oracle_chunk(in);
    if (!going && parser->feed(self, chunk, in.len))
        oracle_violation("after-failure", clause_of(trace, trace->count - 1),
                         "after its end the parser wants more octets");
    free(chunk);
    if (!going && !trace_equal(&again, trace))
        differ("after-failure", clause_of(trace, trace->count - 1), "before its end", &again, trace,
               trace_differ(&again, trace));
    if (parser->close != NULL)
        parser->close(self);
}

static void check_split(const struct oracle_parser *parser, const struct slow_profile *profile,
                        struct bytes in, enum oracle_split split, uint64_t hash,
                        const struct trace *trace)
{
    static struct trace pieces;
    oracle_run(parser, profile, in, split, hash, &pieces);
    if (!trace_equal(&pieces, trace))
        differ("chunk-invariance", "RFC6455-5.2-25",
               split == ORACLE_OCTETS ? "octet by octet, and whole" : "in pieces, and whole",
               &pieces, trace, trace_differ(&pieces, trace));
}

static void check_prefix(const struct oracle_parser *parser, const struct slow_profile *profile,
                         struct bytes in, uint64_t hash, const struct trace *trace)
{
    static struct trace head;
    struct bytes prefix = bytes_of(in.data, (size_t)(hash >> 16) % (in.len + 1));
    oracle_run(parser, profile, prefix, ORACLE_WHOLE, hash, &head);
    if (!trace_is_prefix(&head, trace))
        differ("prefix", "RFC6455-5.2-25", "with more octets behind it", &head, trace,
               trace_differ(&head, trace));
}

void oracle_splits(const struct oracle_parser *parser, const struct slow_profile *profile,
                   struct bytes in, uint64_t hash, unsigned every, const struct trace *trace)
{
    bool pieces = oracle_sample(hash, 1, every);
    bool octets = oracle_sample(hash, 2, every == 1 ? 1 : 8 * every);
    /* To a parser that is told of the end of the input, the end of a prefix is an event. */
    bool prefix = parser->eof == NULL && oracle_sample(hash, 3, every);
    bool silence = oracle_sample(hash, 4, every);
    if (pieces)
        check_split(parser, profile, in, ORACLE_RANDOM, hash, trace);
    if (octets)
        check_split(parser, profile, in, ORACLE_OCTETS, hash, trace);
    if (prefix)
        check_prefix(parser, profile, in, hash, trace);
    if (silence)
        check_silence(parser, profile, in, trace);
}

void oracle_stream(const struct oracle_parser *parser, const struct slow_profile *profile,
                   struct bytes in, uint64_t hash, unsigned every, struct trace *trace)
{
    oracle_run(parser, profile, in, ORACLE_WHOLE, hash, trace);
    oracle_compare(parser->rule, trace, profile, in);
    oracle_splits(parser, profile, in, hash, every, trace);
}
