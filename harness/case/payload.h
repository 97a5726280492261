/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CASE_PAYLOAD_H
#define WSCONFORM_CASE_PAYLOAD_H

#include "base/buffer.h"
#include "base/random.h"
#include "case/spec.h"

/* How many octets the payload has. */
size_t case_payload_size(const struct case_payload *payload);

/* Appends its octets; `random` is drawn from where the payload is random. */
void case_payload_write(struct buffer *out, const struct case_payload *payload,
                        struct random *random);

#endif
