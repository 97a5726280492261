/* SPDX-License-Identifier: MIT */
#include "drive/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "drive/command.h"
#include "net/timer.h"

enum {
    POLL_US = 5 * 1000,          /* between two looks whether it answers yet */
    ANSWER_MS = 200,             /* what one look may take */
    START_US = 30 * 1000 * 1000, /* what a process that lives may take at least until it answers */
    STOP_GRACE_MS = 1000         /* between SIGTERM and SIGKILL */
};

struct drive_endpoint {
    struct net_loop *loop;
    struct arena arena;
    struct ws_url url;
    const char *text;
    struct net_address address;
    struct drive_command command; /* without argv: not ours to start */
    uint64_t timeout_us;
    const struct drive_endpoint_events *events;
    void *context;
    struct net_process *process;
    struct net_timer *timer;
    bool starting;
    uint64_t patience_us; /* until it answers */
    uint64_t give_up;
    void (*stopped)(void *context);
    void *stopped_context;
};

/* --- what it is called ------------------------------------------------------------------- */

int drive_endpoint_read_url(struct ws_url *out, const char *url, struct error *error)
{
    if (ws_url_read(out, url, error) != 0)
        return -1;
    if (out->secure)
        return error_set(error, "wss:// needs TLS, which wsconform does not speak yet");
    return 0;
}

static int find_place(struct drive_endpoint *e, const char *url, const char *const *command,
                      struct error *error)
{
    unsigned timeout_ms = (unsigned)(e->timeout_us / 1000);
    if (url == NULL) {
        unsigned port = net_address_free_port();
        if (port == 0)
            return error_set(error, "there is no free port on 127.0.0.1");
        url = arena_printf(&e->arena, "ws://127.0.0.1:%u/", port);
    }
    e->text = arena_strdup(&e->arena, url);
    if (drive_endpoint_read_url(&e->url, url, error) != 0)
        return -1;
    if (command == NULL)
        return net_address_resolve_open(&e->address, e->url.host, e->url.port, timeout_ms, error);
    if (net_address_resolve(&e->address, e->url.host, e->url.port, error) != 0)
        return -1;
    if (net_address_answers(&e->address, ANSWER_MS))
        return error_set(error, "something answers at %s already, and it is not the command",
                         e->text);
    return 0;
}

/* --- how it lives and dies --------------------------------------------------------------- */

static void say_ready(struct drive_endpoint *e, bool alive, const char *why)
{
    e->starting = false;
    net_timer_cancel(e->timer);
    e->events->ready(e->context, alive, why);
}

static void on_exited(void *context, int status, int signal)
{
    struct drive_endpoint *e = context;
    if (e->stopped != NULL) {
        e->stopped(e->stopped_context);
        return;
    }
    /* A command may put its server into the background and end. */
    if (status == 0 && signal == 0 && net_address_answers(&e->address, ANSWER_MS))
        return;
    struct buffer how = {0};
    drive_command_describe_end(e->process, status, signal, &how);
    if (e->starting)
        say_ready(e, false, buffer_text(&how));
    else
        e->events->died(e->context, buffer_text(&how));
    buffer_free(&how);
}

static void on_poll(void *context)
{
    struct drive_endpoint *e = context;
    if (net_address_answers(&e->address, ANSWER_MS)) {
        say_ready(e, true, NULL);
    } else if (net_loop_now(e->loop) >= e->give_up) {
        struct buffer why = {0};
        buffer_printf(&why, "nothing answers at %s after %.1f s", e->text,
                      (double)e->patience_us / 1e6);
        say_ready(e, false, buffer_text(&why));
        buffer_free(&why);
    } else {
        net_timer_set(e->timer, net_loop_now(e->loop) + POLL_US);
    }
}

void drive_endpoint_start(struct drive_endpoint *e)
{
    e->starting = true;
    bool ours = e->command.argv != NULL && e->timeout_us < START_US;
    e->patience_us = ours ? START_US : e->timeout_us;
    e->give_up = net_loop_now(e->loop) + e->patience_us;
    if (e->command.argv != NULL) {
        struct error why;
        net_process_free(e->process);
        e->process =
            net_process_start(e->loop, e->command.argv, e->command.environment, on_exited, e, &why);
        if (e->process == NULL) {
            say_ready(e, false, why.text);
            return;
        }
    }
    net_timer_set(e->timer, net_loop_now(e->loop));
}

bool drive_endpoint_alive(const struct drive_endpoint *e)
{
    return net_address_answers(&e->address, ANSWER_MS);
}

void drive_endpoint_stop(struct drive_endpoint *e, void (*stopped)(void *context), void *context)
{
    net_timer_cancel(e->timer);
    if (e->process == NULL || !net_process_running(e->process)) {
        stopped(context);
        return;
    }
    e->stopped = stopped;
    e->stopped_context = context;
    net_process_stop(e->process, STOP_GRACE_MS);
}

/* --- making and freeing ------------------------------------------------------------------ */

struct drive_endpoint *drive_endpoint_new(struct net_loop *loop, const char *url,
                                          const char *const *command, uint64_t timeout_us,
                                          const struct drive_endpoint_events *events, void *context,
                                          struct error *error)
{
    struct drive_endpoint *e = memory_zeroed(1, sizeof(*e));
    e->loop = loop;
    e->timeout_us = timeout_us;
    e->events = events;
    e->context = context;
    e->timer = net_timer_new(loop, on_poll, e);
    if (find_place(e, url, command, error) != 0) {
        drive_endpoint_free(e);
        return NULL;
    }
    if (command != NULL) {
        const char *variable = arena_printf(&e->arena, "PORT=%u", e->url.port);
        drive_command_init(&e->command, command, e->text, e->url.port, variable);
    }
    return e;
}

const struct ws_url *drive_endpoint_url(const struct drive_endpoint *e)
{
    return &e->url;
}

const char *drive_endpoint_text(const struct drive_endpoint *e)
{
    return e->text;
}

const struct net_address *drive_endpoint_address(const struct drive_endpoint *e)
{
    return &e->address;
}

void drive_endpoint_free(struct drive_endpoint *e)
{
    if (e == NULL)
        return;
    net_process_free(e->process);
    net_timer_free(e->timer);
    drive_command_free(&e->command);
    arena_free(&e->arena);
    free(e);
}
