/* SPDX-License-Identifier: MIT */
#include "case/corpus.h"

#include <assert.h>

enum { LEAD_MAX = 64, BITMAP_WIDTH = 160, STREAM_MAX = 512 };

static uint64_t below(struct random *random, uint64_t limit)
{
    return random_next(random) % limit;
}

/* One of some thousand words, of which the first are the shortest and the most frequent. */
static void write_word(struct buffer *out, struct random *random)
{
    static const char *const syllables[] = {
        "a",   "the", "of",  "to",  "in",  "is",  "and", "con", "ser", "ver", "ing", "lan",
        "ter", "mes", "sag", "re",  "for", "nec", "oct", "et",  "win", "dow", "riv", "al",
        "qui", "mar", "ket", "pap", "ber", "sto", "ne",  "har", "let", "cop", "nor", "gar",
        "den", "sum", "mer", "un",  "der", "wh",  "ile", "be",  "eve", "bou", "fra", "ti"};
    enum { COUNT = sizeof(syllables) / sizeof(syllables[0]), WORDS = COUNT * 100 };
    uint64_t number = below(random, WORDS);
    number = number * below(random, WORDS) / WORDS;
    do {
        buffer_append_text(out, syllables[number % COUNT]);
        number /= COUNT;
    } while (number > 0);
}

static void write_sentence(struct buffer *out, struct random *random)
{
    for (uint64_t left = 4 + below(random, 12); left > 0; left--) {
        write_word(out, random);
        buffer_append_text(out, left > 1 ? " " : ". ");
    }
}

static void write_json(struct buffer *out, struct random *random)
{
    unsigned id = (unsigned)below(random, 1000000);
    buffer_printf(out, "{\"id\": %u, \"active\": %s, \"score\": %u.5, \"name\": \"", id,
                  id % 3 == 0 ? "true" : "false", id % 100);
    write_word(out, random);
    buffer_append_text(out, "\", \"text\": \"");
    write_sentence(out, random);
    buffer_append_text(out, "\"},\n");
}

static void write_html(struct buffer *out, struct random *random)
{
    unsigned id = (unsigned)below(random, 10000);
    buffer_printf(out, "<div class=\"row%u\"><a href=\"/page/%u\">", id % 7, id);
    write_word(out, random);
    buffer_append_text(out, "</a><p>");
    write_sentence(out, random);
    buffer_append_text(out, "</p></div>\n");
}

/* A row of a picture: colours that run on, with a little noise. */
static void write_pixels(struct buffer *out, struct random *random)
{
    uint8_t *row = buffer_extend(out, 3 * BITMAP_WIDTH);
    uint64_t start = random_next(random);
    for (size_t i = 0; i < BITMAP_WIDTH; i++) {
        row[3 * i] = (uint8_t)(start + i / 4);
        row[3 * i + 1] = (uint8_t)((start >> 8) + i / 2);
        row[3 * i + 2] = (uint8_t)(start >> (16 + i / 8));
    }
}

/* Mostly streams that are compressed already. */
static void write_object(struct buffer *out, struct random *random)
{
    unsigned number = (unsigned)below(random, 1000);
    size_t len = 1 + (size_t)below(random, STREAM_MAX);
    buffer_printf(out, "%u 0 obj\n<< /Length %zu /Filter /FlateDecode >>\nstream\n", number, len);
    random_fill(random, buffer_extend(out, len), len);
    buffer_append_text(out, "\nendstream\nendobj\n");
}

static const struct {
    const char *name;
    void (*write)(struct buffer *out, struct random *random);
} kinds[CASE_CORPUS_COUNT] = {[CASE_CORPUS_JSON] = {"json", write_json},
                              [CASE_CORPUS_HTML] = {"html", write_html},
                              [CASE_CORPUS_PROSE] = {"prose", write_sentence},
                              [CASE_CORPUS_BITMAP] = {"bitmap", write_pixels},
                              [CASE_CORPUS_PDF] = {"pdf", write_object}};

const char *case_corpus_name(enum case_corpus corpus)
{
    assert((size_t)corpus < CASE_CORPUS_COUNT);
    return kinds[corpus].name;
}

void case_corpus_write(struct buffer *out, enum case_corpus corpus, size_t count,
                       struct random *random)
{
    assert((size_t)corpus < CASE_CORPUS_COUNT);
    struct buffer text = {0};
    size_t lead = (size_t)below(random, LEAD_MAX);
    while (text.len < lead + count)
        kinds[corpus].write(&text, random);
    if (count > 0)
        buffer_append(out, bytes_of(text.data + lead, count));
    buffer_free(&text);
}
