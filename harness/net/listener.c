/* SPDX-License-Identifier: MIT */
#include "net/listener.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "base/memory.h"
#include "net/internal.h"

/* Linux cuts it to net.core.somaxconn. */
enum { BACKLOG = 4096 };

struct net_listener {
    struct net_owned owned;
    uv_tcp_t uv;
    net_listener_accepted *accepted;
    void *context;
};

static void free_listener(uv_handle_t *handle)
{
    free(handle->data);
}

static void release_listener(struct net_owned *owned)
{
    net_listener_close((struct net_listener *)owned);
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct net_listener *listener = stream->data;
    if (status != 0)
        return; /* the peer has gone again, or descriptors are short: the next may work */
    struct net_tcp *tcp = net_tcp_accept((struct net_loop *)stream->loop, stream);
    if (tcp)
        listener->accepted(listener->context, tcp);
}

struct net_listener *net_listener_open(struct net_loop *loop, const struct net_address *address,
                                       net_listener_accepted *accepted, void *context,
                                       struct error *error)
{
    struct net_listener *listener = memory_zeroed(1, sizeof *listener);
    listener->owned.release = release_listener;
    listener->accepted = accepted;
    listener->context = context;
    uv_tcp_init(&loop->uv, &listener->uv);
    listener->uv.data = listener;

    int status = uv_tcp_bind(&listener->uv, (const void *)address, 0);
    if (status == 0)
        status = uv_listen((uv_stream_t *)&listener->uv, BACKLOG, on_connection);
    if (status == 0)
        return listener;
    char text[NET_ADDRESS_TEXT_MAX];
    net_address_text(address, text);
    error_set(error, "cannot listen on %s: %s", text, uv_strerror(status));
    net_listener_close(listener);
    return NULL;
}

unsigned net_listener_port(const struct net_listener *listener)
{
    struct sockaddr_storage at = {0};
    int len = sizeof at;
    if (uv_tcp_getsockname(&listener->uv, (struct sockaddr *)&at, &len) != 0)
        return 0;
    return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
                                          : ((struct sockaddr_in *)&at)->sin_port);
}

void net_listener_close(struct net_listener *listener)
{
    if (listener)
        uv_close((uv_handle_t *)&listener->uv, free_listener);
}
