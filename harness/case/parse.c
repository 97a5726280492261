/* SPDX-License-Identifier: MIT */
#include "case/parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "case/corpus.h"
#include "case/payload.h"
#include "ws/deflate.h"

/* No single payload of a case is larger, so that a mistyped number cannot eat the machine. */
static const size_t payload_max = 64 * 1024 * 1024;
static const size_t times_max = 1000 * 1000;

static size_t array_size(const struct case_place *place)
{
    return json_array_size(place->json);
}

static int parse_payload(const struct case_place *place, struct case_payload *out);

static int parse_parts(const struct case_place *place, struct case_payload *out)
{
    size_t count = array_size(place);
    struct case_payload *parts = arena_alloc(place->arena, count * sizeof(*parts));
    for (size_t i = 0; i < count; i++) {
        struct case_place item = case_place_item(place, i);
        if (parse_payload(&item, &parts[i]) != 0)
            return -1;
    }
    out->kind = CASE_PAYLOAD_CONCAT;
    out->count = count;
    out->parts = parts;
    return 0;
}

static int parse_corpus(const struct case_place *place, struct case_payload *out)
{
    const char *name = NULL;
    if (case_place_text(place, "corpus", &name) != 0 ||
        case_place_size(place, "octets", payload_max, &out->count) != 0)
        return -1;
    out->kind = CASE_PAYLOAD_CORPUS;
    for (int i = 0; i < CASE_CORPUS_COUNT; i++) {
        out->corpus = (enum case_corpus)i;
        if (strcmp(case_corpus_name(out->corpus), name) == 0)
            return 0;
    }
    return case_place_fail(place, "'%s' is no corpus", name);
}

static int parse_payload_object(const struct case_place *place, struct case_payload *out)
{
    static const char *const keys[] = {"hex",    "repeat", "times",  "json", "random",
                                       "corpus", "octets", "concat", NULL};
    if (case_place_check_keys(place, keys) != 0)
        return -1;
    bool repeat = json_object_get(place->json, "repeat") != NULL;
    bool corpus = json_object_get(place->json, "corpus") != NULL;
    if (json_object_size(place->json) != (repeat || corpus ? 2 : 1) ||
        (repeat && json_object_get(place->json, "times") == NULL) ||
        (corpus && json_object_get(place->json, "octets") == NULL))
        return case_place_fail(place, "a payload is text, or one of hex, repeat with times, json, "
                                      "random, corpus with octets, and concat");
    if (corpus)
        return parse_corpus(place, out);
    if (json_object_get(place->json, "hex") != NULL)
        return case_place_hex(place, "hex", &out->octets);
    if (repeat) {
        out->kind = CASE_PAYLOAD_REPEAT;
        return case_place_hex(place, "repeat", &out->octets) != 0
                   ? -1
                   : case_place_size(place, "times", payload_max, &out->count);
    }
    if (json_object_get(place->json, "json") != NULL) {
        out->kind = CASE_PAYLOAD_JSON;
        if (case_place_size(place, "json", payload_max, &out->count) != 0)
            return -1;
        return out->count >= 2 ? 0 : case_place_fail(place, "a JSON string has at least 2 octets");
    }
    if (json_object_get(place->json, "random") != NULL) {
        out->kind = CASE_PAYLOAD_RANDOM;
        return case_place_size(place, "random", payload_max, &out->count);
    }
    struct case_place concat = case_place_key(place, "concat");
    return json_is_array(concat.json)
               ? parse_parts(&concat, out)
               : case_place_fail(place, "a list of payloads is needed in 'concat'");
}

static int parse_payload(const struct case_place *place, struct case_payload *out)
{
    *out = (struct case_payload){.kind = CASE_PAYLOAD_OCTETS};
    if (place->json == NULL)
        return 0;
    if (json_is_string(place->json)) {
        out->octets = arena_copy(place->arena, bytes_of(json_string_value(place->json),
                                                        json_string_length(place->json)));
        return 0;
    }
    return parse_payload_object(place, out);
}

