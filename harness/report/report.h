/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_REPORT_REPORT_H
#define WSCONFORM_REPORT_REPORT_H

#include "base/buffer.h"
#include "report/count.h"
#include "run/record.h"

#define REPORT_VERSION "0.1.0"

/* What every form of a report needs. */
struct report_options {
    bool color;        /* terminal colours */
    bool verbose;      /* text: also what passed */
    bool show_secrets; /* the values of Authorization, Proxy-Authorization and Cookie as they are */
};

#endif
