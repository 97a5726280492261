/* SPDX-License-Identifier: MIT */
#include "fuzz/player.h"

#include <stdlib.h>
#include <string.h>

#include "run/compose.h"
#include "ws/handshake.h"
#include "ws/reader.h"

/* More than any party has to write, wait or say. */
enum { WRITES_MAX = 100000, SILENT_WAITS_MAX = 64, HEAD_MAX = 65536 };

/* What an octet of the input stands for, by its value modulo ACT_COUNT. */
enum act {
    ACT_RAW,        /* sends octets of the input: their number, then they */
    ACT_RAW_PIECES, /* the same, octet by octet */
    ACT_OPEN,       /* opens or answers the opening handshake as the RFC wants it */
    ACT_ECHO,       /* sends back the oldest message that was not sent back yet */
    ACT_ECHO_ALL,
    ACT_PONG, /* answers the oldest ping */
    ACT_PONG_ALL,
    ACT_CLOSE_BACK,  /* answers with the Close that came */
    ACT_CLOSE,       /* sends a Close; its code follows */
    ACT_FIN,         /* ends TCP */
    ACT_RESET,       /* resets it */
    ACT_LET_TIME_GO, /* to the deadline */
    ACT_LET_SOME_GO, /* milliseconds; their number follows */
    ACT_HOLD_WRITE,  /* the next write takes time */
    ACT_BEHAVE,      /* answers everything that came so far */
    ACT_FRAME,       /* sends a frame: its first octet, the number of octets and they follow */
    ACT_COUNT
};

/* What the party said and was not answered yet. */
struct heard {
    uint8_t first;
    size_t from;
    size_t len;
};

static struct player {
    struct run_party party;
    struct run_action action;
    bool of_client;
    bool closed;
    bool ended;
    bool shaken; /* both heads of the opening handshake went by */
    bool busy;
    uint64_t now;
    uint64_t waits;
    uint64_t writes;
    struct bytes input;
    size_t at;
    void (*idle)(void *context);
    void *context;
    struct buffer in;   /* what the party wrote and was not read */
    struct buffer said; /* payloads */
    struct heard heard[64];
    size_t heard_count;
    size_t message_from;
    uint8_t message_opcode;
    struct ws_reader reader;
    struct random random;
} p;

/* --- the party ------------------------------------------------------------------------------- */

static struct run_action ask(bool can_write)
{
    static const char clause[] = "RFC6455-5.5.1-17";
    struct run_action action = p.party.next(p.party.self, p.now, can_write);
    if (action.want == RUN_WANT_WAIT && action.deadline <= p.now)
        oracle_violation("deadline", clause, "it waits for a time that has passed");
    if (action.want == RUN_WANT_WAIT && action.deadline == UINT64_MAX && p.idle == NULL)
        oracle_violation("deadline", clause, "it waits for ever");
    if (action.want == RUN_WANT_WRITE && (action.octets.len == 0 || !can_write))
        oracle_violation("contract", clause, "a write of %zu octets%s", action.octets.len,
                         can_write ? "" : " while another is under way");
    if (p.closed && action.want != RUN_WANT_CLOSE)
        oracle_violation("after-close", clause, "it wants %d after it was done", (int)action.want);
    p.closed = action.want == RUN_WANT_CLOSE;
    p.action = action;
    return action;
}

static void take_write(struct bytes octets)
{
    if (++p.writes > WRITES_MAX)
        oracle_violation("work", "RFC6455-10.4-01", "it writes for ever");
    buffer_append(&p.in, octets);
    if (p.busy) {
        p.busy = false;
        p.now++;
        ask(false);
    }
}

/* Lets the party do what it wants until it waits or is done. */
static void pump(void)
{
    while (!p.closed) {
        struct run_action action = ask(true);
        if (action.want == RUN_WANT_WAIT && p.idle != NULL) {
            p.idle(p.context);
            action = ask(true);
        }
        if (action.want == RUN_WANT_WAIT)
            return;
        if (action.want == RUN_WANT_WRITE)
            take_write(action.octets);
    }
}

static void send(struct bytes octets)
{
    if (p.closed || p.ended || octets.len == 0)
        return;
    p.now++;
    uint8_t *chunk = oracle_chunk(octets);
    p.party.bytes(p.party.self, chunk, octets.len, p.now);
    free(chunk);
    pump();
}

