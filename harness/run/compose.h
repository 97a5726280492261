/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_RUN_COMPOSE_H
#define WSCONFORM_RUN_COMPOSE_H

#include "base/buffer.h"
#include "base/random.h"
#include "run/settings.h"
#include "ws/deflate.h"

/* What is to be sent, cut into writes, with the places where to wait. */
enum run_part_kind {
    RUN_PART_WRITE,
    RUN_PART_AWAIT_ECHO,
    RUN_PART_AWAIT_PONG,
    RUN_PART_AWAIT_END,
    RUN_PART_HALF_CLOSE
};

struct run_part {
    enum run_part_kind kind;
    size_t len; /* octets of a WRITE */
};

/* The octets of all writes, one behind the other. A zeroed struct is empty. */
struct run_script {
    struct buffer octets;
    size_t unframed; /* octets at the start that are a head, and no frames */
    uint64_t volume; /* what messages are to an endpoint, in octets before they were compressed */
    struct run_part *parts;
    size_t count;
    size_t capacity;
};

void run_compose_free(struct run_script *script);

/* Makes writes of the octets from `start` to the end, each of at most `size` octets. */
void run_compose_writes(struct run_script *script, size_t start, size_t size);

/* The steps of a case. Frames are masked as clients do when `as_client`, if the case does not say
 * otherwise; masking keys and random payloads are drawn from `random`. `packer` compresses messages
 * (RFC 7692, 6.1); NULL: they are sent as they are. */
void run_compose_steps(struct run_script *script, const struct case_spec *spec, bool as_client,
                       struct random *random, struct ws_deflate_packer *packer);

/* Appends one legal frame. */
void run_compose_frame(struct buffer *out, uint8_t opcode, bool fin, struct bytes payload,
                       bool as_client, struct random *random);

#endif
