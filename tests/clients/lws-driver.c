/* SPDX-License-Identifier: MIT */
/* A driver with libwebsockets, without extensions and without a limit of messages. WSCONFORM_URL
 * says where; the argument is the agent's name. Build: cc lws-driver.c -lwebsockets */
#include <stdio.h>

#include "../endpoints/lws-message.h"

/* The one connection that there is at a time. */
struct visit {
    struct queue queue;
    bool echoes;
    bool over;
    unsigned long number; /* what the message said, if it is not to be returned */
};

enum { PATH_MAX_LEN = 512 };

static void receive(struct lws *wsi, struct visit *visit, const void *data, size_t len)
{
    struct queue *queue = &visit->queue;
    if (!queue_take(queue, wsi, data, len))
        return;
    if (visit->echoes) {
        queue_return(queue, wsi);
        return;
    }
    message_append(queue->growing, "", 1);
    visit->number = strtoul((const char *)queue->growing->octets + LWS_PRE, NULL, 10);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *data,
                    size_t len)
{
    struct visit *visit = lws_context_user(lws_get_context(wsi));
    switch (reason) {
    case LWS_CALLBACK_CLIENT_RECEIVE:
        receive(wsi, visit, data, len);
        return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return queue_send(&visit->queue, wsi);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    case LWS_CALLBACK_CLIENT_CLOSED:
        visit->over = true;
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, data, len);
    }
}

/* Opens a connection and serves it until it ends. Returns the number that came, if it is not an
 * echo. */
static unsigned long visit_path(struct lws_context *context, struct visit *visit, const char *path,
                                bool echoes)
{
    char base[PATH_MAX_LEN];
    char place[PATH_MAX_LEN]; /* the library leaves it to us to name the port in Host */
    const char *scheme;
    const char *host;
    const char *root;
    const char *where = getenv("WSCONFORM_URL");
    struct lws_client_connect_info info = {.context = context, .path = path};
    snprintf(base, sizeof base, "%s", where != NULL ? where : "ws://127.0.0.1:9001");
    if (lws_parse_uri(base, &scheme, &host, &info.port, &root) != 0)
        return 0;
    snprintf(place, sizeof place, "%s:%d", host, info.port);
    info.address = host;
    info.host = info.origin = place;
    info.ietf_version_or_minus_one = -1;
    *visit = (struct visit){.echoes = echoes};
    if (lws_client_connect_via_info(&info) == NULL)
        return 0;
    while (!visit->over && lws_service(context, 0) >= 0)
        continue;
    queue_clear(&visit->queue);
    return visit->number;
}

int main(int argc, char **argv)
{
    const struct lws_protocols protocols[] = {
        {.name = "driver", .callback = on_event, .rx_buffer_size = READ_SIZE},
        {.name = NULL},
    };
    struct visit visit = {0};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = protocols,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .user = &visit,
        /* The library checks text only where it is asked to. */
        .options = LWS_SERVER_OPTION_VALIDATE_UTF8,
    };
    const char *agent = argc > 1 ? argv[1] : "libwebsockets";
    char path[PATH_MAX_LEN];
    lws_set_log_level(0, NULL);
    struct lws_context *context = lws_create_context(&info);
    if (context == NULL)
        return 1;
    unsigned long count = visit_path(context, &visit, "/getCaseCount", false);
    for (unsigned long number = 1; number <= count; number++) {
        snprintf(path, sizeof path, "/runCase?case=%lu&agent=%s", number, agent);
        visit_path(context, &visit, path, true);
    }
    snprintf(path, sizeof path, "/updateReports?agent=%s", agent);
    visit_path(context, &visit, path, false);
    lws_context_destroy(context);
    return count > 0 ? 0 : 1;
}
