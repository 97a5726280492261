/* SPDX-License-Identifier: MIT */
#include "case/spec.h"

#include <stdlib.h>
#include <string.h>

#include "case/payload.h"

void case_spec_free_set(struct case_set *set)
{
    case_catalogue_free(&set->catalogue);
    arena_free(&set->arena);
    free(set->cases);
    *set = (struct case_set){0};
}

const struct case_spec *case_spec_find(const struct case_set *set, const char *id)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->cases[i].id, id) == 0)
            return &set->cases[i];
    return NULL;
}

bool case_spec_has_flag(const struct case_spec *spec, const char *flag)
{
    for (size_t i = 0; i < spec->flags.count; i++)
        if (strcmp(spec->flags.items[i], flag) == 0)
            return true;
    return false;
}

bool case_spec_is_run_level(const struct case_spec *spec)
{
    return spec->outcome == NULL;
}

static uint64_t fragments_of(const struct case_message *message, size_t size)
{
    if (message->fragment > 0)
        return size / message->fragment + 1;
    return message->size_count + 1;
}

struct case_volume case_spec_volume(const struct case_spec *spec)
{
    struct case_volume volume = {0};
    for (size_t i = 0; i < spec->step_count; i++) {
        const struct case_step *step = &spec->steps[i];
        bool message = step->kind == CASE_STEP_MESSAGE;
        if (!message && step->kind != CASE_STEP_SEND && step->kind != CASE_STEP_RAW)
            continue;
        const struct case_payload *payload =
            message ? &step->message.payload : &step->frame.payload;
        size_t size = step->kind == CASE_STEP_RAW ? step->raw.len : case_payload_size(payload);
        uint64_t frames = message ? fragments_of(&step->message, size) : 1;
        uint64_t times = message ? step->message.times : 1;
        volume.octets += times * (size + frames * WS_FRAME_HEADER_MAX);
        volume.frames += times * frames;
    }
    return volume;
}
