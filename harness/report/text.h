/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_TEXT_H
#define WSCONFORM_REPORT_TEXT_H

#include "report/report.h"

/* The report for people: what failed first, each with the clause, what was expected, what was seen,
 * the decoded frames and the command that repeats it; then what is a warning; then one line that
 * counts. Everything from the endpoint is escaped. */
void report_text_write(struct buffer *out, const struct run_record *record,
                       const struct report_options *options);

/* One connection, entry by entry, each line with `indent` blanks in front. */
void report_text_transcript(struct buffer *out, const struct run_transcript *transcript,
                            unsigned indent, const struct report_options *options);

#endif
