/* SPDX-License-Identifier: MIT */
#include "run/agreement.h"

static unsigned bits_or_all(unsigned bits)
{
    return bits != 0 ? bits : WS_DEFLATE_WINDOW_MAX;
}

/* The terms stand. */
static void begin(struct run_agreement *agreement, bool as_client)
{
    const struct ws_permessage *terms = &agreement->terms;
    bool from_client = !terms->client_no_context_takeover;
    bool from_server = !terms->server_no_context_takeover;
    unsigned client_bits = bits_or_all(terms->client_max_window_bits);
    unsigned server_bits = bits_or_all(terms->server_max_window_bits);
    bool ours = as_client ? from_client : from_server;
    agreement->packer = ws_deflate_new_packer(as_client ? client_bits : server_bits, ours);
    agreement->sent = ws_deflate_new_unpacker(WS_DEFLATE_WINDOW_MAX, ours);
    agreement->received = ws_deflate_new_unpacker(as_client ? server_bits : client_bits,
                                                  as_client ? from_server : from_client);
}

void run_agreement_offer(struct buffer *out, const struct case_spec *spec)
{
    for (size_t i = 0; i < spec->deflate_count; i++) {
        const struct case_deflate *asked = &spec->deflate[i];
        struct ws_permessage offer = {.server_no_context_takeover = !asked->takeover,
                                      .client_no_context_takeover = true,
                                      .server_max_window_bits = asked->window,
                                      .client_max_window_bits = WS_PERMESSAGE_NO_VALUE};
        buffer_append_text(out, i > 0 ? ", " : "");
        ws_permessage_write(out, &offer);
    }
}

void run_agreement_read(struct run_agreement *agreement, const struct ws_http_head *answer,
                        const struct ws_http_head *request, ws_handshake_report *report,
                        void *context)
{
    if (ws_permessage_judge_answer(answer, request, &agreement->terms, report, context))
        begin(agreement, true);
}

/* RFC 7692, 7.1.1.2: a server may always ask for client_no_context_takeover; 7.1.2.2: for
 * client_max_window_bits only if the client offers it, and for no more than its hint (A67). */
static bool fits(const struct case_deflate *asked, const struct ws_permessage *offer)
{
    unsigned hint = offer->client_max_window_bits;
    return asked->window == 0 || hint == WS_PERMESSAGE_NO_VALUE || hint >= asked->window;
}

static bool find_offer(const struct ws_http_head *request, const struct case_deflate *asked,
                       struct ws_permessage *offer)
{
    struct ws_http_cursor cursor = {0, 0};
    while (ws_permessage_next_offer(request, &cursor, offer))
        if (fits(asked, offer))
            return true;
    return false;
}

void run_agreement_choose(struct run_agreement *agreement, const struct case_spec *spec,
                          const struct ws_http_head *request, struct buffer *out)
{
    for (size_t i = 0; i < spec->deflate_count; i++) {
        const struct case_deflate *asked = &spec->deflate[i];
        struct ws_permessage offer;
        if (!find_offer(request, asked, &offer))
            continue;
        agreement->terms = ws_permessage_accept(&offer);
        agreement->terms.client_no_context_takeover = !asked->takeover;
        agreement->terms.client_max_window_bits = asked->window;
        ws_permessage_write(out, &agreement->terms);
        begin(agreement, false);
        return;
    }
}

void run_agreement_assume(struct run_agreement *agreement, const struct case_spec *spec,
                          bool as_client)
{
    if (spec->deflate_count == 0)
        return;
    begin(agreement, as_client);
}

void run_agreement_free(struct run_agreement *agreement)
{
    ws_deflate_free_packer(agreement->packer);
    ws_deflate_free_unpacker(agreement->sent);
    ws_deflate_free_unpacker(agreement->received);
    *agreement = (struct run_agreement){0};
}
