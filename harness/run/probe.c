/* SPDX-License-Identifier: MIT */
#include "run/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/opening.h"
#include "run/sender.h"

/* Octets of a message that are kept to see whether it contains ours. */
enum { KEPT_MAX = 1024 };

enum phase {
    PHASE_OPENING,
    PHASE_ASKING,    /* a ping, or a ping and a message, are out */
    PHASE_LISTENING, /* until run_probe_finish */
    PHASE_CHECKING,  /* the last ping of a listener */
    PHASE_CLOSING,
    PHASE_OVER
};

struct run_probe {
    bool speaks;
    size_t size;
    enum phase phase;
    uint64_t open_us;
    uint64_t patience_us;
    uint64_t now;
    uint64_t since;
    uint64_t asked;
    struct run_opening opening;
    struct run_sender sender;
    struct run_transcript transcript;
    struct ws_reader reader;
    struct judge_match match;
    struct buffer message; /* what came of the message being received, as far as it is kept */
    char text[64];         /* a short message of ours */
    bool closing;
    struct run_probe_finding found;
};

static void enter(struct run_probe *p, enum phase phase)
{
    p->phase = phase;
    p->since = p->now;
}

static void sight(void *context, const char *rule, const char *text)
{
    struct run_probe_finding *found = &((struct run_probe *)context)->found;
    if (found->sighting_count < RUN_SIGHTINGS_MAX)
        found->sightings[found->sighting_count++] = (struct run_sighting){rule, text};
}

/* --- receiving --------------------------------------------------------------------------- */

/* An echo server that gets every message wrong is still one, and is to be told what is wrong. */
static bool resembles(struct bytes came, struct bytes ours)
{
    size_t same = 0;
    for (size_t i = 0; i < came.len && i < ours.len; i++)
        same += came.data[i] == ours.data[i];
    return came.len == ours.len && 2 * same > ours.len;
}

static void take_message(struct run_probe *p)
{
    if (p->text[0] != '\0' && resembles(buffer_bytes(&p->message), bytes_text(p->text)))
        p->found.resembled = true;
    if (p->text[0] != '\0' && bytes_contain(buffer_bytes(&p->message), bytes_text(p->text)))
        p->found.contained = true;
    p->found.messages++;
    buffer_clear(&p->message);
}

static void take_event(struct run_probe *p, const struct ws_event *event)
{
    judge_match_event(&p->match, event);
    if (event->kind == WS_EVENT_DATA && p->message.len < KEPT_MAX)
        buffer_append(&p->message, event->payload);
    if (event->kind == WS_EVENT_MESSAGE)
        take_message(p);
    if (event->kind != WS_EVENT_CONTROL || p->closing)
        return;
    if (event->opcode == WS_PING)
        run_sender_queue(&p->sender, WS_PONG, event->payload);
    if (event->opcode == WS_CLOSE && p->phase != PHASE_CLOSING)
        enter(p, PHASE_CLOSING);
}

static void take_frames(struct run_probe *p, uint8_t *data, size_t len)
{
    struct ws_event event;
    for (size_t done = 0;;) {
        size_t used = 0;
        enum ws_status status = ws_reader_next(&p->reader, data + done, len - done, &used, &event);
        done += used;
        if (status != WS_ITEM)
            return;
        take_event(p, &event);
    }
}

static void ask(struct run_probe *p)
{
    run_sender_mark(&p->sender, WS_PING);
    p->asked = p->now;
}

/* The message of a speaker: a JSON string, so that a server that reads JSON lives. */
static void speak(struct run_probe *p)
{
    if (p->size == 0) {
        snprintf(p->text, sizeof(p->text), "\"wsconform-probe-%016llx\"",
                 (unsigned long long)random_next(&p->sender.random));
        run_sender_queue(&p->sender, WS_TEXT, bytes_text(p->text));
        return;
    }
    uint8_t *text = memory_alloc(p->size);
    memset(text, 'a', p->size);
    text[0] = '"';
    text[p->size - 1] = '"';
    run_sender_queue(&p->sender, WS_TEXT, bytes_of(text, p->size));
    free(text);
}

