/* SPDX-License-Identifier: MIT */
#include "peer/client.h"

#include <stdlib.h>

#include "base/memory.h"
#include "peer/mask.h"

/* Connections that a quirk leaves open are kept so, up to this many. */
enum { LINGERING_MAX = 64 };

struct peer_client {
    struct net_loop *loop;
    struct peer_client_options options;
    uint64_t count; /* connections so far */
    struct peer_mask_source source;
    struct peer_link *link; /* the last one of them */
    bool over;              /* that one is */
    struct peer_link *lingering[LINGERING_MAX];
    size_t lingering_next;
};

struct peer_client *peer_client_new(struct net_loop *loop,
                                    const struct peer_client_options *options)
{
    struct peer_client *client = memory_zeroed(1, sizeof *client);
    client->loop = loop;
    client->options = *options;
    client->options.link.echo.role = PEER_CLIENT;
    return client;
}

/* peer_link_done */
static void on_done(void *context, struct peer_link *link)
{
    struct peer_client *client = context;
    if (link != client->link)
        return;
    client->over = true;
    net_loop_stop(client->loop);
}

static enum peer_client_status judge(const struct peer_client *client, struct error *error)
{
    const struct peer_echo *echo = peer_link_echo(client->link);
    const char *complaint = peer_echo_complaint(echo);
    char address[NET_ADDRESS_TEXT_MAX];
    if (!client->over)
        return PEER_CLIENT_INTERRUPTED;
    if (peer_echo_opened(echo))
        return PEER_CLIENT_DONE;
    net_address_text(&client->options.address, address);
    if (!peer_link_connected(client->link)) {
        error_set(error, "cannot connect to %s", address);
        return PEER_CLIENT_UNREACHABLE;
    }
    if (complaint != NULL)
        error_set(error, "the opening handshake failed: %s", complaint);
    else
        error_set(error, "%s did not answer the opening handshake", address);
    return PEER_CLIENT_REFUSED;
}

/* Puts it in the place of the oldest one. */
static void keep(struct peer_client *client, struct peer_link *link)
{
    struct peer_link **place = &client->lingering[client->lingering_next];
    client->lingering_next = (client->lingering_next + 1) % LINGERING_MAX;
    peer_link_free(*place);
    *place = link;
}

enum peer_client_status peer_client_run(struct peer_client *client, const struct ws_url *url,
                                        struct buffer *heard, struct error *error)
{
    struct peer_link_options options = client->options.link;
    options.echo.url = url;
    options.echo.number = client->count++;
    options.echo.source = &client->source;
    options.echo.heard = heard;
    if (heard != NULL)
        options.echo.quirk = NULL;
    client->over = false;
    client->link =
        peer_link_connect(client->loop, &client->options.address, &options, on_done, client);
    net_loop_run(client->loop);
    enum peer_client_status status = judge(client, error);
    if (peer_link_lingers(client->link))
        keep(client, client->link);
    else
        peer_link_free(client->link);
    return status;
}

void peer_client_linger(struct peer_client *client)
{
    for (size_t i = 0; i < LINGERING_MAX; i++)
        if (client->lingering[i] != NULL && client->lingering[i] == client->link)
            net_loop_run(client->loop);
}

void peer_client_free(struct peer_client *client)
{
    if (client == NULL)
        return;
    for (size_t i = 0; i < LINGERING_MAX; i++)
        peer_link_free(client->lingering[i]);
    free(client);
}
