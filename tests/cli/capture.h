/* SPDX-License-Identifier: MIT */
#ifndef WSCONFORM_TESTS_CLI_CAPTURE_H
#define WSCONFORM_TESTS_CLI_CAPTURE_H

/* Runs a command with its stdout and stderr in files, whose texts can be looked at afterwards. */
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "support.h"

enum { CAPTURE_MAX = 1 << 18, CAPTURE_ARGUMENTS = 24 };

static char capture_out[CAPTURE_MAX];
static char capture_err[CAPTURE_MAX];

static inline void capture_take(FILE *file, char *text)
{
    rewind(file);
    text[fread(text, 1, CAPTURE_MAX - 1, file)] = '\0';
    fclose(file);
}

/* The exit status of `command` with these arguments, the first its name, NULL at the end. */
static inline int capture(int (*command)(int, char **), const char *const *arguments)
{
    char *argv[CAPTURE_ARGUMENTS + 1] = {NULL};
    int argc = 0;
    for (; arguments[argc] != NULL && argc < CAPTURE_ARGUMENTS; argc++)
        argv[argc] = strdup(arguments[argc]);
    char *owned[CAPTURE_ARGUMENTS + 1];
    memcpy(owned, argv, sizeof(owned)); /* getopt moves them */
    FILE *out = tmpfile();
    FILE *err = tmpfile();
    assert_non_null(out);
    assert_non_null(err);
    fflush(NULL);
    int old_out = dup(STDOUT_FILENO);
    int old_err = dup(STDERR_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    optind = 1;
    int status = command(argc, argv);
    fflush(NULL);
    dup2(old_out, STDOUT_FILENO);
    dup2(old_err, STDERR_FILENO);
    close(old_out);
    close(old_err);
    capture_take(out, capture_out);
    capture_take(err, capture_err);
    for (int i = 0; i < argc; i++)
        free(owned[i]);
    return status;
}

#define CAPTURE(command, ...) capture(command, (const char *const[]){__VA_ARGS__, NULL})

static inline void capture_expect_out(const char *text)
{
    if (strstr(capture_out, text) == NULL)
        fail_msg("'%s' is not on stdout: %.400s", text, capture_out);
}

static inline void capture_expect_err(const char *text)
{
    if (strstr(capture_err, text) == NULL)
        fail_msg("'%s' is not on stderr: %.400s", text, capture_err);
}

/* What both commands that test an endpoint refuse. `refuses`: the option with that value ends the
 * command with that status, and this is said on stderr. */
static inline void capture_refusals(void (*refuses)(const char *said, int status,
                                                    const char *option, const char *value))
{
    refuses("whole number", CLI_USAGE, "-j", "0");
    refuses("whole number", CLI_USAGE, "--seed", "x");
    refuses("seconds", CLI_USAGE, "--timeout", "0");
    refuses("'may'", CLI_USAGE, "--level", "may");
    refuses("'info'", CLI_USAGE, "--fail-on", "info");
    refuses("x.pdf", CLI_USAGE, "-o", "x.pdf");
    refuses("/no/such", CLI_USAGE, "-o", "/no/such/x.json");
    refuses("/no/such", CLI_USAGE, "--cases", "/no/such");
    refuses("'zzz'", CLI_NOTHING, "--run", "zzz");
    refuses("matches no case", CLI_NOTHING, "--skip", "*");
}

#endif