static void begin(struct run_probe *p)
{
    p->found.status = p->opening.status;
    if (p->opening.status != 101) {
        enter(p, PHASE_OVER);
        return;
    }
    enter(p, PHASE_ASKING);
    if (p->speaks)
        speak(p);
    else
        ask(p);
    p->asked = p->now;
}

static void on_bytes(void *self, uint8_t *data, size_t len, uint64_t now)
{
    struct run_probe *p = self;
    p->now = now;
    if (p->phase == PHASE_OVER)
        return;
    if (p->phase != PHASE_OPENING) {
        take_frames(p, data, len);
        return;
    }
    if (!run_opening_take(&p->opening, bytes_of(data, len), &p->transcript, now, sight, p))
        return;
    memcpy(p->found.agent, p->opening.agent, sizeof(p->found.agent));
    begin(p);
    struct buffer *rest = run_opening_rest(&p->opening);
    if (p->phase == PHASE_ASKING && rest->len > 0)
        take_frames(p, rest->data, rest->len);
}

static void on_opened(void *self, uint64_t now)
{
    struct run_probe *p = self;
    p->found.connected = true;
    p->now = now;
    p->since = now;
}

static void on_ended(void *self, enum judge_end end, uint64_t now)
{
    struct run_probe *p = self;
    p->now = now;
    if (p->phase != PHASE_CLOSING && p->phase != PHASE_OVER)
        p->found.end = end;
    if (p->phase == PHASE_OPENING && run_opening_rest(&p->opening)->len > 0)
        p->found.status = RUN_OPENING_NOT_HTTP;
    p->phase = PHASE_OVER;
}

/* --- going on ---------------------------------------------------------------------------- */

static void advance_speaker(struct run_probe *p)
{
    /* What comes back as another type is an echo too, though a wrong one. */
    bool back = (judge_match_echoes_done(&p->match) && p->match.next_message > 0) ||
                p->match.wrong[0] != '\0';
    if (p->sender.marker_opcode == 0 && back) {
        p->found.echoed = true;
        p->found.round_trip_us = p->now - p->asked;
        ask(p);
    }
    if (p->sender.marker_opcode != 0 && run_sender_marker_back(&p->sender, &p->match)) {
        p->found.ponged = true;
        enter(p, PHASE_CLOSING);
    }
}

static void advance_listener(struct run_probe *p)
{
    if (!run_sender_marker_back(&p->sender, &p->match))
        return;
    p->found.ponged = true;
    if (p->phase == PHASE_CHECKING) {
        enter(p, PHASE_CLOSING);
        return;
    }
    p->found.round_trip_us = p->now - p->asked;
    p->found.greetings = p->found.messages;
    run_sender_unmark(&p->sender);
    enter(p, PHASE_LISTENING);
}

static void advance(struct run_probe *p)
{
    if (p->phase != PHASE_ASKING && p->phase != PHASE_CHECKING)
        return;
    if (p->speaks)
        advance_speaker(p);
    else
        advance_listener(p);
}

static void on_deadline(struct run_probe *p)
{
    if (p->phase == PHASE_OPENING) {
        p->found.timed_out = true;
        enter(p, PHASE_OVER);
    } else if (p->phase == PHASE_ASKING && p->speaks && p->sender.marker_opcode == 0) {
        /* No echo: does it answer pings at least? */
        ask(p);
        p->since = p->now;
    } else if (p->phase == PHASE_ASKING && !p->speaks) {
        p->found.greetings = p->found.messages;
        run_sender_unmark(&p->sender);
        enter(p, PHASE_LISTENING);
    } else {
        enter(p, p->phase == PHASE_CLOSING ? PHASE_OVER : PHASE_CLOSING);
    }
}

