/* SPDX-License-Identifier: MIT */
#include "ws/deflate.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/random.h"
#include "support.h"

enum { WINDOW = 32768 };

/* Feeds one piece of a payload, flush against the guard page. */
static enum ws_status feed(struct ws_deflate_unpacker *unpacker, struct bytes in,
                           struct buffer *out)
{
    const uint8_t *data = support_flush(in);
    size_t at = 0;
    for (;;) {
        size_t used;
        struct bytes piece;
        enum ws_status status =
            ws_deflate_unpack(unpacker, bytes_of(data + at, in.len - at), &used, &piece);
        at += used;
        assert_true(at <= in.len);
        if (status == WS_MORE)
            assert_int_equal(at, in.len);
        if (status != WS_ITEM)
            return status;
        assert_true(piece.len > 0);
        buffer_append(out, piece);
    }
}

/* A message cut at `first`, `first + step`, ... */
static enum ws_status read_cut(struct ws_deflate_unpacker *unpacker, struct bytes payload,
                               size_t first, size_t step, struct buffer *out)
{
    ws_deflate_begin(unpacker);
    size_t at = 0;
    for (size_t end = first; at < payload.len; end += step) {
        end = end < payload.len ? end : payload.len;
        if (feed(unpacker, bytes_of(payload.data + at, end - at), out) == WS_BAD)
            return WS_BAD;
        at = end;
    }
    struct bytes piece;
    enum ws_status status;
    while ((status = ws_deflate_end(unpacker, &piece)) == WS_ITEM)
        buffer_append(out, piece);
    return status;
}

static enum ws_status read_whole(struct ws_deflate_unpacker *unpacker, struct bytes payload,
                                 struct buffer *out)
{
    return read_cut(unpacker, payload, payload.len, 1, out);
}

/* A conversation: what was read before, the message, and what comes of it. */
struct talk {
    bool takeover;
    struct bytes before; /* no message if empty */
    struct bytes payload;
    enum ws_status status;
    struct bytes text;
};

static void expect_cut(const struct talk *talk, size_t first, size_t step)
{
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(15, talk->takeover);
    struct buffer out = {0};
    if (talk->before.len > 0)
        read_whole(unpacker, talk->before, &out);
    buffer_clear(&out);
    enum ws_status status = read_cut(unpacker, talk->payload, first, step, &out);
    if (status != talk->status || !bytes_equal(buffer_bytes(&out), talk->text))
        fail_msg("cut at %zu and then each %zu of %zu: status %d, %zu octets", first, step,
                 talk->payload.len, (int)status, out.len);
    buffer_free(&out);
    ws_deflate_free_unpacker(unpacker);
}

/* Whole, octet by octet and in two pieces of all sizes. */
static void expect_talk(const struct talk *talk)
{
    expect_cut(talk, talk->payload.len, 1);
    expect_cut(talk, 0, 1);
    for (size_t cut = 0; cut < talk->payload.len; cut++)
        expect_cut(talk, cut, talk->payload.len);
}

static void expect_hex(bool takeover, const char *before, const char *payload,
                       enum ws_status status, const char *text)
{
    struct buffer first = {0};
    struct buffer second = {0};
    support_hex(&first, before);
    support_hex(&second, payload);
    struct talk talk = {takeover, buffer_bytes(&first), buffer_bytes(&second), status,
                        bytes_text(text)};
    expect_talk(&talk);
    buffer_free(&first);
    buffer_free(&second);
}

static const char hello[] = "f248cdc9c90700";
static const char hello_again[] = "f200110000"; /* 7.2.3.2 */