static int parse_opcode(const struct case_place *place, uint8_t *out)
{
    static const struct {
        const char *name;
        uint8_t opcode;
    } names[] = {{"continuation", WS_CONTINUATION},
                 {"text", WS_TEXT},
                 {"binary", WS_BINARY},
                 {"close", WS_CLOSE},
                 {"ping", WS_PING},
                 {"pong", WS_PONG}};
    if (json_is_integer(place->json)) {
        json_int_t value = json_integer_value(place->json);
        *out = (uint8_t)(value & 15);
        return value >= 0 && value <= 15 ? 0 : case_place_fail(place, "an opcode is 0 to 15");
    }
    const char *name = json_string_value(place->json);
    for (size_t i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *out = names[i].opcode;
            return 0;
        }
    }
    return case_place_fail(place, "an opcode is a name such as \"text\" or a number from 0 to 15");
}

static int parse_mask(const struct case_place *place, struct case_frame *out)
{
    struct case_place mask = case_place_key(place, "mask");
    if (mask.json == NULL)
        return 0;
    if (json_is_boolean(mask.json)) {
        out->mask = json_is_true(mask.json) ? CASE_MASK_ON : CASE_MASK_OFF;
        return 0;
    }
    struct bytes key = {0};
    if (case_place_hex(place, "mask", &key) != 0)
        return -1;
    if (key.len != sizeof(out->key))
        return case_place_fail(&mask, "a masking key has 4 octets");
    out->mask = CASE_MASK_KEY;
    memcpy(out->key, key.data, sizeof(out->key));
    return 0;
}

static int parse_length(const struct case_place *place, struct case_frame *out)
{
    struct case_place length = case_place_key(place, "length");
    if (length.json == NULL)
        return 0;
    out->has_length = true;
    if (json_is_integer(length.json) && json_integer_value(length.json) >= 0) {
        out->length = (uint64_t)json_integer_value(length.json);
        return 0;
    }
    const char *text = json_string_value(length.json);
    char *end = NULL;
    errno = 0;
    if (text != NULL && strncmp(text, "0x", 2) == 0)
        out->length = strtoull(text, &end, 16);
    if (end == NULL || *end != '\0' || errno != 0)
        return case_place_fail(&length, "a length is a number or text such as \"0x8000\"");
    return 0;
}

static int parse_frame(const struct case_place *place, struct case_frame *out)
{
    static const char *const keys[] = {"opcode", "payload", "fin",    "rsv",
                                       "mask",   "form",    "length", NULL};
    *out = (struct case_frame){.fin = true};
    size_t rsv = 0;
    size_t form = 0;
    struct case_place opcode = case_place_key(place, "opcode");
    struct case_place payload = case_place_key(place, "payload");
    if (case_place_check_keys(place, keys) != 0 || parse_opcode(&opcode, &out->opcode) != 0 ||
        parse_payload(&payload, &out->payload) != 0 ||
        case_place_bool(place, "fin", &out->fin) != 0 ||
        case_place_size(place, "rsv", 7, &rsv) != 0 ||
        case_place_size(place, "form", 64, &form) != 0 || parse_mask(place, out) != 0 ||
        parse_length(place, out) != 0)
        return -1;
    if (form != 0 && form != WS_LENGTH_7 && form != WS_LENGTH_16 && form != WS_LENGTH_64)
        return case_place_fail(place, "a length has the form 7, 16 or 64");
    out->rsv = (uint8_t)rsv;
    out->form = (unsigned)form;
    return 0;
}

static int parse_sizes(const struct case_place *place, struct case_message *out)
{
    struct case_place list = case_place_key(place, "fragments");
    if (list.json == NULL)
        return 0;
    if (!json_is_array(list.json))
        return case_place_fail(&list, "a list of sizes is needed here");
    size_t count = array_size(&list);
    size_t *sizes = arena_alloc(place->arena, count * sizeof(*sizes));
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_array_get(list.json, i);
        if (!json_is_integer(item) || json_integer_value(item) < 0)
            return case_place_fail(&list, "a size is a whole number that is not negative");
        sizes[i] = (size_t)json_integer_value(item);
    }
    out->sizes = sizes;
    out->size_count = count;
    return 0;
}

