/* SPDX-License-Identifier: MIT */
#include "fuzz/mutate_head.h"

#include <stdbool.h>
#include <string.h>

/* A head of HTTP as lines, each with its end. */

enum { LINES_MAX = 64, HEAD_MAX = 8192 };

struct line {
    uint8_t *text;
    size_t len;
};

static struct head {
    struct line lines[LINES_MAX];
    size_t count;
    uint8_t copy[HEAD_MAX];
    size_t size; /* of the copy */
    uint64_t random;
} head;

static size_t below(size_t n)
{
    uint64_t x = head.random += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return n == 0 ? 0 : (size_t)((x ^ (x >> 31)) % n);
}

static void split(const uint8_t *data, size_t size)
{
    memcpy(head.copy, data, size);
    head.size = size;
    head.count = 0;
    for (size_t at = 0; at < size && head.count < LINES_MAX;) {
        const uint8_t *lf = memchr(head.copy + at, '\n', size - at);
        size_t len = lf == NULL ? size - at : (size_t)(lf - (head.copy + at)) + 1;
        head.lines[head.count++] = (struct line){head.copy + at, len};
        at += len;
    }
}

static size_t join(uint8_t *out, size_t max)
{
    size_t at = 0;
    for (size_t i = 0; i < head.count && head.lines[i].len <= max - at; i++) {
        memcpy(out + at, head.lines[i].text, head.lines[i].len);
        at += head.lines[i].len;
    }
    return at;
}

/* Room at the end of the copy. */
static uint8_t *room(size_t len)
{
    if (len > HEAD_MAX - head.size)
        return NULL;
    uint8_t *at = head.copy + head.size;
    head.size += len;
    return at;
}

static bool insert(size_t at, const void *text, size_t len)
{
    uint8_t *copy = head.count < LINES_MAX ? room(len) : NULL;
    if (copy == NULL)
        return false;
    memcpy(copy, text, len);
    struct line *line = &head.lines[at];
    memmove(line + 1, line, (head.count - at) * sizeof(*line));
    *line = (struct line){copy, len};
    head.count++;
    return true;
}

static void drop(size_t at)
{
    struct line *line = &head.lines[at];
    memmove(line, line + 1, (head.count - at - 1) * sizeof(*line));
    head.count--;
}

static const char *const known[] = {
    "Host: localhost\r\n",
    "Host: [::1]:80\r\n",
    "Upgrade: websocket\r\n",
    "Upgrade: h2c, WebSocket\r\n",
    "Connection: keep-alive, Upgrade\r\n",
    "Connection: close\r\n",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    "Sec-WebSocket-Version: 13\r\n",
    "Sec-WebSocket-Version: 8, 13\r\n",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
    "Sec-WebSocket-Protocol: chat\r\n",
    "Sec-WebSocket-Protocol: superchat, chat\r\n",
    "Sec-WebSocket-Extensions: permessage-deflate; x=\"1\"\r\n",
    "Sec-WebSocket-Extensions: foo, bar;baz=2\r\n",
    "Sec-WebSocket-Extensions:\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Origin: http://localhost\r\n",
    "Origin: null\r\n",
    "User-Agent: Mozilla/5.0\r\n",
    "X-List: \"a,b\", ,\"\\\",\", c\r\n",
    " folded\r\n",
    "\r\n",
};

static const char *const starts[] = {
    "GET / HTTP/1.1\r\n",
    "GET /chat?x=%20 HTTP/1.1\r\n",
    "GET http://localhost/ HTTP/1.1\r\n",
    "POST / HTTP/1.1\r\n",
    "GET / HTTP/1.0\r\n",
    "GET /#a HTTP/1.1\r\n",
    "HTTP/1.1 101 Switching Protocols\r\n",
    "HTTP/1.1 101\r\n",
    "HTTP/1.0 101 OK\r\n",
    "HTTP/1.1 426 Upgrade Required\r\n",
    "HTTP/1.1 401 Unauthorized\r\n",
};

/* Most heads of a corpus are broken in a way of their own, and behind the first fault nobody looks
 * for another: so now and then begin with one that is good. */
