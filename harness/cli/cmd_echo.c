/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "peer/driver.h"
#include "peer/quirk.h"
#include "peer/server.h"
#include "report/report.h"

static const char usage[] =
    "Usage: wsconform echo [--listen HOST:PORT] [--fault NAME | --variant NAME]\n"
    "       wsconform echo --connect URL [--driver [--agent NAME]] [--fault NAME | --variant "
    "NAME]\n"
    "       wsconform echo --list-faults [--connect URL]\n"
    "\n"
    "A strict WebSocket echo server or client, to try things out and to test the other side "
    "against.\n"
    "\n"
    "  --listen HOST:PORT   where to serve (127.0.0.1:9001); port 0 takes a free one and prints "
    "it\n"
    "  --connect URL        be a client: connect, echo until the end, and exit with 0 if the\n"
    "                       connection was opened, else with 1\n"
    "  --driver             the URL is that of a service that tests clients: ask it how many "
    "cases\n"
    "                       it has, run them all, have the reports written; exit with 3 if it\n"
    "                       cannot be reached\n"
    "  --agent NAME         the name that the service reports under (wsconform-VERSION, or the\n"
    "                       fault's name)\n"
    "  --fault NAME         be wrong in exactly this way\n"
    "  --variant NAME       be unusual in this way, and right\n"
    "  --list-faults        print the names of both, each with its requirement and a sentence;\n"
    "                       with --connect those of the client\n"
    "  --help\n";

/* A name of several addresses is tried for so long. */
enum { RESOLVE_MS = 1000 };

enum { AGENT_MAX = 128 };

struct arguments {
    const char *place; /* NULL: the usual one */
    const char *url;   /* NULL: a server */
    const char *agent;
    const char *fault;
    const char *variant;
    bool driver;
    enum { RUN, HELP, LIST } action;
};

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

static enum peer_role role_of(const struct arguments *arguments)
{
    return arguments->url != NULL ? PEER_CLIENT : PEER_SERVER;
}

static void print_list(const char *kind, struct peer_quirk_list list, enum peer_role role)
{
    for (size_t i = 0; i < list.count; i++) {
        const struct peer_quirk *quirk = &list.items[i];
        if (peer_quirk_fits(quirk, role))
            printf("%s\t%s\t%s\t%s\n", kind, quirk->name, quirk->requirement, quirk->sentence);
    }
}

static int list_faults(enum peer_role role)
{
    for (size_t i = 0; peer_quirk_faults(i).count > 0; i++)
        print_list("fault", peer_quirk_faults(i), role);
    for (size_t i = 0; peer_quirk_variants(i).count > 0; i++)
        print_list("variant", peer_quirk_variants(i), role);
    return CLI_OK;
}

