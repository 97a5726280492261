/* SPDX-License-Identifier: MIT */
/* ws/http.h: the head of an HTTP message, and the lists in its fields.
 *
 * Oracles: reference (slow_http_head, field by field); chunk invariance (the input grows by pieces
 * and `scanned` is kept); prefix (no shorter input holds the head, and what follows it does not
 * matter); the limits of fields and octets; work (linear, though the same start is given again
 * with each piece); the members of lists (reference). */
#include <stdlib.h>

#include "fuzz/connection.h"
#include "ws/http.h"

const char fuzz_target_name[] = "ws_http";

enum { HEAD_MAX = 2048 };

/* Gives the input as it grows until there is a word. The head borrows from `*chunk`, which the
 * caller frees. */
static enum ws_status run(struct bytes in, enum oracle_split split, uint64_t hash,
                          struct ws_http_head *head, uint8_t **chunk)
{
    enum ws_status status = WS_MORE;
    size_t scanned = 0;
    size_t len = 0;
    uint64_t calls = 0;
    uint64_t before = fuzz_work;
    *chunk = NULL;
    while (status == WS_MORE && len < in.len) {
        len += oracle_chunk_size(split, hash, len, in.len);
        free(*chunk);
        *chunk = oracle_chunk(bytes_of(in.data, len));
        status = ws_http_read(head, bytes_of(*chunk, len), HEAD_MAX, &scanned);
        calls++;
    }
    oracle_work(fuzz_work - before, in.len, calls);
    return status;
}

static void check_members(struct bytes value)
{
    static struct bytes wanted[HEAD_MAX];
    size_t count = slow_http_members(value, wanted, HEAD_MAX);
    size_t offset = 0;
    size_t i = 0;
    struct bytes member;
    for (; ws_http_next_in_value(value, &offset, &member); i++)
        if (i >= count || !bytes_equal(member, wanted[i]))
            oracle_violation("reference", "RFC6455-9.1-02", "member %zu of a list is another", i);
    if (i != count)
        oracle_violation("reference", "RFC6455-9.1-02", "%zu members, by the RFC %zu", i, count);
}

static void check_lists(const struct ws_http_head *head)
{
    static const char name[] = "Upgrade";
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    size_t limit = head->size + 1;
    while (ws_http_next_member(head, name, &cursor, &member))
        if (limit-- == 0)
            oracle_violation("work", "RFC6455-9.1-02", "more members than octets");
    for (size_t i = 0; i < head->field_count; i++)
        if (head->fields[i].value.len > 0)
            check_members(head->fields[i].value);
    if ((ws_http_find(head, name) != NULL) != (ws_http_count(head, name) > 0))
        oracle_violation("contract", "RFC6455-4.1-55", "found but not counted");
}

static void check(const char *rule, struct bytes in, enum oracle_split split, uint64_t hash)
{
    static struct ws_http_head head;
    static struct slow_http_head wanted;
    uint8_t *chunk;
    enum ws_status status = run(in, split, hash, &head, &chunk);
    bool whole = slow_http_head(&wanted, in);
    bool bad =
        (whole && (wanted.size > HEAD_MAX || wanted.too_many)) || (!whole && in.len > HEAD_MAX);
    enum ws_status right = bad ? WS_BAD : whole ? WS_ITEM : WS_MORE;
    if (status != right)
        oracle_violation(rule, "RFC6455-4.2.1-01", "status %d, by the RFC %d", (int)status,
                         (int)right);
    if (status == WS_ITEM) {
        connection_compare_head(&head, &wanted);
        check_lists(&head);
    }
    free(chunk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    uint64_t hash = oracle_hash(in);
    check("reference", in, ORACLE_WHOLE, hash);
    if (oracle_sample(hash, 1, 4))
        check("chunk-invariance", in, ORACLE_RANDOM, hash);
    if (oracle_sample(hash, 2, 32))
        check("chunk-invariance", in, ORACLE_OCTETS, hash);
    if (oracle_sample(hash, 3, 4))
        check("prefix", bytes_of(data, (size_t)(hash >> 8) % (size + 1)), ORACLE_WHOLE, hash);
    return 0;
}
