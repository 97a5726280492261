/* SPDX-License-Identifier: MIT */
#include "ws/permessage.h"

#include <string.h>

#include "ws/deflate.h"
#include "ws/extension.h"

static const char name_extensions[] = "Sec-WebSocket-Extensions";

/* RFC 7692, 7: "Four extension parameters are defined". */
enum parameter {
    SERVER_NO_TAKEOVER,
    CLIENT_NO_TAKEOVER,
    SERVER_WINDOW,
    CLIENT_WINDOW,
    PARAMETER_COUNT
};

static const char *const parameter_names[PARAMETER_COUNT] = {
    [SERVER_NO_TAKEOVER] = "server_no_context_takeover",
    [CLIENT_NO_TAKEOVER] = "client_no_context_takeover",
    [SERVER_WINDOW] = "server_max_window_bits",
    [CLIENT_WINDOW] = "client_max_window_bits",
};

static unsigned bit(enum parameter parameter)
{
    return 1U << parameter;
}

/* An element taken apart. The sets hold a bit for each parameter. */
struct element {
    struct ws_permessage means;
    unsigned named;
    unsigned valued; /* named with a value */
    unsigned wrong;  /* named with a wrong value, or with or without one against the rules */
    bool repeated;   /* a parameter is named twice */
    bool unknown;    /* a parameter is named that is not defined */
};

void ws_permessage_write(struct buffer *out, const struct ws_permessage *element)
{
    buffer_append_text(out, WS_PERMESSAGE_NAME);
    if (element->server_no_context_takeover)
        buffer_printf(out, "; %s", parameter_names[SERVER_NO_TAKEOVER]);
    if (element->client_no_context_takeover)
        buffer_printf(out, "; %s", parameter_names[CLIENT_NO_TAKEOVER]);
    if (element->server_max_window_bits != 0)
        buffer_printf(out, "; %s=%u", parameter_names[SERVER_WINDOW],
                      element->server_max_window_bits);
    if (element->client_max_window_bits == WS_PERMESSAGE_NO_VALUE)
        buffer_printf(out, "; %s", parameter_names[CLIENT_WINDOW]);
    else if (element->client_max_window_bits != 0)
        buffer_printf(out, "; %s=%u", parameter_names[CLIENT_WINDOW],
                      element->client_max_window_bits);
}

/* RFC 7692, 7.1.2.1: "a decimal integer value without leading zeroes between 8 to 15, inclusive".
 * 0 if it is none. */
static unsigned read_window_bits(const char *value)
{
    size_t len = strlen(value);
    if (len == 0 || len > 2 || strspn(value, "0123456789") != len || value[0] == '0')
        return 0;
    unsigned bits = (unsigned)(value[0] - '0');
    if (len == 2)
        bits = bits * 10 + (unsigned)(value[1] - '0');
    return bits >= WS_DEFLATE_WINDOW_MIN && bits <= WS_DEFLATE_WINDOW_MAX ? bits : 0;
}

/* False if the value is wrong. */
static bool read_value(struct ws_permessage *means, enum parameter which,
                       const struct ws_extension_parameter *parameter)
{
    unsigned bits = read_window_bits(parameter->value);
    switch (which) {
    case SERVER_NO_TAKEOVER:
        means->server_no_context_takeover = true;
        return !parameter->has_value;
    case CLIENT_NO_TAKEOVER:
        means->client_no_context_takeover = true;
        return !parameter->has_value;
    case SERVER_WINDOW:
        means->server_max_window_bits = bits;
        return bits != 0;
    default:
        /* RFC 7692, 7.1.2.2: in an offer, "This parameter has no value or a decimal integer". */
        means->client_max_window_bits = parameter->has_value ? bits : WS_PERMESSAGE_NO_VALUE;
        return means->client_max_window_bits != 0;
    }
}

static void read_parameter(struct element *element, const struct ws_extension_parameter *parameter)
{
    enum parameter which = 0;
    while (which < PARAMETER_COUNT &&
           !bytes_equal_nocase(parameter->name, bytes_text(parameter_names[which])))
        which++;
    if (which == PARAMETER_COUNT) {
        element->unknown = true;
        return;
    }
    if (element->named & bit(which))
        element->repeated = true;
    element->named |= bit(which);
    if (parameter->has_value)
        element->valued |= bit(which);
    if (!read_value(&element->means, which, parameter))
        element->wrong |= bit(which);
}

static bool is_permessage(const struct ws_extension *extension)
{
    return bytes_equal_nocase(extension->name, bytes_text(WS_PERMESSAGE_NAME));
}