static void reads_the_examples(void **state)
{
    (void)state;
    static const char *const payloads[] = {
        "f248cdc9c90700",             /* 7.2.3.1 */
        "000500faff48656c6c6f00",     /* 7.2.3.3 */
        "f348cdc9c9070000",           /* 7.2.3.4 */
        "f248050000 00ffffcac9c90700" /* 7.2.3.5 */
    };
    for (size_t i = 0; i < COUNT_OF(payloads); i++)
        for (int takeover = 0; takeover < 2; takeover++) {
            expect_hex(takeover, "", payloads[i], WS_MORE, "Hello");
            expect_hex(takeover, hello, payloads[i], WS_MORE, "Hello");
            /* 7.2.3.2, whatever sort of block brought the first. */
            expect_hex(takeover, payloads[i], hello_again, takeover ? WS_MORE : WS_BAD,
                       takeover ? "Hello" : "H");
        }
    expect_hex(true, "", "00", WS_MORE, ""); /* 7.2.3.6 */
    /* An empty message leaves the window alone. */
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(15, true);
    struct buffer out = {0};
    struct buffer payload = {0};
    support_hex(&payload, hello);
    assert_int_equal(read_whole(unpacker, buffer_bytes(&payload), &out), WS_MORE);
    assert_int_equal(read_whole(unpacker, bytes_of("", 1), &out), WS_MORE);
    buffer_clear(&payload);
    support_hex(&payload, hello_again);
    assert_int_equal(read_whole(unpacker, buffer_bytes(&payload), &out), WS_MORE);
    support_expect_text(buffer_bytes(&out), "HelloHello");
    buffer_free(&payload);
    buffer_free(&out);
    ws_deflate_free_unpacker(unpacker);
}

/* RFC 7692, 7.2.1: "An endpoint MAY use both DEFLATE blocks with the "BFINAL" bit set to 0 and
 * DEFLATE blocks with the "BFINAL" bit set to 1." */
static void reads_on_behind_final_blocks(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        const char *text;
    } rows[] = {
        {"f348cdc9c90700 f348cdc9c90700 00", "HelloHello"},
        {"f348cdc9c90700 f248cdc9c90700", "HelloHello"},
        {"f348cdc9c90700 f200110000", "HelloHello"}, /* a distance over the border */
        {"f348cdc9c90700 f3001100 000000ffff 00", "HelloHello"},
        {"010500faff48656c6c6f 00", "Hello"},
        {"010000ffff 010000ffff 00", ""},
        {"0300 0300 0300 f248cdc9c90700", "Hello"},
        /* The empty block itself may be final. */
        {"01", ""},
        {"f348cdc9c90700 01", "Hello"},
        {"000500faff48656c6c6f01", "Hello"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int takeover = 0; takeover < 2; takeover++) {
            expect_hex(takeover, "", rows[i].payload, WS_MORE, rows[i].text);
            expect_hex(takeover, rows[i].payload, hello, WS_MORE, "Hello");
        }
    expect_hex(true, "f348cdc9c90700 01", hello_again, WS_MORE, "Hello");
}

