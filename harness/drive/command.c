/* SPDX-License-Identifier: MIT */
#include "drive/command.h"

#include <string.h>

#include "base/hex.h"

enum { LAST_WORDS = 160 /* octets of stderr in a sentence */ };

static const char *substitute(struct arena *arena, const char *argument, const char *url,
                              unsigned port)
{
    struct buffer out = {0};
    while (*argument != '\0') {
        if (strncmp(argument, "{port}", 6) == 0) {
            buffer_printf(&out, "%u", port);
            argument += 6;
        } else if (strncmp(argument, "{url}", 5) == 0) {
            buffer_append_text(&out, url);
            argument += 5;
        } else {
            buffer_append(&out, bytes_of(argument++, 1));
        }
    }
    const char *text = arena_strdup(arena, buffer_text(&out));
    buffer_free(&out);
    return text;
}

void drive_command_init(struct drive_command *command, const char *const *argv, const char *url,
                        unsigned port, const char *variable)
{
    *command = (struct drive_command){0};
    size_t count = 0;
    while (argv[count] != NULL)
        count++;
    command->argv = arena_alloc(&command->arena, (count + 1) * sizeof(*command->argv));
    for (size_t i = 0; i < count; i++)
        command->argv[i] = substitute(&command->arena, argv[i], url, port);
    command->environment[0] = arena_strdup(&command->arena, variable);
}

void drive_command_free(struct drive_command *command)
{
    arena_free(&command->arena);
    command->argv = NULL;
}

bool drive_command_names_url(const char *const *argv)
{
    for (; *argv != NULL; argv++)
        if (strstr(*argv, "{url}") != NULL)
            return true;
    return false;
}

/* Lines such as "    at f (file.js:1:2)" crowd out what happened. */
static bool is_stack_frame(struct bytes line)
{
    while (line.len > 0 && line.data[0] == ' ')
        line = bytes_of(line.data + 1, line.len - 1);
    return line.len > 3 && memcmp(line.data, "at ", 3) == 0;
}

static void copy_last_words(struct buffer *out, struct bytes words)
{
    while (words.len > 0) {
        const uint8_t *end = memchr(words.data, '\n', words.len);
        size_t len = end != NULL ? (size_t)(end - words.data) + 1 : words.len;
        struct bytes line = bytes_of(words.data, len);
        if (!is_stack_frame(line))
            buffer_append(out, line);
        words = bytes_of(words.data + len, words.len - len);
    }
    while (out->len > 0 && out->data[out->len - 1] == '\n')
        out->len--;
}

void drive_command_describe_end(struct net_process *process, int status, int signal,
                                struct buffer *out)
{
    if (signal != 0)
        buffer_printf(out, "the process was ended by signal %d (%s)", signal, strsignal(signal));
    else
        buffer_printf(out, "the process ended with exit status %d", status);
    struct buffer words = {0};
    copy_last_words(&words, net_process_stderr(process));
    size_t skipped = words.len > LAST_WORDS ? words.len - LAST_WORDS : 0;
    if (words.len > 0) {
        buffer_append_text(out, skipped > 0 ? "; its stderr ends: ..." : "; its stderr: ");
        hex_escape(out, bytes_of(words.data + skipped, words.len - skipped));
    }
    buffer_free(&words);
}
