/* SPDX-License-Identifier: MIT */
#include "drive/launch.h"

#include <signal.h>

#include "drive/internal.h"
#include "hall.h"

/* This program plays the client too, when it is started with arguments. */
static const char *program;

/* What a client of that kind does; returns its exit status. */
static int drive(const char *kind, const char *url)
{
    const char *target = strchr(url + strlen("ws://"), '/');
    const char *id = target != NULL ? strchr(target + strlen("/case/"), '/') + 1 : "";
    bool pings = strcmp(id, "x/pong") == 0;
    alarm(30); /* should the test die before it does */
    if (strcmp(kind, "useless") == 0)
        return 5;
    if (strcmp(kind, "told") == 0 && strcmp(getenv("WSCONFORM_URL"), url) != 0)
        return 9;
    if (strcmp(kind, "unable") == 0 && pings)
        return 127;
    if (strcmp(kind, "shy") == 0 && pings)
        return 4;
    if (strcmp(kind, "sleeper") == 0 && pings)
        pause();
    struct visitor v = visitor_ask(url, target);
    v.mute = strcmp(kind, "sink") == 0;
    if (strcmp(kind, "fragile") == 0 && pings)
        raise(SIGKILL);
    visitor_serve(&v);
    visitor_close(&v);
    if (strcmp(kind, "lingerer") == 0 && pings)
        pause();
    while (strcmp(kind, "returner") == 0) {
        v = visitor_ask(url, target);
        visitor_close(&v);
    }
    return strcmp(kind, "loud") == 0 ? 6 : 0;
}

static void open_kind(struct hall *hall, const char *kind)
{
    static const char *command[4];
    hall_open(hall);
    command[0] = program;
    command[1] = kind;
    command[2] = "{url}";
    hall->options.command = command;
}

static void run_kind(struct hall *hall, const char *kind)
{
    open_kind(hall, kind);
    hall_run(hall);
}

static const struct run_record *record_of(const struct hall *hall)
{
    assert_int_equal(drive_client_count(hall->client), 1);
    return drive_client_record(hall->client, 0);
}

static void expect_all_pass_but(const struct hall *hall, size_t odd)
{
    assert_int_equal(hall->end, DRIVE_COMPLETE);
    for (size_t i = 0; i < HALL_CASES; i++)
        if (i != odd)
            HALL_EXPECT(hall, i, JUDGE_PASS, NULL);
}

static void a_client_is_started_for_each_case(void **state)
{
    (void)state;
    struct hall hall;
    run_kind(&hall, "good");
    expect_all_pass_but(&hall, SIZE_MAX);
    assert_true(record_of(&hall)->profile->echoes);
    assert_string_equal(record_of(&hall)->agent, strrchr(program, '/') + 1);
    assert_int_equal(record_of(&hall)->count, HALL_CASES);
    assert_int_equal(record_of(&hall)->waits, 0);
    assert_null(record_of(&hall)->ended_early);
    assert_int_equal(hall.progressed, HALL_CASES);
    hall_close(&hall);
}

static void one_at_a_time_under_a_name_of_ours(void **state)
{
    (void)state;
    struct hall hall;
    open_kind(&hall, "good");
    hall.options.jobs = 1;
    hall.options.agent = "its name";
    hall_run(&hall);
    expect_all_pass_but(&hall, SIZE_MAX);
    assert_string_equal(record_of(&hall)->agent, "its name");
    hall_close(&hall);
}

static void the_environment_says_it_too(void **state)
{
    (void)state;
    struct hall hall;
    run_kind(&hall, "told");
    expect_all_pass_but(&hall, SIZE_MAX);
    hall_close(&hall);
}

/* RFC 6455 asks nobody to return messages: the probe finds out who does. */
static void a_sink_is_found_out(void **state)
{
    (void)state;
    struct hall hall;
    run_kind(&hall, "sink");
    expect_all_pass_but(&hall, 0);
    HALL_EXPECT(&hall, 0, JUDGE_SKIP, "does not return messages");
    assert_false(record_of(&hall)->profile->echoes);
    assert_true(record_of(&hall)->profile->pongs);
    hall_close(&hall);
}

static void a_client_may_say_that_it_cannot(void **state)
{
    (void)state;
    struct hall hall;
    run_kind(&hall, "unable");
    expect_all_pass_but(&hall, 1);
    HALL_EXPECT(&hall, 1, JUDGE_SKIP, "not supported: the process ended with exit status 127");
    hall_close(&hall);
}

/* Who fails a connection may well end with an error. */
static void another_exit_status_means_nothing(void **state)
{
    (void)state;
    struct hall hall;
    run_kind(&hall, "loud");
    expect_all_pass_but(&hall, SIZE_MAX);
    hall_close(&hall);
}

static void a_signal_convicts_the_case(void **state)
{
    (void)state;
    struct hall hall;
    run_kind(&hall, "fragile");
    expect_all_pass_but(&hall, 1);
    HALL_EXPECT(&hall, 1, JUDGE_FAILED, "the client dies of it: the process was ended by signal 9");
    assert_int_equal(hall_result(&hall, 0, 1)->judgement.grade, JUDGE_VIOLATION);
    hall_close(&hall);
}

static void a_client_that_does_not_connect_is_an_error(void **state)
{
    (void)state;
    struct hall hall;
    run_kind(&hall, "shy");
    expect_all_pass_but(&hall, 1);
    HALL_EXPECT(&hall, 1, JUDGE_ERROR, "did not connect: the process ended with exit status 4");
    hall_close(&hall);
}

static void a_client_that_hangs_is_ended(void **state)
{
    (void)state;
    struct hall hall;
    open_kind(&hall, "sleeper");
    hall.options.timeout_us = 300000;
    hall_run(&hall);
    expect_all_pass_but(&hall, 1);
    HALL_EXPECT(&hall, 1, JUDGE_ERROR, "the client did not connect");
    hall_close(&hall);
}

