/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_OPENING_H
#define WSCONFORM_PEER_OPENING_H

#include "peer/quirk.h"

/* Quirks of the opening handshake. */

/* The status of a decision to die. */
enum { PEER_OPENING_DEATH = 0 };

/* Judges: each leaves the decision alone where it does not apply. */

/* Accepts what broke `rule`, if the head holds `text` (NULL: always). */
peer_quirk_judge peer_opening_accept;

/* Accepts keys that are not base64 of 16 octets, but not empty ones. */
peer_quirk_judge peer_opening_accept_key;

/* Judges as if folded fields were not. */
peer_quirk_judge peer_opening_join_folds;

/* Accepts what is wrong with subprotocols. */
peer_quirk_judge peer_opening_accept_protocols;

/* Accepts two equal fields of the name `text` where `rule` forbids them. */
peer_quirk_judge peer_opening_accept_equal;

/* Refuses heads that hold `text`, or in the next one, that do not; with the status `code`, or 400.
 */
peer_quirk_judge peer_opening_refuse;
peer_quirk_judge peer_opening_demand;

/* Refuses a request whose first field is not Host. */
peer_quirk_judge peer_opening_demand_order;

/* Refuses heads of more than `n` octets, or in the next one, fields. */
peer_quirk_judge peer_opening_refuse_long;
peer_quirk_judge peer_opening_refuse_many;

/* Ends the process on heads that hold `text`, or on more than `n` fields if `n` is not 0; in the
 * next one, on heads that do not hold `text`. */
peer_quirk_judge peer_opening_die;
peer_quirk_judge peer_opening_die_without;

/* Refuses everything with the status `code` that would be refused. */
peer_quirk_judge peer_opening_refuse_with;

/* Answers. With `field` they change only those to requests that have it. */

/* Puts `instead` for `text` in answers with the status `code`; 0: in all. */
peer_quirk_answer peer_opening_replace;

/* Puts `instead` in front of the empty line of answers with the status `code`; 0: of all. */
peer_quirk_answer peer_opening_add;

/* Puts `instead` behind answers with the status `code`. */
peer_quirk_answer peer_opening_append;

/* Puts an LF for each CR LF. */
peer_quirk_answer peer_opening_bare_lf;

/* Says nothing, to requests that are refused; with `rule` only to those that broke it. */
peer_quirk_answer peer_opening_silent;

/* What peer_opening_prove hashes instead of the key. */
enum peer_opening_proof {
    PEER_PROOF_KEY_WITH_BLANKS, /* as it stands behind the colon */
    PEER_PROOF_KEY_OCTETS,      /* decoded from base64 */
    PEER_PROOF_OF_EXAMPLE,      /* always the key of RFC 6455, 1.3 */
    PEER_PROOF_LOWER_CASE,
    PEER_PROOF_NO_GUID,
    PEER_PROOF_UP_TO_PLUS, /* the key up to its first + */
    PEER_PROOF_LAST_KEY,   /* of several fields the last */
    PEER_PROOF_IS_KEY      /* the key itself */
};

/* Proves the key wrongly; `kind` is an enum peer_opening_proof. */
peer_quirk_answer peer_opening_prove;

/* Names all subprotocols that were offered. */
peer_quirk_answer peer_opening_name_all;

/* Names the first one; with `kind` 1 in capital letters. */
peer_quirk_answer peer_opening_name_first;

/* Returns the field `text` of the request, if it has one. */
peer_quirk_answer peer_opening_return_field;

#endif
