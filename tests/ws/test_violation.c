/* SPDX-License-Identifier: MIT */
#include "ws/violation.h"

#include <ctype.h>
#include <glob.h>
#include <stdlib.h>

#include "support.h"
#include "ws/close.h"

/* The requirement catalogue, seen from the root of the checkout. */
#ifndef CATALOGUE
#define CATALOGUE "cases/requirements.tsv"
#endif

static void load(struct buffer *out, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s; tests run from the root of the checkout", path);
    uint8_t block[4096];
    for (size_t len; (len = fread(block, 1, sizeof(block), file)) > 0;)
        buffer_append(out, bytes_of(block, len));
    fclose(file);
}

static void has_an_entry_for_each(void **state)
{
    (void)state;
    for (int i = WS_FINE; i < WS_VIOLATION_COUNT; i++) {
        enum ws_violation violation = (enum ws_violation)i;
        assert_non_null(ws_violation_text(violation));
        assert_true((ws_violation_sender_rule(violation) == NULL) ==
                    (violation == WS_FINE || violation == WS_TOO_BIG));
        assert_true((ws_violation_receiver_rule(violation) == NULL) == (violation == WS_FINE));
        for (int k = WS_FINE; k < i; k++)
            assert_string_not_equal(ws_violation_text(violation),
                                    ws_violation_text((enum ws_violation)k));
    }
}

static void fails_with_fitting_codes(void **state)
{
    (void)state;
    for (int i = WS_BAD_RSV1; i < WS_VIOLATION_COUNT; i++) {
        bool payload = i == WS_BAD_UTF8 || i == WS_BAD_UTF8_CUT || i == WS_BAD_CLOSE_REASON ||
                       i == WS_BAD_DEFLATE;
        int expected = payload ? WS_CLOSE_INVALID_PAYLOAD
                               : (i == WS_TOO_BIG ? WS_CLOSE_TOO_BIG : WS_CLOSE_PROTOCOL_ERROR);
        assert_int_equal(ws_violation_close_code((enum ws_violation)i), expected);
    }
}

static void tolerates_what_binds_only_the_sender(void **state)
{
    (void)state;
    for (int i = WS_BAD_RSV1; i < WS_VIOLATION_COUNT; i++) {
        bool close_body = i >= WS_BAD_CLOSE_LENGTH && i <= WS_BAD_CLOSE_REASON;
        assert_true(ws_violation_is_tolerable((enum ws_violation)i) ==
                    (close_body || i == WS_BAD_LENGTH_NOT_MINIMAL));
    }
}

/* True if a line of the catalogue begins with the id and a tab. */
static bool is_listed(struct buffer *catalogue, const char *id)
{
    char line[64];
    snprintf(line, sizeof(line), "\n%s\t", id);
    return bytes_contain(buffer_bytes(catalogue), bytes_text(line));
}

/* Looks up each string literal that begins like an id, and returns how many there were. */
static int check_source(struct buffer *catalogue, const char *path)
{
    struct buffer source = {0};
    load(&source, path);
    int count = 0;
    for (const char *at = buffer_text(&source); (at = strstr(at, "\"RFC")) != NULL; at++) {
        if (!isdigit((unsigned char)at[4]))
            continue;
        char id[32];
        size_t len = strcspn(at + 1, "\"");
        assert_true(len < sizeof(id));
        memcpy(id, at + 1, len);
        id[len] = '\0';
        if (!is_listed(catalogue, id))
            fail_msg("%s names %s, which " CATALOGUE " does not list", path, id);
        count++;
    }
    buffer_free(&source);
    return count;
}

static void names_only_rules_of_the_catalogue(void **state)
{
    (void)state;
    struct buffer catalogue = {0};
    load(&catalogue, CATALOGUE);
    glob_t sources;
    assert_int_equal(glob("harness/ws/*.c", 0, NULL, &sources), 0);
    int count = 0;
    for (size_t i = 0; i < sources.gl_pathc; i++)
        count += check_source(&catalogue, sources.gl_pathv[i]);
    globfree(&sources);
    /* More than the two for each violation, since the handshake names some as well. */
    assert_true(count > 2 * WS_VIOLATION_COUNT);
    assert_false(is_listed(&catalogue, "RFC6455-5.2-99"));
    buffer_free(&catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_an_entry_for_each),
        cmocka_unit_test(fails_with_fitting_codes),
        cmocka_unit_test(tolerates_what_binds_only_the_sender),
        cmocka_unit_test(names_only_rules_of_the_catalogue),
    };
    return cmocka_run_group_tests_name("ws/violation", tests, NULL, NULL);
}
