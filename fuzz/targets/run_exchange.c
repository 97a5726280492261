/* SPDX-License-Identifier: MIT */
/* run/exchange.h: one case of the program's own, with the fuzzer as the endpoint (fuzz/player.h).
 * The first four octets choose the case, the delivery, the role and the profile; what follows is
 * what the endpoint does.
 *
 * Oracles: deadline (it is done within what its deadlines add up to, and never waits for the past);
 * after-close; contract (a verdict, and a diagnosis where it is not `pass`; a hang only after a
 * deadline; lists within their bounds); determinism (on a sample, the same input gives the same
 * verdict); held (the heap is as it was when all is freed). Octets that come are in allocations of
 * their exact size. */
#include <stdlib.h>
#include <string.h>

#include "case/load.h"
#include "fuzz/player.h"
#include "run/exchange.h"

const char fuzz_target_name[] = "run_exchange";

enum {
    CONTROL = 4,    /* octets */
    ACTS_MAX = 512, /* octets behind them that are played */
    PATIENCE_US = 200000,
    LINGER_US = 300000,
    GRACE_US = 10000
};

/* Long enough for the largest script of a case that is not big, sent slowly. */
static const uint64_t longest_us = 600 * UINT64_C(1000000);

static struct case_set set;

static const struct case_spec *choose(const uint8_t *control, bool *of_client)
{
    if (set.count == 0) {
        struct error why;
        if (case_load_builtin(&set, &why) != 0)
            oracle_violation("contract", "RFC6455-5.2-01", "the cases cannot be read: %s",
                             why.text);
    }
    size_t wanted = control[0] * 256U + control[1];
    *of_client = control[2] & 1;
    enum case_role role = *of_client ? CASE_ROLE_CLIENT : CASE_ROLE_SERVER;
    /* The next one that can be run so. */
    for (size_t i = 0; i < set.count; i++) {
        const struct case_spec *spec = &set.cases[(wanted + i) % set.count];
        if ((spec->role & role) && !spec->big && !spec->exhaust && !case_spec_is_run_level(spec))
            return spec;
    }
    return NULL;
}

static struct run_profile profile_of(uint8_t octet)
{
    return (struct run_profile){.echoes = (octet & 1) == 0,
                                .pongs = (octet & 2) == 0,
                                .answers = octet & 4,
                                .broadcasts = (octet & 24) == 24,
                                .greetings = (octet & 96) == 96,
                                .limit = octet & 128 ? 1000 : UINT64_MAX,
                                .round_trip_us = 100};
}

static void check(const struct run_result *result, const struct player_outcome *outcome)
{
    const struct case_spec *spec = result->spec;
    uint64_t took = outcome->now - PLAYER_START;
    if (took > longest_us)
        oracle_violation("deadline", spec->requires[0] -> id, "%s took %llu s", spec->id,
                         (unsigned long long)(took / 1000000));
    if (result->verdict != JUDGE_PASS && result->judgement.diagnosis[0] == '\0')
        oracle_violation("contract", spec->requires[0] -> id, "%s: %s without a diagnosis",
                         spec->id, judge_verdict_name(result->verdict));
    if (result->waits > outcome->waits || (result->hang != RUN_HANG_NONE && result->waits == 0))
        oracle_violation("contract", spec->requires[0] -> id, "%s: %u waits of %llu, hang %d",
                         spec->id, result->waits, (unsigned long long)outcome->waits,
                         (int)result->hang);
    if (result->transcript.count > RUN_TRANSCRIPT_ENTRIES ||
        result->sighting_count > RUN_SIGHTINGS_MAX)
        oracle_violation("held", "RFC6455-10.4-01", "%zu entries and %zu sightings",
                         result->transcript.count, result->sighting_count);
    for (size_t i = 0; i < result->sighting_count; i++)
        if (result->sightings[i].rule == NULL || result->sightings[i].text == NULL)
            oracle_violation("contract", spec->requires[0] -> id, "a sighting without a rule");
}

static struct run_result play(const struct case_spec *spec, bool of_client, const uint8_t *control,
                              struct bytes input)
{
    static const struct run_target target = {.host = "localhost:9001", .target = "/"};
    struct run_profile profile = profile_of(control[3]);
    struct run_settings settings = {.target = &target,
                                    .profile = &profile,
                                    .of_client = of_client,
                                    .seed = 1,
                                    .grace_us = GRACE_US,
                                    .short_us = PATIENCE_US,
                                    .long_us = 5000000,
                                    .tcp_us = 5000000};
    enum run_delivery delivery = (enum run_delivery)(control[2] / 2 % RUN_DELIVERY_COUNT);
    if (!run_delivery_fits(delivery, spec))
        delivery = RUN_DELIVERY_WHOLE;
    struct run_exchange *exchange =
        run_exchange_new(spec, delivery, &settings, PATIENCE_US, LINGER_US);
    struct player_outcome outcome =
        player_play(run_exchange_party(exchange), of_client, input, NULL, NULL);
    player_disturb(outcome.now);
    struct run_result result = run_exchange_take(exchange);
    run_exchange_free(exchange);
    check(&result, &outcome);
    run_transcript_free(&result.transcript);
    judge_observation_free(&profile.known);
    return result;
}

static void compare(const struct run_result *a, const struct run_result *b)
{
    if (a->verdict != b->verdict || a->hang != b->hang || a->waits != b->waits ||
        strcmp(a->judgement.diagnosis, b->judgement.diagnosis) != 0)
        oracle_violation("determinism", a->spec->requires[0] -> id, "%s: '%s', then '%s'",
                         a->spec->id, a->judgement.diagnosis, b->judgement.diagnosis);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < CONTROL)
        return 0;
    bool of_client;
    const struct case_spec *spec = choose(data, &of_client);
    if (spec == NULL)
        return 0;
    size_t acts = size - CONTROL;
    struct bytes input = bytes_of(data + CONTROL, acts < ACTS_MAX ? acts : ACTS_MAX);
    uint64_t hash = oracle_hash(bytes_of(data, size));
    struct run_result result = play(spec, of_client, data, input);
    size_t before = oracle_heap();
    if (!oracle_sample(hash, 1, 8))
        return 0;
    struct run_result again = play(spec, of_client, data, input);
    compare(&result, &again);
    /* The first time the player's own buffers may have grown. */
    if (oracle_heap() != before)
        oracle_violation("held", "RFC6455-10.4-01", "%s holds octets after it was freed", spec->id);
    return 0;
}
