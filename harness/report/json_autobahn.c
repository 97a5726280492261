/* SPDX-License-Identifier: MIT */
#include "report/json_autobahn.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char *label_of(const struct report_json_autobahn_run *run, size_t index)
{
    const struct case_spec *spec = run->record->results[index].spec;
    return run->labels != NULL ? run->labels[index] : spec->id;
}

bool report_json_autobahn_has(const struct report_json_autobahn_run *run, size_t index)
{
    const struct run_result *result = &run->record->results[index];
    return result->transcript.count > 0 || result->verdict != JUDGE_SKIP;
}

void report_json_autobahn_name(struct buffer *out, const char *text)
{
    /* A name that begins with a dot is hidden, or is a folder. */
    bool first = true;
    for (; *text != '\0'; text++, first = false) {
        bool plain = isalnum((unsigned char)*text) || strchr(first ? "-_+" : "-_+.", *text) != NULL;
        buffer_printf(out, "%c", plain ? *text : '_');
    }
}

void report_json_autobahn_file(struct buffer *out, const struct report_json_autobahn_run *run,
                               size_t index)
{
    char *label = memory_strdup(label_of(run, index));
    for (char *at = label; *at != '\0'; at++)
        if (*at == '.')
            *at = '_';
    report_json_autobahn_name(out, run->agent);
    buffer_append_text(out, "_case_");
    report_json_autobahn_name(out, label);
    buffer_append_text(out, ".json");
    free(label);
}

/* How the connection ended, in Autobahn's words: both Closes and then TCP, or not. */
static const char *behavior_of_close(const struct run_result *result)
{
    if (result->verdict == JUDGE_FAILED)
        return "FAILED";
    return result->clean ? "OK" : "UNCLEAN";
}

static json_t *close_code(const struct run_result *result)
{
    bool none = !result->close_seen || result->close_code == WS_CLOSE_NO_STATUS;
    return none ? json_null() : json_integer(result->close_code);
}

static json_t *entry(const struct report_json_autobahn_run *run, size_t index)
{
    const struct run_result *result = &run->record->results[index];
    struct buffer file = {0};
    report_json_autobahn_file(&file, run, index);
    json_t *object =
        json_pack("{s:s, s:s, s:o, s:I, s:s}", "behavior", judge_verdict_autobahn(result->verdict),
                  "behaviorClose", behavior_of_close(result), "remoteCloseCode", close_code(result),
                  "duration", (json_int_t)((result->duration_us + 500) / 1000), "reportfile",
                  buffer_text(&file));
    buffer_free(&file);
    return object;
}

/* An agent may call itself anything; what is no UTF-8 is replaced. */
static json_t *agent_object(json_t *all, const char *agent)
{
    json_t *object = json_object_get(all, agent);
    if (object != NULL)
        return object;
    struct buffer name = {0};
    if (json_object_set_new(all, agent, json_object()) != 0) {
        report_json_autobahn_name(&name, agent);
        json_object_set_new(all, buffer_text(&name), json_object());
        object = json_object_get(all, buffer_text(&name));
    } else {
        object = json_object_get(all, agent);
    }
    buffer_free(&name);
    return object;
}

void report_json_autobahn_index(struct buffer *out, const struct report_json_autobahn_run *runs,
                                size_t count)
{
    json_t *all = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *cases = agent_object(all, runs[i].agent);
        for (size_t k = 0; k < runs[i].record->count; k++)
            if (report_json_autobahn_has(&runs[i], k))
                json_object_set_new(cases, label_of(&runs[i], k), entry(&runs[i], k));
    }
    char *text = json_dumps(all, JSON_INDENT(2));
    buffer_append_text(out, text);
    buffer_append_text(out, "\n");
    free(text);
    json_decref(all);
}
