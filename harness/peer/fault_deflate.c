/* SPDX-License-Identifier: MIT */
#include "peer/fault_deflate.h"

#include "peer/deflate.h"
#include "peer/opening.h"
#include "peer/request.h"

static const struct peer_quirk items[] = {
    {"deflate-server-forgets-context", "RFC7692-7.2.2-05",
     "inflates each message by itself though the client may refer to earlier ones",
     .deflate = PEER_DEFLATE_FORGETS, .only = PEER_SERVER},
    {"deflate-client-forgets-context", "RFC7692-7.2.2-03",
     "inflates each message by itself though the server may refer to earlier ones",
     .deflate = PEER_DEFLATE_FORGETS, .only = PEER_CLIENT},
    {"deflate-server-keeps-context", "RFC7692-7.2.1-10",
     "refers to earlier messages though server_no_context_takeover is agreed on",
     .deflate = PEER_DEFLATE_REMEMBERS, .only = PEER_SERVER},
    {"deflate-client-keeps-context", "RFC7692-7.2.1-08",
     "refers to earlier messages though client_no_context_takeover is agreed on",
     .deflate = PEER_DEFLATE_REMEMBERS, .only = PEER_CLIENT},
    {"deflate-server-window-too-large", "RFC7692-7.2.1-14",
     "refers to octets beyond the window that server_max_window_bits allows",
     .deflate = PEER_DEFLATE_WIDE, .only = PEER_SERVER},
    {"deflate-client-window-too-large", "RFC7692-7.2.1-12",
     "refers to octets beyond the window that client_max_window_bits allows",
     .deflate = PEER_DEFLATE_WIDE, .only = PEER_CLIENT},
    {"deflate-keeps-tail", "RFC7692-7.2.1-01", "sends the octets 00 00 FF FF at the end",
     .deflate = PEER_DEFLATE_KEEPS_TAIL},
    {"deflate-without-rsv1", "RFC7692-6.1-01", "sends compressed messages without RSV1",
     .deflate = PEER_DEFLATE_WITHOUT_BIT},
    {"deflate-rsv1-only", "RFC7692-6.1-02", "sets RSV1 on messages that are not compressed",
     .deflate = PEER_DEFLATE_BIT_ONLY},
    {"deflate-rsv1-on-all-fragments", "RFC7692-6.1-03",
     "sets RSV1 on all fragments of a compressed message", .deflate = PEER_DEFLATE_BITS},
    {"deflate-tail-cut-from-fragments", "RFC7692-7.2.1-06",
     "cuts the octets 00 00 FF FF off every fragment", .deflate = PEER_DEFLATE_TAILS},
    {"deflate-answer-with-window-16", "RFC7692-7.1.2.1-05",
     "answers an offer with server_max_window_bits=16", .answer = peer_opening_replace, .code = 101,
     .text = "permessage-deflate", .instead = "permessage-deflate; server_max_window_bits=16"},
    {"deflate-answer-without-value", "RFC7692-7.1.2.2-04",
     "answers an offer with client_max_window_bits without a value", .answer = peer_opening_replace,
     .code = 101, .text = "permessage-deflate",
     .instead = "permessage-deflate; client_max_window_bits"},
    {"deflate-answer-with-own-parameter", "RFC6455-9.1-05",
     "answers an offer with a parameter that is not defined", .answer = peer_opening_replace,
     .code = 101, .text = "permessage-deflate", .instead = "permessage-deflate; level=9"},
    {"deflate-answer-without-takeover", "RFC7692-7.1.1.1-04",
     "accepts an offer with server_no_context_takeover and leaves that out",
     .answer = peer_opening_replace, .code = 101, .text = "; server_no_context_takeover",
     .instead = ""},
    {"deflate-answer-without-window", "RFC7692-7-05",
     "accepts an offer with server_max_window_bits and leaves that out",
     .answer = peer_opening_replace, .code = 101, .text = "; server_max_window_bits",
     .instead = "; client_max_window_bits"},
    {"deflate-answer-without-window-15", "RFC7692-7.1.2.1-04",
     "accepts an offer with server_max_window_bits=15 and leaves that out",
     .answer = peer_opening_replace, .code = 101, .text = "; server_max_window_bits=15",
     .instead = ""},
    {"deflate-offer-with-window-16", "RFC7692-7.1.2.2-02", "offers client_max_window_bits=16",
     .ask = peer_request_replace, .text = "client_max_window_bits",
     .instead = "client_max_window_bits=16"},
    {"deflate-offer-with-window-08", "RFC7692-7.1.2.1-02", "offers server_max_window_bits=08",
     .ask = peer_request_replace, .text = "client_max_window_bits",
     .instead = "server_max_window_bits=08"},
};

struct peer_quirk_list peer_fault_deflate(void)
{
    return (struct peer_quirk_list){items, sizeof items / sizeof items[0]};
}
