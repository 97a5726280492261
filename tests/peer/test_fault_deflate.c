/* SPDX-License-Identifier: MIT */
#include "peer/fault_deflate.h"

#include "quirks.h"
#include "wire.h"

#include "ws/permessage.h"

static void is_fit_to_be_read(void **state)
{
    (void)state;
    check_table(peer_fault_deflate());
}

#define FIELD "Sec-WebSocket-Extensions: "
#define START                                                                                      \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: {accept}\r\n"

/* --- the handshake -------------------------------------------------------------------------- */

/* The sentences of RFC 7692 that a head breaks. */
struct findings {
    const char *rule;
    size_t count;
};

static void note(void *context, const char *rule, const char *text)
{
    struct findings *findings = context;
    (void)text;
    findings->rule = rule;
    findings->count++;
}

static struct ws_http_head read_head(struct bytes octets)
{
    struct ws_http_head head;
    size_t scanned = 0;
    assert_int_equal(ws_http_read(&head, octets, octets.len, &scanned), WS_ITEM);
    return head;
}

static struct findings examine_request(const struct peer_quirk *quirk)
{
    struct findings findings = {NULL, 0};
    struct talk talk = talk_ask(quirk);
    struct ws_http_head head = read_head(buffer_bytes(&talk.out));
    assert_int_equal(ws_handshake_judge_request(&head).status, 101);
    ws_permessage_judge_request(&head, note, &findings);
    talk_end(&talk);
    return findings;
}

/* What is wrong about the answer to an offer with these parameters. */
static struct findings examine_answer(const struct peer_quirk *quirk, const char *parameters)
{
    struct findings findings = {NULL, 0};
    struct ws_permessage terms;
    struct buffer offer = {0};
    struct buffer request = {0};
    buffer_printf(&offer, FIELD "permessage-deflate%s\r\n", parameters);
    buffer_printf(&request, "%s%s\r\n", plain_request, buffer_text(&offer));
    struct talk talk = talk_request(quirk, buffer_text(&offer));
    struct ws_http_head asked = read_head(buffer_bytes(&request));
    struct ws_http_head answer = read_head(buffer_bytes(&talk.out));
    struct ws_handshake_offer made = {bytes_text("dGhlIHNhbXBsZSBub25jZQ=="), &asked};
    assert_true(ws_handshake_judge_answer(&answer, &made, note, &findings));
    bool agreed = ws_permessage_judge_answer(&answer, &asked, &terms, note, &findings);
    if (findings.count == 0)
        assert_true(agreed);
    buffer_free(&offer);
    buffer_free(&request);
    talk_end(&talk);
    return findings;
}

static void expect_broken(const struct peer_quirk *quirk, struct findings findings)
{
    if (findings.count != 1)
        fail_msg("%s breaks %zu sentences", quirk->name, findings.count);
    if (strcmp(findings.rule, quirk->requirement) != 0)
        fail_msg("%s breaks %s", quirk->name, findings.rule);
}

/* The parameters of an offer that a fault shows with, the weakest first. */
static const char *const offers[] = {
    "; client_max_window_bits",
    "; server_no_context_takeover",
    "; server_max_window_bits=9; client_max_window_bits",
    "; server_max_window_bits=15",
};

static void answers_break_the_one_sentence_that_they_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t offer;
    } rows[] = {
        {"deflate-answer-with-window-16", 0},     {"deflate-answer-without-value", 0},
        {"deflate-answer-with-own-parameter", 0}, {"deflate-answer-without-takeover", 1},
        {"deflate-answer-without-window", 2},     {"deflate-answer-without-window-15", 3},
    };
    for (size_t i = 0; i < COUNT_OF(offers); i++)
        assert_int_equal(examine_answer(NULL, offers[i]).count, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct peer_quirk *fault = peer_quirk_find_fault(rows[i].name, PEER_SERVER);
        assert_non_null(fault);
        assert_null(peer_quirk_find_fault(rows[i].name, PEER_CLIENT));
        expect_broken(fault, examine_answer(fault, offers[rows[i].offer]));
    }
}

static void offers_break_the_one_sentence_that_they_name(void **state)
{
    (void)state;
    static const char *const names[] = {"deflate-offer-with-window-16",
                                        "deflate-offer-with-window-08"};
    assert_int_equal(examine_request(NULL).count, 0);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct peer_quirk *fault = peer_quirk_find_fault(names[i], PEER_CLIENT);
        assert_non_null(fault);
        assert_null(peer_quirk_find_fault(names[i], PEER_SERVER));
        expect_broken(fault, examine_request(fault));
    }
}

/* --- the messages --------------------------------------------------------------------------- */

