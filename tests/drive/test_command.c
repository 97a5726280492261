/* SPDX-License-Identifier: MIT */
#include "drive/command.h"

#include "net/loop.h"
#include "support.h"

static void places_are_filled(void **state)
{
    (void)state;
    static const char *const argv[] = {"node",  "{port}", "--at={url}/x{url}", "{Port}{}{", "",
                                       "plain", NULL};
    static const char *const wanted[] = {"node",      "9001", "--at=ws://h:9001/xws://h:9001",
                                         "{Port}{}{", "",     "plain"};
    struct drive_command command;
    drive_command_init(&command, argv, "ws://h:9001", 9001, "PORT=9001");
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        assert_string_equal(command.argv[i], wanted[i]);
    assert_null(command.argv[COUNT_OF(wanted)]);
    assert_string_equal(command.environment[0], "PORT=9001");
    assert_null(command.environment[1]);
    drive_command_free(&command);
    assert_null(command.argv);
}

/* The caller's texts may go. */
static void all_is_copied(void **state)
{
    (void)state;
    char word[] = "word";
    char variable[] = "A=b";
    const char *argv[] = {word, NULL};
    struct drive_command command;
    drive_command_init(&command, argv, "", 1, variable);
    memset(word, 'x', 4);
    memset(variable, 'x', 3);
    argv[0] = NULL;
    assert_string_equal(command.argv[0], "word");
    assert_string_equal(command.environment[0], "A=b");
    drive_command_free(&command);
}

static void an_url_is_found(void **state)
{
    (void)state;
    static const char *const with[] = {"a", "--to={url}", NULL};
    static const char *const without[] = {"a", "{port}", "url", "{ur", NULL};
    assert_true(drive_command_names_url(with));
    assert_false(drive_command_names_url(without));
}

/* How a process that runs this in a shell is said to have ended. */
struct corpse {
    struct net_loop *loop;
    int status;
    int signal;
};

static void on_exited(void *context, int status, int signal)
{
    struct corpse *corpse = context;
    corpse->status = status;
    corpse->signal = signal;
    net_loop_stop(corpse->loop);
}

static void expect_end(const char *script, const char *said)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct error error;
    struct buffer text = {0};
    struct corpse corpse = {.loop = net_loop_new()};
    struct net_process *process =
        net_process_start(corpse.loop, argv, NULL, on_exited, &corpse, &error);
    assert_non_null(process);
    net_loop_run(corpse.loop);
    drive_command_describe_end(process, corpse.status, corpse.signal, &text);
    if (strstr(buffer_text(&text), said) == NULL)
        fail_msg("%s: %s", script, buffer_text(&text));
    buffer_free(&text);
    net_process_free(process);
    net_loop_free(corpse.loop);
}

static void an_end_is_described(void **state)
{
    (void)state;
    expect_end("exit 7", "the process ended with exit status 7");
    expect_end("kill -9 $$", "the process was ended by signal 9 (");
    expect_end("echo no luck >&2; echo >&2; exit 1", "exit status 1; its stderr: no luck");
    expect_end("printf 'a\\033[31mb' >&2; exit 1", "its stderr: a\\x1b[31mb");
    expect_end("printf '%0300d' 7 >&2; exit 1", "its stderr ends: ...0000");
}

/* Lines of a stack say where, and leave no room for what. */
static void a_stack_is_left_out(void **state)
{
    (void)state;
    expect_end("printf 'Error: no luck\\n    at f (x.js:1:2)\\nat g\\n\\n' >&2; exit 1",
               "its stderr: Error: no luck");
    expect_end(
        "for i in 1 2 3 4 5 6 7 8 9; do echo \"    at f$i (/a/long/path/x.js:1:2)\"; done >&2;"
        "echo 'no luck' >&2; exit 1",
        "exit status 1; its stderr: no luck");
    expect_end("printf 'attention: \\n  atlas' >&2; exit 1", "its stderr: attention: \\n  atlas");
    expect_end("echo '  at f' >&2; exit 1", "exit status 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_filled),   cmocka_unit_test(all_is_copied),
        cmocka_unit_test(an_url_is_found),     cmocka_unit_test(an_end_is_described),
        cmocka_unit_test(a_stack_is_left_out),
    };
    return cmocka_run_group_tests_name("drive/command", tests, NULL, NULL);
}
