/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "peer/server.h"

static const char usage[] =
    "Usage: wsconform echo [--listen HOST:PORT]\n"
    "\n"
    "A strict WebSocket echo server, to try things out and to test clients against.\n"
    "\n"
    "  --listen HOST:PORT   where (127.0.0.1:9001); port 0 takes a free one and prints it\n"
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

static int serve(const struct net_address *address)
{
    struct error error;
    struct net_loop *loop = net_loop_new();
    net_loop_on_interrupt(loop, on_interrupt, loop);
    struct peer_server_options options = peer_server_defaults();
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

int cli_cmd_echo(int argc, char **argv)
{
    static const struct option options[] = {
        {"listen", required_argument, NULL, 'l'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *place = "127.0.0.1:9001";
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (option == 'h') {
            fputs(usage, stdout);
            return CLI_OK;
        }
        if (option != 'l')
            return cli_options_usage("echo", "that option is unknown or lacks its value");
        place = optarg;
    }
    if (optind < argc)
        return cli_options_usage("echo", "no argument is expected");
    struct error error;
    char host[256];
    uint64_t port = 0;
    struct net_address address;
    if (read_place(place, host, &port, &error) != 0 ||
        net_address_resolve(&address, host, (unsigned)port, &error) != 0)
        return cli_options_usage("echo", error.text);
    return serve(&address);
}
