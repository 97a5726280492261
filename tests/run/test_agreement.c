/* SPDX-License-Identifier: MIT */
#include "run/agreement.h"

#include "play.h"

/* --- what is asked -------------------------------------------------------------------------- */

/* A case that asks for these forms; the set is freed by the caller. */
static const struct case_spec *asking(struct case_set *set, const char *forms)
{
    char rest[512];
    *set = (struct case_set){0};
    snprintf(rest, sizeof(rest), "\"deflate\": %s, \"outcome\": \"echo\"", forms);
    return play_case(set, "x/case", "RFC6455-5.5-03", rest);
}

#define OURS "; client_no_context_takeover"
#define HINT "; client_max_window_bits"

/* RFC 7692, 7.1: the first offer is the one that is liked best. */
static void a_case_is_offered_to_a_server(void **state)
{
    (void)state;
    static const struct {
        const char *forms;
        const char *offers;
    } rows[] = {
        {"[{}]", "permessage-deflate" OURS HINT},
        {"[{\"takeover\": true}]", "permessage-deflate" OURS HINT},
        {"[{\"takeover\": false}]", "permessage-deflate; server_no_context_takeover" OURS HINT},
        {"[{\"window\": 9}]", "permessage-deflate" OURS "; server_max_window_bits=9" HINT},
        {"[{\"window\": 15, \"takeover\": false}]",
         "permessage-deflate; server_no_context_takeover" OURS "; server_max_window_bits=15" HINT},
        {"[{\"window\": 8}, {\"takeover\": false}, {}]",
         "permessage-deflate" OURS "; server_max_window_bits=8" HINT
         ", permessage-deflate; server_no_context_takeover" OURS HINT
         ", permessage-deflate" OURS HINT},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct case_set set;
        struct buffer out = {0};
        run_agreement_offer(&out, asking(&set, rows[i].forms));
        support_expect_text(buffer_bytes(&out), rows[i].offers);
        buffer_free(&out);
        case_spec_free_set(&set);
    }
}

static void other_cases_offer_nothing(void **state)
{
    (void)state;
    const struct case_spec plain = {0};
    struct buffer out = {0};
    run_agreement_offer(&out, &plain);
    assert_int_equal(out.len, 0);
    buffer_free(&out);
}

/* --- what comes of it ----------------------------------------------------------------------- */

/* A head with so many fields of Sec-WebSocket-Extensions as there are texts, at most two. Its text
 * is the caller's. */
static struct ws_http_head head_with(struct buffer *text, const char *start, const char *one,
                                     const char *two)
{
    struct ws_http_head head;
    size_t scanned = 0;
    buffer_printf(text, "%s\r\nHost: a\r\n", start);
    if (one != NULL)
        buffer_printf(text, "Sec-WebSocket-Extensions: %s\r\n", one);
    if (two != NULL)
        buffer_printf(text, "Sec-WebSocket-Extensions: %s\r\n", two);
    buffer_append_text(text, "\r\n");
    assert_int_equal(ws_http_read(&head, buffer_bytes(text), 65536, &scanned), WS_ITEM);
    return head;
}

/* True if a packer reaches back as far as to the first half; it has said nothing before. */
static bool reaches_far(struct ws_deflate_packer *packer)
{
    struct buffer text = wire_far_apart();
    struct buffer packed = {0};
    ws_deflate_pack(packer, buffer_bytes(&text), &packed);
    bool far = packed.len < WIRE_FAR + WIRE_FAR / 2;
    buffer_free(&packed);
    buffer_free(&text);
    return far;
}

/* True if a packer refers to what it said before. */
static bool remembers(struct ws_deflate_packer *packer)
{
    struct buffer first = {0};
    struct buffer second = {0};
    ws_deflate_pack(packer, bytes_text("to be remembered"), &first);
    ws_deflate_pack(packer, bytes_text("to be remembered"), &second);
    bool shorter = second.len < first.len;
    buffer_free(&first);
    buffer_free(&second);
    return shorter;
}

/* True if an unpacker takes a message that refers to the one before. */
static bool follows(struct ws_deflate_unpacker *unpacker)
{
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    struct buffer packed = {0};
    struct buffer text = {0};
    ws_deflate_pack(packer, bytes_text("to be remembered"), &packed);
    assert_true(wire_inflate(&text, unpacker, buffer_bytes(&packed)));
    buffer_clear(&packed);
    ws_deflate_pack(packer, bytes_text("to be remembered"), &packed);
    buffer_clear(&text);
    bool taken = wire_inflate(&text, unpacker, buffer_bytes(&packed));
    if (taken)
        support_expect_text(buffer_bytes(&text), "to be remembered");
    buffer_free(&packed);
    buffer_free(&text);
    ws_deflate_free_packer(packer);
    return taken;
}

