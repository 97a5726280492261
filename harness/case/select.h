/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_SELECT_H
#define WSCONFORM_CASE_SELECT_H

#include "base/error.h"
#include "case/spec.h"

/* Which cases of a set are to be run. */
struct case_selection {
    enum case_role role;    /* the endpoint under test */
    bool big;               /* with the cases flagged "big" */
    bool exhaust;           /* with the cases flagged "exhaust" */
    bool must_only;         /* only cases of a must (stated or derived) */
    bool should;            /* of a must or a should: with neither, all */
    struct case_names run;  /* globs over ids; none: all */
    struct case_names skip; /* globs over ids */
};

/* Writes pointers to the selected cases, in the order of the set, into a new array that the
 * caller frees; `*count` may be 0. A glob that matches no case of the role at all is a mistake:
 * returns NULL with a sentence in `error`. */
const struct case_spec **case_select(const struct case_set *set,
                                     const struct case_selection *selection, size_t *count,
                                     struct error *error);

#endif
