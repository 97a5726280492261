/* SPDX-License-Identifier: MIT */
#include "case/place.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"

struct case_place case_place_key(const struct case_place *above, const char *key)
{
    struct case_place place = *above;
    place.above = above;
    place.key = key;
    place.json = json_object_get(above->json, key);
    return place;
}

struct case_place case_place_item(const struct case_place *above, size_t index)
{
    struct case_place place = *above;
    place.above = above;
    place.key = NULL;
    place.index = index;
    place.json = json_array_get(above->json, index);
    return place;
}

static void write_pointer(struct buffer *out, const struct case_place *place)
{
    if (place->above == NULL)
        return;
    write_pointer(out, place->above);
    if (place->key != NULL)
        buffer_printf(out, "/%s", place->key);
    else
        buffer_printf(out, "/%zu", place->index);
}

int case_place_fail(const struct case_place *place, const char *format, ...)
{
    char sentence[256];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    struct buffer pointer = {0};
    write_pointer(&pointer, place);
    error_set(place->error, "%s: %s%s%s: %s", place->file, place->id != NULL ? place->id : "",
              place->id != NULL ? ": " : "", buffer_text(&pointer), sentence);
    buffer_free(&pointer);
    /* What a file holds may hold line ends, and this is to be one sentence on one line. */
    for (char *at = place->error != NULL ? place->error->text : NULL; at != NULL && *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    return -1;
}

int case_place_check_keys(const struct case_place *place, const char *const *keys)
{
    if (!json_is_object(place->json))
        return case_place_fail(place, "an object is needed here");
    const char *key;
    json_t *value;
    json_object_foreach(place->json, key, value)
    {
        size_t i = 0;
        while (keys[i] != NULL && strcmp(keys[i], key) != 0)
            i++;
        if (keys[i] == NULL)
            return case_place_fail(place, "'%s' is not known here", key);
    }
    return 0;
}

static int expect(const struct case_place *place, bool right, const char *what)
{
    return right ? 0 : case_place_fail(place, "%s is needed here", what);
}

int case_place_text(const struct case_place *place, const char *key, const char **out)
{
    struct case_place at = case_place_key(place, key);
    if (at.json == NULL)
        return 0;
    if (expect(&at, json_is_string(at.json), "text") != 0)
        return -1;
    if (strlen(json_string_value(at.json)) != json_string_length(at.json))
        return case_place_fail(&at, "text here cannot hold U+0000");
    *out = arena_strdup(at.arena, json_string_value(at.json));
    return 0;
}

int case_place_bool(const struct case_place *place, const char *key, bool *out)
{
    struct case_place at = case_place_key(place, key);
    if (at.json == NULL)
        return 0;
    *out = json_is_true(at.json);
    return expect(&at, json_is_boolean(at.json), "true or false");
}

int case_place_size(const struct case_place *place, const char *key, size_t max, size_t *out)
{
    struct case_place at = case_place_key(place, key);
    if (at.json == NULL)
        return 0;
    json_int_t value = json_integer_value(at.json);
    if (!json_is_integer(at.json) || value < 0 || (uint64_t)value > max)
        return case_place_fail(&at, "a whole number from 0 to %zu is needed here", max);
    *out = (size_t)value;
    return 0;
}

int case_place_hex(const struct case_place *place, const char *key, struct bytes *out)
{
    struct case_place at = case_place_key(place, key);
    if (at.json == NULL)
        return 0;
    if (expect(&at, json_is_string(at.json), "text of hex digits") != 0)
        return -1;
    struct buffer octets = {0};
    int status = hex_read(&octets, bytes_text(json_string_value(at.json)));
    if (status == 0)
        *out = arena_copy(at.arena, buffer_bytes(&octets));
    else
        case_place_fail(&at, "pairs of hex digits are needed here");
    buffer_free(&octets);
    return status;
}

int case_place_names(const struct case_place *place, const char *key, struct case_names *out)
{
    struct case_place at = case_place_key(place, key);
    if (at.json == NULL)
        return 0;
    if (expect(&at, json_is_array(at.json), "a list of texts") != 0)
        return -1;
    size_t count = json_array_size(at.json);
    const char **items = arena_alloc(at.arena, count * sizeof(*items));
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct case_place item = case_place_item(&at, i);
        if (expect(&item, json_is_string(item.json), "text") != 0)
            return -1;
        /* A family's row that has no counterpart says "". */
        if (json_string_length(item.json) > 0)
            items[kept++] = arena_strdup(at.arena, json_string_value(item.json));
    }
    *out = (struct case_names){items, kept};
    return 0;
}
