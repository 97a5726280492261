/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_BASE_ARENA_H
#define WSCONFORM_BASE_ARENA_H

#include "base/bytes.h"

/* Memory that is freed all at once. A zeroed struct is an empty arena. */
struct arena {
    struct arena_block *blocks;
};

/* Zeroed memory, aligned for any object, valid until arena_free. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* Copies that live in the arena. */
struct bytes arena_copy(struct arena *arena, struct bytes b);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Frees everything and leaves an empty arena. */
void arena_free(struct arena *arena);

#endif
