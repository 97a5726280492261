/* SPDX-License-Identifier: MIT */
#include "ws/request.h"

#include <string.h>

#include "ws/extension.h"
#include "ws/url.h"

static const char name_key[] = "Sec-WebSocket-Key";
static const char name_version[] = "Sec-WebSocket-Version";
static const char name_protocol[] = "Sec-WebSocket-Protocol";
static const char name_extensions[] = "Sec-WebSocket-Extensions";

/* A request under examination. */
struct exam {
    const struct ws_http_head *request;
    const struct ws_request_expected *expected;
    ws_handshake_report *report;
    void *context;
};

static void blame(const struct exam *exam, const char *rule, const char *text)
{
    exam->report(exam->context, rule, text);
}

/* RFC 6455, 4.1: "The handshake MUST be a valid HTTP request as specified by [RFC2616]." */
static void check_grammar(const struct exam *exam)
{
    static const char rule[] = "RFC6455-4.1-19";
    unsigned flaws = exam->request->flaws;
    /* RFC 9112, 2.2: "a user agent MUST NOT preface or follow a request with an extra CRLF." */
    if (flaws & WS_HTTP_LEADING_LINE)
        blame(exam, rule, "an empty line stands in front of the request line");
    if (flaws & WS_HTTP_BARE_LF)
        blame(exam, rule, "a line ends with LF alone");
    if (flaws & WS_HTTP_NAME_BLANK)
        blame(exam, rule, "a blank stands between a field name and its colon");
    if (flaws & WS_HTTP_BAD_NAME)
        blame(exam, rule, "a field name is not a token");
    if (flaws & WS_HTTP_BAD_VALUE)
        blame(exam, rule, "a field value holds a control character");
    /* RFC 9112, 5.2: "A sender MUST NOT generate a message that includes line folding". */
    if (flaws & WS_HTTP_FOLDED)
        blame(exam, "RFC9112-5.2-02", "a header field is folded");
}

static bool is_loopback(struct bytes host)
{
    return bytes_equal_nocase(host, bytes_text("localhost")) ||
           bytes_equal(host, bytes_text("127.0.0.1")) || bytes_equal(host, bytes_text("[::1]"));
}

/* The host of "host:port" without its port; `*port` is what follows it, colon included. */
static struct bytes host_of(struct bytes authority, struct bytes *port)
{
    size_t end = 0;
    bool literal = false;
    for (; end < authority.len && (literal || authority.data[end] != ':'); end++)
        literal = (literal || authority.data[end] == '[') && authority.data[end] != ']';
    *port = bytes_of(authority.data + end, authority.len - end);
    return bytes_of(authority.data, end);
}

/* Nobody sees in a request whether it is for ws or wss. */
static bool is_default_port(struct bytes port)
{
    return port.len < 2 || bytes_equal(port, bytes_text(":80")) ||
           bytes_equal(port, bytes_text(":443"));
}

/* RFC 9110, 4.2.3: a host knows no letter case, and a default port is as good as none. */
static bool is_same_authority(struct bytes a, struct bytes b)
{
    struct bytes port_a;
    struct bytes port_b;
    struct bytes host_a = host_of(a, &port_a);
    struct bytes host_b = host_of(b, &port_b);
    bool host = bytes_equal_nocase(host_a, host_b) || (is_loopback(host_a) && is_loopback(host_b));
    return host &&
           (bytes_equal(port_a, port_b) || (is_default_port(port_a) && is_default_port(port_b)));
}

/* RFC 6455, 4.1 item 2: "The |Request-URI| MUST match the /resource name/ defined in Section 3 (a
 * relative URI) or be an absolute http/https URI that, when parsed, has a /resource name/, /host/,
 * and /port/ that match the corresponding ws/wss URI." */
static void check_target(const struct exam *exam, struct bytes target)
{
    static const char rule[] = "RFC6455-4.1-22";
    struct bytes authority;
    struct bytes resource = target;
    bool absolute = ws_url_split_absolute(target, &authority, &resource);
    const char *expected = exam->expected->target;
    if (absolute && resource.len == 0)
        resource = bytes_text("/");
    if (expected != NULL && bytes_equal(target, bytes_text(expected)))
        return;
    /* RFC 6455, 3: "Fragment identifiers are meaningless in the context of WebSocket URIs and
     * MUST NOT be used on these URIs." */
    if (memchr(target.data, '#', target.len) != NULL)
        blame(exam, "RFC6455-3-05", "the request target holds a '#'");
    else if (!absolute && target.data[0] != '/')
        blame(exam, rule, "the request target is neither a path nor an http URI");
    /* RFC 6455, 11.1.1: "Characters in other components that are not allowed by the above syntax
     * MUST be converted from Unicode to ASCII by first encoding the characters as UTF-8 and then
     * replacing the corresponding bytes using their percent-encoded form". */
    else if (!ws_url_is_resource(resource))
        blame(exam, "RFC6455-11.1.1-03", "the request target holds octets that must be escaped");
    else if (expected != NULL && !bytes_equal(resource, bytes_text(expected)))
        blame(exam, rule, "the request target is not the resource name");
    else if (absolute && exam->expected->host != NULL &&
             !is_same_authority(authority, bytes_text(exam->expected->host)))
        blame(exam, rule, "the request target names another host or port");
}

