/* SPDX-License-Identifier: MIT */
#include "peer/quirk.h"

#include <string.h>

#include "peer/fault_close.h"
#include "peer/fault_frame.h"
#include "peer/fault_handshake.h"
#include "peer/fault_message.h"
#include "peer/variant.h"

struct peer_quirk_list peer_quirk_faults(size_t index)
{
    switch (index) {
    case 0:
        return peer_fault_handshake();
    case 1:
        return peer_fault_frame();
    case 2:
        return peer_fault_message();
    case 3:
        return peer_fault_close();
    default:
        return (struct peer_quirk_list){NULL, 0};
    }
}

struct peer_quirk_list peer_quirk_variants(void)
{
    return peer_variant();
}

static const struct peer_quirk *find(const struct peer_quirk *items, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].name, name) == 0)
            return &items[i];
    return NULL;
}

const struct peer_quirk *peer_quirk_find_fault(const char *name)
{
    for (size_t i = 0;; i++) {
        struct peer_quirk_list list = peer_quirk_faults(i);
        const struct peer_quirk *found = find(list.items, list.count, name);
        if (found != NULL || list.count == 0)
            return found;
    }
}

const struct peer_quirk *peer_quirk_find_variant(const char *name)
{
    struct peer_quirk_list list = peer_variant();
    return find(list.items, list.count, name);
}

bool peer_quirk_matches(const struct peer_quirk *quirk, const struct ws_frame *frame,
                        bool in_message, uint64_t frames_before)
{
    if (quirk->opcodes != 0 && (quirk->opcodes >> frame->opcode & 1) == 0)
        return false;
    if (frame->length < quirk->least || (quirk->below != 0 && frame->length >= quirk->below))
        return false;
    if ((quirk->places & PEER_INSIDE_MESSAGE) && !in_message)
        return false;
    if ((quirk->places & PEER_OUTSIDE_MESSAGE) && in_message)
        return false;
    if ((quirk->places & PEER_NOT_FIRST) && frames_before == 0)
        return false;
    if ((quirk->places & PEER_NOT_FINAL) && frame->fin)
        return false;
    return !(quirk->places & PEER_IS_FINAL) || frame->fin;
}
