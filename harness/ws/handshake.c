/* SPDX-License-Identifier: MIT */
#include "ws/handshake.h"

#include <openssl/sha.h>
#include <string.h>

#include "ws/extension.h"
#include "ws/url.h"

/* RFC 6455, 1.3 and 4.2.2 */
static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/* RFC 6455, 4.1 item 9: the version of the protocol. */
static const char version[] = "13";

static const char name_key[] = "Sec-WebSocket-Key";
static const char name_accept[] = "Sec-WebSocket-Accept";
static const char name_version[] = "Sec-WebSocket-Version";
static const char name_protocol[] = "Sec-WebSocket-Protocol";
static const char name_extensions[] = "Sec-WebSocket-Extensions";

/* RFC 4648, section 4 */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Writes 4 characters for each 3 octets begun, and a NUL. */
static void write_base64(char *out, struct bytes in)
{
    for (size_t i = 0; i < in.len; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < in.len ? in.data[i + k] : 0);
        for (unsigned k = 0; k < 4; k++)
            *out++ = i + k > in.len ? '=' : alphabet[bits >> (18 - 6 * k) & 63];
    }
    *out = '\0';
}

static bool is_base64_octet(uint8_t c)
{
    bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alpha || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* Whole groups of four with at most two pads at the end. */
bool ws_handshake_base64_valid(struct bytes text)
{
    size_t len = text.len;
    if (len == 0 || len % 4 != 0)
        return false;
    for (size_t pads = 0; pads < 2 && text.data[len - 1] == '='; pads++)
        len--;
    for (size_t i = 0; i < len; i++)
        if (!is_base64_octet(text.data[i]))
            return false;
    return true;
}

void ws_handshake_key(char out[WS_KEY_SIZE + 1], const uint8_t nonce[16])
{
    write_base64(out, bytes_of(nonce, 16));
}

void ws_handshake_accept(char out[WS_ACCEPT_SIZE + 1], struct bytes key)
{
    struct buffer text = {0};
    buffer_append(&text, key);
    buffer_append_text(&text, guid);
    uint8_t digest[SHA_DIGEST_LENGTH];
    SHA1(text.data, text.len, digest);
    write_base64(out, bytes_of(digest, sizeof(digest)));
    buffer_free(&text);
}

/* 16 octets are 22 characters and two pads (RFC 6455, 4.1 item 7). */
static bool is_16_octets(struct bytes key)
{
    return key.len == WS_KEY_SIZE && ws_handshake_base64_valid(key) &&
           key.data[WS_KEY_SIZE - 3] != '=' && key.data[WS_KEY_SIZE - 2] == '=';
}

bool ws_handshake_key_valid(struct bytes key)
{
    /* Erratum 3150: the four bits that the last character has to spare are zero. */
    return is_16_octets(key) && strchr("AQgw", key.data[WS_KEY_SIZE - 3]) != NULL;
}

/* What `c` stands for; 0 for what is no character of base64. */
static uint8_t sextet(uint8_t c)
{
    return is_base64_octet(c) ? (uint8_t)(strchr(alphabet, c) - alphabet) : 0;
}

bool ws_handshake_nonce(uint8_t out[16], struct bytes key)
{
    if (!ws_handshake_key_valid(key))
        return false;
    for (size_t i = 0; i < 16; i++) {
        size_t first = i / 3 * 4 + i % 3;
        unsigned bits = (unsigned)sextet(key.data[first]) << 6 | sextet(key.data[first + 1]);
        out[i] = (uint8_t)(bits >> (4 - 2 * (i % 3)));
    }
    return true;
}

/* The judgement of a request: checks in the order of RFC 6455, 4.2.1. Each returns a decision
 * with status 0 if it found nothing. */
typedef struct ws_handshake_decision request_check(const struct ws_http_head *request);

static struct ws_handshake_decision refuse(unsigned status, const char *rule, const char *text)
{
    return (struct ws_handshake_decision){.status = status, .rule = rule, .text = text};
}

static struct ws_handshake_decision fine(void)
{
    return (struct ws_handshake_decision){0};
}

static struct ws_handshake_decision check_flaws(const struct ws_http_head *request)
{
    /* WS_HTTP_LEADING_LINE is missing: RFC 9112, 2.2 asks servers to pass over empty lines. */
    if (request->flaws & WS_HTTP_BARE_LF)
        return refuse(400, "RFC6455-4.2.1-01", "a line ends with LF alone");
    if (request->flaws & WS_HTTP_FOLDED)
        return refuse(400, "RFC9112-5.2-01", "a header field is folded");
    if (request->flaws & WS_HTTP_NAME_BLANK)
        return refuse(400, "RFC9112-5.1-01", "a blank stands between a field name and its colon");
    if (request->flaws & WS_HTTP_BAD_NAME)
        return refuse(400, "RFC9112-5.1-02", "a field name is not a token");
    if (request->flaws & WS_HTTP_BAD_VALUE)
        return refuse(400, "RFC9112-2.2-03", "a field value holds a control character");
    return fine();
}

/* RFC 9110, 7.8: the switch comes only after the whole request, its content included; a server
 * that has no use for content refuses it rather than take its octets for frames (A55). */
static struct ws_handshake_decision check_content(const struct ws_http_head *request)
{
    bool empty = true;
    /* All of them count: a first "0" must not hide a length behind it (RFC 9112, 6.3). */
    for (size_t i = 0; i < request->field_count; i++)
        if (bytes_equal_nocase(request->fields[i].name, bytes_text("Content-Length")))
            empty = empty && bytes_equal(request->fields[i].value, bytes_text("0"));
    if (!empty || ws_http_find(request, "Transfer-Encoding") != NULL)
        return refuse(400, "RFC9110-7.8-07", "the request has content");
    return fine();
}

/* RFC 6455, 4.2.1 item 1: a resource name, "or an absolute HTTP/HTTPS URI containing" it. */
static bool is_target(struct bytes target)
{
    struct bytes authority;
    struct bytes resource = target;
    return (target.data[0] == '/' || ws_url_split_absolute(target, &authority, &resource)) &&
           ws_url_is_resource(resource);
}

static struct ws_handshake_decision check_request_line(const struct ws_http_head *request)
{
    struct ws_http_request_line line;
    if (!ws_http_split_request(request->start_line, &line) || !ws_http_is_token(line.method))
        return refuse(400, "RFC6455-4.2.1-05", "the request line is malformed");
    unsigned number = ws_http_version(line.version);
    if (number == 0)
        return refuse(400, "RFC6455-4.2.1-05", "the HTTP version is malformed");
    if (!bytes_equal(line.method, bytes_text("GET")))
        return refuse(405, "RFC6455-4.2.1-02", "the method is not GET");
    if (number < 11)
        return refuse(505, "RFC6455-4.2.1-03", "the HTTP version is below 1.1");
    if (!is_target(line.target))
        return refuse(400, "RFC6455-4.2.1-05", "the request target is not a resource name");
    return fine();
}

static struct ws_handshake_decision check_host(const struct ws_http_head *request)
{
    const struct ws_http_field *host = ws_http_find(request, "Host");
    if (host == NULL)
        return refuse(400, "RFC6455-4.2.1-06", "Host is missing");
    if (ws_http_count(request, "Host") > 1)
        return refuse(400, "RFC9112-3.2-01", "Host appears more than once");
    if (!ws_url_is_host(host->value))
        return refuse(400, "RFC9112-3.2-01", "the value of Host is not a host");
    return fine();
}

static struct ws_handshake_decision check_upgrade(const struct ws_http_head *request)
{
    if (!ws_http_list_has(request, "Upgrade", "websocket"))
        return refuse(426, "RFC6455-4.2.1-08", "Upgrade does not name websocket");
    if (!ws_http_list_has(request, "Connection", "upgrade"))
        return refuse(400, "RFC6455-4.2.1-11", "Connection does not name upgrade");
    return fine();
}

static struct ws_handshake_decision check_version(const struct ws_http_head *request)
{
    const struct ws_http_field *field = ws_http_find(request, name_version);
    if (field == NULL)
        return refuse(400, "RFC6455-4.2.1-17", "Sec-WebSocket-Version is missing");
    if (ws_http_count(request, name_version) > 1)
        return refuse(400, "RFC6455-11.3.5-03", "Sec-WebSocket-Version appears more than once");
    if (!bytes_equal(field->value, bytes_text(version)))
        return refuse(426, "RFC6455-4.2.1-18", "Sec-WebSocket-Version is not 13");
    return fine();
}

static struct ws_handshake_decision check_key(const struct ws_http_head *request)
{
    const struct ws_http_field *field = ws_http_find(request, name_key);
    if (field == NULL)
        return refuse(400, "RFC6455-4.2.1-14", "Sec-WebSocket-Key is missing");
    if (ws_http_count(request, name_key) > 1)
        return refuse(400, "RFC6455-11.3.1-02", "Sec-WebSocket-Key appears more than once");
    if (!ws_handshake_base64_valid(field->value))
        return refuse(400, "RFC6455-4.2.1-16", "Sec-WebSocket-Key is not base64");
    if (!is_16_octets(field->value))
        return refuse(400, "RFC6455-4.2.1-15", "Sec-WebSocket-Key does not hold 16 octets");
    if (!ws_handshake_key_valid(field->value))
        return refuse(400, "RFC6455-4.1-29", "Sec-WebSocket-Key has pad bits that are not zero");
    return fine();
}

/* True if one of the members before `end` is equal to `member`. */
static bool is_repeated(const struct ws_http_head *head, const struct ws_http_cursor *end,
                        struct bytes member)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes other;
    while (ws_http_next_member(head, name_protocol, &cursor, &other) &&
           (cursor.field < end->field || cursor.offset < end->offset))
        if (bytes_equal(other, member))
            return true;
    return false;
}

