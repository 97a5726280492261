/* SPDX-License-Identifier: MIT */
/* ws/url.h: what a client's request names (ws_url_is_resource, ws_url_is_host,
 * ws_url_split_absolute), and the URL that a user gives.
 *
 * Oracles: contract (what is split off lies in the text and is what its own test accepts; a URL
 * that was read, written again from its parts, is read as the same; a refusal has a sentence);
 * prefix (a resource without its last octet is one too, unless an escape is cut). */
#include <stdlib.h>
#include <string.h>

#include "fuzz/oracle.h"
#include "ws/url.h"

const char fuzz_target_name[] = "ws_url";

static const char clause[] = "RFC6455-4.2.1-05";

static bool lies_in(struct bytes piece, struct bytes text)
{
    return piece.len == 0 ||
           (piece.data >= text.data && piece.data + piece.len <= text.data + text.len);
}

static void check_parts(struct bytes text)
{
    struct bytes authority;
    struct bytes resource;
    if (ws_url_split_absolute(text, &authority, &resource) &&
        (!lies_in(authority, text) || !lies_in(resource, text) || !ws_url_is_host(authority)))
        oracle_violation("contract", clause, "an absolute URI was taken apart wrongly");
    bool escape =
        text.len >= 3 && (text.data[text.len - 2] == '%' || text.data[text.len - 3] == '%');
    if (text.len > 0 && !escape && ws_url_is_resource(text) &&
        !ws_url_is_resource(bytes_of(text.data, text.len - 1)))
        oracle_violation("prefix", clause, "a resource begins with something that is none");
    if (ws_url_is_host(text) && memchr(text.data, '/', text.len) != NULL)
        oracle_violation("contract", clause, "a host with a slash");
}

static void check_url(const char *text)
{
    static struct ws_url url;
    static struct ws_url again;
    struct error why = {""};
    if (ws_url_read(&url, text, &why) != 0) {
        if (why.text[0] == '\0')
            oracle_violation("contract", clause, "a refusal without a sentence");
        return;
    }
    static struct buffer written;
    buffer_clear(&written);
    buffer_printf(&written, "%s://%s%s", url.secure ? "wss" : "ws", url.field, url.target);
    if (ws_url_read(&again, buffer_text(&written), &why) != 0 || again.secure != url.secure ||
        again.port != url.port || strcmp(again.host, url.host) != 0 ||
        strcmp(again.field, url.field) != 0 || strcmp(again.target, url.target) != 0)
        oracle_violation("round-trip", "RFC6455-4.1-03", "%s became %s", text,
                         buffer_text(&written));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *chunk = oracle_chunk(bytes_of(data, size));
    if (size > 0)
        check_parts(bytes_of(chunk, size));
    free(chunk);
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    check_url(text);
    free(text);
    return 0;
}
