/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_CLIENT_H
#define WSCONFORM_DRIVE_CLIENT_H

#include "base/buffer.h"
#include "base/error.h"
#include "drive/end.h"
#include "net/address.h"
#include "run/record.h"

/* Tests clients: listens, and runs the cases against what connects. A client finds its cases in
 * one of three ways: it speaks the contract of Autobahn's drivers (drive/service.h), it is started
 * once for each case with that case's URL, or it is a browser that opens our page. */

struct drive_client;

struct drive_client_options {
    struct net_address listen;  /* port 0 takes a free one */
    const char *const *command; /* NULL at the end; with {url} in it a process for each case, else
                                   one driver. NULL: clients come by themselves */
    const struct case_spec *const *cases;
    size_t case_count;
    const char *const *labels; /* the ids under which the cases are offered; NULL: their own */
    const struct case_catalogue *catalogue;
    unsigned jobs; /* processes at the same time */
    uint64_t timeout_us;
    uint64_t idle_us; /* end when nothing happens for so long; 0: never */
    uint64_t seed;
    bool has_seed;       /* else one is drawn */
    bool once;           /* end when the first client has asked for its report */
    unsigned deliveries; /* bits 1 << enum run_delivery; 0: whole */
    enum { DRIVE_CLIENT_FOUND_OUT, DRIVE_CLIENT_ECHO, DRIVE_CLIENT_SINK } profile;
    const char *agent; /* the name of a client that we start for each case; NULL: its own */
    struct bytes page; /* what / shows in a browser */
    /* Each may be NULL. True if that case is not for that client. */
    bool (*excluded)(void *context, const char *agent, const char *label);
    /* Called once we listen. */
    void (*listening)(void *context, const char *url);
    void (*progress)(void *context, const char *agent, size_t done, size_t total);
    /* A client has asked for the reports; all records are up to date. */
    void (*reported)(void *context, const struct drive_client *client);
    /* Writes a record as JSON, for the page. */
    void (*render)(void *context, const struct run_record *record, struct buffer *out);
    void *context;
};

/* Runs to the end, in which all clients' records are judged. `error` says why, unless the run is
 * complete. The caller frees what is returned with drive_client_free; it is never NULL. */
struct drive_client *drive_client_run(const struct drive_client_options *options,
                                      enum drive_end *end, struct error *error);

/* The records of the clients that came, in that order; borrowed. */
const struct run_record *drive_client_record(const struct drive_client *client, size_t index);
size_t drive_client_count(const struct drive_client *client);

void drive_client_free(struct drive_client *client); /* NULL is fine */

#endif