static struct ws_handshake_decision check_protocols(const struct ws_http_head *request)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    size_t count = 0;
    for (; ws_http_next_member(request, name_protocol, &cursor, &member); count++) {
        if (!ws_http_is_token(member))
            return refuse(400, "RFC6455-4.1-37", "a subprotocol is not a token");
        if (is_repeated(request, &cursor, member))
            return refuse(400, "RFC6455-4.1-38", "a subprotocol is named twice");
    }
    if (count == 0 && ws_http_find(request, name_protocol) != NULL)
        return refuse(400, "RFC6455-4.1-39", "Sec-WebSocket-Protocol is empty");
    return fine();
}

static struct ws_handshake_decision check_extensions(const struct ws_http_head *request)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    struct ws_extension extension;
    size_t count = 0;
    for (; ws_http_next_member(request, name_extensions, &cursor, &member); count++)
        if (!ws_extension_read(&extension, member))
            return refuse(400, "RFC6455-9.1-01", "Sec-WebSocket-Extensions breaks its grammar");
    if (count == 0 && ws_http_find(request, name_extensions) != NULL)
        return refuse(400, "RFC6455-9.1-01", "Sec-WebSocket-Extensions is empty");
    return fine();
}

struct ws_handshake_decision ws_handshake_judge_request(const struct ws_http_head *request)
{
    /* The version comes before the key: who speaks another one may well have other keys, and is
     * helped by hearing which version to speak. */
    static request_check *const checks[] = {
        check_flaws, check_request_line, check_host,       check_upgrade, check_version,
        check_key,   check_protocols,    check_extensions, check_content,
    };
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        struct ws_handshake_decision decision = checks[i](request);
        if (decision.status != 0)
            return decision;
    }
    const struct ws_http_field *key = ws_http_find(request, name_key);
    return (struct ws_handshake_decision){.status = 101, .key = key->value};
}

