/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_CORPUS_H
#define WSCONFORM_CASE_CORPUS_H

#include "base/buffer.h"
#include "base/random.h"
#include "case/spec.h"

/* Octets such as people send, made up: texts and binary files that compress as well or as badly as
 * real ones. */

/* "json", "html", "prose", "bitmap" or "pdf". Static. */
const char *case_corpus_name(enum case_corpus corpus);

/* Appends `count` octets out of the middle of such a file, another part of it each time. Those of
 * JSON, HTML and prose are ASCII. */
void case_corpus_write(struct buffer *out, enum case_corpus corpus, size_t count,
                       struct random *random);

#endif
