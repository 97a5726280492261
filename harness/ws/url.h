/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_URL_H
#define WSCONFORM_WS_URL_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"

enum { WS_URL_HOST_MAX = 256, WS_URL_TARGET_MAX = 4096 };

/* A WebSocket URI taken apart (RFC 6455, section 3). */
struct ws_url {
    bool secure;                     /* wss */
    char host[WS_URL_HOST_MAX];      /* an IPv6 literal is without its brackets */
    char field[WS_URL_HOST_MAX + 8]; /* for the Host field: with brackets, with a port unless it is
                                        the scheme's own (4.1) */
    unsigned port;
    char target[WS_URL_TARGET_MAX]; /* the resource name: path and query, at least "/" */
};

/* Reads "ws://host:port/path?query". Returns 0, or -1 with a sentence in `error`: another scheme,
 * no host, a port that is none, a fragment (section 3 forbids it), octets that do not belong. */
int ws_url_read(struct ws_url *url, const char *text, struct error *error);

/* True if `text` holds only what may stand in a path or a query (RFC 3986, 3.3 and 3.4), whole
 * percent escapes included and a fragment not. */
bool ws_url_is_resource(struct bytes text);

/* True if `text` is uri-host [ ":" port ] (RFC 9110, 7.2) with a host that is not empty. */
bool ws_url_is_host(struct bytes text);

/* Takes an absolute http or https URI apart: "h:80" and "/a?b" (which may be empty), borrowed.
 * Returns false if `text` is none or its host is not valid. */
bool ws_url_split_absolute(struct bytes text, struct bytes *authority, struct bytes *resource);

#endif
