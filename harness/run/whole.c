/* SPDX-License-Identifier: MIT */
#include "run/whole.h"

#include <stdio.h>

struct whole {
    struct run_result *results;
    size_t count;
    const struct judge_observations *known; /* what was seen on single connections */
    struct judge_observations observations; /* and what only all of them show */
};

/* True if single connections show it, so that they can be counted: what a client draws at random is
 * only seen in all of them together. */
static bool is_of_connections(const struct whole *whole,
                              const struct judge_observation *observation)
{
    return observation->first != NULL ||
           judge_observation_find(whole->known, observation->rule) != NULL;
}

static void judge_run_level(const struct whole *whole, struct run_result *result,
                            const struct case_catalogue *catalogue, size_t connections)
{
    const struct judge_observation *worst;
    enum judge_verdict verdict =
        judge_observation_judge(&whole->observations, result->spec, catalogue, &worst);
    if (worst != NULL) {
        if (is_of_connections(whole, worst))
            run_result_give(result, verdict, "%s (on %zu of %zu connections%s%s)", worst->text,
                            worst->count, connections, worst->first != NULL ? ", first in " : "",
                            worst->first != NULL ? worst->first->id : "");
        else
            run_result_give(result, verdict, "%s", worst->text);
        result->judgement.grade = verdict == JUDGE_WARN ? JUDGE_WARNING : JUDGE_VIOLATION;
    } else if (connections == 0) {
        run_result_give(result, JUDGE_SKIP, "no connection was observed");
    } else {
        run_result_give(result, JUDGE_PASS, "not seen on %zu connections", connections);
    }
}

static size_t count_connections(const struct whole *whole)
{
    size_t count = 0;
    for (size_t i = 0; i < whole->count; i++)
        count += whole->results[i].transcript.count > 0;
    return count;
}

static bool is_verdict(enum judge_verdict verdict)
{
    return verdict != JUDGE_SKIP && verdict != JUDGE_ERROR;
}

/* RFC 6455, 5.2: frames carry no alignment to TCP segments, so a verdict that changes with the
 * delivery is a finding of its own. */
static void compare_deliveries(struct whole *whole)
{
    for (size_t i = 1; i < whole->count; i++) {
        const struct run_result *before = &whole->results[i - 1];
        const struct run_result *result = &whole->results[i];
        if (before->spec != result->spec || before->delivery == result->delivery ||
            before->verdict == result->verdict || !is_verdict(before->verdict) ||
            !is_verdict(result->verdict))
            continue;
        char text[160];
        snprintf(text, sizeof(text), "a verdict changed with the delivery: %s %s, %s %s",
                 run_delivery_name(before->delivery), judge_verdict_name(before->verdict),
                 run_delivery_name(result->delivery), judge_verdict_name(result->verdict));
        judge_observation_add(&whole->observations, "RFC6455-5.2-25", text, result->spec);
    }
}

/* A client that never opens a connection refuses every bad answer too: such a pass proves nothing
 * as long as none was opened. */
static void ask_for_control(struct whole *whole)
{
    bool controlled = false;
    for (size_t i = 0; i < whole->count; i++)
        controlled = controlled || whole->results[i].controlled;
    for (size_t i = 0; i < whole->count; i++) {
        struct run_result *result = &whole->results[i];
        struct judge_outcome outcome;
        if (controlled && result->uncontrolled)
            run_result_give(result, JUDGE_PASS,
                            "the client sent no frame, and the connection was over");
        if (result->uncontrolled && !controlled)
            continue;
        result->uncontrolled = !controlled && result->verdict == JUDGE_PASS &&
                               !case_spec_is_run_level(result->spec) &&
                               judge_outcome_parse(&outcome, result->spec->outcome, NULL) == 0 &&
                               judge_outcome_allows(&outcome, JUDGE_REJECT);
        if (result->uncontrolled)
            run_result_give(
                result, JUDGE_SKIP,
                "the positive control failed: in this run the client opened no connection");
    }
}

/* RFC 6455, 7.1.1: a client leaves the end of TCP to the server. */
static void look_who_ended(struct whole *whole)
{
    size_t first = 0;
    size_t watched = 0;
    for (size_t i = 0; i < whole->count; i++) {
        watched += whole->results[i].watched;
        first += whole->results[i].ended_first;
    }
    bool always = first == watched && watched >= RUN_WATCHED_MAX;
    for (size_t i = 0; i < first && always; i++)
        judge_observation_add(&whole->observations, "RFC6455-7.1.1-06",
                              "the client ended TCP itself after the Close frames, each time that "
                              "this was watched",
                              NULL);
}

static void observe(void *context, const char *rule, const char *text)
{
    judge_observation_add(context, rule, text, NULL);
}

void run_whole_judge(struct run_result *results, size_t count, const struct run_settings *settings,
                     const struct judge_observations *observations,
                     const struct case_catalogue *catalogue)
{
    struct whole whole = {.results = results, .count = count, .known = observations};
    judge_observation_copy(&whole.observations, observations);
    compare_deliveries(&whole);
    if (settings->keys != NULL)
        judge_keys_report(settings->keys, observe, &whole.observations);
    if (settings->backoff != NULL)
        judge_backoff_report(settings->backoff, observe, &whole.observations);
    if (settings->of_client) {
        look_who_ended(&whole);
        ask_for_control(&whole);
    }
    size_t connections = count_connections(&whole);
    for (size_t i = 0; i < count; i++)
        if (case_spec_is_run_level(results[i].spec))
            judge_run_level(&whole, &results[i], catalogue, connections);
    judge_observation_free(&whole.observations);
}
