/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_PROOF_H
#define WSCONFORM_RUN_PROOF_H

#include "run/settings.h"

/* Cases that belong to no suite: they ask an endpoint what it is, and whether it still lives. Their
 * verdict is a pass or an info. All are static. */

const struct case_spec *run_proof_of_echo(void); /* does a message come back? */
const struct case_spec *run_proof_of_pong(void); /* is a ping answered? */

/* Does a connection work? By the best that the endpoint is known to do. */
const struct case_spec *run_proof_of_life(const struct run_profile *profile);

#endif
