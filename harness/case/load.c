/* SPDX-License-Identifier: MIT */
#include "case/load.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "case/embedded.h"
#include "case/expand.h"
#include "case/parse.h"

/* A case file is written by hand; one that is larger is something else. */
static const size_t file_max = 16 * 1024 * 1024;

static int add_case(struct case_set *set, const struct case_place *place, const char *section)
{
    struct case_spec spec = {.file = place->file, .section = section};
    if (case_parse_spec(place, &set->catalogue, &spec) != 0)
        return -1;
    const struct case_spec *same = case_spec_find(set, spec.id);
    if (same != NULL)
        return case_place_fail(place, "the id '%s' stands already in %s", spec.id, same->file);
    set->cases = memory_grow(set->cases, &set->capacity, set->count + 1, sizeof(*set->cases));
    set->cases[set->count++] = spec;
    return 0;
}

static int add_family(struct case_set *set, const struct case_place *place, const char *section)
{
    if (!json_is_object(place->json))
        return case_place_fail(place, "a case is an object");
    struct error why;
    json_t *members = case_expand_members(place->json, &why);
    if (members == NULL)
        return case_place_fail(place, "%s", why.text);
    int status = 0;
    for (size_t i = 0; i < json_array_size(members) && status == 0; i++) {
        struct case_place member = *place;
        member.json = json_array_get(members, i);
        status = add_case(set, &member, section);
    }
    json_decref(members);
    return status;
}

static int add_file(struct case_set *set, const struct case_place *top)
{
    static const char *const keys[] = {"$schema", "section", "title", "cases", NULL};
    const char *section = NULL;
    if (case_place_check_keys(top, keys) != 0 || case_place_text(top, "section", &section) != 0)
        return -1;
    struct case_place cases = case_place_key(top, "cases");
    if (section == NULL || !json_is_array(cases.json))
        return case_place_fail(top, "a case file has a 'section' and a list of 'cases'");
    for (size_t i = 0; i < json_array_size(cases.json); i++) {
        struct case_place place = case_place_item(&cases, i);
        if (add_family(set, &place, section) != 0)
            return -1;
    }
    return 0;
}

int case_load_text(struct case_set *set, const char *file, struct bytes text, struct error *error)
{
    json_error_t why;
    json_t *json = json_loadb((const char *)text.data, text.len,
                              JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (json == NULL)
        return error_set(error, "%s:%d: %s", file, why.line > 0 ? why.line : 1, why.text);
    struct case_place top = {.file = arena_strdup(&set->arena, file),
                             .json = json,
                             .arena = &set->arena,
                             .error = error};
    int status = add_file(set, &top);
    json_decref(json);
    return status;
}

struct bytes case_load_builtin_file(const char *path)
{
    for (size_t i = 0; case_embedded_files[i].path != NULL; i++)
        if (strcmp(case_embedded_files[i].path, path) == 0)
            return bytes_of(case_embedded_files[i].data, case_embedded_files[i].size);
    return bytes_of(NULL, 0);
}

static int load_builtin_catalogue(struct case_set *set, struct error *error)
{
    const char *path = "cases/requirements.tsv";
    return case_catalogue_read(&set->catalogue, path, case_load_builtin_file(path), error);
}

static bool has_suffix(const char *text, const char *suffix)
{
    size_t len = strlen(text);
    size_t suffix_len = strlen(suffix);
    return len >= suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

/* "cases/5.2.json" is a file of cases, "cases/schema/case.schema.json" is not. */
static bool is_case_file(const char *path)
{
    return strncmp(path, "cases/", 6) == 0 && strchr(path + 6, '/') == NULL &&
           has_suffix(path, ".json");
}

int case_load_builtin(struct case_set *set, struct error *error)
{
    if (load_builtin_catalogue(set, error) != 0)
        return -1;
    for (size_t i = 0; case_embedded_files[i].path != NULL; i++) {
        const struct case_embedded_file *file = &case_embedded_files[i];
        if (is_case_file(file->path) &&
            case_load_text(set, file->path, bytes_of(file->data, file->size), error) != 0)
            return -1;
    }
    return 0;
}

int case_load_octets(const char *path, struct buffer *out, struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return error_set(error, "%s: %s", path, strerror(errno));
    size_t got;
    do {
        uint8_t *room = buffer_extend(out, 65536);
        got = fread(room, 1, 65536, file);
        out->len -= 65536 - got;
    } while (got > 0 && out->len <= file_max);
    int failed = ferror(file);
    fclose(file);
    if (failed)
        return error_set(error, "%s: cannot be read", path);
    if (out->len > file_max)
        return error_set(error, "%s: is larger than %zu octets", path, file_max);
    return 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the folder's *.json, sorted, on the heap. */
static char **list_folder(const char *path, size_t *count, struct error *error)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        error_set(error, "%s: %s", path, strerror(errno));
        return NULL;
    }
    size_t capacity = 0;
    char **names = memory_grow(NULL, &capacity, 1, sizeof(*names));
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.' || !has_suffix(entry->d_name, ".json"))
            continue;
        names = memory_grow(names, &capacity, *count + 1, sizeof(*names));
        names[(*count)++] = memory_strdup(entry->d_name);
    }
    closedir(folder);
    qsort(names, *count, sizeof(*names), compare_names);
    return names;
}

static int load_file(struct case_set *set, const char *path, struct error *error)
{
    struct buffer text = {0};
    int status = case_load_octets(path, &text, error);
    if (status == 0)
        status = case_load_text(set, path, buffer_bytes(&text), error);
    buffer_free(&text);
    return status;
}

static int load_catalogue(struct case_set *set, const char *folder, struct error *error)
{
    const char *path = arena_printf(&set->arena, "%s/requirements.tsv", folder);
    if (access(path, F_OK) != 0)
        return load_builtin_catalogue(set, error);
    struct buffer text = {0};
    int status = case_load_octets(path, &text, error);
    if (status == 0)
        status = case_catalogue_read(&set->catalogue, path, buffer_bytes(&text), error);
    buffer_free(&text);
    return status;
}

int case_load_folder(struct case_set *set, const char *path, struct error *error)
{
    if (load_catalogue(set, path, error) != 0)
        return -1;
    size_t count = 0;
    char **names = list_folder(path, &count, error);
    if (names == NULL)
        return -1;
    int status = count > 0 ? 0 : error_set(error, "%s: holds no case file (*.json)", path);
    for (size_t i = 0; i < count; i++) {
        if (status == 0)
            status = load_file(set, arena_printf(&set->arena, "%s/%s", path, names[i]), error);
        free(names[i]);
    }
    free(names);
    return status;
}
