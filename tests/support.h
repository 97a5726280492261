/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_SUPPORT_H
#define WSCONFORM_TESTS_SUPPORT_H

/* What cmocka.h wants to be included before it, and a little that many tests need. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A copy that ends where a page begins that nobody may touch: reading one octet too far kills the
 * test. At most 1 MiB; may be written; valid until the next call. */
uint8_t *support_flush(struct bytes b);

/* Appends the octets that a text of hex digits spells; fails the test if it spells none. */
void support_hex(struct buffer *out, const char *digits);

/* Fails the test unless `got` is the text `expected`, showing both. */
void support_expect_text(struct bytes got, const char *expected);

#endif
