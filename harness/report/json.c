/* SPDX-License-Identifier: MIT */
#include "report/json.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#include "base/hex.h"
#include "base/memory.h"
#include "report/evidence.h"
#include "report/quote.h"
#include "report/secret.h"

/* Integers beyond this do not survive in programs that keep numbers as doubles. */
static const uint64_t exact_max = (UINT64_C(1) << 53) - 1;

/* --- small values ------------------------------------------------------------------------ */

static void put(json_t *object, const char *key, json_t *value)
{
    int failed = json_object_set_new(object, key, value);
    assert(failed == 0);
    (void)failed;
}

static void add(json_t *array, json_t *value)
{
    int failed = json_array_append_new(array, value);
    assert(failed == 0);
    (void)failed;
}

/* The text of a buffer, which is freed. */
static json_t *take_text(struct buffer *text)
{
    json_t *value = json_string(buffer_text(text));
    buffer_free(text);
    return value;
}

static json_t *sentence(const char *text)
{
    if (text == NULL)
        return json_null();
    struct buffer plain = {0};
    report_quote_plain(&plain, text);
    return take_text(&plain);
}

static json_t *hex(struct bytes octets)
{
    struct buffer digits = {0};
    hex_write(&digits, octets);
    return take_text(&digits);
}

static json_t *escaped(struct bytes octets)
{
    struct buffer text = {0};
    hex_escape(&text, octets);
    return take_text(&text);
}

static json_t *number(uint64_t value)
{
    if (value <= exact_max)
        return json_integer((json_int_t)value);
    return json_sprintf("%" PRIu64, value);
}

static json_t *argument(const char *text, const struct report_options *options)
{
    struct buffer masked = {0};
    if (options->show_secrets)
        buffer_append_text(&masked, text);
    else
        report_secret_argument(&masked, text);
    json_t *value = escaped(buffer_bytes(&masked));
    buffer_free(&masked);
    return value;
}

static json_t *arguments(const char *const *list, const struct report_options *options)
{
    json_t *array = json_array();
    for (; *list != NULL; list++)
        add(array, argument(*list, options));
    return array;
}

static json_t *names(const struct case_names *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        add(array, sentence(list->items[i]));
    return array;
}

/* --- one connection ---------------------------------------------------------------------- */

static void put_head(json_t *object, const struct run_transcript_entry *entry,
                     const struct report_options *options)
{
    struct buffer masked = {0};
    if (options->show_secrets)
        buffer_append(&masked, entry->octets);
    else
        report_secret_head(&masked, entry->octets);
    put(object, "text", escaped(buffer_bytes(&masked)));
    put(object, "total", number(entry->total));
    if (entry->octets.len < entry->total)
        put(object, "kept", number(entry->octets.len));
    buffer_free(&masked);
}

static json_t *payload(const struct run_transcript_entry *entry)
{
    json_t *object = json_object();
    put(object, "hex", hex(entry->octets));
    put(object, "text", escaped(entry->octets));
    put(object, "total", number(entry->total));
    /* With fewer octets than could be kept, the rest was never seen and no hash covers it. */
    if (entry->octets.len == RUN_TRANSCRIPT_PAYLOAD && entry->total > entry->octets.len)
        put(object, "fnv1a", json_sprintf("%016" PRIx64, entry->hash));
    return object;
}

static void put_frame(json_t *object, const struct run_transcript_entry *entry)
{
    const struct ws_frame *frame = &entry->frame;
    put(object, "fin", json_boolean(frame->fin));
    put(object, "rsv", json_integer(frame->rsv));
    put(object, "opcode", json_integer(frame->opcode));
    put(object, "name", sentence(ws_frame_opcode_name(frame->opcode)));
    put(object, "masked", json_boolean(frame->masked));
    put(object, "key", frame->masked ? hex(bytes_of(frame->key, 4)) : json_null());
    put(object, "length", number(frame->length));
    put(object, "form", json_integer(frame->form));
    put(object, "payload", payload(entry));
    if (entry->violation != NULL)
        put(object, "violation", sentence(entry->violation));
}

static json_t *transcript_entry(const struct run_transcript_entry *entry,
                                const struct report_options *options)
{
    static const char *const kinds[] = {[RUN_TRANSCRIPT_HEAD_TEXT] = "http",
                                        [RUN_TRANSCRIPT_FRAME] = "frame",
                                        [RUN_TRANSCRIPT_NOTE] = "note"};
    json_t *object = json_object();
    put(object, "time_us", number(entry->time_us));
    put(object, "from", json_string(entry->ours ? "harness" : "endpoint"));
    put(object, "kind", json_string(kinds[entry->kind]));
    switch (entry->kind) {
    case RUN_TRANSCRIPT_HEAD_TEXT:
        put_head(object, entry, options);
        break;
    case RUN_TRANSCRIPT_FRAME:
        put_frame(object, entry);
        break;
    case RUN_TRANSCRIPT_NOTE:
        put(object, "text", sentence(entry->note));
        break;
    }
    return object;
}