static uint64_t deadline(const struct run_probe *p)
{
    if (p->phase == PHASE_LISTENING)
        return UINT64_MAX;
    return p->since + (p->phase == PHASE_OPENING ? p->open_us : p->patience_us);
}

static void close_in_order(struct run_probe *p)
{
    if (p->closing)
        return;
    p->closing = true;
    const uint8_t normal[2] = {WS_CLOSE_NORMAL >> 8, WS_CLOSE_NORMAL & 255};
    run_sender_queue(&p->sender, WS_CLOSE, bytes_of(normal, sizeof(normal)));
}

static struct run_action on_next(void *self, uint64_t now, bool can_write)
{
    struct run_probe *p = self;
    p->now = now;
    advance(p);
    if (p->phase != PHASE_OVER && now >= deadline(p))
        on_deadline(p);
    if (p->phase == PHASE_OVER)
        return (struct run_action){.want = RUN_WANT_CLOSE};
    if (!can_write)
        return (struct run_action){.want = RUN_WANT_WAIT, .deadline = deadline(p)};
    if (p->phase == PHASE_CLOSING)
        close_in_order(p);
    if (p->phase != PHASE_OPENING && run_sender_urgent(&p->sender))
        return (struct run_action){.want = RUN_WANT_WRITE,
                                   .octets = run_sender_write_urgent(&p->sender, now)};
    if (!run_sender_done(&p->sender))
        return (struct run_action){.want = RUN_WANT_WRITE,
                                   .octets = run_sender_write(&p->sender, now)};
    return (struct run_action){.want = RUN_WANT_WAIT, .deadline = deadline(p)};
}

void run_probe_finish(struct run_probe *p)
{
    if (p->phase != PHASE_LISTENING)
        return;
    p->since = p->now;
    p->phase = PHASE_CHECKING;
    run_sender_mark(&p->sender, WS_PING);
}

bool run_probe_listening(const struct run_probe *p)
{
    return p->phase == PHASE_LISTENING;
}

/* --- making and freeing ------------------------------------------------------------------ */

static struct run_probe *new_probe(const struct run_target *target, uint64_t seed, const char *name,
                                   uint64_t open_us, uint64_t patience_us)
{
    struct run_probe *p = memory_zeroed(1, sizeof(*p));
    p->open_us = open_us;
    p->patience_us = patience_us;
    run_sender_init(&p->sender, random_start(seed, bytes_text(name)), &p->transcript, true);
    judge_match_init(&p->match, &p->sender.ledger, true, UINT32_MAX);
    ws_reader_init(&p->reader, WS_READER_OBSERVING, false, UINT64_MAX);
    run_opening_init(&p->opening, &p->sender.script, target, NULL, &p->sender.random);
    return p;
}

struct run_probe *run_probe_listener(const struct run_target *target, uint64_t seed,
                                     uint64_t open_us, uint64_t patience_us)
{
    return new_probe(target, seed, "listener", open_us, patience_us);
}

struct run_probe *run_probe_speaker(const struct run_target *target, uint64_t seed, size_t size,
                                    uint64_t open_us, uint64_t patience_us)
{
    struct run_probe *p = new_probe(target, seed, "speaker", open_us, patience_us);
    p->speaks = true;
    p->size = size;
    return p;
}

struct run_party run_probe_party(struct run_probe *p)
{
    return (struct run_party){
        .self = p, .opened = on_opened, .bytes = on_bytes, .ended = on_ended, .next = on_next};
}

const struct run_probe_finding *run_probe_found(const struct run_probe *p)
{
    return &p->found;
}

void run_probe_free(struct run_probe *p)
{
    if (p == NULL)
        return;
    run_opening_free(&p->opening);
    run_sender_free(&p->sender);
    run_transcript_free(&p->transcript);
    buffer_free(&p->message);
    free(p);
}
