/* SPDX-License-Identifier: MIT */
/* ws/permessage.h: what a client offers, up to the first LF, and what a server answers; each CR in
 * them begins another field with that name.
 *
 * Oracles: reference (slow_permessage.h: the offers that a server may accept, whether the
 * request is good, and whether the answer is agreed on, and as what); round trip (an offer,
 * written, is read back; what a server answers to it is judged without a word, and is agreed on as
 * it was meant); a report has a rule and a text, and without anybody to report to the judgement is
 * the same; work (for each offer, the whole answer). It reads in one go and keeps no state. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/oracle.h"
#include "fuzz/slow_permessage.h"
#include "ws/permessage.h"

const char fuzz_target_name[] = "ws_permessage";

enum { FIELDS = 64, OFFERS = 512 };

static struct side {
    struct bytes values[FIELDS];
    size_t count;
    struct ws_http_head head;
} request, answer;

/* What a head says of extensions, in one field. */
static void set_value(struct ws_http_head *head, struct bytes value)
{
    head->fields[0] = (struct ws_http_field){bytes_text("Sec-WebSocket-Extensions"), value};
    head->field_count = 1;
}

static void set_side(struct side *side, struct bytes text)
{
    side->count = 0;
    side->head.field_count = 0;
    for (size_t from = 0, i = 0; i <= text.len && side->count < FIELDS; i++) {
        if (i < text.len && text.data[i] != '\r')
            continue;
        struct bytes value = bytes_of(i > from ? text.data + from : NULL, i - from);
        side->values[side->count] = value;
        side->head.fields[side->count++] =
            (struct ws_http_field){bytes_text("sec-websocket-extensions"), bytes_trim(value)};
        from = i + 1;
    }
    side->head.field_count = side->count;
}

static void count(void *context, const char *rule, const char *text)
{
    size_t *reports = context;
    ++*reports;
    if (rule == NULL || text == NULL || rule[0] == '\0' || text[0] == '\0')
        oracle_violation("contract", "RFC7692-7-05", "a report without a rule or a text");
}

static bool same(const struct ws_permessage *a, const struct ws_permessage *b)
{
    return a->server_no_context_takeover == b->server_no_context_takeover &&
           a->client_no_context_takeover == b->client_no_context_takeover &&
           a->server_max_window_bits == b->server_max_window_bits &&
           a->client_max_window_bits == b->client_max_window_bits;
}

static struct ws_permessage meaning_of(const struct slow_permessage *slow)
{
    return (struct ws_permessage){
        .server_no_context_takeover = slow->named[SLOW_PERMESSAGE_SERVER_NO_TAKEOVER] > 0,
        .client_no_context_takeover = slow->named[SLOW_PERMESSAGE_CLIENT_NO_TAKEOVER] > 0,
        .server_max_window_bits = slow->bits[SLOW_PERMESSAGE_SERVER_WINDOW],
        .client_max_window_bits =
            slow->bare ? WS_PERMESSAGE_NO_VALUE : slow->bits[SLOW_PERMESSAGE_CLIENT_WINDOW],
    };
}

/* Judged with and without anybody to listen. */
static bool judge(const struct ws_http_head *said, const struct ws_http_head *asked,
                  struct ws_permessage *agreed, size_t *reports)
{
    *reports = 0;
    bool taken = ws_permessage_judge_answer(said, asked, agreed, count, reports);
    struct ws_permessage again;
    if (ws_permessage_judge_answer(said, asked, &again, NULL, NULL) != taken ||
        (taken && !same(agreed, &again)))
        oracle_violation("determinism", "RFC7692-7-05", "judged twice with two results");
    return taken;
}