/* A server or a client that agreed to these terms. */
static struct talk agreed(const struct peer_quirk *quirk, enum peer_role role, const char *terms)
{
    char text[512];
    snprintf(text, sizeof text, "%s" FIELD "permessage-deflate%s\r\n%s",
             role == PEER_SERVER ? "" : START, terms, role == PEER_SERVER ? "" : "\r\n");
    if (role == PEER_SERVER) {
        struct talk talk = talk_request(quirk, text);
        assert_true(talk_said(&talk, FIELD "permessage-deflate"));
        buffer_clear(&talk.out);
        return talk;
    }
    struct talk talk = talk_ask(quirk);
    talk_answer(&talk, text);
    assert_true(peer_echo_opened(talk.echo));
    return talk;
}

/* Appends all frames that it said, with a stroke behind each: the first octet, the payload. */
static void write_frames(struct talk *talk, struct buffer *out)
{
    struct buffer payload = {0};
    while (talk->out.len > 0) {
        struct ws_frame frame = talk_take(talk, &payload);
        buffer_printf(out, "%02x ",
                      (unsigned)frame.fin << 7 | (unsigned)frame.rsv << 4 | (unsigned)frame.opcode);
        for (size_t i = 0; i < payload.len; i++)
            buffer_printf(out, "%02x", payload.data[i]);
        buffer_append_text(out, "|");
    }
    buffer_free(&payload);
}

/* What it says to "Hello" and to "Hello" again (RFC 7692, 7.2.3), as text. */
static struct buffer said(const struct peer_quirk *quirk, enum peer_role role, const char *terms)
{
    struct buffer wire = {0};
    struct buffer out = {0};
    struct talk talk = agreed(quirk, role, terms);
    wire_put(&wire, 0xc1, role == PEER_SERVER, bytes_of("\xf2\x48\xcd\xc9\xc9\x07\x00", 7));
    wire_put(&wire, 0xc1, role == PEER_SERVER, bytes_of("\xf2\x00\x11\x00\x00", 5));
    talk_raw(&talk, wire.data, wire.len);
    write_frames(&talk, &out);
    talk_end(&talk);
    buffer_free(&wire);
    return out;
}

static void expect_said(const char *name, enum peer_role role, const char *terms,
                        const char *wanted)
{
    const struct peer_quirk *fault = NULL;
    if (name != NULL) {
        fault = peer_quirk_find_fault(name, role);
        assert_non_null(fault);
    }
    struct buffer out = said(fault, role, terms);
    support_expect_text(buffer_bytes(&out), wanted);
    buffer_free(&out);
}

#define HELLO "c1 f248cdc9c90700|"
#define AGAIN "c1 f200110000|"
#define FAILS "88 03ef|"

static void messages_differ_as_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *name; /* NULL: nothing is wrong */
        const char *wanted;
    } rows[] = {
        {NULL, HELLO AGAIN},
        {"deflate-keeps-tail", "c1 f248cdc9c907000000ffff|c1 f2001100000000ffff|"},
        {"deflate-without-rsv1", "81 f248cdc9c90700|81 f200110000|"},
        {"deflate-rsv1-only", "c1 48656c6c6f|c1 48656c6c6f|"},
        {"deflate-rsv1-on-all-fragments", "41 f248cd|c0 c9c90700|41 f200|c0 110000|"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect_said(rows[i].name, PEER_SERVER, "", rows[i].wanted);
        expect_said(rows[i].name, PEER_CLIENT, "", rows[i].wanted);
    }
}

static void contexts_differ_as_they_say(void **state)
{
    (void)state;
    static const char server[] = "; server_no_context_takeover";
    static const char client[] = "; client_no_context_takeover";
    expect_said("deflate-server-forgets-context", PEER_SERVER, "", HELLO FAILS);
    expect_said("deflate-client-forgets-context", PEER_CLIENT, "", HELLO FAILS);
    expect_said(NULL, PEER_SERVER, server, HELLO HELLO);
    expect_said("deflate-server-keeps-context", PEER_SERVER, server, HELLO AGAIN);
    expect_said(NULL, PEER_CLIENT, client, HELLO HELLO);
    expect_said("deflate-client-keeps-context", PEER_CLIENT, client, HELLO AGAIN);
    assert_null(peer_quirk_find_fault("deflate-server-forgets-context", PEER_CLIENT));
    assert_null(peer_quirk_find_fault("deflate-client-forgets-context", PEER_SERVER));
    assert_null(peer_quirk_find_fault("deflate-server-keeps-context", PEER_CLIENT));
    assert_null(peer_quirk_find_fault("deflate-client-keeps-context", PEER_SERVER));
}

/* The payload of the echo of octets that come twice, under these terms. */
static struct buffer far_echo(const struct peer_quirk *quirk, enum peer_role role,
                              const char *terms)
{
    struct buffer text = wire_far_apart();
    struct buffer wire = {0};
    struct buffer packed = {0};
    struct talk talk = agreed(quirk, role, terms);
    wire_put(&wire, 0x82, role == PEER_SERVER, buffer_bytes(&text));
    talk_raw(&talk, wire.data, wire.len);
    assert_int_equal(talk_take(&talk, &packed).rsv, WS_RSV1);
    talk_end(&talk);
    buffer_free(&text);
    buffer_free(&wire);
    return packed;
}

