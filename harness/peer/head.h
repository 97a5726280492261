/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_HEAD_H
#define WSCONFORM_PEER_HEAD_H

#include "base/buffer.h"

/* Changes to the head of a request or an answer that was written without fault. */

/* Puts `instead` for all `text`. */
void peer_head_replace(struct buffer *head, const char *text, const char *instead);

/* Puts a line, or several, in front of the empty one. */
void peer_head_add(struct buffer *head, const char *line);

#endif
