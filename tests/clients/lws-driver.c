/* SPDX-License-Identifier: MIT */
/* A driver with libwebsockets, without extensions and without a limit of messages. WSCONFORM_URL
 * says where; the argument is the agent's name. Build: cc lws-driver.c -lwebsockets */
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
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

/* The one connection that there is at a time. */
struct visit {
    struct message *first; /* to be sent */
    struct message *last;
    struct message *growing;
    bool echoes;
    bool over;
    unsigned long number; /* what the message said, if it is not to be returned */
};

enum { PATH_MAX_LEN = 512, READ_SIZE = 65536 };

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

static void forget(struct visit *visit)
{
    while (visit->first != NULL) {
        struct message *message = visit->first;
        visit->first = message->next;
        free_message(message);
    }
    free_message(visit->growing);
    visit->growing = visit->last = NULL;
}

static void take_message(struct lws *wsi, struct visit *visit)
{
    struct message *message = visit->growing;
    if (!visit->echoes) {
        append(message, "", 1);
        visit->number = strtoul((const char *)message->octets + LWS_PRE, NULL, 10);
        return;
    }
    visit->growing = NULL;
    if (visit->first == NULL)
        visit->first = message;
    else
        visit->last->next = message;
    visit->last = message;
    lws_callback_on_writable(wsi);
}

static void receive(struct lws *wsi, struct visit *visit, const void *data, size_t len)
{
    if (visit->growing == NULL) {
        visit->growing = checked(calloc(1, sizeof *visit->growing));
        visit->growing->octets = checked(malloc(LWS_PRE));
        visit->growing->type = lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
    }
    append(visit->growing, data, len);
    /* True at the last piece of the last fragment only. */
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0)
        take_message(wsi, visit);
}

static int send_first(struct lws *wsi, struct visit *visit)
{
    struct message *message = visit->first;
    if (message == NULL)
        return 0;
    visit->first = message->next;
    int written = lws_write(wsi, message->octets + LWS_PRE, message->len, message->type);
    free_message(message);
    if (visit->first != NULL)
        lws_callback_on_writable(wsi);
    return written < 0 ? -1 : 0;
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
        return send_first(wsi, visit);
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
    const char *scheme;
    const char *host;
    const char *root;
    const char *where = getenv("WSCONFORM_URL");
    struct lws_client_connect_info info = {.context = context, .path = path};
    snprintf(base, sizeof base, "%s", where != NULL ? where : "ws://127.0.0.1:9001");
    if (lws_parse_uri(base, &scheme, &host, &info.port, &root) != 0)
        return 0;
    info.address = info.host = info.origin = host;
    info.ietf_version_or_minus_one = -1;
    *visit = (struct visit){.echoes = echoes};
    if (lws_client_connect_via_info(&info) == NULL)
        return 0;
    while (!visit->over && lws_service(context, 0) >= 0)
        continue;
    forget(visit);
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
