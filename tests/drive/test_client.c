/* SPDX-License-Identifier: MIT */
#include "drive/client.h"

#include <signal.h>

#include "hall.h"
#include "net/listener.h"

/* This program plays the driver too, when it is started with arguments. */
static const char *program;

static void expect_all_pass(const struct hall *hall)
{
    for (size_t i = 0; i < HALL_CASES; i++)
        HALL_EXPECT(hall, i, JUDGE_PASS, NULL);
}

/* --- drivers that come by themselves -------------------------------------------------------- */

static void drive_by_number(const char *url)
{
    char target[64];
    VISITOR_REQUIRE(strcmp(visitor_learn(url, "/getCaseCount"), "4") == 0);
    VISITOR_REQUIRE(strcmp(visitor_learn(url, "/getCaseInfo?case=1"),
                           "{\"id\": \"x/echo\", \"description\": "
                           "\"Sends \\\"a\\\". An echo.\"}") == 0);
    for (int i = 1; i <= HALL_CASES; i++) {
        snprintf(target, sizeof(target), "/runCase?case=%d&agent=me%%201", i);
        VISITOR_REQUIRE(visitor_run(url, target) == (i < HALL_CASES ? 101 : 200));
        snprintf(target, sizeof(target), "/getCaseStatus?case=%d&agent=me+1", i);
        VISITOR_REQUIRE(strcmp(visitor_learn(url, target), "{\"behavior\": \"OK\"}") == 0);
    }
    VISITOR_REQUIRE(
        strcmp(visitor_learn(url, "/updateReports?agent=me%201&shutdownOnComplete=true"), "") == 0);
}

static void a_driver_runs_all_cases(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = drive_by_number;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    assert_int_equal(drive_client_count(hall.client), 1);
    const struct run_record *record = drive_client_record(hall.client, 0);
    assert_true(record->of_client);
    assert_string_equal(record->agent, "me 1");
    assert_string_equal(record->url, hall.url);
    assert_null(record->ended_early);
    assert_true(record->seed == 7);
    assert_int_equal(record->count, HALL_CASES);
    assert_int_equal(record->waits, 0);
    expect_all_pass(&hall);
    assert_int_equal(hall.progressed, HALL_CASES);
    assert_int_equal(hall.reported, 1);
    hall_close(&hall);
    drive_client_free(NULL);
}

static void drive_by_tuple(const char *url)
{
    static const char *const ids[] = {"x/reject", "x/fail", "x%2Fpong", "x/echo"};
    char target[64];
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        snprintf(target, sizeof(target), "/runCase?casetuple=%s&agent=me", ids[i]);
        visitor_run(url, target);
        snprintf(target, sizeof(target), "/getCaseStatus?casetuple=%s&agent=me", ids[i]);
        VISITOR_REQUIRE(strcmp(visitor_learn(url, target), "{\"behavior\": \"OK\"}") == 0);
    }
    /* With both the number wins. */
    VISITOR_REQUIRE(strncmp(visitor_learn(url, "/getCaseInfo?case=2&casetuple=x/echo"),
                            "{\"id\": \"x/pong\"", 15) == 0);
    VISITOR_REQUIRE(strcmp(visitor_learn(url, "/stopServer"), "") == 0);
}

static void a_case_may_be_named_by_its_id(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = drive_by_tuple;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    expect_all_pass(&hall);
    hall_close(&hall);
}

static void drive_by_label(const char *url)
{
    VISITOR_REQUIRE(visitor_run(url, "/runCase?casetuple=1.1.2&agent=me") == 101);
    VISITOR_REQUIRE(visitor_run(url, "/runCase?casetuple=x/echo&agent=me") == 500);
    VISITOR_REQUIRE(
        strncmp(visitor_learn(url, "/getCaseInfo?casetuple=1.1.2"), "{\"id\": \"1.1.2\"", 14) == 0);
    visitor_learn(url, "/stopServer");
}

static void cases_may_have_other_names(void **state)
{
    (void)state;
    static const char *const labels[] = {"1.1.1", "1.1.2", "1.1.3", "1.1.4"};
    struct hall hall;
    hall_open(&hall);
    hall.visit = drive_by_label;
    hall.options.labels = labels;
    hall_run(&hall);
    HALL_EXPECT(&hall, 1, JUDGE_PASS, NULL);
    HALL_EXPECT(&hall, 0, JUDGE_SKIP, "not run");
    hall_close(&hall);
}