static const char good_request[] = "GET / HTTP/1.1\r\n"
                                   "Host: localhost\r\n"
                                   "Upgrade: websocket\r\n"
                                   "Connection: Upgrade\r\n"
                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                   "Sec-WebSocket-Version: 13\r\n"
                                   "\r\n";
static const char good_answer[] = "HTTP/1.1 101 Switching Protocols\r\n"
                                  "Upgrade: websocket\r\n"
                                  "Connection: Upgrade\r\n"
                                  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                  "\r\n";

static void begin_good(bool request)
{
    if (request)
        split((const uint8_t *)good_request, sizeof(good_request) - 1);
    else
        split((const uint8_t *)good_answer, sizeof(good_answer) - 1);
}

static void insert_known(size_t at)
{
    const char *line = known[below(sizeof(known) / sizeof(known[0]))];
    insert(at, line, strlen(line));
}

static void change_start(void)
{
    const char *line = starts[below(sizeof(starts) / sizeof(starts[0]))];
    if (insert(0, line, strlen(line)) && head.count > 1)
        drop(1);
}

static void swap(size_t a, size_t b)
{
    struct line line = head.lines[a];
    head.lines[a] = head.lines[b];
    head.lines[b] = line;
}

/* Other octets in one line, at one place. */
static void edit_octet(const struct line *line)
{
    static const char octets[] = "\r\n\t :;,=\"\\%/#Aa0Qw?\x7f\x80";
    line->text[below(line->len)] = (uint8_t)octets[below(sizeof(octets))];
}

static void put_octet(size_t at)
{
    static const char octets[] = "\r\n\t  :;,=\"\\%A1";
    struct line line = head.lines[at];
    uint8_t *copy = room(line.len + 1);
    if (copy == NULL)
        return;
    size_t where = below(line.len + 1);
    memcpy(copy, line.text, where);
    copy[where] = (uint8_t)octets[below(sizeof(octets))];
    memcpy(copy + where + 1, line.text + where, line.len - where);
    head.lines[at] = (struct line){copy, line.len + 1};
}

static void take_octet(struct line *line)
{
    size_t where = below(line->len);
    memmove(line->text + where, line->text + where + 1, line->len - where - 1);
    line->len--;
}

static void edit_line(size_t at, mutate_octets *octets)
{
    struct line line = head.lines[at];
    uint8_t *copy = octets != NULL ? room(line.len + 16) : NULL;
    if (copy == NULL)
        return;
    memcpy(copy, line.text, line.len);
    head.lines[at] = (struct line){copy, octets(copy, line.len, line.len + 16)};
}

static void change_letters(const struct line *line)
{
    for (size_t i = 0; i < line->len; i++)
        if (((line->text[i] | 32) >= 'a') && ((line->text[i] | 32) <= 'z') && below(2) == 0)
            line->text[i] ^= 32;
}

static void edit(mutate_octets *octets)
{
    size_t at = below(head.count);
    struct line *line = &head.lines[at];
    size_t what = head.count == 0 || line->len == 0 ? 0 : below(12);
    if (what < 2)
        insert_known(at);
    else if (what == 2)
        insert(below(head.count), line->text, line->len);
    else if (what == 3)
        drop(at);
    else if (what == 4)
        swap(at, below(head.count));
    else if (what == 5)
        change_start();
    else if (what == 6)
        put_octet(at);
    else if (what == 7)
        take_octet(line);
    else if (what == 8)
        change_letters(line);
    else if (what == 9)
        edit_line(at, octets);
    else
        edit_octet(line);
}

size_t mutate_head(uint8_t *data, size_t size, size_t max, unsigned seed, mutate_octets *octets)
{
    head.random = seed;
    if (octets != NULL && (size > HEAD_MAX || below(4) == 0))
        return octets(data, size, max);
    if (size > HEAD_MAX)
        return size;
    if (below(6) == 0)
        begin_good(size == 0 || data[0] != 'H');
    else
        split(data, size);
    for (size_t edits = 1 + below(3); edits > 0; edits--)
        edit(octets);
    return join(data, max);
}
