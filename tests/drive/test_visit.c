/* SPDX-License-Identifier: MIT */
#include "drive/visit.h"

#include "base/memory.h"
#include "hall.h"
#include "run/patience.h"

/* A run that does not run: only what it needs to be visited. */
struct house {
    struct hall hall;
    struct drive_client client;
    size_t offered[HALL_CASES];
};

static void never(void *context)
{
    (void)context;
}

static void open_house(struct house *h)
{
    *h = (struct house){.offered = {0, 1, 2, 3}};
    hall_open(&h->hall);
    struct drive_client *c = &h->client;
    c->options = &h->hall.options;
    c->loop = net_loop_new();
    c->ender = net_timer_new(c->loop, never, c);
    c->template = drive_agent_new(c->options, "", c->url, NULL, 1, 0);
    drive_agent_begin(c->template);
    c->offered = h->offered;
    c->offered_count = HALL_CASES;
}

static void close_house(struct house *h)
{
    struct drive_client *c = &h->client;
    for (size_t i = 0; i < c->agent_count; i++)
        drive_agent_free(c->agents[i]);
    drive_agent_free(c->template);
    net_timer_free(c->ender);
    net_loop_free(c->loop);
    hall_close(&h->hall);
}

#define UPGRADE                                                                                    \
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

/* A visit with that request, of which the first thing that it says is returned. */
static struct bytes visit(struct house *h, struct drive_visit **made, const char *line,
                          const char *fields)
{
    static struct ws_http_head head;
    struct buffer text = {0};
    size_t scanned = 0;
    *made = memory_zeroed(1, sizeof(**made));
    (*made)->client = &h->client;
    buffer_printf(&text, "%s\r\nHost: a\r\n%s\r\n", line, fields);
    assert_int_equal(ws_http_read(&head, buffer_bytes(&text), 65536, &scanned), WS_ITEM);
    struct run_party party = drive_visit_choose(*made, &head);
    party.opened(party.self, 1000);
    party.bytes(party.self, text.data, text.len, 1000);
    buffer_free(&text);
    struct run_action action = party.next(party.self, 1000, true);
    assert_int_equal(action.want, RUN_WANT_WRITE);
    return action.octets;
}

static void expect_answer(struct house *h, const char *target, const char *fields, const char *said)
{
    char line[256];
    struct drive_visit *made;
    snprintf(line, sizeof(line), "GET %s HTTP/1.1", target);
    struct bytes octets = visit(h, &made, line, fields);
    if (!bytes_contain(octets, bytes_text(said)))
        fail_msg("%s: %.*s", target, (int)octets.len, (const char *)octets.data);
    drive_visit_free(made);
}

/* A client whose request is at fault may lack any one of its fields, but it is no browser's. */
static void a_faulty_handshake_is_none_of_a_page(void **state)
{
    (void)state;
    static const char *const fields[] = {UPGRADE, "Upgrade: x\r\n", "Sec-WebSocket-Key: x\r\n",
                                         "Sec-WebSocket-Version: 8\r\n"};
    struct house h;
    open_house(&h);
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        expect_answer(&h, "/getCaseCount", fields[i], "HTTP/1.1 101 Switching Protocols\r\n");
    expect_answer(&h, "/getCaseCount", "Connection: Upgrade\r\n", "HTTP/1.1 404 ");
    close_house(&h);
}

static void a_case_begins(void **state)
{
    (void)state;
    struct house h;
    struct drive_visit *first;
    struct drive_visit *other;
    open_house(&h);
    struct bytes answer = visit(&h, &first, "GET /runCase?case=4&agent=me HTTP/1.1", UPGRADE);
    assert_true(bytes_contain(answer, bytes_text("HTTP/1.1 200 OK\r\n"))); /* x/reject's */
    assert_non_null(first->exchange);
    assert_int_equal(first->index, 3);
    assert_int_equal(h.client.agent_count, 1);
    assert_string_equal(h.client.agents[0]->name, "me");
    assert_string_equal(first->agent->name, "me");
    answer = visit(&h, &other, "GET /runCase?case=4&agent=me HTTP/1.1", UPGRADE);
    assert_true(bytes_contain(answer, bytes_text("HTTP/1.1 409 ")));
    drive_visit_free(other);
    visit(&h, &other, "GET /runCase?case=4&agent=you HTTP/1.1", UPGRADE);
    assert_non_null(other->exchange);
    assert_int_equal(h.client.agent_count, 2);
    drive_visit_free(other);
    drive_visit_free(first);
    close_house(&h);
}

