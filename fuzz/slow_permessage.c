/* SPDX-License-Identifier: MIT */
#include "fuzz/slow_permessage.h"

#include "fuzz/slow_http.h"

/* RFC 7692, 7.1.2.1: "a decimal integer value without leading zeroes between 8 to 15, inclusive".
 */
static unsigned window_bits(struct bytes value)
{
    static const char *const good[] = {"8", "9", "10", "11", "12", "13", "14", "15"};
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (bytes_equal(value, bytes_text(good[i])))
            return i + 8;
    return 0;
}

static void note_parameter(struct slow_permessage *element,
                           const struct slow_http_parameter *parameter)
{
    static const char *const names[SLOW_PERMESSAGE_PARAMETERS] = {
        "server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits",
        "client_max_window_bits"};
    unsigned which = 0;
    while (which < SLOW_PERMESSAGE_PARAMETERS && !slow_http_same(parameter->name, names[which]))
        which++;
    if (which == SLOW_PERMESSAGE_PARAMETERS) {
        element->unknown = true;
        return;
    }
    /* 7.1.1: "This parameter has no value"; 7.1.2.2: "This parameter has no value or a decimal
     * integer". */
    bool flag =
        which == SLOW_PERMESSAGE_SERVER_NO_TAKEOVER || which == SLOW_PERMESSAGE_CLIENT_NO_TAKEOVER;
    bool bare = which == SLOW_PERMESSAGE_CLIENT_WINDOW && !parameter->has_value;
    unsigned bits = window_bits(parameter->value);
    element->named[which]++;
    element->bits[which] = bits;
    element->bare |= bare;
    element->wrong[which] |= flag ? parameter->has_value : !bare && bits == 0;
}

/* Takes the parameters of an element apart that obeys the grammar. */
static void read_parameters(struct bytes text, size_t name, struct slow_permessage *element)
{
    struct slow_http_parameter parameter;
    size_t at = name;
    *element = (struct slow_permessage){0};
    while (slow_http_next_parameter(text, &at, &parameter))
        note_parameter(element, &parameter);
}

enum { MEMBERS = 4096, ELEMENTS = 512 };

/* The members of the list that all fields are together. */
static struct bytes members[MEMBERS];

static size_t read_members(const struct bytes *values, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count && found < MEMBERS; i++)
        found += slow_http_members(values[i], members + found, MEMBERS - found);
    return found < MEMBERS ? found : MEMBERS;
}

size_t slow_permessage_read(const struct bytes *values, size_t count,
                            struct slow_permessage *elements, size_t max, bool *named)
{
    size_t total = read_members(values, count);
    size_t found = 0;
    *named = false;
    for (size_t i = 0; i < total; i++) {
        struct bytes name;
        bool valid = slow_http_extension(members[i], &name);
        if (!slow_http_same(name, "permessage-deflate"))
            continue;
        *named = true;
        if (valid && found < max)
            read_parameters(members[i], name.len, &elements[found++]);
    }
    return found;
}

/* RFC 7692, 7: undefined names, invalid values, and names that stand there twice. */
static bool is_well_formed(const struct slow_permessage *element, bool offered)
{
    for (unsigned i = 0; i < SLOW_PERMESSAGE_PARAMETERS; i++)
        if (element->named[i] > 1 || element->wrong[i])
            return false;
    return !element->unknown && (offered || !element->bare);
}

bool slow_permessage_acceptable(const struct slow_permessage *offer)
{
    return is_well_formed(offer, true);
}

bool slow_permessage_good_offers(const struct bytes *values, size_t count)
{
    static struct slow_permessage offers[ELEMENTS];
    bool named;
    size_t found = slow_permessage_read(values, count, offers, ELEMENTS, &named);
    for (size_t i = 0; i < found; i++) {
        const bool *wrong = offers[i].wrong;
        /* Nothing is said to the client of the names that stand there once too often, nor of the
         * value of client_no_context_takeover. */
        if (offers[i].unknown || wrong[SLOW_PERMESSAGE_SERVER_NO_TAKEOVER] ||
            wrong[SLOW_PERMESSAGE_SERVER_WINDOW] || wrong[SLOW_PERMESSAGE_CLIENT_WINDOW])
            return false;
    }
    return true;
}

/* RFC 7692, 7.1.1.1, 7.1.2.1 and 7.1.2.2: what an answer owes to an offer that it accepts. */
static bool is_answer_to(const struct slow_permessage *answer, const struct slow_permessage *offer)
{
    unsigned asked = offer->named[SLOW_PERMESSAGE_SERVER_WINDOW]
                         ? offer->bits[SLOW_PERMESSAGE_SERVER_WINDOW]
                         : 15;
    unsigned given = answer->named[SLOW_PERMESSAGE_SERVER_WINDOW]
                         ? answer->bits[SLOW_PERMESSAGE_SERVER_WINDOW]
                         : 15;
    if (offer->named[SLOW_PERMESSAGE_SERVER_NO_TAKEOVER] &&
        !answer->named[SLOW_PERMESSAGE_SERVER_NO_TAKEOVER])
        return false;
    if (answer->named[SLOW_PERMESSAGE_CLIENT_WINDOW] &&
        !offer->named[SLOW_PERMESSAGE_CLIENT_WINDOW])
        return false;
    return given <= asked;
}

/* Other extensions that use RSV1 (RFC 7692, 5). */
static bool has_rival(const struct bytes *values, size_t count)
{
    size_t total = read_members(values, count);
    for (size_t i = 0; i < total; i++) {
        struct bytes name;
        slow_http_extension(members[i], &name);
        if (slow_http_same(name, "deflate-frame") ||
            slow_http_same(name, "x-webkit-deflate-frame") ||
            slow_http_same(name, "permessage-bzip2") || slow_http_same(name, "permessage-snappy"))
            return true;
    }
    return false;
}

bool slow_permessage_agreed(const struct bytes *offers, size_t offer_count,
                            const struct bytes *answers, size_t answer_count)
{
    static struct slow_permessage answer[ELEMENTS];
    static struct slow_permessage offer[ELEMENTS];
    bool named;
    bool offered;
    bool fits = false;
    bool any = false;
    size_t given = slow_permessage_read(answers, answer_count, answer, ELEMENTS, &named);
    size_t asked = slow_permessage_read(offers, offer_count, offer, ELEMENTS, &offered);
    if (given != 1 || !offered || !is_well_formed(&answer[0], false) ||
        has_rival(answers, answer_count))
        return false;
    for (size_t i = 0; i < asked; i++)
        if (slow_permessage_acceptable(&offer[i])) {
            any = true;
            fits |= is_answer_to(&answer[0], &offer[i]);
        }
    /* An offer that was to be declined tells nothing of what the answer should be. */
    return fits || !any;
}
