/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_WS_UTF8_H
#define WSCONFORM_WS_UTF8_H

#include "base/bytes.h"

/* An incremental UTF-8 validator (RFC 3629, as RFC 6455, 8.1 demands). A zeroed struct is at the
 * start of a text. After a failure it stays failed. */
struct ws_utf8 {
    uint8_t state;
};

/* Reads on. Returns the number of octets accepted: `text.len` if none of them is impossible,
 * otherwise the index of the first octet that no valid text can have at this place. */
size_t ws_utf8_feed(struct ws_utf8 *utf8, struct bytes text);

/* True if the text read so far is whole: nothing failed and no sequence is cut off. */
bool ws_utf8_complete(const struct ws_utf8 *utf8);

/* True if `text` as a whole is valid. */
bool ws_utf8_valid(struct bytes text);

#endif
