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
    bool literal = len >= 2 && text[0] == '[' && text[len - 1] == ']';
    if (literal) {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof(url->host))
        return error_set(error, "the URL names no host");
    memcpy(url->host, text, len);
    url->host[len] = '\0';
    if (!literal && strchr(url->host, ':') != NULL)
        return error_set(error, "an IPv6 address in a URL stands in brackets: ws://[%s]/",
                         url->host);
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
