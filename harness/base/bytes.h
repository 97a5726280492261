/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_BASE_BYTES_H
#define WSCONFORM_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed run of octets. `data` may be NULL only when `len` is 0. */
struct bytes {
    const uint8_t *data;
    size_t len;
};

/* The octets [data, data + len), borrowed. */
struct bytes bytes_of(const void *data, size_t len);

/* The octets of a C string without its NUL, borrowed. */
struct bytes bytes_text(const char *text);

/* True if both hold the same octets. */
bool bytes_equal(struct bytes a, struct bytes b);

/* True if both are equal when A-Z and a-z are folded, and nothing else (RFC 6455, 2.1). */
bool bytes_equal_nocase(struct bytes a, struct bytes b);

/* True if `needle` occurs in `hay`; the empty needle always does. */
bool bytes_contain(struct bytes hay, struct bytes needle);

/* `text` without the spaces and tabs at both ends. */
struct bytes bytes_trim(struct bytes text);

/* 64-bit FNV-1a of the octets, continuing from `hash` (start with BYTES_HASH_START). */
#define BYTES_HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t bytes_hash(uint64_t hash, struct bytes b);

#endif
