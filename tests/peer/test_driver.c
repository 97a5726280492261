/* SPDX-License-Identifier: MIT */
#include "peer/driver.h"

#include <stdio.h>

#include "service.h"

struct fixture {
    struct service service;
    struct net_loop *loop;
    struct peer_client *client;
    struct error error;
};

static void start(struct fixture *f, const struct peer_quirk *quirk)
{
    struct peer_client_options options = {.link = peer_link_defaults()};
    f->loop = net_loop_new();
    f->service.hangs_up = true;
    options.address = service_start(&f->service, f->loop);
    options.link.echo.quirk = quirk;
    f->client = peer_client_new(f->loop, &options);
}

static void finish(struct fixture *f)
{
    peer_client_free(f->client);
    service_end(&f->service);
    net_loop_free(f->loop);
}

/* Three cases, of which the second begins with a refusal. */
static void serve(struct service *service, const char *target, struct buffer *out)
{
    if (strstr(target, "case=2") != NULL) {
        buffer_append_text(out, "HTTP/1.1 500 Internal Server Error\r\n\r\n");
        return;
    }
    service_right_answer(service, out);
    if (strstr(target, "Count") != NULL)
        buffer_append(out, bytes_of("\x81\1"
                                    "3",
                                    3));
    buffer_append(out, bytes_of("\x88\0", 2));
}

static void serve_nonsense(struct service *service, const char *target, struct buffer *out)
{
    (void)target;
    service_right_answer(service, out);
    buffer_append(out, bytes_of("\x81\2"
                                "3x\x88\0",
                                6));
}

static void runs_all_cases(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = serve}};
    start(&f, NULL);
    struct ws_url base = {.host = "localhost", .field = "localhost", .target = "/"};
    assert_int_equal(peer_driver_run(f.client, &base, "me", &f.error), PEER_CLIENT_DONE);
    assert_string_equal(buffer_text(&f.service.targets), "/getCaseCount\n"
                                                         "/runCase?case=1&agent=me\n"
                                                         "/runCase?case=2&agent=me\n"
                                                         "/runCase?case=3&agent=me\n"
                                                         "/updateReports?agent=me\n");
    finish(&f);
}

static void has_its_quirk_in_cases_only(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = serve}};
    start(&f, peer_quirk_find_fault("wants-answer-in-one-read", PEER_CLIENT));
    assert_int_equal(peer_driver_run(f.client, &talk_url, "me", &f.error), PEER_CLIENT_DONE);
    assert_int_equal(f.service.connections, 5);
    finish(&f);
    /* The Close of the last connection is masked; that of a case would not be. */
    f = (struct fixture){.service = {.answer = serve}};
    start(&f, peer_quirk_find_fault("sends-unmasked", PEER_CLIENT));
    assert_int_equal(peer_driver_run(f.client, &talk_url, "me", &f.error), PEER_CLIENT_DONE);
    assert_int_equal(f.service.said.data[1], 0x80);
    finish(&f);
}

static void wants_a_number(void **state)
{
    (void)state;
    struct fixture f = {.service = {.answer = serve_nonsense}};
    start(&f, NULL);
    assert_int_equal(peer_driver_run(f.client, &talk_url, "me", &f.error), PEER_CLIENT_REFUSED);
    assert_non_null(strstr(f.error.text, "did not say how many cases"));
    finish(&f);
}

static void writes_urls(void **state)
{
    (void)state;
    struct ws_url url;
    struct ws_url base = {.host = "h", .field = "h", .target = "/a/b/?q"};
    struct error error;
    assert_int_equal(peer_driver_url(&url, &base, "runCase", 12, "a b&\xc3\xbc", &error), 0);
    assert_string_equal(url.target, "/a/b/runCase?case=12&agent=a%20b%26%C3%BC");
    assert_string_equal(url.host, "h");
    assert_int_equal(peer_driver_url(&url, &base, "getCaseCount", 0, NULL, &error), 0);
    assert_string_equal(url.target, "/a/b/getCaseCount");
    assert_int_equal(peer_driver_url(&url, &base, "updateReports", 0, "x", &error), 0);
    assert_string_equal(url.target, "/a/b/updateReports?agent=x");
    char *long_name = malloc(WS_URL_TARGET_MAX + 1);
    memset(long_name, 'x', WS_URL_TARGET_MAX);
    long_name[WS_URL_TARGET_MAX] = '\0';
    assert_int_equal(peer_driver_url(&url, &base, "runCase", 1, long_name, &error), -1);
    free(long_name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_all_cases),
        cmocka_unit_test(has_its_quirk_in_cases_only),
        cmocka_unit_test(wants_a_number),
        cmocka_unit_test(writes_urls),
    };
    return cmocka_run_group_tests_name("peer/driver", tests, NULL, NULL);
}
