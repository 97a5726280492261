/* SPDX-License-Identifier: MIT */
#include "fuzz/oracle.h"

#include "support.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

const char fuzz_target_name[] = "test";

/* What a parser of text frames without mask does wrong. */
static enum {
    NOTHING,
    LOSES_A_PIECE,     /* forgets the first octet of each chunk but the first */
    SPEAKS_AT_THE_END, /* takes the end of a chunk for the end of the message */
    TALKS_AFTER_FAILURE,
    LETS_PASS_RSV,
    WORKS_TOO_MUCH
} fault;

static struct {
    struct trace *sink;
    struct buffer all;
    bool failed;
} self;

static void *open_parser(struct trace *sink, const struct slow_profile *profile)
{
    (void)profile;
    self.sink = sink;
    self.failed = false;
    buffer_clear(&self.all);
    return &self;
}

/* It reads all it has again for each chunk and keeps of its words the new ones. */
static bool feed(void *ignored, uint8_t *data, size_t len)
{
    static struct trace trace;
    struct slow_profile profile = {.pieces = true, .codes = true};
    (void)ignored;
    if (self.failed && fault == TALKS_AFTER_FAILURE)
        trace_control(self.sink, TRACE_PING, bytes_text("!"));
    if (self.failed)
        return false;
    if (fault == WORKS_TOO_MUCH)
        fuzz_work += 1000000;
    if (fault == LETS_PASS_RSV)
        profile.tolerated = SLOW_BIT(SLOW_RSV);
    bool first = self.all.len == 0;
    size_t skipped = fault == LOSES_A_PIECE && !first ? 1 : 0;
    buffer_append(&self.all, bytes_of(data + skipped, len - skipped));
    slow_parse(&trace, &profile, buffer_bytes(&self.all));
    trace_clear(self.sink);
    trace_data(self.sink, buffer_bytes(&trace.data));
    for (size_t i = 0; i < trace.count; i++)
        if (trace.events[i].kind == TRACE_FAIL)
            trace_fail(self.sink, trace.events[i].code, trace.events[i].rules);
    self.failed = trace_failed(&trace);
    if (fault == SPEAKS_AT_THE_END && !self.failed)
        trace_control(self.sink, TRACE_PONG, bytes_of(&len, 1));
    return !self.failed;
}

static const struct oracle_parser parser = {.rule = "reference", .open = open_parser, .feed = feed};

/* Runs the oracle in a child and returns what it said on stderr, "" if it was content. */
static const char *complaint(struct bytes in)
{
    static char said[4096];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        struct slow_profile profile = {.pieces = true, .codes = true};
        struct trace trace = {0};
        oracle_run(&parser, &profile, in, ORACLE_WHOLE, 1, &trace);
        /* Messages are not told by this parser: only failures are compared. */
        if (fault == LETS_PASS_RSV)
            oracle_compare(parser.rule, &trace, &profile, in);
        oracle_splits(&parser, &profile, in, oracle_hash(in), 1, &trace);
        _exit(0);
    }
    close(ends[1]);
    size_t len = 0;
    ssize_t got;
    while ((got = read(ends[0], said + len, sizeof(said) - 1 - len)) > 0)
        len += (size_t)got;
    close(ends[0]);
    said[len] = '\0';
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, len > 0 ? SIGABRT : 0);
    return said;
}

static void expect(int wrong, const char *octets, size_t len, const char *rule)
{
    char start[64];
    fault = wrong;
    const char *said = complaint(bytes_of(octets, len));
    snprintf(start, sizeof(start), "{\"rule\":\"%s\",\"target\":\"test\",", rule);
    if (strncmp(said, start, strlen(start)) != 0)
        fail_msg("not %s, but %s", rule, said);
    /* One line of JSON. */
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void content_with_a_good_parser(void **state)
{
    (void)state;
    fault = NOTHING;
    assert_string_equal(complaint(bytes_of("\x81\x05hello\x01\x00\xc1\x00", 11)), "");
}

static void each_fault_has_its_rule(void **state)
{
    (void)state;
    expect(LOSES_A_PIECE, "\x81\x05hello", 7, "chunk-invariance");
    expect(SPEAKS_AT_THE_END, "\x81\x05hello", 7, "chunk-invariance");
    expect(TALKS_AFTER_FAILURE, "\xc1\x00", 2, "after-failure");
    expect(LETS_PASS_RSV, "\xc1\x02xy", 4, "reference");
    expect(WORKS_TOO_MUCH, "\x81\x05hello", 7, "work");
}

static void chunks_cover_the_input(void **state)
{
    (void)state;
    for (int split = ORACLE_WHOLE; split <= ORACLE_RANDOM; split++) {
        size_t at = 0;
        size_t chunks = 0;
        for (; at < 1000; chunks++) {
            size_t len = oracle_chunk_size((enum oracle_split)split, 7, at, 1000);
            assert_in_range(len, 1, 1000 - at);
            at += len;
        }
        assert_true(split == ORACLE_WHOLE ? chunks == 1 : chunks > 10);
    }
}

static void samples_follow_from_the_input(void **state)
{
    (void)state;
    unsigned taken = 0;
    for (unsigned i = 0; i < 4000; i++) {
        uint64_t hash = oracle_hash(bytes_of(&i, sizeof(i)));
        assert_int_equal(oracle_sample(hash, 1, 8), oracle_sample(hash, 1, 8));
        taken += oracle_sample(hash, 1, 8);
    }
    assert_in_range(taken, 400, 600);
}

/* A tolerance is for its own difference and no other. */
static void tolerances_are_narrow(void **state)
{
    (void)state;
    struct trace trace = {0};
    struct slow_profile profile = {.late = true};
    /* Nothing said of a failure at the end: late. */
    oracle_compare("reference", &trace, &profile, bytes_of("\xc1\x05", 2));
    profile = (struct slow_profile){.early = true};
    trace_fail(&trace, 0, 0);
    oracle_compare("reference", &trace, &profile, bytes_of("\xc9\xfe", 2));
    profile = (struct slow_profile){.loose_codes = true};
    oracle_compare("reference", &trace, &profile, bytes_of("\x88\x02\x03\xf4", 4));
    trace_free(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_with_a_good_parser),
        cmocka_unit_test(each_fault_has_its_rule),
        cmocka_unit_test(chunks_cover_the_input),
        cmocka_unit_test(samples_follow_from_the_input),
        cmocka_unit_test(tolerances_are_narrow),
    };
    return cmocka_run_group_tests_name("fuzz/oracle", tests, NULL, NULL);
}
