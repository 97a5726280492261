/* SPDX-License-Identifier: MIT */
#include "run/opening.h"

#include "play.h"

struct door {
    struct run_opening opening;
    struct run_script script;
    struct run_transcript transcript;
    struct random random;
    char broken[8][32]; /* the sentences that were reported */
    size_t count;
};

static void report(void *context, const char *rule, const char *text)
{
    struct door *d = context;
    assert_true(text[0] != '\0');
    assert_true(d->count < COUNT_OF(d->broken));
    snprintf(d->broken[d->count++], sizeof(d->broken[0]), "%s", rule);
}

static void begin(struct door *d, const struct case_head *edits)
{
    struct case_spec spec = {0};
    *d = (struct door){.random = random_start(1, bytes_text("test"))};
    if (edits != NULL)
        spec.request = *edits;
    run_opening_init(&d->opening, &d->script, &play_target, &spec, &d->random);
}

static void end(struct door *d)
{
    run_opening_free(&d->opening);
    run_compose_free(&d->script);
    run_transcript_free(&d->transcript);
}

static bool take(struct door *d, struct bytes octets)
{
    return run_opening_take(&d->opening, octets, &d->transcript, 0, report, d);
}

static bool take_text(struct door *d, const char *text)
{
    return take(d, bytes_text(text));
}

/* A right answer to our key, with more lines. */
static void write_101(struct door *d, struct buffer *out, const char *more)
{
    char accept[WS_ACCEPT_SIZE + 1];
    ws_handshake_accept(accept, bytes_text(d->opening.key));
    buffer_printf(out,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
                  accept, more);
}

static void the_request_is_legal_and_kept(void **state)
{
    (void)state;
    struct door d;
    begin(&d, NULL);
    struct ws_http_head head;
    size_t scanned = 0;
    assert_true(bytes_equal(buffer_bytes(&d.opening.request), buffer_bytes(&d.script.octets)));
    assert_int_equal(ws_http_read(&head, buffer_bytes(&d.opening.request), 65536, &scanned),
                     WS_ITEM);
    assert_int_equal(ws_handshake_judge_request(&head).status, 101);
    assert_true(ws_handshake_key_valid(bytes_text(d.opening.key)));
    end(&d);
}

