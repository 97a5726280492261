/* SPDX-License-Identifier: MIT */
#include "peer/response.h"

#include "quirks.h"

#define START "HTTP/1.1 101 Switching Protocols\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define ACCEPT "Sec-WebSocket-Accept: {accept}\r\n"

static void takes_statuses(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.mend = peer_response_status, .code = 200};
    assert_true(talk_opens(&quirk, "HTTP/1.1 200 OK\r\n" UPGRADE CONNECTION ACCEPT "\r\n"));
    assert_false(talk_opens(&quirk, "HTTP/1.1 201 OK\r\n" UPGRADE CONNECTION ACCEPT "\r\n"));
    quirk.code = 0;
    assert_true(talk_opens(&quirk, "HTTP/1.1 201 OK\r\n" UPGRADE CONNECTION ACCEPT "\r\n"));
    assert_true(
        talk_opens(&quirk, "HTTP/1.1 100 Continue\r\n\r\n" START UPGRADE CONNECTION ACCEPT "\r\n"));
    quirk.mend = peer_response_version;
    assert_true(talk_opens(&quirk, "HTTP/1.0 101 OK\r\n" UPGRADE CONNECTION ACCEPT "\r\n"));
    quirk.mend = peer_response_status_line;
    assert_true(talk_opens(&quirk, "HTTX/1.1 1010\r\n" UPGRADE CONNECTION ACCEPT "\r\n"));
    assert_false(talk_opens(&quirk, "HTTX/1.1 102\r\n" UPGRADE CONNECTION ACCEPT "\r\n"));
}

static void assumes_and_believes(void **state)
{
    (void)state;
    struct peer_quirk quirk = {
        .mend = peer_response_assume, .field = "Upgrade", .instead = "websocket"};
    assert_true(talk_opens(&quirk, START CONNECTION ACCEPT "\r\n"));
    assert_false(talk_opens(&quirk, START "Upgrade: x\r\n" CONNECTION ACCEPT "\r\n"));
    quirk.mend = peer_response_believe;
    quirk.text = "WEB";
    assert_true(talk_opens(&quirk, START "Upgrade: websockets\r\n" CONNECTION ACCEPT "\r\n"));
    assert_false(talk_opens(&quirk, START "Upgrade: h2c\r\n" CONNECTION ACCEPT "\r\n"));
    quirk.text = NULL;
    assert_true(talk_opens(&quirk, START "Upgrade: h2c\r\n" CONNECTION ACCEPT "\r\n"));
    assert_false(talk_opens(&quirk, START CONNECTION ACCEPT "\r\n"));
}

static void overlooks_fields(void **state)
{
    (void)state;
    static const char twice[] = START UPGRADE CONNECTION ACCEPT "Upgrade: h2c\r\n\r\n";
    struct peer_quirk quirk = {.mend = peer_response_first_only, .field = "Upgrade"};
    assert_false(talk_opens(NULL, twice));
    assert_true(talk_opens(&quirk, twice));
    quirk.mend = peer_response_ignore;
    quirk.field = "Sec-WebSocket-Protocol";
    assert_true(talk_opens(&quirk, START UPGRADE CONNECTION ACCEPT
                           "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n\r\n"));
    assert_false(talk_opens(&quirk, twice));
}

/* True if a client that checks proofs in this way opens for the right one with `change` applied:
 * 'l' lower case, 'c' cut behind 27 characters, 'x' the last letter changed, 'm' something more,
 * 'k' the key, 'e' the example's. */