/* Autobahn's answer to this is held until the case has ended. */
static void ask_while_it_runs(const char *url)
{
    struct visitor running = visitor_ask(url, "/runCase?case=1&agent=me");
    struct visitor asking = visitor_ask(url, "/getCaseStatus?case=1&agent=me");
    VISITOR_REQUIRE(running.good && asking.good);
    VISITOR_REQUIRE(visitor_hears_nothing(&asking, 50));
    /* The same case cannot run twice at once. */
    VISITOR_REQUIRE(visitor_run(url, "/runCase?case=1&agent=me") == 409);
    visitor_serve(&running);
    VISITOR_REQUIRE(visitor_message(&asking));
    VISITOR_REQUIRE(
        bytes_equal(buffer_bytes(&asking.message), bytes_text("{\"behavior\": \"OK\"}")));
    VISITOR_REQUIRE(!visitor_message(&asking));
    visitor_close(&running);
    visitor_close(&asking);
    /* And a case that was never run has a word too. */
    VISITOR_REQUIRE(strcmp(visitor_learn(url, "/getCaseStatus?case=2&agent=me"),
                           "{\"behavior\": \"UNIMPLEMENTED\"}") == 0);
    visitor_learn(url, "/stopServer");
}

static void a_status_is_held_until_the_case_has_ended(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = ask_while_it_runs;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    HALL_EXPECT(&hall, 0, JUDGE_PASS, NULL);
    hall_close(&hall);
}

static void ask_badly(const char *url)
{
    static const struct {
        const char *target;
        unsigned status;
    } rows[] = {
        {"/runCase?case=1", 500},
        {"/runCase?agent=me", 500},
        {"/runCase?case=0&agent=me", 500},
        {"/runCase?case=5&agent=me", 500},
        {"/runCase?case=x&agent=me", 500},
        {"/runCase?casetuple=x/y&agent=me", 500},
        {"/getCaseInfo", 500},
        {"/getCaseInfo?case=99", 500},
        {"/getCaseStatus?case=1", 500},
        {"/getCaseStatus?case=1&agent=nobody", 500},
        {"/getCases", 404},
        {"/", 404},
        {"/case/1/x", 404},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        unsigned status = visitor_run(url, rows[i].target);
        if (status != rows[i].status)
            fprintf(stderr, "%s: %u\n", rows[i].target, status);
        VISITOR_REQUIRE(status == rows[i].status);
    }
    VISITOR_REQUIRE(strncmp(visitor_browse(url, "\r\nGET\r\n\r\n"), "HTTP/1.1 404 ", 13) == 0);
    visitor_learn(url, "/stopServer");
}

static void bad_requests_are_refused(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = ask_badly;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_UNREACHABLE);
    assert_string_equal(hall.error.text, "the client ran no case");
    assert_int_equal(drive_client_count(hall.client), 0);
    hall_close(&hall);
}

static void drive_as_two(const char *url)
{
    struct visitor first = visitor_ask(url, "/runCase?case=1&agent=one");
    struct visitor second = visitor_ask(url, "/runCase?case=1&agent=two");
    VISITOR_REQUIRE(first.good && second.good);
    second.mute = true;
    visitor_serve(&first);
    visitor_serve(&second);
    visitor_close(&first);
    visitor_close(&second);
    VISITOR_REQUIRE(strcmp(visitor_learn(url, "/getCaseStatus?case=1&agent=one"),
                           "{\"behavior\": \"OK\"}") == 0);
    VISITOR_REQUIRE(strcmp(visitor_learn(url, "/getCaseStatus?case=1&agent=two"),
                           "{\"behavior\": \"FAILED\"}") == 0);
    visitor_learn(url, "/updateReports?agent=one");
    visitor_learn(url, "/stopServer");
}

