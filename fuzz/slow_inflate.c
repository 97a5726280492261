/* SPDX-License-Identifier: MIT */
#include "fuzz/slow_inflate.h"

/* RFC 1951, 3.2.7 */
enum { LITERALS_MAX = 286, DISTANCES_MAX = 30, LENGTH_CODES = 19, CODE_BITS_MAX = 15 };

enum { END_OF_BLOCK = 256 }; /* 3.2.5 */

/* What a step came to: `DRY` is the end of the payload in the middle of something. */
enum outcome { GOOD, DRY, WRONG, FULL };

struct state {
    struct bytes in;
    size_t at; /* in bits */
    struct buffer *text;
    size_t last;   /* the length at which `text` is full */
    size_t window; /* the largest distance */
};

/* RFC 1951, 3.1.1: "Data elements are packed into bytes in order of increasing bit number within
 * the byte", "starting with the least-significant bit of the data element". */
static enum outcome read_bits(struct state *s, unsigned count, unsigned *value)
{
    *value = 0;
    if (count > s->in.len * 8 - s->at)
        return DRY;
    for (unsigned i = 0; i < count; i++, s->at++)
        *value += (s->in.data[s->at / 8] / (1U << s->at % 8) % 2) * (1U << i);
    return GOOD;
}

/* --- codes ----------------------------------------------------------------------------------- */

struct code {
    uint8_t lengths[LITERALS_MAX + 2]; /* in bits; 0: the symbol has none */
    unsigned count;
    uint16_t symbols[LITERALS_MAX + 2]; /* those that have codes, in the order of these */
    unsigned symbol_count;
};

/* 3.2.2: "All codes of a given bit length have lexicographically consecutive values, in the same
 * order as the symbols they represent", and "Shorter codes lexicographically precede longer
 * codes". */
static void order_symbols(struct code *code)
{
    code->symbol_count = 0;
    for (unsigned length = 1; length <= CODE_BITS_MAX; length++)
        for (unsigned i = 0; i < code->count; i++)
            if (code->lengths[i] == length)
                code->symbols[code->symbol_count++] = (uint16_t)i;
}

/* One bit more each time, until it is one of the codes of that length. */
static enum outcome read_symbol(struct state *s, const struct code *code, unsigned *symbol)
{
    unsigned read = 0;
    unsigned first = 0; /* the smallest code of that length */
    unsigned at = 0;    /* whose it is */
    unsigned length = 0;
    do {
        unsigned bit;
        if (read_bits(s, 1, &bit) != GOOD)
            return DRY;
        length++;
        read = read * 2 + bit;
        first *= 2;
        for (; at < code->symbol_count && code->lengths[code->symbols[at]] == length; at++)
            if (first++ == read) {
                *symbol = code->symbols[at];
                return GOOD;
            }
    } while (at < code->symbol_count);
    return WRONG;
}

/* The share of all codes of 15 bits that these take, of 2^15. */
static unsigned taken_by(const struct code *code)
{
    unsigned taken = 0;
    for (unsigned i = 0; i < code->count; i++)
        if (code->lengths[i] > 0)
            taken += 1U << (CODE_BITS_MAX - code->lengths[i]);
    return taken;
}

/* Neither two meanings for one code, nor codes without any. 3.2.7: "If only one distance code is
 * used, it is encoded using one bit, not zero bits; in this case there is a single code length of
 * one, with one unused code"; the same is taken of a block that holds nothing but its end. */
static bool is_complete(const struct code *code, bool may_be_single)
{
    bool one = code->symbol_count == 1 && code->lengths[code->symbols[0]] == 1;
    if (may_be_single && (one || code->symbol_count == 0))
        return true;
    return taken_by(code) == 1U << CODE_BITS_MAX;
}

/* 3.2.6 */
static void set_fixed(struct code *literals, struct code *distances)
{
    literals->count = 288;
    for (unsigned i = 0; i < literals->count; i++)
        literals->lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    distances->count = 32;
    for (unsigned i = 0; i < distances->count; i++)
        distances->lengths[i] = 5;
    order_symbols(literals);
    order_symbols(distances);
}

