/* SPDX-License-Identifier: MIT */
#include "drive/connection.h"

#include "mini.h"
#include "net/timer.h"

/* A party that does what a list says and writes down what it is told. */
struct actor {
    struct net_loop *loop;
    struct run_action actions[4];
    size_t next;
    char log[64];
    enum judge_end end;
    struct buffer received;
    uint64_t asked_at; /* when it was last asked */
    unsigned done;
    unsigned stirred;
};

static void opened(void *self, uint64_t now)
{
    (void)now;
    strcat(((struct actor *)self)->log, "o");
}

static void bytes(void *self, uint8_t *data, size_t len, uint64_t now)
{
    (void)now;
    struct actor *actor = self;
    if (strchr(actor->log, 'b') == NULL)
        strcat(actor->log, "b");
    buffer_append(&actor->received, bytes_of(data, len));
}

static void ended(void *self, enum judge_end end, uint64_t now)
{
    (void)now;
    struct actor *actor = self;
    strcat(actor->log, "e");
    actor->end = end;
}

/* An action that is to wait goes on when the end came, or when its deadline is over. */
static struct run_action next(void *self, uint64_t now, bool can_write)
{
    struct actor *actor = self;
    actor->asked_at = now;
    struct run_action action = actor->actions[actor->next];
    bool waits =
        action.want == RUN_WANT_WAIT && now < action.deadline && strchr(actor->log, 'e') == NULL;
    if (waits)
        return action;
    if (action.want == RUN_WANT_WAIT)
        action = actor->actions[++actor->next];
    if (action.want != RUN_WANT_CLOSE && !can_write)
        return (struct run_action){.want = RUN_WANT_WAIT, .deadline = UINT64_MAX};
    if (action.want != RUN_WANT_CLOSE)
        actor->next++;
    return action;
}

static void on_done(void *context)
{
    struct actor *actor = context;
    actor->done++;
    net_loop_stop(actor->loop);
}

static void on_stirred(void *context)
{
    ((struct actor *)context)->stirred++;
}

static const struct drive_connection_events events = {.done = on_done, .stirred = on_stirred};

static struct drive_connection *connect_to(struct actor *actor, unsigned port)
{
    struct error error;
    struct net_address address;
    struct run_party party = {actor, opened, bytes, ended, next};
    assert_int_equal(net_address_resolve(&address, "127.0.0.1", port, &error), 0);
    return drive_connection_open(actor->loop, &address, party, 2000000, &events, actor);
}

static void act(struct actor *actor, unsigned port)
{
    connect_to(actor, port);
    net_loop_run(actor->loop);
    assert_int_equal(actor->done, 1);
}

static void carries_out_what_the_party_wants(void **state)
{
    (void)state;
    struct mini mini = {.status = 403};
    struct actor actor = {.loop = net_loop_new(),
                          .actions = {{RUN_WANT_WRITE, bytes_text("GET / HTTP/1.1\r\n"), 0},
                                      {RUN_WANT_WRITE, bytes_text("Host: a\r\n\r\n"), 0},
                                      {RUN_WANT_WAIT, {0}, UINT64_MAX},
                                      {RUN_WANT_CLOSE, {0}, 0}}};
    act(&actor, mini_open(&mini, actor.loop, 0));
    assert_string_equal(actor.log, "obe");
    assert_int_equal(actor.end, JUDGE_END_FIN);
    assert_true(bytes_contain(buffer_bytes(&actor.received), bytes_text(" 403 ")));
    assert_true(actor.stirred > 0);
    buffer_free(&actor.received);
    mini_close(&mini);
    net_loop_free(actor.loop);
}

static void tells_that_nobody_listens(void **state)
{
    (void)state;
    struct actor actor = {.loop = net_loop_new(),
                          .actions = {{RUN_WANT_WAIT, {0}, UINT64_MAX}, {RUN_WANT_CLOSE, {0}, 0}}};
    act(&actor, net_address_free_port());
    assert_string_equal(actor.log, "e");
    assert_int_equal(actor.end, JUDGE_END_OPEN);
    net_loop_free(actor.loop);
}

static void keeps_the_deadline(void **state)
{
    (void)state;
    struct mini mini = {.status = 101};
    struct net_loop *loop = net_loop_new();
    uint64_t deadline = net_loop_now(loop) + 20000;
    struct actor actor = {.loop = loop,
                          .actions = {{RUN_WANT_WAIT, {0}, deadline}, {RUN_WANT_CLOSE, {0}, 0}}};
    act(&actor, mini_open(&mini, loop, 0));
    assert_string_equal(actor.log, "o");
    assert_in_range(actor.asked_at, deadline, deadline + 1000000);
    mini_close(&mini);
    net_loop_free(loop);
}

static void half_close_ends_our_direction_only(void **state)
{
    (void)state;
    struct mini mini = {.status = 101};
    struct actor actor = {.loop = net_loop_new(),
                          .actions = {{RUN_WANT_HALF_CLOSE, {0}, 0},
                                      {RUN_WANT_WAIT, {0}, UINT64_MAX},
                                      {RUN_WANT_CLOSE, {0}, 0}}};
    act(&actor, mini_open(&mini, actor.loop, 0)); /* the server hears it and ends its own */
    assert_string_equal(actor.log, "oe");
    assert_int_equal(actor.end, JUDGE_END_FIN);
    mini_close(&mini);
    net_loop_free(actor.loop);
}

