/* SPDX-License-Identifier: MIT */
#include "report/repeat.h"

#include "sample.h"

static void expect(const struct sample *s, const struct run_result *result, bool show_secrets,
                   const char *expected)
{
    struct buffer out = {0};
    const struct report_options options = {.show_secrets = show_secrets};
    report_repeat_write(&out, &s->record, result, &options);
    support_expect_text(buffer_bytes(&out), expected);
    buffer_free(&out);
}

static void names_url_case_and_seed(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    struct run_result *result = sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "silence");
    expect(&s, result, false,
           "wsconform server ws://127.0.0.1:9001/ --run 5.5/0 --seed 18446744073709551615");
    s.specs[0].big = true;
    s.record.seed = 7;
    expect(&s, result, false, "wsconform server ws://127.0.0.1:9001/ --run 5.5/0 --seed 7 --big");
    sample_free(&s);
}

static void keeps_what_shapes_the_requests(void **state)
{
    (void)state;
    static const char *const argv[] = {"server",
                                       "-j",
                                       "4",
                                       "-H",
                                       "Cookie: a=b",
                                       "-HX: it's",
                                       "--header=Authorization: c",
                                       "--origin",
                                       "http://a",
                                       "--run",
                                       "5.*",
                                       "--profile=echo",
                                       "-o",
                                       "x.json",
                                       "--seed",
                                       "1",
                                       "--timeout",
                                       "2",
                                       "--",
                                       "-H",
                                       "of the command",
                                       NULL};
    static const char *const command[] = {"./server", "--port", "{port}", "a\033b", NULL};
    struct sample s;
    sample_init(&s);
    s.record.argv = argv;
    s.record.command = command;
    s.record.seed = 7;
    struct run_result *result = sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "silence");
    expect(&s, result, false,
           "wsconform server ws://127.0.0.1:9001/ --run 5.5/0 --seed 7 -H 'Cookie: ***' "
           "'-HX: it'\\''s' '--header=Authorization: ***' --origin http://a --profile=echo "
           "--timeout 2 -- "
           "./server --port '{port}' $'a\\x1bb'");
    expect(&s, result, true,
           "wsconform server ws://127.0.0.1:9001/ --run 5.5/0 --seed 7 -H 'Cookie: a=b' "
           "'-HX: it'\\''s' '--header=Authorization: c' --origin http://a --profile=echo --timeout "
           "2 -- "
           "./server --port '{port}' $'a\\x1bb'");
    sample_free(&s);
}

static void gives_a_run_level_case_something_to_observe(void **state)
{
    (void)state;
    static const char *const masking[] = {"RFC6455-5.1-04"};
    struct sample s;
    sample_init(&s);
    s.record.seed = 7;
    struct run_result *seen = sample_add(&s, "RFC6455-5.5-02", JUDGE_PASS, "fine");
    struct run_result *result = sample_add(&s, "RFC6455-5.1-04", JUDGE_FAILED, "it masks");
    sample_observe(&s, masking);
    expect(&s, result, false, "wsconform server ws://127.0.0.1:9001/ --seed 7");
    run_transcript_note(&seen->transcript, false, "ends TCP (FIN)", 0);
    seen->sightings[seen->sighting_count++] = (struct run_sighting){masking[0], "it masks"};
    expect(&s, result, false,
           "wsconform server ws://127.0.0.1:9001/ --run 5.5/1 --run 5.5/0 --seed 7");
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_url_case_and_seed),
        cmocka_unit_test(keeps_what_shapes_the_requests),
        cmocka_unit_test(gives_a_run_level_case_something_to_observe),
    };
    return cmocka_run_group_tests_name("report/repeat", tests, NULL, NULL);
}
