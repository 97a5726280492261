/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_BASE_MEMORY_H
#define WSCONFORM_BASE_MEMORY_H

#include <stddef.h>

/* Like malloc, calloc and realloc, but never NULL: when memory runs out the program says so and
 * ends with status 5. A request for 0 octets gives a pointer that may be freed. */
void *memory_alloc(size_t size);
void *memory_zeroed(size_t count, size_t size);
void *memory_resize(void *block, size_t size);

/* A copy of the C string on the heap; the caller frees it. */
char *memory_strdup(const char *text);

/* Makes room in a growing array: returns `items`, possibly moved, with space for at least
 * `need` items of `size` octets, and updates `*capacity`. Doubles, so appending is linear. */
void *memory_grow(void *items, size_t *capacity, size_t need, size_t size);

#endif
