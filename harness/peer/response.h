/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_PEER_RESPONSE_H
#define WSCONFORM_PEER_RESPONSE_H

#include "peer/quirk.h"

/* Quirks of a client's judgement of the answer: each takes an answer for another one, which is then
 * judged as the strict client does. */

/* Takes any status, or if `code` is not 0 only that one, for 101, if there is a proof. */
peer_quirk_mend peer_response_status;

/* Takes any HTTP version for 1.1, or in the next one any status line that holds "101" for a right
 * one. */
peer_quirk_mend peer_response_version;
peer_quirk_mend peer_response_status_line;

/* Takes a missing `field` for one with the value `instead`. */
peer_quirk_mend peer_response_assume;

/* Takes a value of `field` that holds `text` (NULL: any) in any letter case for `instead`. */
peer_quirk_mend peer_response_believe;

/* Does not see `field`; in the next one, not those behind the first; if `code` is not 0 only if the
 * answer has that status. */
peer_quirk_mend peer_response_ignore;
peer_quirk_mend peer_response_first_only;

/* What peer_response_proof takes for the proof of the key. */
enum peer_response_proof {
    PEER_PROVEN_BY_ANYTHING,    /* that is there */
    PEER_PROVEN_BY_NOTHING,     /* even if it is missing */
    PEER_PROVEN_BY_LENGTH,      /* 28 characters */
    PEER_PROVEN_IN_ANY_CASE,    /* of the letters */
    PEER_PROVEN_BY_PREFIX,      /* the first `n` characters */
    PEER_PROVEN_BY_BEGINNING,   /* the right proof and more */
    PEER_PROVEN_BY_KEY,         /* the key itself */
    PEER_PROVEN_FOR_EXAMPLE,    /* of the key of RFC 6455, 1.3 */
    PEER_PROVEN_BY_LAST,        /* the last of several */
    PEER_PROVEN_WITHOUT_PADDING /* without the = at the end */
};

/* Takes wrong proofs for right ones; `kind` is an enum peer_response_proof. */
peer_quirk_mend peer_response_proof;

/* Does not see the flaws `n`, of enum ws_http_flaw. */
peer_quirk_mend peer_response_flaws;

/* Refuses answers that hold `text`, or in the next one, those with the status 101 that do not. */
peer_quirk_mend peer_response_refuse;
peer_quirk_mend peer_response_demand;

/* Refuses answers with a status of 1xx that is not 101. */
peer_quirk_mend peer_response_refuse_interim;

/* Refuses heads of more than `n` octets, or in the next one, fields. */
peer_quirk_mend peer_response_refuse_long;
peer_quirk_mend peer_response_refuse_many;

/* Ends the process on answers that hold `text`. */
peer_quirk_mend peer_response_die;

#endif
