/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_ORDER_H
#define WSCONFORM_CASE_ORDER_H

#include "base/arena.h"
#include "case/spec.h"

/* An order: what the spec files of Autobahn's test suite say, fuzzingserver.json (which clients are
 * to be tested, with what) and fuzzingclient.json (which servers). */

struct case_order_server {
    const char *url;
    const char *agent; /* NULL: what the server calls itself */
    const char *origin;
    struct case_names protocols;
};

struct case_order_exclusion {
    const char *agent; /* a pattern */
    struct case_names ids;
};

/* Everything is owned by the arena. */
struct case_order {
    struct arena arena;
    const char *url;    /* where to listen; NULL: not said */
    const char *outdir; /* NULL: not said */
    bool has_cases;
    struct case_names cases; /* patterns over Autobahn's ids */
    struct case_names excluded;
    struct case_order_exclusion *exclusions;
    size_t exclusion_count;
    struct case_order_server *servers;
    size_t server_count;
};

/* Reads the file. What only Autobahn's own program knows (options, key, cert) is passed over; what
 * is asked for and cannot be done (wss) is refused. Returns 0, or -1 with a sentence in `error`. */
int case_order_load(struct case_order *order, const char *path, struct error *error);

/* The same from memory; `name` stands in the sentences. */
int case_order_read(struct case_order *order, const char *name, struct bytes text,
                    struct error *error);

/* A zeroed struct is fine. */
void case_order_free(struct case_order *order);

#endif
