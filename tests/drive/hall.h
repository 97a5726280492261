/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_DRIVE_HALL_H
#define WSCONFORM_TESTS_DRIVE_HALL_H

/* A run against clients that play in a process of their own, or that the run itself starts. */
#include <sys/wait.h>

#include "visitor.h"

#include "case/load.h"
#include "drive/client.h"

/* Four cases that a strict client passes: an echo, a pong, a failure, a refusal. */
static const char hall_cases[] =
    "{\"section\": \"x\", \"cases\": ["
    "{\"id\": \"x/echo\", \"requires\": [\"MUST\"], \"role\": \"client\", \"does\": \"Sends "
    "\\\"a\\\".\","
    "\"expects\": \"An echo.\", \"steps\": [{\"message\": {\"type\": \"text\", \"payload\": "
    "\"a\"}}],"
    "\"outcome\": \"echo\"},"
    "{\"id\": \"x/pong\", \"requires\": [\"MUST\"], \"role\": \"client\", \"does\": \"Pings.\","
    "\"expects\": \"A pong.\", \"steps\": [{\"send\": {\"opcode\": \"ping\", \"payload\": \"p\"}}],"
    "\"outcome\": \"pong\"},"
    "{\"id\": \"x/fail\", \"requires\": [\"MUST\"], \"role\": \"client\", \"does\": \"Sends opcode "
    "3.\","
    "\"expects\": \"A failure.\", \"steps\": [{\"send\": {\"opcode\": 3}}],"
    "\"outcome\": \"fail(1002)\"},"
    "{\"id\": \"x/reject\", \"requires\": [\"MUST\"], \"role\": \"client\", \"does\": \"Answers "
    "200.\","
    "\"expects\": \"No connection.\", \"response\": {\"status\": \"200 OK\"},"
    "\"outcome\": \"reject\"}]}";
enum { HALL_CASES = 4 };

struct hall {
    struct case_set set;
    const struct case_spec *cases[HALL_CASES];
    struct drive_client_options options;
    struct drive_client *client;
    enum drive_end end;
    struct error error;
    /* the visitor beside the run: it gets the url in a process of its own */
    void (*visit)(const char *url);
    pid_t child;
    bool child_failed;
    char url[64];
    unsigned progressed;
    unsigned reported;
    size_t known; /* clients, at the last report */
};

static inline void hall_on_listening(void *context, const char *url)
{
    struct hall *hall = context;
    snprintf(hall->url, sizeof(hall->url), "%s", url);
    if (hall->visit == NULL)
        return;
    fflush(NULL);
    hall->child = fork();
    if (hall->child == 0) {
        alarm(30); /* should the test die before it does */
        hall->visit(hall->url);
        _exit(0);
    }
}

static inline void hall_on_progress(void *context, const char *agent, size_t done, size_t total)
{
    struct hall *hall = context;
    assert_true(agent[0] != '\0');
    assert_true(done <= total);
    hall->progressed++;
}

static inline void hall_on_reported(void *context, const struct drive_client *client)
{
    struct hall *hall = context;
    hall->reported++;
    hall->known = drive_client_count(client);
}

static inline void hall_open(struct hall *hall)
{
    static const char table[] = "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n"
                                "MUST\tx\tboth\tmust\tyes\t\tSomething.\n";
    *hall = (struct hall){.child = 0};
    assert_int_equal(
        case_catalogue_read(&hall->set.catalogue, "t", bytes_text(table), &hall->error), 0);
    if (case_load_text(&hall->set, "hall.json", bytes_text(hall_cases), &hall->error) != 0)
        fail_msg("%s", hall->error.text);
    assert_int_equal(hall->set.count, HALL_CASES);
    for (size_t i = 0; i < HALL_CASES; i++)
        hall->cases[i] = &hall->set.cases[i];
    hall->options = (struct drive_client_options){.cases = hall->cases,
                                                  .case_count = HALL_CASES,
                                                  .catalogue = &hall->set.catalogue,
                                                  .jobs = 4,
                                                  .timeout_us = 500000,
                                                  .idle_us = 3000000, /* a visitor failed */
                                                  .has_seed = true,
                                                  .seed = 7,
                                                  .listening = hall_on_listening,
                                                  .progress = hall_on_progress,
                                                  .reported = hall_on_reported,
                                                  .context = hall};
    assert_int_equal(net_address_resolve(&hall->options.listen, "127.0.0.1", 0, &hall->error), 0);
}

/* Runs to the end; the visitor must have ended well. */
static inline void hall_run(struct hall *hall)
{
    hall->client = drive_client_run(&hall->options, &hall->end, &hall->error);
    if (hall->child > 0) {
        int status = 0;
        assert_int_equal(waitpid(hall->child, &status, 0), hall->child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            fail_msg("the visitor ended with %#x", status);
    }
}

static inline void hall_close(struct hall *hall)
{
    drive_client_free(hall->client);
    case_spec_free_set(&hall->set);
}

static inline const struct run_result *hall_result(const struct hall *hall, size_t agent, size_t i)
{
    assert_true(agent < drive_client_count(hall->client));
    const struct run_record *record = drive_client_record(hall->client, agent);
    assert_true(i < record->count);
    return &record->results[i];
}

static inline void hall_expect(const struct hall *hall, size_t i, enum judge_verdict verdict,
                               const char *said, int line)
{
    const struct run_result *result = hall_result(hall, 0, i);
    if (result->verdict != verdict ||
        (said != NULL && strstr(result->judgement.diagnosis, said) == NULL))
        fail_msg("line %d: %s is %s: %s", line, result->spec->id,
                 judge_verdict_name(result->verdict), result->judgement.diagnosis);
}

#define HALL_EXPECT(hall, i, verdict, said) hall_expect(hall, i, verdict, said, __LINE__)

#endif
