/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_PARSE_H
#define WSCONFORM_CASE_PARSE_H

#include "case/place.h"

/* Reads one case, after expansion. Everything it fills in lives in place->arena. Returns 0, or -1
 * with the sentence in place->error. */
int case_parse_spec(const struct case_place *place, const struct case_catalogue *catalogue,
                    struct case_spec *spec);

#endif
