/* SPDX-License-Identifier: MIT */
#include "run/acceptance.h"

#include "play.h"

#define REQUEST                                                                                    \
    "GET /chat HTTP/1.1\r\nHost: localhost:9001\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"  \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
#define ANSWER                                                                                     \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

struct porch {
    struct run_acceptance acceptance;
    struct run_target target;
    struct judge_keys keys;
    struct run_settings settings;
    struct run_script script;
    struct run_transcript transcript;
    struct random random;
    char broken[8][32]; /* the sentences that were reported */
    size_t count;
};

static void report(void *context, const char *rule, const char *text)
{
    struct porch *p = context;
    assert_true(text[0] != '\0');
    assert_true(p->count < COUNT_OF(p->broken));
    snprintf(p->broken[p->count++], sizeof(p->broken[0]), "%s", rule);
}

static void begin(struct porch *p)
{
    *p = (struct porch){.random = random_start(1, bytes_text("test"))};
    p->settings = (struct run_settings){.of_client = true, .target = &p->target, .keys = &p->keys};
}

static void end(struct porch *p)
{
    run_acceptance_free(&p->acceptance);
    judge_keys_free(&p->keys);
    run_compose_free(&p->script);
    run_transcript_free(&p->transcript);
}

static enum ws_status take(struct porch *p, struct bytes octets, const struct case_head *edits)
{
    struct case_spec spec = {0};
    if (edits != NULL)
        spec.response = *edits;
    return run_acceptance_take(&p->acceptance, octets, &p->settings, &spec, &p->script, &p->random,
                               &p->transcript, 5, report, p);
}

static enum ws_status take_text(struct porch *p, const char *text)
{
    return take(p, bytes_text(text), NULL);
}

static void a_legal_request_is_answered(void **state)
{
    (void)state;
    struct porch p;
    begin(&p);
    assert_int_equal(take_text(&p, REQUEST "User-Agent: some/1.0\r\n\r\n"), WS_ITEM);
    assert_true(p.acceptance.answered);
    assert_int_equal(p.count, 0);
    support_expect_text(buffer_bytes(&p.script.octets), ANSWER);
    assert_int_equal(p.script.unframed, strlen(ANSWER));
    assert_string_equal(p.acceptance.agent, "some/1.0");
    assert_int_equal(run_acceptance_rest(&p.acceptance)->len, 0);
    end(&p);
}

static void the_answer_has_the_edits_of_the_case(void **state)
{
    (void)state;
    struct porch p;
    const struct case_head edits = {.status = "200 OK"};
    begin(&p);
    assert_int_equal(take(&p, bytes_text(REQUEST "\r\n"), &edits), WS_ITEM);
    assert_true(bytes_contain(buffer_bytes(&p.script.octets), bytes_text("HTTP/1.1 200 OK\r\n")));
    end(&p);
}

static void a_request_may_come_in_any_pieces(void **state)
{
    (void)state;
    static const char text[] = REQUEST "\r\n\x8a\x80wxyz";
    size_t head = strlen(REQUEST) + 2;
    for (size_t cut = 0; cut < sizeof(text); cut++) {
        struct porch p;
        begin(&p);
        enum ws_status status = take(&p, bytes_of(text, cut), NULL);
        assert_int_equal(status, cut < head ? WS_MORE : WS_ITEM);
        assert_int_equal(p.acceptance.answered, cut >= head);
        assert_int_equal(p.script.octets.len > 0, cut >= head);
        if (cut < head)
            assert_int_equal(take(&p, bytes_of(text + cut, sizeof(text) - 1 - cut), NULL), WS_ITEM);
        else
            assert_int_equal(run_acceptance_rest(&p.acceptance)->len, cut - head);
        assert_int_equal(p.keys.nonce_count, 1);
        assert_int_equal(p.transcript.count, 2);
        assert_int_equal(p.count, 0);
        end(&p);
    }
    struct porch p;
    begin(&p);
    for (size_t i = 0; i < head; i++)
        assert_int_equal(take(&p, bytes_of(text + i, 1), NULL), i + 1 < head ? WS_MORE : WS_ITEM);
    end(&p);
}

