/* SPDX-License-Identifier: MIT */
/* The cases check the model and the model checks the cases: for every case about frames, what the
 * model derives from the octets that the case sends must be what the case declares. */
#include "judge/model.h"

#include <stdlib.h>
#include <string.h>

#include "case/load.h"
#include "judge/outcome.h"
#include "run/compose.h"
#include "support.h"

static bool is_about_frames(const struct case_spec *spec, const struct judge_outcome *outcome)
{
    return !judge_outcome_refuses(outcome) && !judge_outcome_allows(outcome, JUDGE_ACCEPT) &&
           spec->step_count > 0 && (spec->role & CASE_ROLE_SERVER) != 0;
}

static bool is_life(enum judge_word word)
{
    return word == JUDGE_ECHO || word == JUDGE_PONG || word == JUDGE_SURVIVE;
}

/* A volume so large that an endpoint may have a limit below it (A38, A57). */
static bool is_large(const struct judge_model *model, const struct case_spec *spec)
{
    for (size_t i = 0; i < model->message_count; i++)
        if (model->messages[i].length > 131072)
            return true;
    return spec->big;
}

static bool lives_as_declared(const struct judge_model *model, const struct case_spec *spec,
                              const struct judge_outcome *outcome)
{
    enum judge_word first = outcome->alternatives[0].word;
    if (model->may_fail)
        return outcome->count == 2 && first == JUDGE_FAIL &&
               outcome->alternatives[0].code == 1002 && is_life(outcome->alternatives[1].word);
    if (first == JUDGE_ECHO && model->message_count == 0)
        return false;
    if (first == JUDGE_PONG && model->pings == 0)
        return false;
    bool limited = outcome->count == 2 && outcome->alternatives[1].word == JUDGE_FAIL &&
                   outcome->alternatives[1].code == 1009 && is_large(model, spec);
    return is_life(first) && (outcome->count == 1 || limited);
}

static bool closes_as_declared(const struct judge_model *model, const struct judge_outcome *outcome)
{
    if (model->end == JUDGE_MODEL_ODD_CLOSE)
        return outcome->count == 2 && outcome->alternatives[0].word == JUDGE_FAIL &&
               outcome->alternatives[1].word == JUDGE_CLOSE;
    if (outcome->alternatives[0].word != JUDGE_CLOSE)
        return false;
    if (outcome->count == 1)
        return true;
    return outcome->count == 2 && outcome->alternatives[1].word == JUDGE_FAIL &&
           (model->more_behind || model->may_fail || outcome->alternatives[1].code == 1009);
}

static bool agrees(const struct judge_model *model, const struct case_spec *spec,
                   const struct judge_outcome *outcome)
{
    /* Nothing is owed for a frame that is never finished, or for what may be too much. */
    if (judge_outcome_allows(outcome, JUDGE_SPARE))
        return outcome->count == 1 && model->end == JUDGE_MODEL_LIVES;
    switch (model->end) {
    case JUDGE_MODEL_LIVES:
        return lives_as_declared(model, spec, outcome);
    case JUDGE_MODEL_FAILS:
        return outcome->count == 1 && outcome->alternatives[0].word == JUDGE_FAIL &&
               outcome->alternatives[0].code == model->code;
    case JUDGE_MODEL_CLOSES:
    case JUDGE_MODEL_ODD_CLOSE:
        return closes_as_declared(model, outcome);
    }
    return false;
}

/* Whether the sentence that the model names is among those that the case names. All of 8.1 is one
 * sentence in the text, and what stands behind a violation is about 7.1.7. */
static bool names_the_rule(const struct judge_model *model, const struct case_spec *spec)
{
    if (model->end != JUDGE_MODEL_FAILS)
        return true;
    bool text = strncmp(model->rule, "RFC6455-8.1", 11) == 0;
    for (size_t i = 0; i < spec->require_count; i++) {
        const char *id = spec->requires[i] -> id;
        if (strcmp(id, model->rule) == 0 || strcmp(id, "RFC6455-7.1.7-07") == 0 ||
            (text && strncmp(id, "RFC6455-8.1", 11) == 0))
            return true;
    }
    return false;
}

static bool check(const struct case_spec *spec)
{
    struct judge_outcome outcome;
    assert_int_equal(judge_outcome_parse(&outcome, spec->outcome, NULL), 0);
    if (!is_about_frames(spec, &outcome))
        return true;
    struct random random = random_start(1, bytes_text(spec->id));
    struct run_script script = {0};
    run_compose_steps(&script, spec, true, &random, NULL);
    struct judge_model *model = malloc(sizeof(*model));
    judge_model_derive(model, buffer_bytes(&script.octets), true);
    bool fine = agrees(model, spec, &outcome) && names_the_rule(model, spec);
    if (!fine)
        print_error("%s declares %s; the model: end %d, code %u, %s, %zu messages, %zu pings\n",
                    spec->id, spec->outcome, (int)model->end, model->code,
                    model->rule != NULL ? model->rule : "-", model->message_count, model->pings);
    free(model);
    run_compose_free(&script);
    return fine;
}

static void cases_and_model_agree(void **state)
{
    (void)state;
    struct error error;
    struct case_set set = {0};
    if (case_load_builtin(&set, &error) != 0)
        fail_msg("%s", error.text);
    size_t checked = 0;
    size_t wrong = 0;
    for (size_t i = 0; i < set.count; i++) {
        /* The model knows no extension. */
        if (case_spec_is_run_level(&set.cases[i]) || set.cases[i].exhaust ||
            set.cases[i].deflate_count > 0)
            continue;
        checked++;
        wrong += !check(&set.cases[i]);
    }
    assert_true(checked > 900);
    assert_int_equal(wrong, 0);
    case_spec_free_set(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases_and_model_agree)};
    return cmocka_run_group_tests_name("run/model", tests, NULL, NULL);
}