static const char *reason_of(unsigned status)
{
    switch (status) {
    case 405:
        return "Method Not Allowed";
    case 426:
        return "Upgrade Required";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Bad Request";
    }
}

static void write_refusal(struct buffer *out, const struct ws_handshake_decision *decision)
{
    unsigned status = decision->status;
    buffer_printf(out, "HTTP/1.1 %u %s\r\n", status, reason_of(status));
    if (status == 405)
        buffer_append_text(out, "Allow: GET\r\n");
    if (status == 426)
        buffer_printf(out, "Upgrade: websocket\r\n%s: %s\r\n", name_version, version);
    /* RFC 9110, 7.8: who sends Upgrade names it in Connection. */
    buffer_printf(out, "Connection: %sclose\r\n", status == 426 ? "Upgrade, " : "");
    buffer_printf(out, "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s\n",
                  strlen(decision->text) + 1, decision->text);
}

void ws_handshake_write_answer(struct buffer *out, const struct ws_handshake_decision *decision)
{
    if (decision->status != 101) {
        write_refusal(out, decision);
        return;
    }
    char proof[WS_ACCEPT_SIZE + 1];
    ws_handshake_accept(proof, decision->key);
    buffer_printf(out,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\n%s: %s\r\n\r\n",
                  name_accept, proof);
}

