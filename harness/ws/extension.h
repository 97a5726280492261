/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_EXTENSION_H
#define WSCONFORM_WS_EXTENSION_H

#include "base/bytes.h"

/* The grammar of Sec-WebSocket-Extensions (RFC 6455, 9.1). */

/* One member of the list. Its parts are borrowed from the text. */
struct ws_extension {
    struct bytes name;
    struct bytes parameters; /* what follows the name, for ws_extension_next */
};

enum { WS_EXTENSION_VALUE_MAX = 32 };

struct ws_extension_parameter {
    struct bytes name;
    bool has_value;
    char value[WS_EXTENSION_VALUE_MAX]; /* without quotes and backslashes (A27); a longer value is
                                           cut: no parameter of RFC 7692 has one */
};

/* Takes a member of the list apart. False if it breaks the grammar anywhere; the name is there even
 * so, if it begins with one, and is empty otherwise. */
bool ws_extension_read(struct ws_extension *extension, struct bytes member);

/* The next parameter of an extension that was read; false at the end. */
bool ws_extension_next(struct ws_extension *extension, struct ws_extension_parameter *parameter);

/* True if the value of Sec-WebSocket-Extensions obeys the grammar (empty list members are passed
 * over, as RFC 2616 allows). */
bool ws_extension_list_valid(struct bytes value);

#endif