static void an_answer_may_come_in_any_pieces(void **state)
{
    (void)state;
    struct buffer answer = {0};
    struct door d;
    begin(&d, NULL);
    buffer_append_text(&answer, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    write_101(&d, &answer, "Server: some/1.0\r\n");
    size_t head = answer.len;
    wire_server(&answer, 0x81, "early");
    end(&d);
    for (size_t cut = 0; cut <= answer.len; cut++) {
        begin(&d, NULL);
        bool known = cut > 0 && take(&d, bytes_of(answer.data, cut));
        assert_int_equal(known, cut >= head);
        assert_true(take(&d, bytes_of(answer.data + cut, answer.len - cut)));
        assert_int_equal(d.opening.status, 101);
        assert_int_equal(d.count, 0);
        assert_string_equal(d.opening.agent, "some/1.0");
        assert_int_equal(d.transcript.count, 2);
        assert_int_equal(run_opening_rest(&d.opening)->len, 2 + strlen("early"));
        end(&d);
    }
    begin(&d, NULL);
    for (size_t i = 0; i < head; i++)
        assert_int_equal(take(&d, bytes_of(answer.data + i, 1)), i + 1 == head);
    assert_int_equal(run_opening_rest(&d.opening)->len, 0);
    end(&d);
    buffer_free(&answer);
}

/* However long the informational answers are (RFC 9110, 15.2). */
static void a_short_answer_may_follow_a_long_one(void **state)
{
    (void)state;
    struct door d;
    begin(&d, NULL);
    assert_false(take_text(&d, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
                               "Link: </a-rather-long-path-to-something-else>\r\n\r\n"));
    assert_true(take_text(&d, "HTTP/1.1 404 X\r\n\r\n"));
    assert_int_equal(d.opening.status, 404);
    assert_int_equal(d.transcript.count, 3);
    end(&d);
}

static void a_wrong_101_is_reported(void **state)
{
    (void)state;
    struct door d;
    begin(&d, NULL);
    assert_true(take_text(&d, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n"));
    assert_int_equal(d.opening.status, 101);
    assert_true(d.count > 0);
    end(&d);

    /* 4.1, checks 5 and 6: what was not offered must not be chosen. */
    struct buffer answer = {0};
    begin(&d, NULL);
    write_101(&d, &answer, "Sec-WebSocket-Protocol: chat\r\n");
    assert_true(take(&d, buffer_bytes(&answer)));
    assert_true(d.count > 0);
    buffer_free(&answer);
    end(&d);
}

/* A19: the proof is over the key as it was sent, whatever it was. */
static void the_proof_is_over_the_key_that_was_sent(void **state)
{
    (void)state;
    const struct case_field field = {"Sec-WebSocket-Key", "too-short"};
    const struct case_head edits = {.set = &field, .set_count = 1};
    char accept[WS_ACCEPT_SIZE + 1];
    ws_handshake_accept(accept, bytes_text("too-short"));
    struct buffer answer = {0};
    buffer_printf(&answer,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                  accept);
    struct door d;
    begin(&d, &edits);
    assert_true(take(&d, buffer_bytes(&answer)));
    assert_int_equal(d.count, 0);
    end(&d);
    buffer_free(&answer);
}

static void a_refusal_is_an_answer(void **state)
{
    (void)state;
    struct door d;
    begin(&d, NULL);
    assert_true(take_text(&d, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"));
    assert_int_equal(d.opening.status, 404);
    assert_int_equal(d.count, 0);
    support_expect_text(buffer_bytes(run_opening_rest(&d.opening)), "no");
    end(&d);
}

/* RFC 6455, 4.4: who refuses a version says which it speaks. */
static void a_refused_version_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        const char *answer;
        size_t broken;
    } rows[] = {
        {"12",
         "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n"
         "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
         0},
        {"12", "HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 8, 13\r\n\r\n", 0},
        {"12", "HTTP/1.1 400 Bad Request\r\n\r\n", 1},
        {"13", "HTTP/1.1 400 Bad Request\r\n\r\n", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct case_field field = {"Sec-WebSocket-Version", rows[i].version};
        const struct case_head edits = {.set = &field, .set_count = 1};
        struct door d;
        begin(&d, &edits);
        assert_true(take_text(&d, rows[i].answer));
        if (d.count != rows[i].broken)
            fail_msg("row %zu: %zu", i, d.count);
        end(&d);
    }
}

static void what_is_not_http_is_told_apart(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "SSH-2.0-x\r\n\r\n",      "\r\n\r\n",
        "HTTP/1.1 xyz\r\n\r\n",   "HTTP/1.1 99 Too Small\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct door d;
        begin(&d, NULL);
        if (take_text(&d, rows[i]))
            assert_int_equal(d.opening.status, RUN_OPENING_NOT_HTTP);
        else
            assert_int_equal(d.opening.status, 0);
        end(&d);
    }
}

static void an_endless_head_is_cut_off(void **state)
{
    (void)state;
    struct door d;
    bool known = false;
    begin(&d, NULL);
    take_text(&d, "HTTP/1.1 101 X\r\n");
    for (int i = 0; i < 10000 && !known; i++)
        known = take_text(&d, "X-More: and more and more\r\n");
    assert_true(known);
    assert_int_equal(d.opening.status, RUN_OPENING_NOT_HTTP);
    end(&d);
}

static void the_agent_is_made_harmless(void **state)
{
    (void)state;
    struct door d;
    begin(&d, NULL);
    assert_true(take_text(&d, "HTTP/1.1 400 No\r\nServer: evil\x1b[31m\r\n\r\n"));
    assert_string_equal(d.opening.agent, "evil\\x1b[31m");
    end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_legal_and_kept),
        cmocka_unit_test(an_answer_may_come_in_any_pieces),
        cmocka_unit_test(a_short_answer_may_follow_a_long_one),
        cmocka_unit_test(a_wrong_101_is_reported),
        cmocka_unit_test(the_proof_is_over_the_key_that_was_sent),
        cmocka_unit_test(a_refusal_is_an_answer),
        cmocka_unit_test(a_refused_version_is_named),
        cmocka_unit_test(what_is_not_http_is_told_apart),
        cmocka_unit_test(an_endless_head_is_cut_off),
        cmocka_unit_test(the_agent_is_made_harmless),
    };
    return cmocka_run_group_tests_name("run/opening", tests, NULL, NULL);
}