static void check_request_line(const struct exam *exam)
{
    struct ws_http_request_line line;
    bool whole = ws_http_split_request(exam->request->start_line, &line) &&
                 ws_http_is_token(line.method) && ws_http_version(line.version) != 0 &&
                 line.target.len > 0;
    if (!whole) {
        blame(exam, "RFC6455-4.1-19", "the request line is malformed");
        return;
    }
    /* RFC 6455, 4.1 item 2: "The method of the request MUST be GET, and the HTTP version MUST be
     * at least 1.1." */
    if (!bytes_equal(line.method, bytes_text("GET")))
        blame(exam, "RFC6455-4.1-20", "the method is not GET");
    if (ws_http_version(line.version) < 11)
        blame(exam, "RFC6455-4.1-21", "the HTTP version is below 1.1");
    check_target(exam, line.target);
}

/* RFC 6455, 4.1 item 4: "a |Host| header field whose value contains /host/ plus optionally ":"
 * followed by /port/ (when not using the default port)." */
static void check_host(const struct exam *exam)
{
    const struct ws_http_field *host = ws_http_find(exam->request, "Host");
    const char *expected = exam->expected->host;
    if (host == NULL)
        blame(exam, "RFC9112-3.2-02", "Host is missing");
    else if (ws_http_count(exam->request, "Host") > 1)
        blame(exam, "RFC9112-3.2-02", "Host appears more than once");
    else if (!ws_url_is_host(host->value))
        blame(exam, "RFC6455-4.1-23", "the value of Host is not a host");
    else if (expected != NULL && !is_same_authority(host->value, bytes_text(expected)))
        blame(exam, "RFC6455-4.1-23", "Host does not name the host and port of the URL");
}

/* RFC 6455, 4.1 items 5 and 6. */
static void check_upgrade(const struct exam *exam)
{
    if (ws_http_find(exam->request, "Upgrade") == NULL)
        blame(exam, "RFC6455-4.1-24", "Upgrade is missing");
    else if (!ws_http_list_has(exam->request, "Upgrade", "websocket"))
        blame(exam, "RFC6455-4.1-25", "Upgrade does not name websocket");
    if (ws_http_find(exam->request, "Connection") == NULL)
        blame(exam, "RFC6455-4.1-26", "Connection is missing");
    else if (!ws_http_list_has(exam->request, "Connection", "upgrade"))
        blame(exam, "RFC6455-4.1-27", "Connection does not name upgrade");
}

/* RFC 6455, 4.1 item 7: "The value of this header field MUST be a nonce consisting of a randomly
 * selected 16-byte value that has been base64-encoded". */
static void check_key(const struct exam *exam)
{
    const struct ws_http_field *key = ws_http_find(exam->request, name_key);
    if (key == NULL)
        blame(exam, "RFC6455-4.1-28", "Sec-WebSocket-Key is missing");
    else if (ws_http_count(exam->request, name_key) > 1)
        blame(exam, "RFC6455-11.3.1-01", "Sec-WebSocket-Key appears more than once");
    else if (!ws_handshake_base64_valid(key->value))
        blame(exam, "RFC6455-4.3-01", "Sec-WebSocket-Key is not base64");
    else if (!ws_handshake_key_valid(key->value))
        blame(exam, "RFC6455-4.1-29", "Sec-WebSocket-Key is not the base64 of 16 octets");
}

/* RFC 6455, 4.3: version = DIGIT | (NZDIGIT DIGIT) | ("1" DIGIT DIGIT) | ("2" DIGIT DIGIT),
 * "Limited to 0-255 range, with no leading zeros". */
