/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_MASK_H
#define WSCONFORM_WS_MASK_H

#include <stddef.h>
#include <stdint.h>

/* Masks or unmasks `len` octets in place (RFC 6455, 5.3: octet i is XORed with key octet i mod 4).
 * `offset` is the position of data[0] in the frame's payload, so that a payload can be handled in
 * pieces. */
void ws_mask_apply(uint8_t *data, size_t len, const uint8_t key[4], uint64_t offset);

#endif
