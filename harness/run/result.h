/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_RESULT_H
#define WSCONFORM_RUN_RESULT_H

#include "judge/grade.h"
#include "run/delivery.h"
#include "run/transcript.h"

/* What came of one case, on a connection of its own or in the run as a whole. */

/* What the endpoint did not do before a deadline passed. */
enum run_hang {
    RUN_HANG_NONE,
    RUN_HANG_HANDSHAKE,  /* answer the request */
    RUN_HANG_CONTROL,    /* answer the marker before the case */
    RUN_HANG_ANSWER,     /* answer what it owes an answer */
    RUN_HANG_FAILURE,    /* end the connection after a violation */
    RUN_HANG_REFUSAL,    /* of a client: end the connection after a bad answer to its handshake */
    RUN_HANG_CLOSE,      /* answer our Close */
    RUN_HANG_TCP,        /* end TCP after both Close frames */
    RUN_HANG_TCP_FAILED, /* end TCP after a Close that failed the connection */
    RUN_HANG_COUNT
};

enum { RUN_SIGHTINGS_MAX = 16 };

/* The sentences about the end of TCP: never after both Closes, never after a failing Close, late.
 */
#define RUN_LEFT_OPEN_RULE "RFC6455-5.5.1-18"
#define RUN_LEFT_OPEN_FAILED_RULE "RFC6455-7.1.7-03"
#define RUN_LATE_RULE "RFC6455-7.1.1-05"
#define RUN_LATE_TEXT "TCP was ended only some time after the Close frames"

/* Closing handshakes of a client of which the end of TCP is watched. It must come first in all of
 * them, so that one that comes now early and now late is not blamed today and not tomorrow. */
enum { RUN_WATCHED_MAX = 3 };

/* A sentence that the endpoint broke on this connection. */
struct run_sighting {
    const char *rule; /* static */
    const char *text; /* lives as long as the transcript */
};

struct run_result {
    const struct case_spec *spec;
    enum run_delivery delivery;
    enum judge_verdict verdict;
    struct judge_judgement judgement;
    enum run_hang hang; /* the verdict rests on a deadline of this kind */
    unsigned waits;     /* deadlines that were waited out */
    bool late;          /* TCP was ended, but long after the Close frames */
    bool watched;       /* it was seen who ended TCP */
    bool ended_first;   /* and it was the client */
    bool lingered;      /* the last of them was for the end of TCP, after the verdict */
    bool controlled;    /* something was answered behind the handshake: the connection worked */
    bool uncontrolled;  /* a pass that proves nothing, since the client opened no connection */
    bool unreachable;   /* no connection could be made */
    bool close_seen;    /* a Close came from the endpoint */
    bool close_first;   /* and ours was not sent before it */
    bool clean;         /* both Closes were exchanged and TCP ended */
    uint16_t close_code;
    uint64_t duration_us; /* from the beginning of the connection to the verdict */
    struct run_sighting sightings[RUN_SIGHTINGS_MAX];
    size_t sighting_count;
    struct run_transcript transcript;
};

/* Gives it a verdict and, by a format of printf, the words that say why. */
__attribute__((format(printf, 3, 4))) void
run_result_give(struct run_result *result, enum judge_verdict verdict, const char *format, ...);

#endif
