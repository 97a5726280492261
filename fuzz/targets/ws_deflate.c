/* SPDX-License-Identifier: MIT */
/* ws/deflate.h and what of ws/reader.h reads compressed messages. The first octet chooses: takeover
 * or not, the bits of the window, the limit; then frames as in ws_message.
 *
 * Oracles on the stream: all of fuzz/reader.h but libwslay, the slow parser with the slow inflater
 * (fuzz/slow_inflate.h). On the payload of each data frame as a message of its own: reference;
 * chunk invariance; a message that needs no other is good behind a bad one too; what it came to,
 * compressed by ws_deflate_pack, is that again, for the slow inflater and for a window no larger
 * than was asked for. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/reader.h"
#include "fuzz/slow_inflate.h"
#include "ws/deflate.h"

const char fuzz_target_name[] = "ws_deflate";

/* More than two windows; a bomb ends there. */
enum { TEXT_MAX = 70000 };

/* The slow parser inflates a message anew for each of its frames: that many octets in all. */
enum { SLOW_OCTETS = 1 << 19 };

/* The oracles on single messages run on one input in so many, the last on one message in so many.
 */
enum { MESSAGES_EVERY = 2, PACK_EVERY = 5 };

struct settings {
    bool takeover;
    unsigned window_bits;
    uint64_t limit;
};

static struct settings read_settings(uint8_t octet)
{
    static const uint64_t limits[] = {TEXT_MAX, 1, 16384, 300};
    return (struct settings){
        .takeover = octet % 2 == 1,
        .window_bits = 15 - octet / 2 % 8,
        .limit = limits[octet / 16 % 4],
    };
}

/* --- single messages ------------------------------------------------------------------------- */

/* Reads a message, cut as `split` says; true if it is good. */
static bool unpack(struct ws_deflate_unpacker *unpacker, struct bytes payload,
                   enum oracle_split split, uint64_t hash, struct buffer *out)
{
    enum ws_status status = WS_MORE;
    struct bytes piece;
    ws_deflate_begin(unpacker);
    for (size_t at = 0; at < payload.len && status != WS_BAD && out->len <= TEXT_MAX;) {
        size_t len = oracle_chunk_size(split, hash, at, payload.len);
        uint8_t *chunk = oracle_chunk(bytes_of(payload.data + at, len));
        size_t used;
        size_t done = 0;
        do {
            struct bytes rest = bytes_of(done < len ? chunk + done : NULL, len - done);
            status = ws_deflate_unpack(unpacker, rest, &used, &piece);
            if (used > len - done || (status == WS_MORE && used < len - done))
                oracle_violation("consumption", "RFC7692-7.2.2-01", "%zu octets taken of %zu", used,
                                 len - done);
            if (status == WS_ITEM)
                buffer_append(out, piece);
            done += used;
        } while (status == WS_ITEM && out->len <= TEXT_MAX);
        free(chunk);
        at += len;
    }
    while (status != WS_BAD && out->len <= TEXT_MAX) {
        status = ws_deflate_end(unpacker, &piece);
        if (status == WS_MORE)
            return true;
        if (status == WS_ITEM)
            buffer_append(out, piece);
    }
    return false;
}

/* Two unpackers that are given the same in different pieces, and what the slow one knows. */
struct talk {
    const struct settings *settings;
    uint64_t hash;
    struct ws_deflate_unpacker *whole;
    struct ws_deflate_unpacker *pieces;
    struct buffer window; /* what the messages so far came to */
    bool lost;            /* after a bad message nobody knows what is in it */
};

static struct bytes behind(const struct buffer *all, size_t len)
{
    return all->len == len ? bytes_of(NULL, 0) : bytes_of(all->data + len, all->len - len);
}

/* What was packed is read back by the slow inflater and by ours, with no larger a window. */
static void check_pack(const struct talk *talk, struct bytes text)
{
    static struct buffer packed;
    static struct buffer again;
    const struct settings *settings = talk->settings;
    unsigned bits = settings->window_bits;
    struct ws_deflate_packer *packer = ws_deflate_new_packer(bits, settings->takeover);
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(bits, settings->takeover);
    buffer_clear(&again);
    for (unsigned i = 0; i < 3; i++) {
        /* Once with a part of it, which the next can refer to. */
        struct bytes part = bytes_of(text.data, i == 0 ? text.len / 2 : text.len);
        size_t before = settings->takeover ? again.len : 0;
        buffer_clear(&packed);
        again.len = before;
        ws_deflate_pack(packer, part, &packed);
        enum slow_inflate result = slow_inflate(&again, buffer_bytes(&packed), bits, TEXT_MAX);
        if (result != SLOW_INFLATE_WHOLE || !bytes_equal(behind(&again, before), part))
            oracle_violation("round-trip", "RFC7692-7.2.1-01",
                             "%zu octets, compressed, are not these by the RFC", part.len);
        static struct buffer own;
        buffer_clear(&own);
        if (!unpack(unpacker, buffer_bytes(&packed), ORACLE_RANDOM, talk->hash, &own) ||
            !bytes_equal(buffer_bytes(&own), part))
            oracle_violation("round-trip", "RFC7692-7.2.1-01",
                             "%zu octets, compressed, are not these again", part.len);
    }
    ws_deflate_free_packer(packer);
    ws_deflate_free_unpacker(unpacker);
}

