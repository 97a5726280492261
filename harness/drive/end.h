/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_DRIVE_END_H
#define WSCONFORM_DRIVE_END_H

/* How a run ended. The verdicts that there are stand in its record in any case. */
enum drive_end {
    DRIVE_COMPLETE,
    DRIVE_INTERRUPTED, /* by a signal */
    DRIVE_UNREACHABLE, /* no run was possible: the endpoint cannot be started or reached */
    DRIVE_GONE         /* the endpoint died for good */
};

#endif
