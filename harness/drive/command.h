/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_COMMAND_H
#define WSCONFORM_DRIVE_COMMAND_H

#include "base/arena.h"
#include "base/buffer.h"
#include "net/process.h"

/* A command of the user's that starts the endpoint. */
struct drive_command {
    struct arena arena;
    const char **argv; /* NULL at the end */
    const char *environment[2];
};

/* Takes over `command` (NULL at the end) with {port} and {url} in its arguments replaced.
 * `variable` is what its environment gets: "PORT=9001". All is copied; drive_command_free frees it.
 */
void drive_command_init(struct drive_command *command, const char *const *argv, const char *url,
                        unsigned port, const char *variable);
void drive_command_free(struct drive_command *command);

/* True if an argument holds {url}. */
bool drive_command_names_url(const char *const *argv);

/* Says how its process ended, with the last of what it wrote to stderr. */
void drive_command_describe_end(struct net_process *process, int status, int signal,
                                struct buffer *out);

#endif