static void refuses_what_is_no_stream(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        const char *text;
    } rows[] = {
        {"06", ""}, /* BTYPE 11 */
        {"07", ""},
        {"f348cdc9c90700 07 00", "Hello"},
        {"000500faff48656c6c6f06", "Hello"},
        {"000500fafe48656c6c6f00", ""}, /* NLEN is not LEN's complement */
        {"000500000048656c6c6f00", ""},
        {"f200110000", "H"},                  /* there is nothing to refer to */
        {"f248cdc9c90700 021e0000", "Hello"}, /* distance code 30 */
        {"04c0810000000000", ""},             /* code lengths that are none */
        {"fcffffffffffffff", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_hex(true, "", rows[i].payload, WS_BAD, rows[i].text);
}

static void refuses_wrong_ends(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        const char *text;
    } rows[] = {
        {"", ""},                             /* A34: 7.2.1 leaves at least an octet */
        {"f248cdc9c90700 0000ffff", "Hello"}, /* the tail is not cut */
        {"f248cdc9c90700 0000", "Hello"},     /* cut by half */
        {"f348cdc9c90700", "Hello"},          /* no empty block behind BFINAL */
        {"010500faff48656c6c6f", "Hello"},
        {"000500faff48656c6c6f", "Hello"},
        {"000500faff48656c6c", "Hell"},
        {"000500fa", ""},
        /* The tail must not become the contents of a block that lacks them. */
        {"000400fbff", ""},
        {"000900f6ff48656c6c6f", "Hello"},
        /* nor its length */
        {"0000", ""},
        {"00ff", ""},
        {"000000", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int takeover = 0; takeover < 2; takeover++) {
            expect_hex(takeover, "", rows[i].payload, WS_BAD, rows[i].text);
            expect_hex(takeover, hello, rows[i].payload, WS_BAD, rows[i].text);
            expect_hex(takeover, rows[i].payload, hello, WS_MORE, "Hello");
        }
}

static void is_sane_after_a_bad_message(void **state)
{
    (void)state;
    /* Only the end was wrong: the sender's window holds it, and so does ours. */
    expect_hex(true, "f348cdc9c90700", hello_again, WS_MORE, "Hello");
    expect_hex(true, "f248cdc9c90700 0000ffff", hello_again, WS_MORE, "Hello");
    /* No stream: the window is empty again. */
    expect_hex(true, "f248cdc9c90700 06", hello_again, WS_BAD, "H");
    expect_hex(true, "f248cdc9c90700 06", hello, WS_MORE, "Hello");
    /* A message that nobody ended. */
    for (int takeover = 0; takeover < 2; takeover++) {
        struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(15, takeover);
        struct buffer payload = {0};
        struct buffer out = {0};
        support_hex(&payload, hello);
        ws_deflate_begin(unpacker);
        assert_int_equal(feed(unpacker, bytes_of(payload.data, 5), &out), WS_MORE);
        assert_int_equal(read_whole(unpacker, buffer_bytes(&payload), &out), WS_MORE);
        support_expect_text(buffer_bytes(&out), "HellHello");
        buffer_free(&payload);
        buffer_free(&out);
        ws_deflate_free_unpacker(unpacker);
    }
}

/* Writes blocks bit by bit, the lowest first (RFC 1951, 3.1.1). */
struct bits {
    struct buffer out;
    unsigned count;
};

static void put(struct bits *bits, unsigned value, unsigned count)
{
    for (unsigned i = 0; i < count; i++, bits->count++) {
        if (bits->count % 8 == 0)
            *buffer_extend(&bits->out, 1) = 0;
        if (value >> i & 1)
            bits->out.data[bits->out.len - 1] |= (uint8_t)(1U << bits->count % 8);
    }
}

/* Huffman codes begin with their highest bit. */
static void put_code(struct bits *bits, unsigned value, unsigned count)
{
    while (count-- > 0)
        put(bits, value >> count & 1, 1);
}

/* A fixed block that copies 3 octets from 24577 to 32768 back, and the octet of the empty block. */
static struct buffer copy_from(unsigned distance)
{
    struct bits bits = {0};
    put(&bits, 2, 3);
    put_code(&bits, 1, 7);  /* length 3 */
    put_code(&bits, 29, 5); /* distance 24577 and 13 bits more */
    put(&bits, distance - 24577, 13);
    put_code(&bits, 0, 7);
    put(&bits, 0, 3);
    return bits.out;
}

/* A dynamic block cut in its header, where the tail would go on with 16 times the length 0 and with
 * ones: the lengths of the last codes, and in one form the code of the end of the block. */
static struct buffer cut_header(bool with_end)
{
    struct bits bits = {0};
    /* Empty fixed blocks, so many that the cut is between two octets. */
    for (int i = 0; i < (with_end ? 1 : 2); i++)
        put(&bits, 2, 10);
    put(&bits, 4, 3);
    put(&bits, 0, 5);  /* 257 literals, the end among them */
    put(&bits, 3, 5);  /* 4 distances */
    put(&bits, 14, 4); /* The lengths 0, 1 and 2 are the codes 0, 10 and 11. */
    for (int i = 0; i < 18; i++)
        put(&bits, i == 3 ? 1 : i == 15 || i == 17 ? 2 : 0, 3);
    /* Four literals have a length, and the last three or four of them come with the tail. */
    for (int i = 0; i < (with_end ? 238 : 237); i++)
        put(&bits, with_end && i == 100 ? 3 : 0, with_end && i == 100 ? 2 : 1);
    assert_int_equal(bits.count % 8, 0);
    return bits.out;
}

static void does_not_take_codes_for_the_end(void **state)
{
    (void)state;
    for (int with_end = 0; with_end < 2; with_end++) {
        struct buffer payload = cut_header(with_end);
        struct talk talk = {true, {NULL, 0}, buffer_bytes(&payload), WS_BAD, {NULL, 0}};
        expect_talk(&talk);
        buffer_free(&payload);
    }
}

static size_t below(struct random *random, size_t limit)
{
    return (size_t)(random_next(random) % limit);
}

static void fill(uint8_t *data, size_t len, uint64_t seed)
{
    struct random random = random_start(seed, bytes_text("deflate"));
    random_fill(&random, data, len);
}

/* One stored block and the octet of the empty one. */
static struct buffer stored(const uint8_t *data, size_t len)
{
    struct buffer out = {0};
    const uint8_t head[] = {0, (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)~len,
                            (uint8_t)(~len >> 8)};
    buffer_append(&out, bytes_of(head, sizeof(head)));
    buffer_append(&out, bytes_of(data, len));
    buffer_append(&out, bytes_of("", 1));
    return out;
}

/* RFC 7692, 7.2.2: "MUST use a 32,768-byte LZ77 sliding window to decompress". */
static void keeps_the_whole_window(void **state)
{
    (void)state;
    static uint8_t data[WINDOW];
    fill(data, sizeof(data), 1);
    for (unsigned distance = WINDOW - 1; distance <= WINDOW; distance++)
        for (size_t len = WINDOW - 2; len <= WINDOW; len++) {
            struct buffer before = stored(data, len);
            struct buffer payload = copy_from(distance);
            bool there = distance <= len;
            const uint8_t *text = there ? data + (len - distance) : data;
            struct talk talk = {true, buffer_bytes(&before), buffer_bytes(&payload),
                                there ? WS_MORE : WS_BAD, bytes_of(text, there ? 3 : 0)};
            expect_talk(&talk);
            /* Without takeover none of it is there. */
            talk.takeover = false;
            talk.status = WS_BAD;
            talk.text.len = 0;
            expect_talk(&talk);
            buffer_free(&before);
            buffer_free(&payload);
        }
}

/* The window counts on over final blocks, also within a message. */
static void keeps_the_window_behind_final_blocks(void **state)
{
    (void)state;
    static uint8_t data[WINDOW];
    fill(data, sizeof(data), 2);
    struct buffer payload = stored(data, WINDOW);
    payload.data[0] = 1;
    payload.len--;
    struct buffer copy = copy_from(WINDOW);
    buffer_append(&payload, buffer_bytes(&copy));
    struct buffer text = {0};
    buffer_append(&text, bytes_of(data, sizeof(data)));
    buffer_append(&text, bytes_of(data, 3));
    struct talk talk = {false, {NULL, 0}, buffer_bytes(&payload), WS_MORE, buffer_bytes(&text)};
    expect_cut(&talk, payload.len, 1);
    expect_cut(&talk, 0, 1);
    for (size_t cut = payload.len - 10; cut < payload.len; cut++)
        expect_cut(&talk, cut, payload.len);
    buffer_free(&payload);
    buffer_free(&copy);
    buffer_free(&text);
}

/* Words, so that there are matches at all distances and a dynamic code is worth its table. */
static void fill_text(uint8_t *data, size_t len, uint64_t seed)
{
    static const char *const words[] = {"the ", "frame ", "of ", "a ", "message ", "is ", "not "};
    struct random random = random_start(seed, bytes_text("deflate"));
    size_t at = 0;
    while (at < len) {
        size_t pick = below(&random, COUNT_OF(words) + 1);
        const char *word = pick < COUNT_OF(words) ? words[pick] : NULL;
        char digit[2] = {(char)('0' + below(&random, 10)), 0};
        for (const char *c = word != NULL ? word : digit; *c != '\0' && at < len; c++)
            data[at++] = (uint8_t)*c;
    }
}

static struct buffer pack(struct ws_deflate_packer *packer, struct bytes message)
{
    struct buffer out = {0};
    /* What is there stays. */
    buffer_append_text(&out, "ab");
    ws_deflate_pack(packer, message, &out);
    assert_true(out.len > 2);
    assert_memory_equal(out.data, "ab", 2);
    buffer_consume(&out, 2);
    return out;
}

static void reads_dynamic_blocks_at_every_cut(void **state)
{
    (void)state;
    static uint8_t data[4000];
    fill_text(data, sizeof(data), 3);
    struct ws_deflate_packer *packer = ws_deflate_new_packer(15, true);
    struct buffer before = pack(packer, bytes_of(data, 1000));
    struct buffer payload = pack(packer, bytes_of(data, sizeof(data)));
    /* RFC 1951, 3.2.3: BTYPE 10 */
    assert_int_equal(payload.data[0] >> 1 & 3, 2);
    struct talk talk = {true, buffer_bytes(&before), buffer_bytes(&payload), WS_MORE,
                        bytes_of(data, sizeof(data))};
    expect_talk(&talk);
    ws_deflate_free_packer(packer);
    buffer_free(&before);
    buffer_free(&payload);
}

static void refuses_every_truncation(void **state)
{
    (void)state;
    static uint8_t data[3000];
    fill_text(data, sizeof(data), 4);
    struct ws_deflate_packer *packer = ws_deflate_new_packer(15, true);
    struct buffer payload = pack(packer, bytes_of(data, sizeof(data)));
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(15, false);
    struct buffer out = {0};
    for (size_t len = 0; len < payload.len; len++) {
        buffer_clear(&out);
        assert_int_equal(read_whole(unpacker, bytes_of(payload.data, len), &out), WS_BAD);
        assert_true(out.len <= sizeof(data));
        assert_true(bytes_equal(buffer_bytes(&out), bytes_of(data, out.len)));
    }
    buffer_clear(&out);
    assert_int_equal(read_whole(unpacker, buffer_bytes(&payload), &out), WS_MORE);
    assert_true(bytes_equal(buffer_bytes(&out), bytes_of(data, sizeof(data))));
    ws_deflate_free_packer(packer);
    ws_deflate_free_unpacker(unpacker);
    buffer_free(&payload);
    buffer_free(&out);
}

/* Whatever the octets are, the cuts change neither what comes out nor the last word, of this
 * message and of the next. */
static void does_not_care_for_cuts(void **state)
{
    (void)state;
    static uint8_t data[600];
    fill_text(data, sizeof(data), 5);
    struct ws_deflate_packer *packer = ws_deflate_new_packer(15, true);
    struct buffer payload = pack(packer, bytes_of(data, sizeof(data)));
    struct buffer next = pack(packer, bytes_of(data, sizeof(data)));
    struct random random = random_start(6, bytes_text("deflate"));
    for (int round = 0; round < 1500; round++) {
        size_t at = below(&random, payload.len);
        uint8_t kept = payload.data[at];
        payload.data[at] ^= (uint8_t)(1U << below(&random, 8));
        size_t cut = below(&random, payload.len);
        size_t step = 1 + below(&random, 40);
        struct ws_deflate_unpacker *whole = ws_deflate_new_unpacker(15, true);
        struct ws_deflate_unpacker *parts = ws_deflate_new_unpacker(15, true);
        struct buffer a = {0};
        struct buffer b = {0};
        assert_int_equal(read_whole(whole, buffer_bytes(&payload), &a),
                         read_cut(parts, buffer_bytes(&payload), cut, step, &b));
        assert_int_equal(read_whole(whole, buffer_bytes(&next), &a),
                         read_cut(parts, buffer_bytes(&next), cut, step, &b));
        assert_true(bytes_equal(buffer_bytes(&a), buffer_bytes(&b)));
        payload.data[at] = kept;
        buffer_free(&a);
        buffer_free(&b);
        ws_deflate_free_unpacker(whole);
        ws_deflate_free_unpacker(parts);
    }
    ws_deflate_free_packer(packer);
    buffer_free(&payload);
    buffer_free(&next);
}

/* A bomb comes piece by piece, always in the same memory. */
static void gives_bounded_pieces(void **state)
{
    (void)state;
    enum { SIZE = 16 << 20, PIECE = 1 << 14 };
    uint8_t *zeros = calloc(SIZE, 1);
    struct ws_deflate_packer *packer = ws_deflate_new_packer(15, true);
    struct buffer payload = pack(packer, bytes_of(zeros, SIZE));
    assert_true(payload.len < SIZE / 100);
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(15, true);
    ws_deflate_begin(unpacker);
    struct bytes piece;
    const uint8_t *place = NULL;
    size_t at = 0;
    size_t total = 0;
    /* Not asked for more when the input is at its end: the rest comes behind it. */
    while (at < payload.len) {
        size_t used;
        assert_int_equal(ws_deflate_unpack(unpacker, bytes_of(payload.data + at, payload.len - at),
                                           &used, &piece),
                         WS_ITEM);
        assert_in_range(piece.len, 1, PIECE);
        assert_true(place == NULL || place == piece.data);
        place = piece.data;
        at += used;
        total += piece.len;
    }
    enum ws_status status;
    while ((status = ws_deflate_end(unpacker, &piece)) == WS_ITEM) {
        assert_in_range(piece.len, 1, PIECE);
        total += piece.len;
    }
    assert_int_equal(status, WS_MORE);
    assert_int_equal(total, SIZE);
    ws_deflate_free_packer(packer);
    ws_deflate_free_unpacker(unpacker);
    buffer_free(&payload);
    free(zeros);
}

static void packs_what_unpacks(void **state)
{
    (void)state;
    static uint8_t data[100000];
    static const size_t sizes[] = {0, 1, 5, 0, 125, 126, 0, 0, 4096, 32768, 65535, 70000, 100000};
    for (unsigned bits = WS_DEFLATE_WINDOW_MIN; bits <= WS_DEFLATE_WINDOW_MAX; bits++)
        for (int kind = 0; kind < 4; kind++) {
            bool takeover = kind & 1;
            if (kind & 2)
                fill(data, sizeof(data), bits);
            else
                fill_text(data, sizeof(data), bits);
            struct ws_deflate_packer *packer = ws_deflate_new_packer(bits, takeover);
            struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(15, takeover);
            for (size_t i = 0; i < COUNT_OF(sizes); i++) {
                struct bytes message = bytes_of(data, sizes[i]);
                struct buffer payload = pack(packer, message);
                struct buffer out = {0};
                assert_int_equal(read_whole(unpacker, buffer_bytes(&payload), &out), WS_MORE);
                assert_true(bytes_equal(buffer_bytes(&out), message));
                buffer_free(&payload);
                buffer_free(&out);
            }
            ws_deflate_free_packer(packer);
            ws_deflate_free_unpacker(unpacker);
        }
}

static void packs_empty_messages(void **state)
{
    (void)state;
    for (int takeover = 0; takeover < 2; takeover++) {
        struct ws_deflate_packer *packer = ws_deflate_new_packer(15, takeover);
        for (int i = 0; i < 3; i++) {
            struct buffer payload = pack(packer, (struct bytes){NULL, 0});
            assert_int_equal(payload.len, 1);
            assert_int_equal(payload.data[0], 0); /* 7.2.3.6 */
            buffer_free(&payload);
        }
        ws_deflate_free_packer(packer);
    }
    ws_deflate_free_packer(NULL);
    ws_deflate_free_unpacker(NULL);
}

/* RFC 7692, 7.2.1: the second time the same message is a reference, or the same octets. */
static void takes_the_window_over_or_not(void **state)
{
    (void)state;
    static uint8_t data[1000];
    fill(data, sizeof(data), 7);
    for (int takeover = 0; takeover < 2; takeover++) {
        struct ws_deflate_packer *packer = ws_deflate_new_packer(15, takeover);
        struct buffer first = pack(packer, bytes_of(data, sizeof(data)));
        struct buffer empty = pack(packer, (struct bytes){NULL, 0});
        struct buffer second = pack(packer, bytes_of(data, sizeof(data)));
        if (takeover)
            assert_true(second.len < 100);
        else
            assert_true(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
        ws_deflate_free_packer(packer);
        buffer_free(&first);
        buffer_free(&empty);
        buffer_free(&second);
    }
}

/* True if a receiver whose window has 2^bits octets can read the payload. It reads octet by octet,
 * so that zlib has nothing but the window to look back into. */
static bool fits_window(struct bytes payload, unsigned bits)
{
    z_stream stream = {0};
    assert_int_equal(inflateInit2(&stream, -(int)bits), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)payload.data;
    stream.avail_in = (uInt)payload.len;
    int result = Z_OK;
    while (result == Z_OK) {
        Bytef octet;
        stream.next_out = &octet;
        stream.avail_out = 1;
        result = inflate(&stream, Z_NO_FLUSH);
    }
    inflateEnd(&stream);
    return result == Z_BUF_ERROR;
}

/* RFC 7692, 7.2.1: "MUST NOT use an LZ77 sliding window longer than the w-th power of 2 bytes". */
static void keeps_to_the_window(void **state)
{
    (void)state;
    static uint8_t data[70000];
    fill(data, 200, 8);
    for (unsigned bits = WS_DEFLATE_WINDOW_MIN; bits <= WS_DEFLATE_WINDOW_MAX; bits++) {
        /* Repeats at half the window, just in it and just outside of it, and from far. */
        size_t near = (size_t)1 << (bits - 1);
        fill(data, sizeof(data), 8);
        for (size_t i = near; i < sizeof(data); i++) {
            size_t back = i % 4096 < 1024 ? near : i % 4096 < 2048 ? 2 * near + 1 : 4 * near;
            if (i % 64 < 40 && back <= i)
                data[i] = data[i - back];
        }
        struct ws_deflate_packer *packer = ws_deflate_new_packer(bits, true);
        struct buffer payload = pack(packer, bytes_of(data, sizeof(data)));
        assert_true(fits_window(buffer_bytes(&payload), bits));
        ws_deflate_free_packer(packer);
        buffer_free(&payload);
        if (bits == WS_DEFLATE_WINDOW_MAX)
            continue;
        /* One with a larger window does use it, and this test sees it. */
        packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
        payload = pack(packer, bytes_of(data, sizeof(data)));
        assert_false(fits_window(buffer_bytes(&payload), bits));
        ws_deflate_free_packer(packer);
        buffer_free(&payload);
    }
}

/* Inflates a message in pieces of `cut` octets. False if it is bad. */
static bool unpack_all(unsigned bits, struct bytes payload, size_t cut, struct buffer *out)
{
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(bits, true);
    struct bytes piece;
    enum ws_status status = WS_MORE;
    ws_deflate_begin(unpacker);
    for (size_t at = 0; at < payload.len && status != WS_BAD;) {
        size_t used = 0;
        size_t len = payload.len - at < cut ? payload.len - at : cut;
        status = ws_deflate_unpack(unpacker, bytes_of(payload.data + at, len), &used, &piece);
        if (status == WS_ITEM)
            buffer_append(out, piece);
        at += used;
    }
    while (status != WS_BAD && (status = ws_deflate_end(unpacker, &piece)) == WS_ITEM)
        buffer_append(out, piece);
    ws_deflate_free_unpacker(unpacker);
    return status == WS_MORE;
}

static void finds_distances_beyond_the_window(void **state)
{
    (void)state;
    static const size_t cuts[] = {1, 7, 1000, SIZE_MAX};
    static uint8_t data[70000];
    for (unsigned bits = WS_DEFLATE_WINDOW_MIN; bits < WS_DEFLATE_WINDOW_MAX; bits++) {
        /* Repeats from just beyond the window, which one with all 15 bits refers to. */
        fill(data, sizeof(data), 9);
        for (size_t i = ((size_t)1 << bits) + 1; i < sizeof(data); i++)
            if (i % 4096 < 2048)
                data[i] = data[i - ((size_t)1 << bits) - 1];
        struct ws_deflate_packer *fitting = ws_deflate_new_packer(bits, true);
        struct ws_deflate_packer *large = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
        struct buffer good = pack(fitting, bytes_of(data, sizeof(data)));
        struct buffer bad = pack(large, bytes_of(data, sizeof(data)));
        for (size_t i = 0; i < COUNT_OF(cuts); i++) {
            struct buffer got = {0};
            assert_true(unpack_all(bits, buffer_bytes(&good), cuts[i], &got));
            assert_int_equal(got.len, sizeof(data));
            assert_memory_equal(got.data, data, sizeof(data));
            assert_false(unpack_all(bits, buffer_bytes(&bad), cuts[i], &got));
            assert_true(unpack_all(WS_DEFLATE_WINDOW_MAX, buffer_bytes(&bad), cuts[i], &got));
            buffer_free(&got);
        }
        ws_deflate_free_packer(fitting);
        ws_deflate_free_packer(large);
        buffer_free(&good);
        buffer_free(&bad);
    }
}

/* zlib's smallest window is twice that of 8 bits: no distance at all is sure to fit. */
static void packs_without_distances_for_8_bits(void **state)
{
    (void)state;
    static uint8_t data[8000];
    memset(data, 'a', sizeof(data));
    struct ws_deflate_packer *packer = ws_deflate_new_packer(8, true);
    struct buffer payload = pack(packer, bytes_of(data, sizeof(data)));
    assert_true(payload.len >= sizeof(data) / 8);
    ws_deflate_free_packer(packer);
    buffer_free(&payload);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_examples),
        cmocka_unit_test(reads_on_behind_final_blocks),
        cmocka_unit_test(refuses_what_is_no_stream),
        cmocka_unit_test(refuses_wrong_ends),
        cmocka_unit_test(does_not_take_codes_for_the_end),
        cmocka_unit_test(is_sane_after_a_bad_message),
        cmocka_unit_test(finds_distances_beyond_the_window),
        cmocka_unit_test(keeps_the_whole_window),
        cmocka_unit_test(keeps_the_window_behind_final_blocks),
        cmocka_unit_test(reads_dynamic_blocks_at_every_cut),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(does_not_care_for_cuts),
        cmocka_unit_test(gives_bounded_pieces),
        cmocka_unit_test(packs_what_unpacks),
        cmocka_unit_test(packs_empty_messages),
        cmocka_unit_test(takes_the_window_over_or_not),
        cmocka_unit_test(keeps_to_the_window),
        cmocka_unit_test(packs_without_distances_for_8_bits),
    };
    return cmocka_run_group_tests_name("ws/deflate", tests, NULL, NULL);
}
