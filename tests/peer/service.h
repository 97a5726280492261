/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_PEER_SERVICE_H
#define WSCONFORM_TESTS_PEER_SERVICE_H

#include "quirks.h"

#include "net/listener.h"
#include "net/tcp.h"
#include "net/timer.h"

/* A server for the tests of clients: it answers each connection by a script and remembers what the
 * client said. One connection at a time. */
struct service {
    struct net_loop *loop;
    struct net_listener *listener;
    struct net_timer *guard;
    struct net_tcp *tcp;
    struct buffer request; /* of the last connection */
    struct buffer said;    /* behind it */
    struct buffer targets; /* of all connections, a line each */
    struct buffer send;
    unsigned connections;
    bool ended; /* the client ended TCP */
    enum net_end end;
    /* Writes what is sent for the request: with the head of a right answer it is open. */
    void (*answer)(struct service *service, const char *target, struct buffer *out);
    bool hangs_up; /* ends TCP when that is sent */
    bool resets;   /* with RST */
};

/* The key of the last request; valid until the next call. */
static inline const char *service_key(struct service *service)
{
    struct talk talk = {.out = service->request};
    const char *key = talk_key(&talk);
    service->request = talk.out;
    return key;
}

static inline void service_right_answer(struct service *service, struct buffer *out)
{
    struct talk talk = {.out = service->request};
    struct buffer answer = talk_proven(&talk, right_answer);
    service->request = talk.out;
    buffer_append(out, buffer_bytes(&answer));
    buffer_free(&answer);
}

static inline void service_connected(void *context)
{
    (void)context;
}

static inline void service_answer(struct service *service)
{
    char target[256];
    const char *text = buffer_text(&service->request);
    assert_int_equal(sscanf(text, "GET %255s", target), 1);
    buffer_printf(&service->targets, "%s\n", target);
    buffer_clear(&service->send);
    service->answer(service, target, &service->send);
    if (service->send.len > 0)
        net_tcp_write(service->tcp, buffer_bytes(&service->send));
}

static inline void service_bytes(void *context, uint8_t *data, size_t len)
{
    struct service *service = context;
    if (strstr(buffer_text(&service->request), "\r\n\r\n") != NULL) {
        buffer_append(&service->said, bytes_of(data, len));
        return;
    }
    buffer_append(&service->request, bytes_of(data, len));
    if (strstr(buffer_text(&service->request), "\r\n\r\n") != NULL)
        service_answer(service);
}

static inline void service_written(void *context)
{
    struct service *service = context;
    if (service->resets) {
        net_tcp_close(service->tcp, true);
        service->tcp = NULL;
    } else if (service->hangs_up) {
        net_tcp_half_close(service->tcp);
    }
}

static inline void service_ended(void *context, enum net_end end)
{
    struct service *service = context;
    service->ended = true;
    service->end = end;
}

static inline void service_accepted(void *context, struct net_tcp *tcp)
{
    static const struct net_tcp_events events = {service_connected, service_bytes, service_written,
                                                 service_ended};
    struct service *service = context;
    if (service->tcp != NULL)
        net_tcp_close(service->tcp, false);
    service->tcp = tcp;
    service->connections++;
    service->ended = false;
    buffer_clear(&service->request);
    buffer_clear(&service->said);
    net_tcp_attach(tcp, &events, service);
}

static inline void service_too_late(void *context)
{
    (void)context;
    fail_msg("nothing happened for five seconds");
}

static inline struct net_address service_address(unsigned port)
{
    struct net_address address;
    struct error error;
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", port, &error), 0);
    return address;
}

/* Listens. Returns where. */
static inline struct net_address service_start(struct service *service, struct net_loop *loop)
{
    struct error error;
    struct net_address any = service_address(0);
    service->loop = loop;
    service->guard = net_timer_new(loop, service_too_late, NULL);
    net_timer_set(service->guard, net_loop_now(loop) + 5000000);
    service->listener = net_listener_open(loop, &any, service_accepted, service, &error);
    assert_non_null(service->listener);
    return service_address(net_listener_port(service->listener));
}

static inline void service_end(struct service *service)
{
    net_listener_close(service->listener);
    net_timer_free(service->guard);
    if (service->tcp != NULL)
        net_tcp_close(service->tcp, false);
    buffer_free(&service->request);
    buffer_free(&service->said);
    buffer_free(&service->targets);
    buffer_free(&service->send);
}

#endif