/* A client that hangs in case after case is waited for less long: the plan says how long, and only
 * this case is told. */
static void a_case_has_its_own_deadline(void **state)
{
    (void)state;
    enum { USUAL = 200000 };
    struct house h;
    struct drive_visit *made;
    open_house(&h);
    visit(&h, &made, "GET /runCase?case=1&agent=me HTTP/1.1", UPGRADE);
    struct drive_agent *agent = made->agent;
    assert_int_equal(made->settings.short_us, USUAL);
    assert_int_equal(made->settings.believed, 0);
    for (size_t i = 0; i < RUN_PATIENCE_ROW; i++) {
        struct run_result result = {.spec = h.hall.cases[0], .hang = RUN_HANG_ANSWER};
        if (i > 0)
            assert_int_equal(run_plan_claim(agent->plan, 0).kind, RUN_JOB_CASE);
        drive_agent_finish(agent, 0, &result);
    }
    drive_visit_free(made);
    visit(&h, &made, "GET /runCase?case=1&agent=me HTTP/1.1", UPGRADE);
    assert_true(made->settings.short_us < USUAL);
    assert_int_equal(made->settings.believed, 1u << RUN_HANG_ANSWER);
    assert_int_equal(agent->settings.short_us, USUAL);
    drive_visit_free(made);
    close_house(&h);
}

static void the_list_may_be_shorter_than_the_plan(void **state)
{
    (void)state;
    struct house h;
    struct drive_visit *made;
    open_house(&h);
    h.offered[0] = 2;
    h.offered[1] = 3;
    h.client.offered_count = 2;
    expect_answer(&h, "/getCaseInfo?case=1", UPGRADE, "{\"id\": \"x/fail\"");
    expect_answer(&h, "/getCaseInfo?case=3", UPGRADE, "HTTP/1.1 500 ");
    expect_answer(&h, "/runCase?casetuple=x/echo&agent=me", UPGRADE, "HTTP/1.1 500 ");
    visit(&h, &made, "GET /runCase?case=1&agent=me HTTP/1.1", UPGRADE);
    assert_int_equal(made->index, 2);
    drive_visit_free(made);
    close_house(&h);
}

static void an_info_is_json(void **state)
{
    (void)state;
    static const char *const labels[] = {"a\"b\\c\n", "", "", ""};
    struct house h;
    open_house(&h);
    h.hall.options.labels = labels;
    expect_answer(&h, "/getCaseInfo?case=1", UPGRADE, "{\"id\": \"a\\\"b\\\\c\\u000a\", ");
    close_house(&h);
}

static void there_is_an_end_to_the_clients(void **state)
{
    (void)state;
    struct house h;
    open_house(&h);
    for (int i = 0; i <= DRIVE_AGENTS_MAX; i++) {
        char target[64];
        snprintf(target, sizeof(target), "/runCase?case=1&agent=%d", i);
        expect_answer(&h, target, UPGRADE,
                      i < DRIVE_AGENTS_MAX ? "HTTP/1.1 101 " : "HTTP/1.1 503 ");
    }
    expect_answer(&h, "/runCase?case=2&agent=0", UPGRADE, "HTTP/1.1 101 "); /* a known one */
    close_house(&h);
}

static void targets_may_come_as_uris(void **state)
{
    (void)state;
    struct house h;
    open_house(&h);
    expect_answer(&h, "http://somewhere.else:80/getCaseCount", UPGRADE,
                  "\x81\x01"
                  "4");
    expect_answer(&h, "HTTP://a/getCaseInfo?case=2", UPGRADE, "x/pong");
    expect_answer(&h, "ftp://a/getCaseCount", UPGRADE, "HTTP/1.1 404 ");
    close_house(&h);
}

