/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_BASE_HEX_H
#define WSCONFORM_BASE_HEX_H

#include "base/buffer.h"

/* Appends two lower-case digits for each octet. */
void hex_write(struct buffer *out, struct bytes b);

/* Appends the octets that `text` spells; blanks between octets are passed over.
 * Returns 0, or -1 when `text` holds anything but whole pairs of hex digits. */
int hex_read(struct buffer *out, struct bytes text);

/* Appends `b` as printable ASCII: a backslash, CR, LF, tab and all that is not printable become
 * \\ \r \n \t and \xNN, so nothing an endpoint sent can move a cursor or end a line. */
void hex_escape(struct buffer *out, struct bytes b);

#endif