static void end(enum judge_end how)
{
    if (p.closed || p.ended)
        return;
    p.ended = true;
    p.now++;
    p.party.ended(p.party.self, how, p.now);
    pump();
}

static void pass_time(uint64_t until)
{
    if (p.closed)
        return;
    if (p.action.deadline == UINT64_MAX && until == UINT64_MAX)
        oracle_violation("deadline", "RFC6455-5.5.1-17", "it waits for ever");
    p.now = until < p.action.deadline ? until : p.action.deadline;
    p.waits += p.now == p.action.deadline;
    pump();
}

/* --- what the party said --------------------------------------------------------------------- */

static void hear(uint8_t first, size_t from)
{
    if (p.heard_count == sizeof(p.heard) / sizeof(p.heard[0]))
        return;
    p.heard[p.heard_count++] =
        (struct heard){.first = first, .from = from, .len = p.said.len - from};
}

static void listen_to(const struct ws_event *event)
{
    if (event->kind == WS_EVENT_DATA) {
        buffer_append(&p.said, event->payload);
    } else if (event->kind == WS_EVENT_MESSAGE) {
        hear((uint8_t)(0x80 | event->opcode), p.message_from);
        p.message_from = p.said.len;
    } else if (event->kind == WS_EVENT_CONTROL && p.message_from == p.said.len) {
        /* Those inside a fragmented message are passed over: their octets would be part of it. */
        buffer_append(&p.said, event->payload);
        hear((uint8_t)(0x80 | event->opcode), p.message_from);
        p.message_from = p.said.len;
    }
}

static void listen(void)
{
    struct ws_event event;
    size_t done = 0;
    size_t used;
    while (p.shaken &&
           ws_reader_next(&p.reader, p.in.data + done, p.in.len - done, &used, &event) == WS_ITEM) {
        done += used;
        listen_to(&event);
    }
    if (p.shaken)
        buffer_clear(&p.in);
}

static void say(uint8_t first, struct bytes payload)
{
    static struct buffer frame;
    buffer_clear(&frame);
    run_compose_frame(&frame, first & 15, (first & 0x80) != 0, payload, p.of_client, &p.random);
    frame.data[0] = first;
    send(buffer_bytes(&frame));
}

/* Answers the oldest thing heard whose first octet is `first`, or 0x81 and 0x82 alike. */
static bool answer(uint8_t first, uint8_t with)
{
    for (size_t i = 0; i < p.heard_count; i++) {
        struct heard heard = p.heard[i];
        bool message = (heard.first & 15) < WS_CLOSE;
        if (heard.first != first && !(message && first == 0x81))
            continue;
        p.heard_count--;
        memmove(&p.heard[i], &p.heard[i + 1], (p.heard_count - i) * sizeof(heard));
        struct bytes payload = {NULL, heard.len};
        if (heard.len > 0)
            payload.data = p.said.data + heard.from;
        say(message ? heard.first : with, payload);
        return true;
    }
    return false;
}

static void answer_all(uint8_t first, uint8_t with)
{
    while (answer(first, with))
        listen();
}

/* --- the opening handshake ------------------------------------------------------------------- */

static const char good_request[] = "GET / HTTP/1.1\r\n"
                                   "Host: localhost\r\n"
                                   "Upgrade: websocket\r\n"
                                   "Connection: Upgrade\r\n"
                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                   "Sec-WebSocket-Version: 13\r\n"
                                   "\r\n";

static void answer_request(void)
{
    static struct ws_http_head head;
    static struct buffer out;
    size_t scanned = 0;
    if (p.shaken || ws_http_read(&head, buffer_bytes(&p.in), HEAD_MAX, &scanned) != WS_ITEM)
        return;
    struct ws_handshake_decision decision = ws_handshake_judge_request(&head);
    buffer_clear(&out);
    ws_handshake_write_answer(&out, &decision);
    buffer_consume(&p.in, head.size);
    p.shaken = true;
    send(buffer_bytes(&out));
}

static void read_answer(void)
{
    static struct ws_http_head head;
    size_t scanned = 0;
    if (p.shaken || ws_http_read(&head, buffer_bytes(&p.in), HEAD_MAX, &scanned) != WS_ITEM)
        return;
    buffer_consume(&p.in, head.size);
    p.shaken = true;
}