static int serve(const struct arguments *arguments, const struct peer_quirk *quirk)
{
    struct error error;
    char host[256];
    uint64_t port = 0;
    struct net_address address;
    const char *place = arguments->place != NULL ? arguments->place : "127.0.0.1:9001";
    if (read_place(place, host, &port, &error) != 0 ||
        net_address_resolve(&address, host, (unsigned)port, &error) != 0)
        return cli_options_usage("echo", error.text);
    struct net_loop *loop = net_loop_new();
    net_loop_on_interrupt(loop, on_interrupt, loop);
    struct peer_link_options options = peer_link_defaults();
    options.echo.quirk = quirk;
    struct peer_server *server = peer_server_open(loop, &address, &options, &error);
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

/* The status of a single connection that could not be opened is 1, of a service 3. */
static int exit_status(const struct arguments *arguments, enum peer_client_status status,
                       const struct error *error)
{
    if (status == PEER_CLIENT_DONE)
        return CLI_OK;
    if (status == PEER_CLIENT_INTERRUPTED)
        return CLI_INTERRUPTED;
    fprintf(stderr, "wsconform echo: %s\n", error->text);
    return arguments->driver ? CLI_UNREACHABLE : CLI_DIFFERS;
}

static enum peer_client_status drive(struct peer_client *client, const struct ws_url *url,
                                     const struct arguments *arguments, struct error *error)
{
    char agent[AGENT_MAX];
    if (arguments->fault != NULL)
        snprintf(agent, sizeof agent, "wsconform-fault-%s", arguments->fault);
    else if (arguments->variant != NULL)
        snprintf(agent, sizeof agent, "wsconform-variant-%s", arguments->variant);
    else
        snprintf(agent, sizeof agent, "wsconform-%s", REPORT_VERSION);
    return peer_driver_run(client, url, arguments->agent != NULL ? arguments->agent : agent, error);
}

static int connect_to(const struct arguments *arguments, const struct peer_quirk *quirk)
{
    struct error error;
    struct ws_url url;
    struct peer_client_options options = {.link = peer_link_defaults()};
    if (ws_url_read(&url, arguments->url, &error) != 0)
        return cli_options_usage("echo", error.text);
    if (url.secure)
        return cli_options_usage("echo", "the client speaks ws, not wss");
    if (net_address_resolve_open(&options.address, url.host, url.port, RESOLVE_MS, &error) != 0)
        return exit_status(arguments, PEER_CLIENT_UNREACHABLE, &error);
    struct net_loop *loop = net_loop_new();
    net_loop_on_interrupt(loop, on_interrupt, loop);
    options.link.echo.quirk = quirk;
    options.link.echo.seed = net_loop_entropy();
    struct peer_client *client = peer_client_new(loop, &options);
    enum peer_client_status status = arguments->driver
                                         ? drive(client, &url, arguments, &error)
                                         : peer_client_run(client, &url, NULL, &error);
    if (!arguments->driver)
        peer_client_linger(client);
    peer_client_free(client);
    net_loop_free(loop);
    return exit_status(arguments, status, &error);
}

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
    case 'c':
        arguments->url = optarg;
        return 0;
    case 'd':
        arguments->driver = true;
        return 0;
    case 'a':
        arguments->agent = optarg;
        return 0;
    case 'f':
    case 'v':
        if (arguments->fault != NULL || arguments->variant != NULL)
            return cli_options_usage("echo", "one --fault or --variant is enough");
        *(option == 'f' ? &arguments->fault : &arguments->variant) = optarg;
        return 0;
    default:
        return cli_options_usage("echo", "that option is unknown or lacks its value");
    }
}

static int read_arguments(struct arguments *arguments, int argc, char **argv)
{
    static const struct option options[] = {{"listen", required_argument, NULL, 'l'},
                                            {"connect", required_argument, NULL, 'c'},
                                            {"driver", no_argument, NULL, 'd'},
                                            {"agent", required_argument, NULL, 'a'},
                                            {"fault", required_argument, NULL, 'f'},
                                            {"variant", required_argument, NULL, 'v'},
                                            {"list-faults", no_argument, NULL, 'L'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        int status = take_option(arguments, option);
        if (status != 0 || arguments->action == HELP)
            return status;
    }
    if (optind < argc)
        return cli_options_usage("echo", "no argument is expected");
    if (arguments->url == NULL && arguments->driver)
        arguments->url = getenv("WSCONFORM_URL");
    if (arguments->url != NULL && arguments->place != NULL)
        return cli_options_usage("echo", "--listen and --connect exclude each other");
    if (arguments->url == NULL && arguments->driver)
        return cli_options_usage("echo", "--driver wants --connect or WSCONFORM_URL");
    if (!arguments->driver && arguments->agent != NULL)
        return cli_options_usage("echo", "--agent wants --driver");
    return 0;
}

/* The quirk that is asked for, or NULL. Returns 0, or the status after a complaint. */
static int find_quirk(const struct arguments *arguments, const struct peer_quirk **quirk)
{
    enum peer_role role = role_of(arguments);
    *quirk = NULL;
    if (arguments->fault != NULL)
        *quirk = peer_quirk_find_fault(arguments->fault, role);
    else if (arguments->variant != NULL)
        *quirk = peer_quirk_find_variant(arguments->variant, role);
    else
        return 0;
    if (*quirk != NULL)
        return 0;
    return cli_options_usage("echo", "no such name; --list-faults prints them all");
}

int cli_cmd_echo(int argc, char **argv)
{
    struct arguments arguments = {.action = RUN};
    const struct peer_quirk *quirk;
    int status = read_arguments(&arguments, argc, argv);
    if (status != 0)
        return status;
    if (arguments.action == HELP) {
        fputs(usage, stdout);
        return CLI_OK;
    }
    if (arguments.action == LIST)
        return list_faults(role_of(&arguments));
    status = find_quirk(&arguments, &quirk);
    if (status != 0)
        return status;
    return arguments.url != NULL ? connect_to(&arguments, quirk) : serve(&arguments, quirk);
}
