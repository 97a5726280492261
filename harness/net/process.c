/* SPDX-License-Identifier: MIT */
#include "net/process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/internal.h"
#include "net/timer.h"

extern char **environ;

/* The last octets of one output of the child. */
struct tail {
    uv_pipe_t pipe;
    size_t len;
    uint8_t data[NET_PROCESS_TAIL];
};

struct net_process {
    struct net_owned owned;
    uv_process_t uv;
    struct tail out;
    struct tail err;
    struct net_timer *patience; /* runs between SIGTERM and SIGKILL */
    net_process_exited *exited;
    void *context;
    bool running;
    bool group_lives; /* some process of the group may still run: its id is not free for others */
    unsigned open_handles;
};

static void keep(struct tail *tail, struct bytes b)
{
    if (b.len >= sizeof tail->data) {
        memcpy(tail->data, b.data + b.len - sizeof tail->data, sizeof tail->data);
        tail->len = sizeof tail->data;
        return;
    }
    size_t room = sizeof tail->data - b.len;
    size_t kept = tail->len < room ? tail->len : room;
    memmove(tail->data, tail->data + tail->len - kept, kept);
    memcpy(tail->data + kept, b.data, b.len);
    tail->len = kept + b.len;
}

static struct tail *tail_of(uv_stream_t *stream)
{
    struct net_process *process = stream->data;
    return stream == (uv_stream_t *)&process->out.pipe ? &process->out : &process->err;
}

static void on_output(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    if (len < 0)
        uv_read_stop(stream);
    else
        keep(tail_of(stream), bytes_of(buf->base, (size_t)len));
}

/* Reads what waits in the pipe, so that the last words are there when the death is told. Waiting
 * for the end of the pipe would not do: a grandchild may hold it open for ever, or fill it. */
static void drain(struct net_process *process, struct tail *tail)
{
    enum { ROUNDS = 64 };
    struct net_loop *loop = (struct net_loop *)process->uv.loop;
    uv_os_fd_t descriptor;
    if (!uv_is_active((uv_handle_t *)&tail->pipe) ||
        uv_fileno((uv_handle_t *)&tail->pipe, &descriptor) != 0)
        return;
    for (int i = 0; i < ROUNDS; i++) {
        ssize_t len = read(descriptor, loop->read_buffer, sizeof loop->read_buffer);
        if (len <= 0)
            return;
        keep(tail, bytes_of(loop->read_buffer, (size_t)len));
    }
}

static void on_exit_of_child(uv_process_t *handle, int64_t status, int signal_number)
{
    struct net_process *process = handle->data;
    process->running = false;
    process->group_lives = kill(-handle->pid, 0) == 0;
    if (!process->group_lives)
        net_timer_cancel(process->patience);
    drain(process, &process->out);
    drain(process, &process->err);
    process->exited(process->context, (int)status, signal_number);
}

static void free_process(uv_handle_t *handle)
{
    struct net_process *process = handle->data;
    if (--process->open_handles == 0)
        free(process);
}

static void close_handles(struct net_process *process)
{
    net_timer_free(process->patience);
    process->open_handles = 3;
    uv_close((uv_handle_t *)&process->uv, free_process);
    uv_close((uv_handle_t *)&process->out.pipe, free_process);
    uv_close((uv_handle_t *)&process->err.pipe, free_process);
}

static void release_process(struct net_owned *owned)
{
    close_handles((struct net_process *)owned);
}

/* True if `entry` ("NAME=value") names the same variable as one of `entries`. */
static bool overridden(const char *entry, const char *const *entries)
{
    size_t len = strcspn(entry, "=");
    for (; *entries; entries++)
        if (strncmp(entry, *entries, len) == 0 && (*entries)[len] == '=')
            return true;
    return false;
}

static size_t count(const char *const *entries)
{
    size_t n = 0;
    while (entries[n])
        n++;
    return n;
}

