/* SPDX-License-Identifier: MIT */
#include "drive/endpoint.h"

#include "mini.h"

struct seen {
    struct net_loop *loop;
    bool alive;
    unsigned readies;
    unsigned deaths;
    bool stopped;
    char why[512];
};

static void on_ready(void *context, bool alive, const char *why)
{
    struct seen *seen = context;
    seen->readies++;
    seen->alive = alive;
    snprintf(seen->why, sizeof(seen->why), "%s", why != NULL ? why : "");
    net_loop_stop(seen->loop);
}

static void on_died(void *context, const char *how)
{
    struct seen *seen = context;
    seen->deaths++;
    snprintf(seen->why, sizeof(seen->why), "%s", how);
    net_loop_stop(seen->loop);
}

static void on_stopped(void *context)
{
    struct seen *seen = context;
    seen->stopped = true;
    net_loop_stop(seen->loop);
}

static const struct drive_endpoint_events events = {.ready = on_ready, .died = on_died};

/* Starts a command, or looks for what is there without one, for at most 300 ms. */
static struct seen start(const char *url, const char *const *command)
{
    struct seen seen = {.loop = net_loop_new()};
    struct error error;
    struct drive_endpoint *endpoint =
        drive_endpoint_new(seen.loop, url, command, 300000, &events, &seen, &error);
    assert_non_null(endpoint);
    drive_endpoint_start(endpoint);
    if (seen.readies == 0)
        net_loop_run(seen.loop);
    drive_endpoint_free(endpoint);
    net_loop_free(seen.loop);
    return seen;
}

static void finds_what_is_there(void **state)
{
    (void)state;
    struct mini mini = {.status = 101};
    struct seen seen = {.loop = net_loop_new()};
    struct error error;
    char url[64];
    snprintf(url, sizeof(url), "ws://127.0.0.1:%u/chat", mini_open(&mini, seen.loop, 0));
    struct drive_endpoint *endpoint =
        drive_endpoint_new(seen.loop, url, NULL, 300000, &events, &seen, &error);
    drive_endpoint_start(endpoint);
    net_loop_run(seen.loop);
    assert_true(seen.alive);
    assert_true(drive_endpoint_alive(endpoint));
    assert_string_equal(drive_endpoint_text(endpoint), url);
    assert_string_equal(drive_endpoint_url(endpoint)->target, "/chat");
    drive_endpoint_stop(endpoint, on_stopped, &seen); /* nothing of ours to stop */
    assert_true(seen.stopped);
    drive_endpoint_free(endpoint);
    drive_endpoint_free(NULL);
    mini_close(&mini);
    net_loop_free(seen.loop);
}

static void says_that_nothing_answers(void **state)
{
    (void)state;
    char url[64];
    snprintf(url, sizeof(url), "ws://127.0.0.1:%u/", net_address_free_port());
    struct seen seen = start(url, NULL);
    assert_false(seen.alive);
    assert_non_null(strstr(seen.why, "nothing answers"));
}

static void says_how_the_command_ended(void **state)
{
    (void)state;
    static const char *const failing[] = {"sh", "-c", "echo no luck >&2; exit 7", NULL};
    struct seen failed = start(NULL, failing);
    assert_false(failed.alive);
    assert_string_equal(failed.why, "the process ended with exit status 7; its stderr: no luck");
    static const char *const killed[] = {"sh", "-c", "kill -9 $$", NULL};
    assert_non_null(strstr(start(NULL, killed).why, "signal 9"));
    static const char *const missing[] = {"/no/such/command", NULL};
    assert_non_null(strstr(start(NULL, missing).why, "/no/such/command"));
}

static void tells_the_command_its_port(void **state)
{
    (void)state;
    static const char *const command[] = {
        "sh", "-c", "test $1 = $PORT && echo $2 >&2; exit 1", "-", "{port}", "<{url}>", NULL};
    struct seen seen = start(NULL, command);
    assert_non_null(strstr(seen.why, "<ws://127.0.0.1:"));
}

static void refuses_to_test_another_server(void **state)
{
    (void)state;
    static const char *const command[] = {"true", NULL};
    struct mini mini = {.status = 101};
    struct seen seen = {0};
    struct error error;
    struct net_loop *loop = net_loop_new();
    char url[64];
    snprintf(url, sizeof(url), "ws://127.0.0.1:%u/", mini_open(&mini, loop, 0));
    assert_null(drive_endpoint_new(loop, url, command, 300000, &events, &seen, &error));
    assert_non_null(strstr(error.text, "already"));
    mini_close(&mini);
    net_loop_free(loop);
}

static void refuses_what_cannot_be_tested(void **state)
{
    (void)state;
    struct error error;
    struct ws_url url;
    assert_int_equal(drive_endpoint_read_url(&url, "ws://a:7/b", &error), 0);
    assert_int_equal(url.port, 7);
    assert_int_equal(drive_endpoint_read_url(&url, "wss://a/", &error), -1);
    assert_non_null(strstr(error.text, "TLS"));
    assert_int_equal(drive_endpoint_read_url(&url, "http://a/", &error), -1);
    struct net_loop *loop = net_loop_new();
    assert_null(drive_endpoint_new(loop, "wss://a/", NULL, 1000, &events, NULL, &error));
    net_loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_there),
        cmocka_unit_test(says_that_nothing_answers),
        cmocka_unit_test(says_how_the_command_ended),
        cmocka_unit_test(tells_the_command_its_port),
        cmocka_unit_test(refuses_to_test_another_server),
        cmocka_unit_test(refuses_what_cannot_be_tested),
    };
    return cmocka_run_group_tests_name("drive/endpoint", tests, NULL, NULL);
}
