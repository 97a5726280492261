/* SPDX-License-Identifier: MIT */
/* lws-echo [--port N] [--host ADDRESS]: an echo server with libwebsockets, without extensions and
 * without a limit of messages. Build: cc lws-echo.c -lwebsockets */
#include "lws-message.h"

/* With more than this many octets waiting to be sent, reading stops. */
enum { QUEUED_MAX = 1 << 20 };

static void receive(struct lws *wsi, struct queue *queue, const void *data, size_t len)
{
    if (!queue_take(queue, wsi, data, len))
        return;
    queue_return(queue, wsi);
    if (queue->queued > QUEUED_MAX)
        lws_rx_flow_control(wsi, 0);
}

static int send_first(struct lws *wsi, struct queue *queue)
{
    int status = queue_send(queue, wsi);
    if (queue->queued <= QUEUED_MAX)
        lws_rx_flow_control(wsi, 1);
    return status;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *data,
                    size_t len)
{
    switch (reason) {
    case LWS_CALLBACK_RECEIVE:
        receive(wsi, user, data, len);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return send_first(wsi, user);
    case LWS_CALLBACK_CLOSED:
        queue_clear(user);
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, data, len);
    }
}

int main(int argc, char **argv)
{
    const char *port = getenv("PORT");
    const char *host = "127.0.0.1";
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--port") == 0)
            port = argv[i + 1];
        else if (strcmp(argv[i], "--host") == 0)
            host = argv[i + 1];
    }
    const struct lws_protocols protocols[] = {
        {.name = "echo",
         .callback = on_event,
         .per_session_data_size = sizeof(struct queue),
         .rx_buffer_size = READ_SIZE},
        {.name = NULL},
    };
    struct lws_context_creation_info info = {
        .port = port != NULL ? atoi(port) : 9001,
        .iface = host,
        .protocols = protocols,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        /* The library checks text only where it is asked to. */
        .options = LWS_SERVER_OPTION_VALIDATE_UTF8,
    };
    lws_set_log_level(0, NULL);
    struct lws_context *context = lws_create_context(&info);
    if (context == NULL)
        return 1;
    while (lws_service(context, 0) >= 0)
        continue;
    lws_context_destroy(context);
    return 0;
}