/* Each has its own verdicts; the reports of all are written. */
static void two_clients_may_come_at_once(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = drive_as_two;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    assert_int_equal(drive_client_count(hall.client), 2);
    assert_string_equal(drive_client_record(hall.client, 0)->agent, "one");
    assert_string_equal(drive_client_record(hall.client, 1)->agent, "two");
    assert_int_equal(hall_result(&hall, 0, 0)->verdict, JUDGE_PASS);
    assert_int_equal(hall_result(&hall, 1, 0)->verdict, JUDGE_FAILED);
    assert_int_equal(hall.reported, 1);
    assert_int_equal(hall.known, 2);
    hall_close(&hall);
}

static bool is_pong_for_me(void *context, const char *agent, const char *label)
{
    (void)context;
    return strcmp(agent, "me") == 0 && strcmp(label, "x/pong") == 0;
}

static void drive_excluded(const char *url)
{
    VISITOR_REQUIRE(strcmp(visitor_learn(url, "/runCase?case=2&agent=me"), "") == 0);
    VISITOR_REQUIRE(visitor_run(url, "/runCase?case=1&agent=me") == 101);
    visitor_learn(url, "/stopServer");
}

/* An empty Close, and nothing in the report. */
static void a_case_may_be_excluded_for_a_client(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = drive_excluded;
    hall.options.excluded = is_pong_for_me;
    hall_run(&hall);
    HALL_EXPECT(&hall, 0, JUDGE_PASS, NULL);
    HALL_EXPECT(&hall, 1, JUDGE_SKIP, "not run");
    hall_close(&hall);
}

/* RFC 6455, 4.1 item 2: the request target may be an absolute URI. */
static void ask_absolutely(const char *url)
{
    char target[128];
    snprintf(target, sizeof(target), "http://%s/getCaseCount", url + strlen("ws://"));
    VISITOR_REQUIRE(strcmp(visitor_learn(url, target), "4") == 0);
    snprintf(target, sizeof(target), "http://%s/runCase?case=1&agent=me", url + strlen("ws://"));
    VISITOR_REQUIRE(visitor_run(url, target) == 101);
    visitor_learn(url, "/stopServer");
}

static void a_target_may_be_absolute(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = ask_absolutely;
    hall_run(&hall);
    HALL_EXPECT(&hall, 0, JUDGE_PASS, NULL);
    hall_close(&hall);
}

static void render(void *context, const struct run_record *record, struct buffer *out)
{
    (void)context;
    buffer_printf(out, "[\"%s\", %zu]", record->agent, record->count);
}

static void browse(const char *url)
{
    const char *text = visitor_browse(url, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    VISITOR_REQUIRE(strncmp(text, "HTTP/1.1 200 OK\r\nContent-Type: text/html", 39) == 0);
    VISITOR_REQUIRE(strstr(text, "\r\n\r\n<p>hello") != NULL);
    text = visitor_browse(url, "GET /report?agent=me HTTP/1.1\r\nHost: a\r\n\r\n");
    VISITOR_REQUIRE(strncmp(text, "HTTP/1.1 404 ", 13) == 0);
    visitor_run(url, "/runCase?case=1&agent=me");
    text = visitor_browse(url, "GET /report?agent=me HTTP/1.1\r\nHost: a\r\n\r\n");
    VISITOR_REQUIRE(strncmp(text, "HTTP/1.1 200 OK\r\nContent-Type: application/json", 47) == 0);
    VISITOR_REQUIRE(strstr(text, "\r\n\r\n[\"me\", 4]") != NULL);
    text = visitor_browse(url, "GET /runCase?case=1&agent=me HTTP/1.1\r\nHost: a\r\n\r\n");
    VISITOR_REQUIRE(strncmp(text, "HTTP/1.1 404 ", 13) == 0);
    visitor_learn(url, "/stopServer");
}

static void a_browser_gets_a_page(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = browse;
    hall.options.page = bytes_text("<p>hello");
    hall.options.render = render;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    hall_close(&hall);
}

/* --- the end -------------------------------------------------------------------------------- */

static void drive_once(const char *url)
{
    visitor_learn(url, "/updateReports?agent=me"); /* of nobody yet: it does not end the run */
    visitor_run(url, "/runCase?case=1&agent=me");
    visitor_learn(url, "/updateReports?agent=me");
}

static void once_is_enough(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = drive_once;
    hall.options.once = true;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    HALL_EXPECT(&hall, 0, JUDGE_PASS, NULL);
    hall_close(&hall);
}

static void drive_and_go(const char *url)
{
    visitor_run(url, "/runCase?case=1&agent=me");
}

static void a_run_in_which_nothing_happens_ends(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.options.idle_us = 30000;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_UNREACHABLE);
    assert_string_equal(hall.error.text, "no client came");
    hall_close(&hall);

    hall_open(&hall);
    hall.visit = drive_and_go;
    hall.options.idle_us = 200000;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    HALL_EXPECT(&hall, 0, JUDGE_PASS, NULL);
    hall_close(&hall);
}

