/* SPDX-License-Identifier: MIT */
#include "drive/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hex.h"
#include "base/memory.h"
#include "net/process.h"
#include "net/timer.h"

enum {
    POLL_US = 5 * 1000,   /* between two looks whether it answers yet */
    ANSWER_MS = 200,      /* what one look may take */
    STOP_GRACE_MS = 1000, /* between SIGTERM and SIGKILL */
    LAST_WORDS = 160      /* octets of stderr in a sentence */
};

struct drive_endpoint {
    struct net_loop *loop;
    struct arena arena;
    struct ws_url url;
    const char *text;
    struct net_address address;
    const char **argv; /* NULL: not ours to start */
    const char *environment[2];
    uint64_t timeout_us;
    const struct drive_endpoint_events *events;
    void *context;
    struct net_process *process;
    struct net_timer *timer;
    bool starting;
    uint64_t give_up;
    void (*stopped)(void *context);
    void *stopped_context;
};

/* --- what it is called ------------------------------------------------------------------- */

static const char *substitute(struct drive_endpoint *e, const char *argument)
{
    struct buffer out = {0};
    while (*argument != '\0') {
        if (strncmp(argument, "{port}", 6) == 0) {
            buffer_printf(&out, "%u", e->url.port);
            argument += 6;
        } else if (strncmp(argument, "{url}", 5) == 0) {
            buffer_append_text(&out, e->text);
            argument += 5;
        } else {
            buffer_append(&out, bytes_of(argument++, 1));
        }
    }
    const char *text = arena_strdup(&e->arena, buffer_text(&out));
    buffer_free(&out);
    return text;
}

static void take_command(struct drive_endpoint *e, const char *const *command)
{
    size_t count = 0;
    while (command[count] != NULL)
        count++;
    e->argv = arena_alloc(&e->arena, (count + 1) * sizeof(*e->argv));
    for (size_t i = 0; i < count; i++)
        e->argv[i] = substitute(e, command[i]);
    e->environment[0] = arena_printf(&e->arena, "PORT=%u", e->url.port);
}

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

static void describe_death(struct drive_endpoint *e, int status, int signal, struct buffer *out)
{
    if (signal != 0)
        buffer_printf(out, "the process was ended by signal %d (%s)", signal, strsignal(signal));
    else
        buffer_printf(out, "the process ended with exit status %d", status);
    struct bytes words = net_process_stderr(e->process);
    while (words.len > 0 && words.data[words.len - 1] == '\n')
        words.len--;
    if (words.len == 0)
        return;
    size_t skipped = words.len > LAST_WORDS ? words.len - LAST_WORDS : 0;
    buffer_append_text(out, skipped > 0 ? "; its stderr ends: ..." : "; its stderr: ");
    hex_escape(out, bytes_of(words.data + skipped, words.len - skipped));
}

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
    describe_death(e, status, signal, &how);
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
                      (double)e->timeout_us / 1e6);
        say_ready(e, false, buffer_text(&why));
        buffer_free(&why);
    } else {
        net_timer_set(e->timer, net_loop_now(e->loop) + POLL_US);
    }
}

void drive_endpoint_start(struct drive_endpoint *e)
{
    e->starting = true;
    e->give_up = net_loop_now(e->loop) + e->timeout_us;
    if (e->argv != NULL) {
        struct error why;
        net_process_free(e->process);
        e->process = net_process_start(e->loop, e->argv, e->environment, on_exited, e, &why);
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
    if (command != NULL)
        take_command(e, command);
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
    arena_free(&e->arena);
    free(e);
}
