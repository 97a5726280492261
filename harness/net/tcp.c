/* SPDX-License-Identifier: MIT */
#include "net/tcp.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "net/internal.h"
#include "net/timer.h"

/* Memory that a big write needed is given back after it. */
enum { OUT_KEPT = 1 << 20 };

struct net_tcp {
    struct net_owned owned;
    uv_tcp_t uv;
    uv_connect_t connect;
    uv_write_t write;
    uv_shutdown_t shutdown;
    struct net_tcp_events events;
    void *context;
    struct buffer out; /* what is being written */
    bool connected;
    bool writing;
    bool half_closed;
    bool paused;
    size_t read_max; /* octets in one read; 0: as many as there are */
    bool ended;      /* nothing more is read; `end` says how it was told */
    enum net_end end;
    bool broken; /* a write failed; `failure` says how */
    enum net_end failure;
    struct net_timer *later; /* tells `failure` when libuv refused at once */
};

static enum net_end end_of(int status)
{
    switch (status) {
    case UV_EOF:
        return NET_END_FIN;
    case UV_ECONNREFUSED:
        return NET_END_REFUSED;
    case UV_ECONNRESET:
    case UV_ECONNABORTED:
    case UV_EPIPE:
        return NET_END_RESET;
    default:
        return NET_END_FAILED;
    }
}

static void lend(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
    const struct net_tcp *tcp = handle->data;
    net_loop_lend(handle, wanted, out);
    if (tcp->read_max > 0 && tcp->read_max < out->len)
        *out = uv_buf_init(out->base, (unsigned)tcp->read_max);
}

static bool closing(const struct net_tcp *tcp)
{
    return uv_is_closing((const uv_handle_t *)&tcp->uv);
}

static uv_stream_t *stream_of(struct net_tcp *tcp)
{
    return (uv_stream_t *)&tcp->uv;
}

static void end(struct net_tcp *tcp, enum net_end how)
{
    if (tcp->ended && tcp->end != NET_END_FIN)
        return;
    tcp->ended = true;
    tcp->end = how;
    uv_read_stop(stream_of(tcp));
    tcp->events.ended(tcp->context, how);
}

static void end_later(void *context)
{
    struct net_tcp *tcp = context;
    end(tcp, tcp->failure);
}

/* libuv says no at once, but callbacks never come from inside a call. */
static void fail_later(struct net_tcp *tcp, int status)
{
    struct net_loop *loop = (struct net_loop *)tcp->uv.loop;
    tcp->failure = end_of(status);
    if (!tcp->later)
        tcp->later = net_timer_new(loop, end_later, tcp);
    net_timer_set(tcp->later, 0);
}

/* Acknowledges at once what arrives next; the kernel forgets this wish again and again, and then
 * a peer that writes small pieces with Nagle's algorithm on waits 40 ms for our answer. */
static void arm_quickack(struct net_tcp *tcp)
{
#ifdef TCP_QUICKACK
    uv_os_fd_t descriptor;
    int on = 1;
    if (uv_fileno((uv_handle_t *)&tcp->uv, &descriptor) == 0)
        setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#else
    (void)tcp;
#endif
}

/* libuv says "end" without another read when the poll told of a hang-up and the read before did
 * not fill its buffer. If it was a reset, the socket still knows. */
static bool reset_is_pending(const struct net_tcp *tcp)
{
    uv_os_fd_t descriptor;
    int error = 0;
    socklen_t size = sizeof error;
    if (uv_fileno((const uv_handle_t *)&tcp->uv, &descriptor) != 0)
        return false;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == ECONNRESET;
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct net_tcp *tcp = stream->data;
    if (len == 0)
        return;
    if (len == UV_EOF && reset_is_pending(tcp))
        len = UV_ECONNRESET;
    if (len < 0) {
        /* The first call to notice a reset takes the error away, and the next sees an end. */
        end(tcp, tcp->broken ? tcp->failure : end_of((int)len));
        return;
    }
    arm_quickack(tcp);
    tcp->events.bytes(tcp->context, (uint8_t *)buf->base, (size_t)len);
}

static void start_reading(struct net_tcp *tcp)
{
    if (!tcp->connected || tcp->paused || tcp->ended)
        return;
    int status = uv_read_start(stream_of(tcp), lend, on_read);
    if (status != 0 && status != UV_EALREADY)
        fail_later(tcp, status);
}

static void free_tcp(uv_handle_t *handle)
{
    struct net_tcp *tcp = handle->data;
    buffer_free(&tcp->out);
    free(tcp);
}

static void release_tcp(struct net_owned *owned)
{
    net_tcp_close((struct net_tcp *)owned, false);
}

