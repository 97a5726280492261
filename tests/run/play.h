/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_RUN_PLAY_H
#define WSCONFORM_TESTS_RUN_PLAY_H

/* A party plays against an endpoint of our own making, with a clock of our own and no network. */
#include "support.h"
#include "wire.h"

#include "base/random.h"
#include "case/load.h"
#include "run/exchange.h"
#include "run/party.h"
#include "ws/handshake.h"
#include "ws/permessage.h"

/* How the endpoint differs from a good one. */
enum {
    PLAY_MUTE_FAILURE = 1 << 0,   /* fails a connection with a FIN alone */
    PLAY_RESET_FAILURE = 1 << 1,  /* ... with a reset */
    PLAY_IGNORE_FAILURE = 1 << 2, /* reads no more, but leaves the connection open */
    PLAY_OVERLOOK = 1 << 3,       /* sees no violation at all */
    PLAY_MASK = 1 << 4,           /* masks what it sends */
    PLAY_NO_ECHO = 1 << 5,
    PLAY_NO_PONG = 1 << 6,
    PLAY_NO_CLOSE = 1 << 7,     /* does not answer a Close */
    PLAY_NO_FIN = 1 << 8,       /* never ends TCP */
    PLAY_GREET = 1 << 9,        /* sends a message in the segment of the 101 */
    PLAY_CLOSE_FIRST = 1 << 10, /* answers the first message with a Close */
    PLAY_BAD_ECHO = 1 << 11,    /* changes the last octet */
    PLAY_LATE_UTF8 = 1 << 12,   /* judges UTF-8 at the end of the message, after its pongs */
    PLAY_FLOOD = 1 << 13,       /* answers a message with megabytes */
    PLAY_ACCEPT_ALL = 1 << 14,  /* 101 to anything */
    PLAY_EARLY_HINTS = 1 << 15, /* 103 in front of its answer */
    PLAY_ASKS = 1 << 16,        /* sends a ping behind each frame that it gets */
    PLAY_SILENT = 1 << 17,      /* does not even answer the handshake */
    PLAY_HANG_UP = 1 << 18,     /* ends TCP instead of answering the handshake */
    PLAY_RESET_CLOSE = 1 << 19, /* answers a Close with a reset */
    /* How its octets arrive, and ours leave. */
    PLAY_CHOPPED = 1 << 20, /* octet by octet */
    PLAY_SLOW = 1 << 21,    /* each write takes a while */
    /* What it makes of permessage-deflate (RFC 7692). */
    PLAY_DEFLATE = 1 << 22,    /* agrees on it, if it is offered */
    PLAY_PLAIN_ECHO = 1 << 23, /* ... and compresses nothing */
    PLAY_GARBAGE = 1 << 24,    /* ... and compresses what no one can inflate */
    PLAY_FORGETS = 1 << 25     /* ... and inflates each message by itself */
};

struct play {
    unsigned is;
    void (*receive)(struct play *p); /* what it does with the octets that came */
    void *owner;                     /* whom that concerns */
    const char *answer;              /* instead of its own answer to the handshake */
    const char *extensions;          /* instead of what it agrees on */
    unsigned code;                   /* of its Closes, instead of the right one */
    /* the party */
    struct run_party party;
    struct run_action action;
    uint64_t now;
    bool closed;
    bool half_closed;
    size_t writes;
    size_t waited; /* deadlines that passed */
    size_t delivered;
    size_t split; /* a segment of the endpoint's ends behind so many octets; 0: none does */
    /* the endpoint */
    struct buffer in;
    size_t request_size;
    struct ws_reader reader;
    struct ws_deflate_packer *packer; /* NULL: nothing is agreed on */
    struct ws_deflate_unpacker *unpacker;
    struct buffer message;
    uint8_t opcode;
    bool text_bad;
    bool failed;
    bool closing;
    bool greeted;
    struct buffer out;
    enum judge_end end;
    bool ended;
    /* all that the party sent behind its request */
    struct buffer sent;
};

static inline void play_free(struct play *p)
{
    ws_deflate_free_packer(p->packer);
    ws_deflate_free_unpacker(p->unpacker);
    buffer_free(&p->in);
    buffer_free(&p->message);
    buffer_free(&p->out);
    buffer_free(&p->sent);
}

/* --- the endpoint ------------------------------------------------------------------------- */

static inline void play_say(struct play *p, uint8_t first, struct bytes payload)
{
    wire_put(&p->out, first, (p->is & PLAY_MASK) != 0, payload);
}

static inline void play_end(struct play *p, enum judge_end end)
{
    if (p->end == JUDGE_END_OPEN && !(p->is & PLAY_NO_FIN))
        p->end = end;
}

