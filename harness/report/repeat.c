/* SPDX-License-Identifier: MIT */
#include "report/repeat.h"

#include <inttypes.h>
#include <string.h>

#include "report/evidence.h"
#include "report/quote.h"
#include "report/secret.h"

static void add_argument(struct buffer *out, const char *argument,
                         const struct report_options *options)
{
    struct buffer masked = {0};
    if (options->show_secrets)
        buffer_append_text(&masked, argument);
    else
        report_secret_argument(&masked, argument);
    buffer_append_text(out, " ");
    report_quote_shell(out, buffer_bytes(&masked));
    buffer_free(&masked);
}

/* The options, all with a value, that change what is sent or how it is judged. */
static const char *find_kept(const char *argument)
{
    static const char *const kept[] = {"-H",        "--header",  "--origin", "--subprotocol",
                                       "--timeout", "--profile", "--cases",  "--listen",
                                       "--agent",   "--browser="};
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (strncmp(argument, kept[i], strlen(kept[i])) == 0)
            return kept[i];
    return NULL;
}

static void add_options(struct buffer *out, const struct run_record *record,
                        const struct report_options *options)
{
    if (record->argv == NULL)
        return;
    for (const char *const *at = record->argv; *at != NULL && strcmp(*at, "--") != 0; at++) {
        const char *name = find_kept(*at);
        if (name == NULL)
            continue;
        size_t len = strlen(name);
        bool joined = name[1] != '-' || name[len - 1] == '=' || (*at)[len] == '=';
        if ((*at)[len] != '\0' && joined) {
            add_argument(out, *at, options);
        } else if ((*at)[len] == '\0' && at[1] != NULL) {
            add_argument(out, *at++, options);
            add_argument(out, *at, options);
        }
    }
}

/* What a run-level case observes must happen: with it goes the case that showed it, or without
 * such a case the whole run. */
static void add_selection(struct buffer *out, const struct run_record *record,
                          const struct run_result *result)
{
    const struct run_result *evidence = report_evidence_find(record, result);
    if (evidence == NULL && case_spec_is_run_level(result->spec))
        return;
    buffer_append_text(out, " --run ");
    report_quote_shell(out, bytes_text(result->spec->id));
    if (evidence != NULL && evidence != result) {
        buffer_append_text(out, " --run ");
        report_quote_shell(out, bytes_text(evidence->spec->id));
    }
}

void report_repeat_write(struct buffer *out, const struct run_record *record,
                         const struct run_result *result, const struct report_options *options)
{
    buffer_printf(out, "wsconform %s", record->of_client ? "client" : "server");
    if (!record->of_client && record->url != NULL)
        add_argument(out, record->url, options);
    add_selection(out, record, result);
    buffer_printf(out, " --seed %" PRIu64, record->seed);
    if (result->delivery != RUN_DELIVERY_WHOLE)
        buffer_printf(out, " --delivery %s", run_delivery_name(result->delivery));
    if (result->spec->big)
        buffer_append_text(out, " --big");
    add_options(out, record, options);
    if (record->command == NULL)
        return;
    buffer_append_text(out, " --");
    for (const char *const *at = record->command; *at != NULL; at++)
        add_argument(out, *at, options);
}