/* 3.2.7: the code for the lengths of the codes. */
static enum outcome read_code_of_lengths(struct state *s, unsigned count, struct code *code)
{
    static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
    *code = (struct code){.count = LENGTH_CODES};
    for (unsigned i = 0; i < count; i++) {
        unsigned length;
        if (read_bits(s, 3, &length) != GOOD)
            return DRY;
        code->lengths[order[i]] = (uint8_t)length;
    }
    order_symbols(code);
    /* Without any code there will be no end of the block either. That zlib notices it only then is
     * of no concern, but must not be a difference: a bit for each length that is not there. */
    return code->symbol_count == 0 || is_complete(code, false) ? GOOD : WRONG;
}

/* 3.2.7: a length, or what stands for several: 16 repeats the one before 3 to 6 times, 17 and 18
 * are 3 to 10 and 11 to 138 times 0. */
static enum outcome read_lengths(struct state *s, const struct code *code, uint8_t *lengths,
                                 unsigned count)
{
    static const uint8_t extra[] = {2, 3, 7};
    static const uint8_t least[] = {3, 3, 11};
    for (unsigned i = 0; i < count;) {
        unsigned symbol;
        unsigned more = 0;
        enum outcome outcome = read_symbol(s, code, &symbol);
        if (outcome == WRONG && code->symbol_count == 0)
            symbol = 0;
        else if (outcome != GOOD)
            return outcome;
        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        if (read_bits(s, extra[symbol - 16], &more) != GOOD)
            return DRY;
        unsigned times = least[symbol - 16] + more;
        if ((symbol == 16 && i == 0) || times > count - i)
            return WRONG;
        uint8_t length = symbol == 16 ? lengths[i - 1] : 0;
        for (; times > 0; times--)
            lengths[i++] = length;
    }
    return GOOD;
}

static enum outcome read_codes(struct state *s, struct code *literals, struct code *distances)
{
    unsigned sizes[3];
    uint8_t lengths[LITERALS_MAX + DISTANCES_MAX] = {0};
    struct code code;
    if (read_bits(s, 5, &sizes[0]) != GOOD || read_bits(s, 5, &sizes[1]) != GOOD ||
        read_bits(s, 4, &sizes[2]) != GOOD)
        return DRY;
    *literals = (struct code){.count = sizes[0] + 257};
    *distances = (struct code){.count = sizes[1] + 1};
    /* 3.2.7 gives 257 to 286 and 1 to 32. No distance has the codes 30 and 31 (3.2.6), and zlib, by
     * which people mean DEFLATE, refuses to hear of them. */
    if (literals->count > LITERALS_MAX || distances->count > DISTANCES_MAX)
        return WRONG;
    enum outcome outcome = read_code_of_lengths(s, sizes[2] + 4, &code);
    if (outcome == GOOD)
        outcome = read_lengths(s, &code, lengths, literals->count + distances->count);
    if (outcome != GOOD)
        return outcome;
    for (unsigned i = 0; i < literals->count; i++)
        literals->lengths[i] = lengths[i];
    for (unsigned i = 0; i < distances->count; i++)
        distances->lengths[i] = lengths[literals->count + i];
    order_symbols(literals);
    order_symbols(distances);
    bool good = is_complete(literals, true) && is_complete(distances, true) &&
                literals->lengths[END_OF_BLOCK] > 0;
    return good ? GOOD : WRONG;
}

/* --- blocks ---------------------------------------------------------------------------------- */

static enum outcome give(struct state *s, uint8_t octet)
{
    if (s->text->len == s->last)
        return FULL;
    *buffer_extend(s->text, 1) = octet;
    return GOOD;
}

/* 3.2.5: how many bits stand behind the code: none for the first ones, then one more for each
 * `group` codes; and the smallest number that it means. */
static unsigned extra_bits(unsigned code, unsigned group)
{
    return code < 2 * group ? 0 : code / group - 1;
}

static unsigned base_of(unsigned code, unsigned group)
{
    unsigned base = 0;
    for (unsigned i = 0; i < code; i++)
        base += 1U << extra_bits(i, group);
    return base;
}

/* A number of at least `least`, whose code was read. */
static enum outcome read_number(struct state *s, unsigned code, unsigned group, unsigned least,
                                size_t *number)
{
    unsigned more;
    if (read_bits(s, extra_bits(code, group), &more) != GOOD)
        return DRY;
    *number = least + base_of(code, group) + more;
    return GOOD;
}

