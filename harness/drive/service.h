/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_SERVICE_H
#define WSCONFORM_DRIVE_SERVICE_H

#include "base/bytes.h"

/* What a client asks for with its request-target. The words are those of Autobahn's fuzzing server,
 * so that its drivers work as they are; /, /report and /case are our own. */

enum drive_service_action {
    DRIVE_SERVICE_UNKNOWN,
    DRIVE_SERVICE_PAGE,           /* / : the page that runs all cases in a browser */
    DRIVE_SERVICE_REPORT,         /* /report?agent=A : what is known of that client, as JSON */
    DRIVE_SERVICE_CASE,           /* /case/7/any-text: that case of the client that we started */
    DRIVE_SERVICE_CASE_COUNT,     /* /getCaseCount */
    DRIVE_SERVICE_CASE_INFO,      /* /getCaseInfo?case=7 */
    DRIVE_SERVICE_RUN_CASE,       /* /runCase?case=7&agent=A, or casetuple=5.5/ping */
    DRIVE_SERVICE_CASE_STATUS,    /* /getCaseStatus?case=7&agent=A */
    DRIVE_SERVICE_UPDATE_REPORTS, /* /updateReports?agent=A[&shutdownOnComplete=true] */
    DRIVE_SERVICE_STOP            /* /stopServer */
};

enum { DRIVE_SERVICE_TEXT_MAX = 128 };

struct drive_service_wish {
    enum drive_service_action action;
    bool has_number;                    /* `case` was given and is a number */
    unsigned long number;               /* cases count from 1; 0 is out of range */
    char tuple[DRIVE_SERVICE_TEXT_MAX]; /* `casetuple`, or "" */
    char agent[DRIVE_SERVICE_TEXT_MAX]; /* or "" */
    bool shutdown;
};

/* Reads a request-target. Percent escapes and plus signs in values are decoded; what is too long is
 * cut. */
struct drive_service_wish drive_service_read(struct bytes target);

#endif
