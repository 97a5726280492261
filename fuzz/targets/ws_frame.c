/* SPDX-License-Identifier: MIT */
/* ws/frame.h and ws/mask.h: headers, each behind the payload that the last one announced.
 *
 * Oracles: reference (slow_header); prefix (no shorter input holds the header; what follows it does
 * not matter); round trip (write(read(x)) and, with a header made of the same octets,
 * read(write(e))); consumption; masking in pieces and against the sentence of 5.3. There is no
 * state, so nothing of chunks, failures or memory. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/oracle.h"
#include "ws/frame.h"
#include "ws/mask.h"

const char fuzz_target_name[] = "ws_frame";

static void compare(const struct ws_frame *frame, const struct trace_header *wanted)
{
    bool same = frame->fin == (wanted->first >= 128) && frame->rsv == wanted->first / 16 % 8 &&
                frame->opcode == wanted->first % 16 && frame->masked == wanted->masked &&
                (unsigned)frame->form == wanted->form && frame->length == wanted->length &&
                memcmp(frame->key, wanted->key, sizeof(frame->key)) == 0;
    if (!same)
        oracle_violation("reference", "RFC6455-5.2-01",
                         "a header of %s with opcode %u and length %llu; by the RFC %02x, %llu",
                         frame->masked ? "a client" : "a server", frame->opcode,
                         (unsigned long long)frame->length, wanted->first,
                         (unsigned long long)wanted->length);
    bool minimal = ws_frame_minimal_form(frame->length) == (frame->length < 126     ? WS_LENGTH_7
                                                            : frame->length < 65536 ? WS_LENGTH_16
                                                                                    : WS_LENGTH_64);
    if (!minimal)
        oracle_violation("reference", "RFC6455-5.2-15", "the shortest form of %llu is another",
                         (unsigned long long)frame->length);
    if (ws_frame_is_control(frame->opcode) != (wanted->first % 16 >= 8) ||
        ws_frame_opcode_name(frame->opcode)[0] == '\0')
        oracle_violation("reference", "RFC6455-5.5-01", "opcode %u is a control opcode or not?",
                         frame->opcode);
}

static void check_written(const struct ws_frame *frame, struct bytes in, size_t size)
{
    uint8_t written[WS_FRAME_HEADER_MAX];
    size_t len = ws_frame_write(frame, written);
    if (len != size || memcmp(written, in.data, size) != 0)
        oracle_violation("round-trip", "RFC6455-5.2-01", "write(read(x)) is not x");
}

/* A header that no peer sent, made of the octets. */
static void check_read_back(struct bytes in)
{
    static const enum ws_length_form forms[] = {WS_LENGTH_7, WS_LENGTH_16, WS_LENGTH_64};
    uint8_t octets[16] = {0};
    memcpy(octets, in.data, in.len < sizeof(octets) ? in.len : sizeof(octets));
    struct ws_frame wanted = {
        .fin = octets[0] & 1,
        .masked = octets[0] & 2,
        .rsv = octets[1] & 7,
        .opcode = octets[2] & 15,
        .form = forms[octets[3] % 3],
    };
    memcpy(&wanted.length, octets + 4, sizeof(wanted.length));
    wanted.length &= wanted.form == WS_LENGTH_7 ? 63 : wanted.form == WS_LENGTH_16 ? 65535 : ~0ULL;
    if (wanted.masked)
        memcpy(wanted.key, octets + 12, sizeof(wanted.key));
    uint8_t written[WS_FRAME_HEADER_MAX];
    size_t size = ws_frame_write(&wanted, written);
    struct ws_frame read = {0};
    size_t used;
    bool same = ws_frame_read(&read, bytes_of(written, size), &used) == WS_ITEM && used == size &&
                read.fin == wanted.fin && read.masked == wanted.masked && read.rsv == wanted.rsv &&
                read.opcode == wanted.opcode && read.form == wanted.form &&
                read.length == wanted.length && memcmp(read.key, wanted.key, 4) == 0;
    if (!same)
        oracle_violation("round-trip", "RFC6455-5.2-01", "read(write(e)) is not e");
}

static void check_prefixes(struct bytes in, size_t size)
{
    for (size_t len = 0; len < size; len++) {
        uint8_t *chunk = oracle_chunk(bytes_of(in.data, len));
        struct ws_frame frame;
        size_t used = 1;
        if (ws_frame_read(&frame, bytes_of(chunk, len), &used) != WS_MORE || used != 0)
            oracle_violation("prefix", "RFC6455-5.2-25", "%zu octets of a header of %zu are read",
                             len, size);
        free(chunk);
    }
}

static void check_mask(struct bytes in, const uint8_t key[4])
{
    uint8_t masked[16];
    size_t len = in.len < sizeof(masked) ? in.len : sizeof(masked);
    size_t cut = len / 3;
    memcpy(masked, in.data, len);
    ws_mask_apply(masked, cut, key, 0);
    ws_mask_apply(masked + cut, len - cut, key, cut);
    for (size_t i = 0; i < len; i++)
        if (masked[i] != (in.data[i] ^ key[i % 4]))
            oracle_violation("reference", "RFC6455-5.3-06", "octet %zu is masked wrongly", i);
}

/* Reads the header at the start of `in`; returns the octets up to the next one, 0 for none. */
static size_t check_one(struct bytes in, bool thorough)
{
    struct ws_frame frame = {0};
    size_t used = 0;
    enum ws_status status = ws_frame_read(&frame, in, &used);
    struct trace_header wanted;
    size_t size = slow_header(&wanted, in);
    if ((status == WS_ITEM) != (size > 0) || used != size || status == WS_BAD)
        oracle_violation("reference", "RFC6455-5.2-01", "%zu octets taken for a header of %zu",
                         used, size);
    if (size > 0) {
        compare(&frame, &wanted);
        check_written(&frame, in, size);
        if (frame.masked)
            check_mask(bytes_of(in.data + size, in.len - size), frame.key);
    }
    if (thorough) {
        oracle_hide();
        check_prefixes(in, size > 0 ? size : in.len);
        oracle_show();
    }
    size_t rest = in.len - size;
    return size > 0 ? size + (wanted.length < rest ? (size_t)wanted.length : rest) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    bool thorough = oracle_sample(oracle_hash(in), 1, 32);
    size_t used = 1;
    /* No copy: nothing here writes, and the input is an allocation of its exact size already. */
    for (size_t at = 0; used > 0 && at < size; at += used)
        used = check_one(bytes_of(data + at, size - at), thorough);
    if (size > 0)
        check_read_back(in);
    return 0;
}
