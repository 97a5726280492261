/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_ORACLE_H
#define WSCONFORM_FUZZ_ORACLE_H

#include "fuzz/slow.h"

/* What must be true of a parser whatever its input is. A violation ends the process with one line
 * of JSON on stderr and abort:
 *
 *     {"rule":"chunk-invariance","target":"ws_frame","clause":"RFC6455-5.2-25","detail":"..."}
 *
 * The rules are the rows of the table in docs/fuzzing.md. */

/* Each target defines it; "ws_frame". */
extern const char fuzz_target_name[];

/* Prints the line and aborts. `clause`: the sentence of the RFC that is at stake. */
_Noreturn void oracle_violation(const char *rule, const char *clause, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A hash of the input: it chooses splits and samples, so that an input alone repeats a finding. */
uint64_t oracle_hash(struct bytes in);

/* True for one input in `n`; `salt` keeps the samples of different oracles apart. */
bool oracle_sample(uint64_t hash, unsigned salt, unsigned n);

/* Between the two the fuzzer does not see which edges are reached: it would keep inputs for the
 * oracles that their hash chose, not for what they are. They can be nested. */
void oracle_hide(void);
void oracle_show(void);

/* --- chunks ------------------------------------------------------------------------------- */

/* A copy of `b` in an allocation of exactly its size: to read behind it, or to use it after it was
 * freed, is an error that the sanitizers see. The caller frees it. NULL for no octets. */
uint8_t *oracle_chunk(struct bytes b);

enum oracle_split {
    ORACLE_WHOLE,
    ORACLE_OCTETS, /* octet by octet */
    ORACLE_RANDOM  /* pieces whose sizes follow from the hash */
};

/* The size of the chunk at `at`, at least 1. */
size_t oracle_chunk_size(enum oracle_split split, uint64_t hash, size_t at, size_t size);

/* --- work and memory ----------------------------------------------------------------------- */

/* Counts what the code under test does: octets that memory functions go through and, in builds
 * with -fsanitize-coverage=trace-pc, basic blocks (fuzz/work.h). Never a clock. */
extern uint64_t fuzz_work;

/* `work` must not be more than the bound for an input of `octets` octets in `calls` calls. */
void oracle_work(uint64_t work, uint64_t octets, uint64_t calls);

/* Octets on the heap, 0 where no sanitizer counts them. */
size_t oracle_heap(void);

/* --- streams of frames --------------------------------------------------------------------- */

/* A parser that an input is fed to. */
struct oracle_parser {
    const char *rule; /* what a difference to the slow parser is called: "reference" */
    /* A parser for frames as the profile says; what it finds goes into `sink`. */
    void *(*open)(struct trace *sink, const struct slow_profile *profile);
    /* Reads on in a chunk, which it may change and must not keep. False: it has ended, by a
     * failure or a Close. */
    bool (*feed)(void *self, uint8_t *data, size_t len);
    /* The other side ends TCP. May be NULL. */
    void (*eof)(void *self);
    /* Frees it. May be NULL. */
    void (*close)(void *self);
};

/* Runs the input through the parser in one split, each chunk in an allocation of its own. `trace`
 * is cleared first. */
void oracle_run(const struct oracle_parser *parser, const struct slow_profile *profile,
                struct bytes in, enum oracle_split split, uint64_t hash, struct trace *trace);

/* Compares what a parser said of the input with what the slow one says, as closely as the profile
 * asks. */
void oracle_compare(const char *rule, const struct trace *trace, const struct slow_profile *profile,
                    struct bytes in);

/* Chunk invariance, prefixes and silence after the end, on samples chosen by the hash: each on
 * about one input in `every`, octet by octet on an eighth of these; 1: on all. `trace` holds what
 * the parser says of the whole input. */
void oracle_splits(const struct oracle_parser *parser, const struct slow_profile *profile,
                   struct bytes in, uint64_t hash, unsigned every, const struct trace *trace);

/* All oracles that need only a parser: oracle_run on the whole input, which leaves its events in
 * `trace`, oracle_compare and oracle_splits. */
void oracle_stream(const struct oracle_parser *parser, const struct slow_profile *profile,
                   struct bytes in, uint64_t hash, unsigned every, struct trace *trace);

#endif
