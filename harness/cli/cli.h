/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_CLI_CLI_H
#define WSCONFORM_CLI_CLI_H

/* The exit statuses of every command; the first that applies counts. */
enum cli_status {
    CLI_OK = 0,
    CLI_DIFFERS = 1,     /* the endpoint breaks a rule */
    CLI_USAGE = 2,       /* the command line, a case file, an output that cannot be written */
    CLI_UNREACHABLE = 3, /* the endpoint cannot be started or reached, or is gone for good */
    CLI_NOTHING = 4,     /* the selection matched nothing */
    CLI_BUG = 5,         /* in wsconform */
    CLI_INTERRUPTED = 130
};

/* Each command gets its own arguments, argv[0] being its name, and returns an exit status. */
int cli_cmd_server(int argc, char **argv);
int cli_cmd_client(int argc, char **argv);
int cli_cmd_cases(int argc, char **argv);
int cli_cmd_echo(int argc, char **argv);
int cli_cmd_schema(int argc, char **argv);

#endif
