/* SPDX-License-Identifier: MIT */
#include "cli/autobahn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "cli/options.h"
#include "report/json.h"

int cli_autobahn_load(struct cli_autobahn *autobahn, const char *folder, struct error *error)
{
    if (autobahn->spec == NULL)
        return 0;
    if (case_order_load(&autobahn->order, autobahn->spec, error) != 0)
        return -1;
    autobahn->cases = true;
    if (autobahn->folder == NULL)
        autobahn->folder = autobahn->order.outdir != NULL ? autobahn->order.outdir : folder;
    return 0;
}

const struct case_spec **cli_autobahn_select(struct cli_autobahn *autobahn,
                                             const struct case_set *set, enum case_role role,
                                             bool big, size_t *count, struct error *error)
{
    const struct case_autobahn_selection selection = {.role = role,
                                                      .big = big,
                                                      .cases = autobahn->order.cases,
                                                      .excluded = autobahn->order.excluded};
    struct case_autobahn_entry *entries = case_autobahn_select(set, &selection, count, error);
    if (entries == NULL)
        return NULL;
    const struct case_spec **chosen = memory_zeroed(*count, sizeof(const struct case_spec *));
    autobahn->labels = memory_zeroed(*count, sizeof(const char *));
    for (size_t i = 0; i < *count; i++) {
        chosen[i] = entries[i].spec;
        autobahn->labels[i] = entries[i].id;
    }
    free(entries);
    return chosen;
}

bool cli_autobahn_excluded(const struct cli_autobahn *autobahn, const char *agent,
                           const char *label)
{
    const struct case_order *order = &autobahn->order;
    for (size_t i = 0; i < order->exclusion_count; i++) {
        const struct case_order_exclusion *exclusion = &order->exclusions[i];
        if (!case_autobahn_matches_whole(exclusion->agent, agent))
            continue;
        for (size_t k = 0; k < exclusion->ids.count; k++)
            if (case_autobahn_matches_whole(exclusion->ids.items[k], label))
                return true;
    }
    return false;
}

/* Makes the folder and those above it. */
static int make_folder(const char *path, struct error *error)
{
    char *part = memory_strdup(path);
    int status = 0;
    for (char *at = part + 1; status == 0; at++) {
        char c = *at;
        if (c != '/' && c != '\0')
            continue;
        *at = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            status = error_set(error, "%s: %s", part, strerror(errno));
        *at = c;
        if (c == '\0')
            break;
    }
    free(part);
    return status;
}

static int write_case(const char *folder, const struct report_json_autobahn_run *run, size_t index,
                      const struct report_options *options, struct error *error)
{
    struct buffer path = {0};
    struct buffer json = {0};
    struct run_record one = *run->record;
    one.results = &run->record->results[index];
    one.count = 1;
    buffer_printf(&path, "%s/", folder);
    report_json_autobahn_file(&path, run, index);
    report_json_write(&json, &one, options);
    int status = cli_options_write_file(buffer_text(&path), buffer_bytes(&json), error);
    buffer_free(&path);
    buffer_free(&json);
    return status;
}

int cli_autobahn_write(const struct cli_autobahn *autobahn,
                       const struct report_json_autobahn_run *runs, size_t count,
                       const struct report_options *options, struct error *error)
{
    struct buffer path = {0};
    struct buffer index = {0};
    int status = make_folder(autobahn->folder, error);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < runs[i].record->count && status == 0; k++)
            if (report_json_autobahn_has(&runs[i], k))
                status = write_case(autobahn->folder, &runs[i], k, options, error);
    buffer_printf(&path, "%s/index.json", autobahn->folder);
    report_json_autobahn_index(&index, runs, count);
    if (status == 0)
        status = cli_options_write_file(buffer_text(&path), buffer_bytes(&index), error);
    buffer_free(&path);
    buffer_free(&index);
    return status;
}

void cli_autobahn_free(struct cli_autobahn *autobahn)
{
    case_order_free(&autobahn->order);
    free(autobahn->labels);
    autobahn->labels = NULL;
}
