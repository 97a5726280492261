/* SPDX-License-Identifier: MIT */
#include "case/corpus.h"

#include "support.h"
#include "ws/deflate.h"

enum { LONG = 20000 };

static struct buffer draw(enum case_corpus corpus, size_t count, struct random *random)
{
    struct buffer out = {0};
    case_corpus_write(&out, corpus, count, random);
    return out;
}

static struct random seeded(uint64_t seed)
{
    return random_start(seed, bytes_text("corpus"));
}

static void every_kind_has_its_name(void **state)
{
    (void)state;
    static const char *const names[] = {"json", "html", "prose", "bitmap", "pdf"};
    assert_int_equal(CASE_CORPUS_COUNT, COUNT_OF(names));
    for (int i = 0; i < CASE_CORPUS_COUNT; i++)
        assert_string_equal(case_corpus_name((enum case_corpus)i), names[i]);
}

/* Behind what stands in the buffer already. */
static void so_many_octets_are_written(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 63, 64, 65, 480, 481, 65536};
    for (int i = 0; i < CASE_CORPUS_COUNT; i++)
        for (size_t k = 0; k < COUNT_OF(counts); k++) {
            struct random random = seeded(k);
            struct buffer out = {0};
            buffer_append_text(&out, "<");
            case_corpus_write(&out, (enum case_corpus)i, counts[k], &random);
            assert_int_equal(out.len, 1 + counts[k]);
            assert_int_equal(out.data[0], '<');
            buffer_free(&out);
        }
}

/* A seed is enough to see it again; two messages of a case are not the same. */
static void the_octets_follow_the_seed(void **state)
{
    (void)state;
    for (int i = 0; i < CASE_CORPUS_COUNT; i++) {
        enum case_corpus corpus = (enum case_corpus)i;
        struct random random = seeded(1);
        struct random same = seeded(1);
        struct random other = seeded(2);
        struct buffer first = draw(corpus, 500, &random);
        struct buffer next = draw(corpus, 500, &random);
        struct buffer again = draw(corpus, 500, &same);
        struct buffer another = draw(corpus, 500, &other);
        assert_true(bytes_equal(buffer_bytes(&first), buffer_bytes(&again)));
        assert_false(bytes_equal(buffer_bytes(&first), buffer_bytes(&next)));
        assert_false(bytes_equal(buffer_bytes(&first), buffer_bytes(&another)));
        buffer_free(&first);
        buffer_free(&next);
        buffer_free(&again);
        buffer_free(&another);
    }
}

/* A message of few octets is not always the beginning of a file. */
static void they_are_out_of_the_middle(void **state)
{
    (void)state;
    struct random random = seeded(1);
    size_t beginnings = 0;
    for (int i = 0; i < 100; i++) {
        struct buffer out = draw(CASE_CORPUS_JSON, 6, &random);
        beginnings += bytes_equal(buffer_bytes(&out), bytes_text("{\"id\":"));
        buffer_free(&out);
    }
    assert_true(beginnings < 20);
}

/* They may go out as text messages, cut anywhere. */
static void texts_are_ascii(void **state)
{
    (void)state;
    static const enum case_corpus texts[] = {CASE_CORPUS_JSON, CASE_CORPUS_HTML, CASE_CORPUS_PROSE};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct random random = seeded(1);
        struct buffer out = draw(texts[i], LONG, &random);
        for (size_t k = 0; k < out.len; k++)
            assert_true((out.data[k] >= 0x20 && out.data[k] < 0x7f) || out.data[k] == '\n');
        buffer_free(&out);
    }
}

/* The octets of a compressed message, in hundredths of what it was. */
static size_t packed_percent(enum case_corpus corpus)
{
    struct random random = seeded(1);
    struct buffer text = draw(corpus, LONG, &random);
    struct buffer packed = {0};
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    ws_deflate_pack(packer, buffer_bytes(&text), &packed);
    size_t percent = packed.len * 100 / LONG;
    ws_deflate_free_packer(packer);
    buffer_free(&packed);
    buffer_free(&text);
    return percent;
}

static void files_compress_as_such_files_do(void **state)
{
    (void)state;
    assert_in_range(packed_percent(CASE_CORPUS_JSON), 10, 49);
    assert_in_range(packed_percent(CASE_CORPUS_HTML), 10, 49);
    assert_in_range(packed_percent(CASE_CORPUS_PROSE), 10, 49);
    assert_in_range(packed_percent(CASE_CORPUS_BITMAP), 5, 80);
    assert_in_range(packed_percent(CASE_CORPUS_PDF), 70, 101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_its_name),
        cmocka_unit_test(so_many_octets_are_written),
        cmocka_unit_test(the_octets_follow_the_seed),
        cmocka_unit_test(they_are_out_of_the_middle),
        cmocka_unit_test(texts_are_ascii),
        cmocka_unit_test(files_compress_as_such_files_do),
    };
    return cmocka_run_group_tests_name("case/corpus", tests, NULL, NULL);
}