static json_t *transcript_entries(const struct run_transcript *transcript,
                                  const struct report_options *options)
{
    json_t *array = json_array();
    for (size_t i = 0; i < transcript->count; i++)
        add(array, transcript_entry(&transcript->entries[i], options));
    return array;
}

/* --- one case ---------------------------------------------------------------------------- */

static bool sent_close(const struct run_transcript *transcript)
{
    for (size_t i = 0; i < transcript->count; i++) {
        const struct run_transcript_entry *entry = &transcript->entries[i];
        if (entry->ours && entry->kind == RUN_TRANSCRIPT_FRAME && entry->frame.opcode == WS_CLOSE)
            return true;
    }
    return false;
}

/* Who began the closing handshake, what the endpoint said in its Close, how it ended. */
static json_t *closing(const struct run_result *result)
{
    json_t *object = json_object();
    json_t *by = json_null();
    if (result->close_first)
        by = json_string("endpoint");
    else if (result->close_seen || sent_close(&result->transcript))
        by = json_string("harness");
    put(object, "by", by);
    put(object, "code", result->close_seen ? json_integer(result->close_code) : json_null());
    put(object, "clean", json_boolean(result->clean));
    return object;
}

static json_t *requirements_of(const struct case_spec *spec)
{
    json_t *array = json_array();
    for (size_t i = 0; i < spec->require_count; i++)
        add(array, sentence(spec->requires[i] -> id));
    return array;
}

static json_t *one_case(const struct run_record *record, const struct run_result *result,
                        const struct report_options *options)
{
    const struct case_spec *spec = result->spec;
    json_t *object = json_object();
    put(object, "id", sentence(spec->id));
    put(object, "verdict", json_string(judge_verdict_name(result->verdict)));
    put(object, "requires", requirements_of(spec));
    put(object, "level", json_string(case_catalogue_strength_name(spec->requires[0] -> strength)));
    put(object, "outcome", sentence(spec->outcome));
    put(object, "expected", sentence(spec->expects));
    put(object, "lenient", json_boolean(result->judgement.lenient));
    put(object, "delivery", json_string(run_delivery_name(result->delivery)));
    put(object, "close", closing(result));
    put(object, "duration_us", number(result->duration_us));
    put(object, "diagnosis", sentence(result->judgement.diagnosis));
    const struct run_result *evidence = report_evidence_find(record, result);
    if (evidence != NULL && evidence != result)
        put(object, "evidence", sentence(evidence->spec->id));
    put(object, "transcript", transcript_entries(&result->transcript, options));
    if (result->transcript.dropped > 0)
        put(object, "transcript_dropped", number(result->transcript.dropped));
    put(object, "autobahn", names(&spec->autobahn));
    put(object, "flags", names(&spec->flags));
    return object;
}

/* --- the run ----------------------------------------------------------------------------- */

static json_t *tool(void)
{
    json_t *object = json_object();
    put(object, "name", json_string("wsconform"));
    put(object, "version", json_string(REPORT_VERSION));
    return object;
}

/* RFC 3339, in UTC */
static json_t *moment(int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    char text[40] = "1970-01-01T00:00:00Z";
    if (gmtime_r(&when, &parts) != NULL)
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return json_string(text);
}

static json_t *run(const struct run_record *record, const struct report_options *options)
{
    json_t *object = json_object();
    put(object, "started", moment(record->started));
    put(object, "duration_ms", number((record->duration_us + 500) / 1000));
    put(object, "seed", json_sprintf("%" PRIu64, record->seed));
    put(object, "argv", record->argv != NULL ? arguments(record->argv, options) : json_array());
    put(object, "role", json_string(record->of_client ? "client" : "server"));
    put(object, "waits", number(record->waits));
    if (record->ended_early != NULL)
        put(object, "ended_early", sentence(record->ended_early));
    return object;
}

static const char *profile_word(const struct run_profile *profile)
{
    if (profile->echoes)
        return "echo";
    if (profile->answers)
        return "answer";
    return profile->pongs ? "sink" : "handshake";
}

