/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_LOAD_H
#define WSCONFORM_CASE_LOAD_H

#include "base/buffer.h"
#include "base/error.h"
#include "case/spec.h"

/* Reads the text of one case file and appends its cases, families expanded. The catalogue of the
 * set must have been read. Returns 0, or -1 with a sentence in `error` that begins with the file
 * and, for a syntax error, the line, or else with the case's id and the JSON pointer. After a
 * failure the set is only good for case_spec_free_set. */
int case_load_text(struct case_set *set, const char *file, struct bytes text, struct error *error);

/* Fills an empty set with the cases and the catalogue that are built into the program. Returns 0
 * or -1, as above. */
int case_load_builtin(struct case_set *set, struct error *error);

/* Fills an empty set from a folder: all *.json in it, in the order of their names, and its
 * requirements.tsv or, if it has none, the built-in catalogue. Returns 0 or -1, as above. */
int case_load_folder(struct case_set *set, const char *path, struct error *error);

/* The text of a file that is built into the program ("cases/schema/case.schema.json"), borrowed;
 * no data if there is none of that name. */
struct bytes case_load_builtin_file(const char *path);

/* Appends the octets of a file of at most 16 MiB to `out`. Returns 0, or -1 with a sentence in
 * `error` that begins with the path. */
int case_load_octets(const char *path, struct buffer *out, struct error *error);

#endif