static inline void play_close(struct play *p, unsigned code)
{
    code = p->code != 0 ? p->code : code;
    const uint8_t octets[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    play_say(p, 0x88, bytes_of(octets, code == WS_CLOSE_NO_STATUS ? 0 : 2));
    p->closing = true;
    play_end(p, JUDGE_END_FIN);
}

static inline void play_fail(struct play *p, enum ws_violation violation)
{
    p->failed = true;
    if (p->is & PLAY_IGNORE_FAILURE)
        return;
    if (p->is & PLAY_RESET_FAILURE)
        play_end(p, JUDGE_END_RESET);
    else if (p->is & PLAY_MUTE_FAILURE)
        play_end(p, JUDGE_END_FIN);
    else
        play_close(p, ws_violation_close_code(violation));
}

static inline void play_echo(struct play *p)
{
    struct bytes message = buffer_bytes(&p->message);
    if (p->packer == NULL || (p->is & PLAY_PLAIN_ECHO))
        play_say(p, (uint8_t)(0x80 | p->opcode), message);
    else if (p->is & PLAY_GARBAGE)
        play_say(p, (uint8_t)(0xc0 | p->opcode), bytes_text("\xff\xff"));
    else
        wire_packed(&p->out, p->packer, p->opcode, (p->is & PLAY_MASK) != 0, message);
    if ((p->is & PLAY_FLOOD) && p->packer != NULL) { /* the end never comes */
        p->out.len--;
        p->is |= PLAY_NO_ECHO;
    }
}

static inline void play_answer_message(struct play *p)
{
    if (p->is & PLAY_CLOSE_FIRST) {
        play_close(p, 1000);
        return;
    }
    if ((p->is & PLAY_FLOOD) && p->packer != NULL)
        memset(buffer_extend(&p->message, 40 * 65536), 0, 40 * 65536);
    else if (p->is & PLAY_FLOOD)
        memset(buffer_extend(&p->out, 40 * 65536), 0, 40 * 65536);
    if ((p->is & PLAY_BAD_ECHO) && p->message.len > 0)
        p->message.data[p->message.len - 1] ^= 1;
    if (!(p->is & PLAY_NO_ECHO))
        play_echo(p);
}

static inline void play_take_control(struct play *p, const struct ws_event *event)
{
    if (event->opcode == WS_PING && !(p->is & PLAY_NO_PONG))
        play_say(p, 0x8a, event->payload);
    if (event->opcode != WS_CLOSE || p->closing || (p->is & PLAY_NO_CLOSE))
        return;
    if (p->is & PLAY_RESET_CLOSE)
        play_end(p, JUDGE_END_RESET);
    else
        play_close(p, event->close.code == 0 ? 1002 : event->close.code);
}

static inline void play_take(struct play *p, const struct ws_event *event)
{
    switch (event->kind) {
    case WS_EVENT_FRAME:
        if (p->is & PLAY_ASKS)
            play_say(p, 0x89, bytes_text("and you?"));
        return;
    case WS_EVENT_DEFLATED:
        return;
    case WS_EVENT_DATA:
        p->opcode = event->opcode;
        buffer_append(&p->message, event->payload);
        return;
    case WS_EVENT_MESSAGE:
        p->opcode = event->opcode;
        if (p->text_bad)
            play_fail(p, WS_BAD_UTF8);
        else
            play_answer_message(p);
        buffer_clear(&p->message);
        return;
    case WS_EVENT_CONTROL:
        play_take_control(p, event);
        return;
    case WS_EVENT_VIOLATION:
        if (event->violation == WS_BAD_UTF8 && (p->is & PLAY_LATE_UTF8))
            p->text_bad = true;
        else if (!(p->is & PLAY_OVERLOOK))
            play_fail(p, event->violation);
        return;
    }
}

/* The terms stand: what it sends may do as much as they allow. */
static inline void play_agree(struct play *p, const struct ws_permessage *terms, bool as_client)
{
    bool from_client = !terms->client_no_context_takeover;
    bool from_server = !terms->server_no_context_takeover;
    unsigned bits = as_client ? terms->client_max_window_bits : terms->server_max_window_bits;
    p->packer = ws_deflate_new_packer(bits != 0 ? bits : WS_DEFLATE_WINDOW_MAX,
                                      as_client ? from_client : from_server);
    p->unpacker = ws_deflate_new_unpacker(
        WS_DEFLATE_WINDOW_MAX, (as_client ? from_server : from_client) && !(p->is & PLAY_FORGETS));
    ws_reader_agree(&p->reader, p->unpacker);
}

/* Adds what it agrees on to the head at the end of what it says. */
static inline void play_take_offer(struct play *p, const struct ws_http_head *request)
{
    struct ws_http_cursor cursor = {0, 0};
    struct ws_permessage offer;
    if (!(p->is & PLAY_DEFLATE) || !ws_permessage_next_offer(request, &cursor, &offer))
        return;
    struct ws_permessage terms = ws_permessage_accept(&offer);
    p->out.len -= 2; /* the empty line */
    buffer_append_text(&p->out, "Sec-WebSocket-Extensions: ");
    if (p->extensions != NULL)
        buffer_append_text(&p->out, p->extensions);
    else
        ws_permessage_write(&p->out, &terms);
    buffer_append_text(&p->out, "\r\n\r\n");
    play_agree(p, &terms, false);
}

static inline void play_shake_hands(struct play *p)
{
    struct ws_http_head head;
    size_t scanned = 0;
    if (ws_http_read(&head, buffer_bytes(&p->in), 65536, &scanned) != WS_ITEM ||
        (p->is & PLAY_SILENT))
        return;
    p->request_size = head.size;
    if (p->is & PLAY_HANG_UP) {
        play_end(p, JUDGE_END_FIN);
        return;
    }
    if (p->is & PLAY_EARLY_HINTS)
        buffer_append_text(&p->out, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    struct ws_handshake_decision decision = ws_handshake_judge_request(&head);
    if ((p->is & PLAY_ACCEPT_ALL) && decision.status != 101) {
        const struct ws_http_field *key = ws_http_find(&head, "Sec-WebSocket-Key");
        decision = (struct ws_handshake_decision){.status = 101,
                                                  .key = key != NULL ? key->value : bytes_text("")};
    }
    if (p->answer != NULL)
        buffer_append_text(&p->out, p->answer);
    else
        ws_handshake_write_answer(&p->out, &decision);
    if (p->answer == NULL && decision.status == 101)
        play_take_offer(p, &head);
    if (decision.status != 101)
        play_end(p, JUDGE_END_FIN);
    if (p->is & PLAY_GREET)
        play_say(p, 0x81, bytes_text("welcome"));
    buffer_consume(&p->in, head.size);
}

static inline void play_take_frames(struct play *p)
{
    struct ws_event event;
    size_t done = 0;
    while (!p->failed && !p->closing) {
        size_t used;
        enum ws_status status =
            ws_reader_next(&p->reader, p->in.data + done, p->in.len - done, &used, &event);
        done += used;
        if (status != WS_ITEM)
            break;
        play_take(p, &event);
    }
    if (p->failed || p->closing)
        done = p->in.len;
    buffer_consume(&p->in, done);
}

static inline void play_receive(struct play *p)
{
    if (p->request_size == 0)
        play_shake_hands(p);
    if (p->request_size != 0)
        play_take_frames(p);
}

static inline void play_init(struct play *p, unsigned is)
{
    *p = (struct play){.is = is, .receive = play_receive, .now = 1000000};
    enum ws_reader_mode mode =
        is & (PLAY_OVERLOOK | PLAY_LATE_UTF8) ? WS_READER_OBSERVING : WS_READER_STRICT;
    ws_reader_init(&p->reader, mode, true, UINT64_MAX);
}

/* --- between the two ---------------------------------------------------------------------- */

static inline struct run_action play_ask(struct play *p, bool can_write)
{
    p->action = p->party.next(p->party.self, p->now, can_write);
    if (p->action.want == RUN_WANT_WAIT && p->action.deadline <= p->now)
        fail_msg("it waits for the past");
    if (p->closed)
        assert_int_equal(p->action.want, RUN_WANT_CLOSE);
    p->closed = p->action.want == RUN_WANT_CLOSE;
    return p->action;
}

/* Does what the party wants until it waits or closes. */
static inline void play_pump(struct play *p)
{
    for (;;) {
        struct run_action action = play_ask(p, true);
        if (action.want == RUN_WANT_WAIT || action.want == RUN_WANT_CLOSE)
            return;
        if (action.want == RUN_WANT_HALF_CLOSE) {
            p->half_closed = true;
            continue;
        }
        assert_true(action.octets.len > 0);
        assert_false(p->half_closed); /* a FIN is our last word */
        p->writes++;
        if (p->request_size != 0)
            buffer_append(&p->sent, action.octets);
        buffer_append(&p->in, action.octets);
        for (int i = 0; (p->is & PLAY_SLOW) && i < 3; i++) {
            p->now += 10;
            play_ask(p, false);
            assert_true(p->action.want == RUN_WANT_WAIT || p->action.want == RUN_WANT_CLOSE);
            if (p->closed)
                return;
        }
    }
}

/* How many of the octets that are left make the next segment. */
static inline size_t play_segment(const struct play *p, size_t left)
{
    if (p->is & PLAY_CHOPPED)
        return 1;
    bool splits = p->split > p->delivered && p->split < p->delivered + left;
    return splits ? p->split - p->delivered : left;
}

static inline void play_deliver(struct play *p)
{
    struct buffer octets = p->out;
    p->out = (struct buffer){0};
    size_t step;
    for (size_t i = 0; i < octets.len && !p->closed; i += step) {
        step = play_segment(p, octets.len - i);
        p->delivered += step;
        p->now++;
        /* Flush against a page that nobody may touch, and theirs to change. */
        bool small = step <= 1024;
        struct bytes piece = bytes_of(octets.data + i, step);
        uint8_t *data = small ? support_flush(piece) : octets.data + i;
        p->party.bytes(p->party.self, data, step, p->now);
        play_pump(p);
    }
    buffer_free(&octets);
}

static inline void play_tell_end(struct play *p)
{
    p->ended = true;
    p->now++;
    p->party.ended(p->party.self, p->end, p->now);
    play_pump(p);
}

/* Nothing moves: the clock runs to the deadline, and the party must not stir before it. */
static inline void play_wait(struct play *p)
{
    uint64_t deadline = p->action.deadline;
    assert_true(deadline < UINT64_MAX);
    p->now = deadline - 1;
    struct run_action before = play_ask(p, true);
    assert_int_equal(before.want, RUN_WANT_WAIT);
    assert_int_equal(before.deadline, deadline);
    p->now = deadline;
    p->waited++;
    play_pump(p);
    if (!p->closed && p->in.len == 0)
        assert_true(p->action.deadline > deadline);
}

static inline void play_begin(struct play *p, struct run_party party)
{
    p->party = party;
    party.opened(party.self, p->now);
    play_pump(p);
}

/* One exchange of octets, or one deadline; false when the party is done. */
static inline bool play_step(struct play *p)
{
    if (p->closed)
        return false;
    if (!p->ended)
        p->receive(p);
    if (p->out.len > 0 && !p->ended)
        play_deliver(p);
    else if (p->end != JUDGE_END_OPEN && !p->ended)
        play_tell_end(p);
    else
        play_wait(p);
    return true;
}

static inline void play_run(struct play *p)
{
    for (int steps = 0; play_step(p); steps++)
        if (steps > 10000)
            fail_msg("it never ends");
}

/* Octets that the endpoint says now, in one piece. */
static inline void play_bytes(struct play *p, struct bytes octets)
{
    p->now++;
    p->party.bytes(p->party.self, support_flush(octets), octets.len, p->now);
    play_pump(p);
}

/* --- cases -------------------------------------------------------------------------------- */

static const struct run_target play_target = {.host = "localhost:9001", .target = "/"};

static inline void play_catalogue(struct case_set *set)
{
    static const char table[] = "id\tsection\trole\tstrength\tobservable\tambiguity\tstatement\n"
                                "RFC6455-4.1-42\t4.1\tclient\tmust\tyes\t\tWaits.\n"
                                "RFC6455-5.1-01\t5.1\tclient\tmust\tyes\t\tMasks all.\n"
                                "RFC6455-5.1-04\t5.1\tserver\tmust\tyes\t\tMasks nothing.\n"
                                "RFC6455-5.2-25\t5.2\tboth\tmust\tyes\t\tAny pieces.\n"
                                "RFC6455-5.3-03\t5.3\tclient\tmust\tyes\t\tFresh keys.\n"
                                "RFC6455-5.5-03\t5.5\tboth\tmust\tyes\t\tSomething.\n";
    assert_int_equal(case_catalogue_read(&set->catalogue, "play.tsv", bytes_text(table), NULL), 0);
}

/* Only one role is sent a request, and only the other one a response. */
static inline const char *play_role(const char *rest)
{
    if (strstr(rest, "\"request\":") != NULL)
        return "server";
    return strstr(rest, "\"response\":") != NULL ? "client" : "both";
}

/* Adds a case with these keys to a set, which begins zeroed. */
static inline const struct case_spec *play_case(struct case_set *set, const char *id,
                                                const char *rule, const char *rest)
{
    struct buffer text = {0};
    struct error why;
    if (set->catalogue.count == 0)
        play_catalogue(set);
    buffer_printf(&text,
                  "{\"section\": \"x\", \"cases\": [{\"id\": \"%s\", \"requires\": [\"%s\"],"
                  "\"role\": \"%s\", \"does\": \"D.\", \"expects\": \"E.\", %s}]}",
                  id, rule, play_role(rest), rest);
    if (case_load_text(set, "play.json", buffer_bytes(&text), &why) != 0)
        fail_msg("%s", why.text);
    buffer_free(&text);
    return &set->cases[set->count - 1];
}

/* --- scripts ------------------------------------------------------------------------------ */

/* The writes must cover the octets, one behind the other. */
static inline void play_expect_covered(const struct run_script *script)
{
    size_t sum = 0;
    for (size_t i = 0; i < script->count; i++) {
        if (script->parts[i].kind != RUN_PART_WRITE)
            continue;
        assert_true(script->parts[i].len > 0);
        sum += script->parts[i].len;
    }
    assert_int_equal(sum, script->octets.len);
}

#endif
