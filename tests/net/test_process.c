/* SPDX-License-Identifier: MIT */
#include "net/process.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/timer.h"

struct child {
    struct net_loop *loop;
    struct net_process *process;
    unsigned exits;
    int status;
    int signal;
};

static void on_exited(void *context, int status, int signal_number)
{
    struct child *child = context;
    child->exits++;
    child->status = status;
    child->signal = signal_number;
    net_loop_stop(child->loop);
}

/* Starts a shell; `child` must stay where it is. */
static void run_shell(struct child *child, const char *script, const char *const *environment)
{
    *child = (struct child){.loop = net_loop_new()};
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct error error = {""};
    child->process = net_process_start(child->loop, argv, environment, on_exited, child, &error);
    assert_non_null(child->process);
    assert_true(net_process_running(child->process));
}

static void finish(struct child *child)
{
    net_process_free(child->process);
    net_loop_free(child->loop);
}

static void assert_output(struct bytes got, const char *expected)
{
    assert_true(bytes_equal(got, bytes_text(expected)));
}

static void tells_the_exit_status(void **state)
{
    (void)state;
    struct child child;
    run_shell(&child, "exit 3", NULL);
    net_loop_run(child.loop);
    assert_int_equal(child.exits, 1);
    assert_int_equal(child.status, 3);
    assert_int_equal(child.signal, 0);
    assert_false(net_process_running(child.process));
    net_process_stop(child.process, 1000);
    finish(&child);
}

static void tells_the_signal(void **state)
{
    (void)state;
    struct child child;
    run_shell(&child, "kill -SEGV $$", NULL);
    net_loop_run(child.loop);
    assert_int_equal(child.exits, 1);
    assert_int_equal(child.signal, SIGSEGV);
    finish(&child);
}

static void has_our_environment_and_more(void **state)
{
    (void)state;
    setenv("WSCONFORM_TEST_KEPT", "kept", 1);
    setenv("PORT", "1", 1);
    static const char *const additions[] = {"PORT=9001", "WSCONFORM_TEST_NEW=new", NULL};
    struct child child;
    run_shell(&child, "echo $PORT $WSCONFORM_TEST_KEPT $WSCONFORM_TEST_NEW; cat; echo err >&2",
              additions);
    net_loop_run(child.loop);
    assert_output(net_process_stdout(child.process), "9001 kept new\n");
    assert_output(net_process_stderr(child.process), "err\n");
    assert_int_equal(child.status, 0);
    finish(&child);
}

static void has_each_variable_once(void **state)
{
    (void)state;
    setenv("PORT", "1", 1);
    static const char *const additions[] = {"PORT=9001", NULL};
    static const char *const argv[] = {"env", NULL};
    struct child child = {.loop = net_loop_new()};
    child.process = net_process_start(child.loop, argv, additions, on_exited, &child, NULL);
    assert_non_null(child.process);
    net_loop_run(child.loop);
    struct bytes out = net_process_stdout(child.process);
    assert_true(bytes_contain(out, bytes_text("PORT=9001\n")));
    assert_false(bytes_contain(out, bytes_text("PORT=1\n")));
    finish(&child);
}

static void keeps_the_last_words(void **state)
{
    (void)state;
    struct child child;
    run_shell(&child,
              "i=0; while [ $i -lt 3000 ]; do echo line $i >&2; i=$((i+1)); done; kill -ABRT $$",
              NULL);
    net_loop_run(child.loop);
    struct bytes tail = net_process_stderr(child.process);
    assert_int_equal(tail.len, NET_PROCESS_TAIL);
    static const char last[] = "line 2998\nline 2999\n";
    assert_memory_equal(tail.data + tail.len - strlen(last), last, strlen(last));
    assert_true(bytes_contain(tail, bytes_text("line 2600\nline 2601\n")));
    finish(&child);
}

static void says_what_cannot_be_started(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_new();
    const char *const argv[] = {"no-such-program-anywhere", NULL};
    struct error error = {""};
    assert_null(net_process_start(loop, argv, NULL, on_exited, NULL, &error));
    assert_string_equal(error.text,
                        "cannot start 'no-such-program-anywhere': no such file or directory");
    net_loop_free(loop);
}

static void stop_loop(void *context)
{
    net_loop_stop(context);
}