/* The next element that obeys the grammar of RFC 6455, 9.1, which others judge. */
static bool next_element(const struct ws_http_head *head, struct ws_http_cursor *cursor,
                         struct element *element)
{
    struct bytes member;
    while (ws_http_next_member(head, name_extensions, cursor, &member)) {
        struct ws_extension extension;
        if (!ws_extension_read(&extension, member) || !is_permessage(&extension))
            continue;
        *element = (struct element){0};
        struct ws_extension_parameter parameter;
        while (ws_extension_next(&extension, &parameter))
            read_parameter(element, &parameter);
        return true;
    }
    return false;
}

bool ws_permessage_next_offer(const struct ws_http_head *request, struct ws_http_cursor *cursor,
                              struct ws_permessage *offer)
{
    struct element element;
    while (next_element(request, cursor, &element)) {
        if (element.unknown || element.repeated || element.wrong != 0)
            continue;
        *offer = element.means;
        return true;
    }
    return false;
}

struct ws_permessage ws_permessage_accept(const struct ws_permessage *offer)
{
    /* RFC 7692, 5: what the client says of itself is a hint, which a server may ignore. */
    return (struct ws_permessage){
        .server_no_context_takeover = offer->server_no_context_takeover,
        .server_max_window_bits = offer->server_max_window_bits,
    };
}

struct judge {
    ws_handshake_report *report;
    void *context;
    bool notes; /* something was said */
    bool fails; /* something that makes a client fail the connection */
};

static void note(struct judge *judge, const char *rule, const char *text)
{
    judge->notes = true;
    if (judge->report != NULL)
        judge->report(judge->context, rule, text);
}

static void fail(struct judge *judge, const char *rule, const char *text)
{
    note(judge, rule, text);
    judge->fails = true;
}

bool ws_permessage_judge_request(const struct ws_http_head *request, ws_handshake_report *report,
                                 void *context)
{
    struct judge judge = {.report = report, .context = context};
    struct ws_http_cursor cursor = {0, 0};
    struct element element;
    while (next_element(request, &cursor, &element)) {
        if (element.wrong & bit(SERVER_NO_TAKEOVER))
            fail(&judge, "RFC7692-7.1.1.1-02", "server_no_context_takeover has a value");
        if (element.wrong & bit(SERVER_WINDOW))
            fail(&judge, "RFC7692-7.1.2.1-02", "server_max_window_bits is not 8 to 15");
        if (element.wrong & bit(CLIENT_WINDOW))
            fail(&judge, "RFC7692-7.1.2.2-02",
                 "the value of client_max_window_bits is not 8 to 15");
        /* RFC 6455, 9.1: "The parameters supplied with any given extension MUST be defined for that
         * extension." No sentence binds the client as to the rest, which a server declines (7): a
         * parameter that is named twice, a value of client_no_context_takeover. */
        if (element.unknown)
            fail(&judge, "RFC6455-9.1-05",
                 "permessage-deflate has a parameter that is not defined");
    }
    return !judge.fails;
}

/* RFC 7692, 7: what makes a client fail the connection, whatever it offered. */
static void judge_element(struct judge *judge, const struct element *element)
{
    if (element->unknown)
        fail(judge, "RFC6455-9.1-05", "permessage-deflate has a parameter that is not defined");
    if (element->repeated)
        fail(judge, "RFC7692-7-09", "a parameter of permessage-deflate is named twice");
    if (element->wrong & bit(SERVER_NO_TAKEOVER))
        fail(judge, "RFC7692-7.1.1.1-02", "server_no_context_takeover has a value");
    if (element->wrong & bit(CLIENT_NO_TAKEOVER))
        fail(judge, "RFC7692-7-08", "client_no_context_takeover has a value");
    if (element->wrong & bit(SERVER_WINDOW))
        fail(judge, "RFC7692-7.1.2.1-05", "server_max_window_bits is not 8 to 15");
    /* 7.1.2.2: only an offer may leave out the value. */
    if (element->wrong & bit(CLIENT_WINDOW) ||
        element->means.client_max_window_bits == WS_PERMESSAGE_NO_VALUE)
        fail(judge, "RFC7692-7.1.2.2-04", "client_max_window_bits is not 8 to 15");
}

/* Says in what an answer does not do as one offer asks. What is more than was asked is legal, but
 * for client_max_window_bits; so is a larger value of that than the client's hint (A31, A67). */