/* True if an unpacker takes a message that reaches far back in itself. */
static bool takes_far(struct ws_deflate_unpacker *unpacker)
{
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    struct buffer text = wire_far_apart();
    struct buffer packed = {0};
    struct buffer out = {0};
    ws_deflate_pack(packer, buffer_bytes(&text), &packed);
    bool taken = wire_inflate(&out, unpacker, buffer_bytes(&packed));
    buffer_free(&text);
    buffer_free(&packed);
    buffer_free(&out);
    ws_deflate_free_packer(packer);
    return taken;
}

/* How our messages go out, and how the endpoint's may come. */
struct manners {
    bool far;      /* ours reach far back */
    bool ours;     /* ... to earlier ones */
    bool received; /* theirs may refer to earlier ones */
    bool wide;     /* ... and reach far back */
};

/* Frees the agreement. */
static void expect_manners(struct run_agreement *agreement, const struct manners *wanted, int row)
{
    if (agreement->packer == NULL || agreement->sent == NULL || agreement->received == NULL)
        fail_msg("row %d: nothing is agreed on", row);
    if (reaches_far(agreement->packer) != wanted->far)
        fail_msg("row %d: the window", row);
    if (remembers(agreement->packer) != wanted->ours)
        fail_msg("row %d: our context", row);
    if (follows(agreement->sent) != wanted->ours)
        fail_msg("row %d: what reads us", row);
    if (follows(agreement->received) != wanted->received)
        fail_msg("row %d: their context", row);
    if (takes_far(agreement->received) != wanted->wide)
        fail_msg("row %d: their window", row);
    if (!takes_far(agreement->sent))
        fail_msg("row %d: what reads us, far back", row);
    run_agreement_free(agreement);
}

static void expect_none(struct run_agreement *agreement)
{
    assert_null(agreement->packer);
    assert_null(agreement->sent);
    assert_null(agreement->received);
    run_agreement_free(agreement);
}

struct findings {
    const char *rule;
    size_t count;
};

static void note(void *context, const char *rule, const char *text)
{
    struct findings *findings = context;
    assert_non_null(text);
    findings->rule = rule;
    findings->count++;
}

static const char accepted[] = "HTTP/1.1 101 Switching Protocols";
static const char request_line[] = "GET / HTTP/1.1";

/* Reads an answer to the offers of a case with these forms. */
static struct findings read_answer(struct run_agreement *agreement, const char *forms,
                                   const char *one, const char *two)
{
    struct case_set set;
    struct buffer offers = {0};
    struct buffer asked = {0};
    struct buffer answered = {0};
    struct findings findings = {NULL, 0};
    *agreement = (struct run_agreement){0};
    if (forms != NULL) {
        run_agreement_offer(&offers, asking(&set, forms));
        case_spec_free_set(&set);
    }
    struct ws_http_head request =
        head_with(&asked, request_line, forms != NULL ? buffer_text(&offers) : NULL, NULL);
    struct ws_http_head answer = head_with(&answered, accepted, one, two);
    run_agreement_read(agreement, &answer, &request, note, &findings);
    buffer_free(&offers);
    buffer_free(&asked);
    buffer_free(&answered);
    return findings;
}

/* RFC 7692, 7.1: what the server says of the client binds our compressor, what it says of itself
 * tells us how to read it. */
