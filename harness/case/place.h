/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_PLACE_H
#define WSCONFORM_CASE_PLACE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "case/spec.h"

/* A JSON object of a case file and the way to it, so that a mistake can be named by file, case id
 * and JSON pointer. */
struct case_place {
    const char *file;
    const char *id; /* NULL until the case's id is known */
    const struct case_place *above;
    const char *key; /* under which this stands in `above`; NULL: an array's item */
    size_t index;
    json_t *json;
    struct arena *arena; /* where what is read is kept */
    struct error *error;
};

/* The value of a key, or an item of an array, as a place of its own; json is NULL if it is not
 * there. Lives as long as `above`. */
struct case_place case_place_key(const struct case_place *above, const char *key);
struct case_place case_place_item(const struct case_place *above, size_t index);

/* Writes "FILE: ID: POINTER: sentence" and returns -1. */
int case_place_fail(const struct case_place *place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Fails if the place is no object or has a key that is not in `keys` (NULL at the end). */
int case_place_check_keys(const struct case_place *place, const char *const *keys);

/* Each reads the value of a key and returns 0; a key that is missing leaves `*out` as it is, a
 * value of the wrong kind fails with -1. */
int case_place_text(const struct case_place *place, const char *key, const char **out);
int case_place_bool(const struct case_place *place, const char *key, bool *out);
int case_place_size(const struct case_place *place, const char *key, size_t max, size_t *out);
int case_place_hex(const struct case_place *place, const char *key, struct bytes *out);
int case_place_names(const struct case_place *place, const char *key, struct case_names *out);

#endif