static int parse_message(const struct case_place *place, struct case_message *out)
{
    static const char *const keys[] = {"type", "payload", "fragments", "fragment", "times", NULL};
    *out = (struct case_message){.times = 1};
    struct case_place type = case_place_key(place, "type");
    struct case_place payload = case_place_key(place, "payload");
    if (case_place_check_keys(place, keys) != 0 || parse_opcode(&type, &out->opcode) != 0 ||
        parse_payload(&payload, &out->payload) != 0 || parse_sizes(place, out) != 0 ||
        case_place_size(place, "fragment", payload_max, &out->fragment) != 0 ||
        case_place_size(place, "times", times_max, &out->times) != 0)
        return -1;
    if (out->times == 0)
        return case_place_fail(place, "a message is sent at least once");
    if (out->opcode != WS_TEXT && out->opcode != WS_BINARY)
        return case_place_fail(&type, "a message is \"text\" or \"binary\"");
    if (out->fragment > 0 && out->size_count > 0)
        return case_place_fail(place, "'fragments' and 'fragment' exclude each other");
    size_t left = case_payload_size(&out->payload);
    for (size_t i = 0; i < out->size_count; i++) {
        if (out->sizes[i] > left)
            return case_place_fail(place, "the fragments are longer than the payload");
        left -= out->sizes[i];
    }
    return 0;
}

