/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_EXPAND_H
#define WSCONFORM_CASE_EXPAND_H

#include <jansson.h>

#include "base/error.h"

/* The members of the family that a case's `for` describes, or the case alone: a new array of
 * objects without `for`, with the variables put in. The caller owns the reference. Returns NULL
 * with a sentence in `error` if `for` makes no sense or a string names an unknown variable. */
json_t *case_expand_members(json_t *spec, struct error *error);

#endif
