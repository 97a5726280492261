/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_NET_PROCESS_H
#define WSCONFORM_NET_PROCESS_H

#include "base/bytes.h"
#include "base/error.h"
#include "net/loop.h"

/* A child process in a process group of its own. Its stdin is empty, its stdout and stderr are
 * read and the last NET_PROCESS_TAIL octets of each are kept. */
enum { NET_PROCESS_TAIL = 4096 };

struct net_process;

/* Called once from the loop when the child has ended: with its exit status (signal 0), or with
 * the number of the signal that ended it. */
typedef void net_process_exited(void *context, int status, int signal);

/* Starts argv[0] (looked up in PATH) with the arguments, NULL at the end, and with `environment`
 * ("NAME=value" entries, NULL at the end, may be NULL) added to ours. Returns NULL with the
 * sentence in `error` if it cannot be started. The caller frees it with net_process_free. */
struct net_process *net_process_start(struct net_loop *loop, const char *const *argv,
                                      const char *const *environment, net_process_exited *exited,
                                      void *context, struct error *error);

bool net_process_running(const struct net_process *process);
int net_process_id(const struct net_process *process);

/* The last octets that it wrote to stderr, oldest first; borrowed until the loop runs again. */
struct bytes net_process_stderr(struct net_process *process);
struct bytes net_process_stdout(struct net_process *process);

/* Asks the whole group to end (SIGTERM); SIGKILL after `grace_ms` if it has not. */
void net_process_stop(struct net_process *process, unsigned grace_ms);

/* Ends the whole group at once (SIGKILL) if it still runs, and frees; no callback comes any more.
 * NULL is fine. */
void net_process_free(struct net_process *process);

#endif
