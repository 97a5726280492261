/* SPDX-License-Identifier: MIT */
#include "run/delivery.h"

#include <stdlib.h>

#include "base/memory.h"
#include "ws/frame.h"

enum {
    SINGLE_MAX = 8192, /* octets that go out one by one; what follows them goes in larger writes */
    LARGER = 1000
};

const char *run_delivery_name(enum run_delivery delivery)
{
    static const char *const names[RUN_DELIVERY_COUNT] = {"whole", "octets", "headers", "slow"};
    return names[delivery];
}

bool run_delivery_fits(enum run_delivery delivery, const struct case_spec *spec)
{
    if (delivery == RUN_DELIVERY_WHOLE)
        return true;
    if (case_spec_is_run_level(spec) || spec->big || spec->exhaust)
        return false;
    return delivery == RUN_DELIVERY_OCTETS || spec->step_count > 0;
}

/* The places where a write is to end, in rising order. */
struct places {
    size_t *items;
    size_t count;
    size_t capacity;
};

static void add_place(struct places *places, size_t at)
{
    places->items =
        memory_grow(places->items, &places->capacity, places->count + 1, sizeof(*places->items));
    places->items[places->count++] = at;
}

static void place_octets(struct places *places, size_t len)
{
    for (size_t at = 1; at < len; at += at < SINGLE_MAX ? 1 : LARGER)
        add_place(places, at);
}

/* RFC 6455, 5.2: behind the first octet, the second, the extended length, the masking key and the
 * payload of each frame. */
static void place_headers(struct places *places, struct bytes octets)
{
    size_t at = 0;
    while (at < octets.len) {
        struct ws_frame frame;
        size_t size = 0;
        if (ws_frame_read(&frame, bytes_of(octets.data + at, octets.len - at), &size) != WS_ITEM)
            return;
        add_place(places, at + 1);
        add_place(places, at + 2);
        if (frame.form != WS_LENGTH_7)
            add_place(places, at + size - (frame.masked ? 4 : 0));
        add_place(places, at + size);
        if (frame.length > octets.len - at - size)
            return;
        at += size + (size_t)frame.length;
        add_place(places, at);
    }
}

static void add_part(struct run_script *script, struct run_part part)
{
    script->parts =
        memory_grow(script->parts, &script->capacity, script->count + 1, sizeof(*script->parts));
    script->parts[script->count++] = part;
}

/* Divides one write, which begins at `start`, at the places inside it; `*next` is the first of
 * them that has not been passed yet. */
static void divide(struct run_script *script, size_t start, size_t len, const struct places *places,
                   size_t *next)
{
    size_t end = start + len;
    while (start < end) {
        while (*next < places->count && places->items[*next] <= start)
            (*next)++;
        size_t stop =
            *next < places->count && places->items[*next] < end ? places->items[*next] : end;
        add_part(script, (struct run_part){RUN_PART_WRITE, stop - start});
        start = stop;
    }
}

void run_delivery_cut(struct run_script *script, enum run_delivery delivery, bool framed)
{
    struct places places = {0};
    if (delivery == RUN_DELIVERY_OCTETS)
        place_octets(&places, script->octets.len);
    else if (delivery == RUN_DELIVERY_HEADERS && framed)
        place_headers(&places, buffer_bytes(&script->octets));
    if (places.count == 0)
        return;
    struct run_part *whole = script->parts;
    size_t count = script->count;
    script->parts = NULL;
    script->count = 0;
    script->capacity = 0;
    size_t start = 0;
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        if (whole[i].kind == RUN_PART_WRITE)
            divide(script, start, whole[i].len, &places, &next);
        else
            add_part(script, whole[i]);
        start += whole[i].len;
    }
    free(whole);
    free(places.items);
}
