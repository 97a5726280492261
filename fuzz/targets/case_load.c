/* SPDX-License-Identifier: MIT */
/* case/load.h: the text of a case file.
 *
 * Oracles: determinism (loaded twice, the same cases or the same sentence); contract (a refusal has
 * a sentence that names the file; a case that was taken has what its header promises, and its
 * octets can be composed within bounds); held (a set that is freed holds nothing). JSON has no
 * chunks and no frames. */
#include <stdlib.h>
#include <string.h>

#include "case/load.h"
#include "case/payload.h"
#include "fuzz/oracle.h"
#include "run/compose.h"

const char fuzz_target_name[] = "case_load";

enum {
    STEPS_COMPOSED = 4096, /* octets of a payload that are worth the time */
    EXPANSION = 100000     /* cases that one file may make */
};

static const char clause[] = "RFC6455-5.2-01";

/* The catalogue that the cases of the input may refer to. */
static const char table[] = "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n"
                            "RFC6455-5.1-04\t5.1\tserver\tmust\tyes\t\tMasks nothing.\n"
                            "RFC6455-5.5-03\t5.5\tboth\tmust\tyes\t\tSomething.\n";

static int load(struct case_set *set, struct bytes text, struct error *error)
{
    *set = (struct case_set){0};
    if (case_catalogue_read(&set->catalogue, "table.tsv", bytes_text(table), error) != 0)
        oracle_violation("contract", clause, "the catalogue is not read: %s", error->text);
    return case_load_text(set, "input.json", text, error);
}

static void check_sentence(const struct error *error)
{
    if (strncmp(error->text, "input.json:", 11) != 0)
        oracle_violation("contract", clause, "the sentence is '%s'", error->text);
}

static void compose(const struct case_spec *spec)
{
    for (size_t i = 0; i < spec->step_count; i++)
        if (case_payload_size(&spec->steps[i].frame.payload) > STEPS_COMPOSED ||
            case_payload_size(&spec->steps[i].message.payload) > STEPS_COMPOSED)
            return;
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text(spec->id));
    run_compose_steps(&script, spec, true, &random, NULL);
    size_t written = 0;
    for (size_t i = 0; i < script.count; i++)
        written += script.parts[i].kind == RUN_PART_WRITE ? script.parts[i].len : 0;
    if (written != script.octets.len)
        oracle_violation("contract", clause, "writes of %zu octets for %zu", written,
                         script.octets.len);
    run_compose_free(&script);
}

static void check_case(const struct case_spec *spec)
{
    if (spec->id == NULL || spec->does == NULL || spec->expects == NULL ||
        spec->require_count == 0 || spec->requires[0] == NULL || spec->role == 0)
        oracle_violation("contract", clause, "a case lacks what it must have");
    bool composed = spec->step_count > 0 && !case_spec_is_run_level(spec);
    if (composed)
        compose(spec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *chunk = oracle_chunk(bytes_of(data, size));
    struct case_set set;
    struct case_set again;
    struct error error = {""};
    struct error other = {""};
    int status = load(&set, bytes_of(chunk, size), &error);
    if (status != 0)
        check_sentence(&error);
    for (size_t i = 0; status == 0 && i < set.count; i++)
        check_case(&set.cases[i]);
    if (set.count > EXPANSION)
        oracle_violation("held", clause, "%zu cases of %zu octets", set.count, size);
    if (oracle_sample(oracle_hash(bytes_of(data, size)), 1, 4)) {
        if (load(&again, bytes_of(chunk, size), &other) != status ||
            (status == 0 && again.count != set.count) || strcmp(error.text, other.text) != 0)
            oracle_violation("determinism", clause, "'%s', then '%s'", error.text, other.text);
        case_spec_free_set(&again);
    }
    case_spec_free_set(&set);
    free(chunk);
    return 0;
}
