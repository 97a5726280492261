/* SPDX-License-Identifier: MIT */
#include "report/evidence.h"

#include <string.h>

static bool observes(const struct case_spec *spec, const char *rule)
{
    for (size_t i = 0; i < spec->observe.count; i++)
        if (strcmp(spec->observe.items[i], rule) == 0)
            return true;
    return false;
}

static bool saw(const struct run_result *result, const char *rule)
{
    for (size_t i = 0; i < result->sighting_count; i++)
        if (strcmp(result->sightings[i].rule, rule) == 0)
            return true;
    return false;
}

const struct run_result *report_evidence_find(const struct run_record *record,
                                              const struct run_result *result)
{
    if (result->transcript.count > 0)
        return result;
    for (size_t i = 0; i < record->count; i++) {
        const struct run_result *other = &record->results[i];
        for (size_t s = 0; s < other->sighting_count; s++)
            if (other->transcript.count > 0 && observes(result->spec, other->sightings[s].rule))
                return other;
    }
    return NULL;
}

/* In this run or in the probe before it. */
static bool was_seen(const struct run_record *record, const char *rule)
{
    if (record->profile != NULL && judge_observation_find(&record->profile->known, rule) != NULL)
        return true;
    for (size_t i = 0; i < record->count; i++)
        if (saw(&record->results[i], rule))
            return true;
    return false;
}

bool report_evidence_blames(const struct run_record *record, const struct run_result *result,
                            const char *requirement)
{
    const struct case_spec *spec = result->spec;
    bool any_seen = false;
    for (size_t i = 0; i < spec->observe.count; i++) {
        const char *rule = spec->observe.items[i];
        if (!was_seen(record, rule))
            continue;
        if (strcmp(rule, requirement) == 0)
            return true;
        any_seen = true;
    }
    return !any_seen && strcmp(spec->requires[0] -> id, requirement) == 0;
}
