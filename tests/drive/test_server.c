/* SPDX-License-Identifier: MIT */
#include "drive/server.h"

#include <signal.h>
#include <sys/wait.h>

#include "case/load.h"
#include "case/select.h"
#include "mini.h"

/* One run against a small server in a process of its own. */
struct trial {
    struct case_set set;
    const struct case_spec **cases;
    struct drive_server_options options;
    struct drive_server *server;
    const struct run_record *record;
    enum drive_end end;
    struct error error;
    pid_t child;
    char url[64];
    unsigned progressed;
};

static void on_progress(void *context, size_t done, size_t total)
{
    struct trial *trial = context;
    assert_true(done <= total);
    trial->progressed++;
}

static void begin(struct trial *trial, const char *glob)
{
    *trial = (struct trial){.options = {.jobs = 4, .timeout_us = 500000, .has_seed = true}};
    struct case_selection selection = {.role = CASE_ROLE_SERVER, .run = {&glob, 1}};
    assert_int_equal(case_load_builtin(&trial->set, &trial->error), 0);
    trial->cases = case_select(&trial->set, &selection, &trial->options.case_count, &trial->error);
    assert_non_null(trial->cases);
    trial->options.cases = trial->cases;
    trial->options.catalogue = &trial->set.catalogue;
    trial->options.progress = on_progress;
    trial->options.progress_context = trial;
}

static void run(struct trial *trial, struct mini mini)
{
    unsigned port;
    trial->child = mini_fork(&mini, &port);
    snprintf(trial->url, sizeof(trial->url), "ws://127.0.0.1:%u/", port);
    trial->options.url = trial->url;
    trial->server = drive_server_run(&trial->options, &trial->end, &trial->error);
    trial->record = drive_server_record(trial->server);
    kill(trial->child, SIGKILL);
    waitpid(trial->child, NULL, 0);
}

static void finish(struct trial *trial)
{
    drive_server_free(trial->server);
    free(trial->cases);
    case_spec_free_set(&trial->set);
}

static size_t count_verdicts(const struct trial *trial, enum judge_verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < trial->record->count; i++)
        count += trial->record->results[i].verdict == verdict;
    return count;
}

static void passes_a_server_that_is_right(void **state)
{
    (void)state;
    struct trial trial;
    begin(&trial, "5.5.2/*");
    trial.options.seed = 42;
    run(&trial, (struct mini){.status = 101});
    assert_int_equal(trial.end, DRIVE_COMPLETE);
    assert_int_equal(trial.record->count, trial.options.case_count);
    assert_int_equal(count_verdicts(&trial, JUDGE_PASS), trial.options.case_count);
    assert_int_equal(trial.record->waits, 0);
    assert_true(trial.record->seed == 42);
    assert_string_equal(trial.record->url, trial.url);
    assert_null(trial.record->ended_early);
    assert_in_range(trial.progressed, 10, trial.options.case_count);
    finish(&trial);
}

static void skips_what_a_sink_cannot_show(void **state)
{
    (void)state;
    struct trial trial;
    begin(&trial, "5.6/*");
    trial.options.profile = DRIVE_PROFILE_SINK;
    run(&trial, (struct mini){.status = 101, .mute = true});
    assert_int_equal(trial.end, DRIVE_COMPLETE);
    assert_true(count_verdicts(&trial, JUDGE_SKIP) > 0);
    assert_int_equal(count_verdicts(&trial, JUDGE_FAILED), 0);
    finish(&trial);
}

static void tests_the_handshake_alone_if_told_to(void **state)
{
    (void)state;
    struct trial trial;
    begin(&trial, "5.5.2/*");
    trial.options.profile = DRIVE_PROFILE_HANDSHAKE;
    run(&trial, (struct mini){.status = 101});
    assert_int_equal(count_verdicts(&trial, JUDGE_SKIP), trial.options.case_count);
    finish(&trial);
}

static void cannot_test_what_refuses(void **state)
{
    (void)state;
    struct trial trial;
    begin(&trial, "5.5.2/*");
    run(&trial, (struct mini){.status = 403});
    assert_int_equal(trial.end, DRIVE_UNREACHABLE);
    assert_non_null(strstr(trial.error.text, "403"));
    assert_int_equal(trial.record->count, 0);
    assert_non_null(trial.record->ended_early);
    finish(&trial);
}

static void keeps_what_was_measured_before_a_death(void **state)
{
    (void)state;
    struct trial trial;
    begin(&trial, "8.1/valid-*");
    run(&trial,
        (struct mini){.status = 101, .deadly = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"});
    assert_int_equal(trial.end, DRIVE_GONE);
    assert_non_null(strstr(trial.error.text, "gone for good"));
    assert_int_equal(trial.record->count, trial.options.case_count);
    assert_true(count_verdicts(&trial, JUDGE_ERROR) > 0);
    assert_true(count_verdicts(&trial, JUDGE_SKIP) > 0);
    finish(&trial);
}

static void a_bad_url_is_no_run(void **state)
{
    (void)state;
    struct trial trial;
    begin(&trial, "5.5.2/*");
    trial.options.url = "http://127.0.0.1/";
    trial.server = drive_server_run(&trial.options, &trial.end, &trial.error);
    assert_int_equal(trial.end, DRIVE_UNREACHABLE);
    assert_int_equal(drive_server_record(trial.server)->count, 0);
    finish(&trial);
    drive_server_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_a_server_that_is_right),
        cmocka_unit_test(skips_what_a_sink_cannot_show),
        cmocka_unit_test(tests_the_handshake_alone_if_told_to),
        cmocka_unit_test(cannot_test_what_refuses),
        cmocka_unit_test(keeps_what_was_measured_before_a_death),
        cmocka_unit_test(a_bad_url_is_no_run),
    };
    return cmocka_run_group_tests_name("drive/server", tests, NULL, NULL);
}
