/* SPDX-License-Identifier: MIT */
#include "ws/deflate.h"

#define ZLIB_CONST
#include <assert.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"

/* RFC 7692, 7.2.1: "An endpoint MUST NOT use an LZ77 sliding window longer than 32,768 bytes". */
enum { WINDOW_SIZE = 1 << WS_DEFLATE_WINDOW_MAX };

enum { PIECE_MAX = 16384 };

/* zlib counts in unsigned int. */
enum { INPUT_MAX = 1 << 30 };

/* RFC 7692, 7.2.1 step 3 and 7.2.2 step 1: what the sender cuts off, and the receiver puts back. */
static const uint8_t tail[] = {0x00, 0x00, 0xff, 0xff};

static voidpf allocate(voidpf opaque, uInt items, uInt size)
{
    (void)opaque;
    return memory_alloc((size_t)items * size);
}

static void release(voidpf opaque, voidpf block)
{
    (void)opaque;
    free(block);
}

static uInt at_most(size_t len, uInt max)
{
    return len < max ? (uInt)len : max;
}

struct ws_deflate_packer {
    z_stream stream;
    bool takeover;
};

struct ws_deflate_packer *ws_deflate_new_packer(unsigned window_bits, bool takeover)
{
    struct ws_deflate_packer *packer = memory_zeroed(1, sizeof(*packer));
    packer->stream.zalloc = allocate;
    packer->stream.zfree = release;
    packer->takeover = takeover;
    /* zlib has no raw stream with 8 bits. One without any distance fits into every window. */
    bool small = window_bits == WS_DEFLATE_WINDOW_MIN;
    int bits = small ? WS_DEFLATE_WINDOW_MIN + 1 : (int)window_bits;
    /* How small it gets is nobody's concern here, how soon it is done is. 8 is zlib's own choice of
     * a memory level. */
    int result = deflateInit2(&packer->stream, Z_BEST_SPEED, Z_DEFLATED, -bits, 8,
                              small ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY);
    assert(result == Z_OK);
    (void)result;
    return packer;
}

void ws_deflate_free_packer(struct ws_deflate_packer *packer)
{
    if (packer == NULL)
        return;
    deflateEnd(&packer->stream);
    free(packer);
}

/* Compresses `in`, at most INPUT_MAX octets of it, and appends all that zlib has to give. */
static void pack_some(z_stream *stream, struct bytes in, int flush, struct buffer *out)
{
    stream->next_in = in.data;
    stream->avail_in = (uInt)in.len;
    do {
        /* Room enough for all at once: zlib writes a second empty block when the first has filled
         * the room to its last octet. 16 is more than a flush adds. */
        uInt room = (uInt)deflateBound(stream, stream->avail_in) + 16;
        stream->next_out = buffer_extend(out, room);
        stream->avail_out = room;
        deflate(stream, flush);
        out->len -= stream->avail_out;
    } while (stream->avail_out == 0);
}

void ws_deflate_pack(struct ws_deflate_packer *packer, struct bytes message, struct buffer *out)
{
    /* zlib flushes nothing twice. RFC 7692, 7.2.3.6: the empty block by hand. */
    if (message.len == 0) {
        buffer_append(out, bytes_of("\0", 1));
        return;
    }
    /* RFC 7692, 7.2.1: "MUST start compressing each new message with an empty LZ77 sliding
     * window." */
    if (!packer->takeover)
        deflateReset(&packer->stream);
    while (message.len > INPUT_MAX) {
        pack_some(&packer->stream, bytes_of(message.data, INPUT_MAX), Z_NO_FLUSH, out);
        message = bytes_of(message.data + INPUT_MAX, message.len - INPUT_MAX);
    }
    pack_some(&packer->stream, message, Z_SYNC_FLUSH, out);
    out->len -= sizeof(tail);
}

struct ws_deflate_unpacker {
    z_stream stream;
    bool takeover;
    bool narrow;  /* a distance beyond zlib's window is a fault */
    bool broken;  /* zlib will read no further */
    bool whole;   /* the last message ended as it should, or there was none */
    bool between; /* the last block is at its end, and no other has begun */
    uint8_t window[WINDOW_SIZE];
    uint8_t piece[PIECE_MAX];
};

struct ws_deflate_unpacker *ws_deflate_new_unpacker(unsigned window_bits, bool takeover)
{
    struct ws_deflate_unpacker *unpacker = memory_zeroed(1, sizeof(*unpacker));
    unpacker->stream.zalloc = allocate;
    unpacker->stream.zfree = release;
    unpacker->takeover = takeover;
    unpacker->whole = true;
    unpacker->narrow = window_bits < WS_DEFLATE_WINDOW_MAX;
    int result = inflateInit2(&unpacker->stream, -(int)window_bits);
    assert(result == Z_OK);
    (void)result;
    return unpacker;
}

void ws_deflate_free_unpacker(struct ws_deflate_unpacker *unpacker)
{
    if (unpacker == NULL)
        return;
    inflateEnd(&unpacker->stream);
    free(unpacker);
}