/* Runs until the child has said something, and is thus where the test wants it. */
static void wait_for_output(struct child *child, const char *text)
{
    struct net_timer *tick = net_timer_new(child->loop, stop_loop, child->loop);
    for (int i = 0; i < 2000; i++) {
        if (bytes_contain(net_process_stdout(child->process), bytes_text(text)))
            break;
        net_timer_set(tick, net_loop_now(child->loop) + 1000);
        net_loop_run(child->loop);
    }
    net_timer_free(tick);
    assert_true(bytes_contain(net_process_stdout(child->process), bytes_text(text)));
}

static void stops_gently(void **state)
{
    (void)state;
    struct child child;
    run_shell(&child, "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.01; done", NULL);
    wait_for_output(&child, "up\n");
    net_process_stop(child.process, 5000);
    net_loop_run(child.loop);
    assert_int_equal(child.exits, 1);
    assert_int_equal(child.status, 7);
    assert_output(net_process_stdout(child.process), "up\nbye\n");
    finish(&child);
}

static void kills_what_does_not_stop(void **state)
{
    (void)state;
    struct child child;
    run_shell(&child, "trap '' TERM; echo up; while :; do sleep 0.01; done", NULL);
    wait_for_output(&child, "up\n");
    uint64_t start_time = net_loop_now(child.loop);
    net_process_stop(child.process, 50);
    net_loop_run(child.loop);
    assert_int_equal(child.signal, SIGKILL);
    assert_in_range(net_loop_now(child.loop) - start_time, 50000, 3000000);
    finish(&child);
}

static int grandchild_of(struct child *child)
{
    struct bytes out = net_process_stdout(child->process);
    char text[32] = "";
    memcpy(text, out.data, out.len < 31 ? out.len : 31);
    return atoi(text);
}

/* An orphan is reaped by init, in its own time; a zombie counts as ended. */
static bool ends_soon(int id)
{
    for (int i = 0; i < 2000; i++) {
        char path[64];
        char line[256] = "";
        if (kill(id, 0) != 0 && errno == ESRCH)
            return true;
        snprintf(path, sizeof path, "/proc/%d/stat", id);
        FILE *file = fopen(path, "r");
        if (file && fgets(line, sizeof line, file) && strstr(line, ") Z "))
            id = -1;
        if (file)
            fclose(file);
        if (id < 0)
            return true;
        usleep(1000);
    }
    return false;
}

static void kills_the_grandchild_too(void **state)
{
    (void)state;
    struct child child;
    run_shell(&child, "sh -c \"trap '' TERM; echo \\$\\$ up; while :; do sleep 0.01; done\" & wait",
              NULL);
    wait_for_output(&child, " up\n");
    int grandchild = grandchild_of(&child);
    assert_int_equal(kill(grandchild, 0), 0);
    int id = net_process_id(child.process);
    net_process_free(child.process);
    child.process = NULL;
    assert_true(ends_soon(grandchild));
    assert_int_equal(waitpid(id, NULL, WNOHANG), -1); /* reaped already: no zombie */
    assert_int_equal(errno, ECHILD);
    net_loop_run(child.loop);
    assert_int_equal(child.exits, 0);
    finish(&child);
}

static void kills_a_grandchild_that_outlives_its_parent(void **state)
{
    (void)state;
    struct child child;
    run_shell(&child, "sh -c 'echo $$ up; while :; do sleep 0.01; done' & sleep 0.05; exit 4",
              NULL);
    net_loop_run(child.loop);
    assert_int_equal(child.exits, 1);
    assert_int_equal(child.status, 4);
    int grandchild = grandchild_of(&child);
    assert_int_equal(kill(grandchild, 0), 0);
    finish(&child);
    assert_true(ends_soon(grandchild));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_exit_status),
        cmocka_unit_test(tells_the_signal),
        cmocka_unit_test(has_our_environment_and_more),
        cmocka_unit_test(has_each_variable_once),
        cmocka_unit_test(keeps_the_last_words),
        cmocka_unit_test(says_what_cannot_be_started),
        cmocka_unit_test(stops_gently),
        cmocka_unit_test(kills_what_does_not_stop),
        cmocka_unit_test(kills_the_grandchild_too),
        cmocka_unit_test(kills_a_grandchild_that_outlives_its_parent),
    };
    return cmocka_run_group_tests_name("net/process", tests, NULL, NULL);
}
