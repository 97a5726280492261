/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_AUTOBAHN_H
#define WSCONFORM_CASE_AUTOBAHN_H

#include "base/error.h"
#include "case/spec.h"

/* The cases in the order and under the names of Autobahn's test suite, for who drives wsconform
 * with its spec files and its client drivers. */

struct case_autobahn_entry {
    const char *id; /* "6.4.2"; borrowed from the case */
    const struct case_spec *spec;
};

/* What a spec file says; all borrowed. */
struct case_autobahn_selection {
    enum case_role role;        /* the endpoint under test: CASE_ROLE_SERVER or CASE_ROLE_CLIENT */
    bool big;                   /* with the cases flagged "big" */
    struct case_names cases;    /* "cases": patterns and ids; none: all */
    struct case_names excluded; /* "exclude-cases" */
};

/* The selected ids, each with one case of ours (one case may stand under several ids), in
 * Autobahn's order: 1.1.1, 1.1.2, ..., 10.1.1. The caller frees the array; `*count` may be 0. An id
 * without a star in `cases` that nobody knows is a mistake: returns NULL with a sentence in
 * `error`. */
struct case_autobahn_entry *case_autobahn_select(const struct case_set *set,
                                                 const struct case_autobahn_selection *selection,
                                                 size_t *count, struct error *error);

/* The entry of that id, or NULL. */
const struct case_autobahn_entry *case_autobahn_find(const struct case_autobahn_entry *entries,
                                                     size_t count, const char *id);

/* Whether a pattern of "cases" or "exclude-cases" takes an id: without a star both must be equal;
 * with one the pattern fits from the start of the id, but need not reach its end ("1*"
 * takes 10.1.1,
 * "*.1" takes 1.1.8). */
bool case_autobahn_matches(const char *pattern, const char *id);

/* Whether a pattern of "exclude-agent-cases", for the agent's name or for the id, takes a text: it
 * fits the whole of it. */
bool case_autobahn_matches_whole(const char *pattern, const char *text);

#endif
