/* SPDX-License-Identifier: MIT */
#include "peer/deflate.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "peer/head.h"
#include "peer/internal.h"
#include "ws/permessage.h"

static unsigned kind_of(const struct peer_echo *echo)
{
    const struct peer_quirk *quirk = echo->options.quirk;
    return quirk != NULL ? quirk->deflate : 0;
}

static void agree(struct peer_echo *echo, const struct ws_permessage *terms)
{
    bool client = echo->options.role == PEER_CLIENT;
    bool from_client = !terms->client_no_context_takeover;
    bool from_server = !terms->server_no_context_takeover;
    unsigned bits = client ? terms->client_max_window_bits : terms->server_max_window_bits;
    bool all = bits == 0 || kind_of(echo) == PEER_DEFLATE_WIDE;
    bool ours = client ? from_client : from_server;
    bool theirs = client ? from_server : from_client;
    echo->packer = ws_deflate_new_packer(all ? WS_DEFLATE_WINDOW_MAX : bits,
                                         ours || kind_of(echo) == PEER_DEFLATE_REMEMBERS);
    echo->unpacker = ws_deflate_new_unpacker(WS_DEFLATE_WINDOW_MAX,
                                             theirs && kind_of(echo) != PEER_DEFLATE_FORGETS);
    ws_reader_agree(&echo->reader, echo->unpacker);
}

static void add_field(struct buffer *head, const struct ws_permessage *element)
{
    struct buffer line = {0};
    buffer_append_text(&line, "Sec-WebSocket-Extensions: ");
    ws_permessage_write(&line, element);
    buffer_append_text(&line, "\r\n");
    peer_head_add(head, buffer_text(&line));
    buffer_free(&line);
}

void peer_deflate_offer(struct peer_echo *echo)
{
    static const struct ws_permessage offer = {.client_max_window_bits = WS_PERMESSAGE_NO_VALUE};
    if (kind_of(echo) != PEER_DEFLATE_NEVER)
        add_field(&echo->request, &offer);
}

struct wanted {
    const char *rule;
    bool broken;
};

static void look_for(void *context, const char *rule, const char *text)
{
    struct wanted *wanted = context;
    (void)text;
    wanted->broken = wanted->broken || strcmp(rule, wanted->rule) == 0;
}

/* True if to accept the offers is what the quirk does wrong. */
static bool overlooks_fault(const struct peer_echo *echo, const struct ws_http_head *request)
{
    struct ws_permessage terms;
    if (kind_of(echo) != PEER_DEFLATE_LAX)
        return false;
    struct wanted wanted = {.rule = echo->options.quirk->requirement};
    struct ws_http_head *answer = memory_zeroed(1, sizeof *answer);
    answer->fields[answer->field_count++] = (struct ws_http_field){
        bytes_text("Sec-WebSocket-Extensions"), bytes_text(WS_PERMESSAGE_NAME)};
    ws_permessage_judge_answer(answer, request, &terms, look_for, &wanted);
    free(answer);
    return wanted.broken;
}

void peer_deflate_accept(struct peer_echo *echo, const struct ws_http_head *request,
                         struct buffer *answer)
{
    struct ws_http_cursor cursor = {0, 0};
    struct ws_permessage offer = {0};
    if (kind_of(echo) == PEER_DEFLATE_NEVER)
        return;
    if (!ws_permessage_next_offer(request, &cursor, &offer) && !overlooks_fault(echo, request))
        return;
    struct ws_permessage terms = ws_permessage_accept(&offer);
    add_field(answer, &terms);
    agree(echo, &terms);
}

bool peer_deflate_read(struct peer_echo *echo, const struct ws_http_head *answer,
                       const struct ws_http_head *request)
{
    struct ws_permessage terms;
    echo->complaint[0] = '\0';
    if (ws_permessage_judge_answer(answer, request, &terms, peer_echo_complain, echo)) {
        agree(echo, &terms);
        return true;
    }
    return echo->complaint[0] == '\0';
}

static void send_fragment(struct peer_echo *echo, struct buffer *out, struct ws_frame frame,
                          struct bytes payload)
{
    frame.length = payload.len;
    frame.form = ws_frame_minimal_form(payload.len);
    peer_echo_send_frame(echo, out, frame, payload);
}

static void send_in_two(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                        struct bytes packed, size_t first)
{
    uint8_t bits = kind_of(echo) == PEER_DEFLATE_BITS ? WS_RSV1 : 0;
    send_fragment(echo, out, (struct ws_frame){.opcode = opcode, .rsv = WS_RSV1},
                  bytes_of(packed.data, first));
    send_fragment(echo, out, (struct ws_frame){.opcode = WS_CONTINUATION, .fin = true, .rsv = bits},
                  bytes_of(packed.data + first, packed.len - first));
}

static void send_packed(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                        struct bytes message, struct bytes packed)
{
    static const struct ws_frame whole = {.fin = true, .rsv = WS_RSV1};
    struct ws_frame frame = whole;
    unsigned kind = kind_of(echo);
    frame.opcode = opcode;
    frame.rsv = kind == PEER_DEFLATE_WITHOUT_BIT ? 0 : WS_RSV1;
    if (kind == PEER_DEFLATE_PIECES || kind == PEER_DEFLATE_BITS)
        send_in_two(echo, out, opcode, packed, packed.len / 2);
    else
        send_fragment(echo, out, frame, kind == PEER_DEFLATE_BIT_ONLY ? message : packed);
}

/* RFC 7692, 7.2.1: only "the last fragment" loses its tail; this endpoint cuts both. */
static void send_tails(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                       struct bytes message)
{
    struct buffer packed = {0};
    size_t half = message.len / 2;
    ws_deflate_pack(echo->packer, bytes_of(message.data, half), &packed);
    size_t first = packed.len;
    ws_deflate_pack(echo->packer, bytes_of(message.data + half, message.len - half), &packed);
    send_in_two(echo, out, opcode, buffer_bytes(&packed), first);
    buffer_free(&packed);
}

void peer_deflate_send(struct peer_echo *echo, struct buffer *out, uint8_t opcode,
                       struct bytes message)
{
    struct buffer packed = {0};
    unsigned kind = kind_of(echo);
    if (echo->packer == NULL || kind == PEER_DEFLATE_IDLE) {
        peer_echo_send(echo, out, opcode, message);
        return;
    }
    if (kind == PEER_DEFLATE_TAILS && message.len > 1) {
        send_tails(echo, out, opcode, message);
        return;
    }
    ws_deflate_pack(echo->packer, message, &packed);
    if (kind == PEER_DEFLATE_KEEPS_TAIL)
        buffer_append(&packed, bytes_of("\x00\x00\xff\xff", 4));
    send_packed(echo, out, opcode, message, buffer_bytes(&packed));
    buffer_free(&packed);
}

void peer_deflate_free(struct peer_echo *echo)
{
    ws_deflate_free_packer(echo->packer);
    ws_deflate_free_unpacker(echo->unpacker);
}
