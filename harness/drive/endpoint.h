/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_ENDPOINT_H
#define WSCONFORM_DRIVE_ENDPOINT_H

#include "net/address.h"
#include "net/loop.h"
#include "ws/url.h"

/* The server under test: where it is and, if wsconform starts it, its process. */
struct drive_endpoint;

struct drive_endpoint_events {
    /* drive_endpoint_start has come to an end: it answers, or `why` says why not. */
    void (*ready)(void *context, bool alive, const char *why);
    /* The process that we started has ended; `how` is a sentence with what it wrote last. */
    void (*died)(void *context, const char *how);
};

/* Reads a URL that can be tested. Returns 0, or -1 with a sentence in `error`. */
int drive_endpoint_read_url(struct ws_url *out, const char *url, struct error *error);

/* `url` may be NULL when there is a `command` (NULL at the end): then a free port of 127.0.0.1 is
 * taken. In the command's arguments {port} and {url} are replaced, and PORT is set in its
 * environment. Returns NULL with a sentence in `error` if the URL makes no sense, or if something
 * answers there already that we would mistake for the command. */
struct drive_endpoint *drive_endpoint_new(struct net_loop *loop, const char *url,
                                          const char *const *command, uint64_t timeout_us,
                                          const struct drive_endpoint_events *events, void *context,
                                          struct error *error);

/* Starts the command, again if it ran before, or waits for the address to answer if there is
 * none; then calls `ready`. `died` is not called before that. */
void drive_endpoint_start(struct drive_endpoint *endpoint);

/* True if it can be reached now. May block for a moment. */
bool drive_endpoint_alive(const struct drive_endpoint *endpoint);

const struct ws_url *drive_endpoint_url(const struct drive_endpoint *endpoint);
const char *drive_endpoint_text(const struct drive_endpoint *endpoint); /* "ws://..." */
const struct net_address *drive_endpoint_address(const struct drive_endpoint *endpoint);

/* Asks the process to end (SIGTERM to its group, SIGKILL after a grace); `stopped` is called when
 * it is gone, at once if there is none. */
void drive_endpoint_stop(struct drive_endpoint *endpoint, void (*stopped)(void *context),
                         void *context);

void drive_endpoint_free(struct drive_endpoint *endpoint); /* ends the process; NULL is fine */

#endif
