/* SPDX-License-Identifier: MIT */
#include "fuzz/wslay.h"

/* fuzz/fuzz.mk defines FUZZ_WITH_WSLAY where libwslay is installed; the build for
 * MemorySanitizer does without it, since a library of the system is not instrumented. */
#ifdef FUZZ_WITH_WSLAY

#include <string.h>
#include <sys/types.h>
#include <wslay/wslay.h>

/* It allocates what a header announces. */
enum { MESSAGE_MAX = 65536 };

static struct self {
    wslay_event_context_ptr context;
    struct trace *sink;
    const uint8_t *data; /* the chunk */
    size_t len;
} self;

static ssize_t on_recv(wslay_event_context_ptr context, uint8_t *to, size_t room, int flags,
                       void *ignored)
{
    (void)flags;
    (void)ignored;
    size_t len = self.len < room ? self.len : room;
    if (len == 0) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(to, self.data, len);
    self.data += len;
    self.len -= len;
    return (ssize_t)len;
}

static ssize_t on_send(wslay_event_context_ptr context, const uint8_t *data, size_t len, int flags,
                       void *ignored)
{
    (void)context;
    (void)data;
    (void)flags;
    (void)ignored;
    return (ssize_t)len;
}

static int on_key(wslay_event_context_ptr context, uint8_t *key, size_t len, void *ignored)
{
    (void)context;
    (void)ignored;
    memset(key, 0, len);
    return 0;
}

static void on_message(wslay_event_context_ptr context,
                       const struct wslay_event_on_msg_recv_arg *arg, void *ignored)
{
    (void)context;
    (void)ignored;
    struct bytes payload = bytes_of(arg->msg, arg->msg_length);
    switch (arg->opcode) {
    case WSLAY_CONNECTION_CLOSE:
        trace_control(self.sink, TRACE_CLOSE, payload);
        break;
    case WSLAY_PING:
        trace_control(self.sink, TRACE_PING, payload);
        break;
    case WSLAY_PONG:
        trace_control(self.sink, TRACE_PONG, payload);
        break;
    default:
        trace_data(self.sink, payload);
        trace_message(self.sink, arg->opcode);
        break;
    }
}

static void *open_wslay(struct trace *sink, const struct slow_profile *profile)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_recv,
        .send_callback = on_send,
        .genmask_callback = on_key,
        .on_msg_recv_callback = on_message,
    };
    self = (struct self){.sink = sink};
    int failed = profile->from_client
                     ? wslay_event_context_server_init(&self.context, &callbacks, NULL)
                     : wslay_event_context_client_init(&self.context, &callbacks, NULL);
    if (failed != 0)
        oracle_violation("contract", "RFC6455-5.2-01", "libwslay does not start");
    wslay_event_config_set_max_recv_msg_length(self.context, MESSAGE_MAX);
    return &self;
}

static bool feed_wslay(void *ignored, uint8_t *data, size_t len)
{
    (void)ignored;
    self.data = data;
    self.len = len;
    if (!wslay_event_get_read_enabled(self.context))
        return false;
    int status = wslay_event_recv(self.context);
    bool reads = wslay_event_get_read_enabled(self.context) != 0;
    if (status == 0 && reads)
        return true;
    if (!wslay_event_get_close_received(self.context))
        trace_fail(self.sink, 0, 0);
    return false;
}

static void close_wslay(void *ignored)
{
    (void)ignored;
    wslay_event_context_free(self.context);
}

static const struct oracle_parser parser = {
    .rule = "wslay", .open = open_wslay, .feed = feed_wslay, .close = close_wslay};

const struct oracle_parser *const wslay_parser = &parser;

struct slow_profile wslay_profile(bool from_client)
{
    return (struct slow_profile){
        .from_client = from_client,
        .message_max = MESSAGE_MAX,
        /* RFC 6455, 5.5.1 names no consequence of a body of one octet. */
        .tolerated = SLOW_BIT(SLOW_CLOSE_LENGTH),
        .stops_at_close = true,
        /* It judges a control frame's length before the key has come, and most of a header only
         * when an octet of the payload is there. */
        .loose_codes = true,
        .early = true,
        .late = true,
    };
}

void wslay_compare(const struct slow_profile *profile, struct bytes in)
{
    static struct trace trace;
    /* Beyond the size of its buffer it judges a Close in pieces that are not ours to choose. */
    enum { BUFFER = 4096 };
    if (in.len - profile->head > BUFFER)
        return;
    struct bytes frames = bytes_of(in.data + profile->head, in.len - profile->head);
    struct slow_profile own = wslay_profile(profile->from_client);
    oracle_run(&parser, &own, frames, ORACLE_WHOLE, 0, &trace);
    oracle_compare("wslay", &trace, &own, frames);
}

#else

const struct oracle_parser *const wslay_parser = NULL;

struct slow_profile wslay_profile(bool from_client)
{
    return (struct slow_profile){.from_client = from_client};
}

void wslay_compare(const struct slow_profile *profile, struct bytes in)
{
    (void)profile;
    (void)in;
}

#endif