/* Ours without what is overridden, and the additions; the array is the caller's to free. */
static const char **merge_environment(const char *const *additions)
{
    static const char *const none[] = {NULL};
    const char *const *ours = (const char *const *)environ;
    if (!additions)
        additions = none;
    const char **merged = memory_alloc((count(ours) + count(additions) + 1) * sizeof *merged);
    size_t n = 0;
    for (; *ours; ours++)
        if (!overridden(*ours, additions))
            merged[n++] = *ours;
    for (; *additions; additions++)
        merged[n++] = *additions;
    merged[n] = NULL;
    return merged;
}

static int spawn(struct net_process *process, const char *const *argv,
                 const char *const *environment)
{
    uv_loop_t *uv = process->uv.loop;
    const char **merged = merge_environment(environment);
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}};
    const uv_stdio_flags to_us = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    stdio[1].flags = stdio[2].flags = to_us;
    stdio[1].data.stream = (uv_stream_t *)&process->out.pipe;
    stdio[2].data.stream = (uv_stream_t *)&process->err.pipe;
    uv_process_options_t options = {
        .exit_cb = on_exit_of_child,
        .file = argv[0],
        .args = (char **)(uintptr_t)argv,
        .env = (char **)(uintptr_t)merged,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = 3,
        .stdio = stdio,
    };
    int status = uv_spawn(uv, &process->uv, &options);
    free(merged);
    return status;
}

static void patience_ends(void *context)
{
    struct net_process *process = context;
    if (process->group_lives)
        kill(-process->uv.pid, SIGKILL);
}

struct net_process *net_process_start(struct net_loop *loop, const char *const *argv,
                                      const char *const *environment, net_process_exited *exited,
                                      void *context, struct error *error)
{
    struct net_process *process = memory_zeroed(1, sizeof *process);
    process->owned.release = release_process;
    process->exited = exited;
    process->context = context;
    process->uv.loop = &loop->uv;
    process->patience = net_timer_new(loop, patience_ends, process);
    uv_pipe_init(&loop->uv, &process->out.pipe, 0);
    uv_pipe_init(&loop->uv, &process->err.pipe, 0);

    int status = spawn(process, argv, environment);
    process->uv.data = process->out.pipe.data = process->err.pipe.data = process;
    if (status != 0) {
        error_set(error, "cannot start '%s': %s", argv[0], uv_strerror(status));
        close_handles(process);
        return NULL;
    }
    process->running = process->group_lives = true;
    uv_read_start((uv_stream_t *)&process->out.pipe, net_loop_lend, on_output);
    uv_read_start((uv_stream_t *)&process->err.pipe, net_loop_lend, on_output);
    /* A grandchild that holds a pipe open is no reason to run on. */
    uv_unref((uv_handle_t *)&process->out.pipe);
    uv_unref((uv_handle_t *)&process->err.pipe);
    return process;
}

bool net_process_running(const struct net_process *process)
{
    return process->running;
}

int net_process_id(const struct net_process *process)
{
    return process->uv.pid;
}

struct bytes net_process_stderr(struct net_process *process)
{
    return bytes_of(process->err.data, process->err.len);
}

struct bytes net_process_stdout(struct net_process *process)
{
    return bytes_of(process->out.data, process->out.len);
}

void net_process_stop(struct net_process *process, unsigned grace_ms)
{
    if (!process->group_lives)
        return;
    kill(-process->uv.pid, SIGTERM);
    uint64_t now = net_loop_now((struct net_loop *)process->uv.loop);
    net_timer_set(process->patience, now + (uint64_t)grace_ms * 1000);
}

void net_process_free(struct net_process *process)
{
    if (!process)
        return;
    int id = process->uv.pid;
    bool dying = process->group_lives && kill(-id, SIGKILL) == 0;
    close_handles(process);
    /* libuv no longer waits for it, and a dead child may not stay a zombie. */
    while (dying && process->running && waitpid(id, NULL, 0) < 0 && errno == EINTR)
        continue;
}
