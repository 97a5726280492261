/* SPDX-License-Identifier: MIT */
#include "report/text.h"

#include <stdlib.h>

#include "sample.h"

static const struct report_options plain;

static char *render(const struct sample *s, const struct report_options *options)
{
    struct buffer out = {0};
    report_text_write(&out, &s->record, options);
    buffer_text(&out);
    return (char *)out.data;
}

static char *render_transcript(struct run_transcript *transcript,
                               const struct report_options *options)
{
    struct buffer out = {0};
    report_text_transcript(&out, transcript, 2, options);
    run_transcript_free(transcript);
    buffer_text(&out);
    return (char *)out.data;
}

static void expect_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\nnot found: %s\nin: %s", part, text);
}

static void expect_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\nfound: %s\nin: %s", part, text);
}

static void shows_a_failure_in_full(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.record.seed = 7;
    struct run_result *result = sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "Close 1000");
    struct ws_frame ping = {.fin = true,
                            .masked = true,
                            .opcode = WS_PING,
                            .key = {1, 2, 3, 4},
                            .length = 2,
                            .form = 7};
    run_transcript_head(&result->transcript, true, bytes_text("GET / HTTP/1.1\r\nA: b\r\n\r\n"), 0);
    sample_frame(&result->transcript, true, ping, "hi", 2);
    run_transcript_note(&result->transcript, false, "ends TCP (FIN)", 2000000);
    char *text = render(&s, &plain);
    assert_string_equal(
        text,
        "FAIL  5.5/0\n"
        "  clause    RFC6455-5.5-02 (must, RFC 6455 section 5.5): Control frames carry at most "
        "125 octets\n"
        "  does      Sends something.\n"
        "  expected  The endpoint fails the connection.\n"
        "  seen      Close 1000\n"
        "  wire      -> is what wsconform sent, <- what the endpoint sent\n"
        "    ->      0.000 ms  handshake, 24 octets\n"
        "                        GET / HTTP/1.1\n"
        "                        A: b\n"
        "\n"
        "    ->      1.234 ms  ping, 2 octets  \"hi\"  [898201020304 696b]\n"
        "    <-   2000.000 ms  ends TCP (FIN)\n"
        "  repeat    wsconform server ws://127.0.0.1:9001/ --run 5.5/0 --seed 7\n"
        "\n"
        "ws://127.0.0.1:9001/, seed 7\n"
        "1 case: 0 pass, 0 warn, 1 fail, 0 info, 0 skip, 0 error in 0.93 s\n");
    free(text);
    sample_free(&s);
}

static void escapes_what_the_endpoint_sent(void **state)
{
    (void)state;
    struct run_transcript t = {0};
    struct ws_frame text = {.fin = true, .opcode = WS_TEXT, .length = 7, .form = 7};
    run_transcript_head(&t, false, bytes_text("HTTP/1.1 101 \033[2J\x80\nX\\: y\r"), 0);
    sample_frame(&t, false, text, "\033]0;\xff\n\r", 7);
    char *out = render_transcript(&t, &plain);
    expect_has(out, "   HTTP/1.1 101 \\x1b[2J\\x80\\n\n");
    expect_has(out, "   X\\\\: y\\r\n");
    expect_has(out, "\"\\x1b]0;\\xff\\n\\r\"  [8107 1b5d303bff0a0d]\n");
    for (const char *c = out; *c != '\0'; c++)
        assert_true(*c == '\n' || (*c >= 0x20 && *c < 0x7f));
    free(out);
}

static void escapes_sentences(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    static const char *const command[] = {"a\033[2J", NULL};
    s.record.agent = "evil\033[2J";
    s.record.url = "ws://a/\033";
    s.record.command = command;
    s.record.ended_early = "gone\n\033[2J";
    sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "a\033[2J");
    sample_add(&s, "RFC6455-5.5-02", JUDGE_SKIP, "b\033[2J");
    char *text = render(&s, &plain);
    assert_null(strchr(text, '\033'));
    free(text);
    sample_free(&s);
}

static void masks_secrets(void **state)
{
    (void)state;
    const char *head = "GET / HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n";
    struct run_transcript t = {0};
    run_transcript_head(&t, true, bytes_text(head), 0);
    char *out = render_transcript(&t, &plain);
    expect_has(out, "Authorization: ***\n");
    expect_lacks(out, "Bearer");
    free(out);
    run_transcript_head(&t, true, bytes_text(head), 0);
    out = render_transcript(&t, &(struct report_options){.show_secrets = true});
    expect_has(out, "Authorization: Bearer x\n");
    free(out);
}

