/* SPDX-License-Identifier: MIT */
/* A parser in another process as an adapter, so in any language. WSCONFORM_CHILD is the command,
 * for the shell. It is started once and asked over its standard input and output; its standard
 * error goes where ours goes. A message is a letter, the length of what follows in four octets (the
 * high one first), and that many octets.
 *
 * The child says first, and once
 *   H words            its profile
 * We say, and it answers each with any number of events and then a `.`
 *   O server|client    a new parser
 *   F octets           wsconform_feed
 *   E                  wsconform_eof
 *   C                  forget the parser
 * Events
 *   T octets, B octets a text, a binary message
 *   P payload, Q payload   a ping, a pong
 *   X code reason      a Close; the code in two octets, nothing at all without a body
 *   ! code             it fails; nothing at all without a code
 *   D text             a mistake of its own, "KIND: what happened": always a finding
 *
 * All that we say of one input is sent in one go and answered in one go: a child may read ahead. */
#include "fuzz/adapters/adapter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/memory.h"
#include "fuzz/oracle.h"

enum { HEAD = 5, ANSWER_MS = 10000, READ_SIZE = 65536, NO_STATUS = 1005 /* RFC 6455, 7.4.1 */ };

/* Longer answers to one input are nobody's honest answer. */
enum { ANSWER_MAX = 64 << 20 };

extern char **environ;

static struct {
    pid_t pid;
    int to;
    int from;
    struct buffer in;  /* what it said and nobody looked at */
    struct buffer out; /* what waits to be sent */
    size_t asked;      /* questions in `out` */
    struct wsconform_sink *sink;
    char *profile;
} child;

/* --- the process ----------------------------------------------------------------------------- */

