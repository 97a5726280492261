/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_REPORT_SAMPLE_H
#define WSCONFORM_TESTS_REPORT_SAMPLE_H

#include "support.h"

#include "report/report.h"

/* A small record, made by hand. */
enum { SAMPLE_MAX = 16 };

struct sample {
    struct case_catalogue catalogue;
    const struct case_requirement *rows[SAMPLE_MAX];
    char ids[SAMPLE_MAX][32];
    struct case_spec specs[SAMPLE_MAX];
    struct run_result results[SAMPLE_MAX];
    struct run_profile profile;
    struct run_record record;
};

static inline void sample_init(struct sample *sample)
{
    static const char table[] =
        "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n"
        "RFC6455-5.5-02\t5.5\tboth\tmust\tyes\t\tControl frames carry at most 125 octets\n"
        "RFC6455-8.1-01\t8.1\tboth\tmust\tyes\t\tText that is not UTF-8 fails the connection\n"
        "RFC6455-5.5.1-09\t5.5.1\tboth\tshould\tyes\t\tA Close is answered soon\n"
        "RFC6455-5.1-04\t5.1\tserver\tmust\tyes\t\tA server masks nothing\n";
    *sample = (struct sample){0};
    assert_int_equal(case_catalogue_read(&sample->catalogue, "sample.tsv", bytes_text(table), NULL),
                     0);
    sample->profile = (struct run_profile){
        .echoes = true, .pongs = true, .limit = UINT64_MAX, .round_trip_us = 120};
    sample->record = (struct run_record){.started = 1700000000,
                                         .duration_us = 934567,
                                         .seed = UINT64_MAX,
                                         .url = "ws://127.0.0.1:9001/",
                                         .profile = &sample->profile,
                                         .catalogue = &sample->catalogue,
                                         .results = sample->results};
}

/* One result more; the id is "5.5/NUMBER". */
static inline struct run_result *sample_add(struct sample *sample, const char *requirement,
                                            enum judge_verdict verdict, const char *diagnosis)
{
    size_t i = sample->record.count++;
    assert_true(i < SAMPLE_MAX);
    sample->rows[i] = case_catalogue_find(&sample->catalogue, requirement);
    snprintf(sample->ids[i], sizeof(sample->ids[i]), "5.5/%zu", i);
    sample->specs[i] = (struct case_spec){.id = sample->ids[i],
                                          .section = "5.5",
                                          .requires = &sample->rows[i],
                                          .require_count = 1,
                                          .role = CASE_ROLE_BOTH,
                                          .does = "Sends something.",
                                          .expects = "The endpoint fails the connection.",
                                          .outcome = "fail(1002)"};
    struct run_result *result = &sample->results[i];
    *result = (struct run_result){.spec = &sample->specs[i], .verdict = verdict};
    snprintf(result->judgement.diagnosis, sizeof(result->judgement.diagnosis), "%s", diagnosis);
    return result;
}

/* Makes the last result a run-level one that observes its own requirement. */
static inline void sample_observe(struct sample *sample, const char *const *rule)
{
    struct case_spec *spec = &sample->specs[sample->record.count - 1];
    spec->outcome = NULL;
    spec->observe = (struct case_names){rule, 1};
}

/* Adds a frame to a transcript, `sent` octets of its payload. */
static inline void sample_frame(struct run_transcript *transcript, bool ours, struct ws_frame frame,
                                const void *payload, size_t sent)
{
    struct ws_event event = {.kind = WS_EVENT_FRAME, .frame = frame};
    run_transcript_event(transcript, ours, &event, 1234);
    event = (struct ws_event){.kind = WS_EVENT_DATA, .payload = bytes_of(payload, sent)};
    run_transcript_event(transcript, ours, &event, 1234);
}

static inline void sample_free(struct sample *sample)
{
    for (size_t i = 0; i < sample->record.count; i++)
        run_transcript_free(&sample->results[i].transcript);
    judge_observation_free(&sample->profile.known);
    case_catalogue_free(&sample->catalogue);
}

#endif
