/* SPDX-License-Identifier: MIT */
#include "report/text.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "report/evidence.h"
#include "report/group.h"
#include "report/quote.h"
#include "report/repeat.h"
#include "report/secret.h"
#include "ws/close.h"
#include "ws/mask.h"

enum {
    WIDTH = 100,       /* columns of what can be wrapped */
    LABEL = 12,        /* columns before what a label explains */
    ALIKE_MAX = 5,     /* cases with the same story that are each shown in full */
    PAYLOAD_MAX = 32,  /* octets of a payload that are shown */
    LINES_MAX = 40,    /* lines of a handshake that are shown */
    LINE_OCTETS = 160, /* octets of such a line that are shown */
    EDGE_MAX = 20      /* entries shown at each end of a long transcript */
};

/* --- one connection ---------------------------------------------------------------------- */

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void write_indent(struct buffer *out, unsigned indent)
{
    buffer_printf(out, "%*s", (int)indent, "");
}

static void write_close(struct buffer *out, struct bytes payload)
{
    struct ws_close close;
    ws_close_read(&close, payload, false);
    if (payload.len >= 2)
        buffer_printf(out, " %u", close.code);
}

/* Only what one would not expect of a frame. */
static void write_oddities(struct buffer *out, const struct run_transcript_entry *entry,
                           bool of_client)
{
    const struct ws_frame *frame = &entry->frame;
    if (!frame->fin)
        buffer_append_text(out, ", not final");
    if (frame->rsv != 0)
        buffer_printf(out, ",%s%s%s", frame->rsv & WS_RSV1 ? " RSV1" : "",
                      frame->rsv & WS_RSV2 ? " RSV2" : "", frame->rsv & WS_RSV3 ? " RSV3" : "");
    /* RFC 6455, 5.1: a client masks its frames, a server does not. */
    bool from_client = entry->ours != of_client;
    if (frame->masked != from_client)
        buffer_append_text(out, frame->masked ? ", masked" : ", not masked");
    if (frame->form != ws_frame_minimal_form(frame->length))
        buffer_printf(out, ", length in %d bits", (int)frame->form);
    if (entry->violation != NULL) {
        buffer_append_text(out, ", breaks ");
        report_quote_plain(out, entry->violation);
    }
}

/* The frame as it stood on the wire, as far as `shown` octets of its payload go. */
static void write_wire(struct buffer *out, const struct run_transcript_entry *entry, size_t shown)
{
    uint8_t header[WS_FRAME_HEADER_MAX];
    hex_write(out, bytes_of(header, ws_frame_write(&entry->frame, header)));
    if (shown == 0)
        return;
    uint8_t payload[RUN_TRANSCRIPT_PAYLOAD];
    memcpy(payload, entry->octets.data, shown);
    if (entry->frame.masked)
        ws_mask_apply(payload, shown, entry->frame.key, 0);
    buffer_append_text(out, " ");
    hex_write(out, bytes_of(payload, shown));
}

static void write_frame(struct buffer *out, const struct run_transcript_entry *entry,
                        bool of_client, bool verbose)
{
    size_t kept = entry->octets.len;
    size_t shown = verbose || kept < PAYLOAD_MAX ? kept : PAYLOAD_MAX;
    buffer_append_text(out, ws_frame_opcode_name(entry->frame.opcode));
    if (entry->frame.opcode == WS_CLOSE)
        write_close(out, entry->octets);
    buffer_printf(out, ", %" PRIu64 " octet%s", entry->total, plural(entry->total));
    write_oddities(out, entry, of_client);
    if (shown > 0) {
        buffer_append_text(out, "  \"");
        hex_escape(out, bytes_of(entry->octets.data, shown));
        buffer_append_text(out, "\"");
    }
    buffer_append_text(out, "  [");
    write_wire(out, entry, shown);
    buffer_append_text(out, "]");
    uint64_t rest = entry->total - shown;
    if (rest > 0 && (shown < kept || kept == RUN_TRANSCRIPT_PAYLOAD))
        buffer_printf(out, " and %" PRIu64 " more octet%s", rest, plural(rest));
    else if (rest > 0) /* never sent, or of a frame that cannot be read to its end */
        buffer_printf(out, " and, by the header, %" PRIu64 " octet%s that were not recorded", rest,
                      plural(rest));
    buffer_append_text(out, "\n");
}

