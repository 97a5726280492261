/* SPDX-License-Identifier: MIT */
#include "drive/probe.h"

#include "mini.h"

struct probed {
    struct net_loop *loop;
    struct run_profile profile;
    char why[256];
    bool possible;
};

static void on_probed(void *context, const char *why)
{
    struct probed *probed = context;
    probed->possible = why == NULL;
    snprintf(probed->why, sizeof(probed->why), "%s", why != NULL ? why : "");
    net_loop_stop(probed->loop);
}

static void probe_port(struct probed *probed, unsigned port)
{
    struct error error;
    struct net_address address;
    const struct run_target target = {.host = "127.0.0.1", .target = "/"};
    const struct drive_probe_options options = {
        .address = &address, .target = &target, .seed = 1, .timeout_us = 2000000};
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", port, &error), 0);
    struct drive_probe *probe =
        drive_probe_start(probed->loop, &options, &probed->profile, on_probed, probed);
    net_loop_run(probed->loop);
    assert_string_equal(drive_probe_agent(probe), "");
    drive_probe_free(probe);
    judge_observation_free(&probed->profile.known);
}

static struct probed probe(struct mini mini)
{
    struct probed probed = {.loop = net_loop_new()};
    probe_port(&probed, mini_open(&mini, probed.loop, 0));
    mini_close(&mini);
    net_loop_free(probed.loop);
    return probed;
}

static void knows_an_echo(void **state)
{
    (void)state;
    struct probed probed = probe((struct mini){.status = 101});
    assert_true(probed.possible);
    assert_true(probed.profile.echoes);
    assert_true(probed.profile.pongs);
    assert_false(probed.profile.answers);
    assert_false(probed.profile.broadcasts);
    assert_int_equal(probed.profile.greetings, 0);
    assert_true(probed.profile.limit == UINT64_MAX);
    assert_true(probed.profile.round_trip_us > 0);
}

static void finds_the_limit(void **state)
{
    (void)state;
    struct probed probed = probe((struct mini){.status = 101, .limit = 20000});
    assert_true(probed.profile.echoes);
    assert_in_range(probed.profile.limit, 16385, 20001);
}

static void knows_a_sink(void **state)
{
    (void)state;
    struct probed probed = probe((struct mini){.status = 101, .mute = true});
    assert_true(probed.possible);
    assert_false(probed.profile.echoes);
    assert_true(probed.profile.pongs);
}

static void says_why_no_run_is_possible(void **state)
{
    (void)state;
    struct probed refused = probe((struct mini){.status = 404});
    assert_false(refused.possible);
    assert_non_null(strstr(refused.why, "404"));
    assert_non_null(strstr(refused.why, "path"));
    struct probed dropped = probe((struct mini){.status = 0});
    assert_false(dropped.possible);
    assert_non_null(strstr(dropped.why, "closes the connection without an answer"));
    struct probed nobody = {.loop = net_loop_new()};
    probe_port(&nobody, net_address_free_port());
    assert_false(nobody.possible);
    assert_non_null(strstr(nobody.why, "no connection"));
    net_loop_free(nobody.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_an_echo),
        cmocka_unit_test(finds_the_limit),
        cmocka_unit_test(knows_a_sink),
        cmocka_unit_test(says_why_no_run_is_possible),
    };
    drive_probe_free(NULL);
    return cmocka_run_group_tests_name("drive/probe", tests, NULL, NULL);
}