static void drive_and_interrupt(const char *url)
{
    visitor_run(url, "/runCase?case=1&agent=me");
    struct visitor v = visitor_ask(url, "/runCase?case=2&agent=me");
    kill(getppid(), SIGTERM);
    visitor_serve(&v);
    visitor_close(&v);
}

static void an_interrupted_run_keeps_what_it_has(void **state)
{
    (void)state;
    struct hall hall;
    hall_open(&hall);
    hall.visit = drive_and_interrupt;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_INTERRUPTED);
    HALL_EXPECT(&hall, 0, JUDGE_PASS, NULL);
    assert_string_equal(drive_client_record(hall.client, 0)->ended_early, "interrupted");
    hall_close(&hall);
}

static void a_place_that_is_taken_is_no_run(void **state)
{
    (void)state;
    struct hall hall;
    struct net_loop *loop = net_loop_new();
    hall_open(&hall);
    struct net_listener *other =
        net_listener_open(loop, &hall.options.listen, NULL, NULL, &hall.error);
    assert_non_null(other);
    net_address_resolve(&hall.options.listen, "127.0.0.1", net_listener_port(other), &hall.error);
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_UNREACHABLE);
    assert_true(hall.error.text[0] != '\0');
    assert_string_equal(hall.url, "");
    net_listener_close(other);
    net_loop_free(loop);
    hall_close(&hall);
}

/* --- a driver that is started --------------------------------------------------------------- */

static int count_cases(const char *url)
{
    return atoi(visitor_learn(url, "/getCaseCount"));
}

static void run_number(const char *url, int number)
{
    char target[64];
    snprintf(target, sizeof(target), "/runCase?case=%d&agent=driver", number);
    visitor_run(url, target);
}

/* What a driver of that kind does; returns its exit status. */
static int drive(const char *kind, const char *url)
{
    int count = count_cases(url);
    if (strcmp(kind, "good") == 0) {
        for (int i = 1; i <= count; i++)
            run_number(url, i);
        visitor_learn(url, "/updateReports?agent=driver");
        return 0;
    }
    if (strcmp(kind, "one-at-a-time") == 0) {
        run_number(url, 1);
        return 3;
    }
    if (strcmp(kind, "boasting") == 0) {
        run_number(url, 1);
        fputs("child: exit status 0\n", stderr);
        return 3;
    }
    if (strcmp(kind, "content") == 0) {
        run_number(url, 1);
        return 0;
    }
    if (strcmp(kind, "stuck") == 0) {
        if (count == HALL_CASES)
            run_number(url, 1);
        return 3;
    }
    if (strcmp(kind, "fragile") == 0) {
        /* The case that is the second of all kills it. */
        for (int i = 1; i <= count; i++) {
            if (count == HALL_CASES && i == 2) {
                struct visitor v = visitor_ask(url, "/runCase?case=2&agent=driver");
                VISITOR_REQUIRE(v.good);
                raise(SIGKILL);
            }
            run_number(url, i);
        }
        return 0;
    }
    return 5; /* "useless" */
}

/* Runs this program as the driver. */
static void run_driver(struct hall *hall, const char *kind)
{
    const char *const command[] = {program, kind, NULL};
    hall_open(hall);
    hall->options.command = command;
    hall_run(hall);
}

static void a_driver_is_started(void **state)
{
    (void)state;
    struct hall hall;
    run_driver(&hall, "good");
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    assert_int_equal(drive_client_count(hall.client), 1);
    expect_all_pass(&hall);
    assert_non_null(drive_client_record(hall.client, 0)->command);
    hall_close(&hall);
}

static void a_driver_that_dies_is_offered_what_is_left(void **state)
{
    (void)state;
    struct hall hall;
    run_driver(&hall, "one-at-a-time");
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    expect_all_pass(&hall);
    hall_close(&hall);
}