/* One line of a head. Its end is shown only if it is not CR LF. Returns the octets it took. */
static size_t write_line(struct buffer *out, struct bytes text, unsigned indent)
{
    size_t len = 0;
    while (len < text.len && text.data[len] != '\r' && text.data[len] != '\n')
        len++;
    size_t end = len;
    if (end < text.len && text.data[end] == '\r')
        end++;
    if (end < text.len && text.data[end] == '\n')
        end++;
    size_t shown = len < LINE_OCTETS ? len : LINE_OCTETS;
    if (len > 0 || end != 2)
        write_indent(out, indent);
    hex_escape(out, bytes_of(text.data, shown));
    if (shown < len)
        buffer_printf(out, " ... and %zu more octets", len - shown);
    if (end != len + 2)
        hex_escape(out, bytes_of(text.data + len, end - len));
    buffer_append_text(out, "\n");
    return end;
}

static void write_head(struct buffer *out, const struct run_transcript_entry *entry,
                       unsigned indent, const struct report_options *options)
{
    struct buffer masked = {0};
    if (options->show_secrets)
        buffer_append(&masked, entry->octets);
    else
        report_secret_head(&masked, entry->octets);
    buffer_printf(out, "handshake, %" PRIu64 " octet%s\n", entry->total, plural(entry->total));
    struct bytes rest = buffer_bytes(&masked);
    for (unsigned line = 0; rest.len > 0 && line < LINES_MAX; line++) {
        size_t used = write_line(out, rest, indent);
        rest = bytes_of(rest.data + used, rest.len - used);
    }
    uint64_t more = rest.len + (entry->total - entry->octets.len);
    if (more > 0) {
        write_indent(out, indent);
        buffer_printf(out, "... and %" PRIu64 " more octet%s\n", more, plural(more));
    }
    buffer_free(&masked);
}

static void write_entry(struct buffer *out, const struct run_transcript *transcript, size_t index,
                        unsigned indent, const struct report_options *options)
{
    const struct run_transcript_entry *entry = &transcript->entries[index];
    enum { LEAD = 18 }; /* columns of arrow and time */
    write_indent(out, indent);
    buffer_printf(out, "%s %6" PRIu64 ".%03u ms  ", entry->ours ? "->" : "<-",
                  entry->time_us / 1000, (unsigned)(entry->time_us % 1000));
    switch (entry->kind) {
    case RUN_TRANSCRIPT_HEAD_TEXT:
        write_head(out, entry, indent + LEAD + 2, options);
        return;
    case RUN_TRANSCRIPT_FRAME:
        write_frame(out, entry, transcript->of_client, options->verbose);
        return;
    case RUN_TRANSCRIPT_NOTE:
        report_quote_plain(out, entry->note);
        buffer_append_text(out, "\n");
        return;
    }
}

static void write_left_out(struct buffer *out, size_t left_out, size_t dropped)
{
    buffer_printf(out, "... %zu entries are left out here; the JSON report has them", left_out);
    if (dropped > 0)
        buffer_printf(out, ", and %zu more were not recorded", dropped);
    buffer_append_text(out, "\n");
}

void report_text_transcript(struct buffer *out, const struct run_transcript *transcript,
                            unsigned indent, const struct report_options *options)
{
    size_t count = transcript->count;
    bool all = options->verbose || count <= 2 * EDGE_MAX;
    for (size_t i = 0; i < count; i++) {
        if (!all && i == EDGE_MAX) {
            size_t left_out = count - 2 * EDGE_MAX;
            write_indent(out, indent);
            write_left_out(out, left_out, transcript->dropped);
            i += left_out;
        }
        if (all && transcript->dropped > 0 && i == RUN_TRANSCRIPT_FIRST) {
            write_indent(out, indent);
            buffer_printf(out, "... %zu more were not recorded\n", transcript->dropped);
        }
        write_entry(out, transcript, i, indent, options);
    }
}

/* --- one case ---------------------------------------------------------------------------- */

static void write_verdict(struct buffer *out, enum judge_verdict verdict, bool color)
{
    static const struct {
        const char *word;
        const char *color;
    } looks[JUDGE_VERDICT_COUNT] = {
        [JUDGE_PASS] = {"PASS", "32"},     [JUDGE_WARN] = {"WARN", "33"},
        [JUDGE_FAILED] = {"FAIL", "1;31"}, [JUDGE_INFO] = {"INFO", "36"},
        [JUDGE_SKIP] = {"SKIP", "2"},      [JUDGE_ERROR] = {"ERROR", "1;35"},
    };
    if (color)
        buffer_printf(out, "\033[%sm%s\033[0m", looks[verdict].color, looks[verdict].word);
    else
        buffer_append_text(out, looks[verdict].word);
}

/* Writes words with blanks between them, wrapped. The first one goes where the line stands, which
 * is column `indent`, where the next lines begin too. */
