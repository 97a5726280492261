/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_SERVER_H
#define WSCONFORM_DRIVE_SERVER_H

#include "base/error.h"
#include "drive/end.h"
#include "run/record.h"

/* Tests a server: starts or finds it, probes it, runs the cases, judges. */

struct drive_server_options {
    const char *url;            /* may be NULL with a command */
    const char *const *command; /* NULL at the end; NULL: it runs already */
    const struct case_spec *const *cases;
    size_t case_count;
    const struct case_catalogue *catalogue;
    unsigned jobs;
    uint64_t timeout_us; /* what a hanging endpoint is given before it is said to hang */
    uint64_t seed;
    bool has_seed; /* else one is drawn */
    bool big;
    unsigned deliveries; /* bits 1 << enum run_delivery; 0: whole */
    enum {
        DRIVE_PROFILE_FOUND_OUT,
        DRIVE_PROFILE_ECHO,
        DRIVE_PROFILE_SINK,
        DRIVE_PROFILE_HANDSHAKE
    } profile;
    const char *origin;
    struct case_names subprotocols;
    struct case_names fields; /* "Name: value" */
    /* Called after each verdict; may be NULL. */
    void (*progress)(void *context, size_t done, size_t total);
    void *progress_context;
};

struct drive_server;

/* Runs to the end. `error` says why, unless the run is complete. The caller frees what is
 * returned with drive_server_free; it is never NULL. */
struct drive_server *drive_server_run(const struct drive_server_options *options,
                                      enum drive_end *end, struct error *error);

/* The record of the run, borrowed from it; without results if there was no run. */
const struct run_record *drive_server_record(const struct drive_server *server);

void drive_server_free(struct drive_server *server); /* NULL is fine */

#endif
