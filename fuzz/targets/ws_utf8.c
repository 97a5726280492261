/* SPDX-License-Identifier: MIT */
/* ws/utf8.h: a text, whole and in pieces.
 *
 * Oracles: reference (slow_utf8: the index of the first impossible octet, and whether a character
 * is cut); chunk invariance (octet by octet and in pieces); prefix (as far as the text is good, so
 * is its beginning, and where it fails the same octet is to blame); nothing after a failure; work.
 */
#include <stdlib.h>

#include "fuzz/oracle.h"
#include "ws/utf8.h"

const char fuzz_target_name[] = "ws_utf8";

/* Feeds the text in chunks; returns the octets accepted. */
static size_t run(struct bytes text, enum oracle_split split, uint64_t hash, bool *complete)
{
    struct ws_utf8 utf8 = {0};
    size_t accepted = 0;
    uint64_t before = fuzz_work;
    uint64_t calls = 0;
    bool failed = false;
    for (size_t at = 0; at < text.len; calls++) {
        size_t len = oracle_chunk_size(split, hash, at, text.len);
        uint8_t *chunk = oracle_chunk(bytes_of(text.data + at, len));
        size_t good = ws_utf8_feed(&utf8, bytes_of(chunk, len));
        free(chunk);
        if (good > len || (failed && good > 0))
            oracle_violation(failed ? "after-failure" : "consumption", "RFC6455-8.1-01",
                             "%zu octets of %zu accepted%s", good, len,
                             failed ? " behind a bad one" : "");
        failed = failed || good < len;
        accepted += good;
        at += len;
    }
    oracle_work(fuzz_work - before, text.len, calls);
    *complete = ws_utf8_complete(&utf8);
    return accepted;
}

static void check(const char *rule, struct bytes text, enum oracle_split split, uint64_t hash)
{
    bool whole;
    size_t good = slow_utf8(text, &whole);
    bool complete;
    size_t accepted = run(text, split, hash, &complete);
    if (accepted != good || complete != (whole && good == text.len))
        oracle_violation(rule, good < text.len ? "RFC6455-8.1-01" : "RFC6455-8.1-06",
                         "%zu octets accepted, %s; by the RFC %zu, %s", accepted,
                         complete ? "whole" : "not whole", good, whole ? "whole" : "not whole");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_of(data, size);
    uint64_t hash = oracle_hash(text);
    check("reference", text, ORACLE_WHOLE, hash);
    check("chunk-invariance", text, ORACLE_RANDOM, hash);
    if (oracle_sample(hash, 1, 8))
        check("chunk-invariance", text, ORACLE_OCTETS, hash);
    if (oracle_sample(hash, 2, 4))
        check("prefix", bytes_of(data, (size_t)(hash >> 8) % (size + 1)), ORACLE_WHOLE, hash);
    bool whole;
    if (ws_utf8_valid(text) != (slow_utf8(text, &whole) == size && whole))
        oracle_violation("reference", "RFC6455-8.1-01", "ws_utf8_valid is wrong");
    return 0;
}
