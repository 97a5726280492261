/* SPDX-License-Identifier: MIT */
#include "case/payload.h"

#include <string.h>

#include "case/corpus.h"

size_t case_payload_size(const struct case_payload *payload)
{
    size_t size = 0;
    switch (payload->kind) {
    case CASE_PAYLOAD_OCTETS:
        return payload->octets.len;
    case CASE_PAYLOAD_REPEAT:
        return payload->octets.len * payload->count;
    case CASE_PAYLOAD_JSON:
    case CASE_PAYLOAD_RANDOM:
    case CASE_PAYLOAD_CORPUS:
        return payload->count;
    case CASE_PAYLOAD_CONCAT:
        for (size_t i = 0; i < payload->count; i++)
            size += case_payload_size(&payload->parts[i]);
        return size;
    }
    return size;
}

/* A string literal whose letters run on, so that a piece that is lost, doubled or moved shows. */
static void write_json(uint8_t *room, size_t count)
{
    for (size_t i = 0; i < count; i++)
        room[i] = (uint8_t)('a' + (i + i / 26) % 26);
    room[0] = '"';
    room[count - 1] = '"';
}

void case_payload_write(struct buffer *out, const struct case_payload *payload,
                        struct random *random)
{
    switch (payload->kind) {
    case CASE_PAYLOAD_OCTETS:
        buffer_append(out, payload->octets);
        return;
    case CASE_PAYLOAD_REPEAT:
        for (size_t i = 0; i < payload->count; i++)
            buffer_append(out, payload->octets);
        return;
    case CASE_PAYLOAD_JSON:
        write_json(buffer_extend(out, payload->count), payload->count);
        return;
    case CASE_PAYLOAD_RANDOM:
        random_fill(random, buffer_extend(out, payload->count), payload->count);
        return;
    case CASE_PAYLOAD_CORPUS:
        case_corpus_write(out, payload->corpus, payload->count, random);
        return;
    case CASE_PAYLOAD_CONCAT:
        for (size_t i = 0; i < payload->count; i++)
            case_payload_write(out, &payload->parts[i], random);
        return;
    }
}