static struct net_tcp *new_tcp(struct net_loop *loop)
{
    struct net_tcp *tcp = memory_zeroed(1, sizeof *tcp);
    tcp->owned.release = release_tcp;
    uv_tcp_init(&loop->uv, &tcp->uv);
    tcp->uv.data = tcp;
    return tcp;
}

static bool is_self(struct net_tcp *tcp)
{
    uv_os_fd_t descriptor;
    return uv_fileno((uv_handle_t *)&tcp->uv, &descriptor) == 0 && net_address_is_self(descriptor);
}

static void on_connect(uv_connect_t *request, int status)
{
    struct net_tcp *tcp = request->data;
    if (closing(tcp))
        return;
    if (status == 0 && is_self(tcp))
        status = UV_ECONNREFUSED;
    if (status != 0) {
        end(tcp, end_of(status));
        return;
    }
    tcp->connected = true;
    arm_quickack(tcp);
    start_reading(tcp);
    tcp->events.connected(tcp->context);
}

struct net_tcp *net_tcp_connect(struct net_loop *loop, const struct net_address *address,
                                const struct net_tcp_events *events, void *context)
{
    struct net_tcp *tcp = new_tcp(loop);
    net_tcp_attach(tcp, events, context);
    tcp->connect.data = tcp;
    int status = uv_tcp_connect(&tcp->connect, &tcp->uv, (const void *)address, on_connect);
    if (status == 0)
        status = uv_tcp_nodelay(&tcp->uv, 1);
    if (status != 0)
        fail_later(tcp, status);
    return tcp;
}

void net_tcp_narrow(struct net_tcp *tcp, size_t octets)
{
    int size = 4 * (int)octets;
    tcp->read_max = octets;
    /* A wish. Less than a few reads makes the kernel close the window, and its timer to open it
     * again is longer than our deadlines. */
    uv_recv_buffer_size((uv_handle_t *)&tcp->uv, &size);
}

struct net_tcp *net_tcp_accept(struct net_loop *loop, uv_stream_t *listener)
{
    struct net_tcp *tcp = new_tcp(loop);
    if (uv_accept(listener, stream_of(tcp)) != 0) {
        net_tcp_close(tcp, false);
        return NULL;
    }
    uv_tcp_nodelay(&tcp->uv, 1);
    tcp->connected = true;
    start_reading(tcp);
    return tcp;
}

void net_tcp_attach(struct net_tcp *tcp, const struct net_tcp_events *events, void *context)
{
    tcp->events = *events;
    tcp->context = context;
}

static void on_written(uv_write_t *request, int status)
{
    struct net_tcp *tcp = request->data;
    if (closing(tcp))
        return;
    tcp->writing = false;
    if (tcp->out.capacity > OUT_KEPT)
        buffer_free(&tcp->out);
    if (status == 0) {
        tcp->events.written(tcp->context);
        return;
    }
    tcp->broken = true;
    tcp->failure = end_of(status);
    /* What the peer sent before it reset the connection waits to be read; its end tells ours. */
    if (tcp->ended || tcp->paused)
        end(tcp, tcp->failure);
}

void net_tcp_write(struct net_tcp *tcp, struct bytes b)
{
    assert(!tcp->writing && !tcp->half_closed);
    tcp->writing = true;
    buffer_clear(&tcp->out);
    buffer_append(&tcp->out, b);
    uv_buf_t run = {.base = (char *)tcp->out.data, .len = b.len};
    tcp->write.data = tcp;
    int status = uv_write(&tcp->write, stream_of(tcp), &run, 1, on_written);
    if (status != 0)
        fail_later(tcp, status);
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)request;
    (void)status; /* when the connection is gone, reading says so */
}

void net_tcp_half_close(struct net_tcp *tcp)
{
    if (tcp->half_closed)
        return;
    tcp->half_closed = true;
    uv_shutdown(&tcp->shutdown, stream_of(tcp), on_shutdown);
}

void net_tcp_pause(struct net_tcp *tcp)
{
    tcp->paused = true;
    uv_read_stop(stream_of(tcp));
}

void net_tcp_resume(struct net_tcp *tcp)
{
    tcp->paused = false;
    start_reading(tcp);
}

/* Without lingering, closing throws away what is unsent and sends RST. */
static void dont_linger(struct net_tcp *tcp)
{
    uv_os_fd_t descriptor;
    struct linger none = {.l_onoff = 1, .l_linger = 0};
    if (uv_fileno((uv_handle_t *)&tcp->uv, &descriptor) == 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

void net_tcp_close(struct net_tcp *tcp, bool reset)
{
    if (reset)
        dont_linger(tcp);
    net_timer_free(tcp->later);
    uv_close((uv_handle_t *)&tcp->uv, free_tcp);
}
