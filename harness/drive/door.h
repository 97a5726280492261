/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_DOOR_H
#define WSCONFORM_DRIVE_DOOR_H

#include "base/buffer.h"
#include "run/party.h"
#include "ws/http.h"

/* The party of a connection that was accepted, until its request is there and says whom it is for.
 * That party then gets the same octets and takes its place. */

/* Finds the party for a request. Called once, with a head whose parts are borrowed. */
typedef struct run_party drive_door_choose(void *context, const struct ws_http_head *request);

/* The client has sent another request on the same connection, as HTTP lets it if it did not take
 * our answer for a change of protocol: the party that was chosen has come to its end and is not
 * used again. False if the connection ends with it. */
typedef bool drive_door_again(void *context);

struct drive_door {
    drive_door_choose *choose;
    drive_door_again *again; /* set by the caller; NULL: a connection is for one request */
    void *context;
    struct run_party inner;
    bool chosen;
    bool spoken;  /* something came behind the request */
    bool leaving; /* another request has begun */
    bool over;
    struct buffer in;
    size_t scanned;
    uint64_t since;
};

/* The door as a party; it is owned by the caller and ended with drive_door_free. A request that is
 * not whole after 10 seconds, or that is longer than 64 KiB, is dropped. */
struct run_party drive_door_party(struct drive_door *door, drive_door_choose *choose,
                                  void *context);
void drive_door_free(struct drive_door *door);

#endif
