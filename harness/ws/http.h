/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_HTTP_H
#define WSCONFORM_WS_HTTP_H

#include "base/bytes.h"
#include "ws/frame.h"

/* The head of an HTTP/1.1 message: start line, header fields, empty line (RFC 9112). */

enum { WS_HTTP_FIELDS_MAX = 256 };

struct ws_http_field {
    struct bytes name;
    struct bytes value; /* without the blanks around it; a folded value keeps its line ends */
};

/* What is odd about a head, though it could be read. */
enum ws_http_flaw {
    WS_HTTP_BARE_LF = 1,      /* a line ends with LF alone */
    WS_HTTP_FOLDED = 2,       /* a value continues on a line that starts with a blank (A63) */
    WS_HTTP_NAME_BLANK = 4,   /* blanks between a field name and its colon */
    WS_HTTP_BAD_NAME = 8,     /* a field name that is no token, or a line without a colon */
    WS_HTTP_BAD_VALUE = 16,   /* NUL, CR or another control character in a value */
    WS_HTTP_LEADING_LINE = 32 /* empty lines in front of the start line */
};

struct ws_http_head {
    struct bytes start_line;
    struct ws_http_field fields[WS_HTTP_FIELDS_MAX];
    size_t field_count;
    unsigned flaws; /* of enum ws_http_flaw */
    size_t size;    /* octets of the head, its empty line included */
};

/* Reads a head from the start of `in`. WS_ITEM: `head` is filled, its parts are borrowed from
 * `in`, and what follows head->size belongs to the next protocol. WS_MORE: no empty line yet; call
 * again with the whole of a longer input. WS_BAD: more than WS_HTTP_FIELDS_MAX fields, or more
 * than `max` octets without an empty line. `*scanned` (0 at first) saves reading the same octets
 * again, so that a head that comes octet by octet costs linear time. */
enum ws_status ws_http_read(struct ws_http_head *head, struct bytes in, size_t max,
                            size_t *scanned);

/* The first field of that name in any letter case, or NULL. */
const struct ws_http_field *ws_http_find(const struct ws_http_head *head, const char *name);

/* How many fields have that name. */
size_t ws_http_count(const struct ws_http_head *head, const char *name);

/* Walks the members of a comma-separated list over all fields of that name (RFC 9110, 5.3 and
 * 5.6.1: empty members are passed over; commas inside quoted strings do not separate). Start with
 * a zeroed cursor. Returns false at the end. */
struct ws_http_cursor {
    size_t field;
    size_t offset;
};
bool ws_http_next_member(const struct ws_http_head *head, const char *name,
                         struct ws_http_cursor *cursor, struct bytes *member);

/* The same over a single value, from `*offset` (0 at first) on. */
bool ws_http_next_in_value(struct bytes value, size_t *offset, struct bytes *member);

/* True if `token` is a member of the list in any letter case. */
bool ws_http_list_has(const struct ws_http_head *head, const char *name, const char *token);

/* True if `text` is a token (RFC 9110, 5.6.2): not empty, no separators. */
bool ws_http_is_token(struct bytes text);

/* 11 for "HTTP/1.1", 10 for "HTTP/1.0" and so on; 0 if it is no HTTP-version (RFC 9112, 2.3). */
unsigned ws_http_version(struct bytes text);

/* "GET /chat HTTP/1.1" taken apart; false if it is not three parts with single spaces between. */
struct ws_http_request_line {
    struct bytes method;
    struct bytes target;
    struct bytes version;
};
bool ws_http_split_request(struct bytes line, struct ws_http_request_line *out);

/* "HTTP/1.1 101 Switching Protocols" taken apart; false if it is not a status line. `code` is 100
 * to 599; the reason may be empty, and its `data` is NULL when even the space in front of it is
 * missing (RFC 9112, 4 wants one; many readers do without). */
struct ws_http_status_line {
    struct bytes version;
    unsigned code;
    struct bytes reason;
};
bool ws_http_split_status(struct bytes line, struct ws_http_status_line *out);

#endif