static void reset_at_once(void *context, struct net_tcp *tcp)
{
    (void)context;
    net_tcp_close(tcp, true);
}

static void tells_a_reset(void **state)
{
    (void)state;
    struct error error;
    struct net_address address;
    struct actor actor = {.loop = net_loop_new(),
                          .actions = {{RUN_WANT_WAIT, {0}, UINT64_MAX}, {RUN_WANT_CLOSE, {0}, 0}}};
    net_address_resolve(&address, "127.0.0.1", 0, &error);
    struct net_listener *listener =
        net_listener_open(actor.loop, &address, reset_at_once, NULL, &error);
    assert_non_null(listener);
    act(&actor, net_listener_port(listener));
    assert_int_equal(actor.end, JUDGE_END_RESET);
    net_listener_close(listener);
    net_loop_free(actor.loop);
}

static void stop(void *context)
{
    net_loop_stop(context);
}

static void dropped_is_never_done(void **state)
{
    (void)state;
    struct mini mini = {.status = 101};
    struct actor actor = {.loop = net_loop_new(), .actions = {{RUN_WANT_CLOSE, {0}, 0}}};
    struct net_timer *timer = net_timer_new(actor.loop, stop, actor.loop);
    drive_connection_drop(connect_to(&actor, mini_open(&mini, actor.loop, 0)));
    drive_connection_drop(NULL);
    net_timer_set(timer, net_loop_now(actor.loop) + 10000);
    net_loop_run(actor.loop);
    assert_int_equal(actor.done, 0);
    net_timer_free(timer);
    mini_close(&mini);
    net_loop_free(actor.loop);
}

/* What was accepted, and the party that is to have it. */
struct hatch {
    struct actor actor;
    struct drive_connection *connection;
};

static void accept_for(void *context, struct net_tcp *tcp)
{
    struct hatch *hatch = context;
    const struct run_party party = {&hatch->actor, opened, bytes, ended, next};
    hatch->connection =
        drive_connection_accept(hatch->actor.loop, tcp, party, &events, &hatch->actor);
}

/* Listens for one, and connects with a party of its own. */
static struct net_listener *open_hatch(struct hatch *hatch, struct actor *caller)
{
    struct error error;
    struct net_address address;
    net_address_resolve(&address, "127.0.0.1", 0, &error);
    struct net_listener *listener =
        net_listener_open(hatch->actor.loop, &address, accept_for, hatch, &error);
    assert_non_null(listener);
    caller->loop = hatch->actor.loop;
    connect_to(caller, net_listener_port(listener));
    return listener;
}

static void takes_over_what_was_accepted(void **state)
{
    (void)state;
    struct hatch hatch = {
        .actor = {.loop = net_loop_new(),
                  .actions = {{RUN_WANT_WAIT, {0}, UINT64_MAX}, {RUN_WANT_CLOSE, {0}, 0}}}};
    struct actor caller = {.actions = {{RUN_WANT_WRITE, bytes_text("hello"), 0},
                                       {RUN_WANT_HALF_CLOSE, {0}, 0},
                                       {RUN_WANT_WAIT, {0}, UINT64_MAX},
                                       {RUN_WANT_CLOSE, {0}, 0}}};
    struct net_listener *listener = open_hatch(&hatch, &caller);
    while (hatch.actor.done == 0 || caller.done == 0)
        net_loop_run(hatch.actor.loop);
    assert_string_equal(hatch.actor.log, "obe");
    assert_int_equal(hatch.actor.end, JUDGE_END_FIN);
    support_expect_text(buffer_bytes(&hatch.actor.received), "hello");
    assert_string_equal(caller.log, "oe");
    buffer_free(&hatch.actor.received);
    net_listener_close(listener);
    net_loop_free(hatch.actor.loop);
}

static void poke(void *context)
{
    struct hatch *hatch = context;
    hatch->actor.actions[0].deadline = 0; /* it need not wait any more */
    drive_connection_poke(hatch->connection);
}

static void a_poke_asks_again(void **state)
{
    (void)state;
    struct hatch hatch = {
        .actor = {.loop = net_loop_new(),
                  .actions = {{RUN_WANT_WAIT, {0}, UINT64_MAX}, {RUN_WANT_CLOSE, {0}, 0}}}};
    struct actor caller = {.actions = {{RUN_WANT_WAIT, {0}, UINT64_MAX}, {RUN_WANT_CLOSE, {0}, 0}}};
    struct net_listener *listener = open_hatch(&hatch, &caller);
    struct net_timer *timer = net_timer_new(hatch.actor.loop, poke, &hatch);
    net_timer_set(timer, net_loop_now(hatch.actor.loop) + 20000);
    while (caller.done == 0) /* it hears that the other side closed */
        net_loop_run(hatch.actor.loop);
    assert_int_equal(hatch.actor.done, 1);
    assert_string_equal(hatch.actor.log, "o");
    net_timer_free(timer);
    net_listener_close(listener);
    net_loop_free(hatch.actor.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carries_out_what_the_party_wants),
        cmocka_unit_test(tells_that_nobody_listens),
        cmocka_unit_test(keeps_the_deadline),
        cmocka_unit_test(half_close_ends_our_direction_only),
        cmocka_unit_test(tells_a_reset),
        cmocka_unit_test(dropped_is_never_done),
        cmocka_unit_test(takes_over_what_was_accepted),
        cmocka_unit_test(a_poke_asks_again),
    };
    return cmocka_run_group_tests_name("drive/connection", tests, NULL, NULL);
}
