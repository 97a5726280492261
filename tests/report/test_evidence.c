/* SPDX-License-Identifier: MIT */
#include "report/evidence.h"

#include "sample.h"

static const char *const masking[] = {"RFC6455-5.1-04"};

static void of_a_case_is_its_own_connection(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    struct run_result *result = sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "silence");
    assert_null(report_evidence_find(&s.record, result));
    run_transcript_note(&result->transcript, false, "resets TCP (RST)", 0);
    assert_ptr_equal(report_evidence_find(&s.record, result), result);
    assert_true(report_evidence_blames(&s.record, result, "RFC6455-5.5-02"));
    assert_false(report_evidence_blames(&s.record, result, "RFC6455-8.1-01"));
    sample_free(&s);
}

static void of_the_run_is_where_it_was_seen(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    struct run_result *lost = sample_add(&s, "RFC6455-5.5-02", JUDGE_ERROR, "nothing was kept");
    lost->sightings[lost->sighting_count++] = (struct run_sighting){masking[0], "it masks"};
    struct run_result *seen = sample_add(&s, "RFC6455-5.5-02", JUDGE_PASS, "fine");
    struct run_result *result = sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "it masks");
    sample_observe(&s, masking);
    run_transcript_note(&seen->transcript, false, "ends TCP (FIN)", 0);
    assert_null(report_evidence_find(&s.record, result));
    lost->sighting_count = 0;
    assert_true(report_evidence_blames(&s.record, result, "RFC6455-5.5-02"));

    lost->sighting_count = 1;
    seen->sightings[seen->sighting_count++] = (struct run_sighting){masking[0], "it masks"};
    assert_ptr_equal(report_evidence_find(&s.record, result), seen);
    assert_true(report_evidence_blames(&s.record, result, masking[0]));
    assert_false(report_evidence_blames(&s.record, result, "RFC6455-5.5-02"));
    sample_free(&s);
}

static void the_probe_counts_too(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    struct run_result *result = sample_add(&s, "RFC6455-5.5-02", JUDGE_FAILED, "it masks");
    sample_observe(&s, masking);
    judge_observation_add(&s.profile.known, masking[0], "it masks", NULL);
    assert_true(report_evidence_blames(&s.record, result, masking[0]));
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_case_is_its_own_connection),
        cmocka_unit_test(of_the_run_is_where_it_was_seen),
        cmocka_unit_test(the_probe_counts_too),
    };
    return cmocka_run_group_tests_name("report/evidence", tests, NULL, NULL);
}
