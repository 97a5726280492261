/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CLI_AUTOBAHN_H
#define WSCONFORM_CLI_AUTOBAHN_H

#include "case/autobahn.h"
#include "case/order.h"
#include "report/json_autobahn.h"

/* For who comes from Autobahn's test suite: its spec files, its cases under its ids, its index of
 * results. */
struct cli_autobahn {
    bool cases;         /* --autobahn-cases, or a spec file: its cases instead of all of ours */
    const char *folder; /* --autobahn-out, or the spec file's outdir; NULL: none */
    const char *spec;   /* --spec; NULL: none */
    struct case_order order;
    const char **labels; /* the ids of the cases that were selected */
};

/* Reads the spec file, if there is one. `folder` is where reports go if it does not say. Returns 0,
 * or -1 with a sentence in `error`. */
int cli_autobahn_load(struct cli_autobahn *autobahn, const char *folder, struct error *error);

/* Selects the counterparts of Autobahn's cases: an array that the caller frees, with their ids in
 * autobahn->labels. Returns NULL with a sentence in `error`. */
const struct case_spec **cli_autobahn_select(struct cli_autobahn *autobahn,
                                             const struct case_set *set, enum case_role role,
                                             bool big, size_t *count, struct error *error);

/* True if the spec file takes that case away from that agent. */
bool cli_autobahn_excluded(const struct cli_autobahn *autobahn, const char *agent,
                           const char *label);

/* Writes index.json and a file for each case into the folder, which is made if need be. Returns 0,
 * or -1 with a sentence in `error`. */
int cli_autobahn_write(const struct cli_autobahn *autobahn,
                       const struct report_json_autobahn_run *runs, size_t count,
                       const struct report_options *options, struct error *error);

void cli_autobahn_free(struct cli_autobahn *autobahn);

#endif
