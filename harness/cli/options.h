/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CLI_OPTIONS_H
#define WSCONFORM_CLI_OPTIONS_H

#include "base/error.h"
#include "case/spec.h"
#include "net/address.h"

/* A list of texts from the command line; the texts are borrowed from argv. */
struct cli_options_list {
    const char **items;
    size_t count;
    size_t capacity;
};

void cli_options_add(struct cli_options_list *list, const char *item);
struct case_names cli_options_names(const struct cli_options_list *list);
void cli_options_free(struct cli_options_list *list);

/* Reads a whole number from `least` to `most`. Returns 0, or -1 with a sentence in `error`. */
int cli_options_number(const char *name, const char *text, uint64_t least, uint64_t most,
                       uint64_t *out, struct error *error);

/* Reads seconds with a fraction ("0.5") into microseconds; more than 0, at most a day. */
int cli_options_seconds(const char *name, const char *text, uint64_t *out, struct error *error);

/* Reads "HOST:PORT" or "[::1]:PORT", an address to listen on; port 0 is a free one. Returns 0, or
 * -1 with a sentence in `error`. */
int cli_options_address(const char *name, const char *text, struct net_address *out,
                        struct error *error);

/* Writes a file whole. Returns 0, or -1 with a sentence in `error`. */
int cli_options_write_file(const char *path, struct bytes text, struct error *error);

/* Finds what stands behind "--": cuts `*argc` to what is before it and returns the rest, which ends
 * with NULL, or NULL if there is none. */
char **cli_options_command(int *argc, char **argv);

/* Prints "wsconform COMMAND: sentence" and a hint to stderr and returns CLI_USAGE. */
int cli_options_usage(const char *command, const char *sentence);

/* Loads the cases of `folder`, or the built-in ones if it is NULL, and checks that their outcomes
 * make sense. Returns 0, or -1 with a sentence in `error`. */
int cli_options_load_cases(struct case_set *set, const char *folder, struct error *error);

#endif
