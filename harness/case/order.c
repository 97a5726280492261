/* SPDX-License-Identifier: MIT */
#include "case/order.h"

#include <jansson.h>
#include <string.h>

#include "case/load.h"
#include "case/place.h"

/* Keys that both kinds of file may have, those of Autobahn's own that change nothing here too. */
static const char *const known_keys[] = {
    "url",     "outdir",  "cases",   "exclude-cases", "exclude-agent-cases",
    "servers", "options", "version", "webport",       "protocols",
    "key",     "cert",    NULL};

static int read_url(const struct case_place *place, const char **url)
{
    if (case_place_text(place, "url", url) != 0)
        return -1;
    if (*url != NULL && strncmp(*url, "wss:", 4) == 0)
        return case_place_fail(place, "wss:// needs TLS, which wsconform does not speak yet");
    return 0;
}

static int read_server(const struct case_place *place, struct case_order_server *out)
{
    static const char *const keys[] = {"url",     "agent",   "hostname",  "origin",
                                       "options", "version", "protocols", NULL};
    if (case_place_check_keys(place, keys) != 0 || read_url(place, &out->url) != 0 ||
        case_place_text(place, "agent", &out->agent) != 0 ||
        case_place_text(place, "origin", &out->origin) != 0 ||
        case_place_names(place, "protocols", &out->protocols) != 0)
        return -1;
    return out->url != NULL ? 0 : case_place_fail(place, "a server needs its 'url'");
}

static int read_servers(const struct case_place *top, struct case_order *order)
{
    struct case_place list = case_place_key(top, "servers");
    if (list.json == NULL)
        return 0;
    if (!json_is_array(list.json))
        return case_place_fail(&list, "a list of servers is needed here");
    size_t count = json_array_size(list.json);
    order->servers = arena_alloc(&order->arena, count * sizeof(*order->servers));
    for (; order->server_count < count; order->server_count++) {
        struct case_place item = case_place_item(&list, order->server_count);
        struct case_order_server *server = &order->servers[order->server_count];
        *server = (struct case_order_server){0};
        if (read_server(&item, server) != 0)
            return -1;
    }
    return 0;
}

static int read_exclusions(const struct case_place *top, struct case_order *order)
{
    struct case_place place = case_place_key(top, "exclude-agent-cases");
    if (place.json == NULL)
        return 0;
    if (!json_is_object(place.json))
        return case_place_fail(&place, "an object of agents and lists of cases is needed here");
    order->exclusions =
        arena_alloc(&order->arena, json_object_size(place.json) * sizeof(*order->exclusions));
    const char *agent;
    json_t *ids;
    json_object_foreach(place.json, agent, ids)
    {
        struct case_order_exclusion *exclusion = &order->exclusions[order->exclusion_count++];
        *exclusion = (struct case_order_exclusion){.agent = arena_strdup(&order->arena, agent)};
        if (case_place_names(&place, agent, &exclusion->ids) != 0)
            return -1;
    }
    return 0;
}

static int read_top(const struct case_place *top, struct case_order *order)
{
    order->has_cases = json_object_get(top->json, "cases") != NULL;
    if (case_place_check_keys(top, known_keys) != 0 || read_url(top, &order->url) != 0 ||
        case_place_text(top, "outdir", &order->outdir) != 0 ||
        case_place_names(top, "cases", &order->cases) != 0 ||
        case_place_names(top, "exclude-cases", &order->excluded) != 0)
        return -1;
    return read_exclusions(top, order) != 0 ? -1 : read_servers(top, order);
}

int case_order_read(struct case_order *order, const char *name, struct bytes text,
                    struct error *error)
{
    json_error_t why;
    json_t *json = json_loadb((const char *)text.data, text.len, JSON_ALLOW_NUL, &why);
    if (json == NULL)
        return error_set(error, "%s:%d: %s", name, why.line > 0 ? why.line : 1, why.text);
    struct case_place top = {.file = arena_strdup(&order->arena, name),
                             .json = json,
                             .arena = &order->arena,
                             .error = error};
    int status = read_top(&top, order);
    json_decref(json);
    return status;
}

int case_order_load(struct case_order *order, const char *path, struct error *error)
{
    struct buffer text = {0};
    int status = case_load_octets(path, &text, error);
    if (status == 0)
        status = case_order_read(order, path, buffer_bytes(&text), error);
    buffer_free(&text);
    return status;
}

void case_order_free(struct case_order *order)
{
    arena_free(&order->arena);
    *order = (struct case_order){0};
}