/* The judgement of an answer. */
struct judge {
    ws_handshake_report *report;
    void *context;
    bool fails; /* something was said that makes a client fail the connection */
};

/* For what recipients may put up with. */
static void note(struct judge *judge, const char *rule, const char *text)
{
    if (judge->report != NULL)
        judge->report(judge->context, rule, text);
}

static void fail(struct judge *judge, const char *rule, const char *text)
{
    note(judge, rule, text);
    judge->fails = true;
}

/* RFC 6455, 4.2.2: "a valid HTTP response". */
static const char rule_response[] = "RFC6455-4.2.2-17";

static void judge_flaws(struct judge *judge, unsigned flaws)
{
    /* RFC 9112, 2.2 and 5.2 let a recipient read on past these. */
    if (flaws & WS_HTTP_LEADING_LINE)
        note(judge, rule_response, "an empty line stands in front of the status line");
    if (flaws & WS_HTTP_BARE_LF)
        note(judge, rule_response, "a line ends with LF alone");
    if (flaws & WS_HTTP_FOLDED)
        note(judge, rule_response, "a header field is folded");
    if (flaws & WS_HTTP_NAME_BLANK)
        fail(judge, rule_response, "a blank stands between a field name and its colon");
    if (flaws & WS_HTTP_BAD_NAME)
        fail(judge, rule_response, "a field name is not a token");
    if (flaws & WS_HTTP_BAD_VALUE)
        fail(judge, rule_response, "a field value holds a control character");
}

/* Returns the status, 0 if there is none. */
static unsigned judge_status_line(struct judge *judge, struct bytes text)
{
    struct ws_http_status_line line;
    if (!ws_http_split_status(text, &line)) {
        fail(judge, rule_response, "the status line is malformed");
        return 0;
    }
    if (ws_http_version(line.version) != 11)
        fail(judge, rule_response, "the HTTP version is not 1.1");
    if (line.reason.data == NULL)
        note(judge, rule_response, "the status line lacks the space behind the code");
    return line.code;
}

static void judge_upgrade(struct judge *judge, const struct ws_http_head *answer)
{
    const struct ws_http_field *field = ws_http_find(answer, "Upgrade");
    if (field == NULL)
        fail(judge, "RFC6455-4.2.2-19", "Upgrade is missing");
    else if (ws_http_count(answer, "Upgrade") > 1)
        fail(judge, "RFC6455-4.2.2-19", "Upgrade appears more than once");
    else if (!bytes_equal_nocase(field->value, bytes_text("websocket")))
        fail(judge, "RFC6455-4.2.2-19", "the value of Upgrade is not websocket");
    if (ws_http_find(answer, "Connection") == NULL)
        fail(judge, "RFC6455-4.2.2-20", "Connection is missing");
    else if (!ws_http_list_has(answer, "Connection", "upgrade"))
        fail(judge, "RFC6455-4.2.2-20", "Connection does not name upgrade");
}

static bool proves(struct bytes accept, struct bytes key)
{
    char proof[WS_ACCEPT_SIZE + 1];
    ws_handshake_accept(proof, key);
    return bytes_equal(accept, bytes_text(proof));
}

static void judge_accept(struct judge *judge, const struct ws_http_head *answer, struct bytes key)
{
    const struct ws_http_field *field = ws_http_find(answer, name_accept);
    if (field == NULL) {
        fail(judge, "RFC6455-4.2.2-21", "Sec-WebSocket-Accept is missing");
        return;
    }
    if (ws_http_count(answer, name_accept) > 1)
        fail(judge, "RFC6455-11.3.3-01", "Sec-WebSocket-Accept appears more than once");
    bool formed = field->value.len == WS_ACCEPT_SIZE && ws_handshake_base64_valid(field->value);
    if (!formed)
        fail(judge, "RFC6455-4.2.2-22", "Sec-WebSocket-Accept is not 28 characters of base64");
    if (!formed || !proves(field->value, key))
        fail(judge, "RFC6455-4.2.2-21", "Sec-WebSocket-Accept does not prove the key");
}