static void the_terms_of_a_server_are_kept(void **state)
{
    (void)state;
    static const struct {
        const char *forms;
        const char *answer;
        struct manners manners;
    } rows[] = {
        {"[{}]", "permessage-deflate", {true, true, true, true}},
        {"[{}]", "permessage-deflate; client_no_context_takeover", {true, false, true, true}},
        {"[{}]", "permessage-deflate; server_no_context_takeover", {true, true, false, true}},
        {"[{}]", "Permessage-Deflate; client_max_window_bits=10", {false, true, true, true}},
        {"[{}]", "permessage-deflate; client_max_window_bits=\"9\"", {false, true, true, true}},
        {"[{}]", "permessage-deflate; client_max_window_bits=15", {true, true, true, true}},
        {"[{}]", "permessage-deflate; server_max_window_bits=8", {true, true, true, false}},
        {"[{\"takeover\": false}]",
         "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
         {true, false, false, true}},
        {"[{\"window\": 9}, {}]", "permessage-deflate", {true, true, true, true}},
        {"[{\"window\": 9}]",
         "permessage-deflate; server_max_window_bits=9",
         {true, true, true, false}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run_agreement agreement;
        struct findings findings = read_answer(&agreement, rows[i].forms, rows[i].answer, NULL);
        if (findings.count > 0)
            fail_msg("%s: %s", rows[i].answer, findings.rule);
        expect_manners(&agreement, &rows[i].manners, (int)i);
    }
}

static void bad_answers_agree_on_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *forms;
        const char *one;
        const char *two;
        const char *rule; /* NULL: no sentence is broken */
    } rows[] = {
        {"[{}]", NULL, NULL, NULL},
        {"[{}]", "x-other", NULL, NULL}, /* which is for the opening to judge */
        {NULL, "permessage-deflate", NULL, NULL},
        {"[{}]", "permessage-deflate; level=9", NULL, "RFC6455-9.1-05"},
        {"[{}]", "permessage-deflate; client_max_window_bits", NULL, "RFC7692-7.1.2.2-04"},
        {"[{}]", "permessage-deflate; server_max_window_bits=16", NULL, "RFC7692-7.1.2.1-05"},
        {"[{}]", "permessage-deflate", "permessage-deflate", "RFC7692-5-15"},
        {"[{\"takeover\": false}]", "permessage-deflate", NULL, "RFC7692-7.1.1.1-04"},
        {"[{\"window\": 9}]", "permessage-deflate", NULL, "RFC7692-7-05"},
        {"[{\"window\": 9}]", "permessage-deflate; server_max_window_bits=10", NULL,
         "RFC7692-7-05"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run_agreement agreement;
        struct findings findings = read_answer(&agreement, rows[i].forms, rows[i].one, rows[i].two);
        assert_int_equal(findings.count, rows[i].rule != NULL);
        if (rows[i].rule != NULL)
            assert_string_equal(findings.rule, rows[i].rule);
        expect_none(&agreement);
    }
}

/* --- towards a client ----------------------------------------------------------------------- */

static void choose(struct run_agreement *agreement, const char *forms, const char *one,
                   const char *two, const char *wanted)
{
    struct case_set set;
    struct buffer asked = {0};
    struct buffer out = {0};
    struct ws_http_head request = head_with(&asked, request_line, one, two);
    const struct case_spec *spec = asking(&set, forms);
    *agreement = (struct run_agreement){0};
    run_agreement_choose(agreement, spec, &request, &out);
    support_expect_text(buffer_bytes(&out), wanted);
    buffer_free(&asked);
    buffer_free(&out);
    case_spec_free_set(&set);
}

#define DEFLATE "permessage-deflate"
#define SERVER_FORGETS "; server_no_context_takeover"
#define CLIENT_FORGETS "; client_no_context_takeover"
#define SERVER_WINDOW "; server_max_window_bits"
#define CLIENT_WINDOW "; client_max_window_bits"

/* RFC 7692, 7.1.1.1 and 7.1.2.1: what a client asks of us is answered, and kept. */
static void an_offer_is_taken_in_the_form_of_the_case(void **state)
{
    (void)state;
    static const struct {
        const char *forms;
        const char *offer;
        const char *answer;
        struct manners manners;
    } rows[] = {
        {"[{}]", DEFLATE, DEFLATE, {true, true, true, true}},
        {"[{}]", DEFLATE CLIENT_FORGETS CLIENT_WINDOW "=9", DEFLATE, {true, true, true, true}},
        {"[{}]", DEFLATE SERVER_FORGETS, DEFLATE SERVER_FORGETS, {true, false, true, true}},
        {"[{}]",
         DEFLATE SERVER_WINDOW "=10",
         DEFLATE SERVER_WINDOW "=10",
         {false, true, true, true}},
        {"[{\"takeover\": false}]", DEFLATE, DEFLATE CLIENT_FORGETS, {true, true, false, true}},
        {"[{\"takeover\": false}]",
         DEFLATE SERVER_FORGETS CLIENT_FORGETS,
         DEFLATE SERVER_FORGETS CLIENT_FORGETS,
         {true, false, false, true}},
        {"[{\"window\": 9}]",
         DEFLATE CLIENT_WINDOW,
         DEFLATE CLIENT_WINDOW "=9",
         {true, true, true, false}},
        {"[{\"window\": 9}]",
         DEFLATE CLIENT_WINDOW "=9",
         DEFLATE CLIENT_WINDOW "=9",
         {true, true, true, false}},
        {"[{\"window\": 9, \"takeover\": false}]",
         DEFLATE SERVER_WINDOW "=10" CLIENT_WINDOW "=15",
         DEFLATE CLIENT_FORGETS SERVER_WINDOW "=10" CLIENT_WINDOW "=9",
         {false, true, false, false}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run_agreement agreement;
        choose(&agreement, rows[i].forms, rows[i].offer, NULL, rows[i].answer);
        expect_manners(&agreement, &rows[i].manners, (int)i);
    }
}

/* RFC 7692, 7.1.2.2: no window may be named where the client did not offer it. The order of the
 * case goes before that of the client. */
static void the_first_form_that_an_offer_allows_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *forms;
        const char *one;
        const char *two;
        const char *answer;
    } rows[] = {
        {"[{\"window\": 9}, {}]", DEFLATE, NULL, DEFLATE},
        {"[{\"window\": 10}, {\"window\": 9}]", DEFLATE CLIENT_WINDOW "=9", NULL,
         DEFLATE CLIENT_WINDOW "=9"},
        {"[{\"window\": 9}]", DEFLATE ", " DEFLATE SERVER_FORGETS CLIENT_WINDOW, NULL,
         DEFLATE SERVER_FORGETS CLIENT_WINDOW "=9"},
        {"[{\"window\": 9}, {}]", DEFLATE, DEFLATE CLIENT_WINDOW, DEFLATE CLIENT_WINDOW "=9"},
        {"[{}]", DEFLATE SERVER_FORGETS ", " DEFLATE, NULL, DEFLATE SERVER_FORGETS},
        {"[{}]", DEFLATE "; level=9, " DEFLATE SERVER_WINDOW "=16", "x, " DEFLATE, DEFLATE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run_agreement agreement;
        choose(&agreement, rows[i].forms, rows[i].one, rows[i].two, rows[i].answer);
        assert_non_null(agreement.packer);
        run_agreement_free(&agreement);
    }
}

