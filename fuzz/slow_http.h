/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_FUZZ_SLOW_HTTP_H
#define WSCONFORM_FUZZ_SLOW_HTTP_H

#include "base/buffer.h"

/* Slow parsers of the opening handshake (RFC 6455, 4; RFC 9110; RFC 9112), written from the text
 * and not from harness/ws: a head is taken apart line by line after it is there as a whole. */

enum { SLOW_HTTP_FIELDS = 256 };

struct slow_http_field {
    struct bytes name;
    struct bytes value;
};

struct slow_http_head {
    size_t size; /* with the empty line */
    struct bytes start;
    struct slow_http_field fields[SLOW_HTTP_FIELDS];
    size_t count;
    bool too_many; /* more fields than that */
    bool bare_lf;
    bool folded;
    bool name_blank;
    bool bad_name;
    bool bad_value;
    bool leading;
};

/* Reads the head at the start of `in`; false if it is not whole. */
bool slow_http_head(struct slow_http_head *head, struct bytes in);

/* The statuses with which a strict server may refuse the request; 0: it must accept it. */
enum { SLOW_HTTP_400 = 1, SLOW_HTTP_405 = 2, SLOW_HTTP_426 = 4, SLOW_HTTP_505 = 8 };
unsigned slow_http_request(const struct slow_http_head *head);

/* What the client had sent. */
struct slow_http_offer {
    const char *accept; /* the right proof */
    const char *const *protocols;
    const char *const *extensions; /* their names; both end with NULL */
};

/* True if a client that made the offer goes on with the answer (4.1, checks 1 to 6). */
bool slow_http_answer(const struct slow_http_head *head, const struct slow_http_offer *offer);

/* The members of a comma-separated list (RFC 9110, 5.6.1); returns how many there are, of which at
 * most `max` are written. */
size_t slow_http_members(struct bytes value, struct bytes *members, size_t max);

/* True if the value obeys the grammar of RFC 6455, 9.1. */
bool slow_http_extensions(struct bytes value);

/* A member of such a list: its name, if it begins with one. False if it breaks the grammar. */
bool slow_http_extension(struct bytes member, struct bytes *name);

struct slow_http_parameter {
    struct bytes name;
    bool has_value;
    struct bytes value; /* without quotes and backslashes; good until the next call */
};

/* The next parameter of a member that obeys the grammar; `*at` begins behind its name. */
bool slow_http_next_parameter(struct bytes member, size_t *at, struct slow_http_parameter *out);

/* Equal, ASCII letter case aside (RFC 6455, 2.1). */
bool slow_http_same(struct bytes text, const char *word);

#endif
