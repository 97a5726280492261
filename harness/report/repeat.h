/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_REPEAT_H
#define WSCONFORM_REPORT_REPEAT_H

#include "report/report.h"

/* Appends the command that runs one case again as it ran here, quoted for a shell, without a
 * newline. Secrets in it are masked as in all of a report. */
void report_repeat_write(struct buffer *out, const struct run_record *record,
                         const struct run_result *result, const struct report_options *options);

#endif
