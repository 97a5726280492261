/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_JSON_H
#define WSCONFORM_REPORT_JSON_H

#include "report/report.h"

/* The report for programs: one JSON object that obeys reports/report.schema.json, with a newline
 * at its end. */
void report_json_write(struct buffer *out, const struct run_record *record,
                       const struct report_options *options);

#endif
