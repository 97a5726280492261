/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "report/report.h"

static const char usage[] =
    "Usage: wsconform COMMAND [OPTIONS]\n"
    "\n"
    "Tells which sentences of RFC 6455 a WebSocket server or client breaks, and proves it.\n"
    "\n"
    "  server [URL] [-- COMMAND]   test a server; COMMAND starts it\n"
    "  client [-- COMMAND]         test clients: listen, and let them connect\n"
    "  cases list|show|check|coverage\n"
    "                              the cases and the requirements that they cover\n"
    "  echo                        the built-in echo server or client, strict or with a fault\n"
    "  schema NAME                 print a JSON Schema: report, case or fuzz\n"
    "\n"
    "'wsconform COMMAND --help' tells more. Try:\n"
    "  wsconform server -- wsconform echo --listen 127.0.0.1:{port}\n";

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {{"server", cli_cmd_server},
                {"client", cli_cmd_client},
                {"cases", cli_cmd_cases},
                {"echo", cli_cmd_echo},
                {"schema", cli_cmd_schema}};

/* A failed assertion is a bug of ours and ends with the status that says so. */
static void on_abort(int signal)
{
    (void)signal;
    static const char text[] = "wsconform: this is a bug in wsconform, please report it\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void)ignored;
    _exit(CLI_BUG);
}

int main(int argc, char **argv)
{
    signal(SIGABRT, on_abort);
    if (argc < 2) {
        fputs(usage, stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        fputs(usage, stdout);
        return CLI_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("wsconform " REPORT_VERSION);
        return CLI_OK;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "wsconform: there is no command '%s'\nTry 'wsconform --help'.\n", argv[1]);
    return CLI_USAGE;
}