static _Noreturn void child_died(void)
{
    int status = 0;
    kill(child.pid, SIGKILL);
    waitpid(child.pid, &status, 0);
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        oracle_violation("child-died", "RFC6455-10.7-01", "the child died of signal %d",
                         WTERMSIG(status));
    oracle_violation("child-died", "RFC6455-10.7-01", "the child ended with status %d",
                     WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void spawn_child(const char *command, int in, int out)
{
    posix_spawn_file_actions_t actions;
    char *arguments[] = {memory_strdup("sh"), memory_strdup("-c"), memory_strdup(command), NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    int failed = posix_spawn(&child.pid, "/bin/sh", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 0; arguments[i] != NULL; i++)
        free(arguments[i]);
    if (failed != 0)
        oracle_violation("child-died", "", "/bin/sh cannot be started");
}

static void start_child(void)
{
    int in[2], out[2];
    const char *command = getenv("WSCONFORM_CHILD");
    if (command == NULL || pipe(in) != 0 || pipe(out) != 0)
        oracle_violation("child-died", "", "WSCONFORM_CHILD must be the command of the child");
    /* Or the child would hold its own pipes open and never see their end. */
    fcntl(in[1], F_SETFD, FD_CLOEXEC);
    fcntl(out[0], F_SETFD, FD_CLOEXEC);
    spawn_child(command, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    child.to = in[1];
    child.from = out[0];
    fcntl(child.to, F_SETFL, O_NONBLOCK);
    signal(SIGPIPE, SIG_IGN);
}

/* --- octets both ways ------------------------------------------------------------------------ */

static void say(char kind, const void *octets, size_t len)
{
    uint8_t *head = buffer_extend(&child.out, HEAD);
    head[0] = (uint8_t)kind;
    for (int i = 1; i < HEAD; i++)
        head[i] = (uint8_t)(len >> (8 * (HEAD - 1 - i)));
    buffer_append(&child.out, bytes_of(len == 0 ? NULL : octets, len));
    child.asked++;
}

static void hear(void)
{
    uint8_t *to = buffer_extend(&child.in, READ_SIZE);
    ssize_t len = read(child.from, to, READ_SIZE);
    child.in.len -= READ_SIZE - (size_t)(len > 0 ? len : 0);
    if (len == 0 || (len < 0 && errno != EINTR))
        child_died();
    if (child.in.len > ANSWER_MAX)
        oracle_violation("child-floods", "", "the child said more than %d octets", ANSWER_MAX);
}

static void send_more(size_t *sent)
{
    ssize_t len = write(child.to, child.out.data + *sent, child.out.len - *sent);
    if (len > 0)
        *sent += (size_t)len;
    else if (errno == EPIPE)
        child_died();
}

/* Sends and hears whatever is possible next. */
static void exchange(size_t *sent)
{
    struct pollfd ends[2] = {{child.from, POLLIN, 0}, {child.to, POLLOUT, 0}};
    int ready = poll(ends, *sent < child.out.len ? 2 : 1, ANSWER_MS);
    if (ready == 0) {
        kill(child.pid, SIGKILL);
        oracle_violation("child-hung", "RFC6455-10.7-01", "no answer in %d ms", ANSWER_MS);
    }
    if (ready > 0 && ends[0].revents != 0)
        hear();
    if (ready > 0 && ends[1].revents != 0)
        send_more(sent);
}

/* --- what it says ---------------------------------------------------------------------------- */

static unsigned code_of(struct bytes body)
{
    return body.len < 2 ? 0 : body.data[0] * 256U + body.data[1];
}

/* "ValueError: bad length" gives the rule "child-mistake ValueError". */
static _Noreturn void mistake(struct bytes text)
{
    struct buffer rule = {0}, detail = {0};
    size_t kind = 0;
    while (kind < text.len && text.data[kind] != ':')
        kind++;
    buffer_append_text(&rule, "child-mistake ");
    hex_escape(&rule, bytes_of(text.data, kind));
    hex_escape(&detail, text);
    oracle_violation(buffer_text(&rule), "RFC6455-10.7-01", "%s", buffer_text(&detail));
}

static void take_close(struct bytes body)
{
    unsigned code = body.len == 0 ? NO_STATUS : code_of(body);
    size_t head = body.len < 2 ? 0 : 2;
    wsconform_sink_close(child.sink, code, body.len == 0 ? NULL : body.data + head,
                         body.len - head);
}

static void take(char kind, struct bytes body)
{
    if (kind == 'T' || kind == 'B')
        wsconform_sink_message(child.sink, kind == 'T', body.data, body.len);
    else if (kind == 'P')
        wsconform_sink_ping(child.sink, body.data, body.len);
    else if (kind == 'Q')
        wsconform_sink_pong(child.sink, body.data, body.len);
    else if (kind == 'X')
        take_close(body);
    else if (kind == '!')
        wsconform_sink_fail(child.sink, code_of(body));
    else if (kind == 'D')
        mistake(body);
    else
        oracle_violation("child-protocol", "", "the child says '%c'", kind);
}

/* The next message that is whole: its kind, or 0. */
static char next(size_t at, struct bytes *body)
{
    struct bytes rest = bytes_of(child.in.data, child.in.len);
    if (rest.len - at < HEAD)
        return 0;
    size_t len = 0;
    for (size_t i = 1; i < HEAD; i++)
        len = len << 8 | rest.data[at + i];
    if (rest.len - at - HEAD < len)
        return 0;
    *body = bytes_of(len == 0 ? NULL : rest.data + at + HEAD, len);
    return (char)rest.data[at];
}

/* Sends all that waits and takes in the answers. */
static void converse(void)
{
    size_t sent = 0;
    size_t at = 0;
    while (child.asked > 0) {
        struct bytes body;
        char kind = next(at, &body);
        if (kind == 0) {
            exchange(&sent);
            continue;
        }
        at += HEAD + body.len;
        if (kind == '.')
            child.asked--;
        else
            take(kind, body);
    }
    buffer_clear(&child.out);
    buffer_consume(&child.in, at);
}

/* --- the adapter ----------------------------------------------------------------------------- */

const char *wsconform_profile(void)
{
    struct bytes words;
    size_t sent = 0;
    start_child();
    while (next(0, &words) == 0)
        exchange(&sent);
    if (child.in.data[0] != 'H')
        oracle_violation("child-protocol", "", "the child does not begin with its profile");
    child.profile = memory_zeroed(words.len + 1, 1);
    if (words.len > 0)
        memcpy(child.profile, words.data, words.len);
    buffer_consume(&child.in, HEAD + words.len);
    return child.profile;
}

void *wsconform_open(bool is_server, struct wsconform_sink *sink)
{
    const char *role = is_server ? "server" : "client";
    child.sink = sink;
    say('O', role, strlen(role));
    return &child;
}

void wsconform_feed(void *self, uint8_t *octets, size_t len)
{
    (void)self;
    say('F', octets, len);
}

void wsconform_eof(void *self)
{
    (void)self;
    say('E', NULL, 0);
}

void wsconform_close(void *self)
{
    (void)self;
    say('C', NULL, 0);
    converse();
}