static void judge_against(struct judge *judge, const struct element *element,
                          const struct ws_permessage *offer)
{
    unsigned bits = offer->server_max_window_bits;
    if (offer->server_no_context_takeover && !element->means.server_no_context_takeover)
        fail(judge, "RFC7692-7.1.1.1-04",
             "the offer is accepted without its server_no_context_takeover");
    /* RFC 7692, 7: a server declines if it "doesn't support the offered configuration". */
    unsigned granted = element->means.server_max_window_bits;
    if (element->wrong & bit(SERVER_WINDOW))
        bits = 0; /* said already */
    if (bits != 0 && (granted == 0 ? WS_DEFLATE_WINDOW_MAX : granted) > bits)
        fail(judge, "RFC7692-7-05",
             "an offer is accepted whose server_max_window_bits is not kept to");
    else if (bits != 0 && granted == 0) /* not to say 15 is to mean it */
        note(judge, "RFC7692-7.1.2.1-04",
             "the offer is accepted without its server_max_window_bits");
    if (element->named & bit(CLIENT_WINDOW) && offer->client_max_window_bits == 0)
        fail(judge, "RFC7692-7.1.2.2-05", "client_max_window_bits is named that was not offered");
}

/* RFC 7692, 7: "A server MUST decline an extension negotiation offer for this extension if any of
 * the following conditions are met". The answer itself may be a good one: a client reads no more
 * than that. */
static void judge_acceptance(struct judge *judge, const struct element *offer)
{
    if (offer->unknown)
        note(judge, "RFC7692-7-02", "an offer with a parameter that is not defined is accepted");
    if (offer->wrong != 0)
        note(judge, "RFC7692-7-03", "an offer with an invalid value is accepted");
    if (offer->repeated)
        note(judge, "RFC7692-7-04", "an offer that names a parameter twice is accepted");
}

/* Compares with all offers. What is told is what the answer lacks of the one that it fits best: of
 * the first, if it fits none. */
static void judge_fit(struct judge *judge, const struct element *element,
                      const struct ws_http_head *request)
{
    struct ws_http_cursor cursor = {0, 0};
    struct ws_permessage offer;
    struct ws_permessage best = {0};
    unsigned rank = 0;
    while (ws_permessage_next_offer(request, &cursor, &offer)) {
        struct judge silent = {0};
        judge_against(&silent, element, &offer);
        unsigned fit = silent.fails ? 1 : silent.notes ? 2 : 3;
        if (fit > rank) {
            rank = fit;
            best = offer;
        }
    }
    struct ws_http_cursor start = {0, 0};
    struct element declined;
    if (rank > 0)
        judge_against(judge, element, &best);
    else if (next_element(request, &start, &declined))
        judge_acceptance(judge, &declined);
}

static bool is_offered(const struct ws_http_head *request)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    while (ws_http_next_member(request, name_extensions, &cursor, &member)) {
        struct ws_extension extension;
        /* An offer that breaks the grammar is one all the same. */
        ws_extension_read(&extension, member);
        if (is_permessage(&extension))
            return true;
    }
    return false;
}

/* RFC 7692, 5: "A server MUST NOT accept a PMCE extension negotiation offer together with another
 * extension if the PMCE will conflict with the extension on their use of the RSV1 bit." These are
 * known to use it. */
static bool has_rival(const struct ws_http_head *answer)
{
    static const char *const rivals[] = {"deflate-frame", "x-webkit-deflate-frame",
                                         "permessage-bzip2", "permessage-snappy"};
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    while (ws_http_next_member(answer, name_extensions, &cursor, &member)) {
        struct ws_extension extension;
        ws_extension_read(&extension, member);
        for (size_t i = 0; i < sizeof(rivals) / sizeof(rivals[0]); i++)
            if (bytes_equal_nocase(extension.name, bytes_text(rivals[i])))
                return true;
    }
    return false;
}

bool ws_permessage_judge_answer(const struct ws_http_head *answer,
                                const struct ws_http_head *request, struct ws_permessage *agreed,
                                ws_handshake_report *report, void *context)
{
    struct judge judge = {.report = report, .context = context};
    struct ws_http_cursor cursor = {0, 0};
    struct element element;
    /* An extension that was not offered is for ws_handshake_judge_answer. */
    if (!next_element(answer, &cursor, &element) || !is_offered(request))
        return false;
    judge_element(&judge, &element);
    judge_fit(&judge, &element, request);
    struct element second;
    if (next_element(answer, &cursor, &second))
        fail(&judge, "RFC7692-5-15", "permessage-deflate is accepted twice");
    if (has_rival(answer))
        fail(&judge, "RFC7692-5-09", "another extension that uses RSV1 is accepted too");
    *agreed = element.means;
    return !judge.fails;
}