static void write_wrapped(struct buffer *out, const char *words, unsigned indent)
{
    size_t column = indent;
    for (const char *at = words; *at != '\0';) {
        size_t len = strcspn(at, " ");
        if (at != words && column + 1 + len > WIDTH) {
            buffer_append_text(out, "\n");
            write_indent(out, indent);
            column = indent;
        } else if (at != words) {
            buffer_append_text(out, " ");
            column++;
        }
        buffer_append(out, bytes_of(at, len));
        column += len;
        at += len;
        at += strspn(at, " ");
    }
    buffer_append_text(out, "\n");
}

static void write_labelled(struct buffer *out, const char *label, const char *text)
{
    struct buffer plain = {0};
    report_quote_plain(&plain, text);
    buffer_printf(out, "  %-*s", LABEL - 2, label);
    write_wrapped(out, buffer_text(&plain), LABEL);
    buffer_free(&plain);
}

/* "RFC6455-5.5-02": the document is in the id. */
static void write_clause(struct buffer *out, const struct case_spec *spec)
{
    const struct case_requirement *row = spec->requires[0];
    struct buffer text = {0};
    buffer_printf(&text, "%s (%s", row->id, case_catalogue_strength_name(row->strength));
    size_t document = strcspn(row->id, "-");
    if (strncmp(row->id, "RFC", 3) == 0)
        buffer_printf(&text, ", RFC %.*s section %s", (int)document - 3, row->id + 3, row->section);
    buffer_printf(&text, "): %s", row->statement);
    write_labelled(out, "clause", buffer_text(&text));
    buffer_clear(&text);
    for (size_t i = 1; i < spec->require_count; i++)
        buffer_printf(&text, "%s ", spec->requires[i] -> id);
    if (text.len > 0)
        write_labelled(out, "see also", buffer_text(&text));
    buffer_free(&text);
}

static void write_evidence(struct buffer *out, const struct run_record *record,
                           const struct run_result *result, const struct report_options *options)
{
    const struct run_result *evidence = report_evidence_find(record, result);
    if (evidence == NULL)
        return;
    write_labelled(out, evidence == result ? "wire" : "wire, of",
                   evidence == result ? "-> is what wsconform sent, <- what the endpoint sent"
                                      : evidence->spec->id);
    report_text_transcript(out, &evidence->transcript, 4, options);
}

/* The id of the case, and how it was delivered if not as it says. */
static void write_name(struct buffer *out, const struct run_result *result)
{
    report_quote_plain(out, result->spec->id);
    if (result->delivery != RUN_DELIVERY_WHOLE)
        buffer_printf(out, " (delivered: %s)", run_delivery_name(result->delivery));
}

static void write_case(struct buffer *out, const struct run_record *record,
                       const struct run_result *result, const struct report_options *options)
{
    write_verdict(out, result->verdict, options->color);
    buffer_append_text(out, "  ");
    write_name(out, result);
    buffer_append_text(out, "\n");
    write_clause(out, result->spec);
    write_labelled(out, "does", result->spec->does);
    write_labelled(out, "expected", result->spec->expects);
    write_labelled(out, "seen", result->judgement.diagnosis);
    if (result->verdict != JUDGE_WARN || options->verbose)
        write_evidence(out, record, result, options);
    buffer_printf(out, "  %-*s", LABEL - 2, "repeat");
    report_repeat_write(out, record, result, options);
    buffer_append_text(out, "\n");
}

/* --- many cases -------------------------------------------------------------------------- */

/* The ids of all but the first. */
static void write_others(struct buffer *out, const struct report_group *group)
{
    enum { INDENT = 4 };
    struct buffer ids = {0};
    for (size_t i = 1; i < group->count; i++) {
        report_quote_plain(&ids, group->members[i]->spec->id);
        buffer_append_text(&ids, " ");
    }
    write_indent(out, INDENT);
    write_wrapped(out, buffer_text(&ids), INDENT);
    buffer_free(&ids);
}

static void write_findings(struct buffer *out, const struct run_record *record,
                           enum judge_verdict verdict, const struct report_options *options)
{
    struct report_groups groups = report_group_make(record, verdict, verdict != JUDGE_ERROR);
    for (size_t i = 0; i < groups.count; i++) {
        const struct report_group *group = &groups.items[i];
        bool alike = group->count > ALIKE_MAX;
        size_t full = alike ? 1 : group->count;
        for (size_t member = 0; member < full; member++) {
            write_case(out, record, group->members[member], options);
            if (alike) {
                buffer_printf(out, "  the same was seen in %zu more cases:\n", group->count - 1);
                write_others(out, group);
            }
            buffer_append_text(out, "\n");
        }
    }
    report_group_free(&groups);
}