static void what_no_offer_allows_is_not_answered(void **state)
{
    (void)state;
    static const struct {
        const char *forms;
        const char *offer;
    } rows[] = {
        {"[{}]", NULL},
        {"[{}]", "x-other"},
        {"[{}]", DEFLATE "; level=9"},
        {"[{}]", DEFLATE CLIENT_WINDOW "=16"},
        {"[{\"window\": 9}]", DEFLATE},
        {"[{\"window\": 10}, {\"window\": 11}]", DEFLATE CLIENT_WINDOW "=9"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run_agreement agreement;
        choose(&agreement, rows[i].forms, rows[i].offer, NULL, "");
        expect_none(&agreement);
    }
}

static void other_cases_take_no_offer(void **state)
{
    (void)state;
    const struct case_spec plain = {0};
    struct buffer asked = {0};
    struct buffer out = {0};
    struct ws_http_head request = head_with(&asked, request_line, DEFLATE, NULL);
    struct run_agreement agreement = {0};
    run_agreement_choose(&agreement, &plain, &request, &out);
    assert_int_equal(out.len, 0);
    expect_none(&agreement);
    buffer_free(&asked);
}

/* --- without an endpoint -------------------------------------------------------------------- */

static void an_agreement_may_be_assumed(void **state)
{
    (void)state;
    static const struct manners all = {true, true, true, true};
    for (int as_client = 0; as_client < 2; as_client++) {
        struct case_set set;
        struct run_agreement agreement = {0};
        run_agreement_assume(&agreement, asking(&set, "[{}]"), as_client);
        expect_manners(&agreement, &all, as_client);
        case_spec_free_set(&set);
        const struct case_spec plain = {0};
        run_agreement_assume(&agreement, &plain, as_client);
        expect_none(&agreement);
    }
}

static void freeing_leaves_no_agreement(void **state)
{
    (void)state;
    struct case_set set;
    struct run_agreement agreement = {0};
    run_agreement_free(&agreement);
    run_agreement_assume(&agreement, asking(&set, "[{}]"), true);
    run_agreement_free(&agreement);
    expect_none(&agreement);
    case_spec_free_set(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_offered_to_a_server),
        cmocka_unit_test(other_cases_offer_nothing),
        cmocka_unit_test(the_terms_of_a_server_are_kept),
        cmocka_unit_test(bad_answers_agree_on_nothing),
        cmocka_unit_test(an_offer_is_taken_in_the_form_of_the_case),
        cmocka_unit_test(the_first_form_that_an_offer_allows_is_taken),
        cmocka_unit_test(what_no_offer_allows_is_not_answered),
        cmocka_unit_test(other_cases_take_no_offer),
        cmocka_unit_test(an_agreement_may_be_assumed),
        cmocka_unit_test(freeing_leaves_no_agreement),
    };
    return cmocka_run_group_tests_name("run/agreement", tests, NULL, NULL);
}
