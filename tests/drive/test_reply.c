/* SPDX-License-Identifier: MIT */
#include "drive/reply.h"

#include "support.h"
#include "wire.h"
#include "ws/handshake.h"
#include "ws/reader.h"

#define REQUEST                                                                                    \
    "GET /getCaseCount HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"       \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define ANSWER                                                                                     \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

enum { PATIENCE = 2000 * 1000 };

struct desk {
    struct drive_reply *reply;
    struct run_party party;
    bool known; /* what the message is to say */
    unsigned asked;
};

static bool ask_desk(void *context, struct buffer *text)
{
    struct desk *d = context;
    d->asked++;
    if (d->known)
        buffer_append_text(text, "517");
    return d->known;
}

static void begin(struct desk *d, drive_reply_ask *ask, bool known)
{
    struct ws_http_head head;
    size_t scanned = 0;
    assert_int_equal(ws_http_read(&head, bytes_text(REQUEST), 65536, &scanned), WS_ITEM);
    *d = (struct desk){.known = known};
    d->reply = drive_reply_new_message(&head, ask, d);
    d->party = drive_reply_party(d->reply);
    d->party.opened(d->party.self, 1000);
}

static void say(struct desk *d, struct bytes octets)
{
    d->party.bytes(d->party.self, support_flush(octets), octets.len, 2000);
}

static struct run_action next(struct desk *d, uint64_t now, bool can_write)
{
    return d->party.next(d->party.self, now, can_write);
}

static void expect_write(struct desk *d, const char *wanted, size_t len)
{
    struct run_action action = next(d, 3000, true);
    assert_int_equal(action.want, RUN_WANT_WRITE);
    if (!bytes_equal(action.octets, bytes_of(wanted, len)))
        fail_msg("it writes %.*s", (int)action.octets.len, (const char *)action.octets.data);
}

#define EXPECT_WRITE(d, text) expect_write(d, text, sizeof(text) - 1)

static void close_as_client(struct desk *d)
{
    struct buffer wire = {0};
    wire_close(&wire, true, 1000);
    say(d, buffer_bytes(&wire));
    buffer_free(&wire);
}

/* Autobahn's server says what it has to say, sends an empty Close, and ends TCP after the client's.
 */
static void says_one_message_and_closes(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, ask_desk, true);
    say(&d, bytes_text(REQUEST));
    EXPECT_WRITE(&d, ANSWER "\x81\x03"
                            "517\x88\x00");
    struct run_action action = next(&d, 4000, true);
    assert_int_equal(action.want, RUN_WANT_WAIT);
    assert_int_equal(action.deadline, 3000 + PATIENCE);
    close_as_client(&d);
    assert_int_equal(next(&d, 5000, false).want, RUN_WANT_WAIT); /* what it wrote is on its way */
    assert_int_equal(next(&d, 5000, true).want, RUN_WANT_CLOSE);
    assert_int_equal(d.asked, 1);
    drive_reply_free(d.reply);
    drive_reply_free(NULL);
}

static void may_have_nothing_to_say(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, NULL, true);
    say(&d, bytes_text(REQUEST));
    EXPECT_WRITE(&d, ANSWER "\x88\x00");
    close_as_client(&d);
    assert_int_equal(next(&d, 5000, true).want, RUN_WANT_CLOSE);
    drive_reply_free(d.reply);
}

/* The handshake is answered at once; the message comes when it is known, however long that takes.
 */
static void holds_a_message_until_it_is_known(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, ask_desk, false);
    say(&d, bytes_text(REQUEST));
    EXPECT_WRITE(&d, ANSWER);
    struct run_action action = next(&d, 100 * (uint64_t)PATIENCE, true);
    assert_int_equal(action.want, RUN_WANT_WAIT);
    assert_true(action.deadline == UINT64_MAX);
    d.known = true;
    EXPECT_WRITE(&d, "\x81\x03"
                     "517\x88\x00");
    close_as_client(&d);
    assert_int_equal(next(&d, 5000, true).want, RUN_WANT_CLOSE);
    drive_reply_free(d.reply);
}

static void a_client_that_never_closes_is_left(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, ask_desk, true);
    say(&d, bytes_text(REQUEST));
    assert_int_equal(next(&d, 3000, true).want, RUN_WANT_WRITE);
    assert_int_equal(next(&d, 3000 + PATIENCE - 1, true).want, RUN_WANT_WAIT);
    assert_int_equal(next(&d, 3000 + PATIENCE, true).want, RUN_WANT_CLOSE);
    drive_reply_free(d.reply);
}

static void a_client_that_goes_is_let_go(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        struct desk d;
        begin(&d, ask_desk, known != 0);
        say(&d, bytes_text(REQUEST));
        assert_int_equal(next(&d, 3000, true).want, RUN_WANT_WRITE);
        d.party.ended(d.party.self, JUDGE_END_FIN, 3500);
        assert_int_equal(next(&d, 3500, true).want, RUN_WANT_CLOSE);
        drive_reply_free(d.reply);
    }
}

/* The request may come in any pieces, with frames behind it. */
static void the_request_is_passed_over(void **state)
{
    (void)state;
    struct buffer wire = {0};
    buffer_append_text(&wire, REQUEST);
    wire_client(&wire, 0x8a, "unasked");
    wire_close(&wire, true, 1000);
    for (size_t cut = 0; cut <= wire.len; cut++) {
        struct desk d;
        begin(&d, NULL, true);
        say(&d, bytes_of(wire.data, cut));
        assert_int_equal(next(&d, 3000, true).want, RUN_WANT_WRITE);
        assert_int_equal(next(&d, 3000, true).want,
                         cut < wire.len ? RUN_WANT_WAIT : RUN_WANT_CLOSE);
        say(&d, bytes_of(wire.data + cut, wire.len - cut));
        assert_int_equal(next(&d, 3000, true).want, RUN_WANT_CLOSE);
        drive_reply_free(d.reply);
    }
    buffer_free(&wire);
}

static void a_page_is_sent_and_ended(void **state)
{
    (void)state;
    struct desk d = {.reply = drive_reply_new_page("404 Not Found", "text/plain",
                                                   bytes_text("no such thing\n"))};
    d.party = drive_reply_party(d.reply);
    d.party.opened(d.party.self, 1000);
    say(&d, bytes_text("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_WRITE(&d, "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n"
                     "Cache-Control: no-store\r\nConnection: close\r\n\r\nno such thing\n");
    assert_int_equal(next(&d, 3000, false).want, RUN_WANT_WAIT);
    assert_int_equal(next(&d, 3000, true).want, RUN_WANT_HALF_CLOSE);
    assert_int_equal(next(&d, 3000, true).want, RUN_WANT_WAIT); /* for the client's end */
    d.party.ended(d.party.self, JUDGE_END_FIN, 4000);
    assert_int_equal(next(&d, 4000, true).want, RUN_WANT_CLOSE);
    drive_reply_free(d.reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_one_message_and_closes),
        cmocka_unit_test(may_have_nothing_to_say),
        cmocka_unit_test(holds_a_message_until_it_is_known),
        cmocka_unit_test(a_client_that_never_closes_is_left),
        cmocka_unit_test(a_client_that_goes_is_let_go),
        cmocka_unit_test(the_request_is_passed_over),
        cmocka_unit_test(a_page_is_sent_and_ended),
    };
    return cmocka_run_group_tests_name("drive/reply", tests, NULL, NULL);
}