static void names_the_oddities_of_frames(void **state)
{
    (void)state;
    static const struct {
        bool ours;
        struct ws_frame frame;
        const char *line;
    } rows[] = {
        {true, {.fin = true, .opcode = WS_TEXT, .form = 7}, "text, 0 octets, not masked  [8100]\n"},
        {false,
         {.opcode = WS_BINARY, .rsv = 5, .form = 7},
         "binary, 0 octets, not final, RSV1 RSV3  [5200]\n"},
        {false,
         {.fin = true, .masked = true, .opcode = 3, .form = 16},
         "opcode 3, 0 octets, masked, length in 16 bits  [83fe000000000000]\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run_transcript t = {0};
        sample_frame(&t, rows[i].ours, rows[i].frame, "", 0);
        char *out = render_transcript(&t, &plain);
        expect_has(out, rows[i].line);
        free(out);
    }
}

static void names_close_code_and_violation(void **state)
{
    (void)state;
    struct run_transcript t = {0};
    struct ws_frame close = {.fin = true, .opcode = WS_CLOSE, .length = 4, .form = 7};
    sample_frame(&t, false, close, "\x03\xeaok", 4);
    struct ws_event event = {.kind = WS_EVENT_VIOLATION, .violation = WS_BAD_SECOND_CLOSE};
    run_transcript_event(&t, false, &event, 0);
    char *out = render_transcript(&t, &plain);
    expect_has(out, "close 1002, 4 octets, breaks RFC6455-");
    expect_has(out, "\"\\x03\\xeaok\"  [8804 03ea6f6b]\n");
    free(out);
}

static void says_what_is_cut(void **state)
{
    (void)state;
    static char octets[300];
    memset(octets, 'x', sizeof(octets));
    struct run_transcript t = {0};
    struct ws_frame frame = {.fin = true, .opcode = WS_TEXT, .length = 300, .form = 16};
    sample_frame(&t, false, frame, octets, 300); /* cut by the transcript and here */
    frame.length = 40;
    frame.form = 7;
    sample_frame(&t, false, frame, octets, 40); /* cut here */
    frame.length = UINT64_MAX;
    frame.form = 64;
    sample_frame(&t, false, frame, octets, 3); /* never sent */
    char *out = render_transcript(&t, &plain);
    expect_has(out, "] and 268 more octets\n");
    expect_has(out, "] and 8 more octets\n");
    expect_has(out, "] and, by the header, 18446744073709551612 octets that were not recorded\n");
    free(out);

    frame.length = 300;
    frame.form = 16;
    sample_frame(&t, false, frame, octets, 300);
    out = render_transcript(&t, &(struct report_options){.verbose = true});
    expect_has(out, "] and 172 more octets\n");
    free(out);
}

static void says_what_is_cut_of_heads(void **state)
{
    (void)state;
    static char head[5000];
    struct run_transcript t = {0};
    memset(head, 'x', sizeof(head));
    run_transcript_head(&t, false, bytes_of(head, sizeof(head)), 0);
    char *out = render_transcript(&t, &plain);
    expect_has(out, "x ... and 3936 more octets\n");
    expect_has(out, "  ... and 904 more octets\n");
    free(out);
    memset(head, '\n', sizeof(head));
    run_transcript_head(&t, false, bytes_of(head, 50), 0);
    out = render_transcript(&t, &plain);
    expect_has(out, "  ... and 10 more octets\n");
    free(out);
}

static void says_which_entries_are_left_out(void **state)
{
    (void)state;
    for (unsigned verbose = 0; verbose < 2; verbose++) {
        struct run_transcript t = {0};
        char note[RUN_TRANSCRIPT_ENTRIES + 5][8];
        for (size_t i = 0; i < COUNT_OF(note); i++) {
            snprintf(note[i], sizeof(note[i]), "n%zu", i);
            run_transcript_note(&t, false, note[i], 0);
        }
        char *out = render_transcript(&t, &(struct report_options){.verbose = verbose});
        expect_has(out, "  n19\n");
        expect_has(out, "  n81\n");
        expect_has(out, "5 more were not recorded\n");
        if (verbose) {
            expect_has(out, "  n20\n");
            expect_has(out, "  n75\n");
        } else {
            expect_has(out,
                       "n19\n  ... 56 entries are left out here; the JSON report has them, and ");
            expect_lacks(out, "n20\n");
            expect_lacks(out, "n75\n");
        }
        free(out);
    }
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

static void tells_a_story_once(void **state)
{
    (void)state;
    for (size_t alike = 5; alike <= 6; alike++) {
        struct sample s;
        sample_init(&s);
        for (size_t i = 0; i < alike; i++)
            sample_add(&s, "RFC6455-8.1-01", JUDGE_FAILED, "it goes on");
        sample_add(&s, "RFC6455-8.1-01", JUDGE_FAILED, "something else");
        char *text = render(&s, &plain);
        assert_int_equal(count_of(text, "seen      it goes on"), alike == 5 ? 5 : 1);
        assert_int_equal(count_of(text, "seen      something else"), 1);
        if (alike == 6)
            expect_has(text, "  the same was seen in 5 more cases:\n"
                             "    5.5/1 5.5/2 5.5/3 5.5/4 5.5/5\n");
        free(text);
        sample_free(&s);
    }
}

static void wraps_long_lists(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    for (size_t i = 0; i < 10; i++) {
        sample_add(&s, "RFC6455-8.1-01", JUDGE_FAILED, "it goes on");
        snprintf(s.ids[i], sizeof(s.ids[i]), "8.1/a-name-of-25-octets-%02zu", i);
    }
    char *text = render(&s, &plain);
    expect_has(text, "-03\n    8.1/a-name-of-25-octets-04 ");
    expect_lacks(text, "-03 8.1");
    free(text);
    sample_free(&s);
}

static void is_short_about_the_rest(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    struct run_result *warning = sample_add(&s, "RFC6455-5.5.1-09", JUDGE_WARN, "late");
    run_transcript_note(&warning->transcript, false, "ends TCP (FIN)", 0);
    sample_add(&s, "RFC6455-5.5-02", JUDGE_SKIP, "no echo");
    sample_add(&s, "RFC6455-8.1-01", JUDGE_SKIP, "no echo");
    sample_add(&s, "RFC6455-5.5-02", JUDGE_INFO, "a reset");
    sample_add(&s, "RFC6455-5.5-02", JUDGE_PASS, "a Close without a code")->judgement.lenient =
        true;
    char *text = render(&s, &plain);
    expect_has(text, "WARN  5.5/0\n");
    expect_has(text, "(should, RFC 6455 section 5.5.1)");
    expect_lacks(text, "FIN");
    expect_has(text, "INFO  1 case: a reset (5.5/3)\nSKIP  2 cases: no echo (first: 5.5/1)\n");
    expect_lacks(text, "PASS");
    expect_has(text, "5 cases: 1 pass (1 lenient), 1 warn, 0 fail, 1 info, 2 skip, 0 error in");
    free(text);
    text = render(&s, &(struct report_options){.verbose = true});
    expect_has(text, "ends TCP (FIN)");
    expect_has(text, "(first: 5.5/1)\n    5.5/2\n");
    expect_has(text, "PASS  5.5/4  lenient: a Close without a code\n");
    free(text);
    sample_free(&s);
}

static void says_that_the_run_ended_early(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.record.ended_early = "the endpoint is gone";
    s.record.agent = "Acme/1.0";
    s.record.seed = 42;
    s.record.waits = 3;
    char *text = render(&s, &plain);
    assert_string_equal(text,
                        "The run ended early: the endpoint is gone\n"
                        "ws://127.0.0.1:9001/ (Acme/1.0), seed 42, 3 deadlines waited out\n"
                        "0 cases: 0 pass, 0 warn, 0 fail, 0 info, 0 skip, 0 error in 0.93 s\n");
    free(text);
    sample_free(&s);
}

static void shows_the_evidence_of_the_run(void **state)
{
    (void)state;
    static const char *const masking[] = {"RFC6455-5.1-04"};
    struct sample s;
    sample_init(&s);
    struct run_result *seen = sample_add(&s, "RFC6455-5.5-02", JUDGE_PASS, "fine");
    sample_add(&s, "RFC6455-5.1-04", JUDGE_FAILED, "it masks");
    sample_observe(&s, masking);
    run_transcript_note(&seen->transcript, false, "ends TCP (FIN)", 0);
    seen->sightings[seen->sighting_count++] = (struct run_sighting){masking[0], "it masks"};
    char *text = render(&s, &plain);
    expect_has(text, "  wire, of  5.5/0\n    <-      0.000 ms  ends TCP (FIN)\n");
    free(text);
    sample_free(&s);
}

static void is_coloured_only_if_asked(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "silence");
    char *text = render(&s, &(struct report_options){.color = true});
    expect_has(text, "\033[1;31mFAIL\033[0m  5.5/0\n");
    expect_has(text, "0 warn, \033[1;31m1 fail\033[0m, 0 info");
    free(text);
    text = render(&s, &plain);
    expect_lacks(text, "\033");
    free(text);
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_a_failure_in_full),
        cmocka_unit_test(escapes_what_the_endpoint_sent),
        cmocka_unit_test(escapes_sentences),
        cmocka_unit_test(masks_secrets),
        cmocka_unit_test(names_the_oddities_of_frames),
        cmocka_unit_test(names_close_code_and_violation),
        cmocka_unit_test(says_what_is_cut),
        cmocka_unit_test(says_what_is_cut_of_heads),
        cmocka_unit_test(says_which_entries_are_left_out),
        cmocka_unit_test(tells_a_story_once),
        cmocka_unit_test(wraps_long_lists),
        cmocka_unit_test(is_short_about_the_rest),
        cmocka_unit_test(says_that_the_run_ended_early),
        cmocka_unit_test(shows_the_evidence_of_the_run),
        cmocka_unit_test(is_coloured_only_if_asked),
    };
    return cmocka_run_group_tests_name("report/text", tests, NULL, NULL);
}
