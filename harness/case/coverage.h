/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_COVERAGE_H
#define WSCONFORM_CASE_COVERAGE_H

#include "case/spec.h"

/* Which sentences of RFC 6455 a set of cases tests: of the rows of the catalogue that a peer can
 * observe, that are a must or a should, and that bind the endpoint's role. */

/* Why a row has no case. Only the first two are a matter of time. */
enum case_excuse {
    CASE_EXCUSE_NONE,
    CASE_EXCUSE_TLS,
    CASE_EXCUSE_DEFLATE,
    CASE_EXCUSE_POLICY,  /* of the application, not of the protocol's implementation */
    CASE_EXCUSE_OUTSIDE, /* cannot be proved from outside */
    CASE_EXCUSE_COUNT
};

struct case_coverage_row {
    const struct case_requirement *requirement;
    size_t cases; /* that name it */
    enum case_excuse excuse;
    const char *why; /* the sentence that excuses it, or NULL */
};

struct case_coverage {
    struct arena arena;
    enum case_role role;
    struct case_coverage_row *rows;
    size_t count;
};

/* Counts for `role`, CASE_ROLE_SERVER or CASE_ROLE_CLIENT. `exceptions` is a table of tab-separated
 * lines with a header line: id; the role for which the row needs no case ("server", "client",
 * "both"); class ("needs TLS", "needs deflate", "policy of the application", "not provable from
 * outside"); sentence. `file` names it in errors. Returns 0, or -1 with a sentence in `error`: a
 * line that cannot be read; or, among the lines for `role`, a row that is not in question or that
 * has both a case and an excuse. */
int case_coverage_count(struct case_coverage *coverage, const struct case_set *set,
                        enum case_role role, const char *file, struct bytes exceptions,
                        struct error *error);

/* "needs TLS" and so on; "" for CASE_EXCUSE_NONE. Static. */
const char *case_coverage_excuse_name(enum case_excuse excuse);

void case_coverage_free(struct case_coverage *coverage);

#endif
