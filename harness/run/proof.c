/* SPDX-License-Identifier: MIT */
#include "run/proof.h"

/* A JSON string, for endpoints that parse what they get. */
#define WORD                                                                                       \
    {                                                                                              \
        .octets = {(const uint8_t *)"\"wsconform\"", 11 }                                          \
    }

static const struct case_step message[] = {
    {.kind = CASE_STEP_MESSAGE, .message = {.opcode = WS_TEXT, .payload = WORD}}};
static const struct case_step ping[] = {
    {.kind = CASE_STEP_SEND, .frame = {.opcode = WS_PING, .fin = true, .payload = WORD}}};

static const struct case_spec echo_spec = {
    .id = "proof/echo", .steps = message, .step_count = 1, .outcome = "echo"};
static const struct case_spec pong_spec = {
    .id = "proof/pong", .steps = ping, .step_count = 1, .outcome = "pong"};
/* Answers nothing but handshakes: any answer to a plain one will do. */
static const struct case_spec handshake_spec = {.id = "proof/handshake", .outcome = "survive"};

const struct case_spec *run_proof_of_echo(void)
{
    return &echo_spec;
}

const struct case_spec *run_proof_of_pong(void)
{
    return &pong_spec;
}

const struct case_spec *run_proof_of_life(const struct run_profile *profile)
{
    if (profile->echoes)
        return &echo_spec;
    return profile->pongs ? &pong_spec : &handshake_spec;
}
