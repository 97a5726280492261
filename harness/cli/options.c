/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "case/load.h"
#include "cli/cli.h"
#include "judge/outcome.h"

void cli_options_add(struct cli_options_list *list, const char *item)
{
    list->items = memory_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
    list->items[list->count++] = item;
}

struct case_names cli_options_names(const struct cli_options_list *list)
{
    return (struct case_names){list->items, list->count};
}

void cli_options_free(struct cli_options_list *list)
{
    free(list->items);
    *list = (struct cli_options_list){0};
}

int cli_options_number(const char *name, const char *text, uint64_t least, uint64_t most,
                       uint64_t *out, struct error *error)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < least ||
        value > most)
        return error_set(error, "%s wants a whole number from %llu to %llu, not '%s'", name,
                         (unsigned long long)least, (unsigned long long)most, text);
    *out = value;
    return 0;
}

int cli_options_seconds(const char *name, const char *text, uint64_t *out, struct error *error)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 0.001) || value > 86400)
        return error_set(error, "%s wants seconds from 0.001 to 86400, not '%s'", name, text);
    *out = (uint64_t)(value * 1e6);
    return 0;
}

int cli_options_address(const char *name, const char *text, struct net_address *out,
                        struct error *error)
{
    char host[256];
    uint64_t port = 0;
    const char *colon = strrchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : 0;
    if (len == 0 || len >= sizeof(host))
        return error_set(error, "%s wants HOST:PORT, not '%s'", name, text);
    memcpy(host, text, len);
    host[len] = '\0';
    if (cli_options_number("the port", colon + 1, 0, 65535, &port, error) != 0)
        return -1;
    return net_address_resolve(out, host, (unsigned)port, error);
}

int cli_options_write_file(const char *path, struct bytes text, struct error *error)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return error_set(error, "%s: %s", path, strerror(errno));
    bool whole = fwrite(text.data, 1, text.len, file) == text.len;
    if (fclose(file) != 0 || !whole)
        return error_set(error, "%s: cannot be written: %s", path, strerror(errno));
    return 0;
}

char **cli_options_command(int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            *argc = i;
            argv[i] = NULL;
            return argv + i + 1;
        }
    }
    return NULL;
}

int cli_options_usage(const char *command, const char *sentence)
{
    fprintf(stderr, "wsconform %s: %s\nTry 'wsconform %s --help'.\n", command, sentence, command);
    return CLI_USAGE;
}

int cli_options_load_cases(struct case_set *set, const char *folder, struct error *error)
{
    int status =
        folder != NULL ? case_load_folder(set, folder, error) : case_load_builtin(set, error);
    for (size_t i = 0; i < set->count && status == 0; i++) {
        struct error why;
        if (judge_outcome_check(&set->cases[i], &why) != 0)
            status = error_set(error, "%s: %s: %s", set->cases[i].file, set->cases[i].id, why.text);
    }
    return status;
}
