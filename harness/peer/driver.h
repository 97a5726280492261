/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_DRIVER_H
#define WSCONFORM_PEER_DRIVER_H

#include "peer/client.h"

/* Plays the driver of a service that tests clients, in the language of Autobahn's fuzzing server:
 * asks how many cases there are, echoes through each on a connection of its own, and has the
 * reports written. */

/* `url` is where the service is; `agent` is the name under which it reports. A case whose
 * connection fails is followed by the next; the first and the last connection have no quirk.
 * PEER_CLIENT_DONE: the reports are written. Otherwise `error` says what went wrong, unless it was
 * PEER_CLIENT_INTERRUPTED. */
enum peer_client_status peer_driver_run(struct peer_client *client, const struct ws_url *url,
                                        const char *agent, struct error *error);

/* Makes of `base` the URL of an action, such as "runCase", for the case of that number (0: none)
 * and for the agent (NULL: none). Returns 0, or -1 with a sentence in `error` if it is too long. */
int peer_driver_url(struct ws_url *url, const struct ws_url *base, const char *action,
                    uint64_t number, const char *agent, struct error *error);

#endif