/* What the server of ours answers to an offer is fine, alone and among the others. */
static void check_offer(const struct ws_permessage *offer)
{
    static struct buffer written;
    static struct ws_http_head asked;
    static struct ws_http_head said;
    struct ws_http_cursor cursor = {0, 0};
    struct ws_permessage again;
    size_t reports = 0;
    buffer_clear(&written);
    ws_permessage_write(&written, offer);
    set_value(&asked, buffer_bytes(&written));
    if (!ws_permessage_next_offer(&asked, &cursor, &again) || !same(offer, &again) ||
        ws_permessage_next_offer(&asked, &cursor, &again) ||
        !ws_permessage_judge_request(&asked, count, &reports) || reports > 0)
        oracle_violation("round-trip", "RFC7692-7.1-01", "an offer, written, is another one: %s",
                         buffer_text(&written));
    static struct buffer text;
    struct ws_permessage accepted = ws_permessage_accept(offer);
    buffer_clear(&text);
    ws_permessage_write(&text, &accepted);
    set_value(&said, buffer_bytes(&text));
    const struct ws_http_head *heads[] = {&asked, &request.head};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        if (!judge(&said, heads[i], &again, &reports) || reports > 0 || !same(&accepted, &again))
            oracle_violation("round-trip", "RFC7692-7-05", "%s is a bad answer to %s",
                             buffer_text(&text), buffer_text(&written));
}

/* The offers are those that the slow parser finds acceptable. Returns how many elements there are.
 */
static void check_request(void)
{
    static struct slow_permessage slow[OFFERS];
    bool named;
    size_t total = slow_permessage_read(request.values, request.count, slow, OFFERS, &named);
    struct ws_http_cursor cursor = {0, 0};
    struct ws_permessage offer;
    for (size_t i = 0; i < total; i++) {
        if (!slow_permessage_acceptable(&slow[i]))
            continue;
        struct ws_permessage wanted = meaning_of(&slow[i]);
        if (!ws_permessage_next_offer(&request.head, &cursor, &offer) || !same(&offer, &wanted))
            oracle_violation("reference", "RFC7692-7-05", "offer %zu is not found, or another one",
                             i);
        if (i < 4)
            check_offer(&offer);
    }
    if (ws_permessage_next_offer(&request.head, &cursor, &offer))
        oracle_violation("reference", "RFC7692-7-02", "an offer is found that is to be declined");
    size_t reports = 0;
    bool good = ws_permessage_judge_request(&request.head, count, &reports);
    if (good != ws_permessage_judge_request(&request.head, NULL, NULL) || good != (reports == 0))
        oracle_violation("contract", "RFC7692-7.1.2.1-02", "%s, with %zu reports",
                         good ? "good" : "bad", reports);
    if (good != slow_permessage_good_offers(request.values, request.count))
        oracle_violation("reference", "RFC7692-7.1.2.1-02",
                         "the request is %s; by the RFC it is not", good ? "good" : "bad");
}

static void check_answer(void)
{
    struct slow_permessage slow;
    struct ws_permessage agreed;
    size_t reports;
    bool named;
    bool taken = judge(&answer.head, &request.head, &agreed, &reports);
    bool wanted =
        slow_permessage_agreed(request.values, request.count, answer.values, answer.count);
    if (taken != wanted)
        oracle_violation("reference", "RFC7692-7-07", "the answer is %s; by the RFC it is not",
                         taken ? "taken" : "refused");
    size_t found = slow_permessage_read(answer.values, answer.count, &slow, 1, &named);
    bool offered;
    struct slow_permessage unused;
    slow_permessage_read(request.values, request.count, &unused, 1, &offered);
    /* Of what is not there, or was not asked for, nothing is said. */
    if (!taken && (found > 0 && offered) != (reports > 0))
        oracle_violation("contract", "RFC7692-7-07", "not agreed on, with %zu reports", reports);
    if (!taken)
        return;
    struct ws_permessage meant = meaning_of(&slow);
    if (!same(&agreed, &meant))
        oracle_violation("reference", "RFC7692-7-05", "agreed on as something else");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *lf = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t cut = lf != NULL ? (size_t)(lf - data) : size;
    size_t rest = lf != NULL ? cut + 1 : size;
    uint8_t *offers = oracle_chunk(bytes_of(data, cut));
    uint8_t *answers = oracle_chunk(bytes_of(data + rest, size - rest));
    set_side(&request, bytes_of(offers, cut));
    set_side(&answer, bytes_of(answers, size - rest));
    check_request();
    uint64_t before = fuzz_work;
    struct ws_permessage agreed;
    ws_permessage_judge_answer(&answer.head, &request.head, &agreed, NULL, NULL);
    oracle_work(fuzz_work - before, size, 1);
    check_answer();
    free(offers);
    free(answers);
    return 0;
}