static void what_is_no_request_line_is_not_known(void **state)
{
    (void)state;
    static const char *const lines[] = {"GET", "GET /getCaseCount", "/getCaseCount",
                                        "GET  HTTP/1.1", "\x16\x03\x01"};
    struct house h;
    open_house(&h);
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct drive_visit *made;
        struct bytes octets = visit(&h, &made, lines[i], "");
        assert_true(bytes_contain(octets, bytes_text("HTTP/1.1 404 ")));
        drive_visit_free(made);
    }
    close_house(&h);
}

static void a_stop_ends_the_run_soon(void **state)
{
    (void)state;
    struct house h;
    open_house(&h);
    assert_false(h.client.stopping);
    expect_answer(&h, "/stopServer", UPGRADE, "HTTP/1.1 101 ");
    assert_true(h.client.stopping);
    close_house(&h);
}

static void the_reports_are_those_of_all(void **state)
{
    (void)state;
    struct house h;
    open_house(&h);
    expect_answer(&h, "/runCase?case=1&agent=one", UPGRADE, "HTTP/1.1 101 ");
    expect_answer(&h, "/runCase?case=1&agent=two", UPGRADE, "HTTP/1.1 101 ");
    assert_false(h.client.agents[1]->reported);
    expect_answer(&h, "/updateReports?agent=one", UPGRADE, "HTTP/1.1 101 ");
    assert_true(h.client.agents[0]->reported);
    assert_true(h.client.agents[1]->reported);
    assert_int_equal(h.hall.reported, 1);
    close_house(&h);
}

static const struct judge_observation *find_seen(const struct house *h, const char *rule)
{
    return judge_observation_find(run_plan_observations(h->client.agents[0]->plan), rule);
}

/* A request that leads nowhere is still the client's, where there is one client only. */
static void a_stray_request_is_looked_at(void **state)
{
    (void)state;
    static const char old[] = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Version: 8\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    struct house h;
    open_house(&h);
    expect_answer(&h, "/nowhere", old, "HTTP/1.1 404 "); /* whose is it? */
    assert_int_equal(h.client.agent_count, 0);
    expect_answer(&h, "/runCase?case=1&agent=one", UPGRADE, "HTTP/1.1 101 ");
    assert_null(find_seen(&h, "RFC6455-4.1-35"));
    expect_answer(&h, "/nowhere", UPGRADE, "HTTP/1.1 404 ");
    assert_null(find_seen(&h, "RFC6455-4.1-35"));
    expect_answer(&h, "/nowhere", old, "HTTP/1.1 404 ");
    assert_int_equal(find_seen(&h, "RFC6455-4.1-35")->count, 1);
    expect_answer(&h, "/runCase?case=1&agent=two", UPGRADE, "HTTP/1.1 101 ");
    expect_answer(&h, "/nowhere", old, "HTTP/1.1 404 ");
    assert_int_equal(find_seen(&h, "RFC6455-4.1-35")->count, 1);
    close_house(&h);
}

/* Only a client that was started for a case is sent there. */
static void nobody_was_sent_to_a_case_that_is_not_begun(void **state)
{
    (void)state;
    struct house h;
    open_house(&h);
    expect_answer(&h, "/case/1/x/echo", UPGRADE, "HTTP/1.1 404 ");
    assert_int_equal(h.client.agent_count, 0);
    close_house(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_faulty_handshake_is_none_of_a_page),
        cmocka_unit_test(a_case_begins),
        cmocka_unit_test(a_case_has_its_own_deadline),
        cmocka_unit_test(the_list_may_be_shorter_than_the_plan),
        cmocka_unit_test(an_info_is_json),
        cmocka_unit_test(there_is_an_end_to_the_clients),
        cmocka_unit_test(targets_may_come_as_uris),
        cmocka_unit_test(what_is_no_request_line_is_not_known),
        cmocka_unit_test(a_stop_ends_the_run_soon),
        cmocka_unit_test(the_reports_are_those_of_all),
        cmocka_unit_test(a_stray_request_is_looked_at),
        cmocka_unit_test(nobody_was_sent_to_a_case_that_is_not_begun),
    };
    return cmocka_run_group_tests_name("drive/visit", tests, NULL, NULL);
}
