/* SPDX-License-Identifier: MIT */
/* seeds FOLDER - writes what the built-in cases send as inputs for the targets: FOLDER/TARGET/NAME
 * holds the raw octets of the case with that name, the slash written as a full stop. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "case/load.h"
#include "run/compose.h"
#include "run/head.h"

/* Longer ones only slow the fuzzer down. */
enum { SEED_MAX = 4096, DEFLATED_MAX = 1024 };

static const char request[] = "GET / HTTP/1.1\r\n"
                              "Host: localhost\r\n"
                              "Upgrade: websocket\r\n"
                              "Connection: Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "Sec-WebSocket-Version: 13\r\n"
                              "\r\n";

static const char *root;

static void fail(const char *path)
{
    fprintf(stderr, "seeds: %s: %s\n", path, strerror(errno));
    exit(1);
}

static void make_folder(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        fail(path);
}

/* Writes FOLDER/TARGET/ID. */
static void write_seed(const char *target, const char *id, struct bytes octets)
{
    if (octets.len == 0 || octets.len > SEED_MAX)
        return;
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", root, target);
    make_folder(buffer_text(&path));
    size_t start = path.len + 1;
    buffer_printf(&path, "/%s", id);
    for (size_t i = start; i < path.len; i++)
        if (path.data[i] == '/')
            path.data[i] = '.';
    FILE *file = fopen(buffer_text(&path), "wb");
    if (file == NULL || fwrite(octets.data, 1, octets.len, file) != octets.len || fclose(file) != 0)
        fail(buffer_text(&path));
    buffer_free(&path);
}

/* A whole connection: a head, then frames. */
static void write_connection(const char *target, const char *id, const char *head,
                             struct bytes frames)
{
    struct buffer all = {0};
    buffer_append_text(&all, head);
    buffer_append(&all, frames);
    write_seed(target, id, buffer_bytes(&all));
    buffer_free(&all);
}

/* The steps as a client sends them and as a server does. */
static void write_steps(const struct case_spec *spec, bool as_client)
{
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\n"
                                 "Upgrade: websocket\r\n"
                                 "Connection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                 "\r\n";
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text(spec->id));
    run_compose_steps(&script, spec, as_client, &random, NULL);
    struct bytes frames = buffer_bytes(&script.octets);
    write_seed(as_client ? "ws_server" : "ws_client", spec->id, frames);
    write_seed("ws_message", spec->id, frames);
    write_seed("ws_frame", spec->id, frames);
    if (spec->step_count == 1 && frames.len > 0)
        write_connection(as_client ? "ws_server" : "ws_client", "opening",
                         as_client ? request : answer, frames);
    run_compose_free(&script);
}

/* The same with permessage-deflate agreed on, behind an octet of settings: takeover, all of the
 * window, the largest limit. */
static const uint8_t deflate_settings = 1;

static void write_deflated(const struct case_spec *spec, bool as_client)
{
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text(spec->id));
    struct ws_deflate_packer *packer = ws_deflate_new_packer(WS_DEFLATE_WINDOW_MAX, true);
    struct buffer all = {0};
    run_compose_steps(&script, spec, as_client, &random, packer);
    buffer_append(&all, bytes_of(&deflate_settings, 1));
    buffer_append(&all, buffer_bytes(&script.octets));
    /* These cases have many messages of a kind: the first ones will do. */
    if (all.len > DEFLATED_MAX)
        all.len = DEFLATED_MAX;
    if (script.octets.len > 0)
        write_seed("ws_deflate", spec->id, buffer_bytes(&all));
    buffer_free(&all);
    ws_deflate_free_packer(packer);
    run_compose_free(&script);
}

/* RFC 7692, 7.2.3. The second message of 7.2.3.2 wants the first. */
static void write_examples(void)
{
    static const struct {
        const char *name;
        uint8_t octets[32];
        size_t len;
    } examples[] = {
        {"RFC7692-7.2.3.1", {1, 0xc1, 7, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 7, 0}, 10},
        {"RFC7692-7.2.3.1-fragments",
         {1, 0x41, 3, 0xf2, 0x48, 0xcd, 0x80, 4, 0xc9, 0xc9, 7, 0},
         12},
        {"RFC7692-7.2.3.2",
         {1, 0xc1, 7, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 7, 0, 0xc1, 5, 0xf2, 0, 0x11, 0, 0},
         17},
        {"RFC7692-7.2.3.3",
         {1, 0xc1, 11, 0, 5, 0, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0},
         14},
        {"RFC7692-7.2.3.4", {1, 0xc1, 8, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 7, 0, 0}, 11},
        {"RFC7692-7.2.3.5",
         {1, 0xc1, 13, 0xf2, 0x48, 5, 0, 0, 0, 0xff, 0xff, 0xca, 0xc9, 0xc9, 7, 0},
         16},
        {"RFC7692-7.2.3.6", {1, 0xc1, 1, 0}, 4},
    };
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
        write_seed("ws_deflate", examples[i].name, bytes_of(examples[i].octets, examples[i].len));
}

/* The payloads alone, for the targets below frames. */
static void write_payloads(const struct case_spec *spec)
{
    for (size_t i = 0; i < spec->step_count; i++) {
        const struct case_step *step = &spec->steps[i];
        const struct case_payload *payload =
            step->kind == CASE_STEP_MESSAGE ? &step->message.payload : &step->frame.payload;
        if (step->kind > CASE_STEP_MESSAGE || payload->kind != CASE_PAYLOAD_OCTETS)
            continue;
        if (step->kind == CASE_STEP_SEND && step->frame.opcode == WS_CLOSE)
            write_seed("ws_close", spec->id, payload->octets);
        else
            write_seed("ws_utf8", spec->id, payload->octets);
    }
}

