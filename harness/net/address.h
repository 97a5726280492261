/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_NET_ADDRESS_H
#define WSCONFORM_NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* An address to connect to or listen on. */
struct net_address {
    _Alignas(8) uint8_t storage[128]; /* a struct sockaddr_storage */
};

/* Resolves a host name or an IPv4 or IPv6 literal (with or without brackets). Returns 0, or -1
 * with the sentence in `error`. When a name has several addresses the one that accepts a
 * connection is found by net_address_resolve_open; here the first one counts. */
int net_address_resolve(struct net_address *address, const char *host, unsigned port,
                        struct error *error);

/* As above, but tries all addresses of the name and keeps the first on which something listens
 * (localhost may be ::1 or 127.0.0.1); falls back to the first. Blocks for at most `timeout_ms`. */
int net_address_resolve_open(struct net_address *address, const char *host, unsigned port,
                             unsigned timeout_ms, struct error *error);

/* True if something accepts TCP connections there now (the connection is closed at once).
 * Blocks for at most `timeout_ms`. */
bool net_address_answers(const struct net_address *address, unsigned timeout_ms);

/* True for 127.0.0.0/8 and ::1: nobody else's machine. */
bool net_address_is_loopback(const struct net_address *address);

/* A free TCP port on 127.0.0.1 at this moment; 0 if there is none. */
unsigned net_address_free_port(void);

/* Writes "127.0.0.1:9001" or "[::1]:9001". */
enum { NET_ADDRESS_TEXT_MAX = 80 };
void net_address_text(const struct net_address *address, char out[NET_ADDRESS_TEXT_MAX]);

#endif
