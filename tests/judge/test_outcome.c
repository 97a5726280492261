/* SPDX-License-Identifier: MIT */
#include "judge/outcome.h"

#include "support.h"

static void reads_every_word(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum judge_word word;
        unsigned code;
    } rows[] = {
        {"echo", JUDGE_ECHO, 0},          {"pong", JUDGE_PONG, 0},
        {"survive", JUDGE_SURVIVE, 0},    {"fail(1002)", JUDGE_FAIL, 1002},
        {"fail(4999)", JUDGE_FAIL, 4999}, {"close", JUDGE_CLOSE, 0},
        {"accept", JUDGE_ACCEPT, 0},      {"reject(400)", JUDGE_REJECT, 400},
        {"answer", JUDGE_ANSWER, 0},      {"reject", JUDGE_REJECT, 0},
        {"wait", JUDGE_WAIT, 0},          {"spare", JUDGE_SPARE, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct judge_outcome outcome;
        assert_int_equal(judge_outcome_parse(&outcome, rows[i].text, NULL), 0);
        assert_int_equal(outcome.count, 1);
        assert_int_equal(outcome.alternatives[0].word, rows[i].word);
        assert_int_equal(outcome.alternatives[0].code, rows[i].code);
    }
}

static void reads_alternatives_in_order(void **state)
{
    (void)state;
    struct judge_outcome outcome;
    assert_int_equal(judge_outcome_parse(&outcome, "fail(1002) | echo | reject(426) | close", NULL),
                     0);
    assert_int_equal(outcome.count, 4);
    assert_int_equal(outcome.alternatives[0].code, 1002);
    assert_int_equal(outcome.alternatives[1].word, JUDGE_ECHO);
    assert_int_equal(outcome.alternatives[1].code, 0);
    assert_int_equal(outcome.alternatives[2].code, 426);
    assert_int_equal(outcome.alternatives[3].word, JUDGE_CLOSE);
}

static void refuses_nonsense(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",           "ech",         "echoes",       "Echo",
        "fail",       "fail()",      "fail(x)",      "fail(1002",
        "fail(99)",   "fail(5000)",  "echo(1)",      "echo|pong",
        "echo | ",    " | echo",     "echo  | pong", "echo | echo | echo | echo | echo",
        "reject(-1)", "fail(1002)x", "fail( 1002)",  "fail(+1002)",
        "rejects",    "reject()",    "spare(1)",     "spares",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct judge_outcome outcome;
        struct error error = {""};
        if (judge_outcome_parse(&outcome, rows[i], &error) != -1)
            fail_msg("'%s' was read", rows[i]);
        assert_non_null(strstr(error.text, "is no outcome"));
    }
}

static struct judge_outcome parse(const char *text)
{
    struct judge_outcome outcome;
    assert_int_equal(judge_outcome_parse(&outcome, text, NULL), 0);
    return outcome;
}

static void answers_questions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool life;
        bool refuses;
    } rows[] = {
        {"echo", true, false},
        {"pong", true, false},
        {"survive", true, false},
        {"accept", true, false},
        {"fail(1002)", false, false},
        {"close", false, false},
        {"fail(1002) | close", false, false},
        {"fail(1002) | echo", true, false},
        {"reject(400)", false, true},
        {"answer", false, true},
        {"reject(400) | answer", false, true},
        {"reject(400) | wait", false, true},
        {"reject(400) | accept", true, false},
        {"reject", false, true},
        {"accept | reject", true, false},
        {"spare", false, false}, /* it may live, but nothing is asked of it */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct judge_outcome outcome = parse(rows[i].text);
        assert_int_equal(judge_outcome_allows_life(&outcome), rows[i].life);
        assert_int_equal(judge_outcome_refuses(&outcome), rows[i].refuses);
    }
    struct judge_outcome outcome = parse("fail(1002) | echo");
    assert_true(judge_outcome_allows(&outcome, JUDGE_FAIL));
    assert_true(judge_outcome_allows(&outcome, JUDGE_ECHO));
    assert_false(judge_outcome_allows(&outcome, JUDGE_PONG));
}

static int check(const char *outcome, const struct case_step *steps, size_t count, char *why)
{
    struct case_spec spec = {.outcome = outcome, .steps = steps, .step_count = count};
    struct error error = {""};
    int status = judge_outcome_check(&spec, &error);
    strcpy(why, error.text);
    return status;
}

static void finds_an_authors_mistakes(void **state)
{
    (void)state;
    static const struct case_step ping = {.kind = CASE_STEP_SEND, .frame = {.opcode = WS_PING}};
    static const struct case_step text = {.kind = CASE_STEP_SEND, .frame = {.opcode = WS_TEXT}};
    static const struct case_step message = {.kind = CASE_STEP_MESSAGE};
    static const struct case_step end = {.kind = CASE_STEP_SEND, .frame = {.opcode = WS_CLOSE}};
    static const struct case_step raw = {.kind = CASE_STEP_RAW};
    static const struct {
        const char *outcome;
        const struct case_step *step;
        const char *sentence; /* NULL: no mistake */
    } rows[] = {
        {"echo", &ping, "no step sends a message"},
        {"echo", NULL, "no step sends a message"},
        {"echo", &text, NULL},
        {"echo", &message, NULL},
        {"echo", &raw, NULL},
        {"pong", &text, "no step sends a ping"},
        {"pong", &ping, NULL},
        {"close", &ping, "no step sends a Close"},
        {"close", &end, NULL},
        {"fail(1002)", NULL, "there is no step"},
        {"fail(1002)", &ping, NULL},
        {"fail(1002) | close", &ping, "no step sends a Close"},
        {"accept", NULL, NULL},
        {"spare", NULL, NULL},
        {"reject(400)", NULL, NULL},
        {"nonsense", &ping, "is no outcome"},
        {NULL, NULL, NULL}, /* a run-level case has none */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char why[512];
        int status = check(rows[i].outcome, rows[i].step, rows[i].step != NULL, why);
        assert_int_equal(status, rows[i].sentence != NULL ? -1 : 0);
        if (rows[i].sentence != NULL && strstr(why, rows[i].sentence) == NULL)
            fail_msg("row %zu: %s", i, why);
    }
}

static void tells_a_clients_refusal_from_a_servers(void **state)
{
    (void)state;
    static const struct {
        const char *outcome;
        enum case_role role;
        int status;
    } rows[] = {
        {"reject", CASE_ROLE_CLIENT, 0},
        {"accept | reject", CASE_ROLE_CLIENT, 0},
        {"accept | reject(400)", CASE_ROLE_CLIENT, -1},
        {"reject(400)", CASE_ROLE_SERVER, 0},
        {"reject", CASE_ROLE_SERVER, -1},
        {"accept | reject", CASE_ROLE_SERVER, -1},
        {"reject", CASE_ROLE_BOTH, -1},
        {"accept | wait", CASE_ROLE_SERVER, 0},
        {"accept | wait", CASE_ROLE_CLIENT, -1},
        {"accept | wait", CASE_ROLE_BOTH, -1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct case_spec spec = {.outcome = rows[i].outcome, .role = rows[i].role};
        struct error error = {""};
        assert_int_equal(judge_outcome_check(&spec, &error), rows[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_word),
        cmocka_unit_test(reads_alternatives_in_order),
        cmocka_unit_test(refuses_nonsense),
        cmocka_unit_test(answers_questions),
        cmocka_unit_test(finds_an_authors_mistakes),
        cmocka_unit_test(tells_a_clients_refusal_from_a_servers),
    };
    return cmocka_run_group_tests_name("judge/outcome", tests, NULL, NULL);
}
