/* SPDX-License-Identifier: MIT */
#include "drive/service.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *path;
    enum drive_service_action action;
} paths[] = {{"/", DRIVE_SERVICE_PAGE},
             {"/report", DRIVE_SERVICE_REPORT},
             {"/getCaseCount", DRIVE_SERVICE_CASE_COUNT},
             {"/getCaseInfo", DRIVE_SERVICE_CASE_INFO},
             {"/runCase", DRIVE_SERVICE_RUN_CASE},
             {"/getCaseStatus", DRIVE_SERVICE_CASE_STATUS},
             {"/updateReports", DRIVE_SERVICE_UPDATE_REPORTS},
             {"/stopServer", DRIVE_SERVICE_STOP}};

static const char case_path[] = "/case/";

/* Where `c` is first in `text`, or its length. */
static size_t find(struct bytes text, char c)
{
    const uint8_t *found = text.len > 0 ? memchr(text.data, c, text.len) : NULL;
    return found != NULL ? (size_t)(found - text.data) : text.len;
}

static struct bytes from(struct bytes text, size_t start)
{
    return start < text.len ? bytes_of(text.data + start, text.len - start) : bytes_of(NULL, 0);
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void decode(char out[DRIVE_SERVICE_TEXT_MAX], struct bytes text)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len && len + 1 < DRIVE_SERVICE_TEXT_MAX; i++) {
        uint8_t c = text.data[i] == '+' ? ' ' : text.data[i];
        int high = c == '%' && i + 2 < text.len ? hex_digit(text.data[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text.data[i + 2]) : -1;
        if (low >= 0) {
            c = (uint8_t)(high * 16 + low);
            i += 2;
        }
        out[len++] = c != 0 ? (char)c : '?';
    }
    out[len] = '\0';
}

static void take_number(struct drive_service_wish *wish, const char *text)
{
    char *end = NULL;
    unsigned long number = strtoul(text, &end, 10);
    wish->has_number = text[0] >= '0' && text[0] <= '9' && *end == '\0';
    wish->number = wish->has_number ? number : 0;
}

static void take_parameter(struct drive_service_wish *wish, struct bytes parameter)
{
    size_t equals = find(parameter, '=');
    struct bytes name = bytes_of(parameter.data, equals);
    char value[DRIVE_SERVICE_TEXT_MAX];
    decode(value, from(parameter, equals + 1));
    if (bytes_equal(name, bytes_text("case")))
        take_number(wish, value);
    if (bytes_equal(name, bytes_text("casetuple")))
        memcpy(wish->tuple, value, sizeof(value));
    if (bytes_equal(name, bytes_text("agent")))
        memcpy(wish->agent, value, sizeof(value));
    if (bytes_equal(name, bytes_text("shutdownOnComplete")))
        wish->shutdown = strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

struct drive_service_wish drive_service_read(struct bytes target)
{
    struct drive_service_wish wish = {.action = DRIVE_SERVICE_UNKNOWN};
    size_t end = find(target, '?');
    struct bytes path = bytes_of(target.data, end);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (bytes_equal(path, bytes_text(paths[i].path)))
            wish.action = paths[i].action;
    size_t prefix = strlen(case_path);
    if (path.len > prefix && memcmp(path.data, case_path, prefix) == 0) {
        char number[DRIVE_SERVICE_TEXT_MAX];
        struct bytes rest = from(path, prefix);
        decode(number, bytes_of(rest.data, find(rest, '/')));
        take_number(&wish, number);
        wish.action = DRIVE_SERVICE_CASE;
    }
    for (struct bytes query = from(target, end + 1); query.len > 0;) {
        size_t len = find(query, '&');
        take_parameter(&wish, bytes_of(query.data, len));
        query = from(query, len + 1);
    }
    return wish;
}
