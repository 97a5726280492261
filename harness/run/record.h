/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_RECORD_H
#define WSCONFORM_RUN_RECORD_H

#include "run/exchange.h"
#include "run/settings.h"

/* Everything that is known of a run when it is over: what the reports are made of. All borrowed. */
struct run_record {
    bool of_client;  /* the endpoint under test is a client */
    int64_t started; /* seconds since 1970 */
    uint64_t duration_us;
    uint64_t seed;
    unsigned waits;          /* deadlines that were waited out */
    const char *const *argv; /* NULL at the end */
    const char *url;
    const char *agent;
    const char *const *command; /* NULL at the end; NULL: not started by us */
    const struct run_profile *profile;
    const struct case_catalogue *catalogue;
    const struct run_result *results; /* in the order of the cases */
    size_t count;
    const char *ended_early; /* why, as a sentence; NULL: the run is complete */
};

#endif
