/* SPDX-License-Identifier: MIT */
#include "drive/door.h"

#include "support.h"

#define REQUEST "GET /chat HTTP/1.1\r\nHost: a\r\n\r\n"

/* Who lives behind the door: writes down what it is told. */
struct tenant {
    struct drive_door door;
    struct run_party party;
    char log[16];
    char target[32];
    struct buffer in;
    uint64_t opened_at;
    enum judge_end end;
    bool is_done;        /* it wants the connection to be closed, once */
    struct bytes answer; /* still to be written, `piece` octets at a time */
    size_t piece;
};

static void opened(void *self, uint64_t now)
{
    struct tenant *t = self;
    strcat(t->log, "o");
    t->opened_at = now;
}

static void bytes(void *self, uint8_t *data, size_t len, uint64_t now)
{
    struct tenant *t = self;
    (void)now;
    if (strchr(t->log, 'b') == NULL)
        strcat(t->log, "b");
    buffer_append(&t->in, bytes_of(data, len));
    if (len > 0)
        data[0] = '!'; /* they are its own to change */
}

static void ended(void *self, enum judge_end end, uint64_t now)
{
    struct tenant *t = self;
    (void)now;
    strcat(t->log, "e");
    t->end = end;
}

static struct run_action next(void *self, uint64_t now, bool can_write)
{
    struct tenant *t = self;
    if (t->is_done) {
        t->is_done = false;
        return (struct run_action){.want = RUN_WANT_CLOSE};
    }
    if (can_write && t->answer.len > 0) {
        size_t len = t->piece < t->answer.len ? t->piece : t->answer.len;
        struct bytes octets = bytes_of(t->answer.data, len);
        t->answer = bytes_of(t->answer.data + len, t->answer.len - len);
        return (struct run_action){.want = RUN_WANT_WRITE, .octets = octets};
    }
    return (struct run_action){.want = can_write ? RUN_WANT_HALF_CLOSE : RUN_WANT_WAIT,
                               .deadline = now + 77};
}

static struct run_party choose(void *context, const struct ws_http_head *request)
{
    struct tenant *t = context;
    assert_string_equal(t->target, ""); /* asked once */
    snprintf(t->target, sizeof(t->target), "%.*s", (int)request->start_line.len,
             (const char *)request->start_line.data);
    return (struct run_party){t, opened, bytes, ended, next};
}

static void begin(struct tenant *t)
{
    *t = (struct tenant){.opened_at = 0};
    t->party = drive_door_party(&t->door, choose, t);
    t->party.opened(t->party.self, 1000);
}

static void end(struct tenant *t)
{
    drive_door_free(&t->door);
    buffer_free(&t->in);
}

static void say(struct tenant *t, struct bytes octets)
{
    t->party.bytes(t->party.self, support_flush(octets), octets.len, 2000);
}

static struct run_action ask(struct tenant *t, uint64_t now)
{
    return t->party.next(t->party.self, now, true);
}

static void opens_for_a_whole_request(void **state)
{
    (void)state;
    struct tenant t;
    begin(&t);
    say(&t, bytes_text(REQUEST));
    assert_string_equal(t.log, "ob");
    assert_string_equal(t.target, "GET /chat HTTP/1.1");
    assert_int_equal(t.opened_at, 1000); /* when the connection stood */
    support_expect_text(buffer_bytes(&t.in), REQUEST);
    assert_int_equal(ask(&t, 3000).want, RUN_WANT_HALF_CLOSE);
    assert_int_equal(t.party.next(t.party.self, 3000, false).deadline, 3077);
    say(&t, bytes_text("more"));
    support_expect_text(buffer_bytes(&t.in), REQUEST "more");
    t.party.ended(t.party.self, JUDGE_END_RESET, 4000);
    assert_string_equal(t.log, "obe");
    assert_int_equal(t.end, JUDGE_END_RESET);
    end(&t);
}

/* Whatever the pieces, who is behind the door sees all octets in their order. */
static void opens_for_a_request_in_any_pieces(void **state)
{
    (void)state;
    static const char text[] = REQUEST "\x81\x01"
                                       "a";
    size_t head = strlen(REQUEST);
    for (size_t cut = 1; cut < sizeof(text) - 1; cut++) {
        struct tenant t;
        begin(&t);
        say(&t, bytes_of(text, cut));
        assert_string_equal(t.log, cut < head ? "" : "ob");
        say(&t, bytes_of(text + cut, sizeof(text) - 1 - cut));
        assert_string_equal(t.log, "ob");
        support_expect_text(buffer_bytes(&t.in), text);
        end(&t);
    }
    struct tenant t;
    begin(&t);
    for (size_t i = 0; i < sizeof(text) - 1; i++)
        say(&t, bytes_of(text + i, 1));
    support_expect_text(buffer_bytes(&t.in), text);
    end(&t);
}

static void drops_who_says_nothing(void **state)
{
    (void)state;
    static const uint64_t patience_us = 10 * 1000 * 1000;
    static const char *const said[] = {"", "GET /chat HT"};
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        struct tenant t;
        begin(&t);
        say(&t, bytes_text(said[i]));
        assert_int_equal(ask(&t, 1000).want, RUN_WANT_WAIT);
        assert_int_equal(ask(&t, 1000).deadline, 1000 + patience_us);
        assert_int_equal(ask(&t, 1000 + patience_us - 1).want, RUN_WANT_WAIT);
        assert_int_equal(ask(&t, 1000 + patience_us).want, RUN_WANT_CLOSE);
        assert_string_equal(t.log, "");
        end(&t);
    }
}