/* What counts is how it ended, not what it says. */
static void a_driver_that_says_status_0_may_still_have_failed(void **state)
{
    (void)state;
    struct hall hall;
    run_driver(&hall, "boasting");
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    expect_all_pass(&hall);
    hall_close(&hall);
}

static void a_driver_that_ends_well_is_not_started_again(void **state)
{
    (void)state;
    struct hall hall;
    run_driver(&hall, "content");
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    HALL_EXPECT(&hall, 0, JUDGE_PASS, NULL);
    HALL_EXPECT(&hall, 1, JUDGE_SKIP, "not run");
    hall_close(&hall);
}

static void a_driver_that_gets_no_further_is_gone(void **state)
{
    (void)state;
    struct hall hall;
    run_driver(&hall, "stuck");
    assert_int_equal(hall.end, DRIVE_GONE);
    assert_non_null(
        strstr(hall.error.text, "gets no further: the process ended with exit status 3"));
    HALL_EXPECT(&hall, 0, JUDGE_PASS, NULL);
    HALL_EXPECT(&hall, 1, JUDGE_SKIP, "not run");
    hall_close(&hall);
}

static void a_case_that_kills_the_driver_is_convicted(void **state)
{
    (void)state;
    struct hall hall;
    run_driver(&hall, "fragile");
    assert_int_equal(hall.end, DRIVE_COMPLETE);
    HALL_EXPECT(&hall, 0, JUDGE_PASS, NULL);
    HALL_EXPECT(&hall, 1, JUDGE_FAILED, "dies of it: the process was ended by signal 9");
    HALL_EXPECT(&hall, 2, JUDGE_PASS, NULL);
    HALL_EXPECT(&hall, 3, JUDGE_PASS, NULL);
    hall_close(&hall);
}

static void a_driver_that_runs_nothing_is_no_run(void **state)
{
    (void)state;
    struct hall hall;
    run_driver(&hall, "useless");
    assert_int_equal(hall.end, DRIVE_UNREACHABLE);
    assert_string_equal(hall.error.text, "the command opened no connection: the process ended "
                                         "with exit status 5");
    hall_close(&hall);
}

static void a_driver_that_cannot_be_started_is_no_run(void **state)
{
    (void)state;
    static const char *const command[] = {"/no/such/driver", NULL};
    struct hall hall;
    hall_open(&hall);
    hall.options.command = command;
    hall_run(&hall);
    assert_int_equal(hall.end, DRIVE_UNREACHABLE);
    assert_non_null(strstr(hall.error.text, "/no/such/driver"));
    hall_close(&hall);
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc > 1)
        _exit(drive(argv[1], argc > 2 ? argv[2] : getenv("WSCONFORM_URL")));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_driver_runs_all_cases),
        cmocka_unit_test(a_case_may_be_named_by_its_id),
        cmocka_unit_test(cases_may_have_other_names),
        cmocka_unit_test(a_status_is_held_until_the_case_has_ended),
        cmocka_unit_test(bad_requests_are_refused),
        cmocka_unit_test(two_clients_may_come_at_once),
        cmocka_unit_test(a_case_may_be_excluded_for_a_client),
        cmocka_unit_test(a_target_may_be_absolute),
        cmocka_unit_test(a_browser_gets_a_page),
        cmocka_unit_test(once_is_enough),
        cmocka_unit_test(a_run_in_which_nothing_happens_ends),
        cmocka_unit_test(an_interrupted_run_keeps_what_it_has),
        cmocka_unit_test(a_place_that_is_taken_is_no_run),
        cmocka_unit_test(a_driver_is_started),
        cmocka_unit_test(a_driver_that_dies_is_offered_what_is_left),
        cmocka_unit_test(a_driver_that_says_status_0_may_still_have_failed),
        cmocka_unit_test(a_driver_that_ends_well_is_not_started_again),
        cmocka_unit_test(a_driver_that_gets_no_further_is_gone),
        cmocka_unit_test(a_case_that_kills_the_driver_is_convicted),
        cmocka_unit_test(a_driver_that_runs_nothing_is_no_run),
        cmocka_unit_test(a_driver_that_cannot_be_started_is_no_run),
    };
    return cmocka_run_group_tests_name("drive/client", tests, NULL, NULL);
}
