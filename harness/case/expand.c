/* SPDX-License-Identifier: MIT */
#include "case/expand.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"

enum { MEMBERS_MAX = 4096 };

/* The length of "{name}" at the start of `text`, or 0. */
static size_t placeholder(const char *text)
{
    size_t len = 1;
    if (text[0] != '{' || !islower((unsigned char)text[1]))
        return 0;
    while (islower((unsigned char)text[len]) || isdigit((unsigned char)text[len]) ||
           text[len] == '_')
        len++;
    return text[len] == '}' ? len + 1 : 0;
}

static json_t *lookup(json_t *values, const char *text, size_t len, struct error *error)
{
    char name[64];
    size_t name_len = len - 2;
    if (name_len >= sizeof(name)) {
        error_set(error, "a variable's name is too long");
        return NULL;
    }
    memcpy(name, text + 1, name_len);
    name[name_len] = '\0';
    json_t *value = json_object_get(values, name);
    if (value == NULL)
        error_set(error, "the variable {%s} is not in 'for'", name);
    return value;
}

static int append_value(struct buffer *out, json_t *value, struct error *error)
{
    if (json_is_string(value))
        buffer_append(out, bytes_of(json_string_value(value), json_string_length(value)));
    else if (json_is_integer(value))
        buffer_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        buffer_append_text(out, json_is_true(value) ? "true" : "false");
    else
        return error_set(error, "only text, whole numbers and booleans can stand inside a string");
    return 0;
}

static json_t *substitute_text(json_t *string, json_t *values, struct error *error)
{
    const char *text = json_string_value(string);
    size_t whole = placeholder(text);
    if (whole > 0 && text[whole] == '\0') {
        json_t *value = lookup(values, text, whole, error);
        return value != NULL ? json_deep_copy(value) : NULL;
    }
    struct buffer out = {0};
    json_t *result = NULL;
    while (*text != '\0') {
        size_t len = placeholder(text);
        if (len > 0) {
            json_t *value = lookup(values, text, len, error);
            if (value == NULL || append_value(&out, value, error) != 0)
                goto done;
            text += len;
        } else {
            buffer_append(&out, bytes_of(text, 1));
            text++;
        }
    }
    result = json_stringn(buffer_text(&out), out.len);
    if (result == NULL)
        error_set(error, "a string is not UTF-8");
done:
    buffer_free(&out);
    return result;
}

static json_t *substitute(json_t *node, json_t *values, struct error *error);

static json_t *substitute_array(json_t *node, json_t *values, struct error *error)
{
    json_t *copy = json_array();
    size_t i;
    json_t *item;
    json_array_foreach(node, i, item)
    {
        json_t *done = substitute(item, values, error);
        if (done == NULL) {
            json_decref(copy);
            return NULL;
        }
        json_array_append_new(copy, done);
    }
    return copy;
}

static json_t *substitute_object(json_t *node, json_t *values, struct error *error)
{
    json_t *copy = json_object();
    const char *key;
    json_t *item;
    json_object_foreach(node, key, item)
    {
        json_t *done = substitute(item, values, error);
        if (done == NULL) {
            json_decref(copy);
            return NULL;
        }
        json_object_set_new(copy, key, done);
    }
    return copy;
}

static json_t *substitute(json_t *node, json_t *values, struct error *error)
{
    if (json_is_string(node))
        return substitute_text(node, values, error);
    if (json_is_array(node))
        return substitute_array(node, values, error);
    if (json_is_object(node))
        return substitute_object(node, values, error);
    return json_deep_copy(node);
}

/* All combinations of {"a": [1, 2], "b": [3]} as a list of objects, the last name running
 * fastest. */
static json_t *combine(json_t *lists, struct error *error)
{
    json_t *rows = json_array();
    json_array_append_new(rows, json_object());
    const char *name;
    json_t *list;
    json_object_foreach(lists, name, list)
    {
        json_t *grown = json_array();
        size_t i;
        json_t *row;
        json_array_foreach(rows, i, row)
        {
            size_t j;
            json_t *value;
            json_array_foreach(list, j, value)
            {
                json_t *longer = json_copy(row);
                json_object_set(longer, name, value);
                json_array_append_new(grown, longer);
            }
        }
        json_decref(rows);
        rows = grown;
        if (json_array_size(rows) == 0 || json_array_size(rows) > MEMBERS_MAX) {
            error_set(error, "'for' makes %zu members; 1 to %d are allowed", json_array_size(rows),
                      MEMBERS_MAX);
            json_decref(rows);
            return NULL;
        }
    }
    return rows;
}

static bool is_list_of_objects(json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (!json_is_object(item))
            return false;
    }
    return json_array_size(list) > 0;
}

static json_t *rows_of(json_t *family, struct error *error)
{
    if (json_object_size(family) > 0)
        return combine(family, error);
    if (is_list_of_objects(family))
        return json_incref(family);
    error_set(error, "'for' is an object of lists or a list of objects, and not empty");
    return NULL;
}

json_t *case_expand_members(json_t *spec, struct error *error)
{
    json_t *members = json_array();
    json_t *family = json_object_get(spec, "for");
    if (family == NULL) {
        json_array_append(members, spec);
        return members;
    }
    json_t *rows = rows_of(family, error);
    json_t *bare = json_copy(spec);
    json_object_del(bare, "for");
    bool whole = rows != NULL;
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        json_t *member = substitute(bare, row, error);
        if (member == NULL) {
            whole = false;
            break;
        }
        json_array_append_new(members, member);
    }
    json_decref(bare);
    json_decref(rows);
    if (whole)
        return members;
    json_decref(members);
    return NULL;
}
