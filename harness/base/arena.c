/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The first block is small, since there are many arenas that hold little. */
enum { BLOCK_MIN = 1024, BLOCK_MAX = 16 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) uint8_t data[];
};

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t);
    size = (size + align - 1) / align * align;
    struct arena_block *block = arena->blocks;
    if (block == NULL || block->size - block->used < size) {
        size_t room = block == NULL ? BLOCK_MIN : 2 * block->size;
        if (room > BLOCK_MAX)
            room = BLOCK_MAX;
        if (room < size)
            room = size;
        block = memory_zeroed(1, sizeof(*block) + room);
        block->size = room;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *item = block->data + block->used;
    block->used += size;
    return item;
}

struct bytes arena_copy(struct arena *arena, struct bytes b)
{
    uint8_t *copy = arena_alloc(arena, b.len);
    if (b.len > 0)
        memcpy(copy, b.data, b.len);
    return bytes_of(copy, b.len);
}

char *arena_strdup(struct arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(arena_alloc(arena, size), text, size);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = len > 0 ? (size_t)len + 1 : 1;
    char *text = arena_alloc(arena, size);
    vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

void arena_free(struct arena *arena)
{
    while (arena->blocks != NULL) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}
