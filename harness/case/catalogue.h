/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_CATALOGUE_H
#define WSCONFORM_CASE_CATALOGUE_H

#include "base/arena.h"
#include "base/error.h"

/* The requirement catalogue: a row for each sentence of the RFCs that binds an endpoint. The ids
 * are frozen. */

enum case_strength {
    CASE_STRENGTH_MUST,
    CASE_STRENGTH_DERIVED, /* follows from the grammar or from several sentences */
    CASE_STRENGTH_SHOULD,
    CASE_STRENGTH_MAY,
    CASE_STRENGTH_INFO
};

struct case_requirement {
    const char *id; /* "RFC6455-5.5-02" */
    const char *section;
    const char *role; /* "server", "client", "both", "API", "intermediary" */
    enum case_strength strength;
    const char *observable; /* "yes", "partly", "no" */
    const char *ambiguity;  /* "A01,A02", or "" */
    const char *statement;
};

struct case_catalogue {
    struct arena arena;
    struct case_requirement *rows;
    size_t count;
    size_t capacity;
};

/* Reads the table (tab-separated, with a header line) into an empty catalogue. Returns 0, or -1
 * with file, line and a sentence in `error`. */
int case_catalogue_read(struct case_catalogue *catalogue, const char *file, struct bytes text,
                        struct error *error);

/* The row of that id, or NULL. */
const struct case_requirement *case_catalogue_find(const struct case_catalogue *catalogue,
                                                   const char *id);

/* "must", "derived", ... Static. */
const char *case_catalogue_strength_name(enum case_strength strength);

void case_catalogue_free(struct case_catalogue *catalogue);

#endif
