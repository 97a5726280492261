/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_ENDPOINTS_LWS_MESSAGE_H
#define WSCONFORM_TESTS_ENDPOINTS_LWS_MESSAGE_H

/* The messages of one connection that come and are to be returned, for what is written with
 * libwebsockets: tests/endpoints/lws-echo.c and tests/clients/lws-driver.c. The library hands out
 * messages in pieces, and takes one frame each time that it says the connection is writable. */
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { READ_SIZE = 65536 };

/* A message, whole or still growing, with the room in front that lws_write needs. */
struct message {
    struct message *next;
    enum lws_write_protocol type;
    size_t len;
    size_t capacity;
    uint8_t *octets;
};

struct queue {
    struct message *first; /* to be sent */
    struct message *last;
    struct message *growing; /* of which not all has come, or that is not queued yet */
    size_t queued;           /* octets from the first to the last */
};

static inline void *message_checked(void *block)
{
    if (block == NULL)
        abort();
    return block;
}

static inline void message_append(struct message *message, const void *data, size_t len)
{
    if (message->len + len > message->capacity) {
        message->capacity = 2 * (message->len + len);
        message->octets = message_checked(realloc(message->octets, LWS_PRE + message->capacity));
    }
    if (len > 0)
        memcpy(message->octets + LWS_PRE + message->len, data, len);
    message->len += len;
}

static inline void message_free(struct message *message)
{
    if (message == NULL)
        return;
    free(message->octets);
    free(message);
}

/* Takes a piece that came. True if `growing` is whole with it. */
static inline bool queue_take(struct queue *queue, struct lws *wsi, const void *data, size_t len)
{
    if (queue->growing == NULL) {
        queue->growing = message_checked(calloc(1, sizeof *queue->growing));
        queue->growing->octets = message_checked(malloc(LWS_PRE));
        queue->growing->type = lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
    }
    message_append(queue->growing, data, len);
    /* True at the last piece of the last fragment only. */
    return lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
}

/* `growing` is to be sent. */
static inline void queue_return(struct queue *queue, struct lws *wsi)
{
    struct message *message = queue->growing;
    queue->growing = NULL;
    queue->queued += message->len;
    if (queue->first == NULL)
        queue->first = message;
    else
        queue->last->next = message;
    queue->last = message;
    lws_callback_on_writable(wsi);
}

/* Sends the first one, if there is any. Returns what the callback is to return. */
static inline int queue_send(struct queue *queue, struct lws *wsi)
{
    struct message *message = queue->first;
    if (message == NULL)
        return 0;
    queue->first = message->next;
    queue->queued -= message->len;
    int written = lws_write(wsi, message->octets + LWS_PRE, message->len, message->type);
    message_free(message);
    if (queue->first != NULL)
        lws_callback_on_writable(wsi);
    return written < 0 ? -1 : 0;
}

static inline void queue_clear(struct queue *queue)
{
    while (queue->first != NULL) {
        struct message *message = queue->first;
        queue->first = message->next;
        message_free(message);
    }
    message_free(queue->growing);
    *queue = (struct queue){0};
}

#endif