static void write_request(const struct case_spec *spec)
{
    static const struct run_target target = {.host = "localhost", .target = "/"};
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text(spec->id));
    run_head_request(&script, &target, &spec->request, "dGhlIHNhbXBsZSBub25jZQ==", "", &random);
    struct bytes head = buffer_bytes(&script.octets);
    write_seed("ws_request", spec->id, head);
    write_seed("ws_http", spec->id, head);
    write_seed("ws_server", spec->id, head);
    run_compose_free(&script);
}

static void write_answer(const struct case_spec *spec)
{
    static struct ws_http_head head;
    size_t scanned = 0;
    ws_http_read(&head, bytes_text(request), SIZE_MAX, &scanned);
    struct run_script script = {0};
    struct random random = random_start(1, bytes_text(spec->id));
    run_head_answer(&script, &head, &spec->response, "", &random);
    struct bytes answer = buffer_bytes(&script.octets);
    write_seed("ws_response", spec->id, answer);
    write_seed("ws_http", spec->id, answer);
    write_seed("ws_client", spec->id, answer);
    run_compose_free(&script);
}

/* Values of Sec-WebSocket-Extensions that the cases send. */
static void write_values(const struct case_spec *spec, const struct case_head *head)
{
    for (size_t i = 0; i < head->set_count; i++)
        if (strcmp(head->set[i].name, "Sec-WebSocket-Extensions") == 0)
            write_seed("ws_extension", spec->id, bytes_text(head->set[i].value));
}

static const char *extensions_of(const struct case_head *head)
{
    for (size_t i = 0; i < head->set_count; i++)
        if (strcmp(head->set[i].name, "Sec-WebSocket-Extensions") == 0)
            return head->set[i].value;
    return NULL;
}

/* An offer, a line end, and an answer; what the case leaves open is a plain one. */
static void write_permessage(const struct case_spec *spec)
{
    const char *offer = extensions_of(&spec->request);
    const char *answer = extensions_of(&spec->response);
    struct buffer both = {0};
    if (offer == NULL && answer == NULL)
        return;
    buffer_printf(&both, "%s\n%s", offer != NULL ? offer : "permessage-deflate",
                  answer != NULL ? answer : "permessage-deflate");
    write_seed("ws_permessage", spec->id, buffer_bytes(&both));
    buffer_free(&both);
}

/* The case with an endpoint that behaves (player.c: act 14), in both roles. */
static void write_exchange(const struct case_spec *spec, size_t index)
{
    uint8_t octets[] = {(uint8_t)(index >> 8), (uint8_t)index, 0, 0, 14, 14, 14, 14, 14, 14};
    if (spec->big || case_spec_is_run_level(spec))
        return;
    if (spec->role & CASE_ROLE_SERVER)
        write_seed("run_exchange", spec->id, bytes_of(octets, sizeof(octets)));
    octets[2] = 1;
    if (spec->role == CASE_ROLE_CLIENT)
        write_seed("run_exchange", spec->id, bytes_of(octets, sizeof(octets)));
}

static void write_case(const struct case_spec *spec, size_t index)
{
    if (!spec->big && spec->step_count > 0) {
        write_steps(spec, true);
        write_steps(spec, false);
        write_payloads(spec);
    }
    if (!spec->big && spec->step_count > 0 && spec->deflate_count > 0)
        write_deflated(spec, (spec->role & CASE_ROLE_SERVER) != 0);
    write_permessage(spec);
    write_exchange(spec, index);
    write_values(spec, &spec->request);
    write_values(spec, &spec->response);
    if (spec->step_count > 0 || spec->big)
        return;
    if (spec->role & CASE_ROLE_SERVER)
        write_request(spec);
    if (spec->role & CASE_ROLE_CLIENT)
        write_answer(spec);
}

int main(int argc, char **argv)
{
    struct case_set set = {0};
    struct error why;
    if (argc != 2) {
        fprintf(stderr, "usage: seeds FOLDER\n");
        return 2;
    }
    if (case_load_builtin(&set, &why) != 0) {
        fprintf(stderr, "seeds: %s\n", why.text);
        return 1;
    }
    root = argv[1];
    make_folder(root);
    for (size_t i = 0; i < set.count; i++)
        write_case(&set.cases[i], i);
    static const uint8_t good[] = {0, 14, 14, 14, 14};
    static const uint8_t speaker[] = {1, 14, 14, 14, 14};
    write_seed("run_probe", "listener", bytes_of(good, sizeof(good)));
    write_seed("run_probe", "speaker", bytes_of(speaker, sizeof(speaker)));
    write_seed("ws_url", "url", bytes_text("ws://[::1]:9001/chat?x=%20"));
    write_seed("ws_url", "absolute", bytes_text("http://localhost:80/a?b"));
    write_seed("ws_extension", "offer",
               bytes_text("permessage-deflate; client_max_window_bits; x=\"10\", foo"));
    write_seed("ws_permessage", "offers",
               bytes_text("permessage-deflate; client_max_window_bits; server_max_window_bits=10, "
                          "permessage-deflate; client_max_window_bits\n"
                          "permessage-deflate; client_max_window_bits=\"9\""));
    write_examples();
    case_spec_free_set(&set);
    return 0;
}
