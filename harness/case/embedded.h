/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_EMBEDDED_H
#define WSCONFORM_CASE_EMBEDDED_H

#include <stddef.h>

/* A file of the checkout that the program carries: the cases, the requirement catalogue and the
 * JSON Schemas. The build writes them (tools/embed.sh). */
struct case_embedded_file {
    const char *path;          /* from the root of the checkout: "cases/5.5.json" */
    const unsigned char *data; /* `size` octets, and a NUL behind them that is not counted */
    size_t size;
};

/* Sorted by path, octet by octet; a NULL path ends the list. */
extern const struct case_embedded_file case_embedded_files[];

#endif
