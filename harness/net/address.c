/* SPDX-License-Identifier: MIT */
#include "net/address.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/internal.h"

_Static_assert(sizeof(struct sockaddr_storage) <= sizeof(struct net_address), "addresses fit");

enum { PORT_MAX = 65535, PORT_TEXT_MAX = 16 };

static uint64_t now_ms(void)
{
    return uv_hrtime() / 1000000;
}

static socklen_t length_of(const struct sockaddr *address)
{
    return address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in);
}

/* All addresses of the name; NULL with the sentence in `error`. */
static struct addrinfo *look_up(const char *host, unsigned port, struct error *error)
{
    if (port > PORT_MAX) {
        error_set(error, "%u is no port number", port);
        return NULL;
    }
    size_t len = strlen(host);
    bool bracketed = len >= 2 && host[0] == '[' && host[len - 1] == ']';
    char *name = memory_strdup(bracketed ? host + 1 : host);
    if (bracketed)
        name[len - 2] = '\0';
    char service[PORT_TEXT_MAX];
    snprintf(service, sizeof service, "%u", port);

    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int status = getaddrinfo(name, service, &hints, &found);
    if (status != 0) {
        error_set(error, "cannot resolve '%s': %s", name, gai_strerror(status));
        found = NULL;
    }
    free(name);
    return found;
}

static struct net_address take(const struct addrinfo *found)
{
    struct net_address address = {{0}};
    memcpy(address.storage, found->ai_addr, found->ai_addrlen);
    return address;
}

int net_address_resolve(struct net_address *address, const char *host, unsigned port,
                        struct error *error)
{
    struct addrinfo *found = look_up(host, port, error);
    if (!found)
        return -1;
    *address = take(found);
    freeaddrinfo(found);
    return 0;
}

int net_address_resolve_open(struct net_address *address, const char *host, unsigned port,
                             unsigned timeout_ms, struct error *error)
{
    struct addrinfo *found = look_up(host, port, error);
    if (!found)
        return -1;
    *address = take(found);
    unsigned left = 0;
    for (const struct addrinfo *item = found; item; item = item->ai_next)
        left++;
    uint64_t end = now_ms() + timeout_ms;
    /* One address leaves nothing to choose, and a probe is a connection that the server sees. */
    for (const struct addrinfo *item = left > 1 ? found : NULL; item; item = item->ai_next) {
        /* An address that swallows packets may not eat the time of those behind it. */
        uint64_t now = now_ms();
        struct net_address candidate = take(item);
        if (net_address_answers(&candidate, now < end ? (unsigned)(end - now) / left : 0)) {
            *address = candidate;
            break;
        }
        left--;
    }
    freeaddrinfo(found);
    return 0;
}

bool net_address_is_self(int descriptor)
{
    struct sockaddr_storage near = {0};
    struct sockaddr_storage far = {0};
    socklen_t near_len = sizeof near;
    socklen_t far_len = sizeof far;
    return getsockname(descriptor, (struct sockaddr *)&near, &near_len) == 0 &&
           getpeername(descriptor, (struct sockaddr *)&far, &far_len) == 0 && near_len == far_len &&
           memcmp(&near, &far, near_len) == 0;
}

/* Waits for a connection that is being made; true if it was. */
static bool becomes_connected(int descriptor, unsigned timeout_ms)
{
    uint64_t end = now_ms() + timeout_ms;
    struct pollfd wait = {.fd = descriptor, .events = POLLOUT};
    int ready;
    do {
        uint64_t now = now_ms();
        ready = poll(&wait, 1, now < end ? (int)(end - now) : 0);
    } while (ready < 0 && errno == EINTR);
    int failure = 0;
    socklen_t len = sizeof failure;
    return ready == 1 && getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &len) == 0 &&
           failure == 0;
}

bool net_address_answers(const struct net_address *address, unsigned timeout_ms)
{
    const struct sockaddr *to = (const void *)address;
    int descriptor = socket(to->sa_family, SOCK_STREAM, 0);
    if (descriptor < 0)
        return false;
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    bool answers = connect(descriptor, to, length_of(to)) == 0;
    if (!answers && errno == EINPROGRESS)
        answers = becomes_connected(descriptor, timeout_ms);
    answers = answers && !net_address_is_self(descriptor);
    close(descriptor);
    return answers;
}

unsigned net_address_free_port(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof any;
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (descriptor < 0)
        return 0;
    unsigned port = 0;
    if (bind(descriptor, (struct sockaddr *)&any, sizeof any) == 0 &&
        getsockname(descriptor, (struct sockaddr *)&any, &len) == 0)
        port = ntohs(any.sin_port);
    close(descriptor);
    return port;
}

void net_address_text(const struct net_address *address, char out[NET_ADDRESS_TEXT_MAX])
{
    const struct sockaddr *at = (const void *)address;
    char host[INET6_ADDRSTRLEN] = "";
    if (at->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)address;
        uv_ip6_name(six, host, sizeof host);
        snprintf(out, NET_ADDRESS_TEXT_MAX, "[%s]:%u", host, ntohs(six->sin6_port));
        return;
    }
    const struct sockaddr_in *four = (const void *)address;
    uv_ip4_name(four, host, sizeof host);
    snprintf(out, NET_ADDRESS_TEXT_MAX, "%s:%u", host, ntohs(four->sin_port));
}

bool net_address_is_loopback(const struct net_address *address)
{
    const struct sockaddr *any = (const struct sockaddr *)(const void *)address->storage;
    if (any->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address->storage;
        return (ntohl(in->sin_addr.s_addr) >> 24) == 127; /* RFC 1122, 3.2.1.3 */
    }
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address->storage;
    return any->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}