/* RFC 7936: subprotocol names differ by letter case. */
static bool is_offered_protocol(const struct ws_http_head *request, struct bytes name)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    while (ws_http_next_member(request, name_protocol, &cursor, &member))
        if (bytes_equal(member, name))
            return true;
    return false;
}

static void judge_protocol(struct judge *judge, const struct ws_http_head *answer,
                           const struct ws_http_head *request)
{
    const struct ws_http_field *field = ws_http_find(answer, name_protocol);
    if (field == NULL)
        return;
    if (ws_http_count(answer, name_protocol) > 1)
        fail(judge, "RFC6455-11.3.4-02", "Sec-WebSocket-Protocol appears more than once");
    if (!ws_http_is_token(field->value))
        fail(judge, "RFC6455-4.2.2-14", "Sec-WebSocket-Protocol is not a single token");
    else if (ws_http_find(request, name_protocol) == NULL)
        fail(judge, "RFC6455-4.2.2-12", "a subprotocol is named though none was offered");
    else if (!is_offered_protocol(request, field->value))
        fail(judge, "RFC6455-4.2.2-11", "the subprotocol is not one that was offered");
}

static bool is_offered_extension(const struct ws_http_head *request, struct bytes name)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    struct ws_extension offered;
    while (ws_http_next_member(request, name_extensions, &cursor, &member)) {
        /* An offer that breaks the grammar is one all the same. */
        ws_extension_read(&offered, member);
        if (bytes_equal_nocase(offered.name, name))
            return true;
    }
    return false;
}

static void judge_extensions(struct judge *judge, const struct ws_http_head *answer,
                             const struct ws_http_head *request)
{
    struct ws_http_cursor cursor = {0, 0};
    struct bytes member;
    struct ws_extension extension;
    size_t count = 0;
    for (; ws_http_next_member(answer, name_extensions, &cursor, &member); count++) {
        if (!ws_extension_read(&extension, member))
            fail(judge, "RFC6455-9.1-01", "Sec-WebSocket-Extensions breaks its grammar");
        else if (!is_offered_extension(request, extension.name))
            fail(judge, "RFC6455-9-03", "an extension is named that was not offered");
    }
    if (count == 0 && ws_http_find(answer, name_extensions) != NULL)
        fail(judge, "RFC6455-9.1-09", "Sec-WebSocket-Extensions is empty");
}

bool ws_handshake_judge_answer(const struct ws_http_head *answer,
                               const struct ws_handshake_offer *offer, ws_handshake_report *report,
                               void *context)
{
    struct judge judge = {report, context, false};
    judge_flaws(&judge, answer->flaws);
    unsigned status = judge_status_line(&judge, answer->start_line);
    if (status != 0 && status != 101)
        fail(&judge, "RFC6455-4.2.2-18", "the status is not 101");
    /* With another status it is plain HTTP, and nothing below is due. */
    if (status != 101)
        return false;
    judge_upgrade(&judge, answer);
    judge_accept(&judge, answer, offer->key);
    judge_protocol(&judge, answer, offer->request);
    judge_extensions(&judge, answer, offer->request);
    return !judge.fails;
}

void ws_handshake_judge_refusal(const struct ws_http_head *answer, bool version_was_wrong,
                                ws_handshake_report *report, void *context)
{
    struct judge judge = {report, context, false};
    struct ws_http_status_line line;
    bool readable = ws_http_split_status(answer->start_line, &line);
    /* RFC 6455, 4.4: "it MUST respond with a |Sec-WebSocket-Version| header field (or multiple
     * |Sec-WebSocket-Version| header fields) containing all versions it is willing to use." */
    if (version_was_wrong && !ws_http_list_has(answer, name_version, version))
        fail(&judge, "RFC6455-4.2.2-09", "Sec-WebSocket-Version does not list 13");
    /* RFC 9110, 15.5.22: "The server MUST send an Upgrade header field in a 426 response". */
    if (readable && line.code == 426 && ws_http_find(answer, "Upgrade") == NULL)
        fail(&judge, "RFC9110-7.8-03", "426 comes without Upgrade");
    if (readable && line.code == 401 && ws_http_find(answer, "WWW-Authenticate") == NULL)
        fail(&judge, "RFC6455-4.2.2-04", "401 comes without WWW-Authenticate");
}