/* A Close is a frame whose payload is written for the author: code, then reason. */
static int parse_close(const struct case_place *place, struct case_frame *out)
{
    static const char *const keys[] = {"code", "reason", NULL};
    *out = (struct case_frame){.fin = true, .opcode = WS_CLOSE};
    size_t code = 0;
    struct case_payload reason;
    struct case_place reason_place = case_place_key(place, "reason");
    if (case_place_check_keys(place, keys) != 0 ||
        case_place_size(place, "code", UINT16_MAX, &code) != 0 ||
        parse_payload(&reason_place, &reason) != 0)
        return -1;
    if (json_object_get(place->json, "code") == NULL)
        return reason_place.json == NULL ? 0 : case_place_fail(place, "a reason needs a code");
    struct case_payload *parts = arena_alloc(place->arena, 2 * sizeof(*parts));
    const uint8_t octets[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    parts[0].octets = arena_copy(place->arena, bytes_of(octets, sizeof(octets)));
    parts[1] = reason;
    out->payload = (struct case_payload){.kind = CASE_PAYLOAD_CONCAT, .count = 2, .parts = parts};
    return 0;
}

static int parse_await(const struct case_place *place, struct case_step *out)
{
    const char *what = json_string_value(place->json);
    if (what != NULL && strcmp(what, "echo") == 0)
        out->kind = CASE_STEP_AWAIT_ECHO;
    else if (what != NULL && strcmp(what, "pong") == 0)
        out->kind = CASE_STEP_AWAIT_PONG;
    else if (what != NULL && strcmp(what, "end") == 0)
        out->kind = CASE_STEP_AWAIT_END;
    else
        return case_place_fail(place, "\"echo\", \"pong\" or \"end\" is needed here");
    return 0;
}

static int parse_step(const struct case_place *place, struct case_step *out)
{
    if (!json_is_object(place->json) || json_object_size(place->json) != 1)
        return case_place_fail(place, "a step is an object with one key");
    *out = (struct case_step){.kind = CASE_STEP_SEND};
    const char *key = json_object_iter_key(json_object_iter(place->json));
    struct case_place value = case_place_key(place, key);
    if (strcmp(key, "send") == 0)
        return parse_frame(&value, &out->frame);
    if (strcmp(key, "close") == 0)
        return parse_close(&value, &out->frame);
    if (strcmp(key, "await") == 0)
        return parse_await(&value, out);
    if (strcmp(key, "message") == 0) {
        out->kind = CASE_STEP_MESSAGE;
        return parse_message(&value, &out->message);
    }
    if (strcmp(key, "raw") == 0) {
        out->kind = CASE_STEP_RAW;
        return case_place_hex(place, "raw", &out->raw);
    }
    if (strcmp(key, "half-close") == 0 && json_is_true(value.json)) {
        out->kind = CASE_STEP_HALF_CLOSE;
        return 0;
    }
    return case_place_fail(place, "'%s' is no step", key);
}

static int parse_steps(const struct case_place *place, struct case_spec *spec)
{
    struct case_place list = case_place_key(place, "steps");
    if (list.json == NULL)
        return 0;
    if (!json_is_array(list.json))
        return case_place_fail(&list, "a list of steps is needed here");
    size_t count = array_size(&list);
    struct case_step *steps = arena_alloc(place->arena, count * sizeof(*steps));
    for (size_t i = 0; i < count; i++) {
        struct case_place item = case_place_item(&list, i);
        if (parse_step(&item, &steps[i]) != 0)
            return -1;
    }
    spec->steps = steps;
    spec->step_count = count;
    return 0;
}

/* {"first": 6} */
static int parse_first_cut(const struct case_place *place, struct case_cut *out)
{
    static const char *const keys[] = {"first", NULL};
    out->kind = CASE_CUT_FIRST;
    if (case_place_check_keys(place, keys) != 0 ||
        case_place_size(place, "first", payload_max, &out->size) != 0)
        return -1;
    return out->size > 0 ? 0 : case_place_fail(place, "a write has at least one octet");
}

static int parse_cut(const struct case_place *place, bool of_head, struct case_cut *out)
{
    static const struct {
        const char *name;
        bool of_head;
        enum case_cut_kind kind;
    } units[] = {{"frames", false, CASE_CUT_FRAMES},
                 {"lines", true, CASE_CUT_LINES},
                 {"body", true, CASE_CUT_BODY}};
    struct case_place cut = case_place_key(place, "cut");
    if (cut.json == NULL)
        return 0;
    const char *name = json_string_value(cut.json);
    out->kind = CASE_CUT_SIZE;
    if (json_is_integer(cut.json) && json_integer_value(cut.json) > 0) {
        out->size = (size_t)json_integer_value(cut.json);
        return 0;
    }
    if (name != NULL && strcmp(name, "octets") == 0) {
        out->size = 1;
        return 0;
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (name != NULL && units[i].of_head == of_head && strcmp(name, units[i].name) == 0) {
            out->kind = units[i].kind;
            return 0;
        }
    if (json_is_object(cut.json) && !of_head)
        return parse_first_cut(&cut, out);
    return case_place_fail(&cut, "\"octets\", %s or a number is needed here",
                           of_head ? "\"lines\", \"body\"" : "\"frames\"");
}

static int parse_set(const struct case_place *place, struct case_head *out)
{
    struct case_place set = case_place_key(place, "set");
    if (set.json == NULL)
        return 0;
    if (!json_is_object(set.json))
        return case_place_fail(&set, "an object of field names and values is needed here");
    struct case_field *fields =
        arena_alloc(place->arena, json_object_size(set.json) * sizeof(*fields));
    const char *name;
    json_t *value;
    json_object_foreach(set.json, name, value)
    {
        struct case_field *field = &fields[out->set_count++];
        field->name = arena_strdup(place->arena, name);
        if (case_place_text(&set, name, &field->value) != 0)
            return -1;
    }
    out->set = fields;
    return 0;
}

static int parse_order_and_case(const struct case_place *place, struct case_head *out)
{
    const char *order = NULL;
    const char *letters = NULL;
    if (case_place_text(place, "order", &order) != 0 ||
        case_place_text(place, "case", &letters) != 0)
        return -1;
    if (order != NULL && strcmp(order, "reverse") != 0)
        return case_place_fail(place, "the order can only be \"reverse\"");
    out->reverse = order != NULL;
    if (letters == NULL)
        return 0;
    if (strcmp(letters, "upper") != 0 && strcmp(letters, "lower") != 0)
        return case_place_fail(place, "the letter case is \"upper\" or \"lower\"");
    out->letters = letters[0] == 'u' ? CASE_LETTERS_UPPER : CASE_LETTERS_LOWER;
    return 0;
}

/* What requests and answers have in common. */
static int parse_head(const struct case_place *place, struct case_head *out)
{
    struct case_place body = case_place_key(place, "body");
    out->has_body = body.json != NULL;
    if (case_place_text(place, "version", &out->version) != 0 ||
        case_place_text(place, "line", &out->line) != 0 ||
        case_place_names(place, "remove", &out->remove) != 0 ||
        case_place_names(place, "add", &out->add) != 0 ||
        case_place_text(place, "eol", &out->eol) != 0)
        return -1;
    if (parse_set(place, out) != 0 || parse_order_and_case(place, out) != 0 ||
        parse_payload(&body, &out->body) != 0)
        return -1;
    return parse_cut(place, true, &out->cut);
}

static int parse_request(const struct case_place *above, struct case_spec *spec)
{
    static const char *const keys[] = {"method", "target", "version", "line", "remove",
                                       "set",    "add",    "order",   "case", "eol",
                                       "body",   "cut",    NULL};
    struct case_place place = case_place_key(above, "request");
    if (place.json == NULL)
        return 0;
    if (spec->role != CASE_ROLE_SERVER)
        return case_place_fail(&place, "only a server is sent a request");
    if (case_place_check_keys(&place, keys) != 0 ||
        case_place_text(&place, "method", &spec->request.method) != 0 ||
        case_place_text(&place, "target", &spec->request.target) != 0)
        return -1;
    return parse_head(&place, &spec->request);
}

static int parse_response(const struct case_place *above, struct case_spec *spec)
{
    static const char *const keys[] = {"status", "version", "line", "remove", "set",
                                       "add",    "order",   "case", "eol",    "body",
                                       "cut",    "before",  "join", "hold",   NULL};
    struct case_place place = case_place_key(above, "response");
    if (place.json == NULL)
        return 0;
    if (spec->role != CASE_ROLE_CLIENT)
        return case_place_fail(&place, "only a client is sent a response");
    struct case_place before = case_place_key(&place, "before");
    spec->response.has_before = before.json != NULL;
    if (case_place_check_keys(&place, keys) != 0 ||
        case_place_text(&place, "status", &spec->response.status) != 0 ||
        parse_payload(&before, &spec->response.before) != 0 ||
        case_place_bool(&place, "join", &spec->response.join) != 0 ||
        case_place_bool(&place, "hold", &spec->response.hold) != 0)
        return -1;
    return parse_head(&place, &spec->response);
}

static int parse_requires(const struct case_place *place, const struct case_catalogue *catalogue,
                          struct case_spec *spec)
{
    struct case_place list = case_place_key(place, "requires");
    struct case_names ids = {0};
    if (case_place_names(place, "requires", &ids) != 0)
        return -1;
    if (ids.count == 0)
        return case_place_fail(place, "'requires' must name at least one requirement");
    const struct case_requirement **rows = arena_alloc(place->arena, ids.count * sizeof(*rows));
    for (size_t i = 0; i < ids.count; i++) {
        rows[i] = case_catalogue_find(catalogue, ids.items[i]);
        if (rows[i] == NULL)
            return case_place_fail(&list, "'%s' is not in the requirement catalogue", ids.items[i]);
    }
    spec->requires = rows;
    spec->require_count = ids.count;
    return 0;
}

static int parse_role(const struct case_place *place, struct case_spec *spec)
{
    const char *role = "";
    if (case_place_text(place, "role", &role) != 0)
        return -1;
    if (strcmp(role, "server") == 0)
        spec->role = CASE_ROLE_SERVER;
    else if (strcmp(role, "client") == 0)
        spec->role = CASE_ROLE_CLIENT;
    else if (strcmp(role, "both") == 0)
        spec->role = CASE_ROLE_BOTH;
    else
        return case_place_fail(place, "'role' is \"server\", \"client\" or \"both\"");
    return 0;
}

static int parse_needs(const struct case_place *place, struct case_spec *spec)
{
    struct case_names needs = {0};
    if (case_place_names(place, "needs", &needs) != 0)
        return -1;
    for (size_t i = 0; i < needs.count; i++) {
        if (strcmp(needs.items[i], "echo") != 0)
            return case_place_fail(place, "'%s' is nothing that a case can need", needs.items[i]);
        spec->needs_echo = true;
    }
    return 0;
}

static int parse_agreement(const struct case_place *place, struct case_deflate *out)
{
    static const char *const keys[] = {"takeover", "window", NULL};
    size_t window = 0;
    *out = (struct case_deflate){.takeover = true};
    if (!json_is_object(place->json))
        return case_place_fail(place, "an object is needed here");
    if (case_place_check_keys(place, keys) != 0 ||
        case_place_bool(place, "takeover", &out->takeover) != 0 ||
        case_place_size(place, "window", WS_DEFLATE_WINDOW_MAX, &window) != 0)
        return -1;
    if (window > 0 && window < WS_DEFLATE_WINDOW_MIN)
        return case_place_fail(place, "a window has 8 to 15 bits");
    out->window = (unsigned)window;
    return 0;
}

static int parse_deflate(const struct case_place *above, struct case_spec *spec)
{
    struct case_place list = case_place_key(above, "deflate");
    if (list.json == NULL)
        return 0;
    size_t count = array_size(&list);
    if (!json_is_array(list.json) || count == 0)
        return case_place_fail(&list, "a list of at least one object is needed here");
    struct case_deflate *items = arena_alloc(above->arena, count * sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        struct case_place item = case_place_item(&list, i);
        if (parse_agreement(&item, &items[i]) != 0)
            return -1;
    }
    spec->deflate = items;
    spec->deflate_count = count;
    return 0;
}

static int check_sense(const struct case_place *place, const struct case_spec *spec)
{
    if (spec->does == NULL || spec->expects == NULL)
        return case_place_fail(place, "'does' and 'expects' are needed");
    if ((spec->outcome == NULL) == (spec->observe.count == 0))
        return case_place_fail(place, "either 'outcome' or 'observe' is needed");
    if (spec->observe.count > 0 && (spec->step_count > 0 || spec->deflate_count > 0))
        return case_place_fail(place, "a case that observes the run has no steps");
    return 0;
}

static int check_observed(const struct case_place *place, const struct case_catalogue *catalogue,
                          const struct case_spec *spec)
{
    for (size_t i = 0; i < spec->observe.count; i++)
        if (case_catalogue_find(catalogue, spec->observe.items[i]) == NULL)
            return case_place_fail(place, "'%s' is not in the requirement catalogue",
                                   spec->observe.items[i]);
    return 0;
}

int case_parse_spec(const struct case_place *place, const struct case_catalogue *catalogue,
                    struct case_spec *spec)
{
    static const char *const keys[] = {
        "id",      "requires", "role",  "autobahn", "flags",   "needs",   "does",    "expects",
        "request", "response", "steps", "cut",      "outcome", "observe", "deflate", NULL};
    if (case_place_check_keys(place, keys) != 0 || case_place_text(place, "id", &spec->id) != 0)
        return -1;
    if (spec->id == NULL || strchr(spec->id, '/') == NULL)
        return case_place_fail(place, "'id' is needed, as SECTION/slug");
    struct case_place named = *place;
    named.id = spec->id;
    if (parse_requires(&named, catalogue, spec) != 0 || parse_role(&named, spec) != 0 ||
        case_place_names(&named, "autobahn", &spec->autobahn) != 0 ||
        case_place_names(&named, "flags", &spec->flags) != 0 || parse_needs(&named, spec) != 0 ||
        case_place_text(&named, "does", &spec->does) != 0 ||
        case_place_text(&named, "expects", &spec->expects) != 0 ||
        case_place_text(&named, "outcome", &spec->outcome) != 0 ||
        case_place_names(&named, "observe", &spec->observe) != 0)
        return -1;
    if (parse_request(&named, spec) != 0 || parse_response(&named, spec) != 0 ||
        parse_deflate(&named, spec) != 0 || parse_steps(&named, spec) != 0 ||
        parse_cut(&named, false, &spec->cut) != 0 || check_sense(&named, spec) != 0 ||
        check_observed(&named, catalogue, spec) != 0)
        return -1;
    spec->big = case_spec_has_flag(spec, "big");
    spec->exhaust = case_spec_has_flag(spec, "exhaust");
    return 0;
}