/* One line for each reason. */
static bool write_reasons(struct buffer *out, const struct run_record *record,
                          enum judge_verdict verdict, const struct report_options *options)
{
    struct report_groups groups = report_group_make(record, verdict, false);
    for (size_t i = 0; i < groups.count; i++) {
        const struct report_group *group = &groups.items[i];
        write_verdict(out, verdict, options->color);
        buffer_printf(out, "  %zu case%s: ", group->count, plural(group->count));
        report_quote_plain(out, group->members[0]->judgement.diagnosis);
        buffer_append_text(out, group->count > 1 ? " (first: " : " (");
        report_quote_plain(out, group->members[0]->spec->id);
        buffer_append_text(out, ")\n");
        if (options->verbose && group->count > 1)
            write_others(out, group);
    }
    bool any = groups.count > 0;
    report_group_free(&groups);
    return any;
}

static void write_passes(struct buffer *out, const struct run_record *record,
                         const struct report_options *options)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct run_result *result = &record->results[i];
        if (result->verdict != JUDGE_PASS)
            continue;
        write_verdict(out, JUDGE_PASS, options->color);
        buffer_append_text(out, "  ");
        write_name(out, result);
        if (result->judgement.lenient) {
            buffer_append_text(out, "  lenient: ");
            report_quote_plain(out, result->judgement.diagnosis);
        }
        buffer_append_text(out, "\n");
    }
    buffer_append_text(out, "\n");
}

static void write_endpoint(struct buffer *out, const struct run_record *record)
{
    if (record->of_client)
        buffer_append_text(out, "client of ");
    report_quote_plain(out, record->url != NULL ? record->url : "the endpoint");
    if (record->agent != NULL && record->agent[0] != '\0') {
        buffer_append_text(out, " (");
        report_quote_plain(out, record->agent);
        buffer_append_text(out, ")");
    }
    buffer_printf(out, ", seed %" PRIu64, record->seed);
    if (record->waits > 0)
        buffer_printf(out, ", %u deadline%s waited out", record->waits, plural(record->waits));
    buffer_append_text(out, "\n");
}

static void write_tally(struct buffer *out, const struct run_record *record, bool color)
{
    struct report_tally tally = report_count(record);
    buffer_printf(out, "%zu case%s: ", tally.total, plural(tally.total));
    for (unsigned verdict = 0; verdict < JUDGE_VERDICT_COUNT; verdict++) {
        bool bad = verdict == JUDGE_FAILED || verdict == JUDGE_ERROR;
        bool red = color && bad && tally.of[verdict] > 0;
        buffer_printf(out, "%s%s%zu %s%s", verdict > 0 ? ", " : "", red ? "\033[1;31m" : "",
                      tally.of[verdict], judge_verdict_name((enum judge_verdict)verdict),
                      red ? "\033[0m" : "");
        if (verdict == JUDGE_PASS && tally.lenient > 0)
            buffer_printf(out, " (%zu lenient)", tally.lenient);
    }
    uint64_t hundredths = (record->duration_us + 5000) / 10000;
    buffer_printf(out, " in %" PRIu64 ".%02u s\n", hundredths / 100, (unsigned)(hundredths % 100));
}

/* Nothing on the wire tells an echo server that does not work from a server of another kind. */
static void write_profile(struct buffer *out, const struct run_record *record)
{
    if (record->profile == NULL || record->profile->echoes || record->profile->handshake ||
        record->count == 0)
        return;
    buffer_append_text(out,
                       "The endpoint did not return the message of the probe, so all that needs "
                       "an echo was skipped.\nIf it is meant to be an echo server, say "
                       "--profile echo.\n\n");
}

void report_text_write(struct buffer *out, const struct run_record *record,
                       const struct report_options *options)
{
    write_findings(out, record, JUDGE_FAILED, options);
    write_findings(out, record, JUDGE_ERROR, options);
    write_findings(out, record, JUDGE_WARN, options);
    bool reasons = write_reasons(out, record, JUDGE_INFO, options);
    reasons |= write_reasons(out, record, JUDGE_SKIP, options);
    if (reasons)
        buffer_append_text(out, "\n");
    if (options->verbose)
        write_passes(out, record, options);
    if (record->ended_early != NULL) {
        buffer_append_text(out, "The run ended early: ");
        report_quote_plain(out, record->ended_early);
        buffer_append_text(out, "\n");
    }
    write_profile(out, record);
    write_endpoint(out, record);
    write_tally(out, record, options->color);
}
