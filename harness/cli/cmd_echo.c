/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "peer/quirk.h"
#include "peer/server.h"

static const char usage[] =
    "Usage: wsconform echo [--listen HOST:PORT] [--fault NAME | --variant NAME]\n"
    "       wsconform echo --list-faults\n"
    "\n"
    "A strict WebSocket echo server, to try things out and to test clients against.\n"
    "\n"
    "  --listen HOST:PORT   where (127.0.0.1:9001); port 0 takes a free one and prints it\n"
    "  --fault NAME         be wrong in exactly this way\n"
    "  --variant NAME       be unusual in this way, and right\n"
    "  --list-faults        print the names of both, each with its requirement and a sentence\n"
    "  --help\n";

/* Cuts "host:port" or "[::1]:port" into a host and a port. */
static int read_place(const char *text, char host[256], uint64_t *port, struct error *error)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : 0;
    if (len == 0 || len >= 256)
        return error_set(error, "--listen wants HOST:PORT, not '%s'", text);
    memcpy(host, text, len);
    host[len] = '\0';
    return cli_options_number("the port", colon + 1, 0, 65535, port, error);
}

static void on_interrupt(void *context)
{
    net_loop_stop(context);
}

static void print_list(const char *kind, struct peer_quirk_list list)
{
    for (size_t i = 0; i < list.count; i++) {
        const struct peer_quirk *quirk = &list.items[i];
        printf("%s\t%s\t%s\t%s\n", kind, quirk->name, quirk->requirement, quirk->sentence);
    }
}

static int list_faults(void)
{
    for (size_t i = 0; peer_quirk_faults(i).count > 0; i++)
        print_list("fault", peer_quirk_faults(i));
    print_list("variant", peer_quirk_variants());
    return CLI_OK;
}

static int serve(const struct net_address *address, const struct peer_quirk *quirk)
{
    struct error error;
    struct net_loop *loop = net_loop_new();
    net_loop_on_interrupt(loop, on_interrupt, loop);
    struct peer_server_options options = peer_server_defaults();
    options.echo.quirk = quirk;
    struct peer_server *server = peer_server_open(loop, address, &options, &error);
    if (server == NULL) {
        fprintf(stderr, "wsconform echo: %s\n", error.text);
        net_loop_free(loop);
        return CLI_USAGE;
    }
    printf("listening on port %u\n", peer_server_port(server));
    fflush(stdout);
    net_loop_run(loop);
    peer_server_close(server);
    net_loop_free(loop);
    return CLI_OK;
}

struct arguments {
    const char *place;
    const struct peer_quirk *quirk;
    enum { RUN, HELP, LIST } action;
};

static int take_option(struct arguments *arguments, int option)
{
    switch (option) {
    case 'h':
        arguments->action = HELP;
        return 0;
    case 'L':
        arguments->action = LIST;
        return 0;
    case 'l':
        arguments->place = optarg;
        return 0;
    case 'f':
    case 'v':
        if (arguments->quirk != NULL)
            return cli_options_usage("echo", "one --fault or --variant is enough");
        arguments->quirk =
            option == 'f' ? peer_quirk_find_fault(optarg) : peer_quirk_find_variant(optarg);
        if (arguments->quirk == NULL)
            return cli_options_usage("echo", "no such name; --list-faults prints them all");
        return 0;
    default:
        return cli_options_usage("echo", "that option is unknown or lacks its value");
    }
}

static int read_arguments(struct arguments *arguments, int argc, char **argv)
{
    static const struct option options[] = {
        {"listen", required_argument, NULL, 'l'},  {"fault", required_argument, NULL, 'f'},
        {"variant", required_argument, NULL, 'v'}, {"list-faults", no_argument, NULL, 'L'},
        {"help", no_argument, NULL, 'h'},          {0}};
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        int status = take_option(arguments, option);
        if (status != 0 || arguments->action != RUN)
            return status;
    }
    if (optind < argc)
        return cli_options_usage("echo", "no argument is expected");
    return 0;
}

int cli_cmd_echo(int argc, char **argv)
{
    struct arguments arguments = {.place = "127.0.0.1:9001", .action = RUN};
    int status = read_arguments(&arguments, argc, argv);
    if (status != 0)
        return status;
    if (arguments.action == HELP) {
        fputs(usage, stdout);
        return CLI_OK;
    }
    if (arguments.action == LIST)
        return list_faults();
    struct error error;
    char host[256];
    uint64_t port = 0;
    struct net_address address;
    if (read_place(arguments.place, host, &port, &error) != 0 ||
        net_address_resolve(&address, host, (unsigned)port, &error) != 0)
        return cli_options_usage("echo", error.text);
    return serve(&address, arguments.quirk);
}
