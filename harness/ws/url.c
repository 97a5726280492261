/* SPDX-License-Identifier: MIT */
#include "ws/url.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PORT_WS = 80, PORT_WSS = 443 };

static int read_scheme(struct ws_url *url, const char **text, struct error *error)
{
    /* RFC 3986, 3.1: schemes are case-insensitive. */
    if (strncasecmp(*text, "ws://", 5) == 0) {
        *text += 5;
        return 0;
    }
    if (strncasecmp(*text, "wss://", 6) == 0) {
        url->secure = true;
        *text += 6;
        return 0;
    }
    return error_set(error, "'%s' is no WebSocket URL (ws://host:port/path)", *text);
}

/* Reads the host up to `end`; an IPv6 literal stands in brackets. */
static int read_host(struct ws_url *url, const char *text, size_t len, struct error *error)
{
    struct bytes whole = bytes_of(text, len);
    bool literal = len >= 2 && text[0] == '[' && text[len - 1] == ']';
    if (literal) {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof(url->host))
        return error_set(error, "the URL names no host");
    memcpy(url->host, text, len);
    url->host[len] = '\0';
    bool colon = strchr(url->host, ':') != NULL;
    if (!literal && colon)
        return error_set(error, "an IPv6 address in a URL stands in brackets: ws://[%s]/",
                         url->host);
    if (!ws_url_is_host(whole) || (literal && !colon))
        return error_set(error, "'%s' in the URL is no host", url->host);
    return 0;
}

static int read_port(struct ws_url *url, const char *text, size_t len, struct error *error)
{
    char digits[8] = {0};
    char *end = digits;
    if (len == 0)
        return 0; /* RFC 3986, 3.2.3: as if it were not there */
    if (isdigit((unsigned char)text[0]) && len < sizeof(digits)) {
        memcpy(digits, text, len);
        url->port = (unsigned)strtoul(digits, &end, 10);
    }
    if (*end != '\0' || end == digits || url->port == 0 || url->port > 65535)
        return error_set(error, "'%.*s' is no port", (int)len, text);
    return 0;
}

static int read_authority(struct ws_url *url, const char *text, size_t len, struct error *error)
{
    size_t host = len;
    for (size_t i = len; i > 0 && text[i - 1] != ']'; i--)
        if (text[i - 1] == ':')
            host = i - 1;
    url->port = url->secure ? PORT_WSS : PORT_WS;
    if (host < len && read_port(url, text + host + 1, len - host - 1, error) != 0)
        return -1;
    return read_host(url, text, host, error);
}

static int read_target(struct ws_url *url, const char *text, struct error *error)
{
    if (strchr(text, '#') != NULL)
        return error_set(error, "a WebSocket URL has no fragment (RFC 6455, section 3)");
    int len = snprintf(url->target, sizeof(url->target), "%s%s", text[0] == '/' ? "" : "/", text);
    if (len < 0 || (size_t)len >= sizeof(url->target))
        return error_set(error, "the URL is too long");
    return 0;
}

int ws_url_read(struct ws_url *url, const char *text, struct error *error)
{
    *url = (struct ws_url){0};
    if (read_scheme(url, &text, error) != 0)
        return -1;
    for (const char *c = text; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~')
            return error_set(error, "the URL holds a character that must be percent-encoded");
    size_t authority = strcspn(text, "/?#");
    if (read_authority(url, text, authority, error) != 0 ||
        read_target(url, text + authority, error) != 0)
        return -1;
    bool literal = strchr(url->host, ':') != NULL;
    size_t len = (size_t)snprintf(url->field, sizeof(url->field), "%s%s%s", literal ? "[" : "",
                                  url->host, literal ? "]" : "");
    if (url->port != (url->secure ? PORT_WSS : PORT_WS) && len < sizeof(url->field))
        snprintf(url->field + len, sizeof(url->field) - len, ":%u", url->port);
    return 0;
}

/* RFC 3986: octets of a path or a query, the percent sign aside. */
static bool is_uri_octet(uint8_t c)
{
    bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alpha || (c != 0 && strchr("-._~!$&'()*+,;=:@/?", c) != NULL);
}

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool ws_url_is_resource(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '%') {
            if (text.len - i < 3 || !is_hex(text.data[i + 1]) || !is_hex(text.data[i + 2]))
                return false;
            i += 2;
        } else if (!is_uri_octet(text.data[i])) {
            return false;
        }
    }
    return true;
}

/* The size of an IP literal in brackets at the start of `text`; 0 if there is none. */
static size_t literal_size(struct bytes text)
{
    size_t i = 1;
    while (i < text.len && (is_hex(text.data[i]) || strchr(":.", text.data[i]) != NULL) &&
           text.data[i] != 0)
        i++;
    return i > 2 && i < text.len && text.data[i] == ']' ? i + 1 : 0;
}

bool ws_url_is_host(struct bytes text)
{
    size_t host = 0;
    if (text.len > 0 && text.data[0] == '[') {
        host = literal_size(text);
    } else {
        while (host < text.len && strchr(":/?@", text.data[host]) == NULL)
            host++;
    }
    if (host == 0 || (text.data[0] != '[' && !ws_url_is_resource(bytes_of(text.data, host))))
        return false;
    if (host < text.len && text.data[host] != ':')
        return false;
    for (size_t i = host + 1; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

static size_t scheme_size(struct bytes text)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t len = strlen(schemes[i]);
        if (text.len >= len && bytes_equal_nocase(bytes_of(text.data, len), bytes_text(schemes[i])))
            return len;
    }
    return 0;
}

bool ws_url_split_absolute(struct bytes text, struct bytes *authority, struct bytes *resource)
{
    size_t start = scheme_size(text);
    size_t end = start;
    if (start == 0)
        return false;
    while (end < text.len && text.data[end] != '/' && text.data[end] != '?')
        end++;
    *authority = bytes_of(text.data + start, end - start);
    *resource = bytes_of(text.data + end, text.len - end);
    return ws_url_is_host(*authority);
}