static void drops_who_goes(void **state)
{
    (void)state;
    static const enum judge_end ends[] = {JUDGE_END_FIN, JUDGE_END_RESET};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct tenant t;
        begin(&t);
        say(&t, bytes_text("GET /"));
        t.party.ended(t.party.self, ends[i], 2000);
        assert_int_equal(ask(&t, 2000).want, RUN_WANT_CLOSE);
        assert_string_equal(t.log, "");
        end(&t);
    }
}

static void drops_who_never_comes_to_an_end(void **state)
{
    (void)state;
    struct tenant t;
    begin(&t);
    say(&t, bytes_text("GET / HTTP/1.1\r\n"));
    int lines = 0;
    for (; ask(&t, 2000).want == RUN_WANT_WAIT && lines < 10000; lines++)
        say(&t, bytes_text("X-More: and more\r\n"));
    assert_in_range(lines, 64 * 1024 / 18 - 5, 64 * 1024 / 18 + 5);
    assert_string_equal(t.log, "");
    end(&t);
}

#define SECOND "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"

static bool again(void *context)
{
    struct tenant *t = context;
    assert_string_equal(t->log, "obe"); /* the first was told that it is over */
    *t->log = '\0';
    *t->target = '\0';
    buffer_clear(&t->in);
    return true;
}

/* After an answer that is no 101 the next request may come on the same connection. */
static void lets_in_again(void **state)
{
    (void)state;
    for (size_t cut = 5; cut <= strlen(SECOND); cut++) {
        struct tenant t;
        begin(&t);
        t.door.again = again;
        say(&t, bytes_text(REQUEST));
        say(&t, bytes_of(SECOND, cut));
        say(&t, bytes_of(&SECOND[cut], strlen(SECOND) - cut));
        assert_string_equal(t.log, "obe");
        support_expect_text(buffer_bytes(&t.in), REQUEST);
        t.is_done = true;
        assert_int_equal(ask(&t, 3000).want, RUN_WANT_HALF_CLOSE);
        assert_string_equal(t.target, "GET /next HTTP/1.1");
        assert_string_equal(t.log, "ob");
        assert_int_equal(t.opened_at, 3000);
        support_expect_text(buffer_bytes(&t.in), SECOND);
        end(&t);
    }
}

/* The first party's answer goes out in pieces of that size. */
static void answer(struct tenant *t, const char *text, size_t piece)
{
    begin(t);
    t->door.again = again;
    say(t, bytes_text(REQUEST));
    t->answer = bytes_text(text);
    t->piece = piece;
    while (t->answer.len > 0)
        assert_int_equal(ask(t, 2000).want, RUN_WANT_WRITE);
}

#define REFUSAL "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
#define INTERIM "HTTP/1.1 100 Continue\r\n\r\n"
#define SWITCH "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

/* Whatever we said: of a 101 that it does not take a client may think no more of than of a 404. */
static void lets_in_again_behind_any_answer(void **state)
{
    (void)state;
    static const char *const answers[] = {REFUSAL, INTERIM REFUSAL, "garbage\r\n\r\n", SWITCH,
                                          SWITCH "\x89\x01?"};
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        for (size_t piece = 1; piece <= strlen(answers[i]); piece += 7) {
            struct tenant t;
            answer(&t, answers[i], piece);
            say(&t, bytes_text(SECOND));
            if (strcmp(t.log, "obe") != 0)
                fail_msg("answer %zu in pieces of %zu: %s", i, piece, t.log);
            end(&t);
        }
    }
}

static void lets_in_again_and_again(void **state)
{
    (void)state;
    struct tenant t;
    answer(&t, REFUSAL, SIZE_MAX);
    say(&t, bytes_text(SECOND));
    t.is_done = true;
    t.answer = bytes_text(INTERIM REFUSAL);
    assert_int_equal(ask(&t, 3000).want, RUN_WANT_WRITE);
    say(&t, bytes_text(SECOND));
    assert_string_equal(t.log, "obe");
    t.is_done = true;
    t.answer = bytes_text(SWITCH);
    assert_int_equal(ask(&t, 3000).want, RUN_WANT_WRITE);
    say(&t, bytes_text("\x81\x80"));
    say(&t, bytes_text(SECOND));
    assert_string_equal(t.log, "ob");
    end(&t);
}

static void lets_nobody_in_when_the_client_has_gone(void **state)
{
    (void)state;
    struct tenant t;
    begin(&t);
    t.door.again = again;
    say(&t, bytes_text(REQUEST));
    say(&t, bytes_text(SECOND));
    t.party.ended(t.party.self, JUDGE_END_FIN, 2500);
    t.is_done = true;
    assert_int_equal(ask(&t, 3000).want, RUN_WANT_CLOSE);
    assert_string_equal(t.log, "obe");
    end(&t);
}

/* Frames are the party's own, whatever they hold. */
static void leaves_frames_alone(void **state)
{
    (void)state;
    struct tenant t;
    begin(&t);
    t.door.again = again;
    say(&t, bytes_text(REQUEST));
    say(&t, bytes_text("\x81\x05GET /"));
    say(&t, bytes_text(SECOND)); /* the middle of one, perhaps */
    assert_string_equal(t.log, "ob");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_for_a_whole_request),
        cmocka_unit_test(opens_for_a_request_in_any_pieces),
        cmocka_unit_test(drops_who_says_nothing),
        cmocka_unit_test(drops_who_goes),
        cmocka_unit_test(drops_who_never_comes_to_an_end),
        cmocka_unit_test(lets_in_again),
        cmocka_unit_test(lets_in_again_behind_any_answer),
        cmocka_unit_test(lets_in_again_and_again),
        cmocka_unit_test(lets_nobody_in_when_the_client_has_gone),
        cmocka_unit_test(leaves_frames_alone),
    };
    return cmocka_run_group_tests_name("drive/door", tests, NULL, NULL);
}