static void open_connection(void)
{
    if (!p.of_client)
        answer_request();
    else if (!p.shaken)
        send(bytes_of(good_request, sizeof(good_request) - 1));
}

/* --- the input ------------------------------------------------------------------------------- */

static uint8_t take_octet(void)
{
    return p.at < p.input.len ? p.input.data[p.at++] : 0;
}

static struct bytes take_octets(void)
{
    size_t wanted = take_octet();
    size_t rest = p.input.len - p.at;
    size_t len = wanted < rest ? wanted : rest;
    struct bytes octets = bytes_of(len > 0 ? p.input.data + p.at : NULL, len);
    p.at += len;
    return octets;
}

static void send_pieces(struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        send(bytes_of(octets.data + i, 1));
}

static void close_with(uint8_t high, uint8_t low)
{
    const uint8_t code[2] = {high, low};
    say(0x88, bytes_of(code, sizeof(code)));
}

static void behave(void)
{
    open_connection();
    read_answer();
    listen();
    answer_all(0x89, 0x8a);
    answer_all(0x81, 0);
    if (answer(0x88, 0x88))
        end(JUDGE_END_FIN);
}

static void act(enum act what)
{
    uint8_t first;
    switch (what) {
    case ACT_RAW:
        send(take_octets());
        break;
    case ACT_RAW_PIECES:
        send_pieces(take_octets());
        break;
    case ACT_OPEN:
        open_connection();
        break;
    case ACT_ECHO:
        answer(0x81, 0);
        break;
    case ACT_ECHO_ALL:
        answer_all(0x81, 0);
        break;
    case ACT_PONG:
        answer(0x89, 0x8a);
        break;
    case ACT_PONG_ALL:
        answer_all(0x89, 0x8a);
        break;
    case ACT_CLOSE_BACK:
        answer(0x88, 0x88);
        break;
    case ACT_CLOSE:
        first = take_octet();
        close_with(first, take_octet());
        break;
    case ACT_FIN:
        end(JUDGE_END_FIN);
        break;
    case ACT_RESET:
        end(JUDGE_END_RESET);
        break;
    case ACT_LET_TIME_GO:
        pass_time(UINT64_MAX);
        break;
    case ACT_LET_SOME_GO:
        pass_time(p.now + 1000 * (1 + (uint64_t)take_octet()));
        break;
    case ACT_HOLD_WRITE:
        p.busy = true;
        break;
    case ACT_BEHAVE:
        behave();
        break;
    case ACT_FRAME:
        first = take_octet();
        say(first, take_octets());
        break;
    case ACT_COUNT:
        break;
    }
}

static void begin(struct run_party party, bool of_client, struct bytes input)
{
    struct buffer in = p.in;
    struct buffer said = p.said;
    buffer_clear(&in);
    buffer_clear(&said);
    p = (struct player){.party = party,
                        .of_client = of_client,
                        .now = PLAYER_START,
                        .input = input,
                        .in = in,
                        .said = said,
                        .random = random_start(1, bytes_text("player"))};
    ws_reader_init(&p.reader, WS_READER_OBSERVING, !of_client, UINT64_MAX);
}

struct player_outcome player_play(struct run_party party, bool of_client, struct bytes input,
                                  void (*idle)(void *context), void *context)
{
    begin(party, of_client, input);
    p.idle = idle;
    p.context = context;
    party.opened(party.self, p.now);
    pump();
    while (!p.closed && p.at < p.input.len) {
        act((enum act)(take_octet() % ACT_COUNT));
        if (p.of_client)
            read_answer();
        listen();
    }
    for (unsigned silent = 0; !p.closed; silent++) {
        if (silent > SILENT_WAITS_MAX)
            oracle_violation("deadline", "RFC6455-5.5.1-17", "%u deadlines passed in silence",
                             silent);
        pass_time(UINT64_MAX);
    }
    return (struct player_outcome){.now = p.now, .waits = p.waits};
}

void player_disturb(uint64_t now)
{
    uint8_t late[] = {0x81, 0x00};
    p.now = now + 1;
    p.party.bytes(p.party.self, late, sizeof(late), p.now);
    p.now++;
    ask(true);
    p.party.ended(p.party.self, JUDGE_END_FIN, p.now);
    ask(true);
}
