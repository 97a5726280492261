/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_SENDER_H
#define WSCONFORM_RUN_SENDER_H

#include "run/compose.h"
#include "run/transcript.h"

/* Our direction of one connection: a script that is sent part by part, and urgent frames (pongs, a
 * Close, markers) that go out between its frames. What goes out is booked in the ledger. */
struct run_sender {
    struct random random;
    struct run_script script;
    bool as_client;                   /* our frames are masked */
    struct ws_deflate_packer *packer; /* borrowed; NULL: messages go out as they are */
    size_t part;                      /* the next of the script */
    size_t sent;                      /* octets of the script that are out */
    bool given_up;
    struct buffer urgent;
    bool completes; /* it begins with the rest of an unfinished frame */
    struct buffer outgoing;
    struct judge_ledger ledger;
    struct run_transcript *transcript;
    uint64_t now;
    unsigned markers;
    uint8_t marker_opcode; /* of the marker in flight: WS_TEXT, WS_PING, or 0 for none */
    size_t marker_item;    /* its place in the ledger; SIZE_MAX: not out yet */
};

/* `transcript` is borrowed. */
void run_sender_init(struct run_sender *sender, struct random random,
                     struct run_transcript *transcript, bool as_client);
void run_sender_free(struct run_sender *sender);

/* permessage-deflate is agreed on: the messages of cases are compressed from now on. The two are
 * borrowed. */
void run_sender_agree(struct run_sender *sender, struct ws_deflate_packer *packer,
                      struct ws_deflate_unpacker *unpacker);

/* Forgets the script and begins a new one with the steps of a case. */
void run_sender_load_steps(struct run_sender *sender, const struct case_spec *spec);

/* Appends the steps of a case to the script; the first write goes out with the last one before. */
void run_sender_join_steps(struct run_sender *sender, const struct case_spec *spec);

/* True if no more of the script is to go out. */
bool run_sender_done(const struct run_sender *sender);

/* Ends the script with the frame that has begun, so that a Close can follow (RFC 6455, 5.5.1), or
 * where it stands if the rest of that frame is large or is not the next thing to go out. */
void run_sender_give_up(struct run_sender *sender);

/* The next part of the script; not to be called when done. */
struct run_part run_sender_part(const struct run_sender *sender);
void run_sender_pass(struct run_sender *sender);

/* Takes the write that is next in the script, and books the frames in it. The octets are borrowed
 * until the script changes. */
struct bytes run_sender_write(struct run_sender *sender, uint64_t now);

/* True if what went out last ends inside the header of a frame. */
bool run_sender_in_header(const struct run_sender *sender);

/* Queues a frame, to be sent between two frames of the script. */
void run_sender_queue(struct run_sender *sender, uint8_t opcode, struct bytes payload);

/* Queues a marker: a text message that comes back or a ping that is answered, told from all others
 * by its text, which is a JSON string so that servers that read JSON live. */
void run_sender_mark(struct run_sender *sender, uint8_t opcode);

/* True if the marker in flight was answered. Forget it with run_sender_unmark. */
bool run_sender_marker_back(const struct run_sender *sender, const struct judge_match *match);
void run_sender_unmark(struct run_sender *sender);

/* Queues what completes an unfinished frame and message, so that a marker behind it is legal for an
 * endpoint that overlooked a violation (RFC 6455, 5.2 and 5.4). False if that cannot be done. */
bool run_sender_complete(struct run_sender *sender);

/* True if something is queued and may go out now: not inside a frame. */
bool run_sender_urgent(const struct run_sender *sender);
struct bytes run_sender_write_urgent(struct run_sender *sender, uint64_t now);

#endif