/* What it does after its connection has ended is no part of the case. */
static void a_client_that_stays_is_ended(void **state)
{
    (void)state;
    struct hall hall;
    open_kind(&hall, "lingerer");
    hall.options.timeout_us = 300000;
    hall_run(&hall);
    expect_all_pass_but(&hall, SIZE_MAX);
    hall_close(&hall);
}

/* The hall's cases and one that looks at how a client connects again. */
static void add_backoff_case(struct hall *hall, const struct case_spec *cases[HALL_CASES + 1])
{
    static const char table[] = "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n"
                                "RFC6455-7.2.3-02\t7.2.3\tclient\tshould\tyes\t\tWaits.\n"
                                "RFC6455-7.2.3-04\t7.2.3\tclient\tshould\tyes\t\tWaits longer.\n";
    static const char text[] =
        "{\"section\": \"y\", \"cases\": [{\"id\": \"y/again\", \"requires\": "
        "[\"RFC6455-7.2.3-04\"], \"role\": \"client\", \"does\": \"Looks.\", \"expects\": "
        "\"Patience.\", \"observe\": [\"RFC6455-7.2.3-02\", \"RFC6455-7.2.3-04\"]}]}";
    struct case_set *set = &hall->set;
    assert_int_equal(case_catalogue_read(&set->catalogue, "t", bytes_text(table), &hall->error), 0);
    if (case_load_text(set, "y.json", bytes_text(text), &hall->error) != 0)
        fail_msg("%s", hall->error.text);
    for (size_t i = 0; i <= HALL_CASES; i++)
        cases[i] = &set->cases[i];
    hall->options.cases = cases;
    hall->options.case_count = HALL_CASES + 1;
}

static void count_rule(void *context, const char *rule, const char *text)
{
    (void)rule;
    (void)text;
    ++*(unsigned *)context;
}

/* RFC 6455, 7.2.3: a few processes that come again by themselves are watched for four attempts, and
 * ended then; the others at once. No case is the worse for it. */
static void a_client_that_comes_again_is_watched(void **state)
{
    (void)state;
    const struct case_spec *cases[HALL_CASES + 1];
    struct hall hall;
    open_kind(&hall, "returner");
    hall.options.timeout_us = 1000000; /* between two attempts, on a machine that is busy */
    add_backoff_case(&hall, cases);
    hall_run(&hall);
    expect_all_pass_but(&hall, SIZE_MAX);
    const struct judge_backoff *backoff = &hall.client->agents[0]->backoff;
    assert_int_equal(backoff->rows, JUDGE_BACKOFF_ROWS);
    for (unsigned row = 0; row < JUDGE_BACKOFF_ROWS; row++)
        assert_true(judge_backoff_has_enough(backoff, row));
    /* On a machine that is busy it may look as if it had waited. */
    unsigned broken = 0;
    judge_backoff_report(backoff, count_rule, &broken);
    HALL_EXPECT(&hall, HALL_CASES, broken > 0 ? JUDGE_WARN : JUDGE_PASS, NULL);
    if (broken > 0)
        HALL_EXPECT(&hall, HALL_CASES, JUDGE_WARN, "the client");
    hall_close(&hall);
}

static void a_client_that_goes_is_not_watched(void **state)
{
    (void)state;
    const struct case_spec *cases[HALL_CASES + 1];
    struct hall hall;
    open_kind(&hall, "good");
    add_backoff_case(&hall, cases);
    hall_run(&hall);
    expect_all_pass_but(&hall, SIZE_MAX);
    assert_int_equal(hall.client->agents[0]->backoff.rows, 0);
    HALL_EXPECT(&hall, HALL_CASES, JUDGE_PASS, NULL);
    hall_close(&hall);
}

static void a_client_that_never_comes_is_no_run(void **state)
{
    (void)state;
    struct hall hall;
    run_kind(&hall, "useless");
    assert_int_equal(hall.end, DRIVE_UNREACHABLE);
    assert_string_equal(hall.error.text, "the command opened no connection: the process ended "
                                         "with exit status 5");
    hall_close(&hall);
}

static void a_client_that_cannot_be_started_is_no_run(void **state)
{
    (void)state;
    static const char *const command[] = {"/no/such/client", "{url}", NULL};
    struct hall hall;
    hall_open(&hall);
    hall.options.command = command;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_UNREACHABLE);
    assert_non_null(strstr(hall.error.text, "/no/such/client"));
    hall_close(&hall);
    drive_launch_free(NULL);
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc > 1)
        _exit(drive(argv[1], argc > 2 ? argv[2] : getenv("WSCONFORM_URL")));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_started_for_each_case),
        cmocka_unit_test(one_at_a_time_under_a_name_of_ours),
        cmocka_unit_test(the_environment_says_it_too),
        cmocka_unit_test(a_sink_is_found_out),
        cmocka_unit_test(a_client_may_say_that_it_cannot),
        cmocka_unit_test(another_exit_status_means_nothing),
        cmocka_unit_test(a_signal_convicts_the_case),
        cmocka_unit_test(a_client_that_does_not_connect_is_an_error),
        cmocka_unit_test(a_client_that_hangs_is_ended),
        cmocka_unit_test(a_client_that_stays_is_ended),
        cmocka_unit_test(a_client_that_comes_again_is_watched),
        cmocka_unit_test(a_client_that_goes_is_not_watched),
        cmocka_unit_test(a_client_that_never_comes_is_no_run),
        cmocka_unit_test(a_client_that_cannot_be_started_is_no_run),
    };
    return cmocka_run_group_tests_name("drive/launch", tests, NULL, NULL);
}
