/* SPDX-License-Identifier: MIT */
#include "run/proof.h"

#include "stage.h"

static enum judge_verdict ask(const struct case_spec *spec, unsigned is, bool echoes)
{
    struct stage s;
    stage_prepare(&s, is);
    s.profile.echoes = echoes;
    s.exchange = run_exchange_new(spec, RUN_DELIVERY_WHOLE, &s.settings, SHORT, LINGER);
    play_begin(&s.play, run_exchange_party(s.exchange));
    stage_finish(&s);
    enum judge_verdict verdict = s.result.verdict;
    stage_end(&s);
    return verdict;
}

static void an_echo_is_proved(void **state)
{
    (void)state;
    assert_int_equal(ask(run_proof_of_echo(), 0, true), JUDGE_PASS);
    assert_int_not_equal(ask(run_proof_of_echo(), PLAY_NO_ECHO, true), JUDGE_PASS);
    assert_int_not_equal(ask(run_proof_of_echo(), PLAY_BAD_ECHO, true), JUDGE_PASS);
}

static void a_pong_is_proved(void **state)
{
    (void)state;
    assert_int_equal(ask(run_proof_of_pong(), PLAY_NO_ECHO, false), JUDGE_PASS);
    assert_int_not_equal(ask(run_proof_of_pong(), PLAY_NO_PONG, false), JUDGE_PASS);
}

/* They are of no suite, so nothing can be held against an endpoint by them. */
static void a_proof_charges_nobody(void **state)
{
    (void)state;
    assert_int_equal(ask(run_proof_of_echo(), PLAY_NO_ECHO, true), JUDGE_INFO);
    assert_int_equal(run_proof_of_echo()->require_count, 0);
    assert_int_equal(run_proof_of_pong()->require_count, 0);
}

static void life_is_asked_for_by_what_there_is(void **state)
{
    (void)state;
    const struct run_profile both = {.echoes = true, .pongs = true};
    const struct run_profile pongs = {.pongs = true};
    const struct run_profile none = {.limit = 0};
    assert_ptr_equal(run_proof_of_life(&both), run_proof_of_echo());
    assert_ptr_equal(run_proof_of_life(&pongs), run_proof_of_pong());
    assert_int_equal(run_proof_of_life(&none)->step_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_echo_is_proved),
        cmocka_unit_test(a_pong_is_proved),
        cmocka_unit_test(a_proof_charges_nobody),
        cmocka_unit_test(life_is_asked_for_by_what_there_is),
    };
    return cmocka_run_group_tests_name("run/proof", tests, NULL, NULL);
}