static bool proves(enum peer_response_proof kind, char change)
{
    struct peer_quirk quirk = {.mend = peer_response_proof, .kind = kind, .n = 20};
    struct talk talk = talk_ask(&quirk);
    struct buffer answer = {0};
    char proof[64];
    ws_handshake_accept(proof, bytes_text(talk_key(&talk)));
    for (size_t i = 0; change == 'l' && proof[i] != '\0'; i++)
        proof[i] = (char)(proof[i] >= 'A' && proof[i] <= 'Z' ? proof[i] + 32 : proof[i]);
    if (change == 'c')
        proof[27] = '\0';
    if (change == 'x')
        proof[26] = proof[26] == 'A' ? 'Q' : 'A';
    if (change == 'm')
        strcat(proof, "more");
    if (change == 'k')
        strcpy(proof, talk_key(&talk));
    if (change == 'e')
        strcpy(proof, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    buffer_printf(&answer, "%s%s%sSec-WebSocket-Accept: %s\r\n\r\n", START, UPGRADE, CONNECTION,
                  proof);
    buffer_clear(&talk.out);
    talk_raw(&talk, answer.data, answer.len);
    bool opened = peer_echo_opened(talk.echo);
    buffer_free(&answer);
    talk_end(&talk);
    return opened;
}

static void takes_wrong_proofs(void **state)
{
    (void)state;
    static const struct {
        enum peer_response_proof kind;
        const char *taken;
    } rows[] = {
        {PEER_PROVEN_BY_ANYTHING, "rlcxmke"}, {PEER_PROVEN_BY_NOTHING, "rlcxmke"},
        {PEER_PROVEN_BY_LENGTH, "rlxe"},      {PEER_PROVEN_IN_ANY_CASE, "rl"},
        {PEER_PROVEN_BY_PREFIX, "rcxm"},      {PEER_PROVEN_BY_BEGINNING, "rm"},
        {PEER_PROVEN_BY_KEY, "rk"},           {PEER_PROVEN_FOR_EXAMPLE, "re"},
        {PEER_PROVEN_BY_LAST, "r"},           {PEER_PROVEN_WITHOUT_PADDING, "rc"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (const char *change = "rlcxmke"; *change != '\0'; change++)
            if (proves(rows[i].kind, *change) != (strchr(rows[i].taken, *change) != NULL))
                fail_msg("row %zu, change %c", i, *change);
}

static void looks_at_one_proof_of_two(void **state)
{
    (void)state;
    static const char good_is_last[] =
        START UPGRADE CONNECTION "Sec-WebSocket-Accept: a\r\n" ACCEPT "\r\n";
    struct peer_quirk quirk = {.mend = peer_response_proof, .kind = PEER_PROVEN_BY_LAST};
    assert_true(talk_opens(&quirk, good_is_last));
    quirk = (struct peer_quirk){.mend = peer_response_first_only, .field = "Sec-WebSocket-Accept"};
    assert_false(talk_opens(&quirk, good_is_last));
}

static void overlooks_flaws(void **state)
{
    (void)state;
    static const char odd[] = START UPGRADE CONNECTION ACCEPT "X : y\r\n\r\n";
    struct peer_quirk quirk = {.mend = peer_response_flaws, .n = WS_HTTP_NAME_BLANK};
    assert_false(talk_opens(NULL, odd));
    assert_true(talk_opens(&quirk, odd));
}

static void refuses_what_is_legal(void **state)
{
    (void)state;
    static const char interim[] =
        "HTTP/1.1 100 Continue\r\n\r\n" START UPGRADE CONNECTION ACCEPT "\r\n";
    struct peer_quirk quirk = {.mend = peer_response_refuse, .text = "websocket\r\n"};
    assert_false(talk_opens(&quirk, right_answer));
    quirk.mend = peer_response_demand;
    assert_true(talk_opens(&quirk, right_answer));
    assert_true(talk_opens(&quirk, interim));
    quirk.text = "keep-alive";
    assert_false(talk_opens(&quirk, right_answer));
    quirk.mend = peer_response_refuse_interim;
    assert_true(talk_opens(&quirk, right_answer));
    assert_false(talk_opens(&quirk, interim));
    quirk.mend = peer_response_refuse_many;
    quirk.n = 3;
    assert_true(talk_opens(&quirk, right_answer));
    quirk.n = 2;
    assert_false(talk_opens(&quirk, right_answer));
    quirk.mend = peer_response_refuse_long;
    assert_false(talk_opens(&quirk, right_answer));
}

static void dies(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.mend = peer_response_die, .text = " 404 "};
    struct talk talk = talk_ask(&quirk);
    talk_answer(&talk, "HTTP/1.1 404 Not Found\r\n\r\n");
    assert_int_equal(talk.wish, PEER_ECHO_DIE);
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_statuses),
        cmocka_unit_test(assumes_and_believes),
        cmocka_unit_test(overlooks_fields),
        cmocka_unit_test(takes_wrong_proofs),
        cmocka_unit_test(looks_at_one_proof_of_two),
        cmocka_unit_test(overlooks_flaws),
        cmocka_unit_test(refuses_what_is_legal),
        cmocka_unit_test(dies),
    };
    return cmocka_run_group_tests_name("peer/response", tests, NULL, NULL);
}