/* The slow inflater begins with an empty window if nobody knows what is in the other: what it finds
 * good must be so whatever is in it. */
static void check_reference(struct talk *talk, struct bytes payload, bool good, struct bytes text)
{
    static struct buffer all;
    const struct settings *settings = talk->settings;
    bool known = settings->takeover && !talk->lost;
    buffer_clear(&all);
    if (known)
        buffer_append(&all, buffer_bytes(&talk->window));
    size_t before = all.len;
    enum slow_inflate result = slow_inflate(&all, payload, settings->window_bits, TEXT_MAX);
    struct bytes wanted = behind(&all, before);
    bool may_differ = (talk->lost && result != SLOW_INFLATE_WHOLE) || result == SLOW_INFLATE_LONG;
    if (!may_differ && (good != (result == SLOW_INFLATE_WHOLE) || !bytes_equal(text, wanted)))
        oracle_violation("reference", "RFC7692-7.2.2-01",
                         "a message is %s, %zu octets; by the RFC it is %s, %zu octets",
                         good ? "good" : "bad", text.len,
                         result == SLOW_INFLATE_WHOLE ? "good" : "bad", wanted.len);
    if (settings->takeover && result != SLOW_INFLATE_WHOLE)
        talk->lost = true;
    if (known)
        buffer_append(&talk->window, wanted);
}

/* False if there was too much of it. */
static bool take_message(struct talk *talk, struct bytes payload)
{
    static struct buffer whole;
    static struct buffer pieces;
    buffer_clear(&whole);
    buffer_clear(&pieces);
    enum oracle_split split = talk->hash % 8 == 0 ? ORACLE_OCTETS : ORACLE_RANDOM;
    bool good = unpack(talk->whole, payload, ORACLE_WHOLE, 0, &whole);
    bool again = unpack(talk->pieces, payload, split, talk->hash, &pieces);
    if (whole.len > TEXT_MAX || pieces.len > TEXT_MAX)
        return false;
    if (good != again || !bytes_equal(buffer_bytes(&whole), buffer_bytes(&pieces)))
        oracle_violation("chunk-invariance", "RFC7692-7.2.2-01",
                         "whole it is %s, %zu octets; in pieces %s, %zu", good ? "good" : "bad",
                         whole.len, again ? "good" : "bad", pieces.len);
    check_reference(talk, payload, good, buffer_bytes(&whole));
    if (good && oracle_sample(talk->hash, 21 + (unsigned)payload.len, PACK_EVERY))
        check_pack(talk, buffer_bytes(&whole));
    return true;
}

/* The payload of each frame is a message. */
static void take_messages(const struct settings *settings, struct bytes in, uint64_t hash)
{
    static struct buffer payload;
    static struct buffer window;
    struct talk talk = {
        .settings = settings,
        .hash = hash,
        .whole = ws_deflate_new_unpacker(settings->window_bits, settings->takeover),
        .pieces = ws_deflate_new_unpacker(settings->window_bits, settings->takeover),
        .window = window,
    };
    struct trace_header header;
    size_t at = 0;
    size_t size;
    bool going = true;
    buffer_clear(&talk.window);
    while (going && (size = slow_header(&header, bytes_of(in.data + at, in.len - at))) > 0) {
        at += size;
        size_t len = header.length < in.len - at ? (size_t)header.length : in.len - at;
        buffer_clear(&payload);
        for (size_t i = 0; i < len; i++)
            *buffer_extend(&payload, 1) = (uint8_t)(in.data[at + i] ^ header.key[i % 4]);
        at += len;
        if (header.first % 16 <= 2)
            going = take_message(&talk, buffer_bytes(&payload));
    }
    window = talk.window;
    ws_deflate_free_unpacker(talk.whole);
    ws_deflate_free_unpacker(talk.pieces);
}

/* --- the stream ------------------------------------------------------------------------------ */

static uint64_t frames_in(struct bytes in)
{
    uint64_t count = 0;
    struct trace_header header;
    size_t size;
    for (size_t at = 0; (size = slow_header(&header, bytes_of(in.data + at, in.len - at))) > 0;) {
        size_t rest = in.len - at - size;
        at += size + (header.length < rest ? (size_t)header.length : rest);
        count++;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct bytes in = bytes_of(data + 1, size - 1);
    struct settings settings = read_settings(data[0]);
    uint64_t hash = oracle_hash(bytes_of(data, size));
    bool masked = size > 2 && data[2] >= 128;
    uint64_t most = SLOW_OCTETS / (1 + frames_in(in));
    uint64_t limit = settings.limit < most ? settings.limit : most;
    struct slow_profile profile =
        reader_profile_deflate(masked, limit, settings.takeover, settings.window_bits);
    reader_stream(&profile, in, hash);
    oracle_hide();
    if (oracle_sample(hash, 22, MESSAGES_EVERY))
        take_messages(&settings, in, hash);
    oracle_show();
    return 0;
}
