/* SPDX-License-Identifier: MIT */
#include "case/order.h"

#include "support.h"

static struct case_order order;
static struct error why;

static int read_text(const char *text)
{
    case_order_free(&order);
    return case_order_read(&order, "spec.json", bytes_text(text), &why);
}

static void reads_what_a_fuzzingserver_says(void **state)
{
    (void)state;
    assert_int_equal(
        read_text("{\"url\": \"ws://127.0.0.1:9001\", \"outdir\": \"./reports/clients\","
                  "\"cases\": [\"1.*\", \"7.1.1\"], \"exclude-cases\": [\"9.*\"],"
                  "\"exclude-agent-cases\": {\"ws*\": [\"6.*\", \"2.10\"], \"b\": []},"
                  "\"options\": {\"failByDrop\": false}, \"webport\": 8080}"),
        0);
    assert_string_equal(order.url, "ws://127.0.0.1:9001");
    assert_string_equal(order.outdir, "./reports/clients");
    assert_int_equal(order.cases.count, 2);
    assert_string_equal(order.cases.items[1], "7.1.1");
    assert_string_equal(order.excluded.items[0], "9.*");
    assert_int_equal(order.exclusion_count, 2);
    assert_string_equal(order.exclusions[0].agent, "ws*");
    assert_string_equal(order.exclusions[0].ids.items[1], "2.10");
    assert_int_equal(order.exclusions[1].ids.count, 0);
    assert_int_equal(order.server_count, 0);
}

static void reads_what_a_fuzzingclient_says(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"servers\": [{\"url\": \"ws://a:1/x\", \"agent\": \"A\","
                               "\"options\": {\"version\": 18}}, {\"url\": \"ws://b\","
                               "\"origin\": \"http://o\", \"protocols\": [\"p\"]}]}"),
                     0);
    assert_int_equal(order.server_count, 2);
    assert_string_equal(order.servers[0].url, "ws://a:1/x");
    assert_string_equal(order.servers[0].agent, "A");
    assert_null(order.servers[1].agent);
    assert_string_equal(order.servers[1].origin, "http://o");
    assert_string_equal(order.servers[1].protocols.items[0], "p");
    assert_null(order.outdir);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *sentence;
    } rows[] = {
        {"{", "spec.json:1:"},
        {"[]", "spec.json"},
        {"{\"casess\": []}", "'casess'"},
        {"{\"cases\": 5}", "/cases"},
        {"{\"cases\": [5]}", "/cases"},
        {"{\"servers\": {}}", "/servers: a list of servers"},
        {"{\"servers\": [{}]}", "/servers/0: a server needs its 'url'"},
        {"{\"servers\": [{\"url\": \"wss://a\"}]}", "TLS"},
        {"{\"url\": \"wss://a\"}", "TLS"},
        {"{\"exclude-agent-cases\": []}", "/exclude-agent-cases: an object"},
        {"{\"exclude-agent-cases\": {\"a\": \"b\"}}", "/exclude-agent-cases/a"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(read_text(rows[i].text), -1);
        if (strstr(why.text, rows[i].sentence) == NULL)
            fail_msg("'%s' is not in '%s'", rows[i].sentence, why.text);
    }
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    assert_int_equal(case_order_load(&order, "/no/such/spec.json", &why), -1);
    assert_non_null(strstr(why.text, "/no/such/spec.json"));
}

/* Cut anywhere, a file is a mistake and nothing worse. */
static void every_prefix_is_a_mistake(void **state)
{
    (void)state;
    static const char text[] = "{\"url\": \"ws://a\", \"servers\": [{\"url\": \"ws://b\"}],"
                               "\"exclude-agent-cases\": {\"a\": [\"1\"]}}";
    for (size_t len = 0; len + 1 < sizeof(text); len++) {
        case_order_free(&order);
        struct bytes part = bytes_of(support_flush(bytes_of(text, len)), len);
        assert_int_equal(case_order_read(&order, "x", part, &why), -1);
    }
}

static int end(void **state)
{
    (void)state;
    case_order_free(&order);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_fuzzingserver_says),
        cmocka_unit_test(reads_what_a_fuzzingclient_says),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(every_prefix_is_a_mistake),
    };
    return cmocka_run_group_tests_name("case/order", tests, NULL, end);
}
