/* SPDX-License-Identifier: MIT */
#include "peer/variant_client.h"

#include "peer/mask.h"
#include "peer/reply.h"
#include "peer/request.h"
#include "peer/response.h"

static const struct peer_quirk items[] = {
    {"fields-in-reverse-order", "RFC6455-4.1-19", "sends its fields in another order",
     .ask = peer_request_replace,
     .text = "Host: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
             "{key}\r\nSec-WebSocket-Version: 13\r\n",
     .instead = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nConnection: "
                "Upgrade\r\nUpgrade: websocket\r\nHost: {host}\r\n"},
    {"names-in-lower-case", "RFC6455-4.1-55", "writes its field names in lower case",
     .ask = peer_request_replace,
     .text = "Host: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
             "{key}\r\nSec-WebSocket-Version: 13\r\n",
     .instead = "host: {host}\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-key: "
                "{key}\r\nsec-websocket-version: 13\r\n"},
    {"names-in-upper-case", "RFC6455-4.1-55", "writes its field names in upper case",
     .ask = peer_request_replace,
     .text = "Host: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
             "{key}\r\nSec-WebSocket-Version: 13\r\n",
     .instead = "HOST: {host}\r\nUPGRADE: websocket\r\nCONNECTION: Upgrade\r\nSEC-WEBSOCKET-KEY: "
                "{key}\r\nSEC-WEBSOCKET-VERSION: 13\r\n"},
    {"blanks-around-values", "RFC6455-4.3-06", "puts more blanks around its values",
     .ask = peer_request_replace, .text = ": ", .instead = ":  \t "},
    {"no-blanks-behind-colons", "RFC6455-4.3-06", "puts no blanks behind the colons",
     .ask = peer_request_replace, .text = ": ", .instead = ":"},
    {"connection-list", "RFC6455-4.1-27", "sends Connection: keep-alive, Upgrade",
     .ask = peer_request_replace, .text = "Connection: Upgrade",
     .instead = "Connection: keep-alive, Upgrade"},
    {"connection-in-lower-case", "RFC6455-4.1-27", "sends Connection: upgrade",
     .ask = peer_request_replace, .text = "Connection: Upgrade", .instead = "Connection: upgrade"},
    {"connection-in-two-fields", "RFC6455-4.1-27", "sends two Connection fields",
     .ask = peer_request_replace, .text = "Connection: Upgrade\r\n",
     .instead = "Connection: keep-alive\r\nConnection: Upgrade\r\n"},
    {"upgrade-in-capitals", "RFC6455-11.2-01", "sends Upgrade: WebSocket",
     .ask = peer_request_replace, .text = "Upgrade: websocket", .instead = "Upgrade: WebSocket"},
    {"upgrade-list", "RFC6455-4.1-25", "A22: sends Upgrade: websocket, h2c",
     .ask = peer_request_replace, .text = "Upgrade: websocket",
     .instead = "Upgrade: websocket, h2c"},
    {"absolute-target", "RFC6455-4.1-22", "A53: sends an absolute target",
     .ask = peer_request_replace, .text = "GET ", .instead = "GET http://{host}"},
    {"browser-fields", "RFC6455-4.1-41", "sends what browsers send", .ask = peer_request_add,
     .instead = "User-Agent: wsconform\r\nPragma: no-cache\r\nCache-Control: "
                "no-cache\r\nAccept-Encoding: gzip, deflate\r\nAccept-Language: en\r\nCookie: a=b; "
                "c=d\r\nSec-Fetch-Mode: websocket\r\n"},
    {"many-fields", "RFC6455-4.1-41", "sends twelve fields more", .ask = peer_request_add,
     .instead = "X-Field-0: xxxxxxxxxxxxxxxxxxxx\r\nX-Field-1: xxxxxxxxxxxxxxxxxxxx\r\nX-Field-2: "
                "xxxxxxxxxxxxxxxxxxxx\r\nX-Field-3: xxxxxxxxxxxxxxxxxxxx\r\nX-Field-4: "
                "xxxxxxxxxxxxxxxxxxxx\r\nX-Field-5: xxxxxxxxxxxxxxxxxxxx\r\nX-Field-6: "
                "xxxxxxxxxxxxxxxxxxxx\r\nX-Field-7: xxxxxxxxxxxxxxxxxxxx\r\nX-Field-8: "
                "xxxxxxxxxxxxxxxxxxxx\r\nX-Field-9: xxxxxxxxxxxxxxxxxxxx\r\nX-Field-10: "
                "xxxxxxxxxxxxxxxxxxxx\r\nX-Field-11: xxxxxxxxxxxxxxxxxxxx\r\n"},
    {"authorization", "RFC6455-4.1-41", "sends an Authorization", .ask = peer_request_add,
     .instead = "Authorization: Basic dXNlcjpwYXNz\r\n"},
    {"content-length-0", "RFC6455-4.1-41", "sends a Content-Length of 0", .ask = peer_request_add,
     .instead = "Content-Length: 0\r\n"},
    {"origin", "RFC6455-4.1-32", "sends an Origin", .ask = peer_request_add,
     .instead = "Origin: http://localhost\r\n"},
    {"origin-null", "RFC6455-4.1-33", "sends the Origin null", .ask = peer_request_add,
     .instead = "Origin: null\r\n"},
    {"offers-subprotocol", "RFC6455-4.1-36", "A25: offers a subprotocol", .ask = peer_request_add,
     .instead = "Sec-WebSocket-Protocol: chat\r\n"},
    {"offers-subprotocols", "RFC6455-4.1-36", "A25: offers subprotocols in two fields",
     .ask = peer_request_add,
     .instead = "Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Protocol: Chat\r\n"},
    {"offers-extension", "RFC6455-4.1-40", "offers an extension that nobody knows",
     .ask = peer_request_add, .instead = "Sec-WebSocket-Extensions: x-none; a; b=c; d=\"e\"\r\n"},
    {"offers-extensions", "RFC6455-11.3.2-01", "offers extensions in two fields",
     .ask = peer_request_add,
     .instead =
         "Sec-WebSocket-Extensions: x-none\r\nSec-WebSocket-Extensions: x-never, x-ever\r\n"},
    {"opens-for-http-1.0", "RFC6455-4.1-56", "A49: takes an answer in HTTP/1.0",
     .mend = peer_response_version},
    {"opens-for-upgrade-list", "RFC6455-4.1-56",
     "A22: takes a list in Upgrade that holds websocket", .mend = peer_response_believe,
     .field = "Upgrade", .text = "websocket,", .instead = "websocket"},
    {"opens-for-two-upgrades", "RFC6455-4.1-56",
     "A22: looks at the first of several Upgrade fields", .mend = peer_response_first_only,
     .field = "Upgrade"},
    {"opens-for-odd-fields", "RFC9112-2.2-03", "passes over lines that are no proper fields",
     .mend = peer_response_flaws, .n = WS_HTTP_NAME_BLANK | WS_HTTP_BAD_NAME | WS_HTTP_BAD_VALUE},
    {"refuses-interim-answers", "RFC6455-4.1-44", "A50: takes the first answer for the last",
     .mend = peer_response_refuse_interim},
    {"bad-answer-reset", "RFC6455-7.1.1-02", "resets TCP after an answer that it refuses",
     .only = PEER_CLIENT, .resets = PEER_AFTER_REFUSAL},
    {"refuses-connection-list", "RFC6455-4.1-54",
     "wants the value Upgrade, which 4.2.2 gives, and no list", .only = PEER_CLIENT,
     .mend = peer_response_refuse, .text = "keep-alive, "},
    {"tcp-left-open-after-close", "RFC6455-7.1.1-06", "A06: leaves the end of TCP to the server",
     .only = PEER_CLIENT, .hangs = PEER_AFTER_CLOSE},
    {"ends-tcp-first", "RFC6455-5.5.1-20",
     "A06: ends TCP after the Closes without waiting for the server", .only = PEER_CLIENT,
     .first = PEER_AFTER_CLOSE},
    {"ends-tcp-after-a-while", "RFC6455-5.5.1-20",
     "A06: ends TCP 200 ms after the Closes if the server does not", .only = PEER_CLIENT,
     .late = PEER_AFTER_CLOSE, .end_ms = 200},
    {"ends-tcp-after-failure", "RFC6455-7.1.7-01",
     "A05: ends TCP behind the Close with which it fails a connection", .only = PEER_CLIENT,
     .first = PEER_AFTER_FAILURE},
    {"mask-zero-once", "RFC6455-5.3-03", "draws a masking key of zeros once",
     .mask = peer_mask_choose, .kind = PEER_MASK_ZERO_ONCE, .n = 20},
};

struct peer_quirk_list peer_variant_client(void)
{
    return (struct peer_quirk_list){items, sizeof items / sizeof items[0]};
}