static bool is_version(struct bytes text)
{
    unsigned number = 0;
    if (text.len == 0 || text.len > 3 || (text.len > 1 && text.data[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + text.data[i] - '0';
    }
    return number <= 255;
}

/* RFC 6455, 4.1 item 9: "The value of this header field MUST be 13." */
static void check_version(const struct exam *exam)
{
    const struct ws_http_field *field = ws_http_find(exam->request, name_version);
    if (field == NULL)
        blame(exam, "RFC6455-4.1-34", "Sec-WebSocket-Version is missing");
    else if (ws_http_count(exam->request, name_version) > 1)
        blame(exam, "RFC6455-11.3.5-02", "Sec-WebSocket-Version appears more than once");
    else if (!is_version(field->value))
        blame(exam, "RFC6455-4.3-04", "Sec-WebSocket-Version is no number from 0 to 255");
    else if (!bytes_equal(field->value, bytes_text("13")))
        blame(exam, "RFC6455-4.1-35", "Sec-WebSocket-Version is not 13");
}

/* RFC 6454, 7.1: origin = "null" or scheme "://" host [ ":" port ], or several with spaces between
 * them. A file has an empty host. */
static bool is_origin(struct bytes text)
{
    size_t start = 0;
    if (bytes_equal(text, bytes_text("null")))
        return true;
    while (start < text.len) {
        size_t end = start;
        while (end < text.len && text.data[end] != ' ')
            end++;
        size_t colon = start;
        while (colon < end && text.data[colon] != ':')
            colon++;
        if (colon == start || end - colon < 3 || memcmp(text.data + colon, "://", 3) != 0 ||
            memchr(text.data + colon + 3, '/', end - colon - 3) != NULL)
            return false;
        start = end + 1;
    }
    return text.len > 0;
}

/* RFC 6455, 4.1 item 8: "The request MUST include a header field with the name |Origin| [RFC6454]
 * if the request is coming from a browser client." Who names itself Mozilla says it is one. */
static void check_origin(const struct exam *exam)
{
    static const char browser[] = "Mozilla/";
    const struct ws_http_field *origin = ws_http_find(exam->request, "Origin");
    const struct ws_http_field *agent = ws_http_find(exam->request, "User-Agent");
    if (origin != NULL && !is_origin(origin->value))
        blame(exam, "RFC6455-4.1-33", "Origin is not the serialization of an origin");
    if (origin == NULL && agent != NULL && agent->value.len >= strlen(browser) &&
        memcmp(agent->value.data, browser, strlen(browser)) == 0)
        blame(exam, "RFC6455-4.1-31", "a browser sends no Origin");
}

/* True if one of the members before `end` is equal to `member`. */
static bool is_repeated(const struct exam *exam, const struct ws_http_cursor *end,
                        struct bytes member)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes other;
    while (ws_http_next_member(exam->request, name_protocol, &cursor, &other) &&
           (cursor.field < end->field || cursor.offset < end->offset))
        if (bytes_equal(other, member))
            return true;
    return false;
}

/* RFC 6455, 4.1 item 10: "The elements that comprise this value MUST be non-empty strings with
 * characters in the range U+0021 to U+007E not including separator characters as defined in
 * [RFC2616] and MUST all be unique strings. The ABNF for the value of this header field is
 * 1#token". */
static void check_protocols(const struct exam *exam)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    bool tokens = true;
    bool unique = true;
    size_t count = 0;
    for (; ws_http_next_member(exam->request, name_protocol, &cursor, &member); count++) {
        tokens = tokens && ws_http_is_token(member);
        unique = unique && !is_repeated(exam, &cursor, member);
    }
    if (!tokens)
        blame(exam, "RFC6455-4.1-37", "a subprotocol is not a token");
    if (!unique)
        blame(exam, "RFC6455-4.1-38", "a subprotocol is named twice");
    if (count == 0 && ws_http_find(exam->request, name_protocol) != NULL)
        blame(exam, "RFC6455-4.1-39", "Sec-WebSocket-Protocol is empty");
}

/* RFC 6455, 4.1 item 11 and 9.1. */
static void check_extensions(const struct exam *exam)
{
    static const char rule[] = "RFC6455-4.3-02";
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    size_t count = 0;
    for (; ws_http_next_member(exam->request, name_extensions, &cursor, &member); count++) {
        if (!ws_extension_list_valid(member)) {
            blame(exam, rule, "Sec-WebSocket-Extensions breaks its grammar");
            return;
        }
    }
    if (count == 0 && ws_http_find(exam->request, name_extensions) != NULL)
        blame(exam, rule, "Sec-WebSocket-Extensions is empty");
}

void ws_request_check(const struct ws_http_head *request,
                      const struct ws_request_expected *expected, ws_handshake_report *report,
                      void *context)
{
    const struct exam exam = {request, expected, report, context};
    check_grammar(&exam);
    check_request_line(&exam);
    check_host(&exam);
    check_upgrade(&exam);
    check_key(&exam);
    check_version(&exam);
    check_origin(&exam);
    check_protocols(&exam);
    check_extensions(&exam);
}