/* Copies what a length and a distance say. */
static enum outcome copy(struct state *s, unsigned symbol, const struct code *distances)
{
    size_t length = 258; /* 3.2.5: of 285 */
    size_t distance;
    unsigned code;
    if (symbol > 285)
        return WRONG;
    if (symbol < 285 && read_number(s, symbol - 257, 4, 3, &length) != GOOD)
        return DRY;
    enum outcome outcome = read_symbol(s, distances, &code);
    if (outcome != GOOD)
        return outcome;
    if (code > 29)
        return WRONG;
    if (read_number(s, code, 2, 1, &distance) != GOOD)
        return DRY;
    /* RFC 1951, 2: "a backwards distance"; RFC 7692, 7.1.2: within the window that was agreed on.
     */
    if (distance > s->window || distance > s->text->len)
        return WRONG;
    for (; length > 0 && outcome == GOOD; length--)
        outcome = give(s, s->text->data[s->text->len - distance]);
    return outcome;
}

static enum outcome read_compressed(struct state *s, const struct code *literals,
                                    const struct code *distances)
{
    unsigned symbol = 0;
    while (symbol != END_OF_BLOCK) {
        enum outcome outcome = read_symbol(s, literals, &symbol);
        if (outcome == GOOD && symbol < END_OF_BLOCK)
            outcome = give(s, (uint8_t)symbol);
        else if (outcome == GOOD && symbol > END_OF_BLOCK)
            outcome = copy(s, symbol, distances);
        if (outcome != GOOD)
            return outcome;
    }
    return GOOD;
}

/* 3.2.4: "Any bits of input up to the next byte boundary are ignored." */
static void skip_to_octet(struct state *s)
{
    s->at = (s->at + 7) / 8 * 8;
}

/* `*end`: the payload ends where the length of the block would begin. RFC 7692, 7.2.1 step 3 cuts
 * off four octets, which are the length of a block without compression and nothing else. */
static enum outcome read_stored(struct state *s, bool *end)
{
    unsigned length;
    unsigned check;
    unsigned octet;
    skip_to_octet(s);
    *end = s->at == s->in.len * 8;
    if (read_bits(s, 16, &length) != GOOD || read_bits(s, 16, &check) != GOOD)
        return DRY;
    if (length + check != 65535) /* 3.2.4: "the one's complement of LEN" */
        return WRONG;
    for (; length > 0; length--) {
        if (read_bits(s, 8, &octet) != GOOD)
            return DRY;
        if (give(s, (uint8_t)octet) != GOOD)
            return FULL;
    }
    return GOOD;
}

static enum outcome read_block(struct state *s, bool *end)
{
    struct code literals;
    struct code distances;
    unsigned final;
    unsigned type;
    if (read_bits(s, 1, &final) != GOOD || read_bits(s, 2, &type) != GOOD)
        return DRY;
    enum outcome outcome = type == 3 ? WRONG : GOOD; /* 3.2.3: "reserved (error)" */
    if (type == 0)
        outcome = read_stored(s, end);
    else if (type == 1)
        set_fixed(&literals, &distances);
    else if (type == 2)
        outcome = read_codes(s, &literals, &distances);
    if (outcome == GOOD && type != 0)
        outcome = read_compressed(s, &literals, &distances);
    /* RFC 7692, 7.2.1: blocks with BFINAL are padded, and others may follow. */
    if (final == 1)
        skip_to_octet(s);
    return outcome;
}

enum slow_inflate slow_inflate(struct buffer *text, struct bytes payload, unsigned window_bits,
                               size_t max)
{
    struct state s = {
        .in = payload, .text = text, .last = text->len + max, .window = (size_t)1 << window_bits};
    bool end = false;
    enum outcome outcome = GOOD;
    while (outcome == GOOD)
        outcome = read_block(&s, &end);
    if (outcome == FULL)
        return SLOW_INFLATE_LONG;
    if (outcome == WRONG)
        return SLOW_INFLATE_BAD;
    return end ? SLOW_INFLATE_WHOLE : SLOW_INFLATE_CUT;
}
