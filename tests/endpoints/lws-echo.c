/* SPDX-License-Identifier: MIT */
/* lws-echo [--port N] [--host ADDRESS]: an echo server with libwebsockets, without extensions and
 * without a limit of messages. Build: cc lws-echo.c -lwebsockets */
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A message, whole or still growing, with the room in front that lws_write needs. */
struct message {
    struct message *next;
    enum lws_write_protocol type;
    size_t len;
    size_t capacity;
    uint8_t *octets;
};

struct session {
    struct message *first; /* to be sent */
    struct message *last;
    struct message *growing;
    size_t queued;
};

/* With more than this many octets waiting to be sent, reading stops. */
enum { QUEUED_MAX = 1 << 20, READ_SIZE = 65536 };

static void *checked(void *block)
{
    if (block == NULL)
        abort();
    return block;
}

static void append(struct message *message, const void *data, size_t len)
{
    if (message->len + len > message->capacity) {
        message->capacity = 2 * (message->len + len);
        message->octets = checked(realloc(message->octets, LWS_PRE + message->capacity));
    }
    if (len > 0)
        memcpy(message->octets + LWS_PRE + message->len, data, len);
    message->len += len;
}

static void free_message(struct message *message)
{
    if (message == NULL)
        return;
    free(message->octets);
    free(message);
}

static void forget(struct session *session)
{
    while (session->first != NULL) {
        struct message *message = session->first;
        session->first = message->next;
        free_message(message);
    }
    free_message(session->growing);
    session->growing = session->last = NULL;
}

static void enqueue(struct lws *wsi, struct session *session)
{
    struct message *message = session->growing;
    session->growing = NULL;
    session->queued += message->len;
    if (session->first == NULL)
        session->first = message;
    else
        session->last->next = message;
    session->last = message;
    if (session->queued > QUEUED_MAX)
        lws_rx_flow_control(wsi, 0);
    lws_callback_on_writable(wsi);
}

static void receive(struct lws *wsi, struct session *session, const void *data, size_t len)
{
    if (session->growing == NULL) {
        session->growing = checked(calloc(1, sizeof *session->growing));
        session->growing->octets = checked(malloc(LWS_PRE));
        session->growing->type = lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
    }
    append(session->growing, data, len);
    /* True at the last piece of the last fragment only. */
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0)
        enqueue(wsi, session);
}

static int send_first(struct lws *wsi, struct session *session)
{
    struct message *message = session->first;
    if (message == NULL)
        return 0;
    session->first = message->next;
    session->queued -= message->len;
    int written = lws_write(wsi, message->octets + LWS_PRE, message->len, message->type);
    free_message(message);
    if (session->queued <= QUEUED_MAX)
        lws_rx_flow_control(wsi, 1);
    if (session->first != NULL)
        lws_callback_on_writable(wsi);
    return written < 0 ? -1 : 0;
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
        forget(user);
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
         .per_session_data_size = sizeof(struct session),
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
