/* SPDX-License-Identifier: MIT */
#include "peer/quirk.h"

#include <string.h>

#include "peer/fault_close.h"
#include "peer/fault_deflate.h"
#include "peer/fault_frame.h"
#include "peer/fault_handshake.h"
#include "peer/fault_mask.h"
#include "peer/fault_message.h"
#include "peer/fault_request.h"
#include "peer/fault_response.h"
#include "peer/variant.h"
#include "peer/variant_client.h"
#include "peer/wire.h"

struct peer_quirk_list peer_quirk_faults(size_t index)
{
    switch (index) {
    case 0:
        return peer_fault_handshake();
    case 1:
        return peer_fault_request();
    case 2:
        return peer_fault_response();
    case 3:
        return peer_fault_frame();
    case 4:
        return peer_fault_mask();
    case 5:
        return peer_fault_message();
    case 6:
        return peer_fault_close();
    case 7:
        return peer_fault_deflate();
    default:
        return (struct peer_quirk_list){NULL, 0};
    }
}

struct peer_quirk_list peer_quirk_variants(size_t index)
{
    switch (index) {
    case 0:
        return peer_variant();
    case 1:
        return peer_variant_client();
    default:
        return (struct peer_quirk_list){NULL, 0};
    }
}

bool peer_quirk_fits(const struct peer_quirk *quirk, enum peer_role role)
{
    if (quirk->only != 0)
        return (quirk->only & role) != 0;
    if (quirk->judge != NULL || quirk->answer != NULL || quirk->payload == peer_wire_unmask)
        return role == PEER_SERVER;
    if (quirk->ask != NULL || quirk->mend != NULL || quirk->mask != NULL)
        return role == PEER_CLIENT;
    return true;
}

static const struct peer_quirk *find_in(const struct peer_quirk *items, size_t count,
                                        const char *name, enum peer_role role)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].name, name) == 0 && peer_quirk_fits(&items[i], role))
            return &items[i];
    return NULL;
}

typedef struct peer_quirk_list lists(size_t index);

static const struct peer_quirk *find(lists *all, const char *name, enum peer_role role)
{
    for (size_t index = 0;; index++) {
        struct peer_quirk_list list = all(index);
        const struct peer_quirk *found = find_in(list.items, list.count, name, role);
        if (found != NULL || list.count == 0)
            return found;
    }
}

const struct peer_quirk *peer_quirk_find_fault(const char *name, enum peer_role role)
{
    return find(peer_quirk_faults, name, role);
}

const struct peer_quirk *peer_quirk_find_variant(const char *name, enum peer_role role)
{
    return find(peer_quirk_variants, name, role);
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