static json_t *features(const struct run_profile *profile)
{
    json_t *object = json_object();
    put(object, "pongs", json_boolean(profile->pongs));
    put(object, "broadcasts", json_boolean(profile->broadcasts));
    put(object, "greetings", number(profile->greetings));
    put(object, "message_limit",
        profile->limit != UINT64_MAX ? number(profile->limit) : json_null());
    put(object, "round_trip_us", number(profile->round_trip_us));
    return object;
}

static json_t *endpoint(const struct run_record *record, const struct report_options *options)
{
    const struct run_profile *profile = record->profile;
    json_t *object = json_object();
    put(object, "url", sentence(record->url));
    put(object, "agent", sentence(record->agent));
    put(object, "command",
        record->command != NULL ? arguments(record->command, options) : json_null());
    put(object, "profile", profile != NULL ? json_string(profile_word(profile)) : json_null());
    put(object, "features", profile != NULL ? features(profile) : json_null());
    return object;
}

static json_t *summary(const struct run_record *record)
{
    struct report_tally tally = report_count(record);
    json_t *object = json_object();
    for (unsigned verdict = 0; verdict < JUDGE_VERDICT_COUNT; verdict++)
        put(object, judge_verdict_name((enum judge_verdict)verdict), number(tally.of[verdict]));
    put(object, "total", number(tally.total));
    return object;
}

/* --- the requirements -------------------------------------------------------------------- */

static bool is_measured(const struct run_result *result)
{
    return result->verdict == JUDGE_PASS || result->verdict == JUDGE_WARN ||
           result->verdict == JUDGE_FAILED;
}

static void mark_row(const struct case_catalogue *catalogue, bool *marks, const char *id)
{
    const struct case_requirement *row = case_catalogue_find(catalogue, id);
    if (row != NULL)
        marks[row - catalogue->rows] = true;
}

static void mark_covered(const struct run_record *record, const struct run_result *result,
                         bool *marks)
{
    for (size_t i = 0; i < result->spec->require_count; i++)
        mark_row(record->catalogue, marks, result->spec->requires[i] -> id);
    for (size_t i = 0; i < result->spec->observe.count; i++)
        mark_row(record->catalogue, marks, result->spec->observe.items[i]);
}

static void mark_violated(const struct run_record *record, const struct run_result *result,
                          bool *marks)
{
    const struct case_spec *spec = result->spec;
    for (size_t i = 0; i < spec->observe.count; i++)
        if (report_evidence_blames(record, result, spec->observe.items[i]))
            mark_row(record->catalogue, marks, spec->observe.items[i]);
    if (report_evidence_blames(record, result, spec->requires[0] -> id))
        mark_row(record->catalogue, marks, spec->requires[0] -> id);
}

static json_t *marked_rows(const struct case_catalogue *catalogue, const bool *marks)
{
    json_t *array = json_array();
    for (size_t i = 0; i < catalogue->count; i++)
        if (marks[i])
            add(array, sentence(catalogue->rows[i].id));
    return array;
}

static json_t *requirements(const struct run_record *record)
{
    bool *covered = memory_zeroed(record->catalogue->count, sizeof(bool));
    bool *violated = memory_zeroed(record->catalogue->count, sizeof(bool));
    for (size_t i = 0; i < record->count; i++) {
        const struct run_result *result = &record->results[i];
        if (!is_measured(result))
            continue;
        mark_covered(record, result, covered);
        if (result->verdict != JUDGE_PASS)
            mark_violated(record, result, violated);
    }
    json_t *object = json_object();
    put(object, "covered", marked_rows(record->catalogue, covered));
    put(object, "violated", marked_rows(record->catalogue, violated));
    free(covered);
    free(violated);
    return object;
}

static json_t *all_cases(const struct run_record *record, const struct report_options *options)
{
    json_t *array = json_array();
    for (size_t i = 0; i < record->count; i++)
        add(array, one_case(record, &record->results[i], options));
    return array;
}

static int append(const char *text, size_t len, void *out)
{
    buffer_append(out, bytes_of(text, len));
    return 0;
}

void report_json_write(struct buffer *out, const struct run_record *record,
                       const struct report_options *options)
{
    /* Memory that runs out ends the program, here as elsewhere. */
    json_set_alloc_funcs(memory_alloc, free);
    json_t *root = json_object();
    put(root, "schema", json_string("wsconform-report/1"));
    put(root, "tool", tool());
    put(root, "run", run(record, options));
    put(root, "endpoint", endpoint(record, options));
    put(root, "summary", summary(record));
    put(root, "requirements", requirements(record));
    put(root, "cases", all_cases(record, options));
    int failed = json_dump_callback(root, append, out, JSON_INDENT(1));
    assert(failed == 0);
    (void)failed;
    buffer_append_text(out, "\n");
    json_decref(root);
}