/* Begins a new DEFLATE stream with the window of the old one. */
static void carry_window(struct ws_deflate_unpacker *unpacker)
{
    uInt len = 0;
    inflateGetDictionary(&unpacker->stream, unpacker->window, &len);
    inflateReset(&unpacker->stream);
    inflateSetDictionary(&unpacker->stream, unpacker->window, len);
}

void ws_deflate_begin(struct ws_deflate_unpacker *unpacker)
{
    /* Of a stream that broke, zlib's window holds more or less by how the input was split: forget
     * it. That of a message that only lacks its right end is the sender's too. */
    if (!unpacker->takeover || unpacker->broken)
        inflateReset(&unpacker->stream);
    else if (!unpacker->whole)
        carry_window(unpacker);
    unpacker->broken = false;
    unpacker->whole = false;
}

/* What stream.data_type says after inflate (zlib.h). */
enum { UNUSED_BITS = 63, BETWEEN_BLOCKS = 128, BEHIND_BLOCK_HEADER = 256 };

/* inflate, as long as it makes octets. Beyond its window zlib finds what it gave in the same call,
 * so that with a small one it is asked for one octet at a time. */
static int inflate_some(struct ws_deflate_unpacker *unpacker, int flush)
{
    z_stream *stream = &unpacker->stream;
    uInt room = PIECE_MAX;
    int result = Z_OK;
    stream->next_out = unpacker->piece;
    while (room > 0 && result == Z_OK) {
        uInt asked = unpacker->narrow ? 1 : room;
        stream->avail_out = asked;
        result = inflate(stream, flush);
        room -= asked - stream->avail_out;
        if (stream->avail_out > 0)
            break;
    }
    stream->avail_out = room;
    return result;
}

/* One step of zlib's, with the words of ws_deflate_unpack, but WS_MORE may leave input. */
static enum ws_status step(struct ws_deflate_unpacker *unpacker, struct bytes in, int flush,
                           size_t *used, struct bytes *piece)
{
    z_stream *stream = &unpacker->stream;
    uInt len = at_most(in.len, INPUT_MAX);
    stream->next_in = in.data;
    stream->avail_in = len;
    int result = inflate_some(unpacker, flush);
    *used = len - stream->avail_in;
    *piece = bytes_of(unpacker->piece, PIECE_MAX - stream->avail_out);

    /* Z_BUF_ERROR: there was nothing to do. */
    unpacker->broken = result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR;
    unpacker->between = result == Z_STREAM_END || (stream->data_type & BETWEEN_BLOCKS) != 0;
    /* RFC 7692, 7.2.1: "The next DEFLATE block follows the padded data if any." To zlib a block
     * with BFINAL is the last one. */
    if (result == Z_STREAM_END)
        carry_window(unpacker);
    if (piece->len > 0)
        return WS_ITEM;
    return unpacker->broken ? WS_BAD : WS_MORE;
}

enum ws_status ws_deflate_unpack(struct ws_deflate_unpacker *unpacker, struct bytes in,
                                 size_t *used, struct bytes *piece)
{
    size_t taken;
    enum ws_status status = step(unpacker, in, Z_NO_FLUSH, used, piece);
    while (status == WS_MORE && *used < in.len) {
        struct bytes rest = bytes_of(in.data + *used, in.len - *used);
        status = step(unpacker, rest, Z_NO_FLUSH, &taken, piece);
        *used += taken;
    }
    return status;
}

/* Puts the tail back. True if it is what the sender cut off, the length of an empty block without
 * compression: zlib, told to stop behind the header of a block, stops there with nothing left over,
 * and needs no more to be done with the block. Contents of a block or codes do not look so. */
static bool close_block(struct ws_deflate_unpacker *unpacker)
{
    struct bytes piece;
    size_t used;
    step(unpacker, bytes_of(tail, sizeof(tail)), Z_TREES, &used, &piece);
    int place = unpacker->stream.data_type & (BEHIND_BLOCK_HEADER | UNUSED_BITS);
    if (place != BEHIND_BLOCK_HEADER)
        return false;
    step(unpacker, bytes_of(NULL, 0), Z_NO_FLUSH, &used, &piece);
    return unpacker->between;
}

/* RFC 7692, 7.2.1 step 2 has every message end with an empty block without compression, behind a
 * block with BFINAL too (7.2.3.4), and step 3 leaves at least an octet of it. Without one, the tail
 * that 7.2.2 puts back is a header and three of the four octets of a length: no whole block. */
enum ws_status ws_deflate_end(struct ws_deflate_unpacker *unpacker, struct bytes *piece)
{
    size_t used;
    enum ws_status status = step(unpacker, bytes_of(NULL, 0), Z_NO_FLUSH, &used, piece);
    if (status != WS_MORE)
        return status;
    unpacker->whole = close_block(unpacker);
    return unpacker->whole ? WS_MORE : WS_BAD;
}
