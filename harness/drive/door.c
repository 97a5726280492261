/* SPDX-License-Identifier: MIT */
#include "drive/door.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { HEAD_MAX = 64 * 1024 };

static const uint64_t patience_us = 10 * 1000 * 1000;

static void on_opened(void *self, uint64_t now)
{
    struct drive_door *door = self;
    door->since = now;
}

/* `head` is borrowed from door->in, which stays as it is. */
static void open_for(struct drive_door *door, const struct ws_http_head *head, uint64_t now)
{
    door->inner = door->choose(door->context, head);
    door->chosen = true;
    door->spoken = door->in.len > head->size;
    door->inner.opened(door->inner.self, door->since);
    door->inner.bytes(door->inner.self, door->in.data, door->in.len, now);
}

/* A client that did not take our answer, be it a 101, may ask again on the same connection. That is
 * the first thing it says then; these octets begin no frame of a client: RSV1 is set, the opcode is
 * reserved and the mask is missing. Later ones may stand inside a frame. */
static bool is_another_request(const struct drive_door *door, const uint8_t *data, size_t len)
{
    static const char start[] = "GET /";
    return door->chosen && !door->leaving && door->again != NULL && !door->spoken &&
           len >= strlen(start) && memcmp(data, start, strlen(start)) == 0;
}

static void read_request(struct drive_door *door, uint64_t now)
{
    struct ws_http_head *head = memory_zeroed(1, sizeof(*head));
    enum ws_status status = ws_http_read(head, buffer_bytes(&door->in), HEAD_MAX, &door->scanned);
    if (status == WS_ITEM)
        open_for(door, head, now);
    door->over = status == WS_BAD;
    free(head);
}

static void on_bytes(void *self, uint8_t *data, size_t len, uint64_t now)
{
    struct drive_door *door = self;
    if (is_another_request(door, data, len)) {
        door->leaving = true;
        buffer_clear(&door->in);
        door->scanned = 0;
        door->inner.ended(door->inner.self, JUDGE_END_HTTP, now);
    }
    if (door->chosen && !door->leaving) {
        door->spoken = true;
        door->inner.bytes(door->inner.self, data, len, now);
        return;
    }
    buffer_append(&door->in, bytes_of(data, len));
    if (!door->leaving)
        read_request(door, now);
}

/* The party that was chosen is done: may there be another? */
static bool let_in_again(struct drive_door *door, uint64_t now)
{
    if (!door->leaving || !door->again(door->context))
        return false;
    door->leaving = false;
    door->chosen = false;
    door->since = now;
    read_request(door, now);
    return true;
}

static void on_ended(void *self, enum judge_end end, uint64_t now)
{
    struct drive_door *door = self;
    if (door->leaving) /* the party knows, and nobody waits for another */
        door->leaving = false;
    else if (door->chosen)
        door->inner.ended(door->inner.self, end, now);
    else
        door->over = true;
}

static struct run_action on_next(void *self, uint64_t now, bool can_write)
{
    struct drive_door *door = self;
    if (door->chosen) {
        struct run_action action = door->inner.next(door->inner.self, now, can_write);
        if (action.want != RUN_WANT_CLOSE || !let_in_again(door, now))
            return action;
    }
    if (door->chosen)
        return door->inner.next(door->inner.self, now, can_write);
    if (door->over || now >= door->since + patience_us)
        return (struct run_action){.want = RUN_WANT_CLOSE};
    return (struct run_action){.want = RUN_WANT_WAIT, .deadline = door->since + patience_us};
}

struct run_party drive_door_party(struct drive_door *door, drive_door_choose *choose, void *context)
{
    *door = (struct drive_door){.choose = choose, .context = context};
    return (struct run_party){
        .self = door, .opened = on_opened, .bytes = on_bytes, .ended = on_ended, .next = on_next};
}

void drive_door_free(struct drive_door *door)
{
    buffer_free(&door->in);
}
