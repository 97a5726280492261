/* SPDX-License-Identifier: MIT */
#include "ws/extension.h"

#include <string.h>

#include "ws/http.h"

/* The value without the blanks in front, folded lines included (RFC 2616, 2.2: LWS). */
static struct bytes skip_blanks(struct bytes text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t' || text.data[0] == '\r' ||
                            text.data[0] == '\n'))
        text = bytes_of(text.data + 1, text.len - 1);
    return text;
}

/* Moves `*text` behind the token at its start and behind the blanks that follow. */
static bool read_token(struct bytes *text, struct bytes *token)
{
    size_t len = 0;
    while (len < text->len && ws_http_is_token(bytes_of(text->data + len, 1)))
        len++;
    if (len == 0)
        return false;
    *token = bytes_of(text->data, len);
    *text = skip_blanks(bytes_of(text->data + len, text->len - len));
    return true;
}

/* Moves `*text` behind `c` and the blanks that follow, if it begins with it. */
static bool read_mark(struct bytes *text, uint8_t c)
{
    if (text->len == 0 || text->data[0] != c)
        return false;
    *text = skip_blanks(bytes_of(text->data + 1, text->len - 1));
    return true;
}

/* Appends to the value of which `count` characters were read before. */
static void add_to_value(struct ws_extension_parameter *parameter, size_t count, uint8_t c)
{
    if (count < WS_EXTENSION_VALUE_MAX - 1)
        parameter->value[count] = (char)c;
}

/* RFC 6455, 9.1: "When using the quoted-string syntax variant, the value after quoted-string
 * unescaping MUST conform to the 'token' ABNF." `*text` begins behind the opening quote. */
static bool read_quoted_token(struct bytes *text, struct ws_extension_parameter *parameter)
{
    size_t count = 0;
    for (size_t i = 0; i < text->len; i++, count++) {
        if (text->data[i] == '"') {
            *text = skip_blanks(bytes_of(text->data + i + 1, text->len - i - 1));
            return count > 0;
        }
        if (text->data[i] == '\\')
            i++;
        if (i >= text->len || !ws_http_is_token(bytes_of(text->data + i, 1)))
            return false;
        add_to_value(parameter, count, text->data[i]);
    }
    return false;
}

static bool read_value(struct bytes *text, struct ws_extension_parameter *parameter)
{
    struct bytes token;
    if (text->len > 0 && text->data[0] == '"') {
        *text = bytes_of(text->data + 1, text->len - 1);
        return read_quoted_token(text, parameter);
    }
    if (!read_token(text, &token))
        return false;
    for (size_t i = 0; i < token.len; i++)
        add_to_value(parameter, i, token.data[i]);
    return true;
}

static bool read_parameter(struct bytes *text, struct ws_extension_parameter *parameter)
{
    memset(parameter, 0, sizeof(*parameter));
    if (!read_token(text, &parameter->name))
        return false;
    parameter->has_value = read_mark(text, '=');
    return !parameter->has_value || read_value(text, parameter);
}

bool ws_extension_next(struct ws_extension *extension, struct ws_extension_parameter *parameter)
{
    return read_mark(&extension->parameters, ';') &&
           read_parameter(&extension->parameters, parameter);
}

/* RFC 6455, 9.1: extension = extension-token *( ";" extension-param ) */
bool ws_extension_read(struct ws_extension *extension, struct bytes member)
{
    *extension = (struct ws_extension){.parameters = member};
    if (!read_token(&extension->parameters, &extension->name))
        return false;
    struct bytes rest = extension->parameters;
    struct ws_extension_parameter parameter;
    while (read_mark(&rest, ';'))
        if (!read_parameter(&rest, &parameter))
            return false;
    return rest.len == 0;
}

bool ws_extension_list_valid(struct bytes value)
{
    size_t offset = 0;
    size_t count = 0;
    struct bytes member;
    struct ws_extension extension;
    for (; ws_http_next_in_value(value, &offset, &member); count++)
        if (!ws_extension_read(&extension, member))
            return false;
    return count > 0;
}
