/* SPDX-License-Identifier: MIT */
#include "peer/driver.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Digits of the number of cases. */
enum { COUNT_MAX = 9 };

/* RFC 3986, 2.3: what needs no percent-encoding. */
static bool is_unreserved(char c)
{
    return c != '\0' && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789-._~",
                               c) != NULL;
}

static void append_encoded(struct buffer *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (is_unreserved(*text))
            buffer_append(out, bytes_of(text, 1));
        else
            buffer_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

int peer_driver_url(struct ws_url *url, const struct ws_url *base, const char *action,
                    uint64_t number, const char *agent, struct error *error)
{
    struct buffer target = {0};
    size_t len = strcspn(base->target, "?");
    while (len > 0 && base->target[len - 1] == '/')
        len--;
    buffer_append(&target, bytes_of(base->target, len));
    buffer_printf(&target, "/%s", action);
    if (number > 0)
        buffer_printf(&target, "?case=%" PRIu64, number);
    if (agent != NULL) {
        buffer_append_text(&target, number > 0 ? "&agent=" : "?agent=");
        append_encoded(&target, agent);
    }
    int status = -1;
    *url = *base;
    if (target.len < sizeof url->target) {
        memcpy(url->target, buffer_text(&target), target.len + 1);
        status = 0;
    } else {
        error_set(error, "the URL is too long");
    }
    buffer_free(&target);
    return status;
}

/* Carries out an action that is no case. */
static enum peer_client_status command(struct peer_client *client, const struct ws_url *base,
                                       const char *action, const char *agent, struct buffer *heard,
                                       struct error *error)
{
    struct ws_url url;
    if (peer_driver_url(&url, base, action, 0, agent, error) != 0)
        return PEER_CLIENT_REFUSED;
    return peer_client_run(client, &url, heard, error);
}

static enum peer_client_status ask_count(struct peer_client *client, const struct ws_url *base,
                                         uint64_t *count, struct error *error)
{
    struct buffer heard = {0};
    enum peer_client_status status = command(client, base, "getCaseCount", NULL, &heard, error);
    const char *digits = buffer_text(&heard);
    size_t len = strspn(digits, "0123456789");
    if (status == PEER_CLIENT_DONE && (len == 0 || len > COUNT_MAX || len < heard.len)) {
        error_set(error, "the service did not say how many cases it has");
        status = PEER_CLIENT_REFUSED;
    }
    *count = status == PEER_CLIENT_DONE ? strtoull(digits, NULL, 10) : 0;
    buffer_free(&heard);
    return status;
}

enum peer_client_status peer_driver_run(struct peer_client *client, const struct ws_url *url,
                                        const char *agent, struct error *error)
{
    uint64_t count;
    enum peer_client_status status = ask_count(client, url, &count, error);
    if (status != PEER_CLIENT_DONE)
        return status;
    for (uint64_t number = 1; number <= count; number++) {
        struct ws_url of_case;
        if (peer_driver_url(&of_case, url, "runCase", number, agent, error) != 0)
            return PEER_CLIENT_REFUSED;
        status = peer_client_run(client, &of_case, NULL, error);
        if (status == PEER_CLIENT_UNREACHABLE || status == PEER_CLIENT_INTERRUPTED)
            return status;
    }
    struct buffer heard = {0};
    status = command(client, url, "updateReports", agent, &heard, error);
    buffer_free(&heard);
    return status;
}