static bool fits_into(unsigned bits, struct buffer *packed)
{
    struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(bits, true);
    struct buffer text = {0};
    bool fits = wire_inflate(&text, unpacker, buffer_bytes(packed));
    ws_deflate_free_unpacker(unpacker);
    buffer_free(&text);
    buffer_free(packed);
    return fits;
}

/* RFC 7692, 7.1.2: the window is that of the server or of the client. */
static void windows_differ_as_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum peer_role role;
        const char *terms;
    } rows[] = {
        {"deflate-server-window-too-large", PEER_SERVER, "; server_max_window_bits=10"},
        {"deflate-client-window-too-large", PEER_CLIENT, "; client_max_window_bits=10"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum peer_role role = rows[i].role;
        const struct peer_quirk *fault = peer_quirk_find_fault(rows[i].name, role);
        assert_non_null(fault);
        assert_null(peer_quirk_find_fault(rows[i].name, PEER_SERVER + PEER_CLIENT - role));
        struct buffer honest = far_echo(NULL, role, rows[i].terms);
        struct buffer faulty = far_echo(fault, role, rows[i].terms);
        assert_true(honest.len > 2 * WIRE_FAR && faulty.len < 2 * WIRE_FAR);
        assert_true(fits_into(10, &honest));
        assert_false(fits_into(10, &faulty));
    }
}

/* RFC 7692, 7.2.1: both halves inflate by themselves, the message does not. */
static void fragments_lose_their_tails(void **state)
{
    (void)state;
    static const enum peer_role roles[] = {PEER_SERVER, PEER_CLIENT};
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        const struct peer_quirk *fault =
            peer_quirk_find_fault("deflate-tail-cut-from-fragments", roles[i]);
        struct talk talk = agreed(fault, roles[i], "");
        struct ws_deflate_unpacker *unpacker = ws_deflate_new_unpacker(WS_DEFLATE_WINDOW_MAX, true);
        struct buffer wire = {0};
        struct buffer first = {0};
        struct buffer second = {0};
        struct buffer text = {0};
        wire_put(&wire, 0x81, roles[i] == PEER_SERVER, bytes_text("Hello"));
        talk_raw(&talk, wire.data, wire.len);
        struct ws_frame begin = talk_take(&talk, &first);
        struct ws_frame last = talk_take(&talk, &second);
        assert_true(begin.opcode == WS_TEXT && begin.rsv == WS_RSV1 && !begin.fin);
        assert_true(last.opcode == WS_CONTINUATION && last.rsv == 0 && last.fin);
        assert_true(wire_inflate(&text, unpacker, buffer_bytes(&first)));
        assert_true(wire_inflate(&text, unpacker, buffer_bytes(&second)));
        support_expect_text(buffer_bytes(&text), "Hello");
        buffer_append(&first, buffer_bytes(&second));
        assert_false(wire_inflate(&text, unpacker, buffer_bytes(&first)));
        ws_deflate_free_unpacker(unpacker);
        buffer_free(&wire);
        buffer_free(&first);
        buffer_free(&second);
        buffer_free(&text);
        talk_end(&talk);
    }
}

/* Where nothing is agreed on, they are strict endpoints. */
static void without_agreement_nothing_is_wrong(void **state)
{
    (void)state;
    struct peer_quirk_list list = peer_fault_deflate();
    for (size_t i = 0; i < list.count; i++) {
        const struct peer_quirk *fault = &list.items[i];
        if (peer_quirk_find_fault(fault->name, PEER_SERVER) != NULL) {
            struct talk talk = talk_open(fault);
            talk_text(&talk, 0x81, "Hello");
            talk_expect(&talk, "\x81\5Hello", 7);
            talk_end(&talk);
        }
        if (peer_quirk_find_fault(fault->name, PEER_CLIENT) != NULL) {
            struct talk talk = talk_open_client(fault);
            talk_raw(&talk, "\x81\5Hello", 7);
            talk_expect_masked(&talk, 0x81, "Hello", 5);
            talk_end(&talk);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_fit_to_be_read),
        cmocka_unit_test(answers_break_the_one_sentence_that_they_name),
        cmocka_unit_test(offers_break_the_one_sentence_that_they_name),
        cmocka_unit_test(messages_differ_as_they_say),
        cmocka_unit_test(contexts_differ_as_they_say),
        cmocka_unit_test(windows_differ_as_they_say),
        cmocka_unit_test(fragments_lose_their_tails),
        cmocka_unit_test(without_agreement_nothing_is_wrong),
    };
    return cmocka_run_group_tests_name("peer/fault_deflate", tests, NULL, NULL);
}
