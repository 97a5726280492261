/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_VISIT_H
#define WSCONFORM_DRIVE_VISIT_H

#include "drive/internal.h"

/* What a client that has connected wants, and what it gets: a case, or an answer about them. */

/* Finds the party for the request of a visit, which is the `context`: a drive_door_choose. */
struct run_party drive_visit_choose(void *context, const struct ws_http_head *request);

/* Takes down what a visit has. The connection is dropped if there still is one. */
void drive_visit_free(struct drive_visit *visit);

#endif
