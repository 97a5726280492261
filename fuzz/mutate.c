/* SPDX-License-Identifier: MIT */
#include "fuzz/mutate.h"

#include <stdbool.h>
#include <string.h>

#include "fuzz/mutate_head.h"

/* RFC 6455, 5.2, once more and on purpose: what harness/ws gets wrong must not be wrong here. */

enum {
    FRAMES_MAX = 64,
    PAYLOAD_MAX = 4096, /* octets of one payload that are edited; longer ones are cut */
    POOL = 1 << 18
};

struct piece {
    uint8_t first;
    bool masked;
    uint8_t form; /* octets of the extended length: 0, 2, 8 */
    uint8_t key[4];
    uint64_t lie;     /* added to the true length in the header */
    uint8_t *payload; /* unmasked, in the pool */
    size_t len;
};

static struct stream {
    size_t head; /* octets of HTTP in front */
    struct piece pieces[FRAMES_MAX];
    size_t count;
    uint8_t pool[POOL];
    size_t used;
    uint8_t tail[16]; /* an unfinished header at the end */
    size_t tail_len;
    uint64_t random;
} stream;

/* splitmix64 */
static uint64_t draw(void)
{
    uint64_t x = stream.random += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static size_t below(size_t n)
{
    return n == 0 ? 0 : (size_t)(draw() % n);
}

/* Room for a payload that may grow to PAYLOAD_MAX; NULL if the pool is empty. */
static uint8_t *room(void)
{
    if (stream.used + PAYLOAD_MAX > POOL)
        return NULL;
    uint8_t *at = stream.pool + stream.used;
    stream.used += PAYLOAD_MAX;
    return at;
}

/* --- reading and writing --------------------------------------------------------------------- */

/* The size of a head of HTTP; 0 if the octets begin with a frame. A frame whose first octet is an
 * upper-case letter has RSV1 set and FIN clear, so little is lost. */
static size_t head_size(const uint8_t *data, size_t size)
{
    if (size == 0 || data[0] < 'A' || data[0] > 'Z')
        return 0;
    for (size_t i = 3; i < size; i++)
        if (memcmp(data + i - 3, "\r\n\r\n", 4) == 0)
            return i + 1;
    return size;
}

static uint64_t number(const uint8_t *data, size_t size)
{
    uint64_t n = 0;
    for (size_t i = 0; i < size; i++)
        n = n << 8 | data[i];
    return n;
}

/* Reads one frame as far as it goes; returns the octets taken, 0 if not even its header is whole
 * or there is no room. */
static size_t read_piece(const uint8_t *data, size_t size)
{
    if (size < 2 || stream.count == FRAMES_MAX)
        return 0;
    struct piece *piece = &stream.pieces[stream.count];
    unsigned field = data[1] & 127;
    *piece = (struct piece){.first = data[0], .masked = data[1] >> 7};
    piece->form = field == 126 ? 2 : field == 127 ? 8 : 0;
    size_t header = 2 + (size_t)piece->form + (piece->masked ? 4 : 0);
    if (size < header)
        return 0;
    uint64_t length = piece->form == 0 ? field : number(data + 2, piece->form);
    if (piece->masked)
        memcpy(piece->key, data + header - 4, 4);
    size_t rest = size - header;
    piece->len = length < rest ? (size_t)length : rest;
    piece->payload = room();
    if (piece->payload == NULL)
        return 0;
    size_t taken = header + piece->len;
    piece->lie = length - piece->len;
    if (piece->len > PAYLOAD_MAX)
        piece->len = PAYLOAD_MAX;
    for (size_t i = 0; i < piece->len; i++)
        piece->payload[i] = data[header + i] ^ piece->key[i % 4];
    stream.count++;
    return taken;
}

static void read_frames(const uint8_t *data, size_t size)
{
    size_t at = 0;
    size_t taken;
    if (size == 0)
        return;
    while (at < size && (taken = read_piece(data + at, size - at)) > 0)
        at += taken;
    stream.tail_len = size - at < sizeof(stream.tail) ? size - at : sizeof(stream.tail);
    memcpy(stream.tail, data + at, stream.tail_len);
}

static void begin(unsigned seed)
{
    stream.count = 0;
    stream.used = 0;
    stream.tail_len = 0;
    stream.random = seed;
}

static size_t write_header(const struct piece *piece, uint8_t *out)
{
    uint64_t length = piece->len + piece->lie;
    size_t form = piece->form;
    /* A length that outgrew its form takes the next one. */
    if (form == 0 && length > 125)
        form = 2;
    if (form == 2 && length > UINT16_MAX)
        form = 8;
    out[0] = piece->first;
    out[1] = form == 0 ? (uint8_t)length : form == 2 ? 126 : 127;
    for (size_t i = 0; i < form; i++)
        out[2 + i] = (uint8_t)(length >> (8 * (form - 1 - i)));
    if (!piece->masked)
        return 2 + form;
    out[1] |= 128;
    memcpy(out + 2 + form, piece->key, 4);
    return 2 + form + 4;
}

/* Writes as many frames as have room; returns the size. */
static size_t write_frames(uint8_t *out, size_t max)
{
    size_t at = 0;
    for (size_t i = 0; i < stream.count; i++) {
        const struct piece *piece = &stream.pieces[i];
        uint8_t header[14];
        size_t size = write_header(piece, header);
        if (size + piece->len > max - at)
            return at;
        memcpy(out + at, header, size);
        at += size;
        for (size_t k = 0; k < piece->len; k++)
            out[at + k] = piece->payload[k] ^ (piece->masked ? piece->key[k % 4] : 0);
        at += piece->len;
    }
    size_t len = stream.tail_len < max - at ? stream.tail_len : max - at;
    memcpy(out + at, stream.tail, len);
    return at + len;
}

/* --- edits of the octets of one payload ------------------------------------------------------- */

static void splice(struct piece *piece, size_t at, size_t drop, const uint8_t *put, size_t len)
{
    if (piece->len - drop + len > PAYLOAD_MAX)
        return;
    memmove(piece->payload + at + len, piece->payload + at + drop, piece->len - at - drop);
    if (len > 0)
        memcpy(piece->payload + at, put, len);
    piece->len = piece->len - drop + len;
}

static void edit_octets(struct piece *piece, mutate_octets *octets)
{
    if (octets != NULL && piece->len > 0) {
        size_t max = piece->len + 16 < PAYLOAD_MAX ? piece->len + 16 : PAYLOAD_MAX;
        piece->len = octets(piece->payload, piece->len, max);
        return;
    }
    uint8_t octet = (uint8_t)draw();
    size_t drop = piece->len > 0 ? below(2) : 0;
    splice(piece, below(piece->len + 1 - drop), drop, &octet, below(3) > 0);
}

/* Characters at the borders of UTF-8's sequences, and what is just beyond (RFC 3629). */
static const struct {
    uint8_t len;
    uint8_t octets[4];
} texts[] = {
    {1, {0x00}},
    {1, {0x7f}},
    {2, {0xc2, 0x80}},
    {2, {0xdf, 0xbf}},
    {3, {0xe0, 0xa0, 0x80}},
    {3, {0xed, 0x9f, 0xbf}},
    {3, {0xee, 0x80, 0x80}},
    {3, {0xef, 0xbf, 0xbf}},
    {4, {0xf0, 0x90, 0x80, 0x80}},
    {4, {0xf4, 0x8f, 0xbf, 0xbf}},
    {1, {0x80}},
    {1, {0xbf}},
    {2, {0xc0, 0x80}},
    {2, {0xc1, 0xbf}},
    {3, {0xe0, 0x80, 0x80}},
    {3, {0xe0, 0x9f, 0xbf}},
    {3, {0xed, 0xa0, 0x80}},
    {3, {0xed, 0xbf, 0xbf}},
    {4, {0xf0, 0x80, 0x80, 0x80}},
    {4, {0xf0, 0x8f, 0xbf, 0xbf}},
    {4, {0xf4, 0x90, 0x80, 0x80}},
    {4, {0xf5, 0x80, 0x80, 0x80}},
    {4, {0xf8, 0x88, 0x80, 0x80}},
    {1, {0xfe}},
    {1, {0xff}},
};

static void edit_text(struct piece *piece)
{
    size_t which = below(sizeof(texts) / sizeof(texts[0]));
    size_t len = texts[which].len;
    /* Often cut, and often at the end of the payload, where a fragment can end inside it. */
    if (below(3) == 0)
        len = 1 + below(len);
    size_t at = below(2) == 0 ? piece->len : below(piece->len + 1);
    splice(piece, at, 0, texts[which].octets, len);
}

static void edit_size(struct piece *piece)
{
    static const size_t sizes[] = {0, 1, 2, 3, 7, 8, 9, 124, 125, 126, 127, 128, 300};
    size_t size = sizes[below(sizeof(sizes) / sizeof(sizes[0]))];
    for (size_t i = piece->len; i < size; i++)
        piece->payload[i] = piece->len > 0 ? piece->payload[i % piece->len] : 'x';
    piece->len = size;
}

static void edit_close(struct piece *piece)
{
    static const uint16_t codes[] = {0,    999,  1000, 1001, 1003, 1004, 1005, 1006,
                                     1007, 1010, 1011, 1012, 1014, 1015, 1016, 1100,
                                     2000, 2999, 3000, 4999, 5000, 65535};
    uint16_t code = codes[below(sizeof(codes) / sizeof(codes[0]))];
    piece->first = (uint8_t)((piece->first & 0xf0) | 8);
    if (piece->len < 2)
        piece->len = 2;
    piece->payload[0] = (uint8_t)(code >> 8);
    piece->payload[1] = (uint8_t)code;
    if (below(8) == 0)
        piece->len = below(3);
}

/* --- edits of one header ---------------------------------------------------------------------- */

static void edit_opcode(struct piece *piece)
{
    static const uint8_t legal[] = {0, 1, 2, 8, 9, 10};
    size_t opcode = below(4) == 0 ? below(16) : legal[below(sizeof(legal))];
    piece->first = (uint8_t)((piece->first & 0xf0) | opcode);
}

static void edit_mask(struct piece *piece)
{
    static const uint8_t keys[][4] = {{0, 0, 0, 0}, {255, 255, 255, 255}, {1, 2, 3, 4}};
    if (below(4) == 0)
        piece->masked = !piece->masked;
    uint64_t random = draw();
    if (below(2) == 0)
        memcpy(piece->key, &random, 4);
    else
        memcpy(piece->key, keys[below(3)], 4);
}

static void edit_length(struct piece *piece)
{
    static const uint64_t lies[] = {0, 1, UINT64_MAX, 2, 125, 126, 65535, 65536, 1ULL << 32};
    size_t which = below(sizeof(lies) / sizeof(lies[0]) + 2);
    if (which < sizeof(lies) / sizeof(lies[0]))
        piece->lie = lies[which]; /* UINT64_MAX: one octet less */
    else
        piece->lie = (which % 2 == 0 ? 1ULL << 63 : INT64_MAX) - piece->len;
}

static void edit_form(struct piece *piece)
{
    static const uint8_t forms[] = {0, 2, 8};
    piece->form = forms[below(3)];
}

static void edit_piece(struct piece *piece, mutate_octets *octets)
{
    switch (below(12)) {
    case 0:
        piece->first ^= 0x80;
        break;
    case 1:
        piece->first ^= (uint8_t)(0x10 << below(3));
        break;
    case 2:
        edit_opcode(piece);
        break;
    case 3:
        edit_mask(piece);
        break;
    case 4:
        edit_length(piece);
        break;
    case 5:
        edit_form(piece);
        break;
    case 6:
        edit_size(piece);
        break;
    case 7:
        edit_close(piece);
        break;
    case 8:
    case 9:
        edit_text(piece);
        break;
    default:
        edit_octets(piece, octets);
        break;
    }
}

/* --- edits of the order ----------------------------------------------------------------------- */

/* Makes place for a frame at `at`, with a payload of its own; NULL if there is none left. */
static struct piece *insert(size_t at)
{
    uint8_t *payload = stream.count < FRAMES_MAX ? room() : NULL;
    if (payload == NULL)
        return NULL;
    struct piece *piece = &stream.pieces[at];
    memmove(piece + 1, piece, (stream.count - at) * sizeof(*piece));
    stream.count++;
    /* Masked like the others, or nothing behind it would be read. */
    bool masked = stream.count > 1 && stream.pieces[at > 0 ? at - 1 : at + 1].masked;
    *piece = (struct piece){.masked = masked, .payload = payload};
    return piece;
}

static void insert_new(uint8_t first)
{
    static const char text[] = "\"hello\"";
    struct piece *piece = insert(below(stream.count + 1));
    if (piece == NULL)
        return;
    piece->first = first;
    piece->len = below(sizeof(text));
    memcpy(piece->payload, text, piece->len);
    if (piece->masked && below(2) == 0)
        memcpy(piece->key, "\x11\x22\x33\x44", 4);
    if ((first & 15) == 8)
        edit_close(piece);
}

/* One frame becomes two of the same message. */
static void split(size_t at)
{
    struct piece *rest = insert(at + 1);
    if (rest == NULL)
        return;
    struct piece *piece = &stream.pieces[at];
    size_t cut = below(piece->len + 1);
    rest->first = piece->first & 0xf0;
    rest->masked = piece->masked;
    memcpy(rest->key, piece->key, 4);
    rest->len = piece->len - cut;
    memcpy(rest->payload, piece->payload + cut, rest->len);
    rest->lie = piece->lie;
    piece->lie = 0;
    piece->len = cut;
    piece->first &= 0x7f;
}

static void drop(size_t at)
{
    struct piece *piece = &stream.pieces[at];
    memmove(piece, piece + 1, (stream.count - at - 1) * sizeof(*piece));
    stream.count--;
}

static void merge(size_t at)
{
    if (at + 1 >= stream.count)
        return;
    struct piece *piece = &stream.pieces[at];
    const struct piece *next = piece + 1;
    if (piece->len + next->len > PAYLOAD_MAX)
        return;
    memcpy(piece->payload + piece->len, next->payload, next->len);
    piece->len += next->len;
    piece->lie += next->lie;
    piece->first |= next->first & 0x80;
    drop(at + 1);
}

static void twice(size_t at)
{
    struct piece *copy = insert(at + 1);
    if (copy == NULL)
        return;
    uint8_t *payload = copy->payload;
    *copy = stream.pieces[at];
    copy->payload = payload;
    memcpy(payload, stream.pieces[at].payload, copy->len);
}

static void swap(size_t a, size_t b)
{
    struct piece piece = stream.pieces[a];
    stream.pieces[a] = stream.pieces[b];
    stream.pieces[b] = piece;
}

static void edit(mutate_octets *octets)
{
    static const uint8_t firsts[] = {0x89, 0x8a, 0x88, 0x81, 0x82, 0x01, 0x02, 0x00, 0x80};
    size_t at = below(stream.count);
    size_t what = stream.count == 0 ? 0 : below(16);
    if (what < 2)
        insert_new(firsts[below(what == 0 ? sizeof(firsts) : 3)]);
    else if (what < 4)
        split(at);
    else if (what == 4)
        merge(at);
    else if (what == 5)
        drop(at);
    else if (what == 6)
        twice(at);
    else if (what == 7)
        swap(at, below(stream.count));
    else
        edit_piece(&stream.pieces[at], octets);
}

/* Changes the head in front and leaves the frames as they are. */
static size_t edit_head(uint8_t *data, size_t head, size_t size, size_t max, mutate_octets *octets)
{
    static uint8_t frames[POOL];
    size_t len = size - head < POOL ? size - head : POOL;
    memcpy(frames, data + head, len);
    size_t grown = mutate_head(data, head, max, (unsigned)draw(), octets);
    if (len > max - grown)
        len = max - grown;
    memcpy(data + grown, frames, len);
    return grown + len;
}

/* --- what is exported ------------------------------------------------------------------------- */

size_t mutate_stream(uint8_t *data, size_t size, size_t max, unsigned seed, mutate_octets *octets)
{
    begin(seed);
    if (octets != NULL && below(4) == 0)
        return octets(data, size, max);
    size_t head = head_size(data, size);
    if (head > max)
        return max;
    if (head > 0 && below(2) == 0)
        return edit_head(data, head, size, max, octets);
    read_frames(data + head, size - head);
    for (size_t edits = 1 + below(4); edits > 0; edits--)
        edit(octets);
    size_t written = head + write_frames(data + head, max - head);
    /* Now and then the connection is cut. */
    if (written > 1 && below(16) == 0)
        written -= below(written < 16 ? written : 16);
    return written;
}

size_t mutate_cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                    size_t max, unsigned seed)
{
    begin(seed);
    size_t head = head_size(a, a_size);
    if (head > max)
        return 0;
    read_frames(a + head, a_size - head);
    size_t mine = stream.count;
    size_t skip = head_size(b, b_size);
    read_frames(b + skip, b_size - skip);
    size_t theirs = stream.count - mine;
    /* Some frames of b move to a place among those of a; the rest of b goes. */
    size_t from = mine + below(theirs);
    size_t count = theirs > 0 ? 1 + below(stream.count - from) : 0;
    size_t to = below(mine + 1);
    static struct piece moved[FRAMES_MAX];
    memcpy(moved, stream.pieces + from, count * sizeof(moved[0]));
    memmove(stream.pieces + to + count, stream.pieces + to, (mine - to) * sizeof(moved[0]));
    memcpy(stream.pieces + to, moved, count * sizeof(moved[0]));
    stream.count = mine + count;
    if (head > 0)
        memcpy(out, a, head);
    return head + write_frames(out + head, max - head);
}