static void frames_behind_the_request_are_kept(void **state)
{
    (void)state;
    struct porch p;
    begin(&p);
    assert_int_equal(take_text(&p, REQUEST "\r\nframes"), WS_ITEM);
    support_expect_text(buffer_bytes(run_acceptance_rest(&p.acceptance)), "frames");
    end(&p);
}

/* Both heads stand in the transcript, theirs first, without what came behind it. */
static void both_heads_are_recorded(void **state)
{
    (void)state;
    struct porch p;
    begin(&p);
    take_text(&p, REQUEST "\r\nframes");
    assert_int_equal(p.transcript.count, 2);
    assert_false(p.transcript.entries[0].ours);
    support_expect_text(p.transcript.entries[0].octets, REQUEST "\r\n");
    assert_true(p.transcript.entries[1].ours);
    support_expect_text(p.transcript.entries[1].octets, ANSWER);
    assert_int_equal(p.transcript.entries[1].time_us, 5);
    end(&p);
}

static void broken_sentences_are_reported(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *rule;
    } rows[] = {
        {"POST /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
         "RFC6455-4.1-20"},
        {"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n",
         "RFC6455-4.1-35"},
        {"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\n\r\n",
         "RFC6455-4.1-28"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct porch p;
        begin(&p);
        assert_int_equal(take_text(&p, rows[i].text), WS_ITEM);
        assert_true(p.acceptance.answered); /* all the same */
        assert_int_equal(p.count, 1);
        assert_string_equal(p.broken[0], rows[i].rule);
        end(&p);
    }
}

/* RFC 6455, 4.1 item 4: only whoever was told a name can be held to it. */
static void the_host_is_held_against_what_it_was_told(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        size_t broken;
    } rows[] = {{NULL, 0}, {"localhost:9001", 0}, {"127.0.0.1:9001", 0}, {"localhost:9002", 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct porch p;
        begin(&p);
        p.target.host = rows[i].host;
        assert_int_equal(take_text(&p, REQUEST "\r\n"), WS_ITEM);
        if (p.count != rows[i].broken)
            fail_msg("row %zu: %zu", i, p.count);
        end(&p);
    }
}

static void nonces_are_handed_on(void **state)
{
    (void)state;
    struct porch p;
    begin(&p);
    take_text(&p, REQUEST "\r\n");
    assert_int_equal(p.keys.nonce_count, 1);
    assert_memory_equal(p.keys.nonces[0], "the sample nonce", 16); /* RFC 6455, 1.3 */
    end(&p);
    begin(&p);
    p.settings.keys = NULL; /* nobody wants them */
    assert_int_equal(take_text(&p, REQUEST "\r\n"), WS_ITEM);
    end(&p);
}

static void an_endless_request_is_none(void **state)
{
    (void)state;
    struct porch p;
    enum ws_status status = WS_MORE;
    begin(&p);
    take_text(&p, "GET / HTTP/1.1\r\n");
    for (int i = 0; i < 10000 && status == WS_MORE; i++)
        status = take_text(&p, "X-More: and more and more\r\n");
    assert_int_equal(status, WS_BAD);
    assert_false(p.acceptance.answered);
    assert_int_equal(p.script.octets.len, 0);
    assert_int_equal(p.transcript.count, 1);
    end(&p);
}

static void the_agent_is_made_harmless(void **state)
{
    (void)state;
    struct porch p;
    begin(&p);
    take_text(&p, REQUEST "User-Agent: evil\x1b[31m\r\n\r\n");
    assert_string_equal(p.acceptance.agent, "evil\\x1b[31m");
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_legal_request_is_answered),
        cmocka_unit_test(the_answer_has_the_edits_of_the_case),
        cmocka_unit_test(a_request_may_come_in_any_pieces),
        cmocka_unit_test(frames_behind_the_request_are_kept),
        cmocka_unit_test(both_heads_are_recorded),
        cmocka_unit_test(broken_sentences_are_reported),
        cmocka_unit_test(the_host_is_held_against_what_it_was_told),
        cmocka_unit_test(nonces_are_handed_on),
        cmocka_unit_test(an_endless_request_is_none),
        cmocka_unit_test(the_agent_is_made_harmless),
    };
    return cmocka_run_group_tests_name("run/acceptance", tests, NULL, NULL);
}
