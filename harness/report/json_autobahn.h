/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_JSON_AUTOBAHN_H
#define WSCONFORM_REPORT_JSON_AUTOBAHN_H

#include "report/report.h"

/* The index.json of Autobahn's test suite, so that scripts that read it keep working:
 * {agent: {case: {behavior, behaviorClose, remoteCloseCode, duration, reportfile}}}. */

/* One agent's run. `labels` are the ids of its cases, one for each result; NULL: their own. */
struct report_json_autobahn_run {
    const char *agent;
    const struct run_record *record;
    const char *const *labels;
};

/* Appends the index of these runs. Cases that were not run are left out. */
void report_json_autobahn_index(struct buffer *out, const struct report_json_autobahn_run *runs,
                                size_t count);

/* True if the case of that result was run, so that it stands in the index. */
bool report_json_autobahn_has(const struct report_json_autobahn_run *run, size_t index);

/* Appends the name of the file that tells of that result: "ws_case_1_1_1.json". */
void report_json_autobahn_file(struct buffer *out, const struct report_json_autobahn_run *run,
                               size_t index);

/* Appends `text` with all that should not stand in a file's name replaced by '_'. */
void report_json_autobahn_name(struct buffer *out, const char *text);

#endif
